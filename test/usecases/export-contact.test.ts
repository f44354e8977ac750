import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { managementIo } from '../../src/app/management-io.ts'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import { exportContact, recordConsent } from '../../src/usecases/manage-contacts.ts'
import { CALLER, STRANGER } from '../support/access.ts'
import { fakeGraph } from '../support/management.ts'
import { createRows, type Rows } from '../support/rows.ts'

/** Where each table that hangs on a person has its place in an export, or why it has none. */
const PLACES: Record<string, string> = {
  contacts: 'contact',
  contact_identities: 'identities',
  consents: 'contact.consents',
  conversations: 'conversations',
  intents: 'conversations.intents',
  attempts: 'conversations.intents.attempts',
  decisions: 'conversations.intents.decisions',
  messages: 'conversations.messages',
  inbound_messages: 'conversations.messages',
  free_entry_reports: 'conversations.free_entry_point, which is worked out from them',
  messaging_limit_uses: 'messaging_limit',
  campaign_intents: 'conversations.intents.created_by, which names the campaign; the line is in campaigns',
  campaign_answers: 'none: which of our messages a message of theirs answers, until that is known',
  flow_runs: 'flow_runs',
  flow_run_events: 'flow_runs.history',
  flow_calls: 'flow_runs.calls',
  flow_enrolments: 'flow_enrolments',
  flow_events: 'flow_events',
  flow_begins: 'none: which of our messages, in conversations.intents, a flow may begin by',
  told_identities: 'identities, in a moment, when they are learnt',
  turns: 'none: which message is under way, as its state says',
  pair_buckets: 'none: how soon the next message may go, for seconds',
}

describe('the export of a person', () => {
  let rows: Rows
  let io: ReturnType<typeof managementIo>['contacts']
  let sender: PhoneNumberId
  let waId: string
  beforeAll(async () => {
    rows = await createRows()
    io = managementIo(rows.postgres, rows.senders, fakeGraph(), rows.optOuts).contacts
    sender = await rows.linkSender()
    const mine = await rows.conversation(sender)
    waId = mine.waId
    const id = await rows.intent(sender, mine.id, { metadata: { order: 17 } })
    await rows.attempt(sender, id, { event: 'accept', sentAs: 'free_form' } as never, 'wamid.mine')
    await sql`
      with person as (select contact_id as id from conversations where id = ${mine.id}::bigint),
      flow as (insert into flows (workspace, name, version) values (${CALLER.workspace}, 'exported', 1) returning id),
      run as (
        insert into flow_runs (id, workspace, flow_id, version, phone_number_id, conversation_id, contact_id, step, due_at, run)
        select gen_random_uuid(), ${CALLER.workspace}, flow.id, 1, ${sender}, ${mine.id}::bigint, person.id, 'greet', now(), '{"data":{"order":17}}'
        from flow, person returning id),
      line as (insert into flow_run_events (run_id, at, kind, text, code, filled) select id, now(), 'started', 'It began.', 'started', '{}' from run),
      enrolment as (insert into flow_enrolments (flow_id, contact_id, once_key) select flow.id, person.id, 'contact' from flow, person)
      insert into flow_events (contact_id, key, name, data) select id, 'k1', 'paid', '{"sum":3}' from person`.execute(
      rows.postgres.db,
    )
    await rows.intent(sender, mine.id)
    await rows.conversation(await rows.linkSender(), waId)
    const { db } = rows.postgres
    await sql`
      insert into inbound_messages (wamid, conversation_id, type, at, body)
      values ('wamid.theirs', ${mine.id}::bigint, 'text', casement_now(), '{"type":"text","text":{"body":"Where is it?"}}')`.execute(
      db,
    )
    await sql`
      insert into messaging_limit_uses (portfolio_id, contact_id, at)
      select portfolio_id, ${mine.contactId}::bigint, casement_now() from wabas limit 1`.execute(db)
    await recordConsent(io, CALLER, waId, { category: 'marketing', state: 'in', evidence: { form: 'A' } })
    const stranger = await rows.conversation(sender)
    await rows.intent(sender, stranger.id, { message: { type: 'text', text: { body: 'for somebody else' } } })
  })
  afterAll(() => rows.close())

  it('has everything that is kept of them, and nothing of anybody else', async () => {
    const answer = await exportContact(io, CALLER, waId)
    expect(answer).toMatchObject({
      ok: true,
      value: {
        exported_at: expect.any(String),
        contact: { wa_id: waId, marketing: 'in', consents: [{ category: 'marketing', evidence: { form: 'A' } }] },
        identities: [{ id: waId, portfolio_id: null }],
        conversations: [
          {
            sender,
            messages: [
              { direction: 'inbound', wamid: 'wamid.theirs', text: 'Where is it?' },
              { direction: 'outbound', wamid: 'wamid.mine', text: 'Hello' },
            ],
            intents: [
              { metadata: { order: 17 }, attempts: [{ wamid: 'wamid.mine' }], decisions: [{ kind: 'send' }] },
              {},
            ],
          },
          { messages: [], intents: [] },
        ],
        flow_runs: [{ flow: 'exported', data: { order: 17 }, history: [{ kind: 'started', at: expect.any(String) }] }],
        flow_enrolments: [{ flow: 'exported', key: 'contact' }],
        flow_events: [{ key: 'k1', name: 'paid', sender: null, data: { sum: 3 } }],
        messaging_limit: [{ at: expect.any(String) }],
      },
    })
    expect(JSON.stringify(answer)).not.toContain('for somebody else')
  })

  it('has of some numbers only what was exchanged with those, and of another workspace nobody', async () => {
    const answer = await exportContact(io, { ...CALLER, senders: [sender] }, waId)
    expect(answer).toMatchObject({ ok: true, value: { conversations: [{ sender }] } })
    expect(await exportContact(io, STRANGER, waId)).toMatchObject({ ok: false, refusal: { status: 404 } })
  })

  it('knows a place for every table that hangs on a person', async () => {
    const { rows: found } = await sql<{ name: string }>`
      with recursive of_person (id) as (
        select 'contacts'::regclass::oid
        -- whatever names an intent or a conversation without a foreign key
        union select format('public.%I', table_name)::regclass::oid from information_schema.columns
        where table_schema = 'public' and column_name in ('intent_id', 'conversation_id')
        union
        select c.conrelid from pg_constraint c join of_person p on c.confrelid = p.id where c.contype = 'f'
      )
      select r.relname as name from of_person p join pg_class r on r.oid = p.id`.execute(rows.postgres.db)
    expect(found.map(({ name }) => name).sort()).toEqual(Object.keys(PLACES).sort())
  })
})
