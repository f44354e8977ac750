import { sql } from 'kysely'
import type { PhoneNumberId, WabaId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import { type Db, within } from '../pg/postgres.ts'
import { tellSender } from './sender-row.ts'

/* How Meta rates a number, read now and then: no webhook says it. */

/** What Meta lists of a number. */
export interface ListedNumber {
  id: string
  /** `GREEN`, `YELLOW`, `RED`, `UNKNOWN`; null: not told. */
  quality: string | null
  displayPhoneNumber: string | null
  verifiedName: string | null
}

export interface QualityChange {
  at: Instant
  score: string
}

/** Accounts whose numbers have not been read for so long, and may be; a few at a time. */
export async function accountsToRead(db: Db, olderThanMs: number, limit: number): Promise<WabaId[]> {
  const { rows } = await sql<{ id: WabaId }>`
    select w.id from wabas w
    where (w.numbers_read_at is null or w.numbers_read_at <= casement_now() - ${olderThanMs} * interval '1 millisecond')
      and coalesce(greatest(w.management_paused_until, w.calls_paused_until) <= casement_now(), true)
      and exists (select from senders s where s.waba_id = w.id and s.sealed_access_token is not null)
    order by w.numbers_read_at nulls first limit ${limit}`.execute(db)
  return rows.map((row) => row.id)
}

/** Meta told of some change: what it is, is to be read. */
export async function wantNumbers(db: Db, wabaId: WabaId): Promise<void> {
  await sql`update wabas set numbers_read_at = null where id = ${wabaId}`.execute(db)
}

/**
 * Stores what is news, and that the account was read, whatever came of it: the next try is as far off. A name that nobody gave is Meta's.
 */
export async function recordNumbers(db: Db, wabaId: WabaId, numbers: readonly ListedNumber[]): Promise<void> {
  await within(db, async (trx) => {
    await sql`update wabas set numbers_read_at = casement_now() where id = ${wabaId}`.execute(trx)
    if (numbers.length === 0) return
    const { rows } = await sql<{ id: PhoneNumberId }>`
      with told as (
        select * from jsonb_to_recordset(${JSON.stringify(numbers)}::jsonb)
          as t (id text, quality text, "displayPhoneNumber" text, "verifiedName" text)
      ), known as (
        select s.phone_number_id, s.quality as was, t.quality, coalesce(s.display_phone_number, left(t."displayPhoneNumber", 32)) as digits,
          coalesce(s.verified_name, left(t."verifiedName", 256)) as name
        from senders s join told t on t.id = s.phone_number_id
        where s.waba_id = ${wabaId} and s.sealed_access_token is not null
        order by 1 for no key update of s
      ), changed as (
        update senders s set display_phone_number = k.digits, verified_name = k.name, quality = coalesce(k.quality, k.was)
        from known k
        where s.phone_number_id = k.phone_number_id
          and (s.display_phone_number, s.verified_name, s.quality) is distinct from (k.digits, k.name, coalesce(k.quality, k.was))
        returning s.phone_number_id, s.workspace, k.quality, k.was
      ), noted as (
        insert into number_qualities (workspace, phone_number_id, score)
        select workspace, phone_number_id, quality from changed where quality is not null and quality is distinct from was
      )
      select phone_number_id as id from changed order by 1`.execute(trx)
    for (const { id } of rows) await tellSender(trx, id, 'sender.changed')
  })
}

const SHOWN = 100

/** Of `senders`, the newest first. */
export const qualityHistory = sql<{ at: string; score: string }[]>`(
  select coalesce(jsonb_agg(jsonb_build_object('at', q.at, 'score', q.score) order by q.id desc), '[]') from (
    select id, at, score from number_qualities
    where workspace = senders.workspace and phone_number_id = senders.phone_number_id order by id desc limit ${SHOWN}) q)`
