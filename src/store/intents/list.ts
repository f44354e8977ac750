import { type RawBuilder, sql } from 'kysely'
import { isInPurview } from '../../domain/access.ts'
import type { IntentId } from '../../domain/ids.ts'
import { mergeSources, type Places, type Source } from '../pg/merging.ts'
import type { Db } from '../pg/postgres.ts'
import type { Shelf } from '../pg/schema.ts'
import { boundsOfIds, FIRST_ID, LAST_ID } from './id-range.ts'
import {
  conditionsOf,
  conversationsOf,
  type IntentSelection,
  inSight,
  inWorkspace,
  isWithin,
  ofContact,
  ofNumbers,
  REACH,
  type Reach,
  type Search,
} from './list-filters.ts'
import { isShownAs } from './shown.ts'

/*
 * Which intents a list has, newest first. Whatever is asked for, few rows are read, however many there are:
 *
 *   sources   what the narrowest filter names, as ranges of an index that are ordered by id: each shelf of each number, each reason of each
 *             number, each conversation of a contact. Every one gives its newest, and the page is merged from them
 *   conditions  the rest of the filters, asked of each row of a source
 *   floor     where a source ends that has few such rows: it is left after `REACH.rows`, and the page ends there, perhaps short, with
 *             the floor to go on from
 *
 * The ranges hold what is stored. What is shown by the clock or by the sender (queued, held for a paused number) is a condition; where few
 * are due, or few are not, the index of what is due names them.
 */

const SHELVES: readonly Shelf[] = ['scheduled', 'held', 'failed', 'expired', 'cancelled', 'suppressed', 'left']

export async function placeIntents(db: Db, asked: IntentSelection, reach: Reach = REACH): Promise<Places<IntentId>> {
  const { purview, sender, limit } = asked
  if (sender !== null && !isInPurview(purview, sender)) return { found: [], next: null }
  const newest = await newestOfAll(db, { ...asked, reach })
  if (newest.length > limit) return { found: newest.slice(0, limit), next: newest[limit - 1] as IntentId }
  const { rows } = await sourcesOf({ ...asked, reach }).execute(db)
  return mergeSources(rows, limit, (a, b) => (a < b ? 1 : a > b ? -1 : 0))
}

/**
 * Of everything there is, the newest that are the workspace's, for a list of all its numbers and states: one that has a good part of all
 * finds its page there, and need not merge seven shelves of each of a thousand numbers. Fewer than a page where it does not.
 */
async function newestOfAll(db: Db, search: Search): Promise<IntentId[]> {
  const { purview, state, reason, sender, contactId, flow, campaign, ids, limit, reach } = search
  if (state ?? reason ?? sender ?? contactId ?? flow ?? campaign ?? ids ?? purview.senders) return []
  const [below, from] = boundsOfIds(search)
  const { rows } = await sql<{ id: IntentId }>`
    select i.id from (
      select * from intents i
      where ${below === null ? sql`true` : sql`i.id < ${below}::uuid`} and ${from === null ? sql`true` : sql`i.id >= ${from}::uuid`}
      order by i.id desc limit ${reach.few}
    ) i
    where i.workspace = ${purview.workspace} and ${conditionsOf(search) ?? sql`true`}
    order by i.id desc limit ${limit + 1}`.execute(db)
  return rows.map((row) => row.id)
}

export function sourcesOf(search: Search): RawBuilder<Source<IntentId>> {
  const { contactId, flow, campaign, ids, reason, state } = search
  if (ids !== null) return sortedFrom(search, sql`i.id = any (${ids}::uuid[]) and ${ofContact(contactId)}`)
  if (contactId !== null)
    return walked(search, conversationsOf(search, contactId), {
      columns: [sql`i.conversation_id`],
      values: [sql`s.conversation_id`],
      also: inWorkspace(search),
    })
  if (campaign != null) return ofCampaign(search, campaign)
  if (flow != null)
    return walked(search, ofNumbers(search), {
      ...ofNumber(search, sql`(i.created_by ->> 'name')`, sql`${flow}::text`),
      also: sql`i.flow_run_id is not null`,
    })
  if (reason === 'sender_paused') return heldForSender(search, sql`state = 'paused'`)
  if (reason === 'sender_account') return heldForSender(search, sql`state = 'restricted'`)
  if (reason === 'campaign_paused') return heldForSender(search, HAS_PAUSED_CAMPAIGN)
  if (reason !== null)
    return walked(search, ofNumbers(search), {
      ...ofNumber(search, sql`i.reason_code`, sql`${reason}::text`),
      also: sql`i.reason_code is not null`,
    })
  switch (state) {
    case 'in_doubt':
    case 'dispatching':
      return sortedFrom(search, isShownAs(state))
    case 'scheduled':
      return byTime(search, sql`true`, sql`>`)
    case 'queued':
      return byTime(search, sql`state = 'active'`, sql`<=`)
    case 'held': {
      const waiting = walked(search, ofNumbers(search), onShelf(search, 'held'))
      return sql`(${waiting}) union all (${heldForSender(search, sql`(state <> 'active' or ${HAS_PAUSED_CAMPAIGN})`)})`
    }
    case 'failed':
    case 'expired':
    case 'cancelled':
    case 'suppressed':
      return walked(search, ofNumbers(search), onShelf(search, state))
    case 'sent':
      return walked(search, ofNumbers(search), onShelf(search, 'left'))
    case null: {
      const shelves = sql`select n.*, shelf from (${ofNumbers(search)}) n cross join unnest(${SHELVES}::text[]) shelf`
      return walked(search, shelves, ofNumber(search, sql`i.shelf`, sql`s.shelf`))
    }
  }
}

/** The columns of an index that stand before the id, and what they are in a source. */
interface Range {
  columns: readonly RawBuilder<unknown>[]
  /** May name `s`, the source. */
  values: readonly RawBuilder<unknown>[]
  /** Further conditions of every row. */
  also: RawBuilder<unknown>
}

/**
 * A range of an index for each row of `sources`, between two places in it. Told as rows of all its columns: where single columns were equal
 * besides, PostgreSQL would go to the end of those and pass all that is newer on its way, and by the id alone it might take the primary key.
 */
function walked(
  search: Search,
  sources: RawBuilder<unknown>,
  { columns, values, also }: Range,
): RawBuilder<Source<IntentId>> {
  const [below, from] = boundsOfIds(search)
  const place = sql`(${sql.join([...columns, sql`i.id`])})`
  const at = (id: IntentId) => sql`(${sql.join([...values, sql`${id}::uuid`])})`
  const all = sql`${place} < ${at(below ?? LAST_ID)} and ${place} >= ${at(from ?? FIRST_ID)} and ${also}`
  const newest = sql.join([...columns, sql`i.id`].map((column) => sql`${column} desc`))
  const conditions = conditionsOf(search)
  const looked =
    conditions === null
      ? sql`intents i where ${all}`
      : sql`(
    select * from intents i where ${all} order by ${newest} limit ${search.reach.rows}) i where ${conditions}`
  const floor =
    conditions === null
      ? sql`null::uuid`
      : sql`
    case when cardinality(h.found) <= ${search.limit}
      then (select i.id from intents i where ${all} order by ${newest} offset ${search.reach.rows - 1} limit 1) end`
  return sql`
    -- offset 0: found once, though it is asked for twice
    select h.found, ${floor} as floor from (${sources}) s cross join lateral (
      select array(select i.id from ${looked} order by ${newest} limit ${search.limit + 1}) as found offset 0) h`
}

/** Whom it was handed over for, by `campaign_intents_listed`: intents have no index of their campaign. */
function ofCampaign(search: Search, campaign: number): RawBuilder<Source<IntentId>> {
  const [below, from] = boundsOfIds(search)
  const all = sql`(l.campaign_id, l.intent_id) < (${campaign}::integer, ${below ?? LAST_ID}::uuid)
    and (l.campaign_id, l.intent_id) >= (${campaign}::integer, ${from ?? FIRST_ID}::uuid)`
  const linked = sql`campaign_intents l where ${all} order by l.campaign_id desc, l.intent_id desc`
  return sql`
    select h.found, case when cardinality(h.found) <= ${search.limit}
      then (select l.intent_id from ${linked} offset ${search.reach.rows - 1} limit 1) end as floor
    from (select array(
      select i.id from (select l.intent_id from ${linked} limit ${search.reach.rows}) l
      join intents i on i.id = l.intent_id join senders s on s.phone_number_id = i.phone_number_id
      where ${inSight(search)} and ${conditionsOf(search) ?? sql`true`}
      order by i.id desc limit ${search.limit + 1}) as found offset 0) h`
}

/** All that `which` names, in an order of its own: for what is never many. */
function sortedFrom(search: Search, which: RawBuilder<unknown>): RawBuilder<Source<IntentId>> {
  return sql`
    select array(
      select i.id from intents i join senders s on s.phone_number_id = i.phone_number_id
      where ${inSight(search)} and ${which} and ${isWithin(search)} and ${conditionsOf(search) ?? sql`true`}
      order by i.id desc limit ${search.limit + 1}) as found, null::uuid as floor`
}

/** What is due, or not yet, of the numbers that are `so`: named by `intents_due` where it is few, else nearly all of its shelf. */
function byTime(search: Search, so: RawBuilder<unknown>, than: RawBuilder<unknown>): RawBuilder<Source<IntentId>> {
  const numbers = sql`select * from (${ofNumbers(search)}) n where ${so}`
  // Each priority in the order of its index, or another that seems cheaper is read to the end of what is due of everybody.
  const named = sql`
    select s.*, array(
      select one.id from unnest(array[0, 1, 2, 3]) priority cross join lateral (
        select i.id from intents i
        where i.phone_number_id = s.number and i.priority = priority.priority and i.due_at ${than} casement_now()
        order by i.due_at limit ${search.reach.few + 1}) one
      limit ${search.reach.few + 1}) as named from (${numbers}) s`
  const many = walked(
    search,
    sql`select * from told where cardinality(named) > ${search.reach.few}`,
    onShelf(search, 'scheduled'),
  )
  const few = sql`
    select array(
      select i.id from intents i where i.id = any (s.named) and i.workspace = ${search.purview.workspace}
        and ${isWithin(search)} and ${conditionsOf(search) ?? sql`true`}
      order by i.id desc limit ${search.limit + 1}) as found, null::uuid as floor
    from told s where cardinality(s.named) <= ${search.reach.few}`
  return sql`with told as materialized (${named}) (${few}) union all (${many})`
}

const HAS_PAUSED_CAMPAIGN = sql`exists (
  select from campaigns g where g.gated and g.state = 'paused' and n.number = any (g.phone_number_ids))`

/** Due, and held because its number is not active, or a campaign of it is paused. */
function heldForSender(search: Search, so: RawBuilder<unknown>): RawBuilder<Source<IntentId>> {
  return byTime(search, so, sql`<=`)
}

/** As `intents_listed`, `intents_reason` and `intents_flow` have it. */
function ofNumber({ purview }: Search, column: RawBuilder<unknown>, value: RawBuilder<unknown>): Range {
  return {
    columns: [sql`i.workspace`, sql`i.phone_number_id`, column],
    values: [sql`${purview.workspace}::text`, sql`s.number`, value],
    also: sql`true`,
  }
}

function onShelf(search: Search, shelf: Shelf): Range {
  return ofNumber(search, sql`i.shelf`, sql`${shelf}::text`)
}
