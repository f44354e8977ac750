import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { managementIo } from '../../src/app/management-io.ts'
import { viewOfIntent } from '../../src/app/views/intent.ts'
import type { ConversationId, IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { HOUR_MS, plus, toIso } from '../../src/domain/time.ts'
import { getIntent, type IntentQuery, listIntents } from '../../src/usecases/read-intents.ts'
import { ANOTHER, CALLER, HERE } from '../support/access.ts'
import { fakeGraph } from '../support/management.ts'
import { createRows, type Rows } from '../support/rows.ts'

describe('reading intents', () => {
  let rows: Rows
  let io: ReturnType<typeof managementIo>['intents']
  let sender: PhoneNumberId
  let conversation: { id: ConversationId; waId: string }
  beforeAll(async () => {
    rows = await createRows()
    io = managementIo(rows.postgres, rows.senders, fakeGraph(), rows.optOuts).intents
    sender = await rows.linkSender()
    conversation = await rows.conversation(sender)
  })
  afterAll(() => rows.close())

  async function show(id: string) {
    const answer = await getIntent(io, HERE, id)
    if (!answer.ok) throw new Error(answer.refusal.message)
    return viewOfIntent(answer.value)
  }

  async function idsOf(query: Partial<IntentQuery>) {
    const answer = await listIntents(io, HERE, { limit: 100, ...query })
    if (!answer.ok) throw new Error(answer.refusal.message)
    return answer.value.data.map((intent) => intent.id)
  }

  describe('one', () => {
    it('shows what was asked', async () => {
      const metadata = { order: 17 }
      const id = await rows.intent(sender, conversation.id, { metadata, priority: 'transactional' })
      expect(await show(id)).toMatchObject({
        id,
        state: 'queued',
        reason: null,
        sender,
        to: { wa_id: conversation.waId, user_id: null },
        message: { type: 'text', text: { body: 'Hello' } },
        when_closed: 'hold',
        priority: 'transactional',
        delivery: 'at_least_once',
        metadata,
        sent_as: null,
        wamid: null,
        delivery_status: null,
        cost: null,
        attempts: [],
        decisions: [],
        follow_up: null,
        flow: null,
        follow_up_of: null,
      })
    })

    it('tells when it is looked at next: at its time, since its request left, never while held', async () => {
      const mine = await rows.conversation(sender)
      const sendAt = plus(await rows.now(), HOUR_MS)
      const id = await rows.intent(sender, mine.id, { sendAt, expiresAt: plus(sendAt, HOUR_MS) })
      expect((await show(id)).due_at).toBe(toIso(sendAt))
      await rows.hold(id)
      expect((await show(id)).due_at).toBeNull()
      const leaving = await rows.intent(sender, mine.id)
      await rows.page(sender)
      expect((await show(leaving)).due_at).toEqual(expect.any(String))
    })

    it('shows decisions with and without a call in the order they were made', async () => {
      const mine = await rows.conversation(sender)
      const id = await rows.intent(sender, mine.id)
      await rows.hold(id)
      await io.cancel(CALLER, id, { kind: 'cancel', reason: { code: 'by_request', text: '' }, facts: {} })
      await io.replay(CALLER, id, { kind: 'replay', reason: { code: 'by_request', text: '' }, facts: {} })
      await rows.attempt(sender, id, {
        event: 'fail',
        reason: { code: 'graph_refused', text: 'No.', graphCode: 131000 },
      })
      const view = await show(id)
      expect(view.decisions).toMatchObject([
        { kind: 'hold', reason: { code: 'awaiting_window' }, facts: { sender: 'active' } },
        { kind: 'cancel' },
        { kind: 'replay' },
        { kind: 'send', reason: { code: 'window_open' } },
      ])
      expect(view.reason).toEqual({ code: 'graph_refused', text: 'No.', graph_code: 131000 })
      expect(view.attempts).toMatchObject([{ id: `${id}.1`, outcome: 'refused' }])
    })

    it('shows what became of the message and what it cost', async () => {
      const mine = await rows.conversation(sender)
      const id = await rows.intent(sender, mine.id)
      await rows.attempt(sender, id, { event: 'accept' })
      await rows.postgres.db
        .updateTable('messages')
        .set({
          status: 'delivered',
          pricing: JSON.stringify({
            category: 'service',
            type: 'free_customer_service',
            billable: false,
            model: 'PMP',
          }),
        })
        .where('intent_id', '=', id)
        .execute()
      expect(await show(id)).toMatchObject({
        state: 'sent',
        sent_as: 'free_form',
        wamid: `wamid.${id}`,
        delivery_status: 'delivered',
        cost: { category: 'service', type: 'free_customer_service', billable: false },
      })
    })

    it('names the follow-up it waits for, and the follow-up names it', async () => {
      const mine = await rows.conversation(sender)
      const id = await rows.intent(sender, mine.id)
      const invitation = await rows.intent(sender, mine.id, { followUpOf: id })
      await rows.postgres.db.updateTable('intents').set({ follow_up_id: invitation }).where('id', '=', id).execute()
      expect((await show(id)).follow_up).toEqual({ id: invitation, state: 'scheduled' })
      expect((await show(invitation)).follow_up_of).toBe(id)
    })

    it('of another workspace is unknown', async () => {
      const id = await rows.intent(sender, conversation.id, { workspace: ANOTHER.workspace })
      expect(await getIntent(io, HERE, id)).toMatchObject({ ok: false, refusal: { status: 404 } })
    })
  })

  describe('many', () => {
    it('stand newest first, page by page, each once', async () => {
      const mine = await rows.linkSender()
      const { id: there } = await rows.conversation(mine)
      const ids: IntentId[] = []
      for (let i = 0; i < 5; i++) ids.push(await rows.intent(mine, there))
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await listIntents(io, HERE, { sender: mine, limit: 2, cursor })
        if (!page.ok) throw new Error(page.refusal.message)
        seen.push(...page.value.data.map((intent) => intent.id))
        cursor = page.value.next_cursor ?? undefined
      } while (cursor)
      expect(seen).toEqual(ids.toReversed())
    })

    it('in a state', async () => {
      const mine = await rows.linkSender()
      const { id: there } = await rows.conversation(mine)
      const held = await rows.intent(mine, there)
      await rows.hold(held)
      await rows.intent(mine, there)
      expect(await idsOf({ sender: mine, state: 'held' })).toEqual([held])
    })

    it.each([
      'scheduled',
      'queued',
      'dispatching',
      'held',
      'in_doubt',
      'sent',
      'failed',
      'expired',
      'cancelled',
      'suppressed',
    ])('in the state %s that nobody is in: none', async (state) => {
      expect(await idsOf({ sender: await rows.linkSender(), state })).toEqual([])
    })

    it('to a person, by any id of theirs', async () => {
      const mine = await rows.linkSender()
      const { id: there } = await rows.conversation(mine, '5511987650001')
      const id = await rows.intent(mine, there)
      expect(await idsOf({ to: '5511987650001' })).toEqual([id])
      expect(await idsOf({ to: '+551187650001' })).toEqual([id])
      expect(await idsOf({ to: '15550000009' })).toEqual([])
    })

    it('since an instant', async () => {
      const mine = await rows.linkSender()
      const { id: there } = await rows.conversation(mine)
      const id = await rows.intent(mine, there)
      const now = await rows.now()
      expect(await idsOf({ sender: mine, since: toIso(plus(now, -HOUR_MS)) })).toEqual([id])
      expect(await idsOf({ sender: mine, since: toIso(plus(now, HOUR_MS)) })).toEqual([])
    })

    it('of the own workspace only', async () => {
      const mine = await rows.linkSender()
      const { id: there } = await rows.conversation(mine)
      await rows.intent(mine, there, { workspace: ANOTHER.workspace })
      expect(await idsOf({ sender: mine })).toEqual([])
    })

    it.each([
      ['state', { state: 'lost' }],
      ['to', { to: 'Ana' }],
      ['since', { since: 'yesterday' }],
      ['cursor', { cursor: 'bm90IG91cnM' }],
      ['cursor', { cursor: Buffer.from('["x"]').toString('base64url') }],
    ])('are refused with a bad %s', async (field, query) => {
      const answer = await listIntents(io, HERE, { limit: 10, ...query })
      expect(answer).toMatchObject({ ok: false, refusal: { status: 400, field } })
    })
  })
})
