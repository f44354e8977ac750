import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IntentId } from '../../src/domain/ids.ts'
import { type IntentRecord, insertIntents } from '../../src/store/intents/enqueue.ts'
import { ANOTHER, CALLER, HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

/** The tables refuse what no function should ever write, so a mistake is an error and not a wrong message. */

let rows: Rows
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())

const CHECK_VIOLATION = '23514'
const UNIQUE_VIOLATION = '23505'

async function scheduled(): Promise<IntentId> {
  const sender = await rows.linkSender()
  const { id } = await rows.conversation(sender)
  return rows.intent(sender, id)
}

function set(id: IntentId, columns: string): Promise<unknown> {
  return sql`update intents set ${sql.raw(columns)} where id = ${id}::uuid`.execute(rows.postgres.db)
}

describe('an intent', () => {
  const ILLEGAL = [
    ['scheduled without a time', `due_at = null`],
    ['a time without being scheduled', `state = 'dispatching'`],
    ['held without what it waits for', `state = 'held', due_at = null, reason_code = 'awaiting_window'`],
    ['waiting without being held', `waits_kind = 'window'`],
    ['in doubt without since when', `state = 'in_doubt', due_at = null`],
    ['doubted without being in doubt', `doubted_at = now()`],
    ['in a state that is only shown', `state = 'queued', due_at = null`],
    ['sent without a wamid', `state = 'sent', due_at = null`],
    ['failed without a reason', `state = 'failed', due_at = null`],
    ['expired without a reason', `state = 'expired', due_at = null`],
    ['cancelled without a reason', `state = 'cancelled', due_at = null`],
    ['suppressed without a reason', `state = 'suppressed', due_at = null`],
    ['held without a reason', `state = 'held', due_at = null, waits_kind = 'window'`],
    ['a state nobody knows', `state = 'lost'`],
    ['a priority nobody knows', `priority = 4`],
    ['a delivery nobody knows', `delivery = 'exactly_once'`],
    ['an end before its beginning', `expires_at = send_at`],
  ] as const

  it.each(ILLEGAL)('is never %s', async (_name, columns) => {
    const id = await scheduled()
    await expect(set(id, columns)).rejects.toMatchObject({ code: CHECK_VIOLATION })
  })

  it('has its turn alone, within conversation and priority (P5)', async () => {
    const sender = await rows.linkSender()
    const { id: conversation } = await rows.conversation(sender)
    const [first, second] = [await rows.intent(sender, conversation), await rows.intent(sender, conversation)]
    const other = await rows.intent(sender, conversation, { priority: 'campaign' })
    const take = (id: IntentId) =>
      sql`
      insert into turns (phone_number_id, priority, conversation_id, intent_id)
      select phone_number_id, priority, conversation_id, id from intents where id = ${id}::uuid`.execute(
        rows.postgres.db,
      )
    await take(first)
    await take(other)
    await expect(take(second)).rejects.toMatchObject({ code: UNIQUE_VIOLATION, constraint: 'turns_pkey' })
  })
})

describe('an idempotency key', () => {
  async function record(overrides: Partial<IntentRecord>): Promise<IntentRecord> {
    const sender = await rows.linkSender()
    const { id: conversationId } = await rows.conversation(sender)
    const now = await rows.now()
    return {
      id: crypto.randomUUID() as IntentId,
      workspace: HERE.workspace,
      sender,
      conversationId,
      message: { type: 'text', text: { body: 'Hello' } },
      whenClosed: 'hold',
      release: 'all',
      priority: 'reply',
      delivery: 'at_least_once',
      sendAt: now,
      expiresAt: (now + 60_000) as typeof now,
      idempotencyKey: crypto.randomUUID(),
      requestHash: 'hash-1',
      metadata: null,
      followUpOf: null,
      createdBy: CALLER.actor,
      ...overrides,
    }
  }
  const insert = (...records: IntentRecord[]) => insertIntents(rows.postgres.db, records)

  it('stands for one intent of its workspace', async () => {
    const first = await record({})
    const again = await record({ idempotencyKey: first.idempotencyKey })
    const elsewhere = await record({ idempotencyKey: first.idempotencyKey, workspace: ANOTHER.workspace })
    expect(await insert(first)).toEqual([{ kind: 'inserted', id: first.id }])
    expect(await insert(again)).toMatchObject([{ kind: 'repeated', id: first.id, state: 'queued' }])
    expect(await insert(elsewhere)).toEqual([{ kind: 'inserted', id: elsewhere.id }])
  })

  it('is refused to another request', async () => {
    const first = await record({})
    await insert(first)
    const other = await record({ idempotencyKey: first.idempotencyKey, requestHash: 'hash-2' })
    expect(await insert(other)).toEqual([{ kind: 'conflict', id: first.id }])
  })

  it('stands for one intent when it comes twice in one batch', async () => {
    const first = await record({})
    const second = { ...first, id: crypto.randomUUID() as IntentId }
    expect(await insert(first, second)).toMatchObject([
      { kind: 'inserted', id: first.id },
      { kind: 'repeated', id: first.id },
    ])
  })

  it('stands for one intent when ten requests race', async () => {
    const first = await record({})
    const racing = Array.from({ length: 10 }, () => insert({ ...first, id: crypto.randomUUID() as IntentId }))
    const results = (await Promise.all(racing)).flat()
    expect(results.filter((result) => result.kind === 'inserted')).toHaveLength(1)
    expect(new Set(results.map((result) => result.id)).size).toBe(1)
  })

  it('is optional', async () => {
    const [a, b] = [await record({ idempotencyKey: null }), await record({ idempotencyKey: null })]
    expect((await insert(a, b)).map((result) => result.kind)).toEqual(['inserted', 'inserted'])
  })
})

describe('the other tables', () => {
  const ILLEGAL = [
    ['an attempt accepted without a wamid', `update attempts set outcome = 'accepted'`],
    ['an attempt refused with a wamid', `update attempts set outcome = 'refused', wamid = 'w'`],
    ['a contact without any id', `update contacts set wa_id = null, bsuid = null`],
    ['a paused sender without a reason', `update senders set state = 'paused'`],
    ['an active sender with a reason', `update senders set reason_code = 'sender_paused'`],
    ['a linked sender without a token', `update senders set sealed_access_token = null`],
    ['a sender that is not digits', `update senders set phone_number_id = 'abc'`],
    ['a confirmed free entry point that never opened', `update conversations set entry_state = 'confirmed'`],
    ['a free entry point without an end', `update conversations set entry_opened_at = now()`],
    ['a messaging limit of nobody', `update portfolios set messaging_limit = 0`],
  ] as const

  it.each(ILLEGAL)('hold no %s', async (_name, statement) => {
    const sender = await rows.linkSender()
    const { id } = await rows.conversation(sender)
    await rows.open(sender, await rows.intent(sender, id))
    await expect(sql.raw(statement).execute(rows.postgres.db)).rejects.toMatchObject({ code: CHECK_VIOLATION })
  })

  it('give one id to one contact', async () => {
    const sender = await rows.linkSender()
    const [one, other] = [await rows.conversation(sender), await rows.conversation(sender)]
    const stolen = sql`
      insert into contact_identities (workspace, key, value, contact_id) values ('default', ${one.waId}, ${one.waId}, ${other.contactId}::bigint)`.execute(
      rows.postgres.db,
    )
    await expect(stolen).rejects.toMatchObject({ code: UNIQUE_VIOLATION })
  })
})
