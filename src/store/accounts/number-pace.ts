import { RETRY_AFTER_CAP_MS } from '../../domain/backoff.ts'
import type { PhoneNumberId, WorkspaceId } from '../../domain/ids.ts'
import type { Spacing } from '../../domain/pacing.ts'
import { SERVER_CLOCK } from '../pg/clock.ts'
import { prepared, type Queryable } from '../pg/postgres.ts'

/* The row of a number by which all processes keep its pace, see domain/pacing.ts. By the server's own clock, which nobody moves. */

/**
 * What the row of `n` says, unless the server's clock was set back since, by hand or by a failover: then it names instants that are farther off
 * than any pause (with what chance adds to it) or slots that are late, and the number would stand still until they come.
 */
export const NEXT_AT = `case when n.next_at > ${SERVER_CLOCK} + interval '1 minute' then 'epoch' else n.next_at end`
export const PAUSED_UNTIL = `case when n.paused_until <= ${SERVER_CLOCK} + interval '${2 * RETRY_AFTER_CAP_MS} milliseconds' then n.paused_until end`

const ensureRows = prepared<{ workspace: WorkspaceId }>(
  'ensure_number_pace',
  `with linked as (
     select phone_number_id, workspace from senders where phone_number_id = any ($1::text[]) order by 1
   ), ensured as (
     insert into number_pace (phone_number_id) select phone_number_id from linked on conflict do nothing
   )
   select workspace from linked`,
)

/** Answers the workspaces of those numbers that are linked. */
export async function ensurePace(client: Queryable, senders: readonly PhoneNumberId[]): Promise<WorkspaceId[]> {
  return (await ensureRows(client, [senders])).map(({ workspace }) => workspace)
}

const pauseNumber = prepared(
  'pause_number',
  `insert into number_pace as n (phone_number_id, paused_until) values ($1, ${SERVER_CLOCK} + $2 * interval '1 millisecond')
   on conflict (phone_number_id) do update set paused_until = greatest(n.paused_until, excluded.paused_until)`,
)

/** Nothing of this number is taken for a while, by any process; a pause is only ever made longer. */
export async function pausePace(client: Queryable, sender: PhoneNumberId, forMs: number): Promise<void> {
  await pauseNumber(client, [sender, forMs])
}

/** Slots that were taken and came too late to be used. */
export interface LateSlots {
  sender: PhoneNumberId
  spacing: Spacing
  count: number
  nextUs: number
  /** How much later than usual they may be used. Nobody has slots in that time after them, so that nothing else leaves beside them. */
  padUs: number
}

interface MovedRow {
  phone_number_id: PhoneNumberId
  next_us: number
  wait_us: number
}

/*
 * Where nobody has taken slots since, they move to now; where somebody has, new ones follow those. A lost commit costs nothing, so this one
 * does not wait for the disk.
 */
const moveLate = prepared<MovedRow>(
  'move_late_slots',
  `with at_once as (
     select set_config('synchronous_commit', 'off', true)
   ), late as (
     select * from unnest($1::text[], $2::float8[], $3::float8[], $4::float8[], $5::float8[]) as l (phone_number_id, taken_us, next_us, credit_us, pad_us)
   ), locked as materialized (
     -- in one order, since several processes, and pages of one, are late together
     select phone_number_id from number_pace where phone_number_id = any ($1::text[]) order by 1 for no key update
   ), moved as (
     update number_pace n set next_at =
       greatest(
         case when abs((extract(epoch from n.next_at) * 1000000)::float8 - l.next_us) < 2 then n.next_at - l.taken_us * interval '1 microsecond' else n.next_at end,
         ${SERVER_CLOCK} - l.credit_us * interval '1 microsecond'
       ) + (l.taken_us + l.pad_us) * interval '1 microsecond'
     from locked join late l using (phone_number_id) cross join at_once where n.phone_number_id = locked.phone_number_id
     returning n.phone_number_id, n.next_at, l.taken_us + l.pad_us as taken_us
   )
   select phone_number_id, (extract(epoch from next_at) * 1000000)::float8 as next_us,
     greatest(0, (extract(epoch from next_at - ${SERVER_CLOCK}) * 1000000)::float8 - taken_us) as wait_us
   from moved`,
)

/** The slots that each number has now, and microseconds until the first of them. */
export async function moveLateSlots(
  client: Queryable,
  slots: readonly LateSlots[],
): Promise<{ sender: PhoneNumberId; nextUs: number; waitUs: number }[]> {
  const late = [...Map.groupBy(slots, ({ sender }) => sender).values()].map(together)
  const rows = await moveLate(client, [
    late.map((l) => l.sender),
    late.map((l) => l.count * l.spacing.intervalUs),
    late.map((l) => l.nextUs),
    late.map((l) => l.spacing.creditUs),
    late.map((l) => l.padUs),
  ])
  return rows.map((row) => ({ sender: row.phone_number_id, nextUs: row.next_us, waitUs: row.wait_us }))
}

/** Those of one number as one: an update changes its row once. */
function together(slots: LateSlots[]): LateSlots {
  return slots.reduce((sum, slot) => ({
    ...(slot.nextUs > sum.nextUs ? slot : sum),
    count: sum.count + slot.count,
    padUs: Math.max(sum.padUs, slot.padUs),
  }))
}

/** Returns when every page that holds one of these numbers now has ended, however it ends. */
export async function outwaitPages(client: Queryable, senders: readonly PhoneNumberId[]): Promise<void> {
  await client.query(
    `select from number_pace where phone_number_id = any ($1::text[]) order by phone_number_id for no key update`,
    [senders],
  )
}
