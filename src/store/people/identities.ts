import { type RawBuilder, sql } from 'kysely'
import type { Bsuid, ContactId, ConversationId, WaId } from '../../domain/ids.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import { refreshFreeEntryPoint } from '../conversations/free-entry-points.ts'
import type { Db } from '../pg/postgres.ts'

/*
 * One person, several ids. A phone number may be missing, a BSUID changes with the number, and Meta spells some numbers in two ways. When
 * a webhook shows that two contacts are one person they are merged: windows, consent and everything that waits follow the person.
 */

export interface SeenIdentity {
  waId: WaId | null
  bsuid: Bsuid | null
  parentBsuid: Bsuid | null
  profileName: string | null
  username: string | null
}

/** An id of a person. Meta's stamp of when it was in use, or null where it is only told whose it is. */
export interface SeenId {
  value: string
  at: Instant | null
}

/**
 * Adds what a webhook knows of a person. What was known and is not told again stays, and so does what was told later (P4): of several
 * numbers or BSUIDs the one seen last is in use (`claimIdentities`), of several names the one told last counts.
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
  const lastSeen = (pattern: string) => sql`(
    select value from contact_identities where contact_id = c.id and seen_at is not null and value ~ ${pattern}
    order by seen_at desc, value limit 1)`
  await sql`
    update contacts c set
      wa_id = now_known.wa_id, bsuid = now_known.bsuid, parent_bsuid = now_known.parent_bsuid,
      name = now_known.name, name_at = now_known.name_at, username = now_known.username, username_at = now_known.username_at,
      updated_at = casement_now()
    from (
      select coalesce(${lastSeen('^[0-9]')}, wa_id, ${seen.waId}) as wa_id, coalesce(${lastSeen('^[A-Z]')}, bsuid, ${seen.bsuid}) as bsuid,
        coalesce(${seen.parentBsuid}, parent_bsuid) as parent_bsuid,
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

/** Every id now belongs to `contactId`; contacts that owned one of them are merged into it. */
export async function claimIdentities(trx: Db, contactId: ContactId, ids: SeenId[]): Promise<void> {
  const inOrder = [...latestOfEach(ids)].sort(([a], [b]) => (a < b ? -1 : 1))
  const { rows } = await sql<{ value: string; contact_id: ContactId }>`
    insert into contact_identities (workspace, value, contact_id, seen_at)
    select c.workspace, value, c.id, case when at is not null then least(at, casement_now()) end
    from contacts c cross join unnest(${inOrder.map(([value]) => value)}::text[], ${inOrder.map(([, at]) => at && toDate(at))}::timestamptz[]) as v (value, at)
    where c.id = ${contactId}::bigint
    on conflict (workspace, scope, key) do update set seen_at = greatest(contact_identities.seen_at, excluded.seen_at)
    returning value, contact_id::text as contact_id`.execute(trx)
  const others = new Set(rows.map((row) => row.contact_id).filter((owner) => owner !== contactId))
  for (const other of others) await mergeContacts(trx, contactId, other)
}

/** A change of the BSUID alone names the number before and after it, and a statement can change a row once. */
function latestOfEach(ids: SeenId[]): Map<string, Instant | null> {
  const latestOf = new Map<string, Instant | null>()
  for (const { value, at } of ids) {
    const known = latestOf.get(value)
    if (known === undefined || known === null || (at !== null && at > known)) latestOf.set(value, at)
  }
  return latestOf
}

/**
 * Moves everything of `gone` to `kept`. Two conversations with the same sender become one, whose window is the later of both. While both
 * have an intent under way at the same priority the merge is left for the person's next message: two turns cannot share a conversation.
 */
export async function mergeContacts(trx: Db, kept: ContactId, gone: ContactId): Promise<boolean> {
  await sql`select id from contacts where id in (${kept}::bigint, ${gone}::bigint) order by id for no key update`.execute(
    trx,
  )
  const pairs = await sql<{ kept: ConversationId | null; gone: ConversationId; entered: boolean }>`
    select k.id::text as kept, g.id::text as gone, g.entry_state <> 'none' or k.entry_state <> 'none' as entered from conversations g
    left join conversations k on k.phone_number_id = g.phone_number_id and k.contact_id = ${kept}::bigint
    where g.contact_id = ${gone}::bigint order by g.id`.execute(trx)
  const clash = await sql<{ clash: boolean }>`
    select exists (
      select 1 from turns a join turns b on a.priority = b.priority and a.phone_number_id = b.phone_number_id
      join conversations va on va.id = a.conversation_id and va.contact_id = ${kept}::bigint
      join conversations vb on vb.id = b.conversation_id and vb.contact_id = ${gone}::bigint) as clash`.execute(trx)
  if (clash.rows[0]?.clash) return false

  for (const pair of pairs.rows) {
    if (pair.kept === null) {
      await sql`update conversations set contact_id = ${kept}::bigint where id = ${pair.gone}::bigint`.execute(trx)
      continue
    }
    await sql`
      update conversations k set
        window_opened_at = case when g.last_inbound_at > k.last_inbound_at or k.last_inbound_at is null then g.window_opened_at else k.window_opened_at end,
        last_inbound_at = greatest(k.last_inbound_at, g.last_inbound_at),
        window_refuted_at = greatest(k.window_refuted_at, g.window_refuted_at),
        last_follow_up_at = greatest(k.last_follow_up_at, g.last_follow_up_at),
        follow_up_id = coalesce(k.follow_up_id, g.follow_up_id)
      from conversations g where k.id = ${pair.kept}::bigint and g.id = ${pair.gone}::bigint`.execute(trx)
    await sql`update turns set conversation_id = ${pair.kept}::bigint where conversation_id = ${pair.gone}::bigint`.execute(
      trx,
    )
    await sql`
      update intents set conversation_id = ${pair.kept}::bigint where conversation_id = ${pair.gone}::bigint`.execute(
      trx,
    )
    await sql`update messages set conversation_id = ${pair.kept}::bigint where conversation_id = ${pair.gone}::bigint`.execute(
      trx,
    )
    await sql`update inbound_messages set conversation_id = ${pair.kept}::bigint where conversation_id = ${pair.gone}::bigint`.execute(
      trx,
    )
    if (pair.entered) await refreshFreeEntryPoint(trx, pair.kept)
    await sql`
      insert into pair_buckets as b (conversation_id, empties_at)
      select ${pair.kept}::bigint, empties_at from pair_buckets where conversation_id = ${pair.gone}::bigint
      on conflict (conversation_id) do update set empties_at = greatest(b.empties_at, excluded.empties_at)`.execute(trx)
    await sql`delete from pair_buckets where conversation_id = ${pair.gone}::bigint`.execute(trx)
    await sql`delete from conversations where id = ${pair.gone}::bigint`.execute(trx)
  }
  await sql`
    update contacts k set
      wa_id = coalesce(k.wa_id, g.wa_id), bsuid = coalesce(k.bsuid, g.bsuid), parent_bsuid = coalesce(k.parent_bsuid, g.parent_bsuid),
      ${later('name')}, ${later('username')}, language = coalesce(k.language, g.language),
      time_zone = coalesce(k.time_zone, g.time_zone),
      marketing = case when 'out' in (k.marketing, g.marketing) then 'out' when 'in' in (k.marketing, g.marketing) then 'in' else 'unknown' end,
      utility = case when 'out' in (k.utility, g.utility) then 'out' when 'in' in (k.utility, g.utility) then 'in' else 'unknown' end,
      -- a "resume" of the one lifts an older "stop" of the other
      stopped_marketing_at = case
        when coalesce(greatest(k.marketing_resumed_at, g.marketing_resumed_at) <= greatest(k.stopped_marketing_at, g.stopped_marketing_at), true)
        then greatest(k.stopped_marketing_at, g.stopped_marketing_at) end,
      marketing_resumed_at = greatest(k.marketing_resumed_at, g.marketing_resumed_at),
      reachable_at = greatest(k.reachable_at, g.reachable_at), updated_at = casement_now()
    from contacts g where k.id = ${kept}::bigint and g.id = ${gone}::bigint`.execute(trx)
  await sql`
    insert into messaging_limit_uses (portfolio_id, contact_id, at)
    select portfolio_id, ${kept}::bigint, at from messaging_limit_uses where contact_id = ${gone}::bigint
    on conflict (portfolio_id, contact_id) do update set at = greatest(messaging_limit_uses.at, excluded.at)`.execute(
    trx,
  )
  await sql`delete from messaging_limit_uses where contact_id = ${gone}::bigint`.execute(trx)
  await sql`update contact_identities set contact_id = ${kept}::bigint where contact_id = ${gone}::bigint`.execute(trx)
  await sql`update consents set contact_id = ${kept}::bigint where contact_id = ${gone}::bigint`.execute(trx)
  await sql`delete from contacts where id = ${gone}::bigint`.execute(trx)
  return true
}

/** Of two contacts the name that was told later; see `newer`. */
function later(column: 'name' | 'username') {
  const [k, g] = ['k', 'g'].map((table) => ({
    name: sql.ref(`${table}.${column}`),
    at: sql.ref(`${table}.${column}_at`),
  }))
  return sql`
    ${sql.ref(column)} = case
      when ${k?.name} is null or (coalesce(${g?.at}, '-infinity'), ${g?.name}) > (coalesce(${k?.at}, '-infinity'), ${k?.name})
      then coalesce(${g?.name}, ${k?.name}) else ${k?.name} end,
    ${sql.ref(`${column}_at`)} = greatest(${k?.at}, ${g?.at})`
}

/** "stop" in WhatsApp itself, by Meta's stamp, or by the start of an attempt that Meta refused for it. A "resume" that is newer stands. */
export async function stopMarketing(trx: Db, contactId: ContactId, at: Date): Promise<void> {
  await sql`
    update contacts set stopped_marketing_at = greatest(stopped_marketing_at, ${at}::timestamptz), updated_at = casement_now()
    where id = ${contactId}::bigint and (marketing_resumed_at is null or marketing_resumed_at <= ${at}::timestamptz)`.execute(
    trx,
  )
}

/**
 * "resume". Webhooks come in any order, so it lifts only a stop that is not newer (P7), and an older one that comes later does not count.
 * A stamp that lies ahead is remembered as of now, or no stop would count until then.
 */
export async function resumeMarketing(trx: Db, contactId: ContactId, at: Date): Promise<void> {
  await sql`
    update contacts set updated_at = casement_now(),
      marketing_resumed_at = greatest(marketing_resumed_at, least(${at}::timestamptz, casement_now())),
      stopped_marketing_at = case when stopped_marketing_at > ${at}::timestamptz then stopped_marketing_at end
    where id = ${contactId}::bigint`.execute(trx)
}
