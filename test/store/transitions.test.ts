import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConversationId, IntentId, PhoneNumberId, Wamid } from '../../src/domain/ids.ts'
import type { Reason } from '../../src/domain/intent.ts'
import {
  INTENT_EVENTS,
  INTENT_STATES,
  type IntentEvent,
  type IntentState,
  isOver,
  LIFECYCLE,
} from '../../src/domain/lifecycle.ts'
import { plus } from '../../src/domain/time.ts'
import { FOR_WINDOW } from '../../src/domain/wait.ts'
import { type AttemptConsequence, type AttemptStore, attemptStore } from '../../src/store/intents/attempts.ts'
import { afterFailedDelivery } from '../../src/store/intents/failed-delivery.ts'
import { type IntentTransitions, intentTransitions } from '../../src/store/intents/intents.ts'
import { cancelIntent, replayIntent } from '../../src/store/intents/operator-transitions.ts'
import { cancelByIds, expireIntents, releaseByIds } from '../../src/store/intents/waiting.ts'
import { beginReading } from '../../src/store/outbox/outbox.ts'
import type { AttemptOutcome } from '../../src/store/pg/schema.ts'
import { HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { STANDING } from '../support/standing.ts'

const reason: Reason = { code: 'graph_refused', text: 'For the test.' }
const decision = { kind: 'test', reason, facts: {} }
const WAMID = (id: IntentId) => `wamid.${id}` as Wamid

interface Subject {
  id: IntentId
  sender: PhoneNumberId
  conversationId: ConversationId
}

let rows: Rows
let transitions: IntentTransitions
let attempts: AttemptStore

beforeAll(async () => {
  rows = await createRows()
  await beginReading(rows.postgres, randomUUID(), ['intent'])
  transitions = intentTransitions(rows.postgres.pool, 0)
  attempts = attemptStore(rows.postgres.pool)
})
afterAll(() => rows.close())

async function put(state: IntentState): Promise<Subject> {
  const sender = await rows.linkSender()
  const { id: conversationId } = await rows.conversation(sender)
  const id = await rows.intent(sender, conversationId)
  await sql`
    insert into attempts (intent_id, number, sent_as, decision) values (${id}::uuid, 1, 'free_form', '{}'::jsonb)`.execute(
    rows.postgres.db,
  )
  await sql`
    insert into messages (wamid, intent_id, attempt, conversation_id, status)
    values (${WAMID(id)}, ${id}::uuid, 1, ${conversationId}::bigint, 'failed')`.execute(rows.postgres.db)
  await sql`
    update intents set state = ${state}, attempts = 1, wamid = ${WAMID(id)}, ${sql.raw(STANDING[state])}
    where id = ${id}::uuid`.execute(rows.postgres.db)
  return { id, sender, conversationId }
}

async function read(id: IntentId) {
  return rows.postgres.db.selectFrom('intents').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

function close({ id }: Subject, outcome: AttemptOutcome, next: AttemptConsequence): Promise<boolean> {
  const wamid = outcome === 'accepted' ? WAMID(id) : null
  return attempts.close({ intentId: id, number: 1, outcome, httpStatus: 200, error: null, wamid, next })
}

/** Every way the store has to apply an event; each answers whether it won. */
const APPLY: Record<IntentEvent, ((subject: Subject) => Promise<boolean>)[]> = {
  open: [
    async ({ id, sender }) =>
      rows.open(sender, id).then(
        () => true,
        () => false,
      ),
  ],
  hold: [
    ({ id }) => transitions.hold(id, FOR_WINDOW, decision),
    (subject) => close(subject, 'refused', { event: 'hold', wait: FOR_WINDOW, reason }),
  ],
  release: [
    async ({ id }) => {
      const before = await read(id)
      await releaseByIds(rows.postgres.db, [id])
      return (await read(id)).state !== before.state
    },
  ],
  defer: [async ({ id }) => transitions.defer(id, plus(await rows.now(), 1_000), true, decision)],
  retry: [
    (subject) =>
      close(subject, 'refused', { event: 'retry', dueInMs: 10, keepsTurn: true, reason, countsAsRetry: true }),
  ],
  accept: [(subject) => close(subject, 'accepted', { event: 'accept' })],
  doubt: [
    (subject) =>
      close(subject, 'in_doubt', { event: 'doubt', keepsTurn: true, reason: { code: 'in_doubt', text: '?' } }),
  ],
  fail: [
    ({ id }) => transitions.close(id, 'fail', decision),
    (subject) => close(subject, 'refused', { event: 'fail', reason }),
  ],
  expire: [({ id }) => transitions.close(id, 'expire', decision)],
  suppress: [
    ({ id }) => transitions.close(id, 'suppress', decision),
    (subject) => close(subject, 'refused', { event: 'suppress', reason }),
  ],
  cancel: [
    async ({ id }) => (await cancelIntent(rows.postgres.db, { ...HERE, id }, decision)) === 'cancelled',
    async ({ id }) => {
      const before = await read(id)
      await cancelByIds(rows.postgres.db, [id], reason)
      return (await read(id)).state !== before.state
    },
  ],
  fail_delivery: [
    ({ id }) => afterFailedDelivery(rows.postgres.db, { intentId: id, wamid: WAMID(id), reason, again: null }),
  ],
  reopen: [
    ({ id }) =>
      afterFailedDelivery(rows.postgres.db, {
        intentId: id,
        wamid: WAMID(id),
        reason,
        again: { dueInMs: 0, countsAsRetry: false },
      }),
  ],
  replay: [({ id }) => replayIntent(rows.postgres.db, { ...HERE, id }, decision)],
}

/** The first way of these is a verdict's, which moves only what no attempt was made of since it was read. */
const VERDICTS: ReadonlySet<IntentEvent> = new Set(['hold', 'fail', 'expire', 'suppress'])

describe.each(INTENT_EVENTS)('the event %s', (event) => {
  const cells = APPLY[event].flatMap((apply, way) => INTENT_STATES.map((state) => ({ state, way: way + 1, apply })))

  it.each(cells)('moves what is $state as the lifecycle says (way $way)', async ({ state, way, apply }) => {
    const subject = await put(state)
    const byVerdict = way === 1 && VERDICTS.has(event) && state !== 'scheduled'
    const target = byVerdict ? null : LIFECYCLE[state][event]
    expect(await apply(subject)).toBe(target !== null)
    const after = await read(subject.id)
    expect(after.state).toBe(target ?? state)
    if (isOver(after.state)) expect(after).toMatchObject({ due_at: null, waits_kind: null, doubted_at: null })
  })
})

describe('transitions', () => {
  it('win once when the same event comes twice at once', async () => {
    const { id } = await put('scheduled')
    const won = await Promise.all(
      [1, 2, 3].map(() => intentTransitions(rows.postgres.pool, 0).close(id, 'fail', decision)),
    )
    expect(won.filter(Boolean)).toHaveLength(1)
  })

  it('of a verdict lose once an attempt is open', async () => {
    const { id } = await put('dispatching')
    expect(await transitions.close(id, 'fail', decision)).toBe(false)
    expect(await transitions.defer(id, plus(await rows.now(), 1_000), true, decision)).toBe(false)
    expect(await transitions.hold(id, FOR_WINDOW, decision)).toBe(false)
    expect((await read(id)).state).toBe('dispatching')
  })

  it('leave a decision when they won and none when they lost', async () => {
    const won = await put('scheduled')
    const lost = await put('sent')
    await transitions.hold(won.id, FOR_WINDOW, decision)
    await transitions.hold(lost.id, FOR_WINDOW, decision)
    const { rows: notes } = await sql<{ id: string }>`
      select intent_id as id from decisions where intent_id in (${won.id}::uuid, ${lost.id}::uuid)`.execute(
      rows.postgres.db,
    )
    expect(notes.map((note) => note.id)).toEqual([won.id])
  })

  it('answer in the order asked when they share a statement', async () => {
    const subjects = await Promise.all((['scheduled', 'sent', 'held', 'failed', 'scheduled'] as const).map(put))
    const won = await Promise.all(subjects.map(({ id }) => transitions.close(id, 'fail', decision)))
    expect(won).toEqual([true, false, false, false, true])
  })

  it('never put an intent off beyond its end', async () => {
    const { id } = await put('scheduled')
    const { expires_at } = await read(id)
    await transitions.defer(id, plus(expires_at, 1_000), false, decision)
    expect(await read(id)).toMatchObject({ state: 'scheduled', due_at: expires_at })
  })

  it('tell nobody where nobody listens, and write nothing for that', async () => {
    const { rows: readers } = await sql<{ id: string }>`delete from news_readers returning id`.execute(rows.postgres.db)
    try {
      const { id, sender } = await put('scheduled')
      await rows.attempt(sender, id, { event: 'fail', reason })
      const { rows: news } = await sql`select from outbox where subject = ${id}`.execute(rows.postgres.db)
      expect(news).toEqual([])
    } finally {
      for (const { id } of readers)
        await sql`insert into news_readers (id, topics) values (${id}, '{intent}')`.execute(rows.postgres.db)
    }
  })

  it('tell where an intent came to rest, and not that it is on its way', async () => {
    const { id, sender } = await put('scheduled')
    await rows.open(sender, id)
    await attempts.close({
      intentId: id,
      number: 2,
      outcome: 'refused',
      httpStatus: 400,
      error: null,
      wamid: null,
      next: { event: 'fail', reason },
    })
    const { rows: news } = await sql<{ kind: string; payload: unknown }>`
      select kind, payload from outbox where subject = ${id} order by id`.execute(rows.postgres.db)
    expect(news).toEqual([
      { kind: 'intent.scheduled', payload: { state: 'scheduled' } },
      { kind: 'intent.failed', payload: { state: 'failed', reason: 'graph_refused' } },
    ])
  })
})

describe('the end of a held intent', () => {
  it('comes when its time is over, and says so', async () => {
    const over = await put('held')
    const waiting = await put('held')
    await sql`
      update intents set send_at = now() - interval '2 hours', expires_at = now() - interval '1 hour', reason_text = 'Waits.'
      where id = ${over.id}::uuid`.execute(rows.postgres.db)
    await expireIntents(rows.postgres.db, 100)
    expect(await read(over.id)).toMatchObject({
      state: 'expired',
      reason_code: 'expired',
      reason_text: 'Its time was over. Waits.',
    })
    expect((await read(waiting.id)).state).toBe('held')
  })
})
