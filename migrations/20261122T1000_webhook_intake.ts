import { type Kysely, sql } from 'kysely'

/*
 * Whether silence of the webhook channel proves anything: webhooks that were sent while nobody could store them come again later.
 *
 * Under load: creates one table of one row.
 */
export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    create table webhook_intake (
      singleton boolean primary key default true check (singleton),
      -- when some process last was ready to store webhooks
      alive_at timestamptz not null,
      -- when the outages began that are not caught up with
      missed_since timestamptz not null,
      -- when the last outage ended; attempts that began later did not fall into it
      revived_at timestamptz not null,
      -- when what was missed before should have been delivered again
      caught_up_at timestamptz not null
    ) with (fillfactor = 50)`.execute(db)
}
