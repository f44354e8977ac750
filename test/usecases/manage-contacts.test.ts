import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { JOBS, jobRunner } from '../../src/app/jobs.ts'
import { managementIo } from '../../src/app/management-io.ts'
import { viewOfContact } from '../../src/app/views/conversation.ts'
import { type Identity, identityOfBsuid, identityOfNumber } from '../../src/domain/identity.ts'
import { type Bsuid, DEFAULT_WORKSPACE, type PhoneNumberId, type WaId } from '../../src/domain/ids.ts'
import { createTokenVault } from '../../src/store/accounts/token-vault.ts'
import { readJob } from '../../src/store/jobs/jobs.ts'
import { stopMarketing } from '../../src/store/people/consents.ts'
import { lockAlone, mergeContacts } from '../../src/store/people/merge.ts'
import { type OptOutBook, OptOutsUnreadable, optOutBook } from '../../src/store/people/opt-outs.ts'
import { recognisePerson } from '../../src/store/people/recognise.ts'
import { resolveContacts } from '../../src/store/people/resolve.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { eraseStep } from '../../src/usecases/erase-contact.ts'
import {
  eraseContact,
  getContact,
  putContact,
  recordConsent,
  updateContact,
} from '../../src/usecases/manage-contacts.ts'
import { runJobs } from '../../src/usecases/run-jobs.ts'
import { CALLER, HERE } from '../support/access.ts'
import { fakeGraph } from '../support/management.ts'
import { createRows, type Rows } from '../support/rows.ts'

describe('contacts', () => {
  let rows: Rows
  let io: ReturnType<typeof managementIo>['contacts']
  let sender: PhoneNumberId
  beforeAll(async () => {
    rows = await createRows()
    io = managementIo(rows.postgres, rows.senders, fakeGraph(), rows.optOuts).contacts
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
    const told = { ...identityOfBsuid('BR.13491208655302741918' as Bsuid, await rows.wabaOf(sender)), at: null }
    await inTransaction(rows.postgres.pool, (trx) =>
      recognisePerson(trx, DEFAULT_WORKSPACE, [told], contactId, rows.optOuts),
    )
    expect(await show('BR.13491208655302741918')).toMatchObject({ wa_id: waId, marketing: 'unknown' })
    expect(await show(`+${waId}`)).toMatchObject({ wa_id: waId })
  })

  it('keep what a change does not name and forget what it sets to null', async () => {
    const { waId } = await rows.conversation(sender)
    await updateContact(io, CALLER, waId, { name: 'Ana', language: 'pt_BR', time_zone: 'America/Sao_Paulo' })
    await updateContact(io, CALLER, waId, { language: null })
    expect(await show(waId)).toMatchObject({ name: 'Ana', language: null, time_zone: 'America/Sao_Paulo' })
  })

  it('keep attributes one by one, and forget those that are set to null', async () => {
    const { waId } = await rows.conversation(sender)
    await updateContact(io, CALLER, waId, { attributes: { segment: 'b2b', visits: 3, vip: true } })
    await updateContact(io, CALLER, waId, { attributes: { visits: 4, vip: null } })
    expect(await show(waId)).toMatchObject({ attributes: { segment: 'b2b', visits: 4 } })
    const large = await updateContact(io, CALLER, waId, { attributes: { note: 'x'.repeat(4_080) } })
    expect(large).toMatchObject({ ok: false, refusal: { status: 400, field: 'attributes' } })
    expect(await show(waId)).toMatchObject({ attributes: { segment: 'b2b', visits: 4 } })
  })

  it('are made by a PUT, which sets what it gives and all of the attributes', async () => {
    const digits = `551198765${rows.digits().slice(-4).padStart(4, '1')}`
    const first = await putContact(io, CALLER, digits, { name: 'Ana', attributes: { segment: 'b2b', visits: 3 } })
    expect(first).toMatchObject({ ok: true, value: { created: true, contact: { wa_id: digits, name: 'Ana' } } })
    const second = await putContact(io, CALLER, `+${digits}`, { attributes: { visits: 4 } })
    expect(second).toMatchObject({
      ok: true,
      value: { created: false, contact: { name: 'Ana', attributes: { visits: 4 } } },
    })
    const large = { attributes: { note: 'x'.repeat(5_000) } }
    const stranger = `551198766${rows.digits().slice(-4).padStart(4, '1')}`
    expect(await putContact(io, CALLER, stranger, large)).toMatchObject({ ok: false, refusal: { status: 400 } })
    expect(await getContact(io, HERE.workspace, stranger)).toMatchObject({ ok: false, refusal: { status: 404 } })
    expect(await putContact(io, CALLER, '12', {})).toMatchObject({
      ok: false,
      refusal: { status: 400, field: 'contact' },
    })
  })

  it('are one person however many make them at once', async () => {
    const digits = `551198767${rows.digits().slice(-4).padStart(4, '1')}`
    const puts = await Promise.all(
      [1, 2, 3, 4].map((n) => putContact(io, CALLER, digits, { attributes: { [`n${n}`]: n } })),
    )
    expect(puts.every(({ ok }) => ok)).toBe(true)
    const { rows: found } = await sql`select id from contacts where wa_id = ${digits}`.execute(rows.postgres.db)
    expect(found).toHaveLength(1)
  })

  it('that nobody ever met are unknown', async () => {
    for (const contact of ['15550009999', 'Ana']) {
      expect(await getContact(io, HERE.workspace, contact)).toMatchObject({ ok: false, refusal: { status: 404 } })
      expect(await updateContact(io, CALLER, contact, {})).toMatchObject({
        ok: false,
        refusal: { status: 404 },
      })
      expect(await eraseContact(io, CALLER, contact)).toMatchObject({ ok: false, refusal: { status: 404 } })
    }
  })

  describe('consent', () => {
    it('is what was recorded last, with the evidence of all', async () => {
      const { waId, contactId } = await rows.conversation(sender)
      await recordConsent(io, CALLER, waId, {
        category: 'marketing',
        state: 'in',
        evidence: { form: 'checkout' },
      })
      const answer = await recordConsent(io, CALLER, waId, { category: 'marketing', state: 'out' })
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
      expect(await recordConsent(io, CALLER, waId, { category: 'marketing', state: 'in' })).toMatchObject({
        value: { marketing: 'out' },
      })
    })
  })

  describe('erasing', () => {
    const runner = () => jobRunner({ postgres: rows.postgres, optOuts: rows.optOuts, onFailed: () => {} })
    /** Asks for it and runs it, in as many rounds as it takes. */
    async function erase(contact: string) {
      const answer = await eraseContact(io, CALLER, contact)
      if (!answer.ok) return answer
      while (await runJobs(runner(), JOBS)) {}
      return readJob(rows.postgres.db, HERE.workspace, answer.value.job)
    }

    it('is a job that forgets what it was given', async () => {
      const { waId } = await rows.conversation(sender)
      expect(await erase(waId)).toMatchObject({
        kind: 'erase_contact',
        state: 'done',
        result: { erased: true },
        error: null,
      })
      const { rows: jobs } = await sql<{ input: unknown }>`select input from jobs`.execute(rows.postgres.db)
      expect(JSON.stringify(jobs)).not.toContain(waId)
    })

    it('is one job while it is under way', async () => {
      const { waId } = await rows.conversation(sender)
      const jobs = [await eraseContact(io, CALLER, waId), await eraseContact(io, CALLER, waId)]
      expect(jobs[1]).toEqual(jobs[0])
    })

    it('removes the person with conversations, intents and messages, and whoever was merged into them', async () => {
      const { id: conversation, contactId, waId } = await rows.conversation(sender)
      const sent = await rows.intent(sender, conversation)
      await rows.attempt(sender, sent, { event: 'accept' })
      const doubted = await rows.intent(sender, conversation)
      const reason = { code: 'in_doubt' as const, text: 'Lost.' }
      await rows.attempt(sender, doubted, { event: 'doubt', keepsTurn: true, reason })
      await recordConsent(io, CALLER, waId, { category: 'utility', state: 'in' })
      const other = await rows.conversation(sender)
      await inTransaction(rows.postgres.pool, async (trx) => {
        await lockAlone(trx, [contactId, other.contactId])
        await mergeContacts(trx, contactId, other.contactId)
      })

      await erase(other.waId)
      expect([await show(waId), await show(other.waId)]).toEqual([null, null])
      const { db } = rows.postgres
      expect(await db.selectFrom('intents').select('id').where('id', 'in', [sent, doubted]).execute()).toEqual([])
      expect(await db.selectFrom('messages').select('wamid').where('intent_id', '=', sent).execute()).toEqual([])
      expect(await db.selectFrom('conversations').select('id').where('contact_id', '=', contactId).execute()).toEqual(
        [],
      )
      const people = db.selectFrom('contacts').select('id').where('id', 'in', [contactId, other.contactId])
      expect(await people.execute()).toEqual([])
    })

    it('leaves everybody else alone', async () => {
      const { waId } = await rows.conversation(sender)
      const other = await rows.conversation(sender)
      const intent = await rows.intent(sender, other.id)
      await erase(waId)
      expect(await show(other.waId)).not.toBeNull()
      const left = await rows.postgres.db.selectFrom('intents').select('id').where('id', '=', intent).execute()
      expect(left).toHaveLength(1)
    })

    it('empties the raw webhooks that name the person, and leaves to others what is theirs and was kept aside', async () => {
      const { waId } = await rows.conversation(sender)
      const mentioning = `{"contacts":[{"wa_id":"${waId}"}],"text":{"body":"my secret"}}`
      const both = `{"entry":[{"changes":[{"value":{"n":12345678901234567890,"messages":[{"from":"${waId}"},{"from":"15559990000"}]}}]}]}`
      const [applied, failed, mixed, longer] = [
        await storeEvent(mentioning, 'applied'),
        await storeEvent(`{"contacts":[{"wa_id":"15559990000"}],"statuses":[{"recipient_id":"${waId}"}]}`, 'failed'),
        await storeEvent(both, 'failed'),
        await storeEvent(`{"contacts":[{"wa_id":"${waId}1"}]}`, 'applied'),
      ]
      await erase(waId)
      const events = await rows.postgres.db.selectFrom('webhook_events').select(['id', 'payload']).execute()
      const payloads = new Map(events.map((event) => [event.id, event.payload]))
      expect(payloads.get(applied.id)).toBe('{}')
      expect(payloads.get(failed.id)).toBe('{"contacts":[{"wa_id":"15559990000"}],"statuses":[]}')
      expect(payloads.get(mixed.id)).toBe(
        '{"entry":[{"changes":[{"value":{"n":12345678901234567890,"messages":[{"from":"15559990000"}]}}]}]}',
      )
      expect(payloads.get(longer.id)).not.toBe('{}')
    })

    it('is tried again after a step that failed, and keeps nothing of the person once it is done', async () => {
      const { waId } = await rows.conversation(sender)
      const answer = await eraseContact(io, CALLER, waId)
      if (!answer.ok) throw new Error(answer.refusal.message)
      const read = () => readJob(rows.postgres.db, HERE.workspace, answer.value.job)
      const broken = { ...JOBS, erase_contact: () => Promise.reject(new Error(`a bug that names ${waId}`)) }
      await runJobs(runner(), broken)
      expect(await read()).toMatchObject({ state: 'running', error: expect.stringContaining('a bug') })
      // Not at once: whatever is wrong is not asked every second.
      await runJobs(runner(), JOBS)
      expect(await show(waId)).not.toBeNull()
      await sql`update jobs set retry_at = casement_now() where id = ${answer.value.job}::uuid`.execute(
        rows.postgres.db,
      )
      while (await runJobs(runner(), JOBS)) {}
      expect(await read()).toMatchObject({ state: 'done', error: null })
      const { rows: jobs } = await sql`select * from jobs where id = ${answer.value.job}::uuid`.execute(
        rows.postgres.db,
      )
      expect(JSON.stringify(jobs)).not.toContain(waId)
    })

    it('waits until every webhook of theirs is applied', async () => {
      const { waId } = await rows.conversation(sender)
      const { id } = await storeEvent(`{"contacts":[{"wa_id":"${waId}"}]}`, 'pending')
      const answer = await eraseContact(io, CALLER, waId)
      await runJobs(runner(), JOBS)
      expect(await show(waId)).not.toBeNull()
      await rows.postgres.db.updateTable('webhook_events').set({ state: 'applied' }).where('id', '=', id).execute()
      while (await runJobs(runner(), JOBS)) {}
      expect(answer.ok && (await readJob(rows.postgres.db, HERE.workspace, answer.value.job))?.state).toBe('done')
      expect(await show(waId)).toBeNull()
    })

    it('waits for a producer that is enqueueing to the person, and takes that along', async () => {
      const { waId, id: conversation } = await rows.conversation(sender)
      const { promise: gate, resolve: go } = Promise.withResolvers<void>()
      const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
      const open = inTransaction(rows.postgres.pool, async (trx) => {
        await resolveContacts(trx, HERE.workspace, [identityOfNumber(waId as WaId)], rows.optOuts)
        reach()
        await gate
      })
      await reached
      const answer = await eraseContact(io, CALLER, waId)
      await runJobs(runner(), JOBS)
      expect(await show(waId)).not.toBeNull()
      const late = await rows.intent(sender, conversation)
      go()
      await open
      while (await runJobs(runner(), JOBS)) {}
      expect(answer.ok && (await readJob(rows.postgres.db, HERE.workspace, answer.value.job))?.state).toBe('done')
      expect(await rows.postgres.db.selectFrom('intents').select('id').where('id', '=', late).execute()).toEqual([])
    })

    it('goes on where a process died between two steps', async () => {
      const { waId, id: conversation } = await rows.conversation(sender)
      await rows.intent(sender, conversation)
      const answer = await eraseContact(io, CALLER, waId)
      const id = answer.ok ? answer.value.job : ''
      // One step a round, each in a runner of its own, and each tried once in vain.
      for (let round = 0; round < 20; round += 1) {
        const dying = runner()
        await dying
          .inTransaction(async (trx) => {
            const job = await trx.lock(id)
            if (job) await eraseStep(trx.io, job)
            throw new Error('died')
          })
          .catch(() => {})
        await runner().inTransaction(async (trx) => {
          const job = await trx.lock(id)
          const outcome = job && (await eraseStep(trx.io, job))
          if (outcome?.kind === 'more') await trx.save(id, outcome)
          if (outcome?.kind === 'finished') await trx.finish(id, outcome.result)
        })
      }
      expect((await readJob(rows.postgres.db, HERE.workspace, id))?.state).toBe('done')
      expect(await show(waId)).toBeNull()
    })

    describe('somebody who opted out', () => {
      it.each(['api', 'whatsapp'] as const)(
        'outlives them, under every spelling of the number: %s (P7)',
        async (how) => {
          const subscriber = how === 'api' ? '98111222' : '98111333'
          const { waId, contactId } = await rows.conversation(sender, `55119${subscriber}`)
          if (how === 'api') await recordConsent(io, CALLER, waId, { category: 'marketing', state: 'out' })
          else await stopMarketing(rows.postgres.db, contactId, new Date())
          await erase(waId)
          await rows.conversation(sender, `5511${subscriber}`)
          expect(await show(waId)).toMatchObject({ marketing: 'out', consents: [{ state: 'out', source: 'import' }] })
        },
      )

      it('is remembered when the id is learnt of somebody who came back by another', async () => {
        const { waId } = await rows.conversation(sender)
        await recordConsent(io, CALLER, waId, { category: 'marketing', state: 'out' })
        await erase(waId)
        const bsuid = identityOfBsuid('BR.777' as Bsuid, await rows.wabaOf(sender))
        const recognise = (...ids: Identity[]) =>
          inTransaction(rows.postgres.pool, (trx) =>
            recognisePerson(
              trx,
              HERE.workspace,
              ids.map((id) => ({ ...id, at: null })),
              null,
              rows.optOuts,
            ),
          )
        await recognise(bsuid)
        expect((await show('BR.777'))?.marketing).toBe('unknown')
        await recognise(bsuid, identityOfNumber(waId as WaId))
        expect((await show('BR.777'))?.marketing).toBe('out')
      })

      it('is forgotten when they opted in again before a second erasure', async () => {
        const { waId } = await rows.conversation(sender)
        await recordConsent(io, CALLER, waId, { category: 'marketing', state: 'out' })
        await erase(waId)
        await rows.conversation(sender, waId)
        await recordConsent(io, CALLER, waId, { category: 'marketing', state: 'in' })
        await erase(waId)
        await rows.conversation(sender, waId)
        expect((await show(waId))?.marketing).toBe('unknown')
      })

      it('keeps a process without the secret from making contacts, and any other from forgetting', async () => {
        const { waId } = await rows.conversation(sender)
        await recordConsent(io, CALLER, waId, { category: 'marketing', state: 'out' })
        await erase(waId)
        const make = (book: OptOutBook) =>
          inTransaction(rows.postgres.pool, (trx) =>
            resolveContacts(trx, HERE.workspace, [identityOfNumber(waId as WaId)], book),
          )
        const stranger = createTokenVault([randomBytes(32)])
        await expect(make(optOutBook(null))).rejects.toThrow(OptOutsUnreadable)
        await expect(make(optOutBook(stranger))).rejects.toThrow(OptOutsUnreadable)
        expect(await show(waId)).toBeNull()
      })
    })

    it('is undisturbed by an answer that comes after the worker was given up', async () => {
      const { id: conversation, waId } = await rows.conversation(sender)
      const id = await rows.intent(sender, conversation)
      const reason = { code: 'in_doubt' as const, text: 'The worker is gone.' }
      const { number } = await rows.attempt(sender, id, { event: 'doubt', keepsTurn: true, reason })
      await erase(waId)
      await rows.closeAttempt(id, number, { event: 'accept' })
      expect(
        await rows.postgres.db.selectFrom('messages').select('wamid').where('intent_id', '=', id).execute(),
      ).toEqual([])
    })
  })
})
