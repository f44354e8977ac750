import { sql } from 'kysely'
import { ATTRIBUTES_BYTES } from '../../domain/attributes.ts'
import type { ContactId, ConversationId } from '../../domain/ids.ts'
import { MINUTE_MS } from '../../domain/time.ts'
import { telling } from '../outbox/tell.ts'
import type { Db } from '../pg/postgres.ts'
import { isGone } from './lock.ts'
import { mergeRuns, moveRuns } from './merge-runs.ts'

/*
 * Two contacts turn out to be one person. Nothing is deleted: the younger one and its conversations become redirects (`merged_into`, always
 * to what is left, never to a redirect), and everything that hangs on them moves.
 *
 * Something may stay behind in a conversation that became a redirect. Two conversations with one number may both have an intent on its way
 * at one priority, and two turns cannot share a conversation: then the one keeps its turn where it is (`turn_apart`), and nothing else of
 * the other begins until both are over, for it may be older than what follows. And a worker or an applier that read
 * the conversation's id before may write something there after. So it is marked (`unfolded_since`), and whoever leads moves what is left
 * until nothing is, and a few minutes have passed. That is a level, not an event: it does not matter who ended the turn, or whether a
 * process died. All who look for the person's conversation find the one that is left from the first moment, and what is under way in the
 * redirect is decided by the clocks of the one that is left (dispatch-facts.ts).
 */

/** Longer than anybody goes on with an id of a conversation that they read. */
const FOLDED_FOR_MS = 5 * MINUTE_MS

/**
 * The people, alone. In the order of their ids, so that two who want the same two do not wait for each other. False when one of them was
 * merged or erased meanwhile.
 */
export async function lockAlone(trx: Db, ids: ContactId[]): Promise<boolean> {
  const { rows } = await sql<{ gone: boolean }>`
    select ${isGone} as gone from contacts where id = any (${ids}::bigint[]) order by id for update`.execute(trx)
  return rows.length === ids.length && rows.every((row) => !row.gone)
}

/**
 * Moves everything of `gone` to `kept`; both are locked. Answers the conversations that are different now: what waits in them may go, and
 * their free entry points are to be worked out anew. One who is told twice is left as they are: a redirect to itself has no end.
 */
export async function mergeContacts(trx: Db, kept: ContactId, gone: ContactId): Promise<ConversationId[]> {
  if (kept === gone) return []
  await sql`
    select from conversations where contact_id in (${kept}::bigint, ${gone}::bigint) order by id for update`.execute(
    trx,
  )
  const pairs = await sql<{ kept: ConversationId | null; gone: ConversationId }>`
    select k.id::text as kept, g.id::text as gone from conversations g
    left join conversations k on k.phone_number_id = g.phone_number_id and k.contact_id = ${kept}::bigint and k.merged_into is null
    where g.contact_id = ${gone}::bigint and g.merged_into is null order by g.id`.execute(trx)
  for (const pair of pairs.rows) if (pair.kept !== null) await mergeConversations(trx, pair.kept, pair.gone)
  await sql`update conversations set contact_id = ${kept}::bigint where contact_id = ${gone}::bigint`.execute(trx)
  for (const pair of pairs.rows) if (pair.kept !== null) await foldConversation(trx, pair.gone)

  await mergeRuns(trx, kept, gone)
  await forgetInherited(trx, kept, gone)
  await sql`update contact_identities set contact_id = ${kept}::bigint where contact_id = ${gone}::bigint`.execute(trx)
  await sql`update consents set contact_id = ${kept}::bigint where contact_id = ${gone}::bigint`.execute(trx)
  await sql`
    insert into messaging_limit_uses (portfolio_id, contact_id, at)
    select portfolio_id, ${kept}::bigint, at from messaging_limit_uses where contact_id = ${gone}::bigint order by portfolio_id
    on conflict (portfolio_id, contact_id) do update set at = greatest(messaging_limit_uses.at, excluded.at)`.execute(
    trx,
  )
  await sql`delete from messaging_limit_uses where contact_id = ${gone}::bigint`.execute(trx)
  await mergeRows(trx, kept, gone)
  await telling(
    'contact.merged',
    sql`
      select workspace, id::text as subject, jsonb_build_object('contact', id::text, 'merged', ${gone}::text) as payload
      from contacts where id = ${kept}::bigint`,
  ).execute(trx)
  return pairs.rows.map((pair) => pair.kept ?? pair.gone)
}

/** The number went from the one to the other, as it seemed before they were known to be one person: what was inherited is not theirs twice. */
async function forgetInherited(trx: Db, kept: ContactId, gone: ContactId): Promise<void> {
  const { rows } = await sql<{ contact_id: ContactId; category: 'marketing' | 'utility' }>`
    delete from consents n using contacts f
    where n.contact_id in (${kept}::bigint, ${gone}::bigint) and n.source = 'import' and f.id = (n.evidence ->> 'former_owner')::bigint
      and coalesce(f.merged_into, f.id) in (${kept}::bigint, ${gone}::bigint)
    returning n.contact_id::text as contact_id, n.category`.execute(trx)
  for (const { contact_id, category } of rows) {
    await sql`
      update contacts k set ${sql.ref(category)} = coalesce(${newestOf(category)}, 'unknown') where k.id = ${contact_id}::bigint`.execute(
      trx,
    )
  }
}

async function mergeRows(trx: Db, kept: ContactId, gone: ContactId): Promise<void> {
  await sql`
    update contacts k set
      wa_id = coalesce(k.wa_id, g.wa_id), bsuid = coalesce(k.bsuid, g.bsuid), parent_bsuid = coalesce(k.parent_bsuid, g.parent_bsuid),
      ${later('name')}, ${later('username')}, language = coalesce(k.language, g.language),
      time_zone = coalesce(k.time_zone, g.time_zone),
      -- of one name the kept one's value; where both are too much for one, only those
      attributes = case when octet_length((g.attributes || k.attributes)::text) <= ${ATTRIBUTES_BYTES} then g.attributes || k.attributes
        else k.attributes end,
      marketing = ${newest('marketing')}, utility = ${newest('utility')},
      -- a "resume" of the one lifts an older "stop" of the other
      stopped_marketing_at = case
        when coalesce(greatest(k.marketing_resumed_at, g.marketing_resumed_at) <= greatest(k.stopped_marketing_at, g.stopped_marketing_at), true)
        then greatest(k.stopped_marketing_at, g.stopped_marketing_at) end,
      marketing_resumed_at = greatest(k.marketing_resumed_at, g.marketing_resumed_at),
      unreachable_since = case when ${stillUnreachable} then greatest(k.unreachable_since, g.unreachable_since) end,
      unreachable_until = case when ${stillUnreachable} then greatest(k.unreachable_until, g.unreachable_until) end,
      reachable_at = greatest(k.reachable_at, g.reachable_at), updated_at = casement_now()
    from contacts g where k.id = ${kept}::bigint and g.id = ${gone}::bigint`.execute(trx)
  await sql`update contacts set merged_into = ${kept}::bigint, updated_at = casement_now() where id = ${gone}::bigint`.execute(
    trx,
  )
  await sql`update contacts set merged_into = ${kept}::bigint where merged_into = ${gone}::bigint`.execute(trx)
}

/** Unless a sign of life of either is newer. */
const stillUnreachable = sql`
  coalesce(greatest(k.reachable_at, g.reachable_at) <= greatest(k.unreachable_since, g.unreachable_since), true)`

/** Of both people's consents the newest counts, as in wishes.ts. What WhatsApp itself told has columns of its own. */
function newest(category: 'marketing' | 'utility') {
  const [k, g] = ['k', 'g'].map((table) => sql.ref(`${table}.${category}`))
  return sql`coalesce(${newestOf(category)},
    case when 'out' in (${k}, ${g}) then 'out' when 'in' in (${k}, ${g}) then 'in' else 'unknown' end)`
}

function newestOf(category: 'marketing' | 'utility') {
  return sql`(
    select n.state from consents n where n.contact_id = k.id and n.category = ${category} and n.source <> 'whatsapp'
    order by date_trunc('second', n.at) desc, n.id desc limit 1)`
}

/** `gone` becomes a redirect. */
async function mergeConversations(trx: Db, kept: ConversationId, gone: ConversationId): Promise<void> {
  await sql`
    update conversations set merged_into = ${kept}::bigint, unfolded_since = casement_now() where id = ${gone}::bigint`.execute(
    trx,
  )
  await sql`update conversations set merged_into = ${kept}::bigint where merged_into = ${gone}::bigint`.execute(trx)
}

/**
 * Moves what can be moved of a merged conversation into the one that is left, and answers that one; null when there is nothing to do.
 * Intents before messages: an answer of Meta's that is being recorded has locked its intent, and its message is there when the intent has
 * been moved.
 */
export async function foldConversation(trx: Db, gone: ConversationId): Promise<ConversationId | null> {
  const kept = await lockRedirect(trx, gone)
  if (kept === null) return null
  await sql`
    update conversations k set
      window_opened_at = case when g.last_inbound_at > k.last_inbound_at or k.last_inbound_at is null then g.window_opened_at else k.window_opened_at end,
      last_inbound_at = greatest(k.last_inbound_at, g.last_inbound_at),
      window_refuted_at = greatest(k.window_refuted_at, g.window_refuted_at),
      last_follow_up_at = greatest(k.last_follow_up_at, g.last_follow_up_at),
      follow_up_id = coalesce(k.follow_up_id, g.follow_up_id),
      heard_at = greatest(k.heard_at, g.heard_at), echoed_at = greatest(k.echoed_at, g.echoed_at),
      stop_answered_at = greatest(k.stop_answered_at, g.stop_answered_at),
      -- read is what was read in both: rather shown once more than never
      read_at = case when g.read_at is null or k.read_at is null then null else least(k.read_at, g.read_at) end,
      handed_over_at = coalesce(k.handed_over_at, g.handed_over_at),
      taken_at = greatest(k.taken_at, g.taken_at), taken = greatest(k.taken, g.taken),
      handed_over_team = case when k.handed_over_at is null then g.handed_over_team else k.handed_over_team end,
      handed_over_note = case when k.handed_over_at is null then g.handed_over_note else k.handed_over_note end
    from conversations g where k.id = ${kept}::bigint and g.id = ${gone}::bigint`.execute(trx)
  await moveIntents(trx, kept, gone)
  await moveRuns(trx, kept, gone)
  await sql`
    insert into pair_buckets as b (conversation_id, empties_at, campaigned)
    select ${kept}::bigint, empties_at, campaigned from pair_buckets where conversation_id = ${gone}::bigint
    on conflict (conversation_id) do update
      set empties_at = greatest(b.empties_at, excluded.empties_at), campaigned = b.campaigned or excluded.campaigned`.execute(
    trx,
  )
  await sql`delete from pair_buckets where conversation_id = ${gone}::bigint`.execute(trx)
  await sql`update messages set conversation_id = ${kept}::bigint where conversation_id = ${gone}::bigint`.execute(trx)
  await sql`update inbound_messages set conversation_id = ${kept}::bigint where conversation_id = ${gone}::bigint`.execute(
    trx,
  )
  await sql`update campaign_answers set conversation_id = ${kept}::bigint where conversation_id = ${gone}::bigint`.execute(
    trx,
  )
  // What ends later clears these in the conversation that is left, and must not be brought back from here.
  await sql`
    update conversations set follow_up_id = null, last_follow_up_at = null,
      read_at = '9999-12-31', handed_over_at = null, handed_over_team = null, handed_over_note = null,
      turn_apart = exists (select from turns where conversation_id = ${gone}::bigint),
      unfolded_since = case
        when unfolded_since > casement_now() - ${FOLDED_FOR_MS} * interval '1 millisecond' then unfolded_since
        when exists (select from intents where conversation_id = ${gone}::bigint) then unfolded_since end
    where id = ${gone}::bigint`.execute(trx)
  return kept
}

/**
 * In the order in which a page locks: intents, their turns, the pair's bucket. A page that is being taken has locked its intents, and its
 * turns are there when the intents could be moved; so the turns come second, and who has one that cannot move goes back to it.
 */
async function moveIntents(trx: Db, kept: ConversationId, gone: ConversationId): Promise<void> {
  await sql`update intents set conversation_id = ${kept}::bigint where conversation_id = ${gone}::bigint`.execute(trx)
  await stepBack(trx, kept, gone)
  await sql`
    update turns t set conversation_id = ${kept}::bigint
    where t.conversation_id = ${gone}::bigint and not exists (
      select from turns o
      where o.conversation_id = ${kept}::bigint and o.priority = t.priority and o.phone_number_id = t.phone_number_id)`.execute(
    trx,
  )
  await sql`
    update intents i set conversation_id = ${gone}::bigint
    from turns t where t.conversation_id = ${gone}::bigint and i.id = t.intent_id and i.conversation_id = ${kept}::bigint`.execute(
    trx,
  )
}

/**
 * Who has a turn and waits for another try gives it up where the two together have an older message that is due, or have the turn twice and
 * the other is on its way or older. It takes its own place again, which is behind those. So two turns are left only where both messages are
 * on their way. Nobody who is being opened at this moment: they are on their way soon, and the next round looks again.
 */
async function stepBack(trx: Db, kept: ConversationId, gone: ConversationId): Promise<void> {
  const both = sql`(${kept}::bigint, ${gone}::bigint)`
  await sql`
    with waiting as (
      select t.phone_number_id, t.priority, t.conversation_id, i.id from turns t join intents i on i.id = t.intent_id
      where t.conversation_id in ${both} and i.state = 'scheduled' and (
        exists (
          select from intents o where o.conversation_id in ${both} and o.priority = t.priority and o.due_at <= casement_now()
            and (o.send_at, o.seq) < (i.send_at, i.seq))
        or exists (
          select from turns u join intents o on o.id = u.intent_id
          where u.conversation_id in ${both} and u.conversation_id <> t.conversation_id and u.priority = t.priority
            and (o.state <> 'scheduled' or (o.send_at, o.seq) < (i.send_at, i.seq))))
      for no key update of i skip locked
    ), freed as (
      delete from turns t using waiting w
      where t.phone_number_id = w.phone_number_id and t.priority = w.priority and t.conversation_id = w.conversation_id and t.intent_id = w.id
    )
    update intents i set due_at = least(i.send_at, casement_now()) from waiting w where i.id = w.id`.execute(trx)
}

/** Both conversations, locked in the order of their ids; the one that is left only against its own merge. */
async function lockRedirect(trx: Db, gone: ConversationId): Promise<ConversationId | null> {
  const kept = await readRedirect(trx, gone)
  if (kept === null) return null
  await sql`
    select from conversations where id in (${gone}::bigint, ${kept}::bigint) order by id for no key update`.execute(trx)
  return (await readRedirect(trx, gone)) === kept ? kept : null
}

async function readRedirect(trx: Db, id: ConversationId): Promise<ConversationId | null> {
  const { rows } = await sql<{ kept: ConversationId | null }>`
    select merged_into::text as kept from conversations where id = ${id}::bigint`.execute(trx)
  return rows[0]?.kept ?? null
}

/** Merged conversations of which something is left behind; the oldest first. */
export async function unfoldedConversations(db: Db, limit: number): Promise<ConversationId[]> {
  const { rows } = await sql<{ id: ConversationId }>`
    select id::text as id from conversations where unfolded_since is not null order by id limit ${limit}`.execute(db)
  return rows.map((row) => row.id)
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
