import { type RawBuilder, sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import type { ContactId, ConversationId } from '../../domain/ids.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import {
  CUSTOMER_SERVICE_WINDOW_MS,
  type FreeEntryPoint,
  type FreeEntryPointState,
  type WindowRecord,
} from '../../domain/window.ts'
import { inPurview } from '../access/purview.ts'
import { type ContactRead, contactColumns } from '../people/contacts.ts'
import type { Db } from '../pg/postgres.ts'

/** A conversation with its two clocks as they stand; `now` is the database's, to judge them by. */
export interface ConversationRead {
  id: ConversationId
  now: Instant
  sender: string
  contact: ContactRead
  window: WindowRecord
  freeEntryPoint: FreeEntryPoint
}

export interface ConversationSelection {
  purview: Purview
  sender: string | null
  /** Whether the customer service window is open now. */
  open: boolean | null
  /** Part of a name, username or number. */
  text: string | null
  after: ConversationPlace | null
  limit: number
}

/** Where a page of conversations ended. Those who wrote come first, newest message first; `inboundAt` is null among those who never did. */
export interface ConversationPlace {
  inboundAt: Instant | null
  id: ConversationId
}

/**
 * Two statements at most, because one order over both would sort every conversation a campaign ever made: those who wrote are read along
 * `conversations_workspace_inbound` (`conversations_inbound` with a sender), the rest along the primary key.
 */
export async function listConversations(db: Db, selection: ConversationSelection): Promise<ConversationRead[]> {
  const { after, limit } = selection
  const wrote = after === null || after.inboundAt !== null ? await listThoseWhoWrote(db, selection) : []
  if (wrote.length >= limit || selection.open === true) return wrote
  const place = after !== null && after.inboundAt === null ? sql`and v.id < ${after.id}::bigint` : sql``
  const silent = sql`v.last_inbound_at is null ${place} order by v.id desc limit ${limit - wrote.length}`
  return [...wrote, ...(await readConversations(db, filtered(selection, silent)))]
}

function listThoseWhoWrote(db: Db, selection: ConversationSelection): Promise<ConversationRead[]> {
  const { after } = selection
  const place =
    after === null || after.inboundAt === null
      ? sql``
      : sql`and (v.last_inbound_at, v.id) < (${toDate(after.inboundAt)}::timestamptz, ${after.id}::bigint)`
  const openness =
    selection.open === null ? sql`` : selection.open ? sql`and ${windowIsOpen}` : sql`and not ${windowIsOpen}`
  return readConversations(
    db,
    filtered(
      selection,
      sql`v.last_inbound_at is not null ${openness} ${place} order by v.last_inbound_at desc, v.id desc limit ${selection.limit}`,
    ),
  )
}

/** Null when the two never exchanged or planned a message. */
export async function readConversation(
  db: Db,
  purview: Purview,
  sender: string,
  contactId: ContactId,
): Promise<ConversationRead | null> {
  const [found] = await readConversations(
    db,
    sql`${inPurview('v', purview)} and v.phone_number_id = ${sender} and v.contact_id = ${contactId}::bigint`,
  )
  return found ?? null
}

function filtered(selection: ConversationSelection, rest: RawBuilder<unknown>): RawBuilder<unknown> {
  const sender = selection.sender === null ? sql`` : sql`v.phone_number_id = ${selection.sender} and`
  const seen = sql`${inPurview('v', selection.purview)} and ${sender}`
  if (selection.text === null) return sql`${seen} ${rest}`
  const part = `%${selection.text.replace(/[\\%_]/g, '\\$&')}%`
  const digits = `%${selection.text.replace(/\D/g, '')}%`
  const matches = sql`(c.name ilike ${part} or c.username ilike ${part} or c.bsuid = ${selection.text}
    or (${digits}::text <> '%%' and c.wa_id like ${digits}))`
  return sql`${seen} ${matches} and ${rest}`
}

/** `isWindowOpen` of the domain, for a `where`. Answers are computed by the domain; this only chooses the rows. */
const windowIsOpen = sql`(
  v.last_inbound_at > casement_now() - interval '${sql.raw(String(CUSTOMER_SERVICE_WINDOW_MS))} milliseconds'
  and (v.window_refuted_at is null or v.window_refuted_at < v.last_inbound_at or v.window_refuted_at > casement_now()))`

interface ConversationRow extends ContactRead {
  conversation_id: ConversationId
  now: Instant
  phone_number_id: string
  window_opened_at: Instant | null
  last_inbound_at: Instant | null
  window_refuted_at: Instant | null
  entry_state: FreeEntryPointState
  entered_at: Instant | null
  entry_opened_at: Instant | null
  entry_expires_at: Instant | null
  entry_conversation_id: string | null
}

async function readConversations(db: Db, where: RawBuilder<unknown>): Promise<ConversationRead[]> {
  const { rows } = await sql<ConversationRow>`
    select v.id as conversation_id, casement_now() as now, v.phone_number_id, v.window_opened_at, v.last_inbound_at, v.window_refuted_at,
      v.entry_state, v.entered_at, v.entry_opened_at, v.entry_expires_at, v.entry_conversation_id, ${contactColumns}
    from conversations v join contacts c on c.id = v.contact_id
    where ${where}`.execute(db)
  return rows.map((row) => ({
    id: row.conversation_id,
    now: row.now,
    sender: row.phone_number_id,
    contact: row,
    window: { openedAt: row.window_opened_at, lastInboundAt: row.last_inbound_at, refutedAt: row.window_refuted_at },
    freeEntryPoint: {
      state: row.entry_state,
      enteredAt: row.entered_at,
      openedAt: row.entry_opened_at,
      expiresAt: row.entry_expires_at,
      metaConversationId: row.entry_conversation_id,
    },
  }))
}
