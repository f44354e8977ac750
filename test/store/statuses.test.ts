import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConversationId, IntentId, PhoneNumberId, Wamid } from '../../src/domain/ids.ts'
import type { Reason } from '../../src/domain/intent.ts'
import { MINUTE_MS, plus } from '../../src/domain/time.ts'
import { type CloseAttempt, closeAttemptsOn } from '../../src/store/intents/attempts.ts'
import { afterFailedDelivery, afterLateDelivery } from '../../src/store/intents/failed-delivery.ts'
import {
  findAttempts,
  findMessageAttempts,
  foldStatuses,
  type MessageUpdate,
} from '../../src/store/intents/statuses.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { at } from '../support/builders.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { eventually } from '../support/signals.ts'

const AT = at('2026-12-01T12:00:00Z')
const reason: Reason = { code: 'recipient_unreachable', text: 'Undeliverable.', graphCode: 131026 }

let rows: Rows
let sender: PhoneNumberId
beforeAll(async () => {
  rows = await createRows()
  sender = await rows.linkSender()
})
afterAll(() => rows.close())

interface Sent {
  id: IntentId
  conversationId: ConversationId
  wamid: Wamid
}

async function sent(): Promise<Sent> {
  const { id: conversationId } = await rows.conversation(sender)
  const id = await rows.intent(sender, conversationId)
  await rows.attempt(sender, id, { event: 'accept' })
  return { id, conversationId, wamid: `wamid.${id}` as Wamid }
}

function update(message: Sent, status: MessageUpdate['status'], minute: number): MessageUpdate {
  const stamp = plus(AT, minute * MINUTE_MS)
  const only = (wanted: string) => (status === wanted ? stamp : null)
  return {
    wamid: message.wamid,
    intentId: message.id,
    attempt: 1,
    conversationId: message.conversationId,
    sentAs: 'free_form',
    status,
    sentAt: only('sent'),
    deliveredAt: only('delivered'),
    readAt: only('read'),
    failedAt: only('failed'),
    error: status === 'failed' ? { code: 131026 } : null,
    errorAt: only('failed'),
    pricing: status === 'delivered' ? { billable: true } : null,
    pricingAt: only('delivered'),
  }
}

const fold = (updates: MessageUpdate[]) =>
  inTransaction(rows.postgres.pool, (_trx, client) => foldStatuses(client, updates))
const readMessage = (wamid: string) =>
  rows.postgres.db.selectFrom('messages').selectAll().where('wamid', '=', wamid).executeTakeFirstOrThrow()
const readIntent = (id: IntentId) =>
  rows.postgres.db.selectFrom('intents').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

describe('statuses of a message (P4)', () => {
  const history = [
    ['sent', 1],
    ['failed', 2],
    ['delivered', 3],
    ['read', 4],
  ] as const

  it('end alike in any order, any number of times', async () => {
    const orders = fc.array(fc.constantFrom(...history), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        const [one, other] = [await sent(), await sent()]
        for (const [status, minute] of order) await fold([update(one, status, minute)])
        for (const [status, minute] of [...order].sort((a, b) => a[1] - b[1]))
          await fold([update(other, status, minute)])
        const strip = ({
          wamid,
          intent_id,
          conversation_id,
          accepted_at,
          ...told
        }: Awaited<ReturnType<typeof readMessage>>) => told
        expect(strip(await readMessage(one.wamid))).toEqual(strip(await readMessage(other.wamid)))
      }),
      { numRuns: 25 },
    )
  })

  it('tell the newest price and the newest error, of one second the same one whichever comes first', async () => {
    const telling = fc.record({
      minute: fc.option(fc.integer({ min: 1, max: 3 }), { nil: null }),
      pricing: fc.constantFrom(
        { type: 'regular', billable: true },
        { type: 'free_entry_point' },
        { type: 'ﬁ' },
        { type: '😀' },
      ),
      error: fc.constantFrom({ code: 131026 }, { code: 131047, details: 'Closed.' }),
    })
    const orders = fc
      .array(telling, { minLength: 2, maxLength: 5 })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })))
    await fc.assert(
      fc.asyncProperty(orders, async ([one, other]) => {
        const told = []
        for (const tellings of [one, other]) {
          const message = await sent()
          for (const { minute, pricing, error } of tellings) {
            const stamp = minute === null ? null : plus(AT, minute * MINUTE_MS)
            await fold([{ ...update(message, 'failed', 1), pricing, pricingAt: stamp, error, errorAt: stamp }])
          }
          const { pricing, pricing_at, error, error_at } = await readMessage(message.wamid)
          told.push({ pricing, pricing_at, error, error_at })
        }
        expect(told[0]).toEqual(told[1])
        const newest = Math.max(...one.map(({ minute }) => (minute === null ? 0 : plus(AT, minute * MINUTE_MS))))
        expect(told[0]?.pricing_at ?? 0).toBe(newest)
      }),
      { numRuns: 30 },
    )
  })

  it('never go backwards', async () => {
    const message = await sent()
    await fold([update(message, 'read', 4)])
    await fold([update(message, 'sent', 1)])
    expect(await readMessage(message.wamid)).toMatchObject({ status: 'read', sent_at: plus(AT, MINUTE_MS) })
  })

  it('may come before our own response', async () => {
    const { id: conversationId } = await rows.conversation(sender)
    const id = await rows.intent(sender, conversationId)
    const opened = await rows.open(sender, id)
    expect(opened.number).toBe(1)
    const early: Sent = { id, conversationId, wamid: `wamid.${id}` as Wamid }
    await fold([update(early, 'delivered', 3)])
    expect(await readMessage(early.wamid)).toMatchObject({ status: 'delivered', intent_id: id, attempt: 1 })
  })

  it('of several messages share a batch', async () => {
    const [one, other] = [await sent(), await sent()]
    await fold([update(one, 'delivered', 3), update(other, 'failed', 2)])
    expect((await readMessage(one.wamid)).status).toBe('delivered')
    expect((await readMessage(other.wamid)).status).toBe('failed')
  })
})

describe('a delivery of what had failed', () => {
  it('is told, in one batch or in two', async () => {
    const [one, two, three] = [await sent(), await sent(), await sent()]
    expect(await fold([update(one, 'failed', 2), update(two, 'delivered', 3)])).toEqual(new Set())
    const told = [update(one, 'read', 4), update(two, 'read', 4), update(three, 'delivered', 3)]
    expect(await fold(told)).toEqual(new Set([one.wamid]))
    expect(await fold([{ ...update(three, 'failed', 2), failedAt: null }])).toEqual(new Set([three.wamid]))
  })

  it('is told although another applier took the failure in at the same time', async () => {
    const message = await sent()
    let delivered: Promise<Set<Wamid>> | null = null
    await inTransaction(rows.postgres.pool, async (_trx, client) => {
      await foldStatuses(client, [update(message, 'failed', 2)])
      delivered = fold([update(message, 'delivered', 3)])
      await eventually(async () => (await waitingForLocks()) === 1)
    })
    expect(await delivered).toEqual(new Set([message.wamid]))
  })

  async function waitingForLocks(): Promise<number> {
    const { rows: waiting } = await rows.postgres.pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return waiting.length
  }
})

describe('what a status is about', () => {
  it('is found by the attempt it names, and by its wamid', async () => {
    const message = await sent()
    const found = await inTransaction(rows.postgres.pool, async (_trx, client) => ({
      named: await findAttempts(client, [{ intentId: message.id, number: 1 }]),
      unknown: await findAttempts(client, [{ intentId: message.id, number: 9 }]),
      byWamid: await findMessageAttempts(client, [message.wamid, 'wamid.of-somebody-else' as Wamid]),
    }))
    expect(found.named.get(`${message.id}.1`)).toMatchObject({
      state: 'sent',
      outcome: 'accepted',
      wamid: message.wamid,
    })
    expect(found.unknown.size).toBe(0)
    expect([...found.byWamid]).toEqual([[message.wamid, { intentId: message.id, number: 1 }]])
  })
})

describe('a delivery that failed', () => {
  const failing = (message: Sent, again: { dueInMs: number; countsAsRetry: boolean } | null, wamid = message.wamid) =>
    afterFailedDelivery(rows.postgres.db, { intentId: message.id, wamid, reason, again })

  async function undelivered(): Promise<Sent> {
    const message = await sent()
    await fold([update(message, 'failed', 2)])
    return message
  }

  it('ends the intent', async () => {
    const message = await undelivered()
    expect(await failing(message, null)).toBe(true)
    expect(await readIntent(message.id)).toMatchObject({
      state: 'failed',
      reason_code: reason.code,
      reason_graph_code: 131026,
    })
  })

  it('lets the intent be decided again', async () => {
    const message = await undelivered()
    expect(await failing(message, { dueInMs: 0, countsAsRetry: true })).toBe(true)
    expect(await readIntent(message.id)).toMatchObject({ state: 'scheduled', retries: 1 })
  })

  it('means nothing when it is about an earlier message of the intent', async () => {
    const message = await undelivered()
    expect(await failing(message, null, 'wamid.earlier' as Wamid)).toBe(false)
    expect((await readIntent(message.id)).state).toBe('sent')
  })

  it('counts once', async () => {
    const message = await undelivered()
    const reports = await Promise.all([1, 2, 3].map(() => failing(message, { dueInMs: 0, countsAsRetry: true })))
    expect(reports.filter(Boolean)).toHaveLength(1)
    expect((await readIntent(message.id)).retries).toBe(1)
  })

  it('means nothing when the delivery was told first (P4)', async () => {
    const message = await sent()
    await fold([update(message, 'delivered', 3)])
    await fold([update(message, 'failed', 2)])
    expect(await failing(message, null)).toBe(false)
    expect((await readIntent(message.id)).state).toBe('sent')
  })

  it('means nothing about the attempt that is under way by now', async () => {
    const message = await undelivered()
    await failing(message, { dueInMs: 0, countsAsRetry: true })
    await rows.open(sender, message.id)
    expect(await failing(message, { dueInMs: 0, countsAsRetry: true })).toBe(false)
    expect(await failing(message, null)).toBe(false)
    expect(await readIntent(message.id)).toMatchObject({ state: 'dispatching', retries: 1 })
  })

  describe('of an earlier attempt, which was proved accepted after a later one was made,', () => {
    /** The first attempt was in doubt when the second was made; then a status says that Meta had the first. */
    async function twice(second: 'refused' | 'in_doubt' | 'accepted'): Promise<Sent> {
      const { id: conversationId } = await rows.conversation(sender)
      const id = await rows.intent(sender, conversationId)
      const doubt = { event: 'doubt' as const, keepsTurn: true, reason: { code: 'in_doubt' as never, text: '?' } }
      await rows.attempt(sender, id, doubt)
      await close(id, 1, { ...doubt, event: 'retry', dueInMs: 0, countsAsRetry: false }, 'in_doubt')
      const next = second === 'refused' ? ({ event: 'fail', reason } as const) : doubt
      await rows.attempt(sender, id, next)
      await close(id, 1, { event: 'accept' }, 'accepted')
      if (second === 'accepted') await close(id, 2, { event: 'accept' }, 'accepted')
      const message = { id, conversationId, wamid: `wamid.${id}.1` as Wamid }
      await fold([update(message, 'failed', 2)])
      return message
    }

    async function close(id: IntentId, number: number, next: CloseAttempt['next'], outcome: CloseAttempt['outcome']) {
      const { conversation_id } = await readIntent(id)
      const conversationId = conversation_id as ConversationId
      const wamid = outcome === 'accepted' ? (`wamid.${id}.${number}` as Wamid) : null
      const item = { intentId: id, number, conversationId, outcome, httpStatus: null, error: null, wamid, next }
      await closeAttemptsOn(rows.postgres.pool, [item])
    }

    it('counts when the later one came to nothing', async () => {
      const message = await twice('refused')
      expect(await failing(message, { dueInMs: 0, countsAsRetry: true })).toBe(true)
      expect((await readIntent(message.id)).state).toBe('scheduled')
    })

    it('is the end for now when nobody knows of the later one, which mends it (P3)', async () => {
      const message = await twice('in_doubt')
      expect(await failing(message, { dueInMs: 0, countsAsRetry: true })).toBe(true)
      expect(await readIntent(message.id)).toMatchObject({ state: 'failed', due_at: null, reason_code: reason.code })
      await close(message.id, 2, { event: 'accept' }, 'accepted')
      expect(await readIntent(message.id)).toMatchObject({ state: 'sent', wamid: `wamid.${message.id}.2` })
    })

    it('means nothing when the later one was accepted too', async () => {
      const message = await twice('accepted')
      expect(await failing(message, null)).toBe(false)
      expect((await readIntent(message.id)).state).toBe('sent')
    })
  })

  it('is not tried again when the message is delivered after all', async () => {
    const message = await undelivered()
    await failing(message, { dueInMs: 0, countsAsRetry: true })
    await afterLateDelivery(rows.postgres.db, message.id, message.wamid)
    expect(await readIntent(message.id)).toMatchObject({
      state: 'sent',
      due_at: null,
      reason_code: null,
    })
  })

  it('is taken back when the message is delivered after all', async () => {
    const message = await undelivered()
    await failing(message, null)
    await afterLateDelivery(rows.postgres.db, message.id, message.wamid)
    expect(await readIntent(message.id)).toMatchObject({ state: 'sent', reason_code: null })
  })
})
