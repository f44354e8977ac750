import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
import { migrateAll } from '../src/app.ts'
import { startEmbeddedPostgres } from '../src/embedded/postgres.ts'
import { createTokenVault, ofSender } from '../src/store/accounts/token-vault.ts'
import { type RedisServer, startRedis } from '../test/support/redis-server.ts'

/*
 * What every benchmark stands on: a durable PostgreSQL, a Redis, a stub Graph server, and worker processes that tell how much CPU they
 * used. All of it is the run's own and ends with it.
 */

/** Of the benchmarks' numbers; 32 bytes as hex. */
export const SECRET = '0'.repeat(64)
export const APP_SECRET = 'bench-app-secret'
export const SENDER = '106540352242922'
export const WABA = '1'
/** Wa_ids count up from here. */
export const FIRST_CONTACT = 10_000_000_001

const MIGRATED = 'bench_migrated'

export type LaneKind = 'redis' | 'postgres'

export interface Lab extends AsyncDisposable {
  readonly redis: RedisServer
  readonly graphUrl: string
  /** A migrated database without a row, with durable commits; its URL. */
  freshDatabase(): Promise<string>
  /** Empties Redis, for whoever is measured next. */
  forgetLanes(): Promise<void>
  /** User and system time of all server processes of PostgreSQL so far, in milliseconds. */
  postgresCpuMs(): Promise<number>
  /** Forks a script of this folder and waits until it says `listening`; its answer to that is the second. */
  fork(script: string, env: Record<string, string>): Promise<[Forked, { port?: number }]>
  /** Calls back for every text "mark <number>" that comes to the stub; `at` in milliseconds since 1970. */
  onMark(hear: (mark: number, at: number) => void): void
  /** Counts messages at the stub from here on; resolves when the last of them came. */
  expect(messages: number, options?: { latencyMs?: number; milestones?: readonly number[] }): Promise<Arrivals>
}

export interface Arrivals {
  /** Seconds between the first and the last message. */
  done: Promise<{ seconds: number }>
  /** Of each milestone: as many have come. */
  reached: Promise<unknown>[]
}

export interface Forked {
  readonly pid: number
  send(message: object): void
  once<T>(kind: string): Promise<T>
  /** Calls back for every message of this kind. */
  on<T>(kind: string, hear: (message: T) => void): void
  /** User and system time so far, in milliseconds. */
  cpuMs(): Promise<number>
  /** What it holds on to, in MiB: its heap and what lies beside it, after all garbage is collected. */
  heldMib(): Promise<number>
  kill(): void
}

/**
 * @param ephemeral commits are as fast as they go, and nothing that is measured says anything: for tests that the suites still run
 */
export async function openLab({ ephemeral = false } = {}): Promise<Lab> {
  await using opened = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'casement-bench-'))
  opened.defer(() => rm(directory, { recursive: true, force: true }))
  const quiet = { info() {}, warn() {}, error() {}, debug() {} }
  const postgres = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres'), log: quiet as never, ephemeral })
  opened.defer(() => postgres.stop())
  const redis = await startRedis()
  opened.defer(() => redis.stop())
  const children = new Set<Forked>()
  opened.defer(() => {
    for (const child of children) child.kill()
  })

  async function forkScript(script: string, env: Record<string, string>): Promise<[Forked, { port?: number }]> {
    const child = fork(new URL(script, import.meta.url), {
      env: { ...process.env, ...env },
      stdio: 'inherit',
      // As the image starts it.
      execArgv: ['--max-semi-space-size=16', '--import', new URL('./report-use.ts', import.meta.url).href],
    })
    const forked = handle(child)
    children.add(forked)
    return [forked, await forked.once<{ port?: number }>('listening')]
  }

  const [stub, { port }] = await forkScript('./stub-graph.ts', {})
  let databases = 0
  let migrated: Promise<void> | null = null
  const migrateOnce = async () => {
    await query(postgres.url, `create database ${MIGRATED}`)
    await migrateAll(urlOf(MIGRATED), { kind: 'postgres' })
  }
  const urlOf = (database: string) => Object.assign(new URL(postgres.url), { pathname: `/${database}` }).href
  const untilClosed = opened.move()
  return {
    redis,
    graphUrl: `http://127.0.0.1:${port}`,
    fork: forkScript,
    async freshDatabase() {
      const name = `bench_${++databases}`
      migrated ??= migrateOnce()
      await migrated
      await query(postgres.url, `create database ${name} template ${MIGRATED}`)
      return urlOf(name)
    },
    async forgetLanes() {
      const client = new Redis(redis.url)
      await client.flushall()
      client.disconnect()
    },
    postgresCpuMs: () => childrensCpuMs(postgres.pid),
    onMark: (hear) => stub.on<{ mark: number; at: number }>('marked', ({ mark, at }) => hear(mark, at)),
    async expect(messages, { latencyMs = 0, milestones = [] } = {}) {
      const ready = stub.once('ready')
      const done = stub.once<{ seconds: number }>('done')
      // Who counts messages need not wait for the last of them.
      const reached = milestones.map((seen) => stub.once(`reached ${seen}`))
      for (const told of [done, ...reached]) told.catch(() => {})
      stub.send({ kind: 'expect', messages, latencyMs, milestones })
      await ready
      return { done, reached }
    },
    [Symbol.asyncDispose]: () => untilClosed.disposeAsync(),
  }
}

function handle(child: ChildProcess): Forked {
  const once = <T>(kind: string): Promise<T> =>
    new Promise((resolve, reject) => {
      const hear = (received: unknown) => {
        if ((received as { kind: string }).kind !== kind) return
        child.off('message', hear)
        child.off('exit', fail)
        resolve(received as T)
      }
      const fail = (code: number | null) =>
        reject(new Error(`a bench process ended with ${code} before it said ${kind}`))
      child.on('message', hear)
      child.on('exit', fail)
    })
  return {
    pid: child.pid as number,
    send: (message) => void child.send(message),
    once,
    on: (kind, hear) =>
      void child.on('message', (received) => {
        if ((received as { kind: string }).kind === kind) hear(received as never)
      }),
    async cpuMs() {
      const told = once<{ ms: number }>('cpu')
      child.send({ kind: 'report cpu' })
      return (await told).ms
    },
    async heldMib() {
      const told = once<{ mib: number }>('held')
      child.send({ kind: 'report held' })
      return (await told).mib
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

/** From /proc, in ticks of 10 ms; NaN where there is none. */
async function childrensCpuMs(parent: number): Promise<number> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  if (pids.length === 0) return Number.NaN
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')))
  let ticks = 0
  for (const stat of stats) {
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[1] === String(parent)) ticks += Number(fields[11]) + Number(fields[12])
  }
  return ticks * 10
}

export async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

/** What a Casement process of the benchmarks finds in its environment. */
export function casementEnv(lab: Lab, databaseUrl: string, lanes: LaneKind): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    ...(lanes === 'redis' ? { REDIS_URL: lab.redis.url } : {}),
    GRAPH_API_URL: lab.graphUrl,
    CASEMENT_SECRET: SECRET,
    META_APP_SECRET: APP_SECRET,
    META_VERIFY_TOKEN: 'bench',
    PORT: '0',
    LOG_LEVEL: 'warn',
  }
}

export interface Population {
  /** Linked numbers; the first is `SENDER`. */
  senders?: number
  throughputMps: number
  /** Intents that are due, and people with an open window: as many, unless somebody gets several. */
  messages: number
  /** Messages for each of them. */
  each?: number
  /** 0 reply … 3 campaign. */
  priority?: number
  /** False: people only. */
  intents?: boolean
}

/** Fills a fresh database with linked numbers, open windows and due texts; people are dealt to the numbers in turn. */
export async function populate(url: string, population: Population): Promise<void> {
  const { senders = 1, throughputMps, messages, each = 1, priority = 0, intents = true } = population
  const vault = createTokenVault([Buffer.from(SECRET, 'hex')])
  const linked = Array.from({ length: senders }, (_, n) => {
    const id = String(BigInt(SENDER) + BigInt(n))
    return `('default', '${id}', '${WABA}', '${vault.seal('bench', ofSender(id))}', ${throughputMps})`
  })
  await query(
    url,
    `insert into portfolios (id, workspace) values ('1', 'default');
     insert into wabas (id, workspace, portfolio_id, templates_synced_at) values ('${WABA}', 'default', '1', now());
     insert into senders (workspace, phone_number_id, waba_id, sealed_access_token, throughput_mps) values ${linked.join(', ')};
     insert into contacts (workspace, wa_id) select 'default', (${FIRST_CONTACT - 1} + n)::text from generate_series(1, ${Math.ceil(messages / each)}) n;
     insert into contact_identities (workspace, key, value, contact_id) select workspace, wa_id, wa_id, id from contacts;
     insert into conversations (workspace, phone_number_id, contact_id, window_opened_at, last_inbound_at)
       select workspace, (${SENDER} + id % ${senders})::text, id, now(), now() from contacts;
     insert into intents (id, workspace, phone_number_id, conversation_id, priority, delivery, release, message, when_closed, state, send_at, due_at, expires_at)
       select gen_random_uuid(), 'default', phone_number_id, id, ${priority}, 'at_least_once', 'all',
         '{"type":"text","text":{"body":"Your parcel is on its way."}}', '"hold"', 'scheduled', now(), now(), now() + interval '7 days'
       from conversations cross join generate_series(1, ${each}) where ${intents};
     analyze`,
  )
}

/** Written to the log of PostgreSQL since it began, by all its databases. */
export async function walBytes(url: string): Promise<number> {
  const [row] = await query<{ bytes: string }>(
    url,
    "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text as bytes",
  )
  return Number(row?.bytes)
}
