import { sql } from 'kysely'
import type { PhoneNumberId, WabaId } from '../../domain/ids.ts'
import { effectiveMps } from '../../domain/throughput.ts'
import type { Instant } from '../../domain/time.ts'
import { type PaceRow, paceColumns, paceOf } from '../accounts/pace.ts'
import { SERVER_CLOCK } from '../pg/clock.ts'
import type { Db } from '../pg/postgres.ts'

/*
 * The last estimate of a campaign, or the one that is under way: whoever counts has a lease, and is followed by somebody else where they fell
 * silent. It is of one version of the list, and goes when what the campaign says is changed.
 */

const LEASE_S = 30

export interface KeptEstimate {
  /** Of the list. */
  version: number
  /** Lines that were read. */
  done: number
  total: number
  /** Null while it is counted. */
  result: unknown
  /** Somebody is counting. */
  isCounted: boolean
  ageS: number
}

export async function readEstimate(db: Db, row: number): Promise<KeptEstimate | null> {
  const { rows } = await sql<KeptEstimate>`
    select version, done, total, result, coalesce(leased_until >= ${sql.raw(SERVER_CLOCK)}, false) as "isCounted",
      extract(epoch from casement_now() - at)::float8 as "ageS"
    from campaign_estimates where campaign_id = ${row}::integer`.execute(db)
  return rows[0] ?? null
}

/** Answers whether it is ours to count: not where somebody is counting the same version. */
export async function beginEstimate(
  db: Db,
  row: number,
  version: number,
  total: number,
  lease: string,
): Promise<boolean> {
  const begun = await sql`
    insert into campaign_estimates as e (campaign_id, version, total, lease, leased_until)
    values (${row}::integer, ${version}::integer, ${total}::integer, ${lease}::uuid, ${leasedUntil})
    on conflict (campaign_id) do update set version = excluded.version, total = excluded.total, done = 0, result = null,
      lease = excluded.lease, leased_until = excluded.leased_until, at = excluded.at
    where e.lease is null or e.version <> excluded.version or e.leased_until < ${sql.raw(SERVER_CLOCK)}`.execute(db)
  return begun.numAffectedRows === 1n
}

/** False where it is somebody else's by now, or wanted no more. */
export async function renewEstimate(db: Db, row: number, lease: string, done: number): Promise<boolean> {
  const renewed = await sql`
    update campaign_estimates set done = ${done}::integer, leased_until = ${leasedUntil}
    where campaign_id = ${row}::integer and lease = ${lease}::uuid`.execute(db)
  return renewed.numAffectedRows === 1n
}

export async function finishEstimate(db: Db, row: number, lease: string, result: unknown): Promise<void> {
  await sql`
    update campaign_estimates set result = ${JSON.stringify(result)}::jsonb, done = total, lease = null, leased_until = null, at = casement_now()
    where campaign_id = ${row}::integer and lease = ${lease}::uuid`.execute(db)
}

/** Whoever asks next begins anew. */
export async function dropEstimate(db: Db, row: number, lease: string | null = null): Promise<void> {
  await sql`
    delete from campaign_estimates
    where campaign_id = ${row}::integer and (${lease}::uuid is null or lease = ${lease}::uuid)`.execute(db)
}

const leasedUntil = sql`${sql.raw(SERVER_CLOCK)} + ${LEASE_S} * interval '1 second'`

/** How fast a number may send, and what its portfolio has used of its messaging limit. */
export async function readSendingPace(db: Db, sender: PhoneNumberId) {
  const { rows } = await sql<PaceRow & { limit: number | null; used: { minute: Instant; users: number }[] }>`
    select ${paceColumns}, p.messaging_limit as "limit", coalesce((
      select json_agg(json_build_object('minute', floor(extract(epoch from b.minute) * 1000), 'users', b.used)) from messaging_limit_buckets b
      where b.portfolio_id = p.id and b.used > 0 and b.minute > casement_now() - interval '1 day 1 minute'), '[]'::json) as used
    from senders s join wabas w on w.id = s.waba_id join portfolios p on p.id = w.portfolio_id
    where s.phone_number_id = ${sender}`.execute(db)
  const row = rows[0] as (typeof rows)[number]
  return {
    mps: effectiveMps(paceOf(row), row.now),
    limit: row.limit === null ? null : { limit: row.limit, used: row.used },
  }
}

/** What the lists of a campaign had, as they came. */
export async function readListCounts(db: Db, row: number): Promise<{ rows: number; invalid: number }> {
  const { rows } = await sql<{ rows: number; invalid: number }>`
    select coalesce(sum(rows), 0)::integer as rows, coalesce(sum(invalid), 0)::integer as invalid
    from campaign_uploads where campaign_id = ${row}::integer and state = 'ready'`.execute(db)
  return rows[0] as { rows: number; invalid: number }
}

export async function readTemplateQuality(
  db: Db,
  wabaId: WabaId,
  templates: readonly { name: string; language: string }[],
): Promise<{ name: string; language: string; quality: string | null }[]> {
  const { rows } = await sql<{ name: string; language: string; quality: string | null }>`
    select t.name, t.language, t.quality from templates t
    join (select distinct * from unnest(${templates.map(({ name }) => name)}::text[], ${templates.map(({ language }) => language)}::text[])
      as a (name, language)) a using (name, language)
    where t.waba_id = ${wabaId}`.execute(db)
  return rows
}
