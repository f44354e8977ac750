import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Identity, identityOfBsuid, identityOfNumber, type ToldIdentity } from '../../src/domain/identity.ts'
import {
  type Bsuid,
  type ContactId,
  type ConversationId,
  DEFAULT_WORKSPACE,
  type IntentId,
  type PhoneNumberId,
  type WaId,
  type Wamid,
} from '../../src/domain/ids.ts'
import { HOUR_MS, type Instant, plus, toDate } from '../../src/domain/time.ts'
import { ensureConversations as ensure } from '../../src/store/conversations/ensure.ts'
import { attemptStore } from '../../src/store/intents/attempts.ts'
import {
  listConsents,
  recordConsent,
  resumeMarketing,
  stopMarketing as stopMarketingAt,
} from '../../src/store/people/consents.ts'
import { enrichContact } from '../../src/store/people/identities.ts'
import { foldConversation, lockAlone, mergeContacts, unfoldedConversations } from '../../src/store/people/merge.ts'
import { recognisePerson } from '../../src/store/people/recognise.ts'
import { resolveContacts } from '../../src/store/people/resolve.ts'
import { type Db, inTransaction, retryingPassing } from '../../src/store/pg/postgres.ts'
import { at } from '../support/builders.ts'
import { createRows, type Rows } from '../support/rows.ts'

let rows: Rows
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())

const PORTFOLIO = 'p1'
const byNumber = (waId: string): Identity => identityOfNumber(waId as WaId)
const byBsuid = (bsuid: string): Identity => identityOfBsuid(bsuid as Bsuid, PORTFOLIO)
const byAny = (id: string): Identity => (/^\d/.test(id) ? byNumber(id) : byBsuid(id))
let next = 0
const newBsuid = () => `BR.${String(++next).padStart(20, '1')}`
/** Numbers of Brazil that no other test has, in both spellings. */
const brazilian = () => {
  const subscriber = `9${String(++next).padStart(7, '0')}`
  return { short: `5511${subscriber}`, long: `55119${subscriber}` }
}

async function resolve(...people: Identity[]): Promise<ContactId[]> {
  return inTransaction(rows.postgres.pool, (trx) => resolveContacts(trx, DEFAULT_WORKSPACE, people, rows.optOuts))
}
const ensureConversations = (db: Db, pairs: { sender: PhoneNumberId; contactId: ContactId }[]) =>
  ensure(db, DEFAULT_WORKSPACE, pairs)

const NOON = at('2026-11-20T12:00:00Z')
const told = (stamp: Instant | null, ...ids: string[]): ToldIdentity[] => ids.map((id) => ({ ...byAny(id), at: stamp }))
const formerly = (stamp: Instant | null, ...ids: string[]): ToldIdentity[] =>
  told(stamp, ...ids).map((id) => ({ ...id, former: true }))
const NOTHING_SAID = { waId: null, bsuid: null, parentBsuid: null, profileName: null, username: null }

const recognise = (ids: ToldIdentity[], speaker: ContactId | null = null) =>
  inTransaction(rows.postgres.pool, (trx) => recognisePerson(trx, DEFAULT_WORKSPACE, ids, speaker, rows.optOuts))

/** A webhook of this stamp shows the person under these ids. */
async function seen(stamp: Instant | null, ids: string[], name: string | null = null): Promise<ContactId> {
  return inTransaction(rows.postgres.pool, async (trx) => {
    const { contactId } = await recognisePerson(trx, DEFAULT_WORKSPACE, told(stamp, ...ids), null, rows.optOuts)
    await enrichContact(trx, contactId, { ...NOTHING_SAID, profileName: name }, stamp)
    return contactId
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

  it('is one for both spellings of a number, also in one batch', async () => {
    const { short, long } = brazilian()
    const [first, second] = await resolve(byNumber(short), byNumber(long))
    expect(second).toBe(first)
    expect(await resolve(byNumber(long), byNumber(short))).toEqual([first, first])
  })

  it('is one when two transactions meet two spellings at once', async () => {
    for (let turn = 0; turn < 10; turn += 1) {
      const { short, long } = brazilian()
      const met = await Promise.all([resolve(byNumber(short)), resolve(byNumber(long))])
      expect(new Set(met.flat()).size).toBe(1)
    }
  })

  it('is two for one BSUID of two portfolios', async () => {
    const bsuid = newBsuid() as Bsuid
    const [one, other] = await resolve(identityOfBsuid(bsuid, 'p1'), identityOfBsuid(bsuid, 'p2'))
    expect(one).not.toBe(other)
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
      return retryingPassing(() => resolve(...order)).then((ids) => order.map((person, i) => `${person.key} ${ids[i]}`))
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
      Array.from({ length: 10 }, () => ensureConversations(rows.postgres.db, [{ sender, contactId }])),
    )
    const ids = opened.map((found) => found.get(`${sender} ${contactId}`)?.id)
    expect(new Set(ids).size).toBe(1)
    expect(ids[0]).toBeDefined()
  })

  it('says that its contact opted out, whichever way they did', async () => {
    const sender = await rows.linkSender()
    const [contactId] = (await resolve(byNumber(rows.digits()))) as [ContactId]
    await stopMarketing(contactId)
    const found = await ensureConversations(rows.postgres.db, [{ sender, contactId }])
    expect(found.get(`${sender} ${contactId}`)).toMatchObject({ marketing: 'out', utility: 'unknown' })
  })
})

describe('what webhooks tell of a person', () => {
  it('is added to what is known, which stays where nothing new is said', async () => {
    const waId = rows.digits()
    const [contact] = (await resolve(byNumber(waId))) as [ContactId]
    const bsuid = newBsuid() as Bsuid
    await seen(NOON, [waId, bsuid], 'Ana')
    await enrichContact(rows.postgres.db, contact, { ...NOTHING_SAID, username: 'ana' }, NOON)
    expect(await readContact(contact)).toMatchObject({ wa_id: waId, bsuid, name: 'Ana', username: 'ana' })
  })

  it('links a second id, so that both find the same person', async () => {
    const [waId, bsuid] = [rows.digits(), newBsuid()]
    const contact = await seen(NOON, [waId, bsuid])
    expect(await resolve(byBsuid(bsuid), byNumber(waId))).toEqual([contact, contact])
  })

  it('keeps the spelling that was told last', async () => {
    const { short, long } = brazilian()
    const [contact] = (await resolve(byNumber(long))) as [ContactId]
    await seen(NOON, [short])
    expect((await readContact(contact))?.wa_id).toBe(short)
  })

  it('makes one person of ten webhooks that tell of a new one at once', async () => {
    const [waId, bsuid] = [rows.digits(), newBsuid()]
    const met = await Promise.all(
      Array.from({ length: 10 }, (_, turn) =>
        retryingPassing(() => seen(NOON, turn % 3 === 0 ? [waId] : turn % 3 === 1 ? [bsuid] : [waId, bsuid])),
      ),
    )
    const left = await resolve(byNumber(waId), byBsuid(bsuid))
    expect(new Set(left).size).toBe(1)
    expect(met).toHaveLength(10)
  })
})

describe('news of a person, late and in any order (P4)', () => {
  const later = plus(NOON, HOUR_MS)

  it.each([
    ['in order', [0, 1]],
    ['the older one last', [1, 0]],
    ['each twice', [1, 0, 1, 0]],
  ])('leaves the number in use that was seen last: %s', async (_name, order) => {
    const [former, current, bsuid] = [rows.digits(), rows.digits(), newBsuid()]
    const contact = await seen(plus(NOON, -HOUR_MS), [former, bsuid])
    const news = [() => seen(NOON, [former, bsuid], 'Ana'), () => seen(later, [current, bsuid], 'Ana Beatriz')]
    for (const index of order) await news[index]?.()
    expect(await readContact(contact)).toMatchObject({ wa_id: current, name: 'Ana Beatriz' })
  })

  it('brings back a number that is in use again', async () => {
    const [one, other, bsuid] = [rows.digits(), rows.digits(), newBsuid()]
    const contact = await seen(NOON, [one, bsuid])
    await seen(plus(NOON, 2 * HOUR_MS), [one, bsuid])
    await seen(later, [other, bsuid])
    expect((await readContact(contact))?.wa_id).toBe(one)
  })

  it('fills what nobody knew when it has no stamp, and changes nothing else', async () => {
    const [one, other, bsuid] = [rows.digits(), rows.digits(), newBsuid()]
    const contact = await seen(NOON, [one, bsuid])
    await seen(null, [other, bsuid], 'Ana')
    expect(await readContact(contact)).toMatchObject({ wa_id: one, name: 'Ana' })
    await seen(NOON, [one], 'Bia')
    await seen(null, [one], 'Caio')
    expect((await readContact(contact))?.name).toBe('Bia')
  })

  it('believes no stamp that lies ahead longer than until now', async () => {
    const [one, other, bsuid] = [rows.digits(), rows.digits(), newBsuid()]
    const contact = await seen(at('2096-01-01T00:00:00Z'), [one, bsuid])
    await seen(plus(await rows.now(), HOUR_MS), [other, bsuid])
    expect((await readContact(contact))?.wa_id).toBe(other)
  })

  it('may name an id before and after a change', async () => {
    const [waId, former, current] = [rows.digits(), newBsuid(), newBsuid()]
    const contact = await seen(NOON, [waId, former])
    await recognise([...formerly(later, waId, former), ...told(later, waId, current)])
    expect(await resolve(byBsuid(former), byBsuid(current))).toEqual([contact, contact])
  })

  it.each([
    ['the change before the message', [0, 1]],
    ['the message before the change', [1, 0]],
  ])('knows one person after a change of number, %s', async (_name, order) => {
    const [n1, n2, b1, b2] = [rows.digits(), rows.digits(), newBsuid(), newBsuid()]
    const contact = await seen(NOON, [n1, b1])
    const news = [
      () => recognise([...formerly(later, n1, b1), ...told(later, n2, b2)]),
      () => seen(plus(later, HOUR_MS), [n2, b2]),
    ]
    for (const index of order) await news[index]?.()
    await enrichContact(rows.postgres.db, contact, NOTHING_SAID, later)
    expect(await resolve(byNumber(n1), byBsuid(b1), byNumber(n2), byBsuid(b2))).toEqual(Array(4).fill(contact))
    expect((await readContact(contact))?.wa_id).toBe(n2)
  })
})

describe('a recycled number', () => {
  const later = plus(NOON, HOUR_MS)

  it('belongs to a new person, who inherits no opt-in, window or hold', async () => {
    const sender = await rows.linkSender()
    const [waId, b1, b2] = [rows.digits(), newBsuid(), newBsuid()]
    const former = await seen(NOON, [waId, b1])
    await recordConsent(rows.postgres.db, former, { category: 'marketing', state: 'in' }, 'api')
    const { id: conversation } = (await rows.conversation(sender, waId)) as { id: ConversationId }
    const held = await rows.intent(sender, conversation)
    await rows.hold(held)

    const owner = await seen(later, [waId, b2])
    expect(owner).not.toBe(former)
    expect(await resolve(byNumber(waId), byBsuid(b1), byBsuid(b2))).toEqual([owner, former, owner])
    expect(await readContact(owner)).toMatchObject({ marketing: 'unknown', wa_id: waId })
    expect(await readContact(former)).toMatchObject({ marketing: 'in', wa_id: null, bsuid: b1 })
    expect((await readConversation(conversation))?.contact_id).toBe(former)
  })

  it.each(['word', 'whatsapp'] as const)('inherits an opt-out by %s, until the new owner opts in', async (how) => {
    const [waId, b1, b2] = [rows.digits(), newBsuid(), newBsuid()]
    const former = await seen(NOON, [waId, b1])
    if (how === 'whatsapp') await stopMarketingAt(rows.postgres.db, former, toDate(NOON))
    else await recordConsent(rows.postgres.db, former, { category: 'marketing', state: 'out' }, how)
    const owner = await seen(later, [waId, b2])
    expect(await readContact(owner)).toMatchObject({ marketing: 'out', stopped_marketing_at: null })
    expect(await listConsents(rows.postgres.db, owner)).toMatchObject([{ state: 'out', source: 'import' }])
    await recordConsent(rows.postgres.db, owner, { category: 'marketing', state: 'in' }, 'api')
    expect((await readContact(owner))?.marketing).toBe('in')
  })

  it('stays with its new owner when a webhook of the former comes late', async () => {
    const [waId, b1, b2] = [rows.digits(), newBsuid(), newBsuid()]
    const former = await seen(NOON, [waId, b1])
    const owner = await seen(later, [waId, b2])
    expect(await seen(plus(NOON, 1_000), [waId, b1])).toBe(former)
    expect(await resolve(byNumber(waId))).toEqual([owner])
  })

  it('goes back to its person when the change of BSUID is told after all', async () => {
    const [waId, b1, b2] = [rows.digits(), newBsuid(), newBsuid()]
    const former = await seen(NOON, [waId, b1])
    await seen(later, [waId, b2])
    await recognise([...formerly(later, waId, b1), ...told(later, waId, b2)])
    expect(await resolve(byNumber(waId), byBsuid(b1), byBsuid(b2))).toEqual([former, former, former])
  })

  it('is told by the status of a message that reached another', async () => {
    const [waId, b1, b2] = [rows.digits(), newBsuid(), newBsuid()]
    const former = await seen(NOON, [waId, b1])
    const { contactId } = await recognise(told(later, waId, b2), former)
    expect(contactId).not.toBe(former)
    expect(await resolve(byNumber(waId))).toEqual([contactId])
  })
})

describe('whom a message went to', () => {
  it('is one person with whoever has the number that Meta answers with', async () => {
    const [dialled, answered] = [rows.digits(), rows.digits()]
    const known = await seen(NOON, [answered])
    const [contact] = (await resolve(byNumber(dialled))) as [ContactId]
    await recognise(told(null, answered), contact)
    expect(await resolve(byNumber(dialled), byNumber(answered))).toEqual([known, known])
  })

  it('stays two people where their BSUIDs of one portfolio differ', async () => {
    const [dialled, answered] = [rows.digits(), rows.digits()]
    const known = await seen(NOON, [answered, newBsuid()])
    const contact = await seen(NOON, [dialled, newBsuid()])
    await recognise(told(null, answered), contact)
    expect(await resolve(byNumber(dialled), byNumber(answered))).toEqual([contact, known])
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
    inTransaction(rows.postgres.pool, async (trx) => {
      await lockAlone(trx, [kept.contact, gone.contact])
      return mergeContacts(trx, kept.contact, gone.contact)
    })

  it('leave one who is named twice as they are', async () => {
    const { kept } = await pair()
    const twice = await inTransaction(rows.postgres.pool, (trx) => mergeContacts(trx, kept.contact, kept.contact))
    expect(twice).toEqual([])
    expect(await readConversation(kept.conversation)).toMatchObject({ contact_id: kept.contact, merged_into: null })
    for (const [table, id] of [
      ['contacts', kept.contact],
      ['conversations', kept.conversation],
    ]) {
      const toItself = rows.postgres.pool.query(`update ${table} set merged_into = id where id = $1`, [id])
      await expect(toItself).rejects.toMatchObject({ code: '23514' })
    }
  })

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
    expect((await readConversation(people.gone.conversation))?.merged_into).toBe(people.kept.conversation)
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
    expect((await readContact(people.gone.contact))?.merged_into).toBe(people.kept.contact)
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

  it.each(['kept', 'gone'] as const)('are left alone when Meta could not reach the %s one', async (which) => {
    const people = await pair()
    await sql`
      update contacts set unreachable_since = now(), unreachable_until = now() + interval '1 day'
      where id = ${people[which].contact}::bigint`.execute(rows.postgres.db)
    await merge(people)
    expect((await readContact(people.kept.contact))?.unreachable_since).not.toBeNull()
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
    expect(await merge(people)).toEqual([people.kept.conversation])
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

  it('leave a turn where it is while both have one of the same priority, and move it when it is over', async () => {
    const people = await pair()
    const ids: IntentId[] = [
      await rows.intent(people.sender, people.kept.conversation),
      await rows.intent(people.sender, people.gone.conversation),
    ]
    const waiting = await rows.intent(people.sender, people.gone.conversation)
    await rows.page(people.sender)
    await merge(people)
    const placeOf = async (id: IntentId) =>
      (
        await sql<{ v: string }>`select conversation_id::text as v from intents where id = ${id}::uuid`.execute(
          rows.postgres.db,
        )
      ).rows[0]?.v
    expect(await placeOf(ids[1] as IntentId)).toBe(people.gone.conversation)
    expect(await placeOf(waiting)).toBe(people.kept.conversation)
    expect(await resolve(byBsuid(people.gone.bsuid))).toEqual([people.kept.contact])
    expect(await unfoldedConversations(rows.postgres.db, 1_000)).toContain(people.gone.conversation)

    await rows.closeAttempt(ids[0] as IntentId, 1, { event: 'accept' })
    const fold = () => inTransaction(rows.postgres.pool, (trx) => foldConversation(trx, people.gone.conversation))
    expect(await fold()).toBe(people.kept.conversation)
    expect(await placeOf(ids[1] as IntentId)).toBe(people.kept.conversation)
    // What was on its way into it may come yet.
    expect(await unfoldedConversations(rows.postgres.db, 1_000)).toContain(people.gone.conversation)
    await sql`update conversations set unfolded_since = now() - interval '1 hour' where id = ${people.gone.conversation}::bigint`.execute(
      rows.postgres.db,
    )
    await fold()
    expect(await unfoldedConversations(rows.postgres.db, 1_000)).not.toContain(people.gone.conversation)
  })

  it('keep the evidence of every consent, and the newest counts', async () => {
    const people = await pair()
    const { db } = rows.postgres
    await recordConsent(db, people.kept.contact, { category: 'marketing', state: 'out', evidence: { call: 1 } }, 'api')
    await sql`update consents set at = at - interval '1 hour' where contact_id = ${people.kept.contact}::bigint`.execute(
      db,
    )
    await recordConsent(db, people.gone.contact, { category: 'marketing', state: 'in', evidence: { form: 2 } }, 'api')
    await merge(people)
    expect((await readContact(people.kept.contact))?.marketing).toBe('in')
    expect(await listConsents(db, people.kept.contact)).toMatchObject([
      { state: 'in', evidence: { form: 2 } },
      { state: 'out', evidence: { call: 1 } },
    ])
  })

  it('redirect in one step, however often they were merged', async () => {
    const [first, second] = [await pair(), await pair()]
    await merge(first)
    await merge({ ...first, kept: second.kept, gone: { ...first.kept, bsuid: '' } })
    expect((await readContact(first.gone.contact))?.merged_into).toBe(second.kept.contact)
    expect((await readConversation(first.gone.conversation))?.contact_id).toBe(second.kept.contact)
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
    const found = await ensureConversations(rows.postgres.db, [{ sender: other, contactId: people.gone.contact }])
    const conversation = found.get(`${other} ${people.gone.contact}`)?.id as ConversationId
    await merge(people)
    expect((await readConversation(conversation))?.contact_id).toBe(people.kept.contact)
  })
})
