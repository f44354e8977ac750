import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../../domain/access.ts'
import { SERVER_CLOCK } from '../pg/clock.ts'
import type { Db } from '../pg/postgres.ts'
import type { CampaignRead } from './campaigns.ts'
import type { ListShape } from './feeding.ts'

/* A child: the same once more, for those of whom the parent's attempt came to nothing. Their lines are copied, so both lists stay as they are. */

/** Whether a child of it is under way: then some would be written to twice. */
export async function hasLivingChild(trx: Db, row: number): Promise<boolean> {
  const { rows } = await sql`
    select from campaigns where parent_id = ${row}::integer and state in ('scheduled', 'running', 'paused') limit 1`.execute(
    trx,
  )
  return rows.length > 0
}

/** A draft without a list. */
export async function createChild(
  trx: Db,
  parent: CampaignRead,
  createdBy: Actor,
): Promise<{ id: string; row: number }> {
  const { rows } = await sql<{ id: string; row: number }>`
    insert into campaigns (public_id, workspace, phone_number_id, name, document, created_by, parent_id, salt)
    select ${uuidv7()}::uuid, workspace, phone_number_id, left(name, 190) || ' (again)', document - '{send_at,late,start_within}'::text[], ${JSON.stringify(createdBy)}::jsonb, id, salt
    from campaigns where id = ${parent.row}::integer
    returning public_id as id, id as row`.execute(trx)
  return rows[0] as { id: string; row: number }
}

export interface Copying {
  upload: number
  lease: string
  /** Of its first line in the child. */
  first: number
}

const LEASE_S = 60

/** Begins to copy lines of one upload: of the same columns, and under a lease, as every list. */
export async function beginCopy(db: Db, child: number, { upload, columns, to, home }: ListShape, first: number) {
  const lease = randomUUID()
  await sql`
    insert into campaign_uploads (campaign_id, id, header, to_column, default_country, state, first_position, last_position, lease, leased_until)
    values (${child}::integer, ${upload}::smallint, ${columns}::text[], ${to}, ${home}, 'loading', ${first}::integer, ${first - 1}::integer,
      ${lease}::uuid, ${sql.raw(SERVER_CLOCK)} + ${LEASE_S} * interval '1 second')`.execute(db)
  return { upload, lease, first } satisfies Copying
}

/**
 * Copies, of the parent's lines in this range, those that came to nothing for one of these reasons; in one transaction with the lease. Answers
 * how many.
 *
 * @param next position of the first of them in the child
 */
export async function copyRange(
  trx: Db,
  { parent, child, copying }: { parent: number; child: number; copying: Copying },
  { after, limit }: { after: number; limit: number },
  next: number,
  reasons: string[],
): Promise<number> {
  const { upload, lease } = copying
  const copied = await sql`
    insert into campaign_recipients (campaign_id, position, upload, line, recipient, cells)
    select ${child}::integer, ${next - 1}::integer + row_number() over (order by r.position)::integer, r.upload, r.line, r.recipient, r.cells
    from campaign_recipients r
    left join campaign_exceptions x on x.campaign_id = r.campaign_id and x.position = r.position
    left join campaign_intents l on l.campaign_id = r.campaign_id and l.position = r.position
    left join intents i on i.id = l.intent_id
    where r.campaign_id = ${parent}::integer and r.upload = ${upload}::smallint and r.recipient <> ''
      and r.position between ${after + 1}::integer and ${after + limit}::integer
      and coalesce(x.state, i.state) in ('failed', 'expired') and coalesce(x.reason_code, i.reason_code) = any (${reasons}::text[])`.execute(
    trx,
  )
  const count = Number(copied.numAffectedRows ?? 0n)
  const renewed = await sql`
    update campaign_uploads set last_position = last_position + ${count}::integer,
      leased_until = ${sql.raw(SERVER_CLOCK)} + ${LEASE_S} * interval '1 second'
    where campaign_id = ${child}::integer and id = ${upload}::smallint and lease = ${lease}::uuid and state = 'loading'`.execute(
    trx,
  )
  if (renewed.numAffectedRows !== 1n) throw new Error('the copying of a list was given up by somebody else')
  return count
}

/** All of that upload is there. */
export async function finishCopy(trx: Db, child: number, { upload, lease }: Copying, count: number): Promise<void> {
  await sql`
    update campaign_uploads set state = 'ready', lease = null, leased_until = null, rows = ${count}::integer, accepted = ${count}::integer
    where campaign_id = ${child}::integer and id = ${upload}::smallint and lease = ${lease}::uuid`.execute(trx)
  await sql`
    update campaigns set total = total + ${count}::integer, audience_version = audience_version + 1, touched_at = casement_now()
    where id = ${child}::integer and state = 'draft'`.execute(trx)
}
