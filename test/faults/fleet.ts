import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { migrateAll } from '../../src/app.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { createLogger } from '../../src/log.ts'
import type { DEFAULT_LINK } from '../../src/sandbox/sandbox.ts'
import { lastingPort } from '../support/lasting-port.ts'
import { type CasementProcess, startCasement } from '../support/process.ts'
import { type RedisServer, startRedis } from '../support/redis-server.ts'
import { eventually } from '../support/signals.ts'

/*
 * A production of its own to be destroyed: PostgreSQL, Redis where the lanes live there, one API, two workers and the sandbox, each a
 * process. Whatever is killed comes back on the same port, as a supervisor would bring it back.
 */

export type Engine = 'postgres' | 'redis'
/** `locked-out`: a worker whose secret opens nothing. Not started by itself. */
export type Role = 'api' | 'worker-1' | 'worker-2' | 'locked-out'
const ROLES: readonly Role[] = ['api', 'worker-1', 'worker-2', 'locked-out']
const FROM_THE_START = ROLES.filter((role) => role !== 'locked-out')

export interface FleetOptions {
  engine: Engine
  /** Of the one linked number; the sandbox enforces it too. */
  throughputMps: number
  env: Readonly<Record<string, string>>
}

export interface Fleet {
  readonly databaseUrl: string
  readonly sandboxUrl: string
  readonly sender: string
  /** Calls the API with the admin key; rejects when it cannot be reached, so the caller may try again. */
  api(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>
  sandbox(method: string, path: string, body?: unknown): Promise<unknown>
  /** `kill -9`, all at once. */
  kill(roles: readonly Role[]): Promise<void>
  /** Brings back what was killed and waits until it is ready; who is locked out never is, and need only live. */
  start(roles: readonly Role[]): Promise<void>
  /** Stops a process where it stands, its connections open, as a machine does that has no time for it. */
  freeze(role: Role): void
  thaw(role: Role): void
  /** The worker that has the relay's lead now; null in a moment between two leaders. */
  leader(): Promise<Role | null>
  leads(role: Role): Promise<boolean>
  killPostgres(): Promise<void>
  startPostgres(): Promise<void>
  killRedis(): Promise<void>
  startRedis(): Promise<void>
  flushRedis(): Promise<void>
  /** Processes that ended without being told to, with their last lines. */
  readonly died: readonly string[]
  close(): Promise<void>
}

const API_KEY = 'fault-suite-admin-key-of-32-characters'
const APP_SECRET = 'fault-suite-app-secret'
const VERIFY_TOKEN = 'fault-suite-verify-token'
/** Far beyond what a start takes, for a busy machine is no failure. */
const READY_TIMEOUT_MS = 180_000
const CALL_TIMEOUT_MS = 15_000

export async function startFleet({ engine, throughputMps, env }: FleetOptions): Promise<Fleet> {
  await using started = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'casement-faults-'))
  started.defer(() => rm(directory, { recursive: true, force: true }))
  await chmod(directory, 0o711) // as root the server runs as somebody else, who must get in

  let postgres: EmbeddedPostgres = await openPostgres(await lastingPort())
  const postgresPort = postgres.port
  const databaseUrl = postgres.url
  started.defer(() => postgres.stop())
  let redis: RedisServer | null = engine === 'redis' ? await startRedis(await lastingPort()) : null
  const redisPort = redis?.port
  started.defer(async () => redis?.stop())
  await migrateAll(databaseUrl, { kind: engine === 'redis' ? 'redis' : 'postgres' } as never)

  const ports = new Map<Role, number>()
  for (const role of ROLES) ports.set(role, await lastingPort())
  const addressOf = (role: Role) => `http://127.0.0.1:${ports.get(role)}`

  const sandbox = await startSandbox({ webhookUrl: `${addressOf('api')}/webhooks/whatsapp`, throughputMps })
  started.defer(sandbox.stop)

  const processes = new Map<Role, CasementProcess>()
  const expectedToEnd = new Set<CasementProcess>()
  const died: string[] = []
  started.defer(() => kill(ROLES))

  function openPostgres(port: number): Promise<EmbeddedPostgres> {
    const log = createLogger({ level: 'silent' })
    return startEmbeddedPostgres({ dataDir: join(directory, 'postgres'), port, log, ephemeral: true })
  }

  function spawnRole(role: Role): void {
    const port = String(ports.get(role))
    const running = startCasement([role === 'api' ? 'api' : 'worker'], {
      cwd: directory,
      env: {
        DATABASE_URL: databaseUrl,
        ...(redis ? { REDIS_URL: redis.url } : {}),
        ...(role === 'api' ? { PORT: port } : { WORKER_PORT: port }),
        GRAPH_API_URL: sandbox.url,
        CASEMENT_SECRET: (role === 'locked-out' ? 'f' : '0').repeat(64),
        CASEMENT_API_KEY: API_KEY,
        META_APP_SECRET: APP_SECRET,
        META_VERIFY_TOKEN: VERIFY_TOKEN,
        LOG_LEVEL: 'error',
        ...env,
      },
    })
    processes.set(role, running)
    void running.exited.then(({ code, signal }) => {
      if (expectedToEnd.has(running)) return
      const lastLines = [...running.stdout, ...running.stderr].slice(-10).join('\n')
      died.push(`${role} ended by itself (code ${code}, signal ${signal}):\n${lastLines}`)
    })
  }

  async function kill(roles: readonly Role[]): Promise<void> {
    await Promise.all(
      roles.map(async (role) => {
        const running = processes.get(role)
        if (!running) return
        expectedToEnd.add(running)
        processes.delete(role)
        await running.kill('SIGKILL')
      }),
    )
  }

  async function start(roles: readonly Role[]): Promise<void> {
    for (const role of roles) if (!processes.has(role)) spawnRole(role)
    await Promise.all(roles.map(untilReady))
  }

  function untilReady(role: Role): Promise<void> {
    const look = async () => {
      const answer = await fetch(`${addressOf(role)}/${role === 'locked-out' ? 'healthz' : 'readyz'}`, {
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      })
      await answer.arrayBuffer()
      return answer.ok
    }
    const ready = eventually(look, { timeoutMs: READY_TIMEOUT_MS })
    const ended = processes.get(role)?.exited.then(() => {
      throw new Error(`${role} did not start:\n${died.join('\n')}`)
    })
    return Promise.race([ready, ended]).then(() => {})
  }

  function signal(role: Role, name: 'SIGSTOP' | 'SIGCONT'): void {
    const running = processes.get(role)
    if (!running) throw new Error(`expected ${role} to run`)
    process.kill(running.pid, name)
  }

  async function leads(role: Role): Promise<boolean> {
    const metrics = await fetch(`${addressOf(role)}/metrics`, { signal: AbortSignal.timeout(CALL_TIMEOUT_MS) })
      .then((answer) => answer.text())
      .catch(() => '')
    return /^casement_relay_leads 1$/m.test(metrics)
  }

  await start(FROM_THE_START)
  const untilClose = started.move()
  return {
    databaseUrl,
    sandboxUrl: sandbox.url,
    sender: sandbox.link.phoneNumberId,
    died,
    kill,
    start,
    api: (method, path, body) => call(addressOf('api'), method, path, body),
    sandbox: async (method, path, body) => {
      const answer = await call(sandbox.url, method, path, body)
      if (answer.status >= 300) throw new Error(`sandbox ${method} ${path}: ${JSON.stringify(answer)}`)
      return answer.body
    },
    freeze: (role) => signal(role, 'SIGSTOP'),
    thaw: (role) => signal(role, 'SIGCONT'),
    leads,
    async leader() {
      for (const role of ROLES) if (role !== 'api' && processes.has(role) && (await leads(role))) return role
      return null
    },
    killPostgres: () => postgres.kill(),
    async startPostgres() {
      postgres = await openPostgres(postgresPort)
      if (postgres.port !== postgresPort) throw new Error(`port ${postgresPort} was taken meanwhile`)
    },
    killRedis: async () => redis?.kill(),
    async startRedis() {
      if (redisPort !== undefined) redis = await startRedis(redisPort)
    },
    async flushRedis() {
      if (redisPort !== undefined) await flush(redisPort)
    },
    close: () => untilClose.disposeAsync(),
  }
}

async function call(
  address: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${address}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${API_KEY}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
}

async function startSandbox(options: { webhookUrl: string; throughputMps: number }) {
  const script = new URL('./sandbox-process.ts', import.meta.url).pathname
  const given = JSON.stringify({ ...options, appSecret: APP_SECRET, verifyToken: VERIFY_TOKEN })
  const child = spawn(process.execPath, [script, given], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    exited.then(() => Promise.reject(new Error('the sandbox ended before it had started'))),
  ])) as [string]
  const { url, sender } = JSON.parse(line) as { url: string; sender: typeof DEFAULT_LINK }
  return {
    url,
    link: sender,
    async stop() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

async function flush(port: number): Promise<void> {
  const { Redis } = await import('ioredis')
  const client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 2 })
  client.on('error', () => {})
  try {
    await client.flushall()
  } finally {
    client.disconnect()
  }
}
