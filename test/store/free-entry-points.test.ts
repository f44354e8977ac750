import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConversationId, PhoneNumberId, Wamid } from '../../src/domain/ids.ts'
import { HOUR_MS, type Instant, plus, SECOND_MS } from '../../src/domain/time.ts'
import { insertInbound } from '../../src/store/conversations/conversations.ts'
import {
  enterFreeEntryPoint,
  recordEntryReports,
  refreshFreeEntryPoint,
} from '../../src/store/conversations/free-entry-points.ts'
import { foldStatuses } from '../../src/store/intents/statuses.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { eventually } from '../support/signals.ts'

let rows: Rows
let sender: PhoneNumberId
beforeAll(async () => {
  rows = await createRows()
  sender = await rows.linkSender()
})
afterAll(() => rows.close())

interface Answered {
  conversation: ConversationId
  wamid: Wamid
  /** Of the message that came through the ad; a whole second, before the answer. */
  enteredAt: Instant
  deliver(price?: string): Promise<unknown>
  enter(): Promise<unknown>
}

/** Somebody whom we wrote to, a second after they came through an ad. */
async function answered(): Promise<Answered> {
  const { id: conversation } = await rows.conversation(sender)
  const id = await rows.intent(sender, conversation)
  const { startedAt } = await rows.attempt(sender, id, { event: 'accept' })
  const enteredAt = plus(startedAt, -(startedAt % SECOND_MS) - SECOND_MS)
  const wamid = `wamid.${id}` as Wamid
  const update = {
    ...{ wamid, intentId: id, attempt: 1, conversationId: conversation, sentAs: 'free_form' as const },
    ...{ status: 'delivered' as const, sentAt: null, readAt: null, failedAt: null, error: null, errorAt: null },
    deliveredAt: plus(enteredAt, HOUR_MS),
  }
  const body = { timestamp: String(enteredAt / SECOND_MS), referral: { source_type: 'ad' } }
  return {
    conversation,
    wamid,
    enteredAt,
    deliver: (price) =>
      inTransaction(rows.postgres.pool, (_trx, client) =>
        foldStatuses(client, [{ ...update, pricing: price === undefined ? null : { type: price }, pricingAt: null }]),
      ),
    enter: () =>
      inTransaction(rows.postgres.pool, async (trx) => {
        await insertInbound(trx, {
          ...{ wamid: `wamid.in.${id}` as Wamid, conversationId: conversation, type: 'text', at: enteredAt },
          body,
        })
        await enterFreeEntryPoint(trx, conversation)
      }),
  }
}

const read = (id: ConversationId) =>
  rows.postgres.db
    .selectFrom('conversations')
    .select(['entry_state', 'entered_at', 'entry_opened_at', 'entry_expires_at', 'entry_conversation_id'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()

describe('a free entry point (P4)', () => {
  it('is opened by an answer that was delivered before anybody knew of the ad', async () => {
    const { conversation, enteredAt, deliver, enter } = await answered()
    await deliver()
    await enter()
    expect(await read(conversation)).toMatchObject({
      entry_state: 'estimated',
      entered_at: enteredAt,
      entry_opened_at: plus(enteredAt, HOUR_MS),
    })
  })

  it('is opened by an answer whose delivery is taken in at the same time', async () => {
    const { conversation, wamid, enteredAt, enter } = await answered()
    let entering: Promise<unknown> | null = null
    await inTransaction(rows.postgres.pool, async (_trx, client) => {
      await client.query('update messages set delivered_at = to_timestamp($2) where wamid = $1', [
        wamid,
        (enteredAt + HOUR_MS) / SECOND_MS,
      ])
      entering = enter()
      await eventually(async () => {
        const waiting = await rows.postgres.pool.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
        return waiting.rowCount === 1
      })
    })
    await entering
    expect((await read(conversation)).entry_state).toBe('estimated')
  })

  it('ends when Meta last said so, whichever status of a message came first', async () => {
    const { conversation, wamid, enteredAt, deliver, enter } = await answered()
    await enter()
    await deliver('free_entry_point')
    const report = { wamid, at: plus(enteredAt, HOUR_MS), expiresAt: null, conversationId: null }
    const told = {
      ...report,
      at: plus(enteredAt, SECOND_MS),
      expiresAt: plus(enteredAt, 90 * HOUR_MS),
      conversationId: 'c1',
    }
    for (const one of [report, told, report]) {
      await recordEntryReports(rows.postgres.db, [one])
      await inTransaction(rows.postgres.pool, (trx) => refreshFreeEntryPoint(trx, conversation))
    }
    expect(await read(conversation)).toMatchObject({
      entry_state: 'confirmed',
      entry_opened_at: plus(enteredAt, SECOND_MS),
      entry_expires_at: plus(enteredAt, 90 * HOUR_MS),
      entry_conversation_id: 'c1',
    })
  })

  it('is not entered by a message whose stamp was none', async () => {
    const { conversation } = await answered()
    await inTransaction(rows.postgres.pool, async (trx) => {
      await insertInbound(trx, {
        ...{ wamid: `wamid.unstamped.${conversation}` as Wamid, conversationId: conversation, type: 'text' },
        at: await rows.now(),
        body: { timestamp: 'soon', referral: { source_type: 'ad' } },
      })
      await enterFreeEntryPoint(trx, conversation)
    })
    expect((await read(conversation)).entry_state).toBe('none')
  })
})
