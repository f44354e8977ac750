import { type RawBuilder, sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import type { ContactId, ConversationId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import type { FreeEntryPoint, FreeEntryPointState, WindowRecord } from '../../domain/window.ts'
import { inPurview } from '../access/purview.ts'
import { type ContactRead, contactColumns } from '../people/contacts.ts'
import type { Db } from '../pg/postgres.ts'
import { unreadCount, waitingCount } from './list-filters.ts'
import { lastMessages, type MentionedMessage } from './messages.ts'

/** A conversation with its two clocks as they stand; `now` is the database's, to judge them by. */
export interface ConversationRead {
  id: ConversationId
  now: Instant
  sender: string
  contact: ContactRead
  window: WindowRecord
  freeEntryPoint: FreeEntryPoint
  lastMessage: MentionedMessage | null
  /** What came in since somebody of the team read it; `COUNTED` at most. */
  unread: number
  /** Held and scheduled intents; `COUNTED` at most. */
  waiting: number
  handedOver: { at: Instant; team: string | null; note: string | null } | null
}

/** As far as is counted for a list. */
export const COUNTED = 100

/** In the order of the places. */
export async function readConversationsAt(
  db: Db,
  places: readonly { id: ConversationId }[],
): Promise<ConversationRead[]> {
  const ids = places.map((place) => place.id)
  if (ids.length === 0) return []
  const found = await readConversations(db, sql`v.id = any (${ids}::bigint[])`)
  return found.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
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
    sql`${inPurview('v', purview)} and v.phone_number_id = ${sender} and v.contact_id = ${contactId}::bigint and v.merged_into is null`,
  )
  return found ?? null
}

/** All of a person's that the caller can see. */
export async function readConversationsOf(db: Db, purview: Purview, contactId: ContactId): Promise<ConversationRead[]> {
  const found = await readConversations(db, sql`${inPurview('v', purview)} and v.contact_id = ${contactId}::bigint`)
  return found.toSorted((a, b) => Number(a.id) - Number(b.id))
}

/** Which conversations these people have; for some of many, the ids alone. */
export async function conversationsOf(
  db: Db,
  purview: Purview,
  contacts: readonly ContactId[],
): Promise<{ id: ConversationId; contactId: ContactId }[]> {
  if (contacts.length === 0) return []
  const { rows } = await sql<{ id: ConversationId; contact_id: ContactId }>`
    select v.id, v.contact_id from conversations v
    where ${inPurview('v', purview)} and v.contact_id = any (${contacts}::bigint[]) and v.merged_into is null`.execute(
    db,
  )
  return rows.map(({ id, contact_id }) => ({ id, contactId: contact_id }))
}

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
  handed_over_at: Instant | null
  handed_over_team: string | null
  handed_over_note: string | null
  unread: number
  waiting: number
}

async function readConversations(db: Db, where: RawBuilder<unknown>): Promise<ConversationRead[]> {
  const { rows } = await sql<ConversationRow>`
    select v.id as conversation_id, casement_now() as now, v.phone_number_id, v.window_opened_at, v.last_inbound_at, v.window_refuted_at,
      v.entry_state, v.entered_at, v.entry_opened_at, v.entry_expires_at, v.entry_conversation_id, v.handed_over_at, v.handed_over_team,
      v.handed_over_note, ${unreadCount(sql`${COUNTED}`)} as unread, ${waitingCount(sql`${COUNTED}`)} as waiting, ${contactColumns}
    from conversations v join contacts c on c.id = v.contact_id
    where ${where}`.execute(db)
  const last = await lastMessages(
    db,
    rows.map((row) => row.conversation_id),
  )
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
    lastMessage: last.get(row.conversation_id) ?? null,
    unread: row.unread,
    waiting: row.waiting,
    handedOver: row.handed_over_at && {
      at: row.handed_over_at,
      team: row.handed_over_team,
      note: row.handed_over_note,
    },
  }))
}
