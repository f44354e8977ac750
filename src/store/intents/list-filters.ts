import { type RawBuilder, sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import type { ContactId, IntentId, WorkspaceId } from '../../domain/ids.ts'
import type { ShownState } from '../../domain/shown-state.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import { boundsOfIds } from './id-range.ts'
import { isShownAs, shownReasonColumn } from './shown.ts'

/* What may be asked of a list of intents, as conditions of its rows. */

export interface IntentSelection {
  purview: Purview
  state: ShownState | null
  /** The code that is shown. */
  reason: string | null
  sender: string | null
  contactId: ContactId | null
  /** Asked for by a flow of this name; null, or not there: by anybody. */
  flow?: string | null
  /** For a recipient of the campaign with this row; null, or not there: of any, and of none. */
  campaign?: number | null
  /** Only these; null: any. */
  ids: readonly IntentId[] | null
  /** Created at or after. */
  since: Instant | null
  /** Created before. */
  until: Instant | null
  /** Ids below this one. */
  before: IntentId | null
  limit: number
}

export interface Reach {
  /** How many rows of one source are looked at for a page, in search of those that fit. */
  rows: number
  /** As many of a number are sorted, where an index names them in another order. */
  few: number
}

export const REACH: Reach = { rows: 10_000, few: 2_000 }

export interface Search extends IntentSelection {
  reach: Reach
}

export function inWorkspace({ purview }: Search): RawBuilder<unknown> {
  return sql`i.workspace = ${purview.workspace}`
}

/** (number, state): the numbers that are asked for, with the state of each. Without any named: those with intents, skipped to one by one. */
export function ofNumbers({ purview, sender }: Search): RawBuilder<unknown> {
  const named = sender === null ? purview.senders : [sender]
  const numbers = named === null ? numbersIn(purview.workspace) : sql`select unnest(${named}::text[]) as number`
  return sql`select numbers.number, s.state from (${numbers}) numbers join senders s on s.phone_number_id = numbers.number`
}

/** Also numbers that belong to another workspace by now, whose intents of before stayed here. */
function numbersIn(workspace: WorkspaceId): RawBuilder<unknown> {
  const next = (after: RawBuilder<unknown>) => sql`(
    select i.phone_number_id from intents i where i.workspace = ${workspace} ${after} order by i.phone_number_id limit 1)`
  return sql`
    with recursive found(number) as (
      select ${next(sql``)}
      union all
      select ${next(sql`and i.phone_number_id > f.number`)} from found f where f.number is not null
    ) select number from found where number is not null`
}

export function conversationsOf({ purview, sender }: Search, contactId: ContactId): RawBuilder<unknown> {
  const named = sender === null ? purview.senders : [sender]
  return sql`
    select v.id as conversation_id, s.state
    from conversations v join senders s on s.phone_number_id = v.phone_number_id
    where v.contact_id = ${contactId}::bigint ${named === null ? sql`` : sql`and v.phone_number_id = any (${named}::text[])`}`
}

export function ofContact(contactId: ContactId | null): RawBuilder<unknown> {
  if (contactId === null) return sql`true`
  return sql`i.conversation_id in (select v.id from conversations v where v.contact_id = ${contactId}::bigint)`
}

export function inSight({ purview, sender }: Search): RawBuilder<unknown> {
  const named = sender === null ? purview.senders : [sender]
  return sql`i.workspace = ${purview.workspace} ${named === null ? sql`` : sql`and i.phone_number_id = any (${named}::text[])`}`
}

export function isWithin(search: Search): RawBuilder<unknown> {
  const [below, from] = boundsOfIds(search)
  return sql`(${below}::uuid is null or i.id < ${below}::uuid) and (${from}::uuid is null or i.id >= ${from}::uuid)`
}

/** What no range of an index says; null where nothing is left to ask. */
export function conditionsOf(search: Search): RawBuilder<unknown> | null {
  const { state, reason, flow, campaign, contactId, ids, since, until } = search
  const isNamed = contactId !== null || ids !== null
  const conditions = [
    ...(campaign == null || !isNamed ? [] : [sql`i.campaign_id = ${campaign} and i.campaign_position is not null`]),
    ...(flow == null || !(isNamed || campaign != null)
      ? []
      : [sql`i.flow_run_id is not null and i.created_by ->> 'name' = ${flow}`]),
    ...(state === null ? [] : [isShownAs(state)]),
    ...(reason === null ? [] : [sql`${shownReasonColumn} = ${reason}`]),
    ...(since === null ? [] : [sql`i.created_at >= ${toDate(since)}`]),
    ...(until === null ? [] : [sql`i.created_at < ${toDate(until)}`]),
  ]
  return conditions.length === 0 ? null : sql.join(conditions, sql` and `)
}
