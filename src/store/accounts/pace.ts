import { sql } from 'kysely'
import type { PhoneNumberId, WabaId } from '../../domain/ids.ts'
import { afterThrottle, effectiveMps, type Pace } from '../../domain/throughput.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'

/*
 * How fast and whether at all Meta lets us call: the rate of a sender, which throttles lower and time gives back, and the pauses of an
 * account. Rows, so that every machine sees them, also one that opens a lane a second later.
 */

/** The columns of a `Pace` and the clock to read it by, from `senders s`. */
export const paceColumns = sql`s.throughput_mps, s.slowed_to_mps, s.slowed_at, casement_now() as now`

export interface PaceRow {
  throughput_mps: number
  slowed_to_mps: number | null
  slowed_at: Instant | null
  now: Instant
}

export function paceOf(row: Omit<PaceRow, 'now'>): Pace {
  return { configuredMps: row.throughput_mps, slowedToMps: row.slowed_to_mps, slowedAt: row.slowed_at }
}

/**
 * Lowers the sender's rate after a throttle, in the caller's transaction. Answers its messages per second from now on, or null when it stays. Its row keeps its
 * version (`updated_at`), which is about credentials and state.
 *
 * @param at when the throttle is known; null: now
 */
export async function slowSender(
  trx: Db,
  sender: PhoneNumberId,
  attemptStartedAt: Instant,
  at: Instant | null = null,
): Promise<number | null> {
  const { rows } = await sql<PaceRow>`
    select ${paceColumns} from senders s where s.phone_number_id = ${sender} for no key update`.execute(trx)
  const row = rows[0]
  if (!row) return null
  const slowed = afterThrottle(paceOf(row), attemptStartedAt, at ?? row.now)
  if (!slowed?.slowedAt) return null
  await sql`
    update senders set slowed_to_mps = ${slowed.slowedToMps}, slowed_at = ${toDate(slowed.slowedAt)}
    where phone_number_id = ${sender}`.execute(trx)
  return effectiveMps(slowed, row.now)
}

/**
 * None of the account's numbers calls for a while, counted from `from` (null: now). A pause is only ever made longer, and not by the
 * little by which the answers of one burst differ. Answers the account's linked senders when it became longer, else none.
 */
export async function pauseCalls(
  db: Db,
  wabaId: WabaId,
  forMs: number,
  from: Instant | null = null,
): Promise<PhoneNumberId[]> {
  const { rows } = await sql<{ phone_number_id: PhoneNumberId }>`
    with paused as (
      update wabas set calls_paused_until = ${startOf(from)} + ${forMs} * interval '1 millisecond'
      where id = ${wabaId}
        and (calls_paused_until is null or calls_paused_until < ${startOf(from)} + ${LONGER * forMs} * interval '1 millisecond')
      returning id
    )
    select s.phone_number_id from senders s join paused on s.waba_id = paused.id
    where s.sealed_access_token is not null order by s.phone_number_id`.execute(db)
  return rows.map((row) => row.phone_number_id)
}

/** Templates of the account are neither read nor created for a while; messages go on. */
export async function pauseManagement(
  db: Db,
  wabaId: WabaId,
  forMs: number,
  from: Instant | null = null,
): Promise<void> {
  await sql`
    update wabas set management_paused_until =
      greatest(management_paused_until, ${startOf(from)} + ${forMs} * interval '1 millisecond')
    where id = ${wabaId}`.execute(db)
}

/** Milliseconds until the account's templates may be read again; 0 when they may be now. A pause of all calls holds for these too. */
export async function managementPausedForMs(db: Db, wabaId: WabaId): Promise<number> {
  const { rows } = await sql<{ ms: number | null }>`
    select (extract(epoch from greatest(management_paused_until, calls_paused_until) - casement_now()) * 1000)::float8 as ms
    from wabas where id = ${wabaId}`.execute(db)
  return Math.max(0, rows[0]?.ms ?? 0)
}

const LONGER = 0.8

function startOf(from: Instant | null) {
  return from === null ? sql`casement_now()` : sql`${toDate(from)}::timestamptz`
}
