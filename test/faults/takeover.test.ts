import pg from 'pg'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { DEFAULT_LINK, type SendRecord } from '../../src/sandbox/sandbox.ts'
import { eventually } from '../support/signals.ts'
import { type Fleet, type Role, startFleet } from './fleet.ts'

/*
 * One of two workers leads the relay. It is killed, or frozen with its connections open, in the middle of its work: the other one must lead
 * within ten seconds, and the frozen one must do no harm when it wakes up and still believes what it believed.
 */

const TAKEN_OVER_WITHIN_MS = 10_000
const THROUGHPUT_MPS = 40
/** Some seconds of work. */
const INTENTS = 240
const OTHER = { 'worker-1': 'worker-2', 'worker-2': 'worker-1' } as const

describe('the lead of the relay', { timeout: 120_000 }, () => {
  let fleet: Fleet
  let database: pg.Pool
  let customers: string[]

  beforeEach(async () => {
    fleet = await startFleet({
      engine: inject('redisUrl') === null ? 'postgres' : 'redis',
      throughputMps: THROUGHPUT_MPS,
      env: { GRAPH_TIMEOUT_MS: '1000', DOUBT_GRACE_MS: '13000', DOUBT_MAX_MS: '30000' },
    })
    database = new pg.Pool({ connectionString: fleet.databaseUrl, max: 2 })
    customers = Array.from({ length: INTENTS }, (_, index) => `5511${String(970_000_000 + index)}`)
    await fleet.api('POST', '/v1/senders', {
      phone_number_id: fleet.sender,
      waba_id: DEFAULT_LINK.wabaId,
      access_token: DEFAULT_LINK.accessToken,
      throughput_mps: THROUGHPUT_MPS,
    })
    await Promise.all(customers.map(say))
    await eventually(async () => (await count('conversations where last_inbound_at is not null')) === INTENTS, {
      timeoutMs: 30_000,
    })
  })
  afterEach(async () => {
    await database.end()
    await fleet.close()
    expect(fleet.died).toEqual([])
  })

  const say = (customer: string) =>
    fleet.sandbox('POST', `/sandbox/customers/${customer}/say`, { phone_number_id: fleet.sender, text: 'Hi' })

  async function count(what: string): Promise<number> {
    const { rows } = await database.query<{ count: number }>(`select count(*)::int as count from ${what}`)
    return rows[0]?.count ?? 0
  }

  async function enqueue(those: string[]): Promise<void> {
    const intents = those.map((customer) => ({
      sender: fleet.sender,
      to: `+${customer}`,
      message: { type: 'text', text: { body: 'Hello' } },
    }))
    const answer = await fleet.api('POST', '/v1/intents/batch', { intents })
    expect(answer.status).toBe(200)
  }

  /** A worker in the middle of its work, that leads. */
  async function busyLeader(): Promise<'worker-1' | 'worker-2'> {
    const leader = await eventually(async () => (await fleet.leader()) ?? false)
    await enqueue(customers)
    await eventually(async () => (await count(`intents where state = 'sent'`)) > INTENTS / 6)
    return leader as 'worker-1' | 'worker-2'
  }

  /** Resolves with the milliseconds since the damage, when the role leads and something that was enqueued after it has left. */
  async function takenOver(by: Role, damagedAt: number): Promise<number> {
    const left = () => TAKEN_OVER_WITHIN_MS - (performance.now() - damagedAt)
    await eventually(() => fleet.leads(by), { timeoutMs: left() })
    const tookMs = performance.now() - damagedAt
    const before = await count(`intents where state = 'sent'`)
    await eventually(async () => (await count(`intents where state = 'sent'`)) > before, { timeoutMs: left() })
    return tookMs
  }

  /** P2 and P3. */
  async function expectAllSentOnce(): Promise<void> {
    // Without it a doubt about one of the last would wait for the webhook channel to speak.
    const heart = setInterval(() => say(customers[0] as string).catch(() => {}), 1_000)
    try {
      await eventually(async () => (await count(`intents where state = 'sent'`)) === INTENTS, { timeoutMs: 80_000 })
    } finally {
      clearInterval(heart)
    }
    const { data } = (await fleet.sandbox('GET', '/sandbox/ledger?limit=5000')) as { data: SendRecord[] }
    const accepted = data.filter(({ outcome }) => outcome === 'accepted').map(({ opaque }) => opaque?.split('.')[0])
    expect(accepted.length).toBe(INTENTS)
    expect(new Set(accepted).size).toBe(INTENTS)
  }

  it('passes on within 10 s when the leader is killed', async ({ annotate }) => {
    const leader = await busyLeader()
    const killedAt = performance.now()
    await fleet.kill([leader])
    const tookMs = await takenOver(OTHER[leader], killedAt)
    await annotate(`taken over from a killed leader after ${Math.round(tookMs)} ms`)
    await expectAllSentOnce()
  })

  it('passes on within 10 s when the leader freezes, which does no harm when it wakes up', async ({ annotate }) => {
    const leader = await busyLeader()
    const frozenAt = performance.now()
    fleet.freeze(leader)
    const tookMs = await takenOver(OTHER[leader], frozenAt)
    await annotate(`taken over from a frozen leader after ${Math.round(tookMs)} ms`)
    fleet.thaw(leader)
    await eventually(async () => !(await fleet.leads(leader)))
    expect(await fleet.leads(OTHER[leader])).toBe(true)
    await expectAllSentOnce()
  })
})
