import { sql } from 'kysely'
import type { ContactId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import { telling } from '../outbox/tell.ts'
import type { Db } from '../pg/postgres.ts'
import { countStop } from '../templates/counts.ts'
import { shareLive } from './lock.ts'

/*
 * What somebody agreed to. Every word is kept, because the evidence is asked for when somebody complains; of each category the newest
 * counts. "stop" in WhatsApp itself is stronger: it has a column of its own, which only "resume" there lifts, and stands among the consents
 * as evidence. Merges keep all of them.
 */

export type ConsentSource = 'api' | 'word' | 'button' | 'whatsapp' | 'import'

export interface ConsentRecord {
  category: 'marketing' | 'utility'
  state: 'in' | 'out'
  /** What there is to show for it; kept as it is. */
  evidence?: unknown
}

export interface ConsentRead {
  category: 'marketing' | 'utility'
  state: 'in' | 'out'
  source: ConsentSource
  evidence: unknown
  at: Instant
}

/**
 * As of now, in the caller's transaction. Where the contact was merged meanwhile, of the person that is left; where they are being erased,
 * of nobody. Answers whose it is.
 */
export async function recordConsent(
  trx: Db,
  id: ContactId,
  { category, state, evidence }: ConsentRecord,
  source: ConsentSource,
): Promise<ContactId | null> {
  const person = await shareLive(trx, id)
  if (person === null) return null
  const stops = category === 'marketing' && state === 'out' && BY_THEMSELVES.has(source)
  if (stops && !(await isOut(trx, person))) await countStop(trx, person)
  await sql`
    with told as (
      insert into consents (contact_id, category, state, source, evidence)
      values (${person}::bigint, ${category}, ${state}, ${source}, ${evidence === undefined ? null : JSON.stringify(evidence)}::jsonb)
    )
    update contacts c set ${sql.ref(category)} = ${state}, updated_at = casement_now() where c.id = ${person}::bigint`.execute(
    trx,
  )
  await tellConsent(trx, person, category, state, source)
  return person
}

const BY_THEMSELVES: ReadonlySet<ConsentSource> = new Set(['word', 'button', 'whatsapp'])

async function isOut(trx: Db, person: ContactId): Promise<boolean> {
  const { rows } = await sql<{ out: boolean }>`
    select coalesce(c.marketing = 'out', false) or c.stopped_marketing_at is not null as out from contacts c where c.id = ${person}::bigint`.execute(
    trx,
  )
  return rows[0]?.out ?? false
}

/** Newest first. */
export async function listConsents(db: Db, id: ContactId): Promise<ConsentRead[]> {
  const { rows } = await sql<ConsentRead>`
    select category, state, source, evidence, at from consents where contact_id = ${id}::bigint order by at desc, id desc`.execute(
    db,
  )
  return rows
}

/** What they want now, where that is what was recorded: what is older than the newest word changes nothing. */
export async function tellConsent(
  trx: Db,
  contactId: ContactId,
  category: ConsentRecord['category'],
  state: ConsentRecord['state'],
  source: ConsentSource,
): Promise<void> {
  const counts =
    category === 'utility'
      ? sql`c.utility = ${state}`
      : sql`(case when c.stopped_marketing_at is not null then 'out' else c.marketing end) = ${state}`
  const events = sql`
    select c.workspace, c.id::text as subject,
      jsonb_build_object('contact', c.id::text, 'category', ${category}::text, 'source', ${source}::text) as payload
    from contacts c where c.id = ${contactId}::bigint and ${counts}`
  await telling(state === 'out' ? 'contact.opted_out' : 'contact.opted_in', events).execute(trx)
}

/** "stop" in WhatsApp itself, by Meta's stamp, or by the start of an attempt that Meta refused for it. A "resume" that is newer stands. */
export async function stopMarketing(trx: Db, id: ContactId, at: Date, evidence: unknown = null): Promise<void> {
  const person = await shareLive(trx, id)
  if (person === null) return
  const wasOut = await isOut(trx, person)
  const recorded = await sql`
    with before as (
      select c.id, c.stopped_marketing_at from contacts c where c.id = ${person}::bigint
    ), stopped as (
      update contacts c set stopped_marketing_at = greatest(c.stopped_marketing_at, ${at}::timestamptz), updated_at = casement_now()
      where c.id = ${person}::bigint and (c.marketing_resumed_at is null or c.marketing_resumed_at <= ${at}::timestamptz)
      returning c.id
    )
    insert into consents (contact_id, at, category, state, source, evidence)
    select stopped.id, least(${at}::timestamptz, casement_now()), 'marketing', 'out', 'whatsapp', ${JSON.stringify(evidence)}::jsonb
    from stopped join before using (id) where before.stopped_marketing_at is null`.execute(trx)
  if (!recorded.numAffectedRows) return
  if (!wasOut) await countStop(trx, person)
  await tellConsent(trx, person, 'marketing', 'out', 'whatsapp')
}

/**
 * "resume". Webhooks come in any order, so it lifts only a stop that is not newer (P7), and an older one that comes later does not count.
 * A stamp that lies ahead is remembered as of now, or no stop would count until then.
 */
export async function resumeMarketing(trx: Db, id: ContactId, at: Date, evidence: unknown = null): Promise<void> {
  const person = await shareLive(trx, id)
  if (person === null) return
  const recorded = await sql`
    with before as (
      select c.id, c.marketing_resumed_at from contacts c where c.id = ${person}::bigint
    ), resumed as (
      update contacts c set updated_at = casement_now(),
        marketing_resumed_at = greatest(c.marketing_resumed_at, least(${at}::timestamptz, casement_now())),
        stopped_marketing_at = case when c.stopped_marketing_at > ${at}::timestamptz then c.stopped_marketing_at end
      where c.id = ${person}::bigint
      returning c.id, c.marketing_resumed_at
    )
    insert into consents (contact_id, at, category, state, source, evidence)
    select resumed.id, resumed.marketing_resumed_at, 'marketing', 'in', 'whatsapp', ${JSON.stringify(evidence)}::jsonb
    from resumed join before using (id) where before.marketing_resumed_at is distinct from resumed.marketing_resumed_at`.execute(
    trx,
  )
  if (recorded.numAffectedRows) await tellConsent(trx, person, 'marketing', 'in', 'whatsapp')
}
