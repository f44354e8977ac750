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
import { readDispatchFacts } from '../../src/store/intents/dispatch-facts.ts'
import { findDoubts, findStranded } from '../../src/store/intents/doubts.ts'
import { cancelIntent } from '../../src/store/intents/operator-transitions.ts'
import type { AttemptOutcome } from '../../src/store/pg/schema.ts'
import { HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

const reason: Reason = { code: 'graph_transient', text: 'For the test.' }
const decision = { kind: 'send', reason, facts: {} }
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

async function queued(): Promise<Subject> {
  const subject = await scheduled()
  await rows.queue(subject.sender)
  return subject
}

async function dispatching(): Promise<Subject> {
  const subject = await scheduled()
  await rows.open(subject.sender, subject.id)
  return subject
}

const open = (id: IntentId, wake: number, store = attempts) =>
  store.open({ intentId: id, wake, sentAs: 'free_form', decision })

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
const readAttempts = (id: IntentId) =>
  rows.postgres.db.selectFrom('attempts').selectAll().where('intent_id', '=', id).orderBy('number').execute()

describe('the facts of a wake-up', () => {
  it('are read in the order asked, and null for a stale one', async () => {
    const [first, second] = [await queued(), await queued()]
    const claims = await readDispatchFacts(rows.postgres.pool, [
      { intentId: second.id, wake: 1 },
      { intentId: first.id, wake: 7 },
      { intentId: first.id, wake: 1 },
    ])
    expect(claims.map((claim) => claim?.intent.id ?? null)).toEqual([second.id, null, first.id])
  })

  it('are null once another worker has opened an attempt', async () => {
    const { id } = await queued()
    await open(id, 1)
    expect(await readDispatchFacts(rows.postgres.pool, [{ intentId: id, wake: 1 }])).toEqual([null])
  })

  it('carry the clock of the database', async () => {
    const { id } = await queued()
    const before = await rows.now()
    const [claim] = await readDispatchFacts(rows.postgres.pool, [{ intentId: id, wake: 1 }])
    expect(claim?.facts.now).toBeGreaterThanOrEqual(before)
    expect(claim?.facts.now).toBeLessThanOrEqual(await rows.now())
  })
})

describe('opening an attempt (P3)', () => {
  it('is won by one of two workers who hold the same wake-up', async () => {
    const { id } = await queued()
    const workers = Array.from({ length: 8 }, () => attemptStore(rows.postgres.pool))
    const opened = await Promise.all(workers.map((worker) => open(id, 1, worker)))
    expect(opened.filter((attempt) => attempt !== null)).toHaveLength(1)
    expect(await readAttempts(id)).toHaveLength(1)
  })

  it('is won once when the same wake-up stands twice in one batch', async () => {
    const { id } = await queued()
    const opened = await Promise.all([open(id, 1), open(id, 1)])
    expect(opened.filter((attempt) => attempt !== null).length).toBeLessThanOrEqual(2)
    expect(await readAttempts(id)).toHaveLength(1)
    expect((await readIntent(id)).attempts).toBe(1)
  })

  it.each([0, 2])('is refused to a wake-up of another time (%i)', async (wake) => {
    const { id } = await queued()
    expect(await open(id, wake)).toBeNull()
    expect((await readIntent(id)).state).toBe('queued')
  })

  it('is refused once the intent was cancelled', async () => {
    const { id } = await queued()
    const reason = { code: 'by_request' as const, text: 'Cancelled.' }
    await cancelIntent(rows.postgres.db, { ...HERE, id }, { kind: 'cancel', reason, facts: {} })
    expect(await open(id, 1)).toBeNull()
    expect(await readAttempts(id)).toEqual([])
  })

  describe('whose answer was lost', () => {
    const opening = randomUUID()

    it('is taken back as not sent, due again, and spends no try', async () => {
      const { id } = await queued()
      await attempts.open({ intentId: id, wake: 1, sentAs: 'free_form', decision, opening })
      expect(await attempts.takeBack({ intentId: id, opening })).toBe(true)
      expect(await readIntent(id)).toMatchObject({ state: 'scheduled', has_turn: true, retries: 0 })
      expect(await readAttempts(id)).toMatchObject([{ outcome: 'unreachable', error: { why: 'not_sent' } }])
    })

    it('is nobody else to take back', async () => {
      const { id } = await queued()
      await attempts.open({ intentId: id, wake: 1, sentAs: 'free_form', decision, opening: randomUUID() })
      expect(await attempts.takeBack({ intentId: id, opening: randomUUID() })).toBe(false)
      expect((await readIntent(id)).state).toBe('dispatching')
    })

    it('is taken back although it became a doubt meanwhile, unless the intent went on without it', async () => {
      const subject = await queued()
      const { id } = subject
      await attempts.open({ intentId: id, wake: 1, sentAs: 'free_form', decision, opening })
      await close(subject, 'in_doubt', DOUBT)
      expect(await attempts.takeBack({ intentId: id, opening })).toBe(true)
      expect((await readIntent(id)).state).toBe('scheduled')
    })

    it('stays what a status has proved it to be', async () => {
      const subject = await queued()
      await attempts.open({ intentId: subject.id, wake: 1, sentAs: 'free_form', decision, opening })
      await close(subject, 'accepted', { event: 'accept' })
      expect(await attempts.takeBack({ intentId: subject.id, opening })).toBe(false)
      expect((await readIntent(subject.id)).state).toBe('sent')
    })
  })

  it('stands on record before the request leaves, with the number that travels', async () => {
    const { id } = await queued()
    const opened = await open(id, 1)
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
    await rows.queue(sender)
    const before = await rows.now()
    await Promise.all(ids.map((id) => open(id, 1)))
    const { empties_at } = await rows.postgres.db
      .selectFrom('pair_buckets')
      .select('empties_at')
      .where('conversation_id', '=', conversation)
      .executeTakeFirstOrThrow()
    const paid = empties_at - before
    expect(paid).toBeGreaterThanOrEqual(3 * PAIR_REFILL_MS)
    expect(paid).toBeLessThan(3 * PAIR_REFILL_MS + 5_000)
  })

  it('answers the others when one item of the batch cannot be stored', async () => {
    const [good, poison] = [await queued(), await queued()]
    const broken = attempts.open({ intentId: poison.id, wake: 1, sentAs: 'pigeon' as never, decision })
    const [opened, failure] = await Promise.allSettled([open(good.id, 1), broken])
    expect(opened).toMatchObject({ status: 'fulfilled', value: { number: 1 } })
    expect(failure.status).toBe('rejected')
    expect((await readIntent(poison.id)).state).toBe('queued')
  })
})

describe('closing an attempt', () => {
  it('records the message that was accepted', async () => {
    const subject = await dispatching()
    expect(await close(subject, 'accepted', { event: 'accept' })).toBe(true)
    expect(await readIntent(subject.id)).toMatchObject({ state: 'sent', wamid: `wamid.${subject.id}`, has_turn: false })
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
    expect(await readIntent(subject.id)).toMatchObject({ state: 'in_doubt', has_turn: true })
    expect(await close(subject, 'in_doubt', RETRY)).toBe(true)
    expect(await readIntent(subject.id)).toMatchObject({ state: 'scheduled', has_turn: true, doubted_at: null })
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
    await rows.queue(subject.sender)
    expect(await close(subject, 'accepted', { event: 'accept' })).toBe(true)
    expect(await open(subject.id, 2)).toBeNull()
    expect((await readIntent(subject.id)).state).toBe('sent')
  })

  it('leaves the turn to the next when the doubt need not be sent again', async () => {
    const subject = await dispatching()
    await close(subject, 'in_doubt', { ...DOUBT, keepsTurn: false })
    expect(await readIntent(subject.id)).toMatchObject({ state: 'in_doubt', has_turn: false })
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
