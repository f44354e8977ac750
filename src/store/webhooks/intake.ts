import { sql } from 'kysely'
import type { Db } from '../pg/postgres.ts'

/*
 * How far the silence of the webhook channel can be trusted. While no process could store webhooks, statuses were sent in vain; Meta sends
 * them again at growing distances (Meta, webhooks: "retries with decreasing frequency", read 2026-11), so after an outage the channel is
 * alive and still behind. An attempt that fell into an outage must not be judged by that silence, or a crash of everything would send what
 * was in flight a second time (P3).
 */

/** How often a process that takes webhooks says so; milliseconds. */
export const INTAKE_BEAT_MS = 500
/** Without a beat for this long, webhooks were missed. */
export const OUTAGE_AFTER_MS = 3 * INTAKE_BEAT_MS
/** What was missed is waited for as long again as it was missed, which is what doubling distances need, and no longer than this. */
export const LONGEST_CATCHING_UP_MS = 60 * 60_000

const missedNow = sql`casement_now() - intake.alive_at > ${OUTAGE_AFTER_MS} * interval '1 millisecond'`
/** An outage before the last one was caught up with lengthens it: the distances between the tries grew all the time. */
const missedSince = sql`case when intake.caught_up_at > intake.alive_at then intake.missed_since else intake.alive_at end`
const longest = sql`${LONGEST_CATCHING_UP_MS} * interval '1 millisecond'`

/** Some process is ready to store webhooks now. Notices an outage by the gap since the last beat of any process. */
export async function beatIntake(db: Db): Promise<void> {
  await sql`
    insert into webhook_intake as intake (alive_at, missed_since, revived_at, caught_up_at) values (casement_now(), casement_now(), casement_now(), casement_now())
    on conflict (singleton) do update set
      alive_at = casement_now(),
      revived_at = case when ${missedNow} then casement_now() else intake.revived_at end,
      missed_since = case when ${missedNow} then ${missedSince} else intake.missed_since end,
      caught_up_at = case when ${missedNow} then casement_now() + least(casement_now() - (${missedSince}), ${longest}) else intake.caught_up_at end`.execute(
    db,
  )
}
