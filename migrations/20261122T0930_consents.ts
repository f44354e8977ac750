import { type Kysely, sql } from 'kysely'

/*
 * Consent is kept with its evidence, and a number can be unlinked without losing its history: the token goes, the row stays.
 *
 * Under load: creates one table; dropping a `not null` is a change of the catalogue that holds its lock for an instant.
 */
export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    create table consents (
      contact_id bigint not null references contacts on delete cascade,
      id bigint generated always as identity,
      at timestamptz not null default now(),
      category text not null check (category in ('marketing', 'utility')),
      state text not null check (state in ('in', 'out')),
      -- whatever the producer has to show for it: a form, a recording, a message
      evidence jsonb,
      primary key (contact_id, id)
    )`.execute(db)

  // null: unlinked
  await sql`alter table senders alter column sealed_access_token drop not null`.execute(db)
  await sql`
    alter table senders add constraint senders_unlinked check (sealed_access_token is not null or state = 'paused')`.execute(
    db,
  )
}
