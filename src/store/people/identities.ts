import { type RawBuilder, sql } from 'kysely'
import type { Bsuid, ContactId, WaId } from '../../domain/ids.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'

/*
 * What webhooks tell of a person besides who they are. Of several numbers or BSUIDs the one seen last is in use, of several names the one
 * told last counts.
 */

export interface SeenIdentity {
  waId: WaId | null
  bsuid: Bsuid | null
  parentBsuid: Bsuid | null
  profileName: string | null
  username: string | null
}

/**
 * Adds what a webhook knows of a person, after they were recognised. What was known and is not told again stays, and so does what was told
 * later (P4).
 *
 * @param at Meta's stamp; without one, only what nobody told yet is taken
 */
export async function enrichContact(
  trx: Db,
  contactId: ContactId,
  seen: SeenIdentity,
  at: Instant | null,
): Promise<void> {
  const told = stampOf(at)
  const inUse = (column: 'wa_id' | 'bsuid' | 'parent_bsuid', which: RawBuilder<unknown>) => {
    const value = (seen: RawBuilder<unknown>) => sql`(
      select value from contact_identities where contact_id = c.id and ${which} and ${seen} order by seen_at desc, value limit 1)`
    return sql`coalesce(${value(sql`seen_at is not null`)}, ${sql.ref(column)}, ${value(sql`seen_at is null`)}) as ${sql.ref(column)}`
  }
  await sql`
    update contacts c set
      wa_id = now_known.wa_id, bsuid = now_known.bsuid, parent_bsuid = now_known.parent_bsuid,
      name = now_known.name, name_at = now_known.name_at, username = now_known.username, username_at = now_known.username_at,
      updated_at = casement_now()
    from (
      select ${inUse('wa_id', sql`scope = '' and key ~ '^[0-9]'`)}, ${inUse('bsuid', sql`scope <> ''`)},
        ${inUse('parent_bsuid', sql`scope = '' and key ~ '^[A-Z]'`)},
        ${newer('name', seen.profileName, told)}, ${newer('username', seen.username, told)}
      from contacts c where id = ${contactId}::bigint
    ) now_known
    where c.id = ${contactId}::bigint
      and (c.wa_id, c.bsuid, c.parent_bsuid, c.name, c.name_at, c.username, c.username_at) is distinct from
        (now_known.wa_id, now_known.bsuid, now_known.parent_bsuid, now_known.name, now_known.name_at, now_known.username,
         now_known.username_at)`.execute(trx)
}

/** Of two tellings of the same second one has to win, whichever comes first: the greater. */
function newer(column: 'name' | 'username', value: string | null, told: RawBuilder<unknown>) {
  const [known, knownAt] = [sql.ref(column), sql.ref(`${column}_at`)]
  return sql`
    case when ${known} is null or (coalesce(${told}, '-infinity'), ${value}::text) > (coalesce(${knownAt}, '-infinity'), ${known})
      then coalesce(${value}::text, ${known}) else ${known} end as ${known},
    case when ${value}::text is null then ${knownAt} else greatest(${knownAt}, ${told}) end as ${knownAt}`
}

/** A stamp that lies ahead is remembered as of now, or nothing that happens until then would be newer. */
function stampOf(at: Instant | null) {
  return at === null ? sql`null::timestamptz` : sql`least(${toDate(at)}::timestamptz, casement_now())`
}
