import { sql } from 'kysely'
import type { WorkspaceId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'

/*
 * A BSUID is one portfolio's. An account whose portfolio nobody has named stands for it under its own id, and when it is named the people
 * are the same: their BSUIDs move to the scope of the portfolio. Refusals that were kept of erased people cannot move, since they are
 * hashes; so they are looked up under the ids of all accounts of a portfolio too (opt-outs.ts).
 */

/**
 * Moves the BSUIDs of one scope to another. Whoever is known there already under the same BSUID is the same person: that is noted as if
 * Meta had told it, and learnt in a transaction of its own, which may have to wait.
 */
export async function moveScope(trx: Db, workspace: WorkspaceId, from: string, to: string): Promise<void> {
  await sql`
    insert into told_identities (conversation_id, ids)
    select v.id, jsonb_build_array(jsonb_build_object('scope', ${to}::text, 'key', o.key, 'value', o.value, 'at', null))
    from contact_identities i
    join contact_identities o on o.workspace = i.workspace and o.scope = ${to} and o.key = i.key and o.contact_id <> i.contact_id
    cross join lateral (
      select id from conversations where contact_id = i.contact_id and merged_into is null order by id limit 1) v
    where i.workspace = ${workspace} and i.scope = ${from}`.execute(trx)
  await sql`
    update contact_identities i set scope = ${to}
    where i.workspace = ${workspace} and i.scope = ${from} and not exists (
      select from contact_identities o where o.workspace = i.workspace and o.scope = ${to} and o.key = i.key)`.execute(
    trx,
  )
}

/** The scope itself, and those that BSUIDs of it may have had before the portfolio was named. */
export async function scopesBefore(db: Db, scopes: string[]): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ portfolio: string; account: string }>`
    select portfolio_id as portfolio, id as account from wabas where portfolio_id = any (${scopes}::text[]) and id <> portfolio_id`.execute(
    db,
  )
  const before = Map.groupBy(rows, (row) => row.portfolio)
  return new Map(scopes.map((scope) => [scope, [scope, ...(before.get(scope) ?? []).map((row) => row.account)]]))
}
