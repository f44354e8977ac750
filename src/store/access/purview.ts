import { type RawBuilder, sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'

/**
 * The rows that a caller can see, for a `where`: of the workspace, and of the numbers that a key is restricted to.
 *
 * @param table a table or its alias, with the columns `workspace` and `phone_number_id`
 */
export function inPurview(table: string, { workspace, senders }: Purview): RawBuilder<boolean> {
  const ofWorkspace = sql<boolean>`${sql.ref(`${table}.workspace`)} = ${workspace}`
  if (senders === null) return ofWorkspace
  return sql<boolean>`(${ofWorkspace} and ${sql.ref(`${table}.phone_number_id`)} = any (${senders}::text[]))`
}

/** A row of `campaigns c`: what it does concerns all of its numbers, so whoever sees it sees each of them. */
export function campaignInPurview({ workspace, senders }: Purview): RawBuilder<boolean> {
  if (senders === null) return sql<boolean>`c.workspace = ${workspace}`
  return sql<boolean>`(c.workspace = ${workspace} and c.phone_number_ids <@ ${senders}::text[])`
}

/** The accounts that a caller can see, for a `where` on their id. */
export function accountInPurview(column: string, purview: Purview): RawBuilder<boolean> {
  if (purview.senders === null) {
    return sql<boolean>`${sql.ref(column)} in (select w.id from wabas w where w.workspace = ${purview.workspace})`
  }
  return sql<boolean>`${sql.ref(column)} in (select s.waba_id from senders s where ${inPurview('s', purview)})`
}
