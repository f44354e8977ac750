import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type pg from 'pg'
import type { ContactId, ConversationId, Wamid } from '../../domain/ids.ts'
import { DAY_MS, type Instant, SECOND_MS, toDate } from '../../domain/time.ts'
import { type EntryEvidence, type FreeEntryPointReport, freeEntryPointOf } from '../../domain/window.ts'
import { databaseNow } from '../pg/clock.ts'
import { type Db, prepared } from '../pg/postgres.ts'
import { lockConversation, saveFreeEntryPoint } from './conversations.ts'

/*
 * The free entry point of a conversation is worked out from what is stored: the messages that came through an ad, our answers with their
 * stamps and prices, and what statuses said of it. So it does not matter in which order webhooks told of them.
 */

/** Longer than a free entry point lasts, and than Meta goes on sending a webhook. */
const REMEMBERED_MS = 15 * DAY_MS
const remembered = sql`casement_now() - ${REMEMBERED_MS} * interval '1 millisecond'`

/** What the statuses of one message say of the free entry point it fell into. */
export interface MessageEntryReport extends FreeEntryPointReport {
  wamid: Wamid
}

/** Of the statuses of one message the earliest stamp counts, and the latest end. */
export async function recordEntryReports(trx: Db, reports: MessageEntryReport[]): Promise<void> {
  if (reports.length === 0) return
  const inOrder = [...reports].sort((a, b) => (a.wamid < b.wamid ? -1 : 1))
  await sql`
    insert into free_entry_reports as r (wamid, told_at, expires_at, entry_conversation_id)
    select told.* from unnest(${inOrder.map((one) => one.wamid)}::text[], ${inOrder.map((one) => toDate(one.at))}::timestamptz[],
      ${inOrder.map((one) => one.expiresAt && toDate(one.expiresAt))}::timestamptz[], ${inOrder.map((one) => one.conversationId)}::text[])
      as told (wamid, at, expires_at, entry_conversation_id)
    -- somebody may have been erased meanwhile, and their message with them
    where exists (select from messages m where m.wamid = told.wamid)
    on conflict (wamid) do update set told_at = least(r.told_at, excluded.told_at),
      expires_at = greatest(r.expires_at, excluded.expires_at),
      entry_conversation_id = greatest(r.entry_conversation_id, excluded.entry_conversation_id)`.execute(trx)
}

/** Whom these conversations are with, and whether what a status tells may still change their free entry point or who can be reached. */
export async function recipientsOf(
  client: pg.PoolClient,
  ids: ConversationId[],
): Promise<Map<ConversationId, { contactId: ContactId; unreachable: boolean; hasEntry: boolean }>> {
  const rows = await selectRecipients(client, [ids])
  return new Map(rows.map(({ id, ...recipient }) => [id, recipient]))
}

const selectRecipients = prepared<{
  id: ConversationId
  contactId: ContactId
  unreachable: boolean
  hasEntry: boolean
}>(
  'status_recipients',
  `select v.id, v.contact_id as "contactId", c.unreachable_since is not null as unreachable,
     v.entry_state <> 'none'
       and greatest(v.entered_at, v.entry_expires_at) > casement_now() - ${REMEMBERED_MS} * interval '1 millisecond' as "hasEntry"
   from conversations v join contacts c on c.id = v.contact_id where v.id = any ($1::bigint[])`,
)

/**
 * Somebody came through an ad. Behind the locks of whoever takes in a status of the conversation right now: they see no entry yet, so what
 * they tell must be seen here.
 */
export async function enterFreeEntryPoint(trx: Db, id: ConversationId): Promise<void> {
  await sql`
    select from messages where conversation_id = ${id}::bigint and accepted_at > ${remembered} order by wamid for no key update`.execute(
    trx,
  )
  await refreshFreeEntryPoint(trx, id)
}

/** Works it out again, with the conversation locked. */
export async function refreshFreeEntryPoint(trx: Db, id: ConversationId): Promise<void> {
  const { freeEntryPoint } = await lockConversation(trx, id)
  const entry = freeEntryPointOf(await readEvidence(trx, id), await databaseNow(trx))
  if (!isDeepStrictEqual(entry, freeEntryPoint)) await saveFreeEntryPoint(trx, id, entry)
}

interface AnswerRow {
  started_at: Instant
  delivered_at: Instant | null
  price: string | null
  told_at: Instant | null
  expires_at: Instant | null
  entry_conversation_id: string | null
}

async function readEvidence(trx: Db, id: ConversationId): Promise<EntryEvidence> {
  // A message without a stamp of Meta's was kept with ours, and starts nothing.
  const entered = await sql<{ at: Instant }>`
    select at from inbound_messages
    where conversation_id = ${id}::bigint and at > ${remembered} and jsonb_typeof(body -> 'referral') = 'object'
      and body ->> 'timestamp' = extract(epoch from at)::bigint::text`.execute(trx)
  const answers = await sql<AnswerRow>`
    select a.started_at, least(m.delivered_at, m.read_at) as delivered_at, coalesce(m.pricing ->> 'type', m.pricing ->> 'category') as price,
      r.told_at, r.expires_at, r.entry_conversation_id
    from messages m
    join attempts a on a.intent_id = m.intent_id and a.number = m.attempt
    left join free_entry_reports r on r.wamid = m.wamid
    where m.conversation_id = ${id}::bigint and m.accepted_at > ${remembered}
      and (m.delivered_at is not null or m.read_at is not null or m.pricing is not null or r.wamid is not null)
    order by a.started_at, m.wamid`.execute(trx)
  return { entered: entered.rows.map((row) => row.at), answers: answers.rows.map(answerOf) }
}

function answerOf(row: AnswerRow): EntryEvidence['answers'][number] {
  return {
    // Stamps are whole seconds and the attempt's start is not; the second of the entry itself counts as after it.
    sentAt: (Math.floor(row.started_at / SECOND_MS) * SECOND_MS) as Instant,
    deliveredAt: row.delivered_at,
    charged: row.price !== null && row.told_at === null,
    report:
      row.told_at === null
        ? null
        : { at: row.told_at, expiresAt: row.expires_at, conversationId: row.entry_conversation_id },
  }
}
