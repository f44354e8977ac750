import { sql } from 'kysely'
import { isInPurview } from '../../domain/access.ts'
import type { ShownState } from '../../domain/shown-state.ts'
import type { Db } from '../pg/postgres.ts'
import { sourcesOf } from './list.ts'
import type { IntentSelection } from './list-filters.ts'
import { shownReasonColumn } from './shown.ts'

/*
 * How many intents a list has, of the same ranges of the same indexes (list.ts), so that the count and the list never disagree about what
 * fits.
 */

/** What is counted: a list's, in one state. */
export type CountedSelection = Omit<IntentSelection, 'before' | 'limit' | 'state'> & { state: ShownState }

/** The database's time is what ends a count. */
const ALL = 50_000_000

/** Ids alone are read, of an index as a rule, and not more than `most` of them in all. */
export async function countIntents(db: Db, selection: CountedSelection, most: number): Promise<number> {
  if (isOutOfSight(selection)) return 0
  const { rows } = await sql<{ n: number }>`
    select count(*)::float8 as n from (
      select from (${sourcesOf(searchFor(selection, most))}) q cross join lateral unnest(q.found) limit ${most}) ids`.execute(
    db,
  )
  return rows[0]?.n ?? 0
}

/** All of them, by the code of the reason that is shown; empty: of none. Reads every row: for who waits for it. */
export async function countByReason(db: Db, selection: CountedSelection): Promise<Map<string, number>> {
  if (isOutOfSight(selection)) return new Map()
  const { rows } = await sql<{ code: string; n: number }>`
    select coalesce(${shownReasonColumn}, '') as code, count(*)::float8 as n
    from (select unnest(q.found) as id from (${sourcesOf(searchFor(selection, ALL))}) q) f
    join intents i on i.id = f.id join senders s on s.phone_number_id = i.phone_number_id
    group by 1`.execute(db)
  return new Map(rows.map(({ code, n }) => [code, n]))
}

function searchFor(selection: CountedSelection, most: number) {
  // However few of a range fit: a count that leaves some out would be none. What is due is read twice where it is more than `few`.
  return { ...selection, before: null, limit: most - 1, reach: { rows: ALL, few: Math.min(most, 2_000) } }
}

function isOutOfSight({ purview, sender }: CountedSelection): boolean {
  return sender !== null && !isInPurview(purview, sender)
}
