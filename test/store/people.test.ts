import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Bsuid, ContactId, ConversationId, IntentId, PhoneNumberId, WaId, Wamid } from '../../src/domain/ids.ts'
import { HOUR_MS, type Instant, plus, toDate } from '../../src/domain/time.ts'
import { attemptStore } from '../../src/store/intents/attempts.ts'
import {
  claimIdentities,
  enrichContact,
  mergeContacts,
  resumeMarketing,
  type SeenId,
  stopMarketing as stopMarketingAt,
} from '../../src/store/people/identities.ts'
import { ensureConversations, type PersonKey, resolveContacts } from '../../src/store/people/resolve.ts'
import { inTransaction, retryingPassing } from '../../src/store/pg/postgres.ts'
import { HERE } from '../support/access.ts'
import { at } from '../support/builders.ts'
import { createRows, type Rows } from '../support/rows.ts'

let rows: Rows
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())

const byNumber = (waId: string): PersonKey => ({ candidates: [waId], waId: waId as WaId, bsuid: null })
const byBsuid = (bsuid: string): PersonKey => ({ candidates: [bsuid], waId: null, bsuid: bsuid as Bsuid })
let next = 0
const newBsuid = () => `BR.${String(++next).padStart(20, '1')}`

async function resolve(...people: PersonKey[]): Promise<ContactId[]> {
  return inTransaction(rows.postgres.pool, (trx) => resolveContacts(trx, HERE.workspace, people))
}

const NOON = at('2026-11-20T12:00:00Z')
const seenIds = (stamp: Instant | null, ...values: string[]): SeenId[] => values.map((value) => ({ value, at: stamp }))
const NOTHING_SAID = { waId: null, bsuid: null, parentBsuid: null, profileName: null, username: null }

/** A webhook of this stamp shows the person under this number. */
async function seen(
  contact: ContactId,
  stamp: Instant | null,
  waId: string,
  name: string | null = null,
): Promise<void> {
  await inTransaction(rows.postgres.pool, async (trx) => {
    await claimIdentities(trx, contact, seenIds(stamp, waId))
    await enrichContact(trx, contact, { ...NOTHING_SAID, waId: waId as WaId, profileName: name }, stamp)
  })
}

const stopMarketing = (id: ContactId) =>
  sql`update contacts set stopped_marketing_at = now() where id = ${id}::bigint`.execute(rows.postgres.db)
const readContact = (id: ContactId) =>
  rows.postgres.db.selectFrom('contacts').selectAll().where('id', '=', id).executeTakeFirst()
const readConversation = (id: ConversationId) =>
  rows.postgres.db.selectFrom('conversations').selectAll().where('id', '=', id).executeTakeFirst()

describe('finding a person', () => {
  it('makes one that is new, and finds it again', async () => {
    const waId = rows.digits()
    const [first] = await resolve(byNumber(waId))
    expect(await resolve(byNumber(waId))).toEqual([first])
  })

  it('answers in the order asked, the same person for the same id', async () => {
    const [a, b] = [rows.digits(), rows.digits()]
    const [first, second, third] = await resolve(byNumber(b), byNumber(a), byNumber(b))
    expect(first).toBe(third)
    expect((await readContact(second as ContactId))?.wa_id).toBe(a)
  })

  it('finds it by the other spelling of its number', async () => {
    const waId = rows.digits()
    const [first] = await resolve(byNumber(waId))
    const otherwise = rows.digits()
    expect(await resolve({ candidates: [otherwise, waId], waId: otherwise as WaId, bsuid: null })).toEqual([first])
  })

  it('knows somebody without a number by the BSUID alone', async () => {
    const bsuid = newBsuid()
    const [contact] = await resolve(byBsuid(bsuid))
    expect(await readContact(contact as ContactId)).toMatchObject({ wa_id: null, bsuid })
  })

  it('makes one contact of twenty transactions that meet the same person at once', async () => {
    const waId = rows.digits()
    const met = await Promise.all(Array.from({ length: 20 }, () => resolve(byNumber(waId))))
    expect(new Set(met.flat()).size).toBe(1)
    const { rows: left } = await sql<{ count: number }>`
      select count(*)::int as count from contacts where wa_id = ${waId}`.execute(rows.postgres.db)
    expect(left).toEqual([{ count: 1 }])
  })

  it('makes one contact each of twenty transactions that meet the same people in other orders', async () => {
    const people = Array.from({ length: 6 }, () => byNumber(rows.digits()))
    const meet = (turn: number) => {
      const order = [...people.slice(turn % 6), ...people.slice(0, turn % 6)]
      return retryingPassing(() => resolve(...order)).then((ids) =>
        order.map((person, i) => `${person.waId} ${ids[i]}`),
      )
    }
    const met = await Promise.all(Array.from({ length: 20 }, (_, turn) => meet(turn)))
    expect(new Set(met.flat()).size).toBe(6)
  })
})

describe('a conversation', () => {
  it('is one for a sender and a contact, however often it is opened at once', async () => {
    const sender = await rows.linkSender()
    const [contactId] = (await resolve(byNumber(rows.digits()))) as [ContactId]
    const opened = await Promise.all(
      Array.from({ length: 10 }, () => ensureConversations(rows.postgres.db, HERE.workspace, [{ sender, contactId }])),
    )
    const ids = opened.map((found) => found.get(`${sender} ${contactId}`)?.id)
    expect(new Set(ids).size).toBe(1)
    expect(ids[0]).toBeDefined()
  })

  it('says that its contact opted out, whichever way they did', async () => {
    const sender = await rows.linkSender()
    const [contactId] = (await resolve(byNumber(rows.digits()))) as [ContactId]
    await stopMarketing(contactId)
    const found = await ensureConversations(rows.postgres.db, HERE.workspace, [{ sender, contactId }])
    expect(found.get(`${sender} ${contactId}`)).toMatchObject({ marketing: 'out', utility: 'unknown' })
  })
})

describe('what webhooks tell of a person', () => {
  it('is added to what is known, which stays where nothing new is said', async () => {
    const waId = rows.digits()
    const [contact] = (await resolve(byNumber(waId))) as [ContactId]
    const bsuid = newBsuid() as Bsuid
    const ana = { ...NOTHING_SAID, bsuid, profileName: 'Ana' }
    await enrichContact(rows.postgres.db, contact, ana, NOON)
    await enrichContact(rows.postgres.db, contact, { ...NOTHING_SAID, username: 'ana' }, NOON)
    expect(await readContact(contact)).toMatchObject({ wa_id: waId, bsuid, name: 'Ana', username: 'ana' })
  })

  it('links a second id, so that both find the same person', async () => {
    const waId = rows.digits()
    const bsuid = newBsuid()
    const [contact] = (await resolve(byNumber(waId))) as [ContactId]
    await inTransaction(rows.postgres.pool, (trx) => claimIdentities(trx, contact, seenIds(NOON, waId, bsuid)))
    expect(await resolve(byBsuid(bsuid))).toEqual([contact])
  })
})

describe('news of a person, late and in any order (P4)', () => {
  const later = plus(NOON, HOUR_MS)

  it.each([
    ['in order', [0, 1]],
    ['the older one last', [1, 0]],
    ['each twice', [1, 0, 1, 0]],
  ])('leaves the number in use that was seen last: %s', async (_name, order) => {
    const [former, current] = [rows.digits(), rows.digits()]
    const [contact] = (await resolve(byNumber(former))) as [ContactId]
    const news = [() => seen(contact, NOON, former, 'Ana'), () => seen(contact, later, current, 'Ana Beatriz')]
    for (const index of order) await news[index]?.()
    expect(await readContact(contact)).toMatchObject({ wa_id: current, name: 'Ana Beatriz' })
  })

  it('brings back a number that is in use again', async () => {
    const [one, other] = [rows.digits(), rows.digits()]
    const [contact] = (await resolve(byNumber(one))) as [ContactId]
    await seen(contact, NOON, one)
    await seen(contact, plus(NOON, 2 * HOUR_MS), one)
    await seen(contact, later, other)
    expect((await readContact(contact))?.wa_id).toBe(one)
  })

  it('fills what nobody knew when it has no stamp, and changes nothing else', async () => {
    const [one, other] = [rows.digits(), rows.digits()]
    const [contact] = (await resolve(byNumber(one))) as [ContactId]
    await seen(contact, NOON, one)
    await seen(contact, null, other, 'Ana')
    expect(await readContact(contact)).toMatchObject({ wa_id: one, name: 'Ana' })
    await seen(contact, NOON, one, 'Bia')
    await seen(contact, null, one, 'Caio')
    expect((await readContact(contact))?.name).toBe('Bia')
  })

  it('believes no stamp that lies ahead longer than until now', async () => {
    const [one, other] = [rows.digits(), rows.digits()]
    const [contact] = (await resolve(byNumber(one))) as [ContactId]
    await seen(contact, at('2096-01-01T00:00:00Z'), one)
    await seen(contact, plus(await rows.now(), HOUR_MS), other)
    expect((await readContact(contact))?.wa_id).toBe(other)
  })

  it('may name an id before and after a change', async () => {
    const waId = rows.digits()
    const [contact] = (await resolve(byNumber(waId))) as [ContactId]
    const [former, current] = [newBsuid(), newBsuid()]
    await inTransaction(rows.postgres.pool, (trx) =>
      claimIdentities(trx, contact, [...seenIds(null, waId, former), ...seenIds(NOON, waId, current)]),
    )
    expect(await resolve(byBsuid(former), byBsuid(current))).toEqual([contact, contact])
  })
})

describe('two contacts that prove to be one person', () => {
  interface Pair {
    sender: PhoneNumberId
    kept: { contact: ContactId; conversation: ConversationId }
    gone: { contact: ContactId; conversation: ConversationId; bsuid: string }
  }

  async function pair(): Promise<Pair> {
    const sender = await rows.linkSender()
    const bsuid = newBsuid()
    const [a, b] = (await resolve(byNumber(rows.digits()), byBsuid(bsuid))) as [ContactId, ContactId]
    const found = await ensureConversations(
      rows.postgres.db,
      HERE.workspace,
      [a, b].map((contactId) => ({ sender, contactId })),
    )
    const conversationOf = (contact: ContactId) => found.get(`${sender} ${contact}`)?.id as ConversationId
    return {
      sender,
      kept: { contact: a, conversation: conversationOf(a) },
      gone: { contact: b, conversation: conversationOf(b), bsuid },
    }
  }

  async function setWindow(id: ConversationId, lastInboundAt: Instant): Promise<void> {
    const date = toDate(lastInboundAt)
    await rows.postgres.db
      .updateTable('conversations')
      .set({ window_opened_at: date, last_inbound_at: date })
      .where('id', '=', id)
      .execute()
  }

  const merge = ({ kept, gone }: Pair) =>
    inTransaction(rows.postgres.pool, (trx) => mergeContacts(trx, kept.contact, gone.contact))

  it.each(['kept', 'gone'] as const)('keep the later window, here of the one that is %s', async (later) => {
    const people = await pair()
    const now = await rows.now()
    await setWindow(people.kept.conversation, plus(now, later === 'kept' ? -HOUR_MS : -3 * HOUR_MS))
    await setWindow(people.gone.conversation, plus(now, later === 'gone' ? -HOUR_MS : -3 * HOUR_MS))
    await merge(people)
    expect(await readConversation(people.kept.conversation)).toMatchObject({
      last_inbound_at: plus(now, -HOUR_MS),
      window_opened_at: plus(now, -HOUR_MS),
    })
    expect(await readConversation(people.gone.conversation)).toBeUndefined()
  })

  it('keep the window of the one that wrote when the other never did', async () => {
    const people = await pair()
    const now = await rows.now()
    await setWindow(people.gone.conversation, now)
    await merge(people)
    expect(await readConversation(people.kept.conversation)).toMatchObject({ last_inbound_at: now })
  })

  it('wait for the same customer', async () => {
    const people = await pair()
    const id = await rows.intent(people.sender, people.gone.conversation)
    await rows.hold(id)
    await merge(people)
    const intent = await rows.postgres.db
      .selectFrom('intents')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    expect(intent).toMatchObject({
      conversation_id: people.kept.conversation,
      waits_kind: 'window',
    })
  })

  it('are found by all their ids', async () => {
    const people = await pair()
    await merge(people)
    expect(await resolve(byBsuid(people.gone.bsuid))).toEqual([people.kept.contact])
    expect(await readContact(people.gone.contact)).toBeUndefined()
  })

  it('opted out when either of them did (P7)', async () => {
    const people = await pair()
    await stopMarketing(people.gone.contact)
    await sql`update contacts set marketing = 'in', utility = 'out' where id = ${people.gone.contact}::bigint`.execute(
      rows.postgres.db,
    )
    await merge(people)
    const kept = await readContact(people.kept.contact)
    expect(kept).toMatchObject({ marketing: 'in', utility: 'out' })
    expect(kept?.stopped_marketing_at).not.toBeNull()
  })

  it.each(['kept', 'gone'] as const)(
    'are called by the name that was told later, here of the one that is %s',
    async (later) => {
      const people = await pair()
      const named = (which: 'kept' | 'gone') =>
        enrichContact(
          rows.postgres.db,
          people[which].contact,
          { ...NOTHING_SAID, profileName: which, username: which },
          plus(NOON, which === later ? HOUR_MS : 0),
        )
      await named('kept')
      await named('gone')
      await merge(people)
      expect(await readContact(people.kept.contact)).toMatchObject({ name: later, username: later })
    },
  )

  it.each(['kept', 'gone'] as const)('want marketing again when the %s one said so last (P7)', async (later) => {
    const people = await pair()
    const earlier = later === 'kept' ? 'gone' : 'kept'
    await stopMarketingAt(rows.postgres.db, people[earlier].contact, toDate(NOON))
    await resumeMarketing(rows.postgres.db, people[later].contact, toDate(plus(NOON, HOUR_MS)))
    await merge(people)
    expect((await readContact(people.kept.contact))?.stopped_marketing_at).toBeNull()
  })

  it('count once against the messaging limit', async () => {
    const people = await pair()
    const waba = await rows.wabaOf(people.sender)
    for (const contact of [people.kept.contact, people.gone.contact]) {
      await sql`
        insert into messaging_limit_uses (portfolio_id, contact_id, at) values (${waba}, ${contact}::bigint, now())`.execute(
        rows.postgres.db,
      )
    }
    await merge(people)
    const { rows: uses } = await sql<{ contact_id: string }>`
      select contact_id::text as contact_id from messaging_limit_uses where portfolio_id = ${waba}`.execute(
      rows.postgres.db,
    )
    expect(uses).toEqual([{ contact_id: people.kept.contact }])
  })

  it('keep a turn that one of them has', async () => {
    const people = await pair()
    const id = await rows.intent(people.sender, people.gone.conversation)
    await rows.page(people.sender)
    expect(await merge(people)).toBe(true)
    const intent = await rows.postgres.db
      .selectFrom('intents')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    expect(intent).toMatchObject({ state: 'dispatching', conversation_id: people.kept.conversation })
    const { rows: turns } = await sql`select conversation_id from turns where intent_id = ${id}::uuid`.execute(
      rows.postgres.db,
    )
    expect(turns).toEqual([{ conversation_id: people.kept.conversation }])
  })

  it('stay two while both have the turn of the same priority', async () => {
    const people = await pair()
    const ids: IntentId[] = [
      await rows.intent(people.sender, people.kept.conversation),
      await rows.intent(people.sender, people.gone.conversation),
    ]
    await rows.page(people.sender)
    expect(await merge(people)).toBe(false)
    expect(await readContact(people.gone.contact)).toBeDefined()
    await rows.closeAttempt(ids[0] as IntentId, 1, { event: 'accept' })
    expect(await merge(people)).toBe(true)
  })

  it('keep the answer to a message that was on its way meanwhile', async () => {
    const people = await pair()
    const id = await rows.intent(people.sender, people.gone.conversation)
    const { number } = await rows.open(people.sender, id)
    await merge(people)
    const closed = await attemptStore(rows.postgres.pool).close({
      intentId: id,
      number,
      // As the worker knew it when it opened the attempt.
      outcome: 'accepted',
      httpStatus: 200,
      error: null,
      wamid: `wamid.${id}` as Wamid,
      next: { event: 'accept' },
    })
    expect(closed).toBe(true)
    const { rows: messages } = await sql<{ conversation_id: string }>`
      select conversation_id::text as conversation_id from messages where intent_id = ${id}::uuid`.execute(
      rows.postgres.db,
    )
    expect(messages).toEqual([{ conversation_id: people.kept.conversation }])
  })

  it('keep their conversations with other numbers', async () => {
    const people = await pair()
    const other = await rows.linkSender()
    const found = await ensureConversations(rows.postgres.db, HERE.workspace, [
      { sender: other, contactId: people.gone.contact },
    ])
    const conversation = found.get(`${other} ${people.gone.contact}`)?.id as ConversationId
    await merge(people)
    expect((await readConversation(conversation))?.contact_id).toBe(people.kept.contact)
  })
})
