import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, inject, it } from 'vitest'
import { DEFAULT_LINK, type SendRecord } from '../../src/sandbox/sandbox.ts'
import { openPostgres, type Postgres } from '../../src/store/pg/postgres.ts'
import { OFFER } from '../support/campaigns.ts'
import { campaignsOn } from '../support/lists.ts'
import { type Engine, type Fleet, type Role, startFleet } from './fleet.ts'
import { type Random, seededRandom } from './random.ts'
import { repeat } from './repeat.ts'

/*
 * A campaign under random kills: workers, whoever leads and hands over, the API, the database, all at once; paused and resumed in between, with
 * one answer in ten of the Graph API lost. At the end everybody on its list has had it once or is known not to, and the counts, the report
 * and what the sandbox accepted are the same.
 */

const SEED = 20_261_130
const PEOPLE = 2_000
/** So few that the kills are over before the list is. */
const THROUGHPUT_MPS = 100
/** Of the last doubt, after the last kill. */
const QUIET_MS = 150_000

interface CampaignJson {
  state: string
  counts: Record<string, number> & { total: number }
}

async function run(engine: Engine, kills: number): Promise<void> {
  const random = seededRandom(SEED)
  const fleet = await startFleet({
    engine,
    throughputMps: THROUGHPUT_MPS,
    env: { GRAPH_TIMEOUT_MS: '1000', DOUBT_GRACE_MS: '13000', DOUBT_MAX_MS: '60000', DISPATCH_CONCURRENCY: '50' },
  })
  const postgres = openPostgres({ url: fleet.databaseUrl, max: 2, applicationName: 'fault suite', onError: () => {} })
  try {
    await link(fleet)
    await fleet.sandbox('POST', '/sandbox/faults', { kind: 'reset_after_accept', probability: 0.1, times: null })
    const people = Array.from({ length: PEOPLE }, (_, i) => `551193${String(i).padStart(7, '0')}`)
    const csv = `to,name\n${people.map((one) => `+${one},Ana`).join('\n')}\n`
    const { id } = await campaignsOn(postgres).listed({ sender: fleet.sender, message: OFFER }, csv)
    await insist(fleet, id, 'start')

    let polls = 0
    for (let nth = 0; nth < kills; nth += 1) {
      await delay(500 + random.below(1_500))
      if (nth % 2 === 1) await pausing(fleet, id)
      // The first always meets it on its way; on a busy machine the last may come after its end.
      if (nth === 0) expect(await isOver(fleet, id)).toBe(false)
      await killing(fleet, random)
      polls += (await readCampaign(fleet, id)) ? 1 : 0
    }
    await fleet.sandbox('DELETE', '/sandbox/faults')
    const over = async () => {
      polls += 1
      return isOver(fleet, id)
    }
    await repeat(over, QUIET_MS, 500)
    expect(polls).toBeGreaterThan(5)
    expect(fleet.died).toEqual([])
    await expectTheSame(fleet, postgres, id, people)
  } finally {
    await postgres.close()
    await fleet.close()
  }
}

async function link(fleet: Fleet): Promise<void> {
  const { wabaId, accessToken } = DEFAULT_LINK
  const body = {
    phone_number_id: fleet.sender,
    waba_id: wabaId,
    access_token: accessToken,
    throughput_mps: THROUGHPUT_MPS,
  }
  expect((await fleet.api('POST', '/v1/senders', body)).status).toBe(201)
  expect((await fleet.api('POST', '/v1/templates/sync', { waba_id: wabaId })).status).toBe(200)
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

async function ledgerOf(fleet: Fleet): Promise<SendRecord[]> {
  const sends: SendRecord[] = []
  for (;;) {
    const since = sends.at(-1)?.seq ?? 0
    const page = (await fleet.sandbox('GET', `/sandbox/ledger?since=${since}&limit=5000`)) as { data: SendRecord[] }
    if (page.data.length === 0) return sends
    sends.push(...page.data)
  }
}

async function expectTheSame(fleet: Fleet, postgres: Postgres, id: string, people: string[]): Promise<void> {
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
  const accepted = Map.groupBy(
    (await ledgerOf(fleet)).filter(({ outcome, code }) => outcome === 'accepted' && code === null),
    ({ to }) => to?.replace('+', ''),
  )
  const wrong = rows.filter(({ wa_id, state, reason }) => {
    const times = accepted.get(wa_id)?.length ?? 0
    // Of what nobody ever heard anything, it is only known that it was not sent twice.
    return state === 'sent' ? times !== 1 : !(state === 'failed' && reason === 'unconfirmed' && times <= 1)
  })
  expect(wrong).toEqual([])
  const counted = Map.groupBy(rows, ({ state }) => state)
  const { counts } = (await readCampaign(fleet, id)) as CampaignJson
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
}

describe('a campaign in a fleet that is killed at random', { timeout: 400_000 }, () => {
  it('reaches everybody once, with lanes on PostgreSQL', () => run('postgres', 5))

  it.skipIf(inject('redisUrl') === null)('reaches everybody once, with lanes on Redis', () => run('redis', 5))
})
