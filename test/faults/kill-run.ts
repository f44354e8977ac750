import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { INTENT_STATES, type IntentState } from '../../src/domain/lifecycle.ts'
import { DEFAULT_LINK, type SendRecord } from '../../src/sandbox/sandbox.ts'
import { castOf, type Person } from './cast.ts'
import { type Engine, type Fleet, type Role, startFleet } from './fleet.ts'
import { type Happenings, happenings } from './happenings.ts'
import { type Hearsay, type Listeners, startListeners } from './listeners.ts'
import { createProducer, type Producer } from './producer.ts'
import { type Random, seededRandom } from './random.ts'
import { repeat } from './repeat.ts'
import { compare, type StoredIntent, type Verdict } from './verdict.ts'

/*
 * Kills everything at random while messages flow, waits until nothing moves any more, and compares what was asked with what the
 * sandbox accepted. Meanwhile people turn out to be one, opt out and are erased (cast.ts), a worker with another secret comes and goes, and two
 * programs are told of everything (listeners.ts). The producer behaves as a producer should: it repeats a request it got no answer to, under the same idempotency key.
 */

export interface KillRunOptions {
  engine: Engine
  /** To those who are written to by turns; what goes to the erased, and offers, come on top. */
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
  /** One of those who listen takes its time, and so does the run. */
  slowListener?: boolean
  onProgress?(line: string): void
}

export interface KillRunReport extends Verdict, Hearsay {
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
      OUTBOUND_HOSTS: '127.0.0.1',
    },
  })
  const database = openDatabase(fleet.databaseUrl)
  const heart = new AbortController()
  let listeners: Listeners | null = null
  try {
    await link(fleet)
    listeners = await startListeners(fleet, options.slowListener ?? false)
    const { regulars, erased } = castOf(Math.ceil(options.intents / INTENTS_PER_CUSTOMER), options.kills)
    const people = [...regulars, ...erased]
    await openWindows(fleet, database, people)
    const producer = createProducer(fleet, regulars)
    const happening = happenings({ fleet, database, producer, people })
    await loseAnswers(fleet, options.responseLoss)
    const beating = keepChannelAlive(fleet, (regulars.at(-1) as Person).phone.wa_id, heart.signal)

    const kills = await produceAndKill({ fleet, database, producer, happening }, options, random)
    await fleet.sandbox('DELETE', '/sandbox/faults')
    await happening.writeOnceMore()
    await untilQuiet(database, options)
    heart.abort()
    await beating

    // What does not come is what the verdict is there to tell.
    await listeners.caughtUp(database, options.quiescenceMs).catch(() => {})
    const stored = await readIntents(database)
    const verdict = compare(producer.asked, stored, await readLedger(fleet))
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
      ...(await listeners.hearsay(database, stored)),
    }
  } finally {
    heart.abort()
    await database.end()
    await fleet.close()
    await listeners?.close()
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
  const synced = await fleet.api('POST', '/v1/templates/sync', { waba_id: DEFAULT_LINK.wabaId })
  if (synced.status !== 200) throw new Error(`expected 200 for the templates, got ${JSON.stringify(synced)}`)
}

/** Everybody writes once, so that every message may go free-form: under the id that they show. */
async function openWindows(fleet: Fleet, database: pg.Pool, people: readonly Person[]): Promise<void> {
  for (let from = 0; from < people.length; from += 100) {
    const say = async ({ phone }: Person) => {
      if (Object.keys(phone).length > 1) await fleet.sandbox('POST', '/sandbox/customers', phone)
      const text = { phone_number_id: fleet.sender, text: 'Hi' }
      await fleet.sandbox('POST', `/sandbox/customers/${phone.wa_id}/say`, text)
    }
    await Promise.all(people.slice(from, from + 100).map(say))
  }
  await repeat(async () => {
    const { rows } = await database.query(
      'select count(*)::int as open from conversations where last_inbound_at is not null',
    )
    return rows[0].open >= people.length
  }, 120_000)
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

interface Scene {
  fleet: Fleet
  database: pg.Pool
  producer: Producer
  happening: Happenings
}

async function produceAndKill(scene: Scene, options: KillRunOptions, random: Random): Promise<Record<Victim, number>> {
  const { fleet, database, producer, happening } = scene
  const kills = Object.fromEntries(VICTIMS.map((victim) => [victim, 0])) as Record<Victim, number>
  const victims = VICTIMS.filter((victim) => options.engine === 'redis' || !victim.startsWith('redis'))
  const perRound = Math.ceil(options.intents / options.kills)
  for (let round = 0; round < options.kills; round++) {
    const from = round * perRound
    // A run that ends early must not be ended a second time by its producer.
    const producing = producer.produce(from, Math.min(options.intents, from + perRound), round)
    producing.catch(() => {})
    const enough = from + random.below(perRound)
    // Every victim in turn, so that a short run meets them all; the moment is random.
    const victim = victims[round % victims.length] as Victim
    await repeat(async () => (await countOver(database)) >= enough, LONGEST_CALM_MS).catch(() => {})
    options.onProgress?.(
      `${options.engine} round ${round + 1}/${options.kills}: ${victim}, ${await countOver(database)} over`,
    )
    const happened = happening.inRound(round)
    happened.catch(() => {})
    // In every other round, and in the others it goes, which is one more kill.
    await (round % 2 === 0 ? fleet.start(['locked-out']) : fleet.kill(['locked-out']))
    await strike(fleet, victim, random)
    kills[victim] += 1
    if (fleet.died.length > 0) throw new Error(fleet.died.join('\n'))
    await producing
    await happened
    await happening.offerInVain()
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

async function countOver(database: pg.Pool): Promise<number> {
  const { rows } = await database.query(
    `select count(*)::int as over from intents where state in ('sent', 'failed') and idempotency_key like 'fault-%'`,
  )
  return rows[0].over
}

async function untilQuiet(database: pg.Pool, options: KillRunOptions): Promise<void> {
  const quiet = async () => {
    const { rows } = await database.query(
      `select state, count(*)::int as count from intents where state in ('scheduled', 'dispatching', 'in_doubt', 'held') group by state`,
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
    `select id, seq::int, idempotency_key as key, priority, delivery, state, wamid, reason_code as reason,
       (select extract(epoch from min(a.started_at)) * 1000 from attempts a where a.intent_id = intents.id)::float8 as "firstTriedAt",
       (select string_agg(what, ', ' order by at) from (
          select at, kind || ' ' || at::text as what from decisions d where d.intent_id = intents.id
          union all
          select started_at, coalesce(outcome, 'open') || ' ' || started_at::text from attempts a where a.intent_id = intents.id
        ) as history) as decided
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
