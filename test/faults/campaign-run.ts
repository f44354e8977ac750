import { setTimeout as delay } from 'node:timers/promises'
import { DEFAULT_LINK, type SendRecord } from '../../src/sandbox/sandbox.ts'
import { openPostgres, type Postgres } from '../../src/store/pg/postgres.ts'
import { CALLER } from '../support/access.ts'
import { OFFER } from '../support/campaigns.ts'
import { campaignsOn } from '../support/lists.ts'
import { type Engine, type Fleet, type Role, startFleet } from './fleet.ts'
import { type Random, seededRandom } from './random.ts'
import { repeat } from './repeat.ts'

/*
 * A campaign under random kills: workers, whoever leads and hands over, the API, the database, all at once; paused and resumed in between, with
 * one answer in ten of the Graph API lost, and customers who write; from one number, or from two that share its list. Judged is whether every look
 * added up, and at the end whether everybody on its list has had it once or is known not to, who wrote is counted once, and the counts, the
 * report and what the sandbox accepted are the same.
 */

export interface CampaignRunOptions {
  engine: Engine
  people: number
  kills: number
  /** Spread between the kills. */
  pauses: number
  numbers: 1 | 2
  seed: number
  /** Of all numbers together; so few that the kills are over before the list is. */
  throughputMps: number
  /** Longest wait for the end of the last doubt, after the last kill. */
  quiescenceMs: number
  onProgress?(line: string): void
}

/** Lists hold a word on each; a run is good when all are empty. */
export interface CampaignRunReport {
  engine: Engine
  seed: number
  numbers: number
  people: number
  kills: number
  /** Kills that met it before its end; on a busy machine the last may come after. */
  onItsWay: number
  pauses: number
  looks: number
  seconds: number
  counts: Record<string, number>
  /** From each number. */
  accepted: number[]
  /** Got it more than once, or not as their row says. */
  misjudged: string[]
  /** On the list and not handed over, or handed over twice. */
  missing: string[]
  /** Looks whose counts did not add up, and counts that are not those of the rows. */
  miscounted: string[]
  /** Lines of the report, and who wrote, that are not as the rows and the customers have it. */
  misreported: string[]
  /** What left later than two seconds after a pause. */
  afterPause: string[]
  died: readonly string[]
}

export const CAMPAIGN_CHARGES = ['misjudged', 'missing', 'miscounted', 'misreported', 'afterPause', 'died'] as const

const LOOK_EVERY_MS = 50
const JUDGED_AGAIN = 30
/** After each kill. */
const ANSWERS = 12
const SECOND = { id: '106540352242923', display_phone_number: '15550783882' }

/** What everybody in the run has in hand. */
interface Scene {
  fleet: Fleet
  postgres: Postgres
  id: string
  people: readonly string[]
  senders: readonly string[]
  random: Random
  wrote: Set<string>
  miscounted: string[]
}

export async function campaignKillRun(options: CampaignRunOptions): Promise<CampaignRunReport> {
  const { engine, kills, pauses, numbers, seed, onProgress } = options
  const began = performance.now()
  const throughputMps = options.throughputMps / numbers
  const fleet = await startFleet({
    engine,
    throughputMps,
    env: { GRAPH_TIMEOUT_MS: '1000', DOUBT_GRACE_MS: '13000', DOUBT_MAX_MS: '60000', DISPATCH_CONCURRENCY: '50' },
  })
  const postgres = openPostgres({ url: fleet.databaseUrl, max: 2, applicationName: 'fault suite', onError: () => {} })
  try {
    const senders = await link(fleet, numbers, throughputMps)
    await fleet.sandbox('POST', '/sandbox/faults', { kind: 'reset_after_accept', probability: 0.1, times: null })
    const people = Array.from({ length: options.people }, (_, i) => `551193${String(i).padStart(7, '0')}`)
    const csv = `to,name\n${people.map((one) => `+${one},Ana`).join('\n')}\n`
    const from = numbers === 1 ? { sender: fleet.sender } : { senders: senders.map((sender) => ({ sender })) }
    const { id } = await campaignsOn(postgres).listed({ ...from, message: OFFER }, csv)
    const random = seededRandom(seed)
    const scene: Scene = { fleet, postgres, id, people, senders, random, wrote: new Set(), miscounted: [] }
    await insist(scene, 'start')

    const watching = watch(scene)
    const afterPause: string[] = []
    let onItsWay = 0
    for (let nth = 0; nth < kills; nth += 1) {
      const [paused, toPause] = [nth, nth + 1].map((n) => Math.floor((n * pauses) / kills)) as [number, number]
      for (let pause = paused; pause < toPause; pause += 1) {
        await delay(500 + random.below(1_000))
        afterPause.push(...(await pausing(scene)))
      }
      await delay(500 + random.below(1_500))
      if (!(await isOver(scene))) onItsWay += 1
      await killing(scene)
      await answering(scene)
      onProgress?.(`${engine}, ${numbers} numbers: ${nth + 1} of ${kills} kills`)
    }
    await fleet.sandbox('DELETE', '/sandbox/faults')
    await repeat(() => isOver(scene), options.quiescenceMs, 500)
    await answering(scene)
    const looks = await watching.stop()
    let judged = await judge(scene)
    // What the last of them wrote is applied in its time.
    for (let again = 0; !isClear(judged) && again < JUDGED_AGAIN; again += 1) {
      await delay(2_000)
      judged = await judge(scene)
    }
    return {
      ...{ engine, seed, numbers, people: people.length, kills, onItsWay, pauses, looks },
      seconds: Math.round((performance.now() - began) / 1_000),
      ...judged,
      afterPause,
      died: fleet.died,
    }
  } finally {
    await postgres.close()
    await fleet.close()
  }
}

async function link(fleet: Fleet, numbers: 1 | 2, throughputMps: number): Promise<string[]> {
  const { wabaId, accessToken } = DEFAULT_LINK
  if (numbers === 2) {
    await fleet.sandbox('POST', '/sandbox/senders', { ...SECOND, waba_id: wabaId, throughput_mps: throughputMps })
  }
  const senders = [fleet.sender, SECOND.id].slice(0, numbers)
  for (const sender of senders) {
    const token = { waba_id: wabaId, access_token: accessToken }
    await expectOk(
      fleet.api('POST', '/v1/senders', { phone_number_id: sender, ...token, throughput_mps: throughputMps }),
    )
  }
  await expectOk(fleet.api('POST', '/v1/templates/sync', { waba_id: wabaId }))
  return senders
}

async function expectOk(call: Promise<{ status: number; body: unknown }>): Promise<void> {
  const { status, body } = await call
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`)
}

/** As a person does who gets no answer. */
async function insist(scene: Scene, command: 'start' | 'pause' | 'resume'): Promise<void> {
  const path = `/v1/campaigns/${scene.id}/${command}`
  await repeat(
    async () =>
      (await scene.fleet.api('POST', path).catch(() => null))?.status === 200 ||
      (command !== 'start' && (await isOver(scene))),
    60_000,
  )
}

async function isOver(scene: Scene): Promise<boolean> {
  return (await look(scene))?.state === 'finished'
}

interface CampaignJson {
  state: string
  counts: Record<string, number>
  delivery: Record<string, number>
}

const NEVER_READ: CampaignJson = { state: 'unknown', counts: {}, delivery: {} }

/** Whatever happens, what it reads adds up. Null where nobody answers. */
async function look({ fleet, id, people, miscounted }: Scene): Promise<CampaignJson | null> {
  const answer = await fleet.api('GET', `/v1/campaigns/${id}`).catch(() => null)
  if (answer?.status !== 200) return null
  const campaign = answer.body as CampaignJson
  const { total, ...states } = campaign.counts
  const sum = Object.values(states).reduce((a, b) => a + b, 0)
  if (sum !== total || total !== people.length) miscounted.push(`a look: ${JSON.stringify(campaign.counts)}`)
  return campaign
}

/** Two seconds after a pause nothing leaves any more. */
async function pausing(scene: Scene): Promise<string[]> {
  await insist(scene, 'pause')
  await delay(2_000)
  const since = ((await scene.fleet.sandbox('GET', '/sandbox/ledger?limit=1')) as { last_seq: number }).last_seq
  await delay(500)
  const later = await sendsAfter(scene.fleet, since)
  await insist(scene, 'resume')
  return later.map(({ to, at }) => `${to} at ${at}`)
}

async function killing({ fleet, random }: Scene): Promise<void> {
  const victim = random.pick(['worker', 'leader', 'leader', 'postgres', 'everything'] as const)
  const roles: Role[] =
    victim === 'worker'
      ? [random.pick(['worker-1', 'worker-2'] as const)]
      : victim === 'leader'
        ? [(await fleet.leader()) ?? 'worker-1']
        : victim === 'everything'
          ? ['api', 'worker-1', 'worker-2']
          : []
  await fleet.kill(roles)
  if (roles.length !== 1) await fleet.killPostgres()
  await delay(random.below(500))
  if (roles.length !== 1) await fleet.startPostgres()
  await fleet.start(roles)
}

/** Looks again and again, whoever is away. Answers how often somebody answered. */
function watch(scene: Scene): { stop(): Promise<number> } {
  let stopped = false
  const looks = (async () => {
    let looked = 0
    while (!stopped) {
      looked += (await look(scene)) === null ? 0 : 1
      await delay(LOOK_EVERY_MS)
    }
    return looked
  })()
  return {
    stop() {
      stopped = true
      return looks
    },
  }
}

/** Some of those who have it write, twice each; one in four wants no more. */
async function answering({ fleet, random, wrote }: Scene): Promise<void> {
  const reached = [...(await acceptedIn(fleet))].filter(([one]) => !wrote.has(one))
  for (let nth = 0; nth < ANSWERS && reached.length > 0; nth += 1) {
    const [[who, [send]]] = reached.splice(random.below(reached.length), 1) as [[string, [SendRecord]]]
    wrote.add(who)
    for (const text of [nth % 4 === 0 ? 'STOP' : 'Thanks', 'Hello?']) {
      await fleet.sandbox('POST', `/sandbox/customers/${who}/say`, {
        phone_number_id: send.phone_number_id,
        text,
      })
    }
  }
}

async function acceptedIn(fleet: Fleet): Promise<Map<string, SendRecord[]>> {
  const accepted = (await sendsAfter(fleet, 0)).filter(({ outcome, code }) => outcome === 'accepted' && code === null)
  return Map.groupBy(accepted, ({ to }) => to?.replace('+', '') as string)
}

async function sendsAfter(fleet: Fleet, seq: number): Promise<SendRecord[]> {
  const sends: SendRecord[] = []
  for (;;) {
    const since = sends.at(-1)?.seq ?? seq
    const page = (await fleet.sandbox('GET', `/sandbox/ledger?since=${since}&limit=5000`)) as { data: SendRecord[] }
    if (page.data.length === 0) return sends
    sends.push(...page.data)
  }
}

type Judged = Pick<CampaignRunReport, 'counts' | 'accepted' | 'misjudged' | 'missing' | 'miscounted' | 'misreported'>

function isClear({ misjudged, missing, miscounted, misreported }: Judged): boolean {
  return [misjudged, missing, miscounted, misreported].every((words) => words.length === 0)
}

async function judge(scene: Scene): Promise<Judged> {
  const { fleet, postgres, id, people, senders } = scene
  const { rows } = await postgres.pool.query<{ wa_id: string; state: string; reason: string | null }>(
    `select c.wa_id, i.state, i.reason_code as reason from campaign_recipients r
     join campaigns g on g.id = r.campaign_id
     join campaign_intents l on l.campaign_id = r.campaign_id and l.position = r.position
     join intents i on i.id = l.intent_id join conversations v on v.id = i.conversation_id join contacts c on c.id = v.contact_id
     where g.public_id = $1 order by r.position`,
    [id],
  )
  const handedOver = Map.groupBy(rows, ({ wa_id }) => wa_id)
  const missing = people.flatMap((one) => {
    const times = handedOver.get(one)?.length ?? 0
    return times === 1 ? [] : [`${one} was handed over ${times} times`]
  })
  const accepted = await acceptedIn(fleet)
  const misjudged = rows.flatMap(({ wa_id, state, reason }) => {
    const times = accepted.get(wa_id)?.length ?? 0
    // Of what nobody ever heard anything, it is only known that it was not sent twice.
    const isRight = state === 'sent' ? times === 1 : state === 'failed' && reason === 'unconfirmed' && times <= 1
    return isRight ? [] : [`${wa_id} got ${times} and is ${state} (${reason})`]
  })
  const { counts, delivery } = (await look(scene)) ?? NEVER_READ
  const inState = (state: string) => rows.filter((row) => row.state === state).length
  const isRight = counts.sent === inState('sent') && counts.failed === inState('failed')
  const isWhole = (counts.sent ?? 0) + (counts.failed ?? 0) === people.length
  const miscounted = isRight && isWhole ? [] : [`at the end: ${JSON.stringify(counts)}`]
  const from = Map.groupBy([...accepted.values()].flat(), ({ phone_number_id }) => phone_number_id)
  return {
    counts,
    accepted: senders.map((sender) => from.get(sender)?.length ?? 0),
    misjudged,
    missing,
    miscounted: [...scene.miscounted, ...miscounted],
    misreported: await misreported(scene, rows, delivery),
  }
}

/** What there is of the exchange with somebody, to tell where an answer of theirs was lost. */
async function recordsOf({ pool }: Postgres, waId: string): Promise<string> {
  const { rows } = await pool.query(
    `select
       (select json_agg(json_build_object('state', i.state, 'attempts', i.attempts, 'doubted_at', i.doubted_at)) from intents i
        where i.conversation_id = v.id) as intents,
       (select json_agg(json_build_object('number', a.number, 'started_at', a.started_at, 'finished_at', a.finished_at, 'outcome', a.outcome))
        from attempts a join intents i on i.id = a.intent_id where i.conversation_id = v.id) as attempts,
       (select json_agg(json_build_object('attempt', m.attempt, 'accepted_at', m.accepted_at, 'sent_at', m.sent_at, 'status', m.status))
        from messages m where m.conversation_id = v.id) as messages,
       (select json_agg(m.at) from inbound_messages m where m.conversation_id = v.id) as inbound,
       (select json_agg(to_json(k)) from campaign_answers k where k.conversation_id = v.id) as kept,
       (select campaigned from pair_buckets b where b.conversation_id = v.id) as campaigned
     from conversations v join contacts c on c.id = v.contact_id where c.wa_id = $1`,
    [waId],
  )
  return JSON.stringify(rows)
}

type Line = Record<'to' | 'state' | 'replied_at' | 'stopped_at', string | null>

async function misreported(
  { postgres, id, people, wrote }: Scene,
  rows: readonly { wa_id: string; state: string }[],
  delivery: Record<string, number>,
): Promise<string[]> {
  const report = await campaignsOn(postgres).campaignRecipients(CALLER, id, 'ndjson')
  if (!report.ok) return [report.refusal.message]
  const text = (await report.value.toArray()).join('').trimEnd()
  const lines = text.split('\n').map((line) => JSON.parse(line) as Line)
  const stateOf = new Map(rows.map(({ wa_id, state }) => [wa_id, state]))
  const words = lines.length === people.length ? [] : [`${lines.length} lines for ${people.length}`]
  for (const { to, state, replied_at } of lines) {
    const who = to?.replace('+', '') ?? ''
    if (state !== stateOf.get(who)) words.push(`${who} is ${stateOf.get(who)}, by the report ${state}`)
    if (state !== 'sent') continue
    if (wrote.has(who) !== (replied_at !== null)) {
      words.push(`${who} replied at ${replied_at}, and wrote: ${wrote.has(who)}; ${await recordsOf(postgres, who)}`)
    }
  }
  for (const [counted, column] of [
    ['replied', 'replied_at'],
    ['stopped', 'stopped_at'],
  ] as const) {
    const told = lines.filter((line) => line.state === 'sent' && line[column] !== null).length
    if (delivery[counted] !== told) words.push(`${counted}: ${delivery[counted]}, by the report ${told}`)
  }
  return words
}
