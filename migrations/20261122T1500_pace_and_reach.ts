import { type Kysely, sql } from 'kysely'

/*
 * What errors of Meta teach beyond the message that met them: how fast a sender may go, until when an account makes no calls, which
 * templates and people are not to be tried for now. And an end in time for what is due and cannot leave.
 *
 * Under load: the columns cost nothing, and the checks of `contacts` are not proved for rows that are there, which have nothing to check.
 * The index on `intents` reads the table once, and writes to it wait meanwhile: seconds for a million rows.
 */
export async function up(db: Kysely<any>): Promise<void> {
  // The last throttle: down to how many messages per second, and when. The rate of now is the domain's to compute (throughput.ts).
  await sql`
    alter table senders
      add column slowed_to_mps integer check (slowed_to_mps > 0),
      add column slowed_at timestamptz,
      add check ((slowed_to_mps is null) = (slowed_at is null))`.execute(db)

  await sql`
    alter table wabas
      -- nothing is sent for this account until then, by any of its numbers
      add column calls_paused_until timestamptz,
      -- templates are not read or created until then; messages go on
      add column management_paused_until timestamptz,
      -- somebody met a template that is not as we know it: it is to be read from Meta
      add column templates_wanted_at timestamptz`.execute(db)

  // When a field was last told, by Meta's stamp or by our clock: older news does not change it any more.
  await sql`
    alter table templates
      add column status_at timestamptz, add column category_at timestamptz, add column quality_at timestamptz`.execute(
    db,
  )

  await sql`
    alter table contacts
      -- the newest attempt that Meta could not deliver to this person; not tried outside an open window until the second of the two
      add column unreachable_since timestamptz,
      add column unreachable_until timestamptz,
      -- what ended it last, so that older news does not bring it back
      add column reachable_at timestamptz,
      -- "resume" in WhatsApp itself, so that an older "stop" does not come back
      add column marketing_resumed_at timestamptz`.execute(db)
  await sql`
    alter table contacts
      add constraint contacts_unreachable check ((unreachable_since is null) = (unreachable_until is null)) not valid`.execute(
    db,
  )

  // What is due and cannot leave, because its lane or its account stands still, must end in time all the same.
  await sql`create index intents_expiry on intents (expires_at) where due_at is not null`.execute(db)
}
