import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ContactId, IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import type { Priority } from '../../src/domain/intent.ts'
import { MESSAGING_LIMIT_PERIOD_MS } from '../../src/domain/limits.ts'
import { DAY_MS, HOUR_MS, plus } from '../../src/domain/time.ts'
import { reserveMessagingLimit } from '../../src/store/accounts/messaging-limits.ts'
import { intentTransitions } from '../../src/store/intents/intents.ts'
import { letInLimited } from '../../src/store/intents/limited.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

/* Those who wait for a place in their portfolio's messaging limit. */

let rows: Rows
let portfolio: string
let sender: PhoneNumberId
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())
beforeEach(async () => {
  await rows.postgres.pool.query('delete from intents')
  portfolio = rows.digits()
  sender = await rows.linkSender({ portfolio })
  await limit(3)
})

const limit = (to: number | null) => rows.senders.update(HERE, sender, { messagingLimit: to })
const REASON = { code: 'messaging_limit' as const, text: 'Full.' }

/** Put off as a page does it that finds the limit reached. */
async function waiting(count: number, priority: Priority = 'campaign', of = sender): Promise<IntentId[]> {
  const ids: IntentId[] = []
  for (let made = 0; made < count; made++) {
    const { id: conversation } = await rows.conversation(of)
    const expiresAt = plus(await rows.now(), 3 * DAY_MS)
    const id = await rows.intent(of, conversation, { priority, expiresAt })
    const until = plus(await rows.now(), MESSAGING_LIMIT_PERIOD_MS)
    await intentTransitions(rows.postgres.pool, 0).defer(id, until, false, { kind: 'defer', reason: REASON, facts: {} })
    ids.push(id)
  }
  return ids
}

async function taken(count: number): Promise<void> {
  const people: ContactId[] = []
  for (let made = 0; made < count; made++) people.push((await rows.conversation(sender)).contactId)
  await inTransaction(rows.postgres.pool, (_trx, client) =>
    reserveMessagingLimit(
      client,
      people.map((contactId) => ({ portfolioId: portfolio, contactId })),
    ),
  )
}

const letIn = (most = 100) => letInLimited(rows.postgres.db, most)

async function due(): Promise<IntentId[]> {
  const found = await rows.postgres.pool.query<{ id: IntentId }>(
    `select i.id from intents i join senders s using (phone_number_id) join wabas w on w.id = s.waba_id
     where w.portfolio_id = $1 and i.due_at <= now() order by i.priority, i.seq`,
    [portfolio],
  )
  return found.rows.map((row) => row.id)
}

describe('whoever waits for the messaging limit', () => {
  it('is let in as places are free, the most urgent and then the oldest first', async () => {
    const campaign = await waiting(3)
    const [invitation] = await waiting(1, 'follow_up')
    await taken(1)
    expect(await letIn()).toBe(2)
    expect(await due()).toEqual([invitation, campaign[0]])
  })

  it('is not let in for a place to which somebody is on the way', async () => {
    await waiting(5)
    expect(await letIn()).toBe(3)
    expect(await letIn()).toBe(0)
    await taken(1)
    expect(await letIn()).toBe(0)
  })

  it('is let in one for one as those before take their places and leave', async () => {
    const [first, second] = await waiting(4)
    await limit(1)
    expect(await letIn()).toBe(1)
    await rows.open(sender, first as IntentId)
    await taken(1)
    expect(await letIn()).toBe(0)
    await limit(2)
    expect(await letIn()).toBe(1)
    expect(await due()).toEqual([second])
  })

  it('is let in when Meta raises the limit, or lifts it, and in parts that are bounded', async () => {
    await waiting(8)
    await taken(3)
    expect(await letIn()).toBe(0)
    await limit(5)
    expect(await letIn()).toBe(2)
    await limit(null)
    expect(await letIn(4)).toBe(2)
    expect((await due()).length).toBe(4)
  })

  it('waits for the places of all numbers of the portfolio, and takes none of a number that is paused', async () => {
    const other = await rows.linkSender({ portfolio })
    const paused = await waiting(3)
    const free = await waiting(2, 'campaign', other)
    expect(await letIn(1)).toBe(1)
    expect(await due()).toEqual([paused[0]])
    await rows.senders.pause(HERE, sender)
    expect(await letIn()).toBe(2)
    expect(await due()).toEqual([paused[0], ...free])
  })

  it('is nobody whom Meta refused for its own count', async () => {
    const { id: conversation } = await rows.conversation(sender)
    const id = await rows.intent(sender, conversation)
    await rows.attempt(sender, id, {
      event: 'retry',
      dueInMs: HOUR_MS,
      keepsTurn: false,
      reason: { ...REASON, graphCode: 131048 },
      countsAsRetry: false,
    })
    expect(await letIn()).toBe(0)
  })

  it('leaves in its old place when it is let in (P5)', async () => {
    const { id: conversation } = await rows.conversation(sender)
    const older = await rows.intent(sender, conversation, { priority: 'campaign' })
    const until = plus(await rows.now(), HOUR_MS / 2)
    await intentTransitions(rows.postgres.pool, 0).defer(older, until, false, {
      kind: 'defer',
      reason: REASON,
      facts: {},
    })
    await rows.intent(sender, conversation, { priority: 'campaign' })
    await letIn()
    expect(await rows.page(sender)).toEqual([older])
  })
})
