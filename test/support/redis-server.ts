import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { freePort } from '../../src/embedded/ports.ts'
import { interruptWhenWeDie } from '../../src/embedded/watchdog.ts'

export interface RedisServer {
  readonly url: string
  readonly port: number
  readonly pid: number
  stop(): Promise<void>
  /** `kill -9`. Start again with the same port to bring back a Redis that forgot everything. */
  kill(): Promise<void>
}

/** How many databases it has; `redis.ts` hands them out. */
export const REDIS_DATABASES = 256

/** Whether a `redis-server` is on the PATH. */
export async function hasRedisServer(): Promise<boolean> {
  return promisify(execFile)('redis-server', ['--version']).then(
    () => true,
    () => false,
  )
}

/** Names and arguments as in redis.conf; they go before our own. */
export type RedisSettings = Readonly<Record<string, string | readonly string[]>>

/**
 * A Redis of our own on 127.0.0.1 that keeps nothing on disk and evicts nothing, as BullMQ requires. Resolves when it
 * accepts connections. It ends with this process.
 */
export async function startRedis(port?: number, settings: RedisSettings = {}): Promise<RedisServer> {
  for (let attempt = 1; ; attempt++) {
    const server = await startOnce(port ?? (await freePort()), settings)
    if (server.kind === 'ready') return server
    if (port !== undefined || attempt === 10) throw new Error(`redis-server did not start:\n${server.output}`)
  }
}

type Started = ({ kind: 'ready' } & RedisServer) | { kind: 'failed'; output: string }

async function startOnce(port: number, settings: RedisSettings): Promise<Started> {
  const all = {
    port: String(port),
    bind: '127.0.0.1',
    save: '',
    appendonly: 'no',
    'maxmemory-policy': 'noeviction',
    databases: String(REDIS_DATABASES),
    ...settings,
  }
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value].flat())
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true, cwd: '/' })
  const gone = once(child, 'exit')
  const { promise, resolve } = Promise.withResolvers<Started>()
  const output: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    output.push(line)
    if (child.pid !== undefined && /ready to accept connections/i.test(line)) resolve(handle(child.pid))
  })
  child.once('error', (error) => resolve({ kind: 'failed', output: error.message }))
  child.once('close', () => resolve({ kind: 'failed', output: output.join('\n') }))
  return promise

  function handle(pid: number): Started {
    const callOffWatchdog = interruptWhenWeDie(pid)
    child.once('exit', callOffWatchdog)
    const end = async (signal: NodeJS.Signals): Promise<void> => {
      child.kill(signal)
      await gone
    }
    const url = `redis://127.0.0.1:${port}`
    return { kind: 'ready', url, port, pid, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') }
  }
}
