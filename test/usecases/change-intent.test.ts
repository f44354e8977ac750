import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { changeIntentOn } from '../../src/app/changing.ts'
import type { ConversationId, IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { intentPatchSchema } from '../../src/domain/request.ts'
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, plus, toIso } from '../../src/domain/time.ts'
import type { IntentRecord } from '../../src/store/intents/enqueue.ts'
import { CALLER, STRANGER } from '../support/access.ts'
import { SETTINGS } from '../support/builders.ts'
import { createRows, type Rows } from '../support/rows.ts'

let rows: Rows
let sender: PhoneNumberId
let conversation: ConversationId

beforeAll(async () => {
  rows = await createRows()
})
beforeEach(async () => {
  sender = await rows.linkSender()
  conversation = (await rows.conversation(sender)).id
})
afterAll(() => rows.close())

const read = (id: IntentId) =>
  rows.postgres.db.selectFrom('intents').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const make = (given: Partial<IntentRecord> = {}) => rows.intent(sender, conversation, given)
const patch = (id: string, given: object, caller = CALLER) =>
  changeIntentOn(rows.postgres, SETTINGS, caller, id, intentPatchSchema.parse(given))
const later = async (ms = HOUR_MS) => plus(await rows.now(), ms)
const text = (body: string) => ({ type: 'text' as const, text: { body } })
const reason = { code: 'graph_transient' as const, text: 'Again.' }

describe('a message that has not left', () => {
  it('gets another content, time and policy, once, with a line in its history and one in the audit log', async () => {
    const at = await later()
    const id = await make({ sendAt: at, expiresAt: plus(at, 7 * DAY_MS) })
    const to = plus(at, 8 * DAY_MS)
    const change = { message: text('Other'), send_at: toIso(to), when_closed: 'fail', metadata: { a: 1 } }
    expect(await patch(id, change)).toMatchObject({ ok: true })
    expect(await read(id)).toMatchObject({
      message: text('Other'),
      send_at: to,
      due_at: to,
      expires_at: plus(to, 7 * DAY_MS),
      when_closed: 'fail',
      metadata: { a: 1 },
    })
    expect(await patch(id, change)).toMatchObject({ ok: true, value: { members: [] } })
    const { rows: lines } = await sql<{
      facts: object
    }>`select facts from decisions where intent_id = ${id}::uuid`.execute(rows.postgres.db)
    expect(lines).toMatchObject([
      { facts: { members: ['message', 'when_closed', 'metadata', 'send_at', 'expires_at'] } },
    ])
    const { rows: deeds } =
      await sql`select from audit_events where action = 'intent.change' and object_id = ${id}`.execute(rows.postgres.db)
    expect(deeds).toHaveLength(2)
  })

  it('that was put off is never pulled before that', async () => {
    const id = await make()
    await rows.attempt(sender, id, {
      event: 'retry',
      dueInMs: 30 * MINUTE_MS,
      keepsTurn: true,
      reason,
      countsAsRetry: true,
    })
    const { due_at: due } = await read(id)
    await patch(id, { send_at: null })
    expect((await read(id)).due_at).toBe(due)
    await patch(id, { send_at: toIso(await later(5 * MINUTE_MS)) })
    expect((await read(id)).due_at).toBe(due)
    const to = await later(2 * DAY_MS)
    await patch(id, { send_at: toIso(to), expires_at: toIso(plus(to, HOUR_MS)) })
    expect((await read(id)).due_at).toBe(to)
    const turns = await rows.postgres.db.selectFrom('turns').selectAll().where('intent_id', '=', id).execute()
    expect(turns).toEqual([])
  })

  it('keeps an end of its own, which may be in the way', async () => {
    const at = await later()
    const id = await make({ sendAt: at, expiresAt: plus(at, HOUR_MS) })
    const to = toIso(plus(at, 2 * HOUR_MS))
    expect(await patch(id, { send_at: to })).toMatchObject({ ok: false, refusal: { status: 400, field: 'expires_at' } })
    expect(await patch(id, { send_at: to, expires_at: null })).toMatchObject({ ok: true })
    expect(await patch(id, { expires_at: toIso(at) })).toMatchObject({ ok: false, refusal: { field: 'expires_at' } })
  })

  it('moves before the close, and no more once it has an instant', async () => {
    await sql`update conversations set window_opened_at = casement_now(), last_inbound_at = casement_now() where id = ${conversation}::bigint`.execute(
      rows.postgres.db,
    )
    const at = await later()
    const id = await make({ sendAt: at, expiresAt: plus(at, 7 * DAY_MS) })
    await patch(id, { send_at: 'before_close' })
    expect(await read(id)).toMatchObject({ schedule: { sendAt: 'before_close' } })
    expect((await read(id)).due_at).toBeGreaterThan(plus(at, 20 * HOUR_MS))
    await patch(id, { send_at: toIso(at) })
    expect(await read(id)).toMatchObject({ schedule: null, due_at: at })
  })

  it('is checked as a new one', async () => {
    const id = await make()
    const cases = { cancel_on: ['reply'], when_closed: { follow_up: { name: 'ask', language: 'en' } } }
    expect(await patch(id, cases)).toMatchObject({ ok: false, refusal: { field: 'cancel_on' } })
    expect(await patch(id, { send_at: toIso(await later(400 * DAY_MS)), expires_at: null })).toMatchObject({
      refusal: { field: 'send_at' },
    })
    expect(intentPatchSchema.safeParse({ to: '+1' }).success).toBe(false)
  })

  const ASKS = { follow_up: { name: 'ask', language: 'en' } }
  const template = (name: string) => ({ type: 'template', template: { name, language: { code: 'en' } } }) as const
  /** Held behind an invitation that has not left. */
  async function invited() {
    const id = await make({ whenClosed: ASKS })
    const invitation = await make({ message: template('ask'), followUpOf: id, priority: 'follow_up' })
    await sql`update conversations set follow_up_id = ${invitation}::uuid, last_follow_up_at = casement_now()
      where id = ${conversation}::bigint`.execute(rows.postgres.db)
    await behind(invitation, id)
    return { id, invitation }
  }
  async function behind(invitation: IntentId, id: IntentId) {
    await rows.hold(id, { kind: 'answer' })
    await sql`update intents set follow_up_id = ${invitation}::uuid where id = ${id}::uuid`.execute(rows.postgres.db)
  }
  const asked = () =>
    rows.postgres.db
      .selectFrom('conversations')
      .select(['follow_up_id', 'last_follow_up_at'])
      .where('id', '=', conversation)
      .executeTakeFirstOrThrow()

  it('that is held is decided anew at its new time, and its invitation stays here', async () => {
    const { id, invitation } = await invited()
    await patch(id, { priority: 'transactional' })
    expect((await read(id)).state).toBe('held')
    const to = await later(30 * MINUTE_MS)
    await patch(id, { send_at: toIso(to) })
    expect(await read(id)).toMatchObject({ state: 'scheduled', due_at: to, reason_code: null })
    expect((await read(invitation)).state).toBe('cancelled')
    expect(await patch(invitation, { priority: 'reply' })).toMatchObject({ refusal: { status: 409 } })
  })

  it.each([
    ['another policy', { when_closed: 'fail' }],
    ['another template to ask with', { when_closed: { follow_up: { name: 'other', language: 'en' } } }],
    ['a template for its content, which needs no answer', { message: template('other') }],
  ])('that is held gets %s, and its invitation of before stays here', async (_what, change) => {
    const { id, invitation } = await invited()
    expect(await patch(id, change)).toMatchObject({ ok: true })
    expect((await read(id)).state).toBe('scheduled')
    expect((await read(invitation)).state).toBe('cancelled')
    // Nobody was asked, so it may ask by its new policy.
    expect(await asked()).toEqual({ follow_up_id: null, last_follow_up_at: null })
    expect(await rows.page(sender)).not.toContain(invitation)
  })

  it('that is held gets other words, and the same invitation still asks', async () => {
    const { id, invitation } = await invited()
    await patch(id, { message: text('Other') })
    expect((await read(invitation)).state).toBe('scheduled')
    expect(await asked()).toMatchObject({ follow_up_id: invitation })
  })

  it('that is held leaves its invitation to whoever else waits for it', async () => {
    const { id, invitation } = await invited()
    await behind(invitation, await make({ whenClosed: ASKS }))
    await patch(id, { when_closed: 'fail' })
    expect((await read(invitation)).state).toBe('scheduled')
  })

  it('that is held cannot call back an invitation that is leaving', async () => {
    const { id, invitation } = await invited()
    await rows.open(sender, invitation)
    await patch(id, { when_closed: 'fail' })
    expect((await read(invitation)).state).toBe('dispatching')
    expect(await asked()).toMatchObject({ follow_up_id: invitation })
  })
})

describe('a message that has left, or is over', () => {
  it.each([
    ['dispatching', null],
    ['sent', { event: 'accept' as const }],
    ['failed', { event: 'fail' as const, reason: { code: 'graph_refused' as const, text: 'No.' } }],
    ['in_doubt', { event: 'doubt' as const, keepsTurn: true, reason: { code: 'in_doubt' as const, text: 'Lost.' } }],
  ])('is not changed: %s', async (state, next) => {
    const id = await make()
    if (next) await rows.attempt(sender, id, next)
    else await rows.open(sender, id)
    expect(await patch(id, { message: text('Other') })).toMatchObject({
      ok: false,
      refusal: { status: 409, code: 'wrong_state', message: expect.stringContaining(state) },
    })
  })

  it('does not exist for who cannot see it', async () => {
    expect(await patch(await make(), {}, STRANGER)).toMatchObject({ refusal: { status: 404 } })
    expect(await patch('nonsense', {})).toMatchObject({ refusal: { status: 404 } })
  })
})

it('changed while a page has it in hand does not leave as it was', async () => {
  const id = await make()
  const { claimHeads, lookAt } = await import('../../src/store/intents/claim.ts')
  const { openPage } = await import('../../src/store/intents/open-page.ts')
  const client = await rows.postgres.pool.connect()
  try {
    await client.query('insert into number_pace (phone_number_id) values ($1) on conflict do nothing', [sender])
    await client.query('begin')
    const [look] = await lookAt(client, [sender], [true])
    const heads = await claimHeads(client, [{ sender, look: 10 }], 10, [])
    expect(heads.map((head) => head.intent.id)).toEqual([id])
    await patch(id, { message: text('Other') })
    const decision = { kind: 'send', reason: { code: 'window_open' as const, text: 'Open.' }, facts: {} }
    const items = heads.map(({ recipient: { conversationId } }) => ({
      intentId: id,
      conversationId,
      sentAs: 'free_form' as const,
      decision,
    }))
    const { opened } = await openPage(client, items, [look?.locked as never])
    expect(opened).toEqual([null])
    await client.query('commit')
  } finally {
    client.release()
  }
  expect(await rows.page(sender)).toEqual([id])
})

it('a verdict about what it was is not written', async () => {
  const id = await make()
  const before = toIso(plus(await rows.now(), -1 as number) as Instant)
  await patch(id, { message: text('Other') })
  const { intentTransitions } = await import('../../src/store/intents/intents.ts')
  const verdict = { kind: 'fail', reason: { code: 'window_closed' as const, text: 'Closed.' }, facts: { now: before } }
  expect(await intentTransitions(rows.postgres.pool, 0).close(id, 'fail', verdict)).toBe(false)
  expect((await read(id)).state).toBe('scheduled')
})
