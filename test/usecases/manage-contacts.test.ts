import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { managementIo } from '../../src/app/management-io.ts'
import type { PhoneNumberId, Wamid } from '../../src/domain/ids.ts'
import { viewOfContact } from '../../src/store/conversations/view.ts'
import { attemptStore } from '../../src/store/intents/attempts.ts'
import { learnIdentity } from '../../src/store/intents/enqueue.ts'
import { eraseContact, getContact, recordConsent, updateContact } from '../../src/usecases/manage-contacts.ts'
import { HERE } from '../support/access.ts'
import { fakeGraph } from '../support/management.ts'
import { createRows, type Rows } from '../support/rows.ts'

describe('contacts', () => {
  let rows: Rows
  let io: ReturnType<typeof managementIo>['contacts']
  let sender: PhoneNumberId
  beforeAll(async () => {
    rows = await createRows()
    io = managementIo(rows.postgres, rows.senders, fakeGraph()).contacts
    sender = await rows.linkSender()
  })
  afterAll(() => rows.close())

  async function show(contact: string) {
    const answer = await getContact(io, HERE.workspace, contact)
    return answer.ok ? viewOfContact(answer.value) : null
  }

  function storeEvent(payload: string, state: 'pending' | 'applied' | 'failed') {
    return rows.postgres.db
      .insertInto('webhook_events')
      .values({ payload, state })
      .returning('id')
      .executeTakeFirstOrThrow()
  }

  it('are found by any id they were seen under', async () => {
    const { contactId, waId } = await rows.conversation(sender)
    await learnIdentity(rows.postgres.db, contactId, 'BR.13491208655302741918')
    expect(await show('BR.13491208655302741918')).toMatchObject({ wa_id: waId, marketing: 'unknown' })
    expect(await show(`+${waId}`)).toMatchObject({ wa_id: waId })
  })

  it('keep what a change does not name and forget what it sets to null', async () => {
    const { waId } = await rows.conversation(sender)
    await updateContact(io, HERE.workspace, waId, { name: 'Ana', language: 'pt_BR', time_zone: 'America/Sao_Paulo' })
    await updateContact(io, HERE.workspace, waId, { language: null })
    expect(await show(waId)).toMatchObject({ name: 'Ana', language: null, time_zone: 'America/Sao_Paulo' })
  })

  it('that nobody ever met are unknown', async () => {
    for (const contact of ['15550009999', 'Ana']) {
      expect(await getContact(io, HERE.workspace, contact)).toMatchObject({ ok: false, refusal: { status: 404 } })
      expect(await updateContact(io, HERE.workspace, contact, {})).toMatchObject({
        ok: false,
        refusal: { status: 404 },
      })
      expect(await eraseContact(io, HERE.workspace, contact)).toMatchObject({ ok: false, refusal: { status: 404 } })
    }
  })

  describe('consent', () => {
    it('is what was recorded last, with the evidence of all', async () => {
      const { waId, contactId } = await rows.conversation(sender)
      await recordConsent(io, HERE.workspace, waId, {
        category: 'marketing',
        state: 'in',
        evidence: { form: 'checkout' },
      })
      const answer = await recordConsent(io, HERE.workspace, waId, { category: 'marketing', state: 'out' })
      expect(answer).toMatchObject({ ok: true, value: { marketing: 'out', utility: 'unknown' } })
      const { rows: kept } = await rows.postgres.pool.query(
        'select state, evidence from consents where contact_id = $1 order by id',
        [contactId],
      )
      expect(kept).toEqual([
        { state: 'in', evidence: { form: 'checkout' } },
        { state: 'out', evidence: null },
      ])
    })

    it('on record does not lift a stop in WhatsApp itself', async () => {
      const { waId, contactId } = await rows.conversation(sender)
      await rows.postgres.db
        .updateTable('contacts')
        .set({ stopped_marketing_at: new Date() })
        .where('id', '=', contactId)
        .execute()
      expect(await recordConsent(io, HERE.workspace, waId, { category: 'marketing', state: 'in' })).toMatchObject({
        value: { marketing: 'out' },
      })
    })
  })

  describe('erasing', () => {
    it('removes the person with conversations, intents and messages', async () => {
      const { id: conversation, contactId, waId } = await rows.conversation(sender)
      const sent = await rows.intent(sender, conversation)
      await rows.attempt(sender, sent, { event: 'accept' })
      const queued = await rows.intent(sender, conversation)
      await rows.page(sender)
      await recordConsent(io, HERE.workspace, waId, { category: 'utility', state: 'in' })

      expect(await eraseContact(io, HERE.workspace, waId)).toMatchObject({ ok: true })
      expect(await show(waId)).toBeNull()
      const { db } = rows.postgres
      expect(await db.selectFrom('intents').select('id').where('id', 'in', [sent, queued]).execute()).toEqual([])
      expect(await db.selectFrom('messages').select('wamid').where('intent_id', '=', sent).execute()).toEqual([])
      expect(await db.selectFrom('conversations').select('id').where('contact_id', '=', contactId).execute()).toEqual(
        [],
      )
    })

    it('leaves everybody else alone', async () => {
      const { waId } = await rows.conversation(sender)
      const other = await rows.conversation(sender)
      const intent = await rows.intent(sender, other.id)
      await eraseContact(io, HERE.workspace, waId)
      expect(await show(other.waId)).not.toBeNull()
      expect(await rows.postgres.db.selectFrom('intents').select('id').where('id', '=', intent).execute()).toHaveLength(
        1,
      )
    })

    it('empties the raw webhooks that name the person, once they were applied', async () => {
      const { waId } = await rows.conversation(sender)
      const mentioning = `{"contacts":[{"wa_id":"${waId}"}],"text":{"body":"my secret"}}`
      const [applied, failed, pending, longer] = [
        await storeEvent(mentioning, 'applied'),
        await storeEvent(mentioning, 'failed'),
        await storeEvent(mentioning, 'pending'),
        await storeEvent(`{"contacts":[{"wa_id":"${waId}1"}]}`, 'applied'),
      ]
      await eraseContact(io, HERE.workspace, waId)
      const events = await rows.postgres.db.selectFrom('webhook_events').select(['id', 'payload']).execute()
      const payloads = new Map(events.map((event) => [event.id, event.payload]))
      expect(payloads.get(applied.id)).toBe('{}')
      expect(payloads.get(failed.id)).toBe('{}')
      expect(payloads.get(pending.id)).toBe(mentioning)
      expect(payloads.get(longer.id)).not.toBe('{}')
    })

    it('is undisturbed by the answer of a request that was on its way', async () => {
      const { id: conversation, waId } = await rows.conversation(sender)
      const id = await rows.intent(sender, conversation)
      const { number } = await rows.open(sender, id)
      await eraseContact(io, HERE.workspace, waId)
      const next = { event: 'accept' } as const
      const moved = await attemptStore(rows.postgres.pool).close({
        intentId: id,
        number,
        outcome: 'accepted',
        httpStatus: 200,
        error: null,
        wamid: `wamid.${id}` as Wamid,
        next,
      })
      expect(moved).toBe(false)
    })
  })
})
