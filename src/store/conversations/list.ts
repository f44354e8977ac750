import { type RawBuilder, sql } from 'kysely'
import { isInPurview } from '../../domain/access.ts'
import type { ConversationId } from '../../domain/ids.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import { hasTrigram, matches } from '../people/search.ts'
import { mergeSources, type Places, type Source } from '../pg/merging.ts'
import type { Db } from '../pg/postgres.ts'
import { boundsOf, type ConversationFilters, conditionsOf, type Range, rangesOf } from './list-filters.ts'

/*
 * Which conversations a list has: those who wrote last first, and after them those who never wrote, newest first; or those whose window closes
 * soonest, which is the same index the other way round. The order and the state of a window are both the time of the last message, so they are
 * ranges of one index: of the workspace's, or merged from those of single numbers.
 *
 * What few may fit is looked for from its own side where it is little: people by trigrams of their names and numbers, what waits by the
 * indexes of intents. Where many fit, or a text is too short for a trigram, the list is walked, so far and no further for a page (see
 * store/pg/merging.ts).
 */

export interface ConversationSelection extends ConversationFilters {
  /** Who wrote first, first. For those who wrote only: of the others there is no such order. */
  oldestFirst: boolean
  after: ConversationPlace | null
  limit: number
}

/** Where a conversation stands in the list; `inboundAt` is null where nobody wrote. */
export interface ConversationPlace {
  inboundAt: Instant | null
  id: ConversationId
}

export interface Reach {
  /** How many conversations of one source are looked at for a page, in search of those that fit. */
  rows: number
  /** As many people that a text fits, or intents that wait, are looked up. */
  people: number
}

export const REACH: Reach = { rows: 10_000, people: 2_000 }

interface Search extends ConversationSelection {
  reach: Reach
}

export async function placeConversations(
  db: Db,
  asked: ConversationSelection,
  reach: Reach = REACH,
): Promise<Places<ConversationPlace>> {
  const { purview, sender, limit, oldestFirst } = asked
  if (sender !== null && !isInPurview(purview, sender)) return { found: [], next: null }
  const { rows } = await sourcesOf({ ...asked, reach }).execute(db)
  const sources = rows.map(({ found, floor }) => ({ found: found.map(placeOf), floor: floor && placeOf(floor) }))
  return mergeSources(sources, limit, oldestFirst ? (a, b) => byPlace(b, a) : byPlace)
}

type Wire = [inboundAt: number | null, id: ConversationId]

function placeOf([inboundAt, id]: Wire): ConversationPlace {
  return { inboundAt: inboundAt as Instant | null, id }
}

function byPlace(a: ConversationPlace, b: ConversationPlace): number {
  if (a.inboundAt !== b.inboundAt)
    return (b.inboundAt ?? Number.NEGATIVE_INFINITY) - (a.inboundAt ?? Number.NEGATIVE_INFINITY)
  return BigInt(a.id) < BigInt(b.id) ? 1 : BigInt(a.id) > BigInt(b.id) ? -1 : 0
}

export function sourcesOf(search: Search): RawBuilder<Source<Wire>> {
  // Behind somebody who never wrote is nobody who did.
  const ranges = rangesOf(search).filter(({ wrote }) =>
    wrote ? search.after?.inboundAt !== null : !search.oldestFirst,
  )
  if (ranges.length === 0) return sql`select '[]'::json as found, null::json as floor where false`
  const few = fewOf(search)
  if (few.length === 0) return union(ranges.map((range) => walked(search, range, null)))
  const found = few.map(({ name, ids }) => sql`${sql.ref(name)} as materialized (${ids})`)
  const isFew = ({ name }: Few) => sql`(select cardinality(ids) <= ${search.reach.people} from ${sql.table(name)})`
  // From the first of them that is little, and from none of the others.
  const sides = few.map((side, i) => {
    const gates = [isFew(side), ...few.slice(0, i).map((before) => sql`not ${isFew(before)}`)]
    return sql`(${fromFew(search, ranges, side, sql.join(gates, sql` and `))})`
  })
  const many = sql.join(
    few.map((side) => sql`not ${isFew(side)}`),
    sql` and `,
  )
  return sql`with ${sql.join(found)}
    ${sql.join(sides, sql` union all `)} union all ${union(ranges.map((range) => walked(search, range, many)))}`
}

function union(sources: RawBuilder<Source<Wire>>[]): RawBuilder<Source<Wire>> {
  return sql.join(
    sources.map((source) => sql`(${source})`),
    sql` union all `,
  ) as RawBuilder<Source<Wire>>
}

/** Something that may be little enough to begin with: one row, with one id more than may be looked up where it is not. */
interface Few {
  name: string
  ids: RawBuilder<unknown>
  /** Of `conversations v`. */
  key: RawBuilder<unknown>
}

function fewOf(search: Search): Few[] {
  const { text, waiting, reach, purview } = search
  const most = reach.people + 1
  const few: Few[] = []
  if (text !== null && hasTrigram(text)) {
    const ids = sql`
      select array(
        select c.id from contacts c
        where c.workspace = ${purview.workspace} and c.merged_into is null and ${matches(text)} limit ${most}) as ids`
    few.push({ name: 'people', ids, key: sql`v.contact_id` })
  }
  if (waiting) {
    const numbers =
      namedOf(search) === null
        ? sql`select phone_number_id as key from senders where workspace = ${purview.workspace}`
        : sourceKeys(search)
    // In the order of `intents_listed`, which nothing else has; of as many intents, so of no more conversations.
    const onShelf = (shelf: string) => sql`
      (select i.conversation_id from intents i
       where i.workspace = ${purview.workspace} and i.phone_number_id = s.key and i.shelf = ${shelf}
       order by i.id desc limit ${most})`
    const ids = sql`
      select array(
        select i.conversation_id from (${numbers}) s cross join lateral (
          ${onShelf('held')} union all ${onShelf('scheduled')}
        ) i limit ${most}) as ids`
    few.push({ name: 'waits', ids, key: sql`v.id` })
  }
  return few
}

/** Each number's, or the workspace's, range. `gate`: whether to look at all. */
function walked(search: Search, range: Range, gate: RawBuilder<unknown> | null): RawBuilder<Source<Wire>> {
  const { text, limit, reach } = search
  const { times, only } = range
  const all = sql`${ofSource(search)} and v.merged_into is null and ${times} and ${boundsOf(search)} and ${after(search, range)} ${gate === null ? sql`` : sql`and ${gate}`}`
  const asked = conditionsOf(search, text === null ? null : matches(text))
  const conditions = [...(only === null ? [] : [only]), ...asked]
  const sparse = asked.length > 0
  const order = orderOf(search)
  const looked = sparse
    ? sql`(select * from conversations v where ${all} order by ${order} limit ${reach.rows}) v where true`
    : sql`conversations v where ${all}`
  const fits = conditions.map((condition) => sql`and ${condition}`)
  const floor = sparse
    ? sql`case when json_array_length(h.found) <= ${limit}
        then (select ${wire} from conversations v where ${all} order by ${order} offset ${reach.rows - 1} limit 1) end`
    : sql`null::json`
  return sql`
    select h.found, ${floor} as floor from (${sourceKeys(search)}) s cross join lateral (
      select ${listed(sql`select v.last_inbound_at, v.id from ${looked} ${sql.join(fits, sql` `)} order by ${order} limit ${limit + 1}`)} as found
      offset 0) h`
}

/** Those of the people whom the text fits, or in which something waits, where they are few. */
function fromFew(search: Search, ranges: Range[], { name, key }: Few, gate: RawBuilder<unknown>): RawBuilder<unknown> {
  const { purview, limit, text } = search
  const named = namedOf(search)
  const anyOf = ranges.map((range) => sql`(${range.times} and ${range.only ?? sql`true`} and ${after(search, range)})`)
  // Not put together with what chooses them: each has to be asked of these few only.
  const fits = conditionsOf(search, text === null ? null : matches(text)).map((condition) => sql`and ${condition}`)
  return sql`
    select ${listed(sql`
      select v.last_inbound_at, v.id from (
        select * from conversations v
        where ${key} = any ((select ids from ${sql.table(name)})::bigint[]) and v.workspace = ${purview.workspace} and v.merged_into is null
          ${named === null ? sql`` : sql`and v.phone_number_id = any (${named}::text[])`}
          and ${boundsOf(search)} and (${sql.join(anyOf, sql` or `)})
        offset 0) v
      where true ${sql.join(fits, sql` `)}
      order by ${inOrderOf(search)} limit ${limit + 1}`)} as found, null::json as floor
    where ${gate}`
}

/** As the index has it, in which a range is either of those who wrote or of those who never did. */
function orderOf({ oldestFirst }: Search): RawBuilder<unknown> {
  return oldestFirst ? sql`v.last_inbound_at asc, v.id asc` : sql`v.last_inbound_at desc, v.id desc`
}

function inOrderOf(search: Search): RawBuilder<unknown> {
  return search.oldestFirst ? orderOf(search) : sql`v.last_inbound_at desc nulls last, v.id desc`
}

const wire = sql`json_build_array(floor(extract(epoch from v.last_inbound_at) * 1000), v.id::text)`

function listed(rows: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select coalesce(json_agg(${wire}), '[]'::json) from (${rows}) v)`
}

function namedOf({ purview, sender }: Search): readonly string[] | null {
  return sender === null ? purview.senders : [sender]
}

/** What each source is of: (key). */
function sourceKeys(search: Search): RawBuilder<unknown> {
  const named = namedOf(search)
  return named === null
    ? sql`select ${search.purview.workspace}::text as key`
    : sql`select unnest(${named}::text[]) as key`
}

function ofSource(search: Search): RawBuilder<unknown> {
  return namedOf(search) === null
    ? sql`v.workspace = s.key`
    : // Not by the workspace's index, in which a number is one of many; in its own, those of another workspace are of before it moved here.
      sql`v.phone_number_id = s.key and (v.workspace = ${search.purview.workspace}) is true`
}

function after({ after, oldestFirst }: Search, { wrote }: Range): RawBuilder<unknown> {
  if (after === null || (after.inboundAt !== null && !wrote)) return sql`true`
  if (after.inboundAt === null) return sql`v.id < ${after.id}::bigint`
  const place = sql`(${toDate(after.inboundAt)}::timestamptz, ${after.id}::bigint)`
  return oldestFirst ? sql`(v.last_inbound_at, v.id) > ${place}` : sql`(v.last_inbound_at, v.id) < ${place}`
}
