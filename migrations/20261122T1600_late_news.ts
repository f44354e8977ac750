import { type Kysely, sql } from 'kysely'

/*
 * Webhooks come late, twice and in any order, so what they tell of a person or an account is kept with Meta's stamp, and older news does
 * not replace newer. Which of a person's ids is the one in use is the one that was seen last. And what statuses say of a free entry point
 * is kept message by message, so that its state can be worked out anew when one of them comes late.
 *
 * Under load: the columns cost nothing and the table is empty; rows that are there have no stamp, and the next webhook that speaks of them
 * gives them one.
 */
export async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table contact_identities add column seen_at timestamptz`.execute(db)
  await sql`alter table contacts add column name_at timestamptz, add column username_at timestamptz`.execute(db)
  await sql`alter table portfolios add column messaging_limit_at timestamptz`.execute(db)
  await sql`
    create table free_entry_reports (
      wamid text primary key references messages on delete cascade,
      told_at timestamptz not null,
      expires_at timestamptz,
      -- Meta's id of the window
      entry_conversation_id text
    )`.execute(db)
}
