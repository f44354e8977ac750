import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, inject, it } from 'vitest'
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
 * one answer in ten of the Graph API lost, and customers who write; from one number, and from two that share its list. Every look adds up. At the
 * end everybody on its list has had it once or is known not to, who wrote is counted once, and the counts, the report and what the sandbox
 * accepted are the same.
 */

const SEED = 20_261_130
const PEOPLE = 2_000
/** Of all numbers together; so few that the kills are over before the list is. */
const THROUGHPUT_MPS = 100
/** Of the last doubt, after the last kill. */
const QUIET_MS = 150_000
const LOOK_EVERY_MS = 50
/** After each kill. */
const ANSWERS = 12

interface CampaignJson {
  state: string
  counts: Record<string, number> & { total: number }
  delivery: Record<string, number>
}

const SECOND = { id: '106540352242923', display_phone_number: '15550783882' }

async function run(engine: Engine, kills: number, numbers: 1 | 2): Promise<void> {
  const random = seededRandom(SEED + numbers - 1)
  const throughputMps = THROUGHPUT_MPS / numbers
  const fleet = await startFleet({
    engine,
    throughputMps,
    env: { GRAPH_TIMEOUT_MS: '1000', DOUBT_GRACE_MS: '13000', DOUBT_MAX_MS: '60000', DISPATCH_CONCURRENCY: '50' },
  })
  const postgres = openPostgres({ url: fleet.databaseUrl, max: 2, applicationName: 'fault suite', onError: () => {} })
  try {
    const senders = await link(fleet, numbers, throughputMps)
    await fleet.sandbox('POST', '/sandbox/faults', { kind: 'reset_after_accept', probability: 0.1, times: null })
    const people = Array.from({ length: PEOPLE }, (_, i) => `551193${String(i).padStart(7, '0')}`)
    const csv = `to,name\n${people.map((one) => `+${one},Ana`).join('\n')}\n`
    const from = numbers === 1 ? { sender: fleet.sender } : { senders: senders.map((sender) => ({ sender })) }
    const { id } = await campaignsOn(postgres).listed({ ...from, message: OFFER }, csv)
    await insist(fleet, id, 'start')

    const watching = watch(fleet, id)
    const wrote = new Set<string>()
    for (let nth = 0; nth < kills; nth += 1) {
      await delay(500 + random.below(1_500))
      if (nth % 2 === 1) await pausing(fleet, id)
      // The first always meets it on its way; on a busy machine the last may come after its end.
      if (nth === 0) expect(await isOver(fleet, id)).toBe(false)
      await killing(fleet, random)
      await answering(fleet, random, wrote)
    }
    await fleet.sandbox('DELETE', '/sandbox/faults')
    await repeat(() => isOver(fleet, id), QUIET_MS, 500)
    await answering(fleet, random, wrote)
    expect(await watching.stop()).toBeGreaterThan(50)
    expect(fleet.died).toEqual([])
    await repeat(() => expectTheSame(fleet, postgres, id, people, wrote), QUIET_MS, 1_000)
    const wroteTo = Map.groupBy((await acceptedIn(fleet)).values(), ([send]) => send?.phone_number_id)
    for (const sender of senders) expect(wroteTo.get(sender)?.length).toBeGreaterThan(PEOPLE / numbers / 2)
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
    const body = {
      phone_number_id: sender,
      waba_id: wabaId,
      access_token: accessToken,
      throughput_mps: throughputMps,
    }
    expect((await fleet.api('POST', '/v1/senders', body)).status).toBe(201)
  }
  expect((await fleet.api('POST', '/v1/templates/sync', { waba_id: wabaId })).status).toBe(200)
  return senders
}

/** As a person does who gets no answer. */
async function insist(fleet: Fleet, id: string, command: string): Promise<void> {
  await repeat(
    async () =>
      (await fleet.api('POST', `/v1/campaigns/${id}/${command}`).catch(() => null))?.status === 200 ||
      (await isOver(fleet, id)),
    60_000,
  )
}

async function isOver(fleet: Fleet, id: string): Promise<boolean> {
  return (await readCampaign(fleet, id))?.state === 'finished'
}

/** Whatever happens, what it reads adds up. Null where nobody answers. */
async function readCampaign(fleet: Fleet, id: string): Promise<CampaignJson | null> {
  const answer = await fleet.api('GET', `/v1/campaigns/${id}`).catch(() => null)
  if (answer?.status !== 200) return null
  const campaign = answer.body as CampaignJson
  const { total, ...states } = campaign.counts
  expect({ ...states, sum: Object.values(states).reduce((a, b) => a + b, 0) }).toMatchObject({ sum: total })
  expect(total).toBe(PEOPLE)
  return campaign
}

/** Two seconds after a pause nothing leaves any more. */
async function pausing(fleet: Fleet, id: string): Promise<void> {
  await insist(fleet, id, 'pause')
  await delay(2_000)
  const before = (await ledgerOf(fleet)).length
  await delay(500)
  expect((await ledgerOf(fleet)).length).toBe(before)
  await insist(fleet, id, 'resume')
}

async function killing(fleet: Fleet, random: Random): Promise<void> {
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

/** Looks again and again, whoever is away; every look adds up. Answers how many there were. */
function watch(fleet: Fleet, id: string): { stop(): Promise<number> } {
  let stopped = false
  const looks = (async () => {
    let looked = 0
    while (!stopped) {
      looked += (await readCampaign(fleet, id)) === null ? 0 : 1
      await delay(LOOK_EVERY_MS)
    }
    return looked
  })()
  looks.catch(() => {})
  return {
    stop() {
      stopped = true
      return looks
    },
  }
}

/** Some of those who have it write, twice each; one in four wants no more. */
async function answering(fleet: Fleet, random: Random, wrote: Set<string>): Promise<void> {
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
  const accepted = (await ledgerOf(fleet)).filter(({ outcome, code }) => outcome === 'accepted' && code === null)
  return Map.groupBy(accepted, ({ to }) => to?.replace('+', '') as string)
}

async function ledgerOf(fleet: Fleet): Promise<SendRecord[]> {
  const sends: SendRecord[] = []
  for (;;) {
    const since = sends.at(-1)?.seq ?? 0
    const page = (await fleet.sandbox('GET', `/sandbox/ledger?since=${since}&limit=5000`)) as { data: SendRecord[] }
    if (page.data.length === 0) return sends
    sends.push(...page.data)
  }
}

async function expectTheSame(
  fleet: Fleet,
  postgres: Postgres,
  id: string,
  people: string[],
  wrote: ReadonlySet<string>,
): Promise<boolean> {
  const { rows } = await postgres.pool.query<{
    recipient: string
    state: string
    reason: string | null
    wa_id: string
  }>(
    `select c.wa_id, i.state, i.reason_code as reason from campaign_recipients r
     join campaigns g on g.id = r.campaign_id
     join campaign_intents l on l.campaign_id = r.campaign_id and l.position = r.position
     join intents i on i.id = l.intent_id join conversations v on v.id = i.conversation_id join contacts c on c.id = v.contact_id
     where g.public_id = $1 order by r.position`,
    [id],
  )
  expect(rows.map(({ wa_id }) => wa_id)).toEqual(people)
  const accepted = await acceptedIn(fleet)
  const wrong = rows.filter(({ wa_id, state, reason }) => {
    const times = accepted.get(wa_id)?.length ?? 0
    // Of what nobody ever heard anything, it is only known that it was not sent twice.
    return state === 'sent' ? times !== 1 : !(state === 'failed' && reason === 'unconfirmed' && times <= 1)
  })
  expect(wrong).toEqual([])
  const counted = Map.groupBy(rows, ({ state }) => state)
  const { counts, delivery } = (await readCampaign(fleet, id)) as CampaignJson
  expect(counts).toMatchObject({
    total: PEOPLE,
    sent: counted.get('sent')?.length ?? 0,
    failed: counted.get('failed')?.length ?? 0,
    scheduled: 0,
    queued: 0,
    dispatching: 0,
    held: 0,
    in_doubt: 0,
  })
  expect(counts.sent).toBeGreaterThan(PEOPLE * 0.95)

  const report = await campaignsOn(postgres).campaignRecipients(CALLER, id, 'ndjson')
  if (!report.ok) throw new Error(report.refusal.message)
  const lines = (await report.value.toArray())
    .join('')
    .trimEnd()
    .split('\n')
    .map(
      (line) =>
        JSON.parse(line) as Record<'to' | 'state' | 'replied_at' | 'stopped_at' | 'delivered_at', string | null>,
    )
  const sent = lines.filter(({ state }) => state === 'sent')
  const of = (column: 'replied_at' | 'stopped_at') => sent.filter((line) => line[column] !== null)
  expect(lines).toHaveLength(PEOPLE)
  expect(sent).toHaveLength(counts.sent as number)
  expect(delivery).toMatchObject({ replied: of('replied_at').length, stopped: of('stopped_at').length })
  const answered = of('replied_at').map(({ to }) => to?.replace('+', ''))
  expect(answered.sort()).toEqual(
    sent
      .map(({ to }) => to?.replace('+', '') as string)
      .filter((one) => wrote.has(one))
      .sort(),
  )
  return true
}

describe('a campaign in a fleet that is killed at random', { timeout: 400_000 }, () => {
  it('reaches everybody once from one number, with lanes on PostgreSQL', () => run('postgres', 5, 1))

  it('reaches everybody once from two numbers, with lanes on PostgreSQL', () => run('postgres', 5, 2))

  it.skipIf(inject('redisUrl') === null)('reaches everybody once from two numbers, with lanes on Redis', () =>
    run('redis', 5, 2),
  )
})
