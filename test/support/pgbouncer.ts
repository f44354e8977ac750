import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { freePort } from '../../src/embedded/ports.ts'
import { interruptWhenWeDie } from '../../src/embedded/watchdog.ts'

export interface PgBouncer {
  /** The same database, by way of the pooler. */
  through(url: string): string
  /** Ends it, and with it every connection that it keeps to the server. */
  stop(): Promise<void>
}

/** Debian puts it where an ordinary user's PATH does not look. */
const ENVIRONMENT = { PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` }

/** Whether a `pgbouncer` is installed. */
export async function hasPgBouncer(): Promise<boolean> {
  return promisify(execFile)('pgbouncer', ['--version'], { env: ENVIRONMENT }).then(
    () => true,
    () => false,
  )
}

/**
 * A PgBouncer of our own in transaction mode, in front of every database of the server that a URL names. What is not set here has its
 * default, so startup parameters it does not know are refused. Few connections to the server, that its clients often change places.
 */
export async function startPgBouncer(serverUrl: string): Promise<PgBouncer> {
  const directory = await mkdtemp(join(tmpdir(), 'casement-pgbouncer-'))
  try {
    for (let attempt = 1; ; attempt++) {
      const started = await startOnce(directory, new URL(serverUrl), await freePort())
      if (started.kind === 'ready') return started
      if (attempt === 10) throw new Error(`pgbouncer did not start:\n${started.output}`)
    }
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw error
  }
}

type Started = ({ kind: 'ready' } & PgBouncer) | { kind: 'failed'; output: string }

async function startOnce(directory: string, server: URL, port: number): Promise<Started> {
  const child = spawn('pgbouncer', [...asWhom(), await writeSettings(directory, server, port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    cwd: '/',
    env: ENVIRONMENT,
  })
  const gone = once(child, 'exit')
  const { promise, resolve } = Promise.withResolvers<Started>()
  const output: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => {
    output.push(line)
    if (child.pid !== undefined && /process up: PgBouncer/i.test(line)) resolve(handle(child.pid))
  })
  child.once('error', (error) => resolve({ kind: 'failed', output: error.message }))
  child.once('close', () => resolve({ kind: 'failed', output: output.join('\n') }))
  return promise

  function handle(pid: number): Started {
    const callOffWatchdog = interruptWhenWeDie(pid)
    child.once('exit', callOffWatchdog)
    return {
      kind: 'ready',
      through(url) {
        const pooled = new URL(url)
        pooled.port = String(port)
        return pooled.href
      },
      async stop() {
        child.kill('SIGTERM')
        await gone
        await rm(directory, { recursive: true, force: true })
      },
    }
  }
}

/** It refuses to be root. */
const asWhom = (): string[] => (process.getuid?.() === 0 ? ['--user', 'nobody'] : [])

/** Answers the path of the file. Everybody may read it: it runs as somebody else when we are root, and guards nothing but a test. */
async function writeSettings(directory: string, server: URL, port: number): Promise<string> {
  const settings = join(directory, 'pgbouncer.ini')
  const users = join(directory, 'users.txt')
  await chmod(directory, 0o755)
  await writeFile(users, `"${decodeURIComponent(server.username)}" "${decodeURIComponent(server.password)}"\n`)
  await writeFile(
    settings,
    `[databases]
* = host=${server.hostname} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = 10
max_client_conn = 200
`,
  )
  return settings
}
