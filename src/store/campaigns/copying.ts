import { sql } from 'kysely'
import type { Attributes } from '../../domain/attributes.ts'
import { COPIED_STATES, type Outcome } from '../../domain/campaign/audience-source.ts'
import { INTERRUPTED, type UploadFailure } from '../../domain/campaign/import-error.ts'
import type { ContactId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import { SERVER_CLOCK } from '../pg/clock.ts'
import type { Db } from '../pg/postgres.ts'

/* Lists that are made of what is known here, a page at a time, each in the transaction that writes it. */

/**
 * Nobody is taken off this list until the transaction ends: an erasure looks through it before people are read here, who are gone then, or after
 * they were written.
 */
export async function holdList(trx: Db, row: number): Promise<void> {
  await sql`select from campaigns where id = ${row}::integer for share`.execute(trx)
}

export interface KnownPerson {
  id: ContactId
  /** By which a number of the portfolio reaches them: digits of a wa_id, or a BSUID. Null: by none. */
  address: string | null
  name: string | null
  language: string | null
  time_zone: string | null
  attributes: Attributes
}

/** Newest first. @param sender who would write to them: a BSUID is of its portfolio */
export async function readPeople(trx: Db, ids: readonly ContactId[], sender: string): Promise<KnownPerson[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<KnownPerson>`
    select c.id::text as id, c.name, c.language, c.time_zone, c.attributes, (
      select i.value from contact_identities i
      where i.contact_id = c.id and i.scope = any (array['', (
        select a.portfolio_id from senders s join wabas a on a.id = s.waba_id where s.phone_number_id = ${sender})])
      order by i.scope, i.seen_at desc nulls last, i.key limit 1) as address
    from contacts c where c.id = any (${ids}::bigint[]) and c.erased_at is null and c.merged_into is null
    order by c.id desc`.execute(trx)
  return rows
}

/** How far to read behind a position: lines may be as long as 64 KiB, so no more of them than so many bytes, but one at least. */
export async function endOfPage(
  trx: Db,
  row: number,
  { after, upTo }: { after: number; upTo: number },
  bytes: number,
): Promise<number> {
  const { rows } = await sql<{ end: number | null }>`
    select greatest(min(position), max(position) filter (where bytes <= ${bytes})) as end from (
      select position, sum(octet_length(cells)) over (order by position) as bytes from campaign_recipients
      where campaign_id = ${row}::integer and position between ${after + 1}::integer and ${upTo}::integer) l`.execute(
    trx,
  )
  return rows[0]?.end ?? upTo
}

export interface FormerRecipient {
  upload: number
  recipient: string
  cells: string[]
  /** A BSUID is of the portfolio of the number that wrote to them. */
  reached: boolean
}

/**
 * Of these positions of a campaign's list: whose message came to this. Who was erased is nobody.
 *
 * @param sender who would write to them
 */
export async function readFormer(
  trx: Db,
  row: number,
  { after, upTo }: { after: number; upTo: number },
  { states, reasons, delivered, read }: Outcome,
  sender: string,
): Promise<FormerRecipient[]> {
  const isAny = [states, reasons, delivered, read].every((one) => one === null)
  const { rows } = await sql<FormerRecipient>`
    select r.upload, r.recipient, r.cells::json as cells, r.recipient ~ '^\\d' or b.beside as reached
    from campaigns c
    cross join lateral (
      select count(distinct a.portfolio_id) = 1 as beside from senders s join wabas a on a.id = s.waba_id
      where s.phone_number_id = any (c.phone_number_ids || ${sender}::text)) b
    join campaign_recipients r on r.campaign_id = c.id
    left join campaign_exceptions x on x.campaign_id = r.campaign_id and x.position = r.position
    left join campaign_intents l on l.campaign_id = r.campaign_id and l.position = r.position
    left join intents i on i.id = l.intent_id
    left join messages m on m.wamid = i.wamid
    cross join lateral (select l.intent_id is null and x.position is null and c.state = 'cancelled' as is_passed_by) p
    cross join lateral (values (
      coalesce(x.state, i.state, case when p.is_passed_by then 'cancelled' end),
      coalesce(x.reason_code, i.reason_code, case when p.is_passed_by then 'campaign_cancelled' end))) as f (state, reason)
    where c.id = ${row}::integer and r.position between ${after + 1}::integer and ${upTo}::integer and r.recipient <> ''
      and (${isAny} or f.state = any (${COPIED_STATES}::text[]))
      and (${states}::text[] is null or f.state = any (${states}::text[]))
      and (${reasons}::text[] is null or f.reason = any (${reasons}::text[]))
      and (${delivered}::boolean is null or coalesce(m.status in ('delivered', 'read'), false) = ${delivered}::boolean)
      and (${read}::boolean is null or coalesce(m.status = 'read', false) = ${read}::boolean)
    order by r.position`.execute(trx)
  return rows
}

/** A list of a campaign, or one that comes in, or did not. */
export interface UploadRead {
  upload: number
  state: 'loading' | 'ready' | 'failed'
  columns: string[]
  rows: number
  accepted: number
  duplicates: number
  invalid: number
  /** Why it failed. */
  reason: UploadFailure | null
  created_at: Instant
}

/** In the order in which they came. What loads has no counts but of those who are written. */
export async function listUploads(db: Db, row: number): Promise<UploadRead[]> {
  const { rows } = await sql<UploadRead>`
    select u.id as upload, s.state, u.header as columns, u.rows, u.duplicates, u.invalid, u.created_at,
      case when s.state = 'failed' then json_build_object('code', coalesce(u.reason_code, ${INTERRUPTED.code}),
        'text', coalesce(u.reason_text, ${INTERRUPTED.text})) end as reason,
      case s.state when 'failed' then 0 when 'loading' then u.last_position - u.first_position + 1 else u.accepted end as accepted
    from campaign_uploads u cross join lateral (values (
      case when u.state = 'loading' and u.leased_until < ${sql.raw(SERVER_CLOCK)} then 'failed' else u.state end)) as s (state)
    where u.campaign_id = ${row}::integer order by u.id`.execute(db)
  return rows
}
