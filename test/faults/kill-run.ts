import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { INTENT_STATES, type IntentState } from '../../src/domain/lifecycle.ts'
import { DEFAULT_LINK, type SendRecord } from '../../src/sandbox/sandbox.ts'
import { type Engine, type Fleet, type Role, startFleet } from './fleet.ts'
import { type Random, seededRandom } from './random.ts'
import { compare, type StoredIntent, type Verdict } from './verdict.ts'

/*
 * Kills everything at random while messages flow, waits until nothing moves any more, and compares what was asked with what the
 * sandbox accepted. The producer behaves as a producer should: it repeats a request it got no answer to, under the same idempotency key.
 */

export interface KillRunOptions {
  engine: Engine
  intents: number
  /** Rounds of killing; a round may take several processes at once. */
  kills: number
  /** Share of requests whose answer is lost, 0 to 1: most after the message was accepted, some before. */
  responseLoss: number
  seed: number
  doubtGraceMs: number
  doubtMaxMs: number
  /** Longest wait for the end of the last intent after the last kill. */
  quiescenceMs: number
  onProgress?(line: string): void
}

export interface KillRunReport extends Verdict {
  engine: Engine
  seed: number
  intents: number
  kills: Record<Victim, number>
  /** Processes that ended without being told to. */
  died: readonly string[]
  states: Partial<Record<IntentState, number>>
  seconds: number
}

const VICTIMS = ['worker', 'leader', 'api', 'everything', 'postgres', 'redis killed', 'redis flushed'] as const
export type Victim = (typeof VICTIMS)[number]

/** As one API call; a kill meets several of them on their way. */
const BATCH = 50
const INTENTS_PER_CUSTOMER = 8
const THROUGHPUT_MPS = 400
const GRAPH_TIMEOUT_MS = 1_000
const LONGEST_OUTAGE_MS = 1_500
/** Doubts hold up the count of what is over; the next kill comes all the same. */
const LONGEST_CALM_MS = 4_000

export async function killRun(options: KillRunOptions): Promise<KillRunReport> {
  const began = performance.now()
  const random = seededRandom(options.seed)
  const fleet = await startFleet({
    engine: options.engine,
    throughputMps: THROUGHPUT_MPS,
    env: {
      GRAPH_TIMEOUT_MS: String(GRAPH_TIMEOUT_MS),
      DOUBT_GRACE_MS: String(options.doubtGraceMs),
      DOUBT_MAX_MS: String(options.doubtMaxMs),
      DISPATCH_CONCURRENCY: '50',
    },
  })
  const database = openDatabase(fleet.databaseUrl)
  const heart = new AbortController()
  try {
    await link(fleet)
    const customers = await openWindows(fleet, database, Math.ceil(options.intents / INTENTS_PER_CUSTOMER))
    await loseAnswers(fleet, options.responseLoss)
    const beating = keepChannelAlive(fleet, customers[0] as string, heart.signal)

    const kills = await produceAndKill(fleet, database, options, customers, random)
    await fleet.sandbox('DELETE', '/sandbox/faults')
    await untilQuiet(database, options)
    heart.abort()
    await beating

    const stored = await readIntents(database)
    const verdict = compare(options.intents, stored, await readLedger(fleet))
    const states: KillRunReport['states'] = {}
    for (const state of INTENT_STATES) {
      const count = stored.filter((intent) => intent.state === state).length
      if (count > 0) states[state] = count
    }
    const seconds = Math.round((performance.now() - began) / 1_000)
    return {
      engine: options.engine,
      seed: options.seed,
      intents: options.intents,
      kills,
      died: fleet.died,
      states,
      seconds,
      ...verdict,
    }
  } finally {
    heart.abort()
    await database.end()
    await fleet.close()
  }
}

function openDatabase(connectionString: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: 2,
    application_name: 'fault suite',
    connectionTimeoutMillis: 5_000,
  })
  pool.on('error', () => {}) // this suite kills the server
  return pool
}

async function link(fleet: Fleet): Promise<void> {
  const answer = await fleet.api('POST', '/v1/senders', {
    phone_number_id: fleet.sender,
    waba_id: DEFAULT_LINK.wabaId,
    access_token: DEFAULT_LINK.accessToken,
    throughput_mps: THROUGHPUT_MPS,
  })
  if (answer.status !== 201) throw new Error(`expected 201 for the sender, got ${JSON.stringify(answer)}`)
}

/** Everybody writes once, so that every message may go free-form. */
async function openWindows(fleet: Fleet, database: pg.Pool, count: number): Promise<string[]> {
  const customers = Array.from({ length: count }, (_, index) => `5511${String(900_000_000 + index)}`)
  for (let from = 0; from < customers.length; from += 100) {
    const say = (waId: string) =>
      fleet.sandbox('POST', `/sandbox/customers/${waId}/say`, { phone_number_id: fleet.sender, text: 'Hi' })
    await Promise.all(customers.slice(from, from + 100).map(say))
  }
  await repeat(async () => {
    const { rows } = await database.query(
      'select count(*)::int as open from conversations where last_inbound_at is not null',
    )
    return rows[0].open >= count
  }, 120_000)
  return customers
}

async function loseAnswers(fleet: Fleet, share: number): Promise<void> {
  const kinds = { reset_after_accept: 0.6, timeout_after_accept: 0.2, reset_before_accept: 0.2 }
  for (const [kind, part] of Object.entries(kinds)) {
    await fleet.sandbox('POST', '/sandbox/faults', { kind, probability: share * part, times: null })
  }
}

/** Customers write now and then. Without it a doubt about the last message would wait for `doubtMaxMs`: nobody else is there to be heard. */
async function keepChannelAlive(fleet: Fleet, customer: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await fleet
      .sandbox('POST', `/sandbox/customers/${customer}/say`, { phone_number_id: fleet.sender, text: 'Still here' })
      .catch(() => {})
    await delay(1_000, undefined, { signal }).catch(() => {})
  }
}

async function produceAndKill(
  fleet: Fleet,
  database: pg.Pool,
  options: KillRunOptions,
  customers: string[],
  random: Random,
): Promise<Record<Victim, number>> {
  const kills = Object.fromEntries(VICTIMS.map((victim) => [victim, 0])) as Record<Victim, number>
  const victims = VICTIMS.filter((victim) => options.engine === 'redis' || !victim.startsWith('redis'))
  const perRound = Math.ceil(options.intents / options.kills)
  for (let round = 0; round < options.kills; round++) {
    const from = round * perRound
    // A run that ends early must not be ended a second time by its producer.
    const producing = produce(fleet, customers, from, Math.min(options.intents, from + perRound))
    producing.catch(() => {})
    const enough = from + random.below(perRound)
    // Every victim in turn, so that a short run meets them all; the moment is random.
    const victim = victims[round % victims.length] as Victim
    await repeat(async () => (await countOver(database)) >= enough, LONGEST_CALM_MS).catch(() => {})
    options.onProgress?.(
      `${options.engine} round ${round + 1}/${options.kills}: ${victim}, ${await countOver(database)} over`,
    )
    await strike(fleet, victim, random)
    kills[victim] += 1
    if (fleet.died.length > 0) throw new Error(fleet.died.join('\n'))
    await producing
  }
  return kills
}

async function strike(fleet: Fleet, victim: Victim, random: Random): Promise<void> {
  const outage = () => delay(random.below(LONGEST_OUTAGE_MS))
  const bounce = async (roles: Role[]) => {
    await fleet.kill(roles)
    await outage()
    await fleet.start(roles)
  }
  switch (victim) {
    case 'worker':
      return bounce([random.pick(['worker-1', 'worker-2'] as const)])
    case 'leader':
      return bounce([(await fleet.leader()) ?? 'worker-1'])
    case 'api':
      return bounce(['api'])
    case 'postgres':
      await fleet.killPostgres()
      await outage()
      return fleet.startPostgres()
    case 'redis killed':
      await fleet.killRedis()
      await outage()
      return fleet.startRedis()
    case 'redis flushed':
      return fleet.flushRedis()
    case 'everything': {
      const roles: Role[] = ['api', 'worker-1', 'worker-2']
      await Promise.all([fleet.kill(roles), fleet.killPostgres(), fleet.killRedis()])
      await outage()
      await Promise.all([fleet.startPostgres(), fleet.startRedis()])
      return fleet.start(roles)
    }
  }
}

/** Intents `from` to `to`: round-robin over the customers, one in ten at most once, one in four of a lower priority. */
async function produce(fleet: Fleet, customers: string[], from: number, to: number): Promise<void> {
  for (let start = from; start < to; start += BATCH) {
    const intents = Array.from({ length: Math.min(BATCH, to - start) }, (_, index) => {
      const number = start + index
      return {
        sender: fleet.sender,
        to: `+${customers[number % customers.length]}`,
        message: { type: 'text', text: { body: `Message ${number}` } },
        priority: number % 4 === 0 ? 'transactional' : 'reply',
        delivery: number % 10 === 0 ? 'at_most_once' : 'at_least_once',
        idempotency_key: `fault-${number}`,
      }
    })
    await repeat(async () => {
      const answer = await fleet.api('POST', '/v1/intents/batch', { intents })
      if (answer.status !== 200) return false
      const { results } = answer.body as { results: { id?: string }[] }
      return results.every((result) => result.id !== undefined)
    }, 90_000)
  }
}

async function countOver(database: pg.Pool): Promise<number> {
  const { rows } = await database.query(`select count(*)::int as over from intents where state in ('sent', 'failed')`)
  return rows[0].over
}

async function untilQuiet(database: pg.Pool, options: KillRunOptions): Promise<void> {
  const quiet = async () => {
    const { rows } = await database.query(
      `select state, count(*)::int as count from intents where state in ('scheduled', 'queued', 'dispatching', 'in_doubt', 'held') group by state`,
    )
    options.onProgress?.(
      `${options.engine} waiting: ${JSON.stringify(Object.fromEntries(rows.map((row) => [row.state, row.count])))}`,
    )
    return rows.length === 0
  }
  // What does not end in time is what the verdict is there to tell.
  await repeat(quiet, options.quiescenceMs, 1_000).catch(() => {})
}

async function readIntents(database: pg.Pool): Promise<StoredIntent[]> {
  const { rows } = await database.query(
    `select id, seq::int, idempotency_key as key, conversation_id || '/' || priority as turn, delivery, state, wamid, reason_code as reason
     from intents order by seq`,
  )
  return rows
}

async function readLedger(fleet: Fleet): Promise<SendRecord[]> {
  const sends: SendRecord[] = []
  for (;;) {
    const since = sends.at(-1)?.seq ?? 0
    const page = (await fleet.sandbox('GET', `/sandbox/ledger?since=${since}&limit=5000`)) as { data: SendRecord[] }
    if (page.data.length === 0) return sends
    sends.push(...page.data)
  }
}

/** Again until it is true; whatever it throws meanwhile is part of the run. Rejects with the last failure. */
async function repeat(attempt: () => Promise<boolean>, timeoutMs: number, everyMs = 100): Promise<void> {
  const deadline = performance.now() + timeoutMs
  let failure: unknown = new Error(`still false: ${attempt}`)
  while (performance.now() < deadline) {
    try {
      if (await attempt()) return
    } catch (error) {
      failure = error
    }
    await delay(everyMs)
  }
  throw failure
}
