import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConversationId, IntentId, PhoneNumberId, Wamid } from '../../src/domain/ids.ts'
import { pairAfterSend } from '../../src/domain/limits.ts'
import { deliveryStatusOf, joinStatus, type MessageStatus } from '../../src/domain/status.ts'
import { HOUR_MS, type Instant, MINUTE_MS, plus, SECOND_MS } from '../../src/domain/time.ts'
import { isWindowOpen, recordRefutation, type WindowRecord } from '../../src/domain/window.ts'
import { lockConversation, refuteWindow, saveWindow } from '../../src/store/conversations/conversations.ts'
import { insertEcho } from '../../src/store/conversations/echoes.ts'
import { foldStatuses } from '../../src/store/intents/statuses.ts'
import { databaseNow } from '../../src/store/pg/clock.ts'
import { windowIsOpen } from '../../src/store/pg/open-window.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { createRows, type Rows } from '../support/rows.ts'

/* Rules that stand twice, in the domain and in one statement each, held against each other; `shown.test.ts` has the shown state. */

let rows: Rows
let sender: PhoneNumberId
let now: Instant
beforeAll(async () => {
  rows = await createRows()
  sender = await rows.linkSender()
  now = await rows.now()
})
afterAll(() => rows.close())

const RUNS = { numRuns: 30 }
const talk = async (): Promise<ConversationId> => (await rows.conversation(sender)).id

describe('the pair limit’s bucket', () => {
  it('fills as the domain says, by stamps in any order', async () => {
    const stamps = fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(stamps, async (secondsAgo) => {
        const conversationId = await talk()
        let expected: Instant | null = null
        for (const seconds of secondsAgo) {
          const at = plus(now, -seconds * SECOND_MS)
          expected = pairAfterSend(expected, at)
          const wamid = `wamid.${rows.digits()}` as Wamid
          await insertEcho(rows.postgres.db, { wamid, conversationId, at, body: {} })
        }
        const { rows: found } = await rows.postgres.pool.query(
          'select empties_at from pair_buckets where conversation_id = $1',
          [conversationId],
        )
        expect(found[0].empties_at).toBe(expected)
      }),
      RUNS,
    )
  })
})

describe('a window that Meta refutes', () => {
  it('is refuted as the domain says, up to the second before the attempt', async () => {
    const attempts = fc.array(fc.integer({ min: 0, max: 90 * MINUTE_MS }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(attempts, async (msAgo) => {
        const id = await talk()
        const lastInboundAt = (Math.floor(plus(now, -HOUR_MS) / SECOND_MS) * SECOND_MS) as Instant
        let expected: WindowRecord = { openedAt: lastInboundAt, lastInboundAt, refutedAt: null }
        await saveWindow(rows.postgres.db, id, expected)
        for (const ms of msAgo) {
          const startedAt = plus(now, -ms)
          expected = recordRefutation(expected, plus(startedAt, -(startedAt % SECOND_MS) - 1))
          await refuteWindow(rows.postgres.db, id, startedAt)
        }
        const { window } = await inTransaction(rows.postgres.pool, (trx) => lockConversation(trx, id))
        expect(window).toEqual(expected)
        expect(isWindowOpen(window, now)).toBe(isWindowOpen(expected, now))
      }),
      RUNS,
    )
  })
})

describe('an open window', () => {
  it('is one as the domain says', async () => {
    const id = await talk()
    const DAY_S = (24 * HOUR_MS) / SECOND_MS
    const near = (seconds: number) =>
      fc.oneof(fc.integer({ min: seconds - 3, max: seconds + 3 }), fc.integer({ min: -60, max: 2 * DAY_S }))
    const windows = fc.record({
      inboundAgoS: fc.option(near(DAY_S)),
      refutedAgoS: fc.option(fc.oneof(near(0), near(DAY_S))),
      marginMs: fc.constantFrom(0, 2_000, HOUR_MS),
    })
    const ago = (at: Instant, seconds: number | null) => (seconds === null ? null : plus(at, -seconds * SECOND_MS))
    await fc.assert(
      fc.asyncProperty(windows, async ({ inboundAgoS, refutedAgoS, marginMs }) => {
        await inTransaction(rows.postgres.pool, async (trx, client) => {
          const at = await databaseNow(trx)
          const window = { openedAt: null, lastInboundAt: ago(at, inboundAgoS), refutedAt: ago(at, refutedAgoS) }
          await saveWindow(trx, id, window)
          const { rows: found } = await client.query(
            `select ${windowIsOpen('v', '$2::float8')} as open from conversations v where id = $1`,
            [id, marginMs],
          )
          expect(found[0].open).toBe(isWindowOpen(window, at, marginMs))
        })
      }),
      { numRuns: 200 },
    )
  })
})

describe('statuses', () => {
  it('join as the domain says, in any order and number (P4)', async () => {
    const told = fc.array(fc.constantFrom('sent', 'failed', 'delivered', 'read'), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(told, async (statuses) => {
        const conversationId = await talk()
        const wamid = `wamid.${rows.digits()}` as Wamid
        let expected: MessageStatus | null = null
        for (const status of statuses) {
          expected = joinStatus(expected, status)
          await inTransaction(rows.postgres.pool, (_trx, client) =>
            foldStatuses(client, [
              {
                wamid,
                // of this day: of an older one it would be asked whether it was deleted for its age
                intentId: uuidv7() as IntentId,
                attempt: 1,
                conversationId,
                sentAs: 'free_form',
                status: status as 'sent' | 'failed' | 'delivered' | 'read',
                sentAt: null,
                deliveredAt: null,
                readAt: null,
                failedAt: null,
                error: null,
                errorAt: null,
                pricing: null,
                pricingAt: null,
              },
            ]),
          )
        }
        const { rows: found } = await rows.postgres.pool.query('select status from messages where wamid = $1', [wamid])
        expect(found[0].status).toBe(deliveryStatusOf(expected))
      }),
      RUNS,
    )
  })
})
