import { sql } from 'kysely'
import { templateStatusClass } from '../../src/domain/template.ts'
import type { Db } from '../../src/store/pg/postgres.ts'
import { TEMPLATES } from './webhook-scripts.ts'
import { AWAITS_TEMPLATE } from './webhook-world.ts'

/*
 * All that webhooks change, in the words of Meta's ids, so that two databases can be compared. Left out is what tells of the way and not of
 * the end:
 *
 * - when we heard of something: our own clock's stamps, the history of templates, the tries a message spent before it was delivered after all
 * - since when a window is open: of messages that come late only the newest counts, and its end is what decides
 * - why a sender is restricted, when there are several reasons: the first one heard of
 * - an intent that waits for a template which was usable for a while and is not any more: it was let go when that was heard in time, and is
 *   put aside again when it is decided
 */

type Row = Record<string, unknown>

export async function readState(db: Db): Promise<Record<string, Row[]>> {
  const read = async (query: string) => (await sql.raw<Row>(query).execute(db)).rows
  const templates = await read('select id, status, category, quality, next_category from templates order by id')
  const awaited = templates.find(({ id }) => id === TEMPLATES[1])?.status as string
  const settled = templateStatusClass(awaited) !== 'waiting'
  const intents = await read(INTENTS)
  return {
    templates,
    intents: intents.filter(({ id }) => settled || id !== AWAITS_TEMPLATE),
    contacts: await read(CONTACTS),
    conversations: await read(CONVERSATIONS),
    attempts: await read('select intent_id, number, outcome, wamid from attempts order by 1, 2'),
    messages: await read(MESSAGES),
    inbound: await read(INBOUND),
    senders: await read('select phone_number_id, state, slowed_to_mps, slowed_at from senders'),
    accounts: await read(ACCOUNTS),
  }
}

/** Ids of our own differ from one run to the next, and so does what was merged into what. */
const person = `(select string_agg(ci.value, ' ' order by ci.value) from contact_identities ci where ci.contact_id = c.id) as person`
const ofConversation = (id: string) => `join conversations v on v.id = ${id} join contacts c on c.id = v.contact_id`

const CONTACTS = `
  select ${person}, wa_id, bsuid, name, username, marketing, utility, stopped_marketing_at, unreachable_since, unreachable_until
  from contacts c where c.merged_into is null order by 1`

const CONVERSATIONS = `
  select ${person}, v.phone_number_id, v.last_inbound_at, v.window_refuted_at, v.entry_state, v.entered_at, v.entry_opened_at,
    v.entry_expires_at, v.entry_conversation_id, v.follow_up_id
  from conversations v join contacts c on c.id = v.contact_id where v.merged_into is null order by 1`

const INTENTS = `
  select i.id, ${person}, i.state, i.reason_code, i.reason_text, i.reason_graph_code, i.due_at is not null as due, exists (select from turns t where t.intent_id = i.id) as has_turn,
    i.waits_kind, i.doubted_at is not null as in_doubt, i.attempts, i.wamid, i.follow_up_id,
    case when i.state <> 'sent' then i.retries end as retries
  from intents i ${ofConversation('i.conversation_id')} order by i.id`

const MESSAGES = `
  select m.wamid, ${person}, m.intent_id, m.attempt, m.sent_as, m.status, m.sent_at, m.delivered_at, m.read_at, m.failed_at, m.error, m.pricing
  from messages m ${ofConversation('m.conversation_id')} order by 1`

const INBOUND = `
  select i.wamid, ${person}, i.type, i.at, i.body from inbound_messages i ${ofConversation('i.conversation_id')} order by 1`

const ACCOUNTS = `
  select w.id, w.calls_paused_until is not null as paused, p.messaging_limit
  from wabas w join portfolios p on p.id = w.portfolio_id order by 1`
