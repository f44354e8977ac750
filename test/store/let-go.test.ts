import { sql } from 'kysely'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ConversationId, IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { HOUR_MS, plus } from '../../src/domain/time.ts'
import type { IntentRecord } from '../../src/store/intents/enqueue.ts'
import { expireIntents, releaseByIds } from '../../src/store/intents/waiting.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { eventually } from '../support/signals.ts'

const RETRY = {
  event: 'retry',
  dueInMs: 0,
  keepsTurn: true,
  reason: { code: 'graph_transient', text: 'Again.' },
  countsAsRetry: true,
} as const

let rows: Rows
let sender: PhoneNumberId
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())
beforeEach(async () => {
  sender = await rows.linkSender()
})

const readIntent = (id: IntentId) =>
  rows.postgres.db.selectFrom('intents').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

async function turnOf(conversation: ConversationId): Promise<string | null> {
  const row = await rows.postgres.db
    .selectFrom('turns')
    .select('intent_id')
    .where('conversation_id', '=', conversation)
    .executeTakeFirst()
  return row?.intent_id ?? null
}

async function waitsForLock(pool: pg.Pool): Promise<void> {
  await eventually(async () => {
    const waiting = await pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return waiting.rowCount === 1
  })
}

describe('what is let go', () => {
  const hold = (id: IntentId) => rows.hold(id)
  const release = (id: IntentId) => releaseByIds(rows.postgres.db, [id])

  it('leaves before what was enqueued after it and is due already (P5)', async () => {
    const { id: conversation } = await rows.conversation(sender)
    const older = await rows.intent(sender, conversation)
    await hold(older)
    await rows.intent(sender, conversation)
    await release(older)
    expect(await rows.page(sender)).toEqual([older])
  })

  it('leaves before what was enqueued after it and waits for another try (P5)', async () => {
    const { id: conversation } = await rows.conversation(sender)
    const older = await rows.intent(sender, conversation)
    await hold(older)
    const newer = await rows.intent(sender, conversation)
    await rows.attempt(sender, newer, RETRY)
    expect(await turnOf(conversation)).toBe(newer)
    await release(older)
    expect(await turnOf(conversation)).toBeNull()
    expect(await rows.page(sender)).toEqual([older])
    await rows.closeAttempt(older, 1, { event: 'accept' })
    expect(await rows.page(sender)).toEqual([newer])
  })

  it('lets nothing pass whom it passes itself, however long that would have waited for its next try (P5)', async () => {
    const { id: conversation } = await rows.conversation(sender)
    const older = await rows.intent(sender, conversation)
    await hold(older)
    const newer = await rows.intent(sender, conversation)
    await rows.attempt(sender, newer, { ...RETRY, dueInMs: HOUR_MS / 2 })
    await rows.intent(sender, conversation)
    await release(older)
    expect(await rows.page(sender)).toEqual([older])
    await rows.closeAttempt(older, 1, { event: 'accept' })
    expect(await rows.page(sender)).toEqual([newer])
  })

  it('does not take the turn of a newer one that is opened at this moment', async () => {
    const { id: conversation } = await rows.conversation(sender)
    const older = await rows.intent(sender, conversation)
    await hold(older)
    const newer = await rows.intent(sender, conversation)
    await rows.attempt(sender, newer, RETRY)
    const page = await rows.postgres.pool.connect()
    await page.query('begin')
    await page.query(`update intents set state = 'dispatching', due_at = null where id = $1`, [newer])
    const releasing = release(older)
    await waitsForLock(rows.postgres.pool)
    await page.query('commit')
    page.release()
    await releasing
    expect(await turnOf(conversation)).toBe(newer)
  })

  it('waits for a newer one whose request may have left', async () => {
    const { id: conversation } = await rows.conversation(sender)
    const older = await rows.intent(sender, conversation)
    await hold(older)
    const newer = await rows.intent(sender, conversation)
    await rows.open(sender, newer)
    await release(older)
    expect((await readIntent(newer)).state).toBe('dispatching')
    expect(await rows.page(sender)).toEqual([])
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

  it('ends what is due, and what waits for another try, when its time is over', async () => {
    const again = await shortLived()
    await rows.attempt(sender, again, RETRY)
    const isDue = await shortLived()
    const later = await shortLived({
      sendAt: plus(await rows.now(), HOUR_MS),
      expiresAt: plus(await rows.now(), 2 * HOUR_MS),
    })
    const lasting = await shortLived()
    for (const id of [again, isDue, later]) await outlive(id)
    expect(await expireIntents(rows.postgres.db, 100)).toBe(3)
    for (const id of [again, isDue, later]) {
      expect(await readIntent(id)).toMatchObject({
        state: 'expired',
        reason_code: 'expired',
        due_at: null,
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
})
