import { sql } from 'kysely'
import type { WabaId } from '../../domain/ids.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import { STAMP_TOLERANCE_MS } from '../../domain/window.ts'
import { coalesce } from '../pg/batch.ts'
import { type Db, isPassingDatabaseError, type Postgres, prepared } from '../pg/postgres.ts'

/** The channel on which a stored webhook wakes those who apply it. */
export const INBOX_CHANNEL = 'casement_inbox'

const insertEvents = prepared(
  'insert_webhook_events',
  `insert into webhook_events (payload) select payload from unnest($1::text[]) with ordinality as w (payload, ord) order by ord`,
)

/**
 * Stores raw bodies; resolves when they are durable, which is when Meta may be told 200. Requests that arrive together share a statement,
 * for statuses come three to a message. A zero byte, which JSON has no place for and `text` refuses, is kept as U+FFFD: whatever was
 * signed is stored, for Meta would send it again and again.
 */
export function webhookIntake({ pool, signals }: Pick<Postgres, 'pool' | 'signals'>) {
  return coalesce<string, null>({
    maxItems: 500,
    maxFlights: 2,
    isPassing: isPassingDatabaseError,
    async run(payloads) {
      await insertEvents(pool, [payloads.map((payload) => payload.replaceAll('\0', '\ufffd'))])
      signals.send(INBOX_CHANNEL)
      return payloads.map(() => null)
    },
  })
}

export async function markApplied(trx: Db, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  await sql`
    update webhook_events set state = 'applied', applied_at = casement_now(), tries = tries + 1, error = null
    where id = any (${ids}::bigint[])`.execute(trx)
}

/** Kept aside with what went wrong; an operator may replay it. Not when another applier has applied it meanwhile. */
export async function markFailed(db: Db, id: string, error: string): Promise<void> {
  await sql`
    update webhook_events set state = 'failed', tries = tries + 1, error = ${error.slice(0, 2_000)}
    where id = ${id}::bigint and state = 'pending'`.execute(db)
}

/**
 * Remembers that the channel of an account was alive: a verified webhook was caused at this time, by Meta's own stamp. One from the future is
 * not believed, or the channel would count as alive until then.
 */
export async function recordLiveness(trx: Db, caused: Map<WabaId, Instant>): Promise<void> {
  if (caused.size === 0) return
  const inOrder = [...caused].sort(([a], [b]) => (a < b ? -1 : 1))
  await sql`
    update wabas w set webhook_caused_at = seen.at
    from unnest(${inOrder.map(([id]) => id)}::text[], ${inOrder.map(([, at]) => toDate(at))}::timestamptz[]) as seen (id, at)
    where w.id = seen.id and (w.webhook_caused_at is null or w.webhook_caused_at < seen.at)
      and seen.at <= casement_now() + ${STAMP_TOLERANCE_MS} * interval '1 millisecond'`.execute(trx)
}

/** Applied events are proof for a while, then weight. */
export async function deleteOldEvents(db: Db, olderThanDays: number, limit: number): Promise<number> {
  const result = await sql`
    delete from webhook_events where id in (
      select id from webhook_events where state = 'applied' and applied_at < casement_now() - ${olderThanDays} * interval '1 day' limit ${limit})`.execute(
    db,
  )
  return Number(result.numAffectedRows ?? 0n)
}
