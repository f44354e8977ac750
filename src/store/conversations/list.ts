import { type RawBuilder, sql } from 'kysely'
import { isInPurview, type Purview } from '../../domain/access.ts'
import type { ConversationId } from '../../domain/ids.ts'
import { HOUR_MS, type Instant, toDate } from '../../domain/time.ts'
import { CUSTOMER_SERVICE_WINDOW_MS } from '../../domain/window.ts'
import { hasTrigram, matches } from '../people/search.ts'
import { mergeSources, type Places, type Source } from '../pg/merging.ts'
import type { Db } from '../pg/postgres.ts'

/*
 * Which conversations a list has: those who wrote last first, and after them those who never wrote, newest first. The order and the state of
 * a window are both the time of the last message, so they are ranges of one index: of the workspace's, or merged from those of single numbers.
 *
 * Names and numbers are searched for by trigrams: where few people fit, it is their conversations that are sorted; where many do, or the text
 * is too short for a trigram, the list is walked, so far and no further for a page (see store/pg/merging.ts).
 */

export interface ConversationSelection {
  purview: Purview
  sender: string | null
  /** Whether the customer service window is open now. */
  open: boolean | null
  /** `closing`: open, and not for two hours more. `never`: they never wrote. */
  window: 'open' | 'closing' | 'ended' | 'never' | null
  /** Part of a name, username, number or BSUID. */
  text: string | null
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
  /** As many people that a text fits are looked up. */
  people: number
}

export const REACH: Reach = { rows: 10_000, people: 2_000 }

interface Search extends ConversationSelection {
  reach: Reach
}

const CLOSING_MS = 2 * HOUR_MS
export async function placeConversations(
  db: Db,
  asked: ConversationSelection,
  reach: Reach = REACH,
): Promise<Places<ConversationPlace>> {
  const { purview, sender, limit } = asked
  if (sender !== null && !isInPurview(purview, sender)) return { found: [], next: null }
  const { rows } = await sourcesOf({ ...asked, reach }).execute(db)
  const sources = rows.map(({ found, floor }) => ({ found: found.map(placeOf), floor: floor && placeOf(floor) }))
  return mergeSources(sources, limit, byPlace)
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
  const ranges = rangesOf(search)
  if (ranges.length === 0) return sql`select '[]'::json as found, null::json as floor where false`
  const { text, reach } = search
  if (text === null) return union(ranges.map((range) => walked(search, range, null)))
  if (!hasTrigram(text)) return union(ranges.map((range) => walked(search, range, null)))
  const people = sql`
    select array(
      select c.id from contacts c
      where c.workspace = ${search.purview.workspace} and c.merged_into is null and ${matches(text)}
      limit ${reach.people + 1}) as ids`
  const many = ranges.map((range) =>
    walked(search, range, sql`(select cardinality(ids) > ${reach.people} from people)`),
  )
  return sql`with people as materialized (${people})
    (${ofPeople(search, ranges)}) union all ${union(many)}`
}

function union(sources: RawBuilder<Source<Wire>>[]): RawBuilder<Source<Wire>> {
  return sql.join(
    sources.map((source) => sql`(${source})`),
    sql` union all `,
  ) as RawBuilder<Source<Wire>>
}

interface Range {
  /** Of those who wrote, or of those who never did. */
  wrote: boolean
  /** Of the time of the last message. */
  times: RawBuilder<unknown>
  /** Asked besides. */
  only: RawBuilder<unknown> | null
}

/** Where `open` and `window` look; none where the two contradict each other. */
function rangesOf({ open, window, after }: Search): Range[] {
  const isOpen = {
    wrote: true,
    times: sql`v.last_inbound_at > ${ago(CUSTOMER_SERVICE_WINDOW_MS)}`,
    only: sql`not ${refuted}`,
  }
  const closing = {
    wrote: true,
    times: sql`v.last_inbound_at > ${ago(CUSTOMER_SERVICE_WINDOW_MS)} and v.last_inbound_at <= ${ago(CUSTOMER_SERVICE_WINDOW_MS - CLOSING_MS)}`,
    only: isOpen.only,
  }
  const ended = [
    { wrote: true, times: sql`v.last_inbound_at <= ${ago(CUSTOMER_SERVICE_WINDOW_MS)}`, only: null },
    // By evidence before its time: few, and in an index of their own.
    {
      wrote: true,
      times: sql`v.last_inbound_at > ${ago(CUSTOMER_SERVICE_WINDOW_MS)} and v.window_refuted_at is not null`,
      only: refuted,
    },
  ]
  const never = { wrote: false, times: sql`v.last_inbound_at is null`, only: null }
  const wrote = { wrote: true, times: sql`v.last_inbound_at is not null`, only: null }
  const byOpen = open === null ? [wrote, never] : open ? [isOpen] : [...ended, never]
  const byWindow = { open: [isOpen], closing: [closing], ended, never: [never] }
  const ranges = window === null ? byOpen : byWindow[window]
  const contradicts = window !== null && open !== null && open !== (window === 'open' || window === 'closing')
  return contradicts ? [] : ranges.filter((range) => !range.wrote || after?.inboundAt !== null)
}

function ago(ms: number): RawBuilder<unknown> {
  return sql`casement_now() - interval '${sql.raw(String(ms))} milliseconds'`
}

/** Meta refused something as outside the window after the last message; the domain's `isWindowOpen` says the same. */
const refuted = sql`
  (v.window_refuted_at is not null and v.window_refuted_at >= v.last_inbound_at and v.window_refuted_at <= casement_now())`

/** Each number's, or the workspace's, range. `gate`: whether to look at all. */
function walked(search: Search, range: Range, gate: RawBuilder<unknown> | null): RawBuilder<Source<Wire>> {
  const { text, limit, reach } = search
  const { times, only } = range
  const all = sql`${ofSource(search)} and v.merged_into is null and ${times} and ${after(search, range)} ${gate === null ? sql`` : sql`and ${gate}`}`
  const conditions = [
    ...(only === null ? [] : [only]),
    // One by one: as a join it would begin with all people whom the text fits.
    ...(text === null ? [] : [sql`(select ${matches(text)} from contacts c where c.id = v.contact_id)`]),
  ]
  const sparse = text !== null
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

/** Those of the people whom the text fits, where they are few. */
function ofPeople(search: Search, ranges: Range[]): RawBuilder<Source<Wire>> {
  const { purview, sender, limit, reach } = search
  const named = sender === null ? purview.senders : [sender]
  const anyOf = ranges.map((range) => sql`(${range.times} and ${range.only ?? sql`true`} and ${after(search, range)})`)
  return sql`
    select ${listed(sql`
      select v.last_inbound_at, v.id from conversations v
      where v.contact_id = any ((select ids from people)::bigint[]) and v.workspace = ${purview.workspace} and v.merged_into is null
        ${named === null ? sql`` : sql`and v.phone_number_id = any (${named}::text[])`}
        and (${sql.join(anyOf, sql` or `)})
      order by ${inOrder} limit ${limit + 1}`)} as found, null::json as floor
    from people where cardinality(ids) <= ${reach.people}`
}

/** As the index has it, in which a range is either of those who wrote or of those who never did. */
const order = sql`v.last_inbound_at desc, v.id desc`
const inOrder = sql`v.last_inbound_at desc nulls last, v.id desc`
const wire = sql`json_build_array(floor(extract(epoch from v.last_inbound_at) * 1000), v.id::text)`

function listed(rows: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select coalesce(json_agg(${wire}), '[]'::json) from (${rows}) v)`
}

/** What each source is of: (key). */
function sourceKeys({ purview, sender }: Search): RawBuilder<unknown> {
  const named = sender === null ? purview.senders : [sender]
  return named === null ? sql`select ${purview.workspace}::text as key` : sql`select unnest(${named}::text[]) as key`
}

function ofSource({ purview, sender }: Search): RawBuilder<unknown> {
  return sender === null && purview.senders === null
    ? sql`v.workspace = s.key`
    : // Not by the workspace's index, in which a number is one of many; in its own, those of another workspace are of before it moved here.
      sql`v.phone_number_id = s.key and (v.workspace = ${purview.workspace}) is true`
}

function after({ after }: Search, { wrote }: Range): RawBuilder<unknown> {
  if (after === null || (after.inboundAt !== null && !wrote)) return sql`true`
  if (after.inboundAt === null) return sql`v.id < ${after.id}::bigint`
  return sql`(v.last_inbound_at, v.id) < (${toDate(after.inboundAt)}::timestamptz, ${after.id}::bigint)`
}
