import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ContactId, ConversationId, PhoneNumberId, Wamid } from '../../src/domain/ids.ts'
import { DAY_MS, type Instant, instant, MINUTE_MS, plus, SECOND_MS } from '../../src/domain/time.ts'
import { insertInbound } from '../../src/store/conversations/conversations.ts'
import { findContact, readContact, updateContact } from '../../src/store/people/contacts.ts'
import { contactReached, markUnreachable, recipientsReached } from '../../src/store/people/reachability.ts'
import { HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

const REVIEW_MS = 30 * DAY_MS

let rows: Rows
let sender: PhoneNumberId
let contactId: ContactId
let conversationId: ConversationId
/** A whole second, as Meta stamps them, some time ago. */
let noon: Instant
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())
beforeEach(async () => {
  sender = await rows.linkSender()
  ;({ id: conversationId, contactId } = await rows.conversation(sender))
  noon = instant(Math.floor((await rows.now()) / SECOND_MS) * SECOND_MS - 10 * MINUTE_MS)
})

const db = () => rows.postgres.db
const undelivered = (at: Instant, of = conversationId) => markUnreachable(db(), of, at, REVIEW_MS)
const wroteAt = async (at: Instant, of = { conversationId, contactId }) => {
  const wamid = `wamid.${rows.digits()}` as Wamid
  await insertInbound(db(), { wamid, conversationId: of.conversationId, type: 'reaction', at, body: {} })
  await contactReached(db(), of.contactId, at)
}
/** One message of ours was delivered, and Casement is told. */
const deliveredAt = async (at: Instant) => {
  await sql`
    insert into messages (wamid, conversation_id, status, delivered_at)
    values (${`wamid.${rows.digits()}`}, ${conversationId}::bigint, 'delivered', ${new Date(at)})`.execute(db())
  await recipientsReached(db(), [{ conversationId, at }])
}
const unreachable = async (id = contactId) => {
  const contact = await readContact(db(), id)
  if (!contact) throw new Error('expected the contact')
  const { unreachable_since: since, unreachable_until: until } = contact
  return since === null ? null : { since, until }
}

describe('a person to whom Meta could not deliver', () => {
  it('is left alone until the review date', async () => {
    await undelivered(noon)
    expect(await unreachable()).toEqual({ since: noon, until: plus(noon, REVIEW_MS) })
  })

  it('is the newest attempt’s affair, in whatever order they are reported', async () => {
    const attempts = [noon, plus(noon, MINUTE_MS), plus(noon, 2 * MINUTE_MS)]
    for (const at of [attempts[1], attempts[2], attempts[0], attempts[1]]) await undelivered(at as Instant)
    expect(await unreachable()).toEqual({ since: attempts[2], until: plus(attempts[2] as Instant, REVIEW_MS) })
  })

  it('counts as reachable again once the date has passed, and is marked anew', async () => {
    await undelivered(plus(noon, -REVIEW_MS))
    expect(await unreachable()).toBeNull()
    await undelivered(noon)
    expect(await unreachable()).toEqual({ since: noon, until: plus(noon, REVIEW_MS) })
  })

  it('is one person, whichever number of ours wrote to them', async () => {
    const other = await rows.linkSender()
    const waId = (await readContact(db(), contactId))?.wa_id as string
    const { id } = await rows.conversation(other, waId)
    await undelivered(noon, id)
    expect(await unreachable()).not.toBeNull()
    await wroteAt(plus(noon, MINUTE_MS), { conversationId: id, contactId })
    expect(await unreachable()).toBeNull()
  })

  it.each([
    ['they write', wroteAt],
    ['another message is delivered', deliveredAt],
  ])('can be reached again when %s', async (_what, sign) => {
    await undelivered(noon)
    await sign(plus(noon, MINUTE_MS))
    expect(await unreachable()).toBeNull()
  })

  it.each([
    ['they wrote', wroteAt],
    ['a message was delivered', deliveredAt],
  ])('stays so when %s before, and that is told late', async (_what, sign) => {
    await undelivered(noon)
    await sign(plus(noon, -MINUTE_MS))
    expect(await unreachable()).not.toBeNull()
  })

  it.each([
    ['they wrote', wroteAt],
    ['a message was delivered', deliveredAt],
    ['an operator said so', () => updateContact(db(), contactId, { unreachable: null })],
  ])('is not marked by an older attempt that is reported after %s', async (_what, sign) => {
    await sign(plus(noon, MINUTE_MS))
    await undelivered(noon)
    expect(await unreachable()).toBeNull()
  })

  it('is marked again by an attempt after the sign of life', async () => {
    await undelivered(noon)
    await wroteAt(plus(noon, MINUTE_MS))
    await undelivered(plus(noon, 2 * MINUTE_MS))
    expect(await unreachable()).toMatchObject({ since: plus(noon, 2 * MINUTE_MS) })
  })

  it('is marked by the first attempt after an operator’s word', async () => {
    await undelivered(noon)
    await updateContact(db(), contactId, { unreachable: null })
    await undelivered(await rows.now())
    expect(await unreachable()).not.toBeNull()
  })

  it('is believed alive when the stamp’s second is the attempt’s own', async () => {
    await wroteAt(noon)
    await undelivered(plus(noon, 999))
    expect(await unreachable()).toBeNull()
    await undelivered(plus(noon, 1_000))
    expect(await unreachable()).not.toBeNull()
  })

  it('ends alike in any order, any number of times (P4)', async () => {
    const event = fc.record({
      kind: fc.constantFrom('undelivered', 'wrote', 'delivered'),
      minute: fc.nat(5),
    })
    const apply = async (events: { kind: string; minute: number }[]) => {
      ;({ id: conversationId, contactId } = await rows.conversation(sender))
      for (const { kind, minute } of events) {
        const at = plus(noon, minute * MINUTE_MS)
        if (kind === 'undelivered') await undelivered(plus(at, 30 * SECOND_MS))
        else if (kind === 'wrote') await wroteAt(at)
        else await deliveredAt(at)
      }
      return unreachable()
    }
    const histories = fc
      .uniqueArray(event, { maxLength: 6, selector: ({ kind, minute }) => `${kind} ${minute}` })
      .chain((events) =>
        fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: 2 * events.length })),
      )
    await fc.assert(
      fc.asyncProperty(histories, async ([inOrder, shuffled]) => {
        expect(await apply(shuffled)).toEqual(await apply(inOrder))
      }),
      { numRuns: 60 },
    )
  })

  it('keeps everybody else as they were', async () => {
    const other = await rows.conversation(sender)
    await undelivered(noon)
    await recipientsReached(db(), [{ conversationId: other.id, at: await rows.now() }])
    expect(await unreachable()).not.toBeNull()
    expect(await unreachable(other.contactId)).toBeNull()
    expect(await findContact(db(), HERE.workspace, other.waId)).toBe(other.contactId)
  })
})
