import { sql } from 'kysely'
import type { ContactId, ConversationId, PhoneNumberId, WorkspaceId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import { CUSTOMER_SERVICE_WINDOW_MS } from '../../domain/window.ts'
import { TEMPLATE_THAT_LEFT } from '../intents/opening-record.ts'
import { shareLive } from '../people/lock.ts'
import type { Db } from '../pg/postgres.ts'

/* What begins flows without a row for everybody who might come into one. */

export interface PlaceRow {
  workspace: WorkspaceId
  sender: PhoneNumberId
  contactId: ContactId
  conversationId: ConversationId
}

/** How old the last message is when its window closes so soon. */
function ageOf(beforeMs: number) {
  return sql`${CUSTOMER_SERVICE_WINDOW_MS - beforeMs} * interval '1 millisecond'`
}

/**
 * A flow was written that begins so long before a window closes; null: by no such thing. Looking begins now, and goes on from where it was if it
 * has begun before.
 */
export async function watchClosings(trx: Db, flow: number, beforeMs: number | null): Promise<void> {
  if (beforeMs === null) {
    await sql`delete from flow_closings where flow_id = ${flow}`.execute(trx)
    return
  }
  await sql`
    insert into flow_closings (flow_id, looked_to) values (${flow}, casement_now() - ${ageOf(beforeMs)}) on conflict (flow_id) do nothing`.execute(
    trx,
  )
}

export interface ClosingOf {
  flow: number
  workspace: WorkspaceId
  sender: string | null
  beforeMs: number
}

/**
 * Conversations of a flow whose windows close within `beforeMs`, from where it was looked at last; null where another process does so now.
 * Who writes again before is not found, nor whose window was to close that soon already when the flow was written. Stamps are whole seconds, so
 * many share one: a look ends behind all of a stamp. Those that could not be begun for before are among them, wherever they are by now.
 */
export async function takeClosing(
  trx: Db,
  { flow, workspace, sender, beforeMs }: ClosingOf,
  limit: number,
): Promise<{ places: PlaceRow[]; more: boolean } | null> {
  const age = ageOf(beforeMs)
  const locked = await sql<{ looked_to: Instant }>`
    select looked_to from flow_closings where flow_id = ${flow} for no key update skip locked`.execute(trx)
  if (locked.rows.length === 0) return null
  const own = sender === null ? sql`true` : sql`v.phone_number_id = ${sender}`
  const { rows } = await sql<{ more: boolean; places: PlaceRow[] | null }>`
    with place as (
      select looked_to, greatest(looked_to, casement_now() - ${age}) as upto,
        case when again_from <= casement_now() then again else '{}' end as again
      from flow_closings where flow_id = ${flow}
    ), reach as (
      select coalesce((
        select v.last_inbound_at from conversations v, place
        where v.workspace = ${workspace} and ${own} and v.last_inbound_at > place.looked_to and v.last_inbound_at <= place.upto
        order by v.last_inbound_at offset ${limit} limit 1), (select upto from place)) as upto
    ), found as (
      select v.workspace, v.phone_number_id, v.contact_id, v.id
      from conversations v, place, reach
      where v.workspace = ${workspace} and ${own} and v.last_inbound_at > place.looked_to and v.last_inbound_at <= reach.upto and ${stillOpen}
      union
      select v.workspace, v.phone_number_id, v.contact_id, v.id
      from place, conversations o join conversations v on v.id = coalesce(o.merged_into, o.id)
      where o.id = any (place.again) and ${own} and ${stillOpen}
    ), moved as (
      update flow_closings c set looked_to = reach.upto, again = case when c.again_from <= casement_now() then '{}' else c.again end
      from reach where c.flow_id = ${flow}
    )
    select reach.upto < place.upto as more, (
      select json_agg(json_build_object('workspace', workspace, 'sender', phone_number_id, 'contactId', contact_id::text, 'conversationId', id::text))
      from found) as places
    from reach, place`.execute(trx)
  return { places: rows[0]?.places ?? [], more: rows[0]?.more === true }
}

const stillOpen = sql`v.last_inbound_at > casement_now() - ${sql.lit(CUSTOMER_SERVICE_WINDOW_MS)} * interval '1 millisecond'
        and v.merged_into is null and (v.window_refuted_at is null or v.window_refuted_at < v.last_inbound_at)`

/** These conversations are among those that are taken after so long, though they were passed. */
export async function takeClosingAgain(
  trx: Db,
  flow: number,
  conversations: readonly ConversationId[],
  afterMs: number,
): Promise<void> {
  await sql`
    update flow_closings set again = again || ${conversations}::bigint[], again_from = casement_now() + ${afterMs} * interval '1 millisecond'
    where flow_id = ${flow}`.execute(trx)
}

/**
 * Keeps whoever looks for windows that close soon from passing this stamp until the transaction ends. False where they have passed it
 * already with one of these flows.
 */
export async function holdClosings(trx: Db, flows: readonly number[], stamp: Instant): Promise<boolean> {
  const { rows } = await sql<{ looked_to: Instant }>`
    select looked_to from flow_closings where flow_id = any (${flows}::integer[]) order by flow_id for share`.execute(
    trx,
  )
  return rows.every(({ looked_to }) => looked_to < stamp)
}

/** Where a conversation that was found goes on: that of whoever its person is by now. Null: they are erased. */
export async function livePlace(trx: Db, place: PlaceRow): Promise<PlaceRow | null> {
  const contactId = await shareLive(trx, place.contactId)
  if (contactId === null || contactId === place.contactId) return contactId && place
  const { rows } = await sql<{ id: ConversationId }>`
    select id::text as id from conversations
    where contact_id = ${contactId}::bigint and phone_number_id = ${place.sender} and merged_into is null`.execute(trx)
  const [here] = rows
  return here === undefined ? null : { ...place, contactId, conversationId: here.id }
}

/**
 * Whether one of these is so: a person has taken the conversation since its window opened, or it was handed to a team; something waits to be
 * sent there; another flow is under way in it.
 */
export async function isHindered(
  trx: Db,
  conversation: ConversationId,
  flow: number,
  unless: readonly string[],
): Promise<boolean> {
  const asked = (name: string) => sql`${unless.includes(name)}::boolean`
  const { rows } = await sql<{ hindered: boolean }>`
    select (${asked('person_took_over')} and (v.handed_over_at is not null or coalesce(v.taken_at >= v.window_opened_at, false)))
      or (${asked('waiting_intents')} and exists (
        select from intents i where i.conversation_id = v.id and (i.waits_kind is not null or i.due_at is not null)))
      or (${asked('other_flow')} and exists (
        select from flow_runs r where r.conversation_id = v.id and r.state <> 'ended' and r.flow_id <> ${flow})) as hindered
    from conversations v where v.id = ${conversation}::bigint`.execute(trx)
  return rows[0]?.hindered === true
}

export async function templateOf(trx: Db, wamid: string): Promise<string | null> {
  const { rows } = await sql<{ name: string | null }>`
    select ${sql.raw(TEMPLATE_THAT_LEFT)} as name
    from messages m join intents i on i.id = m.intent_id
    left join attempts a on a.intent_id = m.intent_id and a.number = m.attempt
    where m.wamid = ${wamid}`.execute(trx)
  return rows[0]?.name ?? null
}
