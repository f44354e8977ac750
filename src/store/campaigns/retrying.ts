import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../../domain/access.ts'
import { tell } from '../outbox/tell.ts'
import { SERVER_CLOCK } from '../pg/clock.ts'
import type { Db } from '../pg/postgres.ts'
import { LeaseLost } from './audience.ts'
import type { CampaignFacts } from './campaigns.ts'
import type { ListShape } from './feeding.ts'
import { tellingNumbers } from './telling.ts'

/*
 * A child: the same once more, for those of whom the parent's attempt came to nothing. Their lines are copied, so both lists stay as they are.
 * A campaign, its retries and theirs are a family, which shares its salt.
 */

/** Another of the family that is not over, or would write to its people once it was started. The family is locked until the end. */
export async function relativeUnderWay(
  trx: Db,
  { row, workspace, salt }: CampaignFacts,
): Promise<{ id: string; state: string } | null> {
  // Two of a family that are retried at once: whoever is second sees what the first has made.
  await sql`
    select from campaigns where workspace = ${workspace} and salt = ${salt}::uuid order by id limit 1 for no key update`.execute(
    trx,
  )
  const { rows } = await sql<{ id: string; state: string }>`
    select c.public_id as id, c.state from campaigns c
    where c.workspace = ${workspace} and c.salt = ${salt}::uuid and c.id <> ${row}::integer
      and (c.state in ('scheduled', 'running', 'paused') or c.gated or (c.state = 'draft' and (c.total > 0 or exists (
        select from campaign_uploads u
        where u.campaign_id = c.id and u.state = 'loading' and u.leased_until >= ${sql.raw(SERVER_CLOCK)}))))
    limit 1`.execute(trx)
  return rows[0] ?? null
}

/** A draft without a list. */
export async function createChild(
  trx: Db,
  parent: CampaignFacts,
  createdBy: Actor,
): Promise<{ id: string; row: number }> {
  const { rows } = await sql<{ id: string; row: number }>`
    insert into campaigns (public_id, workspace, phone_number_ids, name, document, created_by, parent_id, salt)
    select ${uuidv7()}::uuid, workspace, phone_number_ids, left(name, 190) || ' (again)', document - '{send_at,late,start_within}'::text[], ${JSON.stringify(createdBy)}::jsonb, id, salt
    from campaigns where id = ${parent.row}::integer
    returning public_id as id, id as row`.execute(trx)
  const child = rows[0] as { id: string; row: number }
  const { workspace, document } = parent
  await tell(trx, [{ workspace, kind: 'campaign.created', subject: child.id, payload: tellingNumbers(document) }])
  return child
}

/** A list of the parent, by its positions there. */
export interface ListedUpload extends ListShape {
  first: number
  last: number
}

export async function readLists(trx: Db, row: number): Promise<ListedUpload[]> {
  const { rows } = await sql<ListedUpload>`
    select id as upload, header as columns, to_column as "to", default_country as home, first_position as first, last_position as last
    from campaign_uploads where campaign_id = ${row}::integer and state = 'ready' order by id`.execute(trx)
  return rows
}

export interface Copying {
  /** As in the parent. */
  upload: number
  /** One for all lists of the child. */
  lease: string
  /** Position of the next line in the child. */
  next: number
}

const LEASE_S = 60
const leasedUntil = sql`${sql.raw(SERVER_CLOCK)} + ${LEASE_S} * interval '1 second'`

/**
 * Begins to copy lines of one list: of the same columns, and under a lease, as every list. What was copied before stays set aside, as if it had
 * failed, until all of it is there: nothing of a copy that breaks off is ever on the child's list.
 */
export async function beginCopy(
  trx: Db,
  child: number,
  { upload, columns, to, home }: ListShape,
  before: Copying | null,
): Promise<Copying> {
  if (before !== null) await setAside(trx, child, before)
  const { lease, next } = before ?? { lease: randomUUID(), next: 1 }
  await sql`
    insert into campaign_uploads (campaign_id, id, header, to_column, default_country, state, copied, first_position, last_position, lease, leased_until)
    values (${child}::integer, ${upload}::integer, ${columns}::text[], ${to}, ${home}, 'loading', true, ${next}::integer, ${next - 1}::integer,
      ${lease}::uuid, ${leasedUntil})`.execute(trx)
  return { upload, lease, next }
}

async function setAside(trx: Db, child: number, { upload, lease }: Copying): Promise<void> {
  const ended = await sql`
    update campaign_uploads set state = 'failed', lease = null, leased_until = null
    where campaign_id = ${child}::integer and id = ${upload}::integer and lease = ${lease}::uuid and state = 'loading'`.execute(
    trx,
  )
  if (ended.numAffectedRows !== 1n) throw new LeaseLost('the copying of a list was given up by somebody else')
}

export interface RetriedLine {
  position: number
  recipient: string
}

/** Of these positions: with how it ended. */
const FATES = sql`
  campaign_recipients r
  left join campaign_exceptions x on x.campaign_id = r.campaign_id and x.position = r.position
  left join campaign_intents l on l.campaign_id = r.campaign_id and l.position = r.position
  left join intents i on i.id = l.intent_id
  cross join lateral (values (coalesce(x.state, i.state), coalesce(x.reason_code, i.reason_code))) as f (state, reason)`

/**
 * Of this range of the parent's list: whose message came to nothing for one of these reasons. In the transaction that copies them: an erasure
 * empties their lines here before or after it, and then finds the copies.
 */
export async function retriedLines(
  trx: Db,
  { parent, upload }: { parent: number; upload: number },
  { after, upTo }: { after: number; upTo: number },
  reasons: string[],
): Promise<RetriedLine[]> {
  await sql`select from campaigns where id = ${parent}::integer for share`.execute(trx)
  const { rows } = await sql<RetriedLine>`
    select r.position, r.recipient from ${FATES}
    where r.campaign_id = ${parent}::integer and r.upload = ${upload}::integer and r.recipient <> ''
      and r.position between ${after + 1}::integer and ${upTo}::integer
      and f.state in ('failed', 'expired') and f.reason = any (${reasons}::text[])
    order by r.position`.execute(trx)
  return rows
}

/** Copies these lines, of one range of the parent's list, behind what the child has. */
export async function copyLines(
  trx: Db,
  { parent, child, copying }: { parent: number; child: number; copying: Copying },
  { after, upTo }: { after: number; upTo: number },
  positions: readonly number[],
): Promise<void> {
  await renewCopy(trx, child, copying, positions.length)
  await sql`
    insert into campaign_recipients (campaign_id, position, upload, line, recipient, cells)
    select ${child}::integer, ${copying.next}::integer + p.ord::integer - 1, r.upload, r.line, r.recipient, r.cells
    from unnest(${positions}::integer[]) with ordinality as p (position, ord)
    join campaign_recipients r on r.position = p.position
    where r.campaign_id = ${parent}::integer and r.upload = ${copying.upload}::integer
      and r.position between ${after + 1}::integer and ${upTo}::integer`.execute(trx)
}

export async function renewCopy(trx: Db, child: number, { upload, lease }: Copying, more: number): Promise<void> {
  const renewed = await sql`
    update campaign_uploads set last_position = last_position + ${more}::integer, leased_until = ${leasedUntil}
    where campaign_id = ${child}::integer and id = ${upload}::integer and lease = ${lease}::uuid and state = 'loading'`.execute(
    trx,
  )
  if (renewed.numAffectedRows !== 1n) throw new LeaseLost('the copying of a list was given up by somebody else')
}

/** All lists are there: from the commit on they are those of the child. */
export async function finishCopy(trx: Db, child: number, copying: Copying): Promise<void> {
  const found = await sql`
    select from campaigns where id = ${child}::integer and state = 'draft' and total = 0 for no key update`.execute(trx)
  if (found.rows.length !== 1) throw new LeaseLost('the child is no draft any more')
  await setAside(trx, child, copying)
  await sql`
    update campaign_uploads set state = 'ready', rows = last_position - first_position + 1, accepted = last_position - first_position + 1
    where campaign_id = ${child}::integer`.execute(trx)
  await sql`
    update campaigns set total = ${copying.next - 1}::integer, audience_version = audience_version + 1, touched_at = casement_now()
    where id = ${child}::integer`.execute(trx)
}

/** Whether the child is as its copying has left it: nobody has begun to make something of it. Locked until the end. */
export async function isAbandoned(trx: Db, child: number, lease: string): Promise<boolean> {
  const { rows } = await sql`
    select from campaigns c where c.id = ${child}::integer and c.state = 'draft' and c.total = 0
      and not exists (select from campaign_uploads u where u.campaign_id = c.id and u.state = 'loading' and u.lease <> ${lease}::uuid)
    for no key update`.execute(trx)
  return rows.length === 1
}

export interface Relative {
  row: number
  /** Positions up to here were handed over. */
  fed: number
}

export async function relativesOf(db: Db, { row, workspace, salt }: CampaignFacts): Promise<Relative[]> {
  const { rows } = await sql<Relative>`
    select id as row, fed from campaigns
    where workspace = ${workspace} and salt = ${salt}::uuid and id <> ${row}::integer and fed > 0 order by id`.execute(
    db,
  )
  return rows
}

/**
 * Of a range of a list: whom its message reached or may have reached, under whichever of their ids, and who is not to be reached. Not whose turn
 * did not come, who was cancelled or suppressed, which is asked anew, or whose message came to nothing for one of these reasons.
 */
export async function reachedOf(
  db: Db,
  row: number,
  { after, upTo }: { after: number; upTo: number },
  unless: string[],
): Promise<string[]> {
  const { rows } = await sql<{ recipient: string }>`
    select r.recipient from ${FATES}
    where r.campaign_id = ${row}::integer and r.position between ${after + 1}::integer and ${upTo}::integer and r.recipient <> ''
      and (x.position is not null or l.position is not null)
      and not coalesce(f.state = 'cancelled' or (f.state = 'suppressed' and f.reason <> 'duplicate')
        or (f.state in ('failed', 'expired') and f.reason = any (${unless}::text[])), false)`.execute(db)
  return rows.map(({ recipient }) => recipient)
}
