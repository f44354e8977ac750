import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConversationId, IntentId, PhoneNumberId, Wamid } from '../../src/domain/ids.ts'
import type { Reason } from '../../src/domain/intent.ts'
import { MINUTE_MS, plus } from '../../src/domain/time.ts'
import { inTransaction } from '../../src/store/postgres.ts'
import {
  afterFailedDelivery,
  afterLateDelivery,
  findAttempts,
  findMessageAttempts,
  foldStatuses,
  type MessageUpdate,
} from '../../src/store/statuses.ts'
import { at } from '../support/builders.ts'
import { createRows, type Rows } from '../support/rows.ts'

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
    pricing: status === 'delivered' ? { billable: true } : null,
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
    expect(await readIntent(message.id)).toMatchObject({ state: 'scheduled', retries: 1, has_turn: false })
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

  it('is taken back when the message is delivered after all', async () => {
    const message = await undelivered()
    await failing(message, null)
    await afterLateDelivery(rows.postgres.db, message.id, message.wamid)
    expect(await readIntent(message.id)).toMatchObject({ state: 'sent', reason_code: null })
  })
})
