import { sql } from 'kysely'
import type pg from 'pg'
import type { Purview } from '../../domain/access.ts'
import type { UploadFailure } from '../../domain/campaign/import-error.ts'
import { SERVER_CLOCK } from '../pg/clock.ts'
import type { Db, Queryable } from '../pg/postgres.ts'
import { type CampaignFacts, lockCampaign } from './campaigns.ts'

/*
 * Who is on the list of a campaign. An upload is a row with a lease, one at a time; its lines are written a batch at a time, each in its own
 * transaction, seen by nobody before all are there. What failed is cleared before the next begins, in pieces: no transaction is as long as a list.
 */

/** Beyond the longest pause between two batches: the lease is renewed every few seconds. */
const LEASE_S = 60
const CLEARED_AT_ONCE = 20_000
const KEYS_AT_ONCE = 20_000

export interface Upload {
  campaign: CampaignFacts
  id: number
  lease: string
  /** Positions up to here are of uploads before. */
  before: number
}

export interface Leftovers {
  row: number
  upload: number
  first: number
  last: number
}

export type BegunUpload =
  | { kind: 'begun'; upload: Upload }
  | { kind: 'unknown' }
  | { kind: 'not_draft'; campaign: CampaignFacts }
  | { kind: 'running'; campaign: CampaignFacts }
  /** The workspace has as many copies under way as it may have. */
  | { kind: 'busy' }
  /** Of an upload that failed: they go first. */
  | { kind: 'leftovers'; leftovers: Leftovers }

/** Lists of one workspace that are made of who is known here, at a time: each reads and writes as fast as the database can. */
const MOST_COPIES = 4

/** Whether another one may begin. Nobody else of the workspace begins one until the end of the transaction. */
export async function isRoomForCopy(trx: Db, workspace: string): Promise<boolean> {
  await sql`select from workspaces where id = ${workspace} for no key update`.execute(trx)
  const { rows } = await sql`
    select from campaign_uploads u join campaigns c on c.id = u.campaign_id
    where u.state = 'loading' and u.copied and u.leased_until >= ${sql.raw(SERVER_CLOCK)} and c.workspace = ${workspace}
    limit ${MOST_COPIES}`.execute(trx)
  return rows.length < MOST_COPIES
}

/**
 * In the transaction that `trx` is.
 *
 * @param copied it is made of who is known here
 */
export async function beginUpload(
  trx: Db,
  purview: Purview,
  id: string,
  lease: string,
  copied = false,
): Promise<BegunUpload> {
  const campaign = await lockCampaign(trx, purview, id)
  if (campaign === null) return { kind: 'unknown' }
  if (campaign.state !== 'draft') return { kind: 'not_draft', campaign }
  await sql`
    update campaign_uploads set state = 'failed', lease = null, leased_until = null
    where campaign_id = ${campaign.row}::integer and state = 'loading' and leased_until < ${sql.raw(SERVER_CLOCK)}`.execute(
    trx,
  )
  const { rows } = await sql<Leftovers & { state: string }>`
    select campaign_id as row, id as upload, state, first_position as first, last_position as last from campaign_uploads
    where campaign_id = ${campaign.row}::integer and (state = 'loading' or (state = 'failed' and last_position >= first_position))
    order by state desc limit 1`.execute(trx)
  const [other] = rows
  if (other?.state === 'loading') return { kind: 'running', campaign }
  if (other) return { kind: 'leftovers', leftovers: other }
  if (copied && !(await isRoomForCopy(trx, campaign.workspace))) return { kind: 'busy' }
  await sql`update campaigns set touched_at = casement_now() where id = ${campaign.row}::integer`.execute(trx)
  const made = await sql<{ id: number }>`
    insert into campaign_uploads (campaign_id, id, header, to_column, state, copied, first_position, last_position, lease, leased_until)
    select ${campaign.row}::integer, coalesce(max(id), 0) + 1, '{}', 0, 'loading', ${copied}, ${campaign.total}::integer + 1, ${campaign.total}::integer,
      ${lease}::uuid, ${sql.raw(SERVER_CLOCK)} + ${LEASE_S} * interval '1 second'
    from campaign_uploads where campaign_id = ${campaign.row}::integer
    returning id`.execute(trx)
  const [first] = made.rows as [{ id: number }]
  return { kind: 'begun', upload: { campaign, id: first.id, lease, before: campaign.total } }
}

/** Somebody sends a list, or did until a moment ago. */
export async function isUploading(trx: Db, row: number): Promise<boolean> {
  const { rows } = await sql`
    select from campaign_uploads
    where campaign_id = ${row}::integer and state = 'loading' and leased_until >= ${sql.raw(SERVER_CLOCK)}`.execute(trx)
  return rows.length > 0
}

/** Keys of who is on the list already, in pieces. */
export async function* listedKeys(db: Db, { campaign, before }: Upload): AsyncGenerator<string[]> {
  for (let at = 1; at <= before; at += KEYS_AT_ONCE) {
    const { rows } = await sql<{ recipient: string }>`
      select recipient from campaign_recipients
      where campaign_id = ${campaign.row}::integer and position between ${at}::integer and ${at + KEYS_AT_ONCE - 1}::integer`.execute(
      db,
    )
    yield rows.map(({ recipient }) => recipient)
  }
}

/** Somebody else has the campaign's upload by now, or it is no draft. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/** Whoever reads a slow request still does. Throws `LeaseLost`. */
export async function renewUpload(pool: pg.Pool, upload: Upload): Promise<void> {
  await renew(pool, upload, null)
}

/** @param reach positions up to which lines are there, and will be; null: that is no matter */
export async function renew(
  client: Queryable,
  { campaign, id, lease }: Upload,
  reach: { before: number; last: number } | null,
): Promise<void> {
  const values = [campaign.row, id, lease, reach?.before ?? null, reach?.last ?? null]
  const { rowCount } = await client.query({ text: RENEW, values })
  if (rowCount !== 1) throw new LeaseLost('the upload of this list was given up')
}

const RENEW = `
  update campaign_uploads set leased_until = ${SERVER_CLOCK} + ${LEASE_S} * interval '1 second', last_position = coalesce($5::integer, last_position)
  where campaign_id = $1 and id = $2 and lease = $3::uuid and state = 'loading' and ($4::integer is null or last_position = $4::integer)`

export interface UploadCounts {
  rows: number
  accepted: number
  duplicates: number
  invalid: number
}

export interface UploadShape {
  columns: readonly string[]
  to: number
  home: string | null
}

/** All lines are there: from the commit on they are on the list. Throws `LeaseLost`. */
export async function finishUpload(
  trx: Db,
  purview: Purview,
  { campaign: { id: publicId, row }, id, lease }: Upload,
  counts: UploadCounts,
  { columns, to, home }: UploadShape,
): Promise<void> {
  const campaign = await lockCampaign(trx, purview, publicId)
  if (campaign?.state !== 'draft') throw new LeaseLost('the campaign was started or is gone')
  const { rows, accepted, duplicates, invalid } = counts
  const ready = await sql`
    update campaign_uploads set state = 'ready', lease = null, leased_until = null, header = ${columns}::text[], to_column = ${to},
      default_country = ${home}, rows = ${rows}, accepted = ${accepted}, duplicates = ${duplicates}, invalid = ${invalid}
    where campaign_id = ${row}::integer and id = ${id}::integer and lease = ${lease}::uuid and state = 'loading'
      and last_position = first_position + ${accepted}::integer - 1`.execute(trx)
  if (ready.numAffectedRows !== 1n) throw new LeaseLost('the upload of this list was given up')
  await sql`
    update campaigns set total = total + ${accepted}::integer, audience_version = audience_version + 1, touched_at = casement_now()
    where id = ${row}::integer`.execute(trx)
}

/** Nothing of it will be on the list. Whether or not somebody else has seen that already. */
export async function failUpload(
  db: Db,
  { campaign, id, lease }: Upload,
  { code, text }: UploadFailure,
): Promise<Leftovers | null> {
  const { rows } = await sql<Leftovers>`
    update campaign_uploads set state = 'failed', lease = null, leased_until = null, reason_code = ${code}, reason_text = ${text}
    where campaign_id = ${campaign.row}::integer and id = ${id}::integer and lease = ${lease}::uuid and state = 'loading'
    returning campaign_id as row, id as upload, first_position as first, last_position as last`.execute(db)
  return rows[0] ?? null
}

/** What an upload that failed left behind goes, a piece at a time. */
export async function clearLeftovers(db: Db, { row, upload, first, last }: Leftovers): Promise<void> {
  for (let at = first; at <= last; at += CLEARED_AT_ONCE) {
    await sql`
      delete from campaign_recipients
      where campaign_id = ${row}::integer and upload = ${upload}::integer
        and position between ${at}::integer and ${at + CLEARED_AT_ONCE - 1}::integer`.execute(db)
  }
  for (let gone = CLEARED_AT_ONCE; gone >= CLEARED_AT_ONCE; ) {
    const deleted = await sql`
      delete from campaign_import_errors where (campaign_id, upload, line, code) in (
        select campaign_id, upload, line, code from campaign_import_errors
        where campaign_id = ${row}::integer and upload = ${upload}::integer limit ${CLEARED_AT_ONCE})`.execute(db)
    gone = Number(deleted.numAffectedRows ?? 0n)
  }
  await sql`
    update campaign_uploads set last_position = first_position - 1
    where campaign_id = ${row}::integer and id = ${upload}::integer and state = 'failed'`.execute(db)
}
