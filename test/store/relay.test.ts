import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ConversationId, IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { PRIORITIES, type Priority } from '../../src/domain/intent.ts'
import { HOUR_MS, plus } from '../../src/domain/time.ts'
import {
  longQueued,
  msUntilNextDue,
  type QueuedIntent,
  queueDue,
  readDueSenders,
  readQueuedSenders,
} from '../../src/store/intents/due.ts'
import type { IntentRecord } from '../../src/store/intents/enqueue.ts'
import { expireIntents, releaseByIds } from '../../src/store/intents/waiting.ts'
import { isPassingDatabaseError } from '../../src/store/pg/postgres.ts'
import { createRows, type Rows } from '../support/rows.ts'

const room = (each: number) =>
  Object.fromEntries(PRIORITIES.map((priority) => [priority, each])) as Record<Priority, number>

let rows: Rows
let sender: PhoneNumberId
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())
beforeEach(async () => {
  sender = await rows.linkSender()
})

const queue = (each = 100) => queueDue(rows.postgres.pool, sender, room(each))
const idsOf = (queued: QueuedIntent[]) => queued.map(({ id }) => id)
const readIntent = (id: IntentId) =>
  rows.postgres.db.selectFrom('intents').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

/** Everything of the sender that has its turn is over. */
async function finish(): Promise<void> {
  await sql`
    update intents set state = 'sent', wamid = 'wamid.' || id, has_turn = false, due_at = null
    where phone_number_id = ${sender} and has_turn`.execute(rows.postgres.db)
}

async function strangers(count: number, priority: Priority = 'reply'): Promise<IntentId[]> {
  const ids: IntentId[] = []
  for (let made = 0; made < count; made++) {
    const { id } = await rows.conversation(sender)
    ids.push(await rows.intent(sender, id, { priority }))
  }
  return ids
}

describe('queueing what is due', () => {
  it('takes the oldest first', async () => {
    const ids = await strangers(5)
    expect(idsOf(await queue())).toEqual(ids)
  })

  it('takes no more of a priority than there is room', async () => {
    const replies = await strangers(3, 'reply')
    const campaign = await strangers(3, 'campaign')
    expect(idsOf(await queue(2))).toEqual([...replies.slice(0, 2), ...campaign.slice(0, 2)])
  })

  it('takes replies though the room for campaigns is used up (P10)', async () => {
    await strangers(3, 'campaign')
    const [reply] = await strangers(1, 'reply')
    const queued = await queueDue(rows.postgres.pool, sender, { ...room(5), campaign: 0 })
    expect(idsOf(queued)).toEqual([reply])
  })

  it('takes nothing where the lane is over-full', async () => {
    await strangers(1)
    expect(await queue(-3)).toEqual([])
  })

  it('leaves what is due later', async () => {
    const { id } = await rows.conversation(sender)
    const sendAt = plus(await rows.now(), HOUR_MS)
    await rows.intent(sender, id, { sendAt, expiresAt: plus(sendAt, HOUR_MS) })
    expect(await queue()).toEqual([])
  })

  it('takes one of a conversation and priority at a time (P5)', async () => {
    const { id } = await rows.conversation(sender)
    const ids = [await rows.intent(sender, id), await rows.intent(sender, id), await rows.intent(sender, id)]
    const order: IntentId[] = []
    for (const _ of ids) {
      const queued = await queue()
      expect(queued).toHaveLength(1)
      expect(await queue()).toEqual([])
      order.push(...idsOf(queued))
      await finish()
    }
    expect(order).toEqual(ids)
  })

  it('lets priorities of one conversation go side by side', async () => {
    const { id } = await rows.conversation(sender)
    const reply = await rows.intent(sender, id, { priority: 'reply' })
    const campaign = await rows.intent(sender, id, { priority: 'campaign' })
    expect(idsOf(await queue())).toEqual([reply, campaign])
  })

  it('counts every time it puts an intent into the lane', async () => {
    const [id] = await strangers(1)
    expect(await queue()).toEqual([{ id, wake: 1, priority: 'reply' }])
    await sql`update intents set state = 'scheduled', due_at = now() where id = ${id}::uuid`.execute(rows.postgres.db)
    expect(await queue()).toEqual([{ id, wake: 2, priority: 'reply' }])
  })

  it('keeps the turn of a retry that is not due yet', async () => {
    const { id: conversation } = await rows.conversation(sender)
    const retry = await rows.intent(sender, conversation)
    await rows.intent(sender, conversation)
    await queue()
    await sql`update intents set state = 'scheduled', due_at = now() + interval '1 hour' where id = ${retry}::uuid`.execute(
      rows.postgres.db,
    )
    expect(await queue()).toEqual([])
  })

  it('lets a retry with its turn go before what is older by due time', async () => {
    const { id: conversation } = await rows.conversation(sender)
    const retry = await rows.intent(sender, conversation)
    const next = await rows.intent(sender, conversation)
    await queue()
    await sql`update intents set state = 'scheduled', due_at = now() where id = ${retry}::uuid`.execute(
      rows.postgres.db,
    )
    await sql`update intents set due_at = now() - interval '1 minute' where id = ${next}::uuid`.execute(
      rows.postgres.db,
    )
    expect(idsOf(await queue())).toEqual([retry])
  })

  it('lets a put-off intent without a turn be overtaken', async () => {
    const { id: conversation } = await rows.conversation(sender)
    const late = await rows.intent(sender, conversation)
    const next = await rows.intent(sender, conversation)
    await sql`update intents set due_at = now() + interval '1 hour' where id = ${late}::uuid`.execute(rows.postgres.db)
    expect(idsOf(await queue())).toEqual([next])
  })

  it('takes of every conversation though one has more due than there is room', async () => {
    const { id: busy } = await rows.conversation(sender)
    const own = [await rows.intent(sender, busy), await rows.intent(sender, busy), await rows.intent(sender, busy)]
    const [other] = await strangers(1)
    const taken = new Set<IntentId>()
    for (let round = 0; round < 3 && !taken.has(other as IntentId); round++) {
      for (const id of idsOf(await queue(2))) taken.add(id)
    }
    expect([...taken]).toEqual([own[0], other])
  })
})

describe('two relays at once (P3, P5)', () => {
  it('never queue an intent twice, nor two of one turn, nor out of order', async () => {
    const conversations: ConversationId[] = []
    for (let made = 0; made < 6; made++) conversations.push((await rows.conversation(sender)).id)
    const asked = new Map<ConversationId, IntentId[]>()
    for (let made = 0; made < 48; made++) {
      const conversation = conversations[made % conversations.length] as ConversationId
      asked.set(conversation, [...(asked.get(conversation) ?? []), await rows.intent(sender, conversation)])
    }
    const seen: IntentId[] = []
    for (let round = 0; round < 60 && seen.length < 48; round++) {
      const relays = await Promise.allSettled([queue(4), queue(4), queue(4)])
      for (const relay of relays) {
        // The turn's unique index may make one of them fail, as a whole; it simply looks again.
        if (relay.status === 'fulfilled') seen.push(...idsOf(relay.value))
        else expect(relay.reason).toMatchObject({ code: '23505' })
      }
      await finish()
    }
    expect(new Set(seen).size).toBe(seen.length)
    for (const [, ids] of asked) expect(seen.filter((id) => ids.includes(id))).toEqual(ids)
  })

  it('do not disturb a relay that has the sender', async () => {
    await strangers(1)
    const client = await rows.postgres.pool.connect()
    try {
      await client.query('begin')
      await client.query(`select pg_advisory_xact_lock(hashtextextended('casement relay ' || $1, 0))`, [sender])
      expect(await queue()).toEqual([])
    } finally {
      await client.query('rollback')
      client.release()
    }
    expect(await queue()).toHaveLength(1)
  })
})

describe('what the relay looks at', () => {
  it('is the senders with something due', async () => {
    const idle = await rows.linkSender()
    await strangers(2)
    const due = async (id: PhoneNumberId) => (await readDueSenders(rows.postgres.db)).find((one) => one.sender === id)
    expect(await due(sender)).toMatchObject({ state: 'active', throughputMps: 80 })
    expect(await due(idle)).toBeUndefined()
  })

  it('is, for the consumers, the senders with something in their lane', async () => {
    await strangers(1)
    const queued = async () => (await readQueuedSenders(rows.postgres.db)).some((one) => one.sender === sender)
    expect(await queued()).toBe(false)
    await queue(1)
    expect(await queued()).toBe(true)
  })

  it('says how long nothing will be due', async () => {
    const { id } = await rows.conversation(sender)
    const sendAt = plus(await rows.now(), HOUR_MS)
    await sql`update intents set state = 'sent', wamid = id::text, due_at = null, has_turn = false where due_at is not null`.execute(
      rows.postgres.db,
    )
    expect(await msUntilNextDue(rows.postgres.db)).toBeNull()
    await rows.intent(sender, id, { sendAt, expiresAt: plus(sendAt, HOUR_MS) })
    const ms = (await msUntilNextDue(rows.postgres.db)) as number
    expect(ms).toBeGreaterThan(HOUR_MS - 60_000)
    expect(ms).toBeLessThanOrEqual(HOUR_MS)
  })
})

describe('what is let go', () => {
  const hold = (id: IntentId) => rows.hold(id)
  const release = (id: IntentId) => releaseByIds(rows.postgres.db, [id])

  it('leaves before what was enqueued after it and is due already (P5)', async () => {
    const { id: conversation } = await rows.conversation(sender)
    const older = await rows.intent(sender, conversation)
    await hold(older)
    await rows.intent(sender, conversation)
    await release(older)
    expect(idsOf(await queue())).toEqual([older])
  })

  it('leaves before what was enqueued after it and stands in the lane already (P5)', async () => {
    const { id: conversation } = await rows.conversation(sender)
    const older = await rows.intent(sender, conversation)
    await hold(older)
    const newer = await rows.intent(sender, conversation)
    await queue()
    await release(older)
    expect(await readIntent(newer)).toMatchObject({ state: 'scheduled', has_turn: false })
    expect(idsOf(await queue())).toEqual([older])
    await finish()
    expect(await queue()).toEqual([{ id: newer, wake: 2, priority: 'reply' }])
  })

  it('waits for a newer one whose request may have left', async () => {
    const { id: conversation } = await rows.conversation(sender)
    const older = await rows.intent(sender, conversation)
    await hold(older)
    const newer = await rows.intent(sender, conversation)
    await rows.open(sender, newer)
    await release(older)
    expect((await readIntent(newer)).state).toBe('dispatching')
    expect(await queue()).toEqual([])
  })
})

describe('the sweeper', () => {
  async function shortLived(overrides: Partial<IntentRecord> = {}): Promise<IntentId> {
    const { id } = await rows.conversation(sender)
    return rows.intent(sender, id, overrides)
  }
  const outlive = (id: IntentId) =>
    sql`update intents set send_at = now() - interval '1 hour', expires_at = now() where id = ${id}::uuid`.execute(
      rows.postgres.db,
    )

  it('ends what is due, and what stands in a lane, when its time is over', async () => {
    const inLane = await shortLived()
    await queue()
    const isDue = await shortLived()
    const later = await shortLived({
      sendAt: plus(await rows.now(), HOUR_MS),
      expiresAt: plus(await rows.now(), 2 * HOUR_MS),
    })
    const lasting = await shortLived()
    for (const id of [inLane, isDue, later]) await outlive(id)
    expect(await expireIntents(rows.postgres.db, 100)).toBe(3)
    for (const id of [inLane, isDue, later]) {
      expect(await readIntent(id)).toMatchObject({
        state: 'expired',
        reason_code: 'expired',
        due_at: null,
        has_turn: false,
      })
    }
    expect(await readIntent(lasting)).toMatchObject({ state: 'scheduled' })
    const notes = await rows.postgres.db.selectFrom('decisions').selectAll().where('intent_id', '=', isDue).execute()
    expect(notes).toMatchObject([{ kind: 'expire', reason: { code: 'expired' } }])
  })

  it('ends nothing that is on its way or is over', async () => {
    const dispatching = await shortLived()
    await rows.open(sender, dispatching)
    const sent = await shortLived()
    await rows.attempt(sender, sent, { event: 'accept' })
    for (const id of [dispatching, sent]) await outlive(id)
    expect(await expireIntents(rows.postgres.db, 100)).toBe(0)
  })

  it('ends so many at a time', async () => {
    for (const id of [await shortLived(), await shortLived()]) await outlive(id)
    expect([await expireIntents(rows.postgres.db, 1), await expireIntents(rows.postgres.db, 1)]).toEqual([1, 1])
  })

  it('finds what stands queued for too long, with the wake it had', async () => {
    const [old, young] = await strangers(2)
    await queue()
    await sql`update intents set state_at = now() - interval '1 minute' where id = ${old}::uuid`.execute(
      rows.postgres.db,
    )
    const found = await longQueued(rows.postgres.db, 30_000, 100)
    expect(found.filter((wake) => wake.id === old)).toEqual([{ id: old, wake: 1, priority: 'reply', sender }])
    expect(idsOf(found)).not.toContain(young)
  })
})

describe('the turn', () => {
  it('is refused to a second intent by the table itself, as an error that is not passing', async () => {
    const { id: conversation } = await rows.conversation(sender)
    await rows.intent(sender, conversation)
    const second = await rows.intent(sender, conversation)
    await queue()
    const stolen = sql`update intents set has_turn = true where id = ${second}::uuid`.execute(rows.postgres.db)
    await expect(stolen).rejects.toMatchObject({ code: '23505', constraint: 'intents_turn' })
    expect(isPassingDatabaseError(await stolen.catch((error: unknown) => error))).toBe(false)
  })
})
