import { sql } from 'kysely'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ContactId, ConversationId, IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { HOUR_MS, plus, SECOND_MS } from '../../src/domain/time.ts'
import { freeLostTurns } from '../../src/store/intents/turns.ts'
import { deleteSome } from '../../src/store/people/erasure.ts'
import { foldConversation, lockAlone, mergeContacts } from '../../src/store/people/merge.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { eventually } from '../support/signals.ts'

/* Turns while two people turn out to be one: a page, a closing and a merge, each in a transaction of its own, one in the middle of another. */

let rows: Rows
let sender: PhoneNumberId
interface Person {
  id: ConversationId
  contactId: ContactId
}
let kept: Person
let gone: Person

beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())
beforeEach(async () => {
  sender = await rows.linkSender()
  kept = await rows.conversation(sender)
  gone = await rows.conversation(sender)
})

interface Turn {
  intent_id: string
  conversation_id: string
}

async function turnsOf(...ids: IntentId[]): Promise<Turn[]> {
  const found = await sql<Turn>`
    select intent_id, conversation_id::text as conversation_id from turns where intent_id = any (${ids}::uuid[]) order by intent_id`.execute(
    rows.postgres.db,
  )
  return found.rows
}

async function placeOf(id: IntentId): Promise<string> {
  const found = await sql<{ v: string }>`
    select conversation_id::text as v from intents where id = ${id}::uuid`.execute(rows.postgres.db)
  return (found.rows[0] as { v: string }).v
}

const accept = (id: IntentId) => rows.closeAttempt(id, 1, { event: 'accept' })

/** Merges, and commits only when it is told to. */
async function mergeSlowly() {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  const { promise: gate, resolve: commit } = Promise.withResolvers<void>()
  const ended = inTransaction(rows.postgres.pool, async (trx) => {
    await lockAlone(trx, [kept.contactId, gone.contactId])
    await mergeContacts(trx, kept.contactId, gone.contactId)
    reach()
    await gate
  })
  await Promise.race([reached, ended])
  return async () => {
    commit()
    await ended
  }
}

const merge = async () => (await mergeSlowly())()
const fold = () => inTransaction(rows.postgres.pool, (trx) => foldConversation(trx, gone.id))

async function waitsForLock(pool: pg.Pool): Promise<void> {
  await eventually(async () => {
    const waiting = await pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return waiting.rowCount === 1
  })
}

describe('a turn', () => {
  it('moves with its message when the conversation is merged', async () => {
    const id = await rows.intent(sender, gone.id)
    await rows.page(sender)
    await merge()
    expect(await turnsOf(id)).toEqual([{ intent_id: id, conversation_id: kept.id }])
    expect(await placeOf(id)).toBe(kept.id)
    await accept(id)
    expect(await turnsOf(id)).toEqual([])
  })

  it('stays where it is while the other has one, and what is behind it moves and waits', async () => {
    const first = await rows.intent(sender, kept.id)
    const second = await rows.intent(sender, gone.id)
    const behind = await rows.intent(sender, gone.id)
    expect(await rows.page(sender)).toEqual([first, second])
    await merge()
    expect([await placeOf(first), await placeOf(second), await placeOf(behind)]).toEqual([kept.id, gone.id, kept.id])
    expect(await rows.page(sender)).toEqual([])
    await accept(first)
    expect(await rows.page(sender)).toEqual([])
    await fold()
    expect(await rows.page(sender)).toEqual([])
    await accept(second)
    expect(await rows.page(sender)).toEqual([behind])
  })

  it('that stays where it is holds up nobody after it, and what is behind it follows also when it was folded', async () => {
    const first = await rows.intent(sender, kept.id)
    const second = await rows.intent(sender, gone.id)
    await rows.page(sender)
    const behind = await rows.intent(sender, kept.id)
    await merge()
    await accept(second)
    expect(await rows.page(sender)).toEqual([])
    await fold()
    await accept(first)
    expect(await rows.page(sender)).toEqual([behind])
  })

  const retry = (id: IntentId, dueInMs: number) =>
    rows.closeAttempt(id, 1, {
      event: 'retry',
      dueInMs,
      keepsTurn: true,
      reason: { code: 'graph_transient', text: 'Again.' },
      countsAsRetry: true,
    })

  it.each([
    ['kept', 'gone'],
    ['gone', 'kept'],
  ] as const)('of who waits for another try is given up to an older one: %s, %s', async (one, other) => {
    const people = { kept, gone }
    const older = await rows.intent(sender, people[one].id, { sendAt: plus(await rows.now(), -SECOND_MS) })
    const newer = await rows.intent(sender, people[other].id)
    await rows.open(sender, newer)
    await retry(newer, HOUR_MS / 2)
    const newest = await rows.intent(sender, kept.id)
    await merge()
    expect(await rows.page(sender)).toEqual([older])
    await accept(older)
    expect(await rows.page(sender)).toEqual([newer])
    await rows.closeAttempt(newer, 2, { event: 'accept' })
    expect(await rows.page(sender)).toEqual([newest])
  })

  it.each([
    ['kept', 'gone'],
    ['gone', 'kept'],
  ] as const)('of two who wait for another try is that of the older one: %s, %s', async (one, other) => {
    const people = { kept, gone }
    const older = await rows.intent(sender, people[one].id)
    const newer = await rows.intent(sender, people[other].id)
    await rows.page(sender)
    await retry(older, HOUR_MS / 2)
    await retry(newer, 0)
    await merge()
    expect(await turnsOf(older, newer)).toEqual([{ intent_id: older, conversation_id: kept.id }])
    expect(await rows.page(sender)).toEqual([])
  })

  it.each([
    ['kept', 'gone'],
    ['gone', 'kept'],
  ] as const)('of who waits for another try is given up to who is on their way: %s, %s', async (one, other) => {
    const people = { kept, gone }
    const waits = await rows.intent(sender, people[one].id)
    const leaves = await rows.intent(sender, people[other].id)
    await rows.page(sender)
    await retry(waits, 0)
    await merge()
    expect(await turnsOf(waits, leaves)).toEqual([{ intent_id: leaves, conversation_id: kept.id }])
    expect(await rows.page(sender)).toEqual([])
    await accept(leaves)
    expect(await rows.page(sender)).toEqual([waits])
  })

  it('that comes back where it stayed is taken again, by the clocks of the one that is left', async () => {
    const first = await rows.intent(sender, kept.id)
    const second = await rows.intent(sender, gone.id)
    await rows.page(sender)
    await merge()
    const reason = { code: 'graph_transient' as const, text: 'Again.' }
    await rows.closeAttempt(second, 1, { event: 'retry', dueInMs: 0, keepsTurn: true, reason, countsAsRetry: true })
    expect(await rows.page(sender)).toEqual([second])
    await accept(first)
    await fold()
    expect(await turnsOf(second)).toEqual([{ intent_id: second, conversation_id: kept.id }])
  })

  it('is not given to a message that was written into a redirect', async () => {
    await merge()
    const first = await rows.intent(sender, kept.id)
    const late = await rows.intent(sender, gone.id)
    expect(await rows.page(sender)).toEqual([first])
    await fold()
    expect(await rows.page(sender)).toEqual([])
    await accept(first)
    expect(await rows.page(sender)).toEqual([late])
  })

  it('that would be taken while a merge is under way is the turn of the one that is left, in the next page', async () => {
    const id = await rows.intent(sender, gone.id)
    const commit = await mergeSlowly()
    const page = rows.page(sender)
    await waitsForLock(rows.postgres.pool)
    await commit()
    // What the page read was somebody else's.
    expect(await page).toEqual([])
    expect(await rows.page(sender)).toEqual([id])
    expect(await turnsOf(id)).toEqual([{ intent_id: id, conversation_id: kept.id }])
  })

  it('is taken by one after the other, when both are taken while a merge is under way', async () => {
    const first = await rows.intent(sender, kept.id)
    const second = await rows.intent(sender, gone.id)
    const commit = await mergeSlowly()
    const page = rows.page(sender)
    await waitsForLock(rows.postgres.pool)
    await commit()
    expect(await page).toEqual([first])
    expect(await rows.page(sender)).toEqual([])
    await accept(first)
    expect(await rows.page(sender)).toEqual([second])
  })

  it('is free once its message is over, though the merge was in the middle', async () => {
    const id = await rows.intent(sender, gone.id)
    const behind = await rows.intent(sender, gone.id)
    await rows.page(sender)
    const commit = await mergeSlowly()
    const closing = accept(id)
    await waitsForLock(rows.postgres.pool)
    await commit()
    await closing
    await freeLostTurns(rows.postgres)
    expect(await turnsOf(id)).toEqual([])
    expect(await rows.page(sender)).toEqual([behind])
  })
})

describe('turns that nobody has', () => {
  it('are freed, and those that somebody has are not', async () => {
    const underWay = await rows.intent(sender, kept.id)
    const over = await rows.intent(sender, gone.id)
    await rows.page(sender)
    await rows.postgres.pool.query(`update intents set state = 'sent', wamid = 'wamid.x' where id = $1`, [over])
    expect(await freeLostTurns(rows.postgres)).toBe(1)
    expect(await turnsOf(underWay, over)).toHaveLength(1)
    expect(await freeLostTurns(rows.postgres)).toBe(0)
  })

  it('are not left behind by an erasure', async () => {
    const id = await rows.intent(sender, gone.id)
    await rows.page(sender)
    while ((await deleteSome(rows.postgres.db, gone.contactId, 100)) > 0) {}
    expect(await turnsOf(id)).toEqual([])
  })
})
