import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enqueueOn } from '../../src/app/enqueueing.ts'
import { managementIo } from '../../src/app/management-io.ts'
import { viewOfExplained } from '../../src/app/views/conversation.ts'
import type { Actor } from '../../src/domain/access.ts'
import type { ConversationId, PhoneNumberId, Wamid } from '../../src/domain/ids.ts'
import { HOUR_MS, type Instant, MINUTE_MS, plus } from '../../src/domain/time.ts'
import { insertInbound, lockConversation, saveWindow } from '../../src/store/conversations/conversations.ts'
import { insertEcho } from '../../src/store/conversations/echoes.ts'
import { readConversationsAt } from '../../src/store/conversations/reads.ts'
import { readConversationNow } from '../../src/store/conversations/tending.ts'
import { encodeCursor } from '../../src/usecases/paging.ts'
import { listConversations } from '../../src/usecases/read-conversations.ts'
import { listMessages } from '../../src/usecases/read-messages.ts'
import { messageFile, takeConversation } from '../../src/usecases/tend-conversations.ts'
import { ANOTHER, CALLER, HERE } from '../support/access.ts'
import { fakeGraph } from '../support/management.ts'
import { createRows, type Rows } from '../support/rows.ts'

let rows: Rows
let io: ReturnType<typeof managementIo>['conversations']
let sender: PhoneNumberId
beforeAll(async () => {
  rows = await createRows()
  io = managementIo(rows.postgres, rows.senders, fakeGraph(), rows.optOuts).conversations
  sender = await rows.linkSender()
  await sql`insert into workspaces (id, name) values ('another', 'Another')`.execute(rows.postgres.db)
})
afterAll(() => rows.close())

async function wrote(id: ConversationId, at: Instant, body: Record<string, unknown> = { text: { body: 'Hi' } }) {
  const wamid = `wamid.in.${rows.digits()}` as Wamid
  const type = Object.keys(body)[0] as string
  await saveWindow(rows.postgres.db, id, { openedAt: at, lastInboundAt: at, refutedAt: null })
  await insertInbound(rows.postgres.db, { wamid, conversationId: id, type, at, body })
  return wamid
}

async function summaryOf(id: ConversationId) {
  const [read] = await readConversationsAt(rows.postgres.db, [{ id }])
  if (!read) throw new Error('expected the conversation to be there')
  return read
}

async function pagesOf(waId: string, limit: number) {
  const pages: ReturnType<typeof viewOfExplained>[][] = []
  let cursor: string | undefined
  do {
    const page = await listMessages(io, HERE, { sender, contact: waId }, { limit, cursor })
    if (!page.ok) throw new Error(page.refusal.message)
    pages.push(page.value.data.map(viewOfExplained))
    cursor = page.value.next_cursor ?? undefined
  } while (cursor !== undefined)
  return pages
}

describe('what is unread', () => {
  it('is what came in since somebody of the team read it', async () => {
    const { id } = await rows.conversation(sender)
    const now = await rows.now()
    await wrote(id, plus(now, -2 * HOUR_MS))
    await wrote(id, plus(now, -HOUR_MS))
    expect((await summaryOf(id)).unread).toBe(2)
    await io.markRead(id)
    expect((await summaryOf(id)).unread).toBe(0)
    // Written before, and told only now.
    await wrote(id, plus(now, -3 * HOUR_MS))
    expect((await summaryOf(id)).unread).toBe(1)
  })

  it('has a message whose transaction began before the reading and is stored after it', async () => {
    const { id } = await rows.conversation(sender)
    const at = await rows.now()
    const began = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const coming = rows.postgres.db.transaction().execute(async (trx) => {
      // The clock of the transaction stands still from here on.
      await sql`select casement_now()`.execute(trx)
      began.resolve()
      await goOn.promise
      await lockConversation(trx, id)
      const wamid = `wamid.in.${rows.digits()}` as Wamid
      await insertInbound(trx, { wamid, conversationId: id, type: 'text', at, body: { text: { body: 'Hi' } } })
      await saveWindow(trx, id, { openedAt: at, lastInboundAt: at, refutedAt: null })
    })
    await began.promise
    await io.markRead(id)
    goOn.resolve()
    await coming
    expect((await summaryOf(id)).unread).toBe(1)
  })

  it('has nothing that was stored while the reader waited for it', async () => {
    const { id } = await rows.conversation(sender)
    const at = await rows.now()
    const locked = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const coming = rows.postgres.db.transaction().execute(async (trx) => {
      await lockConversation(trx, id)
      locked.resolve()
      await goOn.promise
      const wamid = `wamid.in.${rows.digits()}` as Wamid
      await insertInbound(trx, { wamid, conversationId: id, type: 'text', at, body: { text: { body: 'Hi' } } })
      await saveWindow(trx, id, { openedAt: at, lastInboundAt: at, refutedAt: null })
    })
    await locked.promise
    const reading = rows.postgres.db.transaction().execute((trx) => readConversationNow(trx, id))
    goOn.resolve()
    await Promise.all([coming, reading])
    expect((await summaryOf(id)).unread).toBe(0)
  })
})

describe('what was handed over', () => {
  async function handedOver() {
    const talk = await rows.conversation(sender)
    await sql`
      update conversations set handed_over_at = casement_now(), handed_over_team = 'sales', handed_over_note = 'sofas'
      where id = ${talk.id}::bigint`.execute(rows.postgres.db)
    expect((await summaryOf(talk.id)).handedOver).toMatchObject({ team: 'sales', note: 'sofas' })
    return talk
  }
  const settings = {
    windowMarginMs: 30_000,
    followUpCooldownMs: HOUR_MS,
    requireOptIn: false,
    recipientReviewMs: HOUR_MS,
  }
  const reply = (waId: string, actor: Actor) =>
    enqueueOn(rows.postgres, rows.optOuts, settings, { ...CALLER, actor }, [
      { sender, to: { wa_id: waId }, message: { type: 'text', text: { body: 'Hello' } } },
    ])

  it('is taken, with a row in the audit log, and again without a change', async () => {
    const { id, waId } = await handedOver()
    for (let i = 0; i < 2; i++) {
      expect(await takeConversation(io, CALLER, { sender, contact: waId })).toMatchObject({ ok: true })
    }
    expect((await summaryOf(id)).handedOver).toBeNull()
    const { rows: audit } = await sql`
      select from audit_events where action = 'conversation.take' and object_id = ${id}`.execute(rows.postgres.db)
    expect(audit).toHaveLength(2)
  })

  it('is taken by a reply of a person, and by none of a program', async () => {
    const { id, waId } = await handedOver()
    await reply(waId, { kind: 'key', id: '1', name: 'shop' })
    expect((await summaryOf(id)).handedOver).not.toBeNull()
    await reply(waId, { kind: 'user', id: 'ana', name: 'Ana' })
    expect((await summaryOf(id)).handedOver).toBeNull()
  })

  it('is taken by a colleague who answers from the phone app', async () => {
    const { id } = await handedOver()
    const echo = {
      wamid: `wamid.echo.${id}` as Wamid,
      conversationId: id,
      at: await rows.now(),
      body: { type: 'text' },
    }
    await insertEcho(rows.postgres.db, echo)
    expect((await summaryOf(id)).handedOver).toBeNull()
  })
})

describe('pages of messages', () => {
  it('have each message once, in order, whatever second they share', async () => {
    const { id, waId } = await rows.conversation(sender)
    const second = (Math.floor((await rows.now()) / 1000) * 1000) as Instant
    const written: string[] = []
    for (let i = 0; i < 7; i++) written.push(await wrote(id, plus(second, -(i < 4 ? HOUR_MS : 0))))
    const intent = await rows.intent(sender, id)
    await rows.attempt(sender, intent, { event: 'accept' })
    const all = (await pagesOf(waId, 100)).flat()
    expect(all.map((one) => one.wamid)).toEqual([`wamid.${intent}`, ...written.toReversed()])
    for (const limit of [1, 2, 3, 7, 8]) {
      const pages = await pagesOf(waId, limit)
      expect(pages.flat().map((one) => one.wamid)).toEqual(all.map((one) => one.wamid))
    }
  })

  it('end early where the bytes do, and go on from there', async () => {
    const { id, waId } = await rows.conversation(sender)
    const now = await rows.now()
    for (let i = 0; i < 5; i++) await wrote(id, plus(now, -i * MINUTE_MS), { text: { body: 'x'.repeat(900_000) } })
    const pages = await pagesOf(waId, 100)
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1])
  })

  it('say what a message answers, by wamid or by our own id, and nothing of another conversation', async () => {
    const { id, waId } = await rows.conversation(sender)
    const other = await rows.conversation(sender)
    const now = await rows.now()
    const theirs = await wrote(id, plus(now, -3 * HOUR_MS))
    const secret = await wrote(other.id, plus(now, -3 * HOUR_MS), { text: { body: 'Mine' } })
    const intent = await rows.intent(sender, id, {
      message: { type: 'text', text: { body: 'Yes' }, context: { message_id: theirs } },
    })
    await rows.attempt(sender, intent, { event: 'accept' })
    for (const quoted of [`wamid.${intent}`, intent, secret, 'wamid.gone']) {
      await wrote(id, plus(now, -HOUR_MS), { text: { body: 'Thanks' }, context: { id: quoted } })
    }
    const quotes = (await pagesOf(waId, 100)).flat().map(({ quoted }) => quoted && [quoted.id, quoted.text])
    expect(quotes).toEqual([
      [theirs, 'Hi'],
      ['wamid.gone', null],
      [secret, null],
      [intent, 'Yes'],
      [`wamid.${intent}`, 'Yes'],
      null,
    ])
  })

  it('have the words of a template, and of one that went in place of a message', async () => {
    const { id, waId } = await rows.conversation(sender)
    const waba = await rows.wabaOf(sender)
    const document = {
      name: 'keep_helping',
      language: 'en',
      category: 'UTILITY',
      parameter_format: 'NAMED',
      components: [
        { type: 'BODY', text: 'Hello {{user}}!' },
        { type: 'FOOTER', text: 'Bye' },
      ],
    }
    await sql`
      insert into templates (id, waba_id, name, language, category, status, document)
      values ('7001', ${waba}, 'keep_helping', 'en', 'UTILITY', 'APPROVED', ${JSON.stringify(document)})`.execute(
      rows.postgres.db,
    )
    const reference = { name: 'keep_helping', language: 'en', parameters: { user: 'Ana' } }
    const instead = await rows.intent(sender, id, { whenClosed: { downgrade: reference } })
    await rows.attempt(sender, instead, { event: 'accept' })
    const facts = { template: 'keep_helping', template_language: 'en' }
    await sql`update attempts set decision = ${JSON.stringify({ facts })}::jsonb where intent_id = ${instead}`.execute(
      rows.postgres.db,
    )
    await sql`update messages set sent_as = 'template' where intent_id = ${instead}`.execute(rows.postgres.db)
    const [[message]] = (await pagesOf(waId, 10)) as [[ReturnType<typeof viewOfExplained>]]
    expect(message).toMatchObject({ type: 'template', template: 'keep_helping', text: 'Hello Ana!', message: null })
    expect(message.preview).toEqual({ header: null, body: 'Hello Ana!', footer: 'Bye', buttons: [] })
  })

  it('say why a message failed, and who wrote it', async () => {
    const { id, waId } = await rows.conversation(sender)
    const intent = await rows.intent(sender, id, { createdBy: { kind: 'user', id: 'u', name: 'Ana' } })
    await rows.attempt(sender, intent, { event: 'accept' })
    const error = JSON.stringify({
      code: 131050,
      subcode: null,
      isTransient: false,
      httpStatus: null,
      details: null,
      via: 'webhook',
    })
    await sql`update messages set status = 'failed', error = ${error}::jsonb where intent_id = ${intent}`.execute(
      rows.postgres.db,
    )
    const [[message]] = (await pagesOf(waId, 10)) as [[ReturnType<typeof viewOfExplained>]]
    expect(message.reason).toMatchObject({ code: 'opted_out', graph_code: 131050 })
    expect(message.by).toEqual({ kind: 'user', name: 'Ana' })
  })

  it.each([
    [['1', '2', 'wamid\0']],
    [['-1', '2', 'wamid']],
    [['1'.repeat(18), '2', 'wamid']],
    [[1, 2, 'wamid']],
    [['1', '2']],
    [['1e3', '2', 'wamid']],
    [[null, '1']],
  ])('refuse the cursor %j', async (key) => {
    const { waId } = await rows.conversation(sender)
    const cursor = encodeCursor(key as string[])
    expect(await listMessages(io, HERE, { sender, contact: waId }, { limit: 1, cursor })).toMatchObject({
      ok: false,
      refusal: { status: 400, field: 'cursor' },
    })
  })

  it('take every cursor that has the shape of one', async () => {
    const { waId } = await rows.conversation(sender)
    for (const at of ['0', '9'.repeat(17)]) {
      const cursor = encodeCursor([at, at, "'; drop table intents"])
      expect(await listMessages(io, HERE, { sender, contact: waId }, { limit: 1, cursor })).toMatchObject({ ok: true })
    }
  })

  it('and files are not for another workspace, nor for a key of other numbers', async () => {
    const { id, waId } = await rows.conversation(sender)
    const wamid = await wrote(id, await rows.now(), { image: { id: '42', mime_type: 'image/jpeg' } })
    const meta = {} as never
    const other = await rows.conversation(sender)
    for (const purview of [ANOTHER, { ...HERE, senders: ['1' as PhoneNumberId] }]) {
      const between = { sender, contact: waId }
      expect(await listMessages(io, purview, between, { limit: 1 })).toMatchObject({ refusal: { status: 404 } })
      expect(await messageFile({ ...io, meta }, purview, { ...between, wamid, range: null })).toMatchObject({
        refusal: { status: 404 },
      })
    }
    // Of the same workspace, and of somebody else.
    const asked = { sender, contact: other.waId, wamid, range: null }
    expect(await messageFile({ ...io, meta }, HERE, asked)).toMatchObject({ refusal: { code: 'message_unknown' } })
  })
})

describe('a list by what closes soonest', () => {
  it('has open windows first and everybody else after them, page by page, each once', async () => {
    const mine = await rows.linkSender()
    const now = await rows.now()
    const hours = [23, 1, 12, 30, 25, null]
    const talks: string[] = []
    for (const ago of hours) {
      const talk = await rows.conversation(mine)
      if (ago !== null) await wrote(talk.id, plus(now, -ago * HOUR_MS))
      talks.push(talk.waId)
    }
    const expected = [0, 2, 1, 4, 3, 5].map((i) => talks[i])
    for (const limit of [1, 2, 3, 4, 100]) {
      const seen: (string | null)[] = []
      let cursor: string | undefined
      do {
        const page = await listConversations(io, HERE, { sender: mine, sort: 'closing', limit, cursor })
        if (!page.ok) throw new Error(page.refusal.message)
        seen.push(...page.value.data.map(({ contact }) => contact.wa_id))
        cursor = page.value.next_cursor ?? undefined
      } while (cursor !== undefined)
      expect(seen, String(limit)).toEqual(expected)
    }
  })

  it.each([
    [['1', '2'], 'closing'],
    [['open', null, '1'], 'closing'],
    [['rest', 1, '1; drop'], 'closing'],
    [['all', 1, '1'], 'closing'],
    [['open', 1, '1'], 'activity'],
  ] as const)('refuses the cursor %j of %s', async (key, sort) => {
    const answer = await listConversations(io, HERE, { sort, limit: 1, cursor: encodeCursor(key as never) })
    expect(answer).toMatchObject({ ok: false, refusal: { field: 'cursor' } })
  })
})
