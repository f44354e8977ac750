import { sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import type { WorkspaceId } from '../../domain/ids.ts'
import { campaignInPurview } from '../access/purview.ts'
import type { Db } from '../pg/postgres.ts'
import { keepFromFeeding } from './feeding.ts'

/* Lists know nobody but by the one spelling of their ids, and no index finds that: it is read along the lists. */

/** How far a look at all lists of a workspace has come. */
export interface ListPlace {
  campaign: number
  position: number
}

export const FIRST_LIST: ListPlace = { campaign: 0, position: 0 }

/**
 * Takes somebody off the lists: their lines stay, so that counts do, with nothing in them. Looks at the next `limit` lines of the workspace.
 *
 * @param values all spellings of their ids
 */
export async function scrubLists(
  trx: Db,
  workspace: WorkspaceId,
  values: string[],
  { campaign, position }: ListPlace,
  limit: number,
): Promise<{ place: ListPlace | null; seen: number }> {
  const { rows } = await sql<{ id: number }>`
    select c.id from campaigns c join campaign_uploads u on u.campaign_id = c.id
    where c.workspace = ${workspace} and c.id >= ${campaign}::integer
    group by c.id having c.id > ${campaign}::integer or max(u.last_position) > ${position}::integer
    order by c.id limit 1`.execute(trx)
  const next = rows[0]?.id
  if (next === undefined) return { place: null, seen: 0 }
  // Whoever hands the list over has read their line and made something of it, or finds it empty.
  await keepFromFeeding(trx, next)
  await sql`select from campaigns where id = ${next}::integer for no key update`.execute(trx)
  const from = next === campaign ? position + 1 : 1
  const to = from + limit - 1
  await sql`
    update campaign_recipients set recipient = '', cells = '[]'
    where campaign_id = ${next}::integer and position between ${from}::integer and ${to}::integer and recipient = any (${values}::text[])`.execute(
    trx,
  )
  if (from === 1) {
    await sql`
      update campaign_import_errors set recipient = null
      where campaign_id = ${next}::integer
        and (recipient = any (${values}::text[]) or regexp_replace(recipient, '\\D', '', 'g') = any (${values}::text[]))`.execute(
      trx,
    )
  }
  return { place: { campaign: next, position: to }, seen: limit }
}

export interface Listing {
  campaign: string
  name: string
  line: number
  header: string[]
  cells: string[]
}

/** Where somebody stands on a list that the caller may see. */
export async function listingsOf(db: Db, purview: Purview, keys: string[]): Promise<Listing[]> {
  const { rows } = await sql<Listing>`
    select c.public_id as campaign, c.name, r.line, u.header, r.cells::json as cells
    from campaign_recipients r
    join campaigns c on c.id = r.campaign_id
    join campaign_uploads u on u.campaign_id = r.campaign_id and u.id = r.upload and u.state = 'ready'
    where r.recipient = any (${keys}::text[]) and ${campaignInPurview(purview)} order by c.id, r.position`.execute(db)
  return rows
}
