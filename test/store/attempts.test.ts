import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConversationId, IntentId, PhoneNumberId, Wamid } from '../../src/domain/ids.ts'
import type { Reason } from '../../src/domain/intent.ts'
import { PAIR_REFILL_MS } from '../../src/domain/limits.ts'
import { HOUR_MS } from '../../src/domain/time.ts'
import {
  type AttemptConsequence,
  type AttemptStore,
  attemptStore,
  type CloseAttempt,
  closeAttemptsOn,
} from '../../src/store/intents/attempts.ts'
import { findDoubts, findStranded } from '../../src/store/intents/doubts.ts'
import { cancelIntent } from '../../src/store/intents/operator-transitions.ts'
import type { AttemptOutcome } from '../../src/store/pg/schema.ts'
import { HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

const reason: Reason = { code: 'graph_transient', text: 'For the test.' }
const DOUBT: AttemptConsequence = { event: 'doubt', keepsTurn: true, reason: { code: 'in_doubt', text: '?' } }
const RETRY: AttemptConsequence = { event: 'retry', dueInMs: 1_000, keepsTurn: true, reason, countsAsRetry: true }
const FAIL: AttemptConsequence = { event: 'fail', reason: { code: 'unconfirmed', text: 'Nobody knows.' } }

let rows: Rows
let attempts: AttemptStore

beforeAll(async () => {
  rows = await createRows()
  attempts = attemptStore(rows.postgres.pool)
})
afterAll(() => rows.close())

interface Subject {
  id: IntentId
  sender: PhoneNumberId
  conversationId: ConversationId
}

async function scheduled(): Promise<Subject> {
  const sender = await rows.linkSender()
  const { id: conversationId } = await rows.conversation(sender)
  return { sender, conversationId, id: await rows.intent(sender, conversationId) }
}

async function opened(opening: string): Promise<Subject> {
  const subject = await scheduled()
  await rows.open(subject.sender, subject.id, opening)
  return subject
}

async function dispatching(): Promise<Subject> {
  const subject = await scheduled()
  await rows.open(subject.sender, subject.id)
  return subject
}

function close(subject: Subject, outcome: AttemptOutcome, then: AttemptConsequence, more: Partial<CloseAttempt> = {}) {
  const wamid = outcome === 'accepted' ? (`wamid.${subject.id}` as Wamid) : null
  const { id: intentId } = subject
  return attempts.close({
    intentId,
    number: 1,
    outcome,
    httpStatus: null,
    error: null,
    wamid,
    next: then,
    ...more,
  })
}

const readIntent = (id: IntentId) =>
  rows.postgres.db.selectFrom('intents').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const hasTurn = async (id: IntentId) =>
  (await rows.postgres.db.selectFrom('turns').select('intent_id').where('intent_id', '=', id).execute()).length === 1
const readAttempts = (id: IntentId) =>
  rows.postgres.db.selectFrom('attempts').selectAll().where('intent_id', '=', id).orderBy('number').execute()

describe('opening an attempt (P3)', () => {
  it('is refused once the intent was cancelled', async () => {
    const { id, sender } = await scheduled()
    const reason = { code: 'by_request' as const, text: 'Cancelled.' }
    await cancelIntent(rows.postgres.db, { ...HERE, id }, { kind: 'cancel', reason, facts: {} })
    await expect(rows.open(sender, id)).rejects.toThrow('to be due')
    expect(await readAttempts(id)).toEqual([])
  })

  describe('whose answer was lost', () => {
    const opening = randomUUID()

    it('is taken back as not sent, due again, and spends no try', async () => {
      const { id } = await opened(opening)
      expect(await attempts.takeBack({ intentId: id, opening })).toBe(true)
      expect(await readIntent(id)).toMatchObject({ state: 'scheduled', retries: 0 })
      expect(await hasTurn(id)).toBe(true)
      expect(await readAttempts(id)).toMatchObject([{ outcome: 'unreachable', error: { why: 'not_sent' } }])
    })

    it('is nobody else to take back', async () => {
      const { id } = await opened(randomUUID())
      expect(await attempts.takeBack({ intentId: id, opening: randomUUID() })).toBe(false)
      expect((await readIntent(id)).state).toBe('dispatching')
    })

    it('is taken back although it became a doubt meanwhile, unless the intent went on without it', async () => {
      const subject = await opened(opening)
      const { id } = subject
      await close(subject, 'in_doubt', DOUBT)
      expect(await attempts.takeBack({ intentId: id, opening })).toBe(true)
      expect((await readIntent(id)).state).toBe('scheduled')
    })

    it('stays what a status has proved it to be', async () => {
      const subject = await opened(opening)
      await close(subject, 'accepted', { event: 'accept' })
      expect(await attempts.takeBack({ intentId: subject.id, opening })).toBe(false)
      expect((await readIntent(subject.id)).state).toBe('sent')
    })
  })

  it('stands on record before the request leaves, with the number that travels', async () => {
    const { id, sender } = await scheduled()
    const opened = await rows.open(sender, id)
    const [attempt] = await readAttempts(id)
    expect(opened).toEqual({ number: 1, startedAt: attempt?.started_at })
    expect(attempt).toMatchObject({ outcome: null, finished_at: null, sent_as: 'free_form' })
    expect(await readIntent(id)).toMatchObject({ state: 'dispatching', attempts: 1 })
  })

  it('pays into the pair bucket, once for each message', async () => {
    const sender = await rows.linkSender()
    const { id: conversation } = await rows.conversation(sender)
    const ids = await Promise.all(
      (['reply', 'transactional', 'campaign'] as const).map((priority) =>
        rows.intent(sender, conversation, { priority }),
      ),
    )
    const before = await rows.now()
    expect(await rows.page(sender)).toEqual(ids)
    const { empties_at } = await rows.postgres.db
      .selectFrom('pair_buckets')
      .select('empties_at')
      .where('conversation_id', '=', conversation)
      .executeTakeFirstOrThrow()
    const paid = empties_at - before
    expect(paid).toBeGreaterThanOrEqual(3 * PAIR_REFILL_MS)
    expect(paid).toBeLessThan(3 * PAIR_REFILL_MS + 5_000)
  })
})

describe('closing an attempt', () => {
  it('records the message that was accepted', async () => {
    const subject = await dispatching()
    expect(await close(subject, 'accepted', { event: 'accept' })).toBe(true)
    expect(await readIntent(subject.id)).toMatchObject({ state: 'sent', wamid: `wamid.${subject.id}` })
    expect(await hasTurn(subject.id)).toBe(false)
    const message = await rows.postgres.db
      .selectFrom('messages')
      .selectAll()
      .where('wamid', '=', `wamid.${subject.id}`)
      .executeTakeFirstOrThrow()
    expect(message).toMatchObject({ intent_id: subject.id, attempt: 1, status: null, sent_as: 'free_form' })
  })

  it('happens once', async () => {
    const subject = await dispatching()
    const [first, second] = [await close(subject, 'refused', RETRY), await close(subject, 'refused', FAIL)]
    expect([first, second]).toEqual([true, false])
    expect(await readIntent(subject.id)).toMatchObject({ state: 'scheduled', retries: 1 })
  })

  it('happens again, by better knowledge, when it ended in doubt', async () => {
    const subject = await dispatching()
    await close(subject, 'in_doubt', DOUBT)
    expect(await readIntent(subject.id)).toMatchObject({ state: 'in_doubt' })
    expect(await hasTurn(subject.id)).toBe(true)
    expect(await close(subject, 'in_doubt', RETRY)).toBe(true)
    expect(await readIntent(subject.id)).toMatchObject({ state: 'scheduled', doubted_at: null })
    expect(await hasTurn(subject.id)).toBe(true)
  })

  it.each([
    ['refused', FAIL],
    ['in_doubt', DOUBT],
    ['unreachable', RETRY],
  ] as const)('is overruled by an acceptance when it was %s', async (outcome, then) => {
    const subject = await dispatching()
    await close(subject, outcome, then)
    expect(await close(subject, 'accepted', { event: 'accept' })).toBe(true)
    expect(await readIntent(subject.id)).toMatchObject({
      state: 'sent',
      wamid: `wamid.${subject.id}`,
      reason_code: null,
    })
  })

  it.each([
    ['refused', FAIL],
    ['in_doubt', DOUBT],
    ['unreachable', RETRY],
  ] as const)('keeps an acceptance whatever comes after it (%s)', async (outcome, then) => {
    const subject = await dispatching()
    await close(subject, 'accepted', { event: 'accept' })
    expect(await close(subject, outcome, then)).toBe(false)
    expect((await readIntent(subject.id)).state).toBe('sent')
    expect(await readAttempts(subject.id)).toMatchObject([{ outcome: 'accepted', wamid: `wamid.${subject.id}` }])
  })

  it('does not end a newer attempt by news of an older one', async () => {
    const subject = await dispatching()
    await close(subject, 'in_doubt', DOUBT)
    await close(subject, 'in_doubt', { ...RETRY, dueInMs: 0 })
    await rows.open(subject.sender, subject.id)
    expect(await close(subject, 'refused', FAIL)).toBe(false)
    expect(await readIntent(subject.id)).toMatchObject({ state: 'dispatching', attempts: 2 })
  })

  it('ends a newer attempt when the older one proves to be accepted', async () => {
    const subject = await dispatching()
    await close(subject, 'in_doubt', DOUBT)
    await close(subject, 'in_doubt', { ...RETRY, dueInMs: 0 })
    expect(await close(subject, 'accepted', { event: 'accept' })).toBe(true)
    expect(await rows.page(subject.sender)).toEqual([])
    expect((await readIntent(subject.id)).state).toBe('sent')
  })

  it('leaves the turn to the next when the doubt need not be sent again', async () => {
    const subject = await dispatching()
    await close(subject, 'in_doubt', { ...DOUBT, keepsTurn: false })
    expect(await readIntent(subject.id)).toMatchObject({ state: 'in_doubt' })
    expect(await hasTurn(subject.id)).toBe(false)
  })

  it('never schedules a retry beyond the end of the intent', async () => {
    const subject = await dispatching()
    await close(subject, 'throttled', { ...RETRY, dueInMs: 48 * HOUR_MS })
    const { due_at, expires_at } = await readIntent(subject.id)
    expect(due_at).toBe(expires_at)
  })

  it('rolls back with the transaction it is part of', async () => {
    const subject = await dispatching()
    const client = await rows.postgres.pool.connect()
    const item: CloseAttempt = {
      intentId: subject.id,
      number: 1,
      outcome: 'accepted',
      httpStatus: null,
      error: null,
      wamid: `wamid.${subject.id}` as Wamid,
      next: { event: 'accept' },
    }
    try {
      await client.query('begin')
      await closeAttemptsOn(client, [item])
      await client.query('rollback')
    } finally {
      client.release()
    }
    expect((await readIntent(subject.id)).state).toBe('dispatching')
  })
})

describe('looking for attempts that nobody closes', () => {
  it('finds what is open for longer than the lease', async () => {
    const [old, young] = [await dispatching(), await dispatching()]
    await sql`update intents set state_at = now() - interval '1 minute' where id = ${old.id}::uuid`.execute(
      rows.postgres.db,
    )
    const found = await findStranded(rows.postgres.db, 30_000, 100)
    expect(found).toMatchObject([
      { intentId: old.id, number: 1, conversationId: old.conversationId, channelAlive: false },
    ])
    expect(found.map(({ intentId }) => intentId)).not.toContain(young.id)
  })

  it.each([
    ['before', false],
    ['after', true],
  ])('takes a webhook caused %s the attempt for what it proves', async (when, alive) => {
    const subject = await dispatching()
    await close(subject, 'in_doubt', DOUBT)
    await sql`
      insert into webhook_channels (phone_number_id, caused_at)
      values (${subject.sender}, now() + ${when === 'after' ? '1 second' : '-1 minute'}::interval)`.execute(
      rows.postgres.db,
    )
    await sql`update attempts set started_at = now() - interval '10 seconds' where intent_id = ${subject.id}::uuid`.execute(
      rows.postgres.db,
    )
    const found = await findDoubts(rows.postgres.db, 5_000, 100)
    expect(found.find(({ intentId }) => intentId === subject.id)).toMatchObject({ channelAlive: alive })
  })

  it('leaves a doubt alone within its grace', async () => {
    const subject = await dispatching()
    await close(subject, 'in_doubt', DOUBT)
    const found = await findDoubts(rows.postgres.db, 60_000, 100)
    expect(found.map(({ intentId }) => intentId)).not.toContain(subject.id)
  })
})
