import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { managementIo } from '../../src/app/management-io.ts'
import { viewOfConversation, viewOfExplained } from '../../src/app/views/conversation.ts'
import type { Message } from '../../src/domain/content.ts'
import type { ConversationId, PhoneNumberId, Wamid } from '../../src/domain/ids.ts'
import { HOUR_MS, type Instant, MINUTE_MS, plus, toDate, toIso } from '../../src/domain/time.ts'
import { insertInbound, saveFreeEntryPoint, saveWindow } from '../../src/store/conversations/conversations.ts'
import { encodeCursor } from '../../src/usecases/paging.ts'
import { type ConversationQuery, getConversation, listConversations } from '../../src/usecases/read-conversations.ts'
import { HERE } from '../support/access.ts'
import { fakeGraph } from '../support/management.ts'
import { createRows, type Rows } from '../support/rows.ts'

describe('reading conversations', () => {
  let rows: Rows
  let io: ReturnType<typeof managementIo>['conversations']
  let sender: PhoneNumberId
  beforeAll(async () => {
    rows = await createRows()
    io = managementIo(rows.postgres, rows.senders, fakeGraph(), rows.optOuts).conversations
    sender = await rows.linkSender()
  })
  afterAll(() => rows.close())

  async function show(contact: string, of: PhoneNumberId = sender) {
    const answer = await getConversation(io, HERE, of, contact)
    if (!answer.ok) throw new Error(answer.refusal.message)
    const { conversation, messages, waiting } = answer.value
    return {
      ...viewOfConversation(conversation, 30_000),
      messages: messages.map(viewOfExplained),
      waiting: waiting.map((intent) => intent.id),
    }
  }

  async function wrote(
    conversation: ConversationId,
    at: Instant,
    body: Record<string, unknown> = { text: { body: 'Hi' } },
  ) {
    const { db } = rows.postgres
    await saveWindow(db, conversation, { openedAt: at, lastInboundAt: at, refutedAt: null })
    const wamid = `wamid.in.${rows.digits()}` as Wamid
    await insertInbound(db, { wamid, conversationId: conversation, type: Object.keys(body)[0] as string, at, body })
    return wamid
  }

  async function contactsOf(query: Partial<ConversationQuery>) {
    const answer = await listConversations(io, HERE, { limit: 100, ...query })
    if (!answer.ok) throw new Error(answer.refusal.message)
    return answer.value.data.map((conversation) => conversation.contact.wa_id)
  }

  describe('the customer service window', () => {
    it('is closed and without an end when the contact never wrote', async () => {
      const { waId } = await rows.conversation(sender)
      expect((await show(waId)).customer_service_window).toEqual({ open: false, opened_at: null, expires_at: null })
    })

    it('is open for 24 hours after the contact wrote', async () => {
      const { id, waId } = await rows.conversation(sender)
      const at = plus(await rows.now(), -HOUR_MS)
      await wrote(id, at)
      expect((await show(waId)).customer_service_window).toEqual({
        open: true,
        opened_at: toIso(at),
        expires_at: toIso(plus(at, 24 * HOUR_MS)),
      })
    })

    it('keeps its end after it closed', async () => {
      const { id, waId } = await rows.conversation(sender)
      const at = plus(await rows.now(), -25 * HOUR_MS)
      await wrote(id, at)
      expect((await show(waId)).customer_service_window).toMatchObject({
        open: false,
        expires_at: toIso(plus(at, 24 * HOUR_MS)),
      })
    })
  })

  it('shows a free entry point that was not answered in time as none', async () => {
    const { id, waId } = await rows.conversation(sender)
    const enteredAt = plus(await rows.now(), -25 * HOUR_MS)
    const entry = { state: 'possible', enteredAt, openedAt: null, expiresAt: null, metaConversationId: null } as const
    await saveFreeEntryPoint(rows.postgres.db, id, entry)
    expect((await show(waId)).free_entry_point).toEqual({
      state: 'none',
      open: false,
      entered_at: toIso(enteredAt),
      reply_by: toIso(plus(enteredAt, 24 * HOUR_MS)),
      opened_at: null,
      expires_at: null,
    })
  })

  it('shows as much as fits into its bytes, and one of each at least', async () => {
    const { id, waId } = await rows.conversation(sender)
    const now = await rows.now()
    const large = 'x'.repeat(900_000)
    const [, second, newest] = [
      await wrote(id, plus(now, -3 * MINUTE_MS), { text: { body: large } }),
      await wrote(id, plus(now, -2 * MINUTE_MS), { text: { body: large } }),
      await wrote(id, plus(now, -MINUTE_MS), { text: { body: large } }),
    ]
    const message = { type: 'text', text: { body: 'Hi' }, more: 'x'.repeat(2_500_000) } as Message
    const first = await rows.intent(sender, id, { message })
    await rows.intent(sender, id)
    const shown = await show(waId)
    expect(shown.messages.map(({ wamid }) => wamid)).toEqual([newest, second])
    expect(shown.waiting).toEqual([first])
  })

  it.each([Number.MAX_SAFE_INTEGER, -1, 8.64e15 + 1, 0.5])('refuses a cursor at %s', async (at) => {
    const answer = await listConversations(io, HERE, { limit: 1, cursor: encodeCursor([at, '1']) })
    expect(answer).toMatchObject({ ok: false, refusal: { status: 400, field: 'cursor' } })
  })

  it.each([0, 8.64e15])('takes a cursor at %s', async (at) => {
    expect((await listConversations(io, HERE, { limit: 1, cursor: encodeCursor([at, '1']) })).ok).toBe(true)
  })

  it('merges both sides, newest first', async () => {
    const { id, waId } = await rows.conversation(sender)
    const now = await rows.now()
    const question = await wrote(id, plus(now, -2 * MINUTE_MS))
    const intent = await rows.intent(sender, id)
    await rows.attempt(sender, intent, { event: 'accept' })
    await rows.postgres.db
      .updateTable('messages')
      .set({ accepted_at: toDate(plus(now, -MINUTE_MS)), sent_at: toDate(plus(now, -MINUTE_MS)), status: 'read' })
      .where('intent_id', '=', intent)
      .execute()
    const tap = await wrote(id, now, { button: { text: 'Yes', payload: 'YES' } })
    expect((await show(waId)).messages).toMatchObject([
      { direction: 'inbound', wamid: tap, type: 'button', text: 'Yes', status: null, intent_id: null },
      {
        direction: 'outbound',
        wamid: `wamid.${intent}`,
        type: 'text',
        text: 'Hello',
        status: 'read',
        intent_id: intent,
      },
      { direction: 'inbound', wamid: question, type: 'text', text: 'Hi' },
    ])
  })

  it('shows the template that went in place of a message, and not the message', async () => {
    const { id, waId } = await rows.conversation(sender)
    const intent = await rows.intent(sender, id)
    await rows.attempt(sender, intent, { event: 'accept' })
    const { db } = rows.postgres
    await db.updateTable('messages').set({ sent_as: 'template' }).where('intent_id', '=', intent).execute()
    const decision = JSON.stringify({ kind: 'downgrade', reason: {}, facts: { template: 'keep_helping' } })
    await db.updateTable('attempts').set({ decision }).where('intent_id', '=', intent).execute()
    expect((await show(waId)).messages).toMatchObject([
      { type: 'template', template: 'keep_helping', text: null, body: null },
    ])
  })

  it('shows 50 messages at most', async () => {
    const { id, waId } = await rows.conversation(sender)
    const now = await rows.now()
    for (let i = 0; i < 51; i++) await wrote(id, plus(now, -i * MINUTE_MS))
    expect((await show(waId)).messages).toHaveLength(50)
  })

  it('shows what waits, in the order it will leave', async () => {
    const { id, waId } = await rows.conversation(sender)
    const first = await rows.intent(sender, id)
    await rows.hold(first)
    const second = await rows.intent(sender, id)
    const over = await rows.intent(sender, id)
    await rows.hold(over)
    await rows.postgres.db
      .updateTable('intents')
      .set({ state: 'cancelled', reason_code: 'declined', waits_kind: null })
      .where('id', '=', over)
      .execute()
    expect((await show(waId)).waiting).toEqual([first, second])
  })

  it('finds a Brazilian by either spelling of the number', async () => {
    const { waId } = await rows.conversation(sender, '5511987651111')
    expect((await show('551187651111')).contact.wa_id).toBe(waId)
  })

  it.each(['15550009999', 'BR.unknown1', 'Ana'])('knows no conversation with %s', async (contact) => {
    expect(await getConversation(io, HERE, sender, contact)).toMatchObject({ ok: false, refusal: { status: 404 } })
  })

  it('knows no conversation of another sender', async () => {
    const { waId } = await rows.conversation(sender)
    const other = await rows.linkSender()
    expect(await getConversation(io, HERE, other, waId)).toMatchObject({ ok: false, refusal: { status: 404 } })
  })

  describe('the list', () => {
    it('has those who wrote last first and those who never wrote after them, page by page, each once', async () => {
      const mine = await rows.linkSender()
      const now = await rows.now()
      const [silent, older, newer, alsoSilent] = [
        await rows.conversation(mine),
        await rows.conversation(mine),
        await rows.conversation(mine),
        await rows.conversation(mine),
      ]
      await wrote(older.id, plus(now, -30 * HOUR_MS))
      await wrote(newer.id, plus(now, -HOUR_MS))
      const seen: (string | null)[] = []
      let cursor: string | undefined
      do {
        const page = await listConversations(io, HERE, { sender: mine, limit: 1, cursor })
        if (!page.ok) throw new Error(page.refusal.message)
        seen.push(...page.value.data.map((conversation) => conversation.contact.wa_id))
        cursor = page.value.next_cursor ?? undefined
      } while (cursor)
      expect(seen).toEqual([newer.waId, older.waId, alsoSilent.waId, silent.waId])
    })

    it('separates open from closed windows', async () => {
      const mine = await rows.linkSender()
      const now = await rows.now()
      const [open, closed, refuted, silent] = [
        await rows.conversation(mine),
        await rows.conversation(mine),
        await rows.conversation(mine),
        await rows.conversation(mine),
      ]
      await wrote(open.id, plus(now, -HOUR_MS))
      await wrote(closed.id, plus(now, -25 * HOUR_MS))
      const at = plus(now, -2 * HOUR_MS)
      await saveWindow(rows.postgres.db, refuted.id, {
        openedAt: at,
        lastInboundAt: at,
        refutedAt: plus(now, -HOUR_MS),
      })
      expect(await contactsOf({ sender: mine, open: true })).toEqual([open.waId])
      expect(await contactsOf({ sender: mine, open: false })).toEqual([refuted.waId, closed.waId, silent.waId])
    })

    it('finds people by name, username and number', async () => {
      const mine = await rows.linkSender()
      const ana = await rows.conversation(mine)
      await rows.conversation(mine)
      await rows.postgres.db
        .updateTable('contacts')
        .set({ name: 'Ana 100%', username: 'ana.souza' })
        .where('id', '=', ana.contactId)
        .execute()
      for (const q of ['ana', '100%', 'souza', ana.waId, `+${ana.waId.slice(0, 11)}`]) {
        expect(await contactsOf({ sender: mine, q })).toEqual([ana.waId])
      }
      expect(await contactsOf({ sender: mine, q: 'a_a' })).toEqual([])
    })

    it('refuses a cursor of another list', async () => {
      const cursor = Buffer.from('["0192f1c0-0000-7000-8000-000000000001"]').toString('base64url')
      expect(await listConversations(io, HERE, { limit: 10, cursor })).toMatchObject({
        ok: false,
        refusal: { field: 'cursor' },
      })
    })
  })
})
