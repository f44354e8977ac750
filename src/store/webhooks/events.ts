import { sql } from 'kysely'
import type { PhoneNumberId, WorkspaceId } from '../../domain/ids.ts'
import { coalesce } from '../pg/batch.ts'
import { type Db, isPassingDatabaseError, type Postgres, prepared } from '../pg/postgres.ts'

/** The channel on which a stored webhook wakes those who apply it. */
export const INBOX_CHANNEL = 'casement_inbox'

/** With its place in the queue of what is passed on, where somebody there wants what Meta sends; see store/passing/pass-payloads.ts. */
const insertEvents = prepared(
  'insert_webhook_events',
  `with stored as (
     insert into webhook_events (payload, workspace, numbers)
     select payload, workspace, string_to_array(numbers, ',')
     from unnest($1::text[], $2::text[], $3::text[]) with ordinality as w (payload, workspace, numbers, ord) order by ord
     returning id, workspace
   )
   insert into payloads_to_pass (webhook_event_id)
   select id from stored where workspace in (
     select e.workspace from webhook_endpoints e where e.kind = 'meta' and e.state <> 'gone' and e.deleted_at is null)`,
)

export interface ReceivedEvent {
  payload: string
  workspace: WorkspaceId | null
  numbers: PhoneNumberId[] | null
}

/**
 * Stores raw bodies; resolves when they are durable, which is when Meta may be told 200. Requests that arrive together share a statement,
 * for statuses come three to a message. A zero byte, which JSON has no place for and `text` refuses, is kept as U+FFFD: whatever was
 * signed is stored, for Meta would send it again and again.
 */
export function webhookIntake({ pool, signals }: Pick<Postgres, 'pool' | 'signals'>) {
  return coalesce<ReceivedEvent, null>({
    maxItems: 500,
    maxFlights: 2,
    isPassing: isPassingDatabaseError,
    async run(events) {
      await insertEvents(pool, [
        events.map(({ payload }) => payload.replaceAll('\0', '\ufffd')),
        events.map(({ workspace }) => workspace),
        events.map(({ numbers }) => numbers?.join(',') ?? null),
      ])
      signals.send(INBOX_CHANNEL)
      return events.map(() => null)
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
