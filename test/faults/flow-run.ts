import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { parse } from 'yaml'
import { DEFAULT_LINK, type SendRecord } from '../../src/sandbox/sandbox.ts'
import { OFFER } from '../support/campaigns.ts'
import { startReceiver } from '../support/receiver.ts'
import { type Engine, type Fleet, startFleet } from './fleet.ts'
import { type Random, seededRandom } from './random.ts'
import { repeat } from './repeat.ts'

/*
 * Runs of a flow while workers are killed with SIGKILL: each waits, sends, notes, calls a program and sends again, and some customers answer,
 * which ends theirs. Judged is what the history, the outbox and the sandbox have in the end: each step once, each call under one id, and nothing
 * that was begun after an answer was on record.
 */

export interface FlowRunOptions {
  engine: Engine
  runs: number
  /** Of a worker; every third time of both. */
  kills: number
  seed: number
  throughputMps: number
  /** Also what a dead worker had on its way comes to its end, which takes as long as a doubt. */
  toTheEnd: boolean
  quiescenceMs: number
  onProgress?(line: string): void
}

/** Lists hold a word on each; a run is good when all are empty. */
export interface FlowRunReport {
  engine: Engine
  seed: number
  runs: number
  outcomes: Record<string, number>
  kills: number
  /** A step was taken more than once, or a message sent more than once. */
  repeated: string[]
  /** Begun after an answer was on record. */
  afterStop: string[]
  /** Asked for and never made, or made under two ids. */
  miscalled: string[]
  /** Ended, or went on, as it should not have. */
  misled: string[]
  /** Counts of the flow that do not add up. */
  miscounted: string[]
  /** Where those are that did not come to their end in time. */
  unfinished: string[]
  died: readonly string[]
}

export const FLOW_CHARGES = [
  'repeated',
  'afterStop',
  'miscalled',
  'misled',
  'miscounted',
  'unfinished',
  'died',
] as const

const STARTED_AT_ONCE = 20
const STARTED_WITHIN_MS = 60_000
const ANSWERED_A_ROUND = 0.1

const flow = (url: string) => `
flow: killed
purpose: utility
triggers: [ api ]
data: { n: number }
once: { per: ever }
stop: [ reply ]
steps:
  - { id: rest, wait: 1s }
  - { id: first, send: ${JSON.stringify(sendOf())} }
  - { id: breath, wait: 1s }
  - { id: note, set: { contact.seen: "{{data.n}}" } }
  - { id: told, call: { url: "${url}/told", body: { n: "{{data.n}}" } }, otherwise: unheard }
  - { id: second, send: ${JSON.stringify(sendOf())}, end: done }
  - { id: unheard, end: unheard }
`

/** All that everybody goes through who does not answer. */
const STEPS = ['rest', 'first', 'breath', 'note', 'told', 'second']

function sendOf() {
  const { name, language } = OFFER.template
  return { template: { name, language: language.code, parameters: ['{{contact.name | friend}}', '{{data.n}}'] } }
}

export async function flowKillRun(options: FlowRunOptions): Promise<FlowRunReport> {
  const { engine, runs, kills, seed, throughputMps } = options
  const random = seededRandom(seed)
  const receiver = await startReceiver(() => (random.next() < 0.05 ? 500 : 200))
  const fleet = await startFleet({
    engine,
    throughputMps,
    env: {
      GRAPH_TIMEOUT_MS: '1000',
      DOUBT_GRACE_MS: '13000',
      DOUBT_MAX_MS: '60000',
      DISPATCH_CONCURRENCY: '20',
      OUTBOUND_HOSTS: '127.0.0.1',
    },
  })
  const pool = new pg.Pool({ connectionString: fleet.databaseUrl, max: 2 })
  const stops = watchStops(pool)
  try {
    await prepare(fleet, receiver.url, throughputMps)
    const people = Array.from({ length: runs }, (_, n) => `551195${String(n).padStart(7, '0')}`)
    const starting = startAll(fleet, people)
    // What is wrong with it is told where it is awaited.
    starting.catch(() => {})
    for (let nth = 0; nth < kills; nth += 1) {
      await delay(500 + random.below(1_000))
      await answering(fleet, pool, random)
      const both = nth % 3 === 2
      const victims = both ? (['worker-1', 'worker-2'] as const) : [random.pick(['worker-1', 'worker-2'] as const)]
      await fleet.kill(victims)
      await fleet.start(victims)
      options.onProgress?.(`${engine}: ${nth + 1} of ${kills} kills`)
    }
    await starting
    // A verdict on what there is says more than that there is none.
    const unfinished = await repeat(() => isOver(pool, runs, options.toTheEnd), options.quiescenceMs, 500).then(
      () => [],
      () => stillIn(pool),
    )
    const heard = receiver.received.all.map(({ headers, body }) => ({ id: String(headers['webhook-id']), body }))
    const judged = await judge(fleet, pool, { seen: await stops.stop(), heard, runs })
    return { engine, seed, runs, kills, unfinished, died: fleet.died, ...judged }
  } finally {
    await stops.stop().catch(() => {})
    await pool.end()
    await fleet.close()
    await receiver.close()
  }
}

async function prepare(fleet: Fleet, url: string, throughputMps: number): Promise<void> {
  const { wabaId, accessToken } = DEFAULT_LINK
  await expectOk(
    fleet.api('POST', '/v1/senders', {
      phone_number_id: fleet.sender,
      waba_id: wabaId,
      access_token: accessToken,
      throughput_mps: throughputMps,
    }),
  )
  await expectOk(fleet.api('POST', '/v1/templates/sync', { waba_id: wabaId }))
  await expectOk(fleet.api('PUT', '/v1/flows/killed', parse(flow(url))))
}

async function expectOk(call: Promise<{ status: number; body: unknown }>): Promise<void> {
  const { status, body } = await call
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`)
}

async function startAll(fleet: Fleet, people: readonly string[]): Promise<void> {
  const left = people.map((to, n) => ({ to: `+${to}`, n }))
  await Promise.all(
    Array.from({ length: STARTED_AT_ONCE }, async () => {
      for (let one = left.shift(); one; one = left.shift()) {
        const { to, n } = one
        const body = { sender: fleet.sender, to, data: { n } }
        // Of one whose answer was lost, the next asks in vain: the flow is `once`.
        await repeat(async () => {
          const { status } = await fleet.api('POST', '/v1/flows/killed/runs', body)
          return status < 300 || status === 409
        }, STARTED_WITHIN_MS)
      }
    }),
  )
}

/** Some of those whose first message came, and who are in their run still, write. */
async function answering(fleet: Fleet, pool: pg.Pool, random: Random): Promise<void> {
  const { rows } = await pool.query<{ wa_id: string }>(
    `select c.wa_id from flow_runs r join contacts c on c.id = r.contact_id
     where r.state = 'waiting' and r.step in ('breath', 'told', 'second') order by c.wa_id`,
  )
  for (const { wa_id } of rows) {
    if (random.next() >= ANSWERED_A_ROUND) continue
    await fleet.sandbox('POST', `/sandbox/customers/${wa_id}/say`, { phone_number_id: fleet.sender, text: 'Stop it' })
  }
}

const WATCH_EVERY_MS = 50

/** When each run that an answer ended was seen to have ended: by then that is on record. */
function watchStops(pool: pg.Pool): { stop(): Promise<Map<string, string>> } {
  const seen = new Map<string, string>()
  let stopped = false
  const look = async () => {
    const { rows } = await pool.query<{ id: string; at: string }>(
      `select id, clock_timestamp()::text as at from flow_runs where outcome = 'answered' and not id = any ($1::uuid[])`,
      [[...seen.keys()]],
    )
    for (const { id, at } of rows) seen.set(id, at)
  }
  const looks = (async () => {
    while (!stopped) {
      await look()
      await delay(WATCH_EVERY_MS)
    }
  })()
  looks.catch(() => {})
  return {
    async stop() {
      stopped = true
      await looks
      return seen
    },
  }
}

/** Whoever is not over waits for what a dead worker had on its way. */
async function isOver(pool: pg.Pool, runs: number, toTheEnd: boolean): Promise<boolean> {
  const { rows } = await pool.query<{ ended: number; doubted: number }>(
    `select count(*) filter (where r.state = 'ended')::int as ended,
       count(*) filter (where r.state = 'waiting' and i.state in ('dispatching', 'in_doubt'))::int as doubted
     from flow_runs r left join intents i on i.id = (r.sends ->> (r.run ->> 'awaits'))::uuid`,
  )
  const { ended = 0, doubted = 0 } = rows[0] ?? {}
  return ended + (toTheEnd ? 0 : doubted) === runs
}

async function stillIn(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ step: string; n: number }>(
    `select step, count(*)::int as n from flow_runs where state <> 'ended' group by step`,
  )
  return rows.map(({ step, n }) => `${n} in ${step}`)
}

type Judged = Omit<FlowRunReport, 'engine' | 'seed' | 'runs' | 'kills' | 'unfinished' | 'died'>

async function judge(
  fleet: Fleet,
  pool: pg.Pool,
  {
    seen,
    heard,
    runs,
  }: { seen: ReadonlyMap<string, string>; heard: readonly { id: string; body: string }[]; runs: number },
): Promise<Judged> {
  const words = async (text: string, values: unknown[] = []) =>
    (await pool.query<{ word: string }>(text, values)).rows.map(({ word }) => word)
  const repeated = await words(`
    select format('%s: %s of %s, %s times', run_id, kind, step, count(*)) as word from flow_run_events
    where kind not in ('branched', 'call_tried') group by run_id, kind, step having count(*) > 1`)
  repeated.push(...(await sentTwice(fleet, pool)))
  const afterStop = await words(
    `select format('%s: attempt %s began at %s, ended at %s', i.flow_run_id, a.number, a.started_at, s.at) as word
     from unnest($1::uuid[], $2::timestamptz[]) as s (run, at)
     join intents i on i.flow_run_id = s.run join attempts a on a.intent_id = i.id where a.started_at > s.at`,
    [[...seen.keys()], [...seen.values()]],
  )
  const ids = Map.groupBy(heard, ({ body }) => body)
  const miscalled = [...ids].flatMap(([body, calls]) =>
    new Set(calls.map(({ id }) => id)).size > 1 ? [`${body} under several ids`] : [],
  )
  const called = await words(`
    select r.run -> 'data' ->> 'n' as word from flow_run_events e join flow_runs r on r.id = e.run_id where e.kind = 'called'`)
  miscalled.push(...called.flatMap((n) => (ids.has(JSON.stringify({ n })) ? [] : [`${n} was never called`])))
  const misled = await words(`
    select format('%s: %s in %s, %s (%s)', r.id, r.state, r.step, r.outcome, r.reason_text) as word
    from flow_runs r left join (
      select flow_run_id, count(*) filter (where state = 'sent') as sent,
        count(*) filter (where state not in ('sent', 'cancelled', 'dispatching', 'in_doubt')) as others
      from intents group by flow_run_id) i on i.flow_run_id = r.id
    where r.state = 'paused' or r.state = 'ended' and r.outcome not in ('done', 'answered')
      or r.outcome = 'done' and i.sent is distinct from 2 or r.outcome = 'answered' and i.others > 0`)
  const outcomes = await pool.query<{ outcome: string; n: number }>(
    `select coalesce(outcome, state) as outcome, count(*)::int as n from flow_runs group by 1`,
  )
  return {
    outcomes: Object.fromEntries(outcomes.rows.map(({ outcome, n }) => [outcome, n])),
    repeated,
    afterStop,
    miscalled,
    misled,
    miscounted: await miscounted(fleet, runs),
  }
}

/** The sandbox took more from somebody's run than their run knows of. */
async function sentTwice(fleet: Fleet, pool: pg.Pool): Promise<string[]> {
  const accepted = new Map<string, number>()
  for (let since = 0; ; ) {
    const page = (await fleet.sandbox('GET', `/sandbox/ledger?since=${since}&limit=5000`)) as { data: SendRecord[] }
    for (const { to, outcome, code } of page.data) {
      const who = to?.replace('+', '') ?? ''
      if (outcome === 'accepted' && code === null) accepted.set(who, (accepted.get(who) ?? 0) + 1)
    }
    const last = page.data.at(-1)
    if (!last) break
    since = last.seq
  }
  const { rows } = await pool.query<{ wa_id: string; asked: number }>(
    `select c.wa_id, count(i.id)::int as asked from flow_runs r join contacts c on c.id = r.contact_id
     left join intents i on i.flow_run_id = r.id and i.state in ('sent', 'dispatching', 'in_doubt') group by 1`,
  )
  return rows.flatMap(({ wa_id, asked }) => {
    const came = accepted.get(wa_id) ?? 0
    return came > asked ? [`${wa_id} got ${came} messages for ${asked}`] : []
  })
}

interface FlowJson {
  counts: { waiting: number; ended: Record<string, number> }
  steps: { id: string; waiting: number; passed: number; left: Record<string, number> }[]
}

const sum = (numbers: Record<string, number>) => Object.values(numbers).reduce((a, b) => a + b, 0)

/** Who came to a step is there, went on, or ended there; whoever went on from one came to the next. */
async function miscounted(fleet: Fleet, runs: number): Promise<string[]> {
  const { counts, steps } = (await fleet.api('GET', '/v1/flows/killed')).body as FlowJson
  const wrong: string[] = []
  const total = counts.waiting + sum(counts.ended)
  if (total !== runs) wrong.push(`${total} runs of ${runs}`)
  let before = runs
  for (const id of STEPS) {
    const { waiting = 0, passed = 0, left = {} } = steps.find((one) => one.id === id) ?? {}
    const came = waiting + passed + sum(left)
    if (came !== before) wrong.push(`${came} came to ${id}, and ${before} went on to it`)
    before = passed
  }
  return wrong
}
