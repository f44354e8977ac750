import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Queue } from 'bullmq'
import Table from 'cli-table3'
import { Redis } from 'ioredis'
import pg from 'pg'
import { migrateAll } from '../src/app.ts'
import { startEmbeddedPostgres } from '../src/embedded/postgres.ts'
import { createTokenVault } from '../src/store/token-vault.ts'
import { startRedis } from '../test/support/redis-server.ts'

/*
 * npm run bench: how fast one worker process sends, beside two others on the same machine in the same run, against the same stub Graph
 * server. What is measured is the time between the first and the last message at the stub, and the worker process's CPU.
 *
 *   (a) floor     a BullMQ worker that only POSTs
 *   (b) plain     a hand-written worker: query the window, insert, POST, update
 *   (c) casement  one worker process: relay, decision, attempts and records; lanes on Redis, then on PostgreSQL
 *
 * PostgreSQL is durable (fsync and synchronous_commit on; the lanes' own pool commits asynchronously). Rounds alternate, and the ratios are
 * of medians, because the machine's speed drifts.
 */

const { values: args } = parseArgs({
  options: {
    messages: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '3' },
    concurrency: { type: 'string', default: '200' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const MESSAGES = Number(args.messages)
const ROUNDS = Number(args.rounds)
const CONCURRENCY = Number(args.concurrency)
const SECRET = '0'.repeat(64)
const SENDER = '106540352242922'

interface Measured {
  perSecond: number
  cpuMsPerMessage: number
  /** Of all server processes; NaN where there is no /proc. */
  postgresCpuMsPerMessage: number
}

type Candidate = 'floor' | 'plain' | 'casement' | 'casement on PostgreSQL lanes'
const CANDIDATES: Candidate[] = ['floor', 'plain', 'casement', 'casement on PostgreSQL lanes']

let databases = 0
const directory = await mkdtemp(join(tmpdir(), 'casement-bench-'))
const quiet = { info() {}, warn() {}, error() {}, debug() {} }
const postgres = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres'), log: quiet as never })
const redis = await startRedis()
const stub = fork(new URL('./stub-graph.ts', import.meta.url), { stdio: 'inherit' })
try {
  const { port } = await message<{ port: number }>(stub, 'listening')
  const graphUrl = `http://127.0.0.1:${port}`
  const results = new Map<Candidate, Measured[]>()
  for (let round = 1; round <= ROUNDS; round++) {
    for (const candidate of CANDIDATES) {
      if (args.only && !candidate.startsWith(args.only)) continue
      const measured = await measure(candidate, graphUrl)
      results.set(candidate, [...(results.get(candidate) ?? []), measured])
      process.stderr.write(`round ${round}: ${candidate}: ${Math.round(measured.perSecond)} messages/s\n`)
    }
  }
  report(results)
} finally {
  stub.send({ kind: 'stop' })
  await redis.stop()
  await postgres.stop()
  await rm(directory, { recursive: true, force: true })
}

async function measure(candidate: Candidate, graphUrl: string): Promise<Measured> {
  const url = await freshDatabase()
  const env = {
    ...process.env,
    BENCH_REDIS_URL: redis.url,
    BENCH_GRAPH_URL: graphUrl,
    BENCH_DATABASE_URL: url,
    BENCH_CONCURRENCY: String(CONCURRENCY),
    DATABASE_URL: url,
    GRAPH_API_URL: graphUrl,
    CASEMENT_SECRET: SECRET,
    DISPATCH_CONCURRENCY: String(CONCURRENCY),
    LOG_LEVEL: 'warn',
    ...(candidate === 'casement' ? { REDIS_URL: redis.url } : {}),
  }
  await new Redis(redis.url).flushall()
  await prepare(candidate, url)
  stub.send({ kind: 'expect', messages: MESSAGES })
  await message(stub, 'ready')

  const script = candidate.startsWith('casement') ? './casement-worker.ts' : `./${candidate}-worker.ts`
  const worker = fork(new URL(script, import.meta.url), {
    env,
    stdio: 'inherit',
    execArgv: ['--import', new URL('./report-cpu.ts', import.meta.url).href],
  })
  try {
    await message(worker, 'listening')
    const postgresBefore = await postgresCpuMs()
    const done = message<{ seconds: number }>(stub, 'done')
    worker.send({ kind: 'go' })
    const { seconds } = await done
    const cpu = message<{ ms: number }>(worker, 'cpu')
    worker.send({ kind: 'report cpu' })
    const { ms } = await cpu
    const postgresMs = (await postgresCpuMs()) - postgresBefore
    return {
      perSecond: MESSAGES / seconds,
      cpuMsPerMessage: ms / MESSAGES,
      postgresCpuMsPerMessage: postgresMs / MESSAGES,
    }
  } finally {
    worker.kill('SIGKILL')
  }
}

/** User and system time of the postmaster's children so far, in milliseconds; a tick of /proc is 10 ms. */
async function postgresCpuMs(): Promise<number> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  if (pids.length === 0) return Number.NaN
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')))
  let ticks = 0
  for (const stat of stats) {
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[1] === String(postgres.pid)) ticks += Number(fields[11]) + Number(fields[12])
  }
  return ticks * 10
}

async function freshDatabase(): Promise<string> {
  const name = `bench_${++databases}`
  await query(postgres.url, `create database ${name}`)
  const url = new URL(postgres.url)
  url.pathname = `/${name}`
  return url.href
}

async function prepare(candidate: Candidate, url: string): Promise<void> {
  if (candidate === 'floor' || candidate === 'plain') {
    await query(
      url,
      `create table plain_contacts (wa_id text primary key, last_inbound_at timestamptz not null);
       create table plain_messages (id bigint generated always as identity primary key, wa_id text not null, body text not null,
         status text not null, wamid text, sent_at timestamptz, created_at timestamptz not null default now());
       create index plain_messages_wamid on plain_messages (wamid);
       insert into plain_contacts select (10000000000 + n)::text, now() from generate_series(1, ${MESSAGES}) n; analyze`,
    )
    const queue = new Queue(`bench-${candidate}`, { connection: new Redis(redis.url, { maxRetriesPerRequest: null }) })
    for (let from = 0; from < MESSAGES; from += 5_000) {
      const count = Math.min(5_000, MESSAGES - from)
      await queue.addBulk(
        Array.from({ length: count }, (_, i) => ({
          name: 'send',
          data: { to: String(10_000_000_001 + from + i) },
          opts: { removeOnComplete: true, removeOnFail: true },
        })),
      )
    }
    await queue.close()
    return
  }
  await migrateAll(url, { kind: 'postgres' })
  const sealed = createTokenVault([Buffer.from(SECRET, 'hex')]).seal('bench')
  await query(
    url,
    `insert into portfolios (id) values ('1');
     insert into wabas (id, portfolio_id, templates_synced_at) values ('1', '1', now());
     insert into senders (phone_number_id, waba_id, sealed_access_token, throughput_mps) values ('${SENDER}', '1', '${sealed}', 1000000);
     insert into contacts (wa_id) select (10000000000 + n)::text from generate_series(1, ${MESSAGES}) n;
     insert into contact_identities (value, contact_id) select wa_id, id from contacts;
     insert into conversations (phone_number_id, contact_id, window_opened_at, last_inbound_at) select '${SENDER}', id, now(), now() from contacts;
     insert into intents (id, workspace, phone_number_id, conversation_id, priority, delivery, release, message, when_closed, state, send_at, due_at, expires_at)
       select gen_random_uuid(), 'default', '${SENDER}', id, 0, 'at_least_once', 'all',
         '{"type":"text","text":{"body":"Your parcel is on its way."}}', '"hold"', 'scheduled', now(), now(), now() + interval '7 days'
       from conversations;
     analyze`,
  )
}

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}

function message<T>(child: ChildProcess, kind: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const hear = (received: unknown) => {
      if ((received as { kind: string }).kind !== kind) return
      child.off('message', hear)
      child.off('exit', fail)
      resolve(received as T)
    }
    const fail = (code: number | null) => reject(new Error(`a bench process ended with ${code} before it said ${kind}`))
    child.on('message', hear)
    child.on('exit', fail)
  })
}

function report(results: Map<Candidate, Measured[]>): void {
  const median = (candidate: Candidate, of: (m: Measured) => number) => {
    const sorted = (results.get(candidate) ?? []).map(of).sort((a, b) => a - b)
    const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
    const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN
    return (lower + upper) / 2
  }
  const rows = [...results.keys()].map((candidate) => {
    const perSecond = median(candidate, (m) => m.perSecond)
    return {
      candidate,
      messages_per_second: Math.round(perSecond),
      worker_cpu_ms_per_message: Number(median(candidate, (m) => m.cpuMsPerMessage).toFixed(3)),
      postgres_cpu_ms_per_message: Number(median(candidate, (m) => m.postgresCpuMsPerMessage).toFixed(3)),
      vs_floor: Number((perSecond / median('floor', (m) => m.perSecond)).toFixed(2)),
      vs_plain: Number((perSecond / median('plain', (m) => m.perSecond)).toFixed(2)),
    }
  })
  if (args.json) {
    process.stdout.write(
      `${JSON.stringify({ messages: MESSAGES, rounds: ROUNDS, concurrency: CONCURRENCY, cores: cpus().length, rows })}\n`,
    )
    return
  }
  const table = new Table({
    head: ['', 'messages/s', 'worker CPU ms/message', 'Postgres CPU ms/message', '× floor', '× plain'],
  })
  for (const row of rows) {
    table.push([
      row.candidate,
      row.messages_per_second,
      row.worker_cpu_ms_per_message,
      row.postgres_cpu_ms_per_message,
      row.vs_floor,
      row.vs_plain,
    ])
  }
  process.stdout.write(
    `${MESSAGES} messages, ${ROUNDS} rounds, ${CONCURRENCY} in flight, ${cpus().length} cores, medians\n${table}\n`,
  )
}
