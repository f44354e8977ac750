import { sql } from 'kysely'
import { isInPurview, type Purview } from '../../domain/access.ts'
import type { Db } from '../pg/postgres.ts'
import { type Reach, sourcesOf } from './list.ts'
import { type ConversationFilters, NO_FILTER } from './list-filters.ts'

/*
 * How many conversations a filter has, of the same ranges of the same indexes as the list (list.ts), so that the two never disagree about what
 * fits.
 */

const FILTERS = {
  open: { window: 'open' },
  closing: { window: 'closing' },
  ended: { window: 'ended' },
  never: { window: 'never' },
  waiting: { waiting: true },
  handed_over: { handedOver: true },
} as const satisfies Record<string, Partial<ConversationFilters>>

/** Less than a list looks at: it is asked of every filter at once. */
const COUNTED_AMONG: Reach = { rows: 2_000, people: 2_000 }

export type ConversationCounts = Record<keyof typeof FILTERS, number>

/** Each up to `most`. What waits is looked for so far and no further: where more than that waits, some of it may be left out. */
export async function countConversations(
  db: Db,
  purview: Purview,
  sender: string | null,
  most: number,
): Promise<ConversationCounts> {
  const entries: [string, number][] = []
  for (const [name, filter] of Object.entries(FILTERS)) {
    entries.push([name, await countOne(db, { ...NO_FILTER, ...filter, purview, sender }, most)])
  }
  return Object.fromEntries(entries) as ConversationCounts
}

async function countOne(db: Db, filters: ConversationFilters, most: number): Promise<number> {
  const { purview, sender } = filters
  if (sender !== null && !isInPurview(purview, sender)) return 0
  const search = { ...filters, oldestFirst: false, after: null, limit: most - 1, reach: COUNTED_AMONG }
  const { rows } = await sql<{ n: number }>`
    select least(coalesce(sum(json_array_length(q.found)), 0), ${most})::integer as n from (${sourcesOf(search)}) q`.execute(
    db,
  )
  return rows[0]?.n ?? 0
}
