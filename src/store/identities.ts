import { sql } from 'kysely'
import type { Bsuid, ContactId, WaId } from '../domain/ids.ts'
import type { Db } from './postgres.ts'

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

/** Adds what a webhook knows of a person. What was known and is not told again stays. */
export async function enrichContact(trx: Db, contactId: ContactId, seen: SeenIdentity): Promise<void> {
  await sql`
    update contacts set
      wa_id = coalesce(${seen.waId}, wa_id), bsuid = coalesce(${seen.bsuid}, bsuid), parent_bsuid = coalesce(${seen.parentBsuid}, parent_bsuid),
      name = coalesce(${seen.profileName}, name), username = coalesce(${seen.username}, username), updated_at = now()
    where id = ${contactId}::bigint
      and (wa_id, bsuid, parent_bsuid, name, username) is distinct from
        (coalesce(${seen.waId}, wa_id), coalesce(${seen.bsuid}, bsuid), coalesce(${seen.parentBsuid}, parent_bsuid),
         coalesce(${seen.profileName}, name), coalesce(${seen.username}, username))`.execute(trx)
}

/** Every id in `values` now belongs to `contactId`; contacts that owned one of them are merged into it. */
export async function claimIdentities(trx: Db, contactId: ContactId, values: string[]): Promise<void> {
  const { rows } = await sql<{ value: string; contact_id: ContactId }>`
    insert into contact_identities (value, contact_id)
    select value, ${contactId}::bigint from unnest(${[...values].sort()}::text[]) as v (value)
    on conflict (value) do update set value = excluded.value
    returning value, contact_id::text as contact_id`.execute(trx)
  const others = new Set(rows.map((row) => row.contact_id).filter((owner) => owner !== contactId))
  for (const other of others) await mergeContacts(trx, contactId, other)
}

/**
 * Moves everything of `gone` to `kept`. Two conversations with the same sender become one, whose window is the later of both. While both
 * have an intent under way at the same priority the merge is left for the person's next message: two turns cannot share a conversation.
 */
export async function mergeContacts(trx: Db, kept: ContactId, gone: ContactId): Promise<boolean> {
  await sql`select id from contacts where id in (${kept}::bigint, ${gone}::bigint) order by id for update`.execute(trx)
  const pairs = await sql<{ kept: string | null; gone: string }>`
    select k.id::text as kept, g.id::text as gone from conversations g
    left join conversations k on k.phone_number_id = g.phone_number_id and k.contact_id = ${kept}::bigint
    where g.contact_id = ${gone}::bigint order by g.id`.execute(trx)
  const clash = await sql<{ clash: boolean }>`
    select exists (
      select 1 from intents a join intents b on b.has_turn and a.priority = b.priority and a.phone_number_id = b.phone_number_id
      join conversations va on va.id = a.conversation_id and va.contact_id = ${kept}::bigint
      join conversations vb on vb.id = b.conversation_id and vb.contact_id = ${gone}::bigint
      where a.has_turn) as clash`.execute(trx)
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
        pair_empties_at = greatest(k.pair_empties_at, g.pair_empties_at),
        last_follow_up_at = greatest(k.last_follow_up_at, g.last_follow_up_at),
        follow_up_id = coalesce(k.follow_up_id, g.follow_up_id)
      from conversations g where k.id = ${pair.kept}::bigint and g.id = ${pair.gone}::bigint`.execute(trx)
    await sql`
      update conversations k set entry_state = g.entry_state, entered_at = g.entered_at, entry_opened_at = g.entry_opened_at,
        entry_expires_at = g.entry_expires_at, entry_conversation_id = g.entry_conversation_id
      from conversations g
      where k.id = ${pair.kept}::bigint and g.id = ${pair.gone}::bigint and k.entry_state = 'none'`.execute(trx)
    await sql`
      update intents set conversation_id = ${pair.kept}::bigint,
        waits_for = case when waits_for = 'conversation/' || ${pair.gone}::text then 'conversation/' || ${pair.kept}::text else waits_for end
      where conversation_id = ${pair.gone}::bigint`.execute(trx)
    await sql`update messages set conversation_id = ${pair.kept}::bigint where conversation_id = ${pair.gone}::bigint`.execute(
      trx,
    )
    await sql`update inbound_messages set conversation_id = ${pair.kept}::bigint where conversation_id = ${pair.gone}::bigint`.execute(
      trx,
    )
    await sql`delete from conversations where id = ${pair.gone}::bigint`.execute(trx)
  }
  await sql`
    update contacts k set
      wa_id = coalesce(k.wa_id, g.wa_id), bsuid = coalesce(k.bsuid, g.bsuid), parent_bsuid = coalesce(k.parent_bsuid, g.parent_bsuid),
      name = coalesce(k.name, g.name), username = coalesce(k.username, g.username), language = coalesce(k.language, g.language),
      time_zone = coalesce(k.time_zone, g.time_zone),
      marketing = case when 'out' in (k.marketing, g.marketing) then 'out' when 'in' in (k.marketing, g.marketing) then 'in' else 'unknown' end,
      utility = case when 'out' in (k.utility, g.utility) then 'out' when 'in' in (k.utility, g.utility) then 'in' else 'unknown' end,
      stopped_marketing_at = greatest(k.stopped_marketing_at, g.stopped_marketing_at), updated_at = now()
    from contacts g where k.id = ${kept}::bigint and g.id = ${gone}::bigint`.execute(trx)
  await sql`
    insert into messaging_limit_uses (portfolio_id, contact_id, at)
    select portfolio_id, ${kept}::bigint, at from messaging_limit_uses where contact_id = ${gone}::bigint
    on conflict (portfolio_id, contact_id) do update set at = greatest(messaging_limit_uses.at, excluded.at)`.execute(
    trx,
  )
  await sql`delete from messaging_limit_uses where contact_id = ${gone}::bigint`.execute(trx)
  await sql`update contact_identities set contact_id = ${kept}::bigint where contact_id = ${gone}::bigint`.execute(trx)
  await sql`delete from contacts where id = ${gone}::bigint`.execute(trx)
  return true
}

/** "stop" in WhatsApp itself, by Meta's stamp. */
export async function stopMarketing(trx: Db, contactId: ContactId, at: Date): Promise<void> {
  await sql`
    update contacts set stopped_marketing_at = greatest(stopped_marketing_at, ${at}::timestamptz), updated_at = now()
    where id = ${contactId}::bigint`.execute(trx)
}

/** "resume". Webhooks come in any order, so it lifts only a stop that is not newer (P7). */
export async function resumeMarketing(trx: Db, contactId: ContactId, at: Date): Promise<void> {
  await sql`
    update contacts set stopped_marketing_at = null, updated_at = now()
    where id = ${contactId}::bigint and stopped_marketing_at <= ${at}::timestamptz`.execute(trx)
}
