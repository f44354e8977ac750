import { type RawBuilder, sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import { DAY_MS, HOUR_MS } from '../../domain/time.ts'
import { CUSTOMER_SERVICE_WINDOW_MS, FREE_ENTRY_POINT_REPLY_MS } from '../../domain/window.ts'

/* What conversations are asked for: ranges of the time of the last message, and what is asked of each `conversations v` besides. */

export interface ConversationFilters {
  purview: Purview
  sender: string | null
  /** Whether the customer service window is open now. */
  open: boolean | null
  /** `closing`: open, and not for two hours more. `never`: they never wrote. */
  window: 'open' | 'closing' | 'ended' | 'never' | null
  /** `possible`: they came through an ad or a page button, and an answer would open it. */
  freeEntryPoint: 'possible' | 'open' | null
  /** Only those in which something is held or scheduled. */
  waiting: boolean
  /** Only those in which something came in since somebody of the team read it. */
  unread: boolean
  /** Only those that were given to a team and not taken since. */
  handedOver: boolean
  /** Part of a name, username, number or BSUID. */
  text: string | null
}

/** All that whoever asks may see. */
export const NO_FILTER: Omit<ConversationFilters, 'purview' | 'sender'> = {
  open: null,
  window: null,
  freeEntryPoint: null,
  waiting: false,
  unread: false,
  handedOver: false,
  text: null,
}

export interface Range {
  /** Of those who wrote, or of those who never did. */
  wrote: boolean
  /** Of the time of the last message. */
  times: RawBuilder<unknown>
  /** Asked besides. */
  only: RawBuilder<unknown> | null
}

const CLOSING_MS = 2 * HOUR_MS

/** Where `open` and `window` look; none where the two contradict each other. */
export function rangesOf({ open, window }: Pick<ConversationFilters, 'open' | 'window'>): Range[] {
  const isOpen = {
    wrote: true,
    times: sql`v.last_inbound_at > ${ago(CUSTOMER_SERVICE_WINDOW_MS)}`,
    only: sql`not ${refuted}`,
  }
  const closing = {
    wrote: true,
    times: sql`v.last_inbound_at > ${ago(CUSTOMER_SERVICE_WINDOW_MS)} and v.last_inbound_at <= ${ago(CUSTOMER_SERVICE_WINDOW_MS - CLOSING_MS)}`,
    only: isOpen.only,
  }
  const ended = [
    { wrote: true, times: sql`v.last_inbound_at <= ${ago(CUSTOMER_SERVICE_WINDOW_MS)}`, only: null },
    // By evidence before its time: few, and in an index of their own.
    {
      wrote: true,
      times: sql`v.last_inbound_at > ${ago(CUSTOMER_SERVICE_WINDOW_MS)} and v.window_refuted_at is not null`,
      only: refuted,
    },
  ]
  const never = { wrote: false, times: sql`v.last_inbound_at is null`, only: null }
  const wrote = { wrote: true, times: sql`v.last_inbound_at is not null`, only: null }
  const byOpen = open === null ? [wrote, never] : open ? [isOpen] : [...ended, never]
  const byWindow = { open: [isOpen], closing: [closing], ended, never: [never] }
  const contradicts = window !== null && open !== null && open !== (window === 'open' || window === 'closing')
  return contradicts ? [] : window === null ? byOpen : byWindow[window]
}

/** Meta refused something as outside the window after the last message; the domain's `isWindowOpen` says the same. */
const refuted = sql`
  (v.window_refuted_at is not null and v.window_refuted_at >= v.last_inbound_at and v.window_refuted_at <= casement_now())`

/** Longer than Meta keeps a free entry point open; who is inside of one wrote since. Seven days by its pages (pricing, read 2026-11). */
const LONGEST_ENTRY_MS = 31 * DAY_MS

/** By which the index is chosen and bounded: partial indexes ask for these in so many words. */
export function boundsOf({ freeEntryPoint, handedOver }: ConversationFilters): RawBuilder<unknown> {
  const bounds = [sql`true`]
  if (handedOver) bounds.push(sql`v.handed_over_at is not null`)
  if (freeEntryPoint !== null) {
    const since = freeEntryPoint === 'possible' ? FREE_ENTRY_POINT_REPLY_MS : LONGEST_ENTRY_MS
    bounds.push(sql`v.entry_state <> 'none' and v.last_inbound_at > ${ago(since)}`)
  }
  return sql.join(bounds, sql` and `)
}

/** Asked of each row of the index: few may fit. The domain's `freeEntryPointStateAt` and `isFreeEntryPointOpen` say the same. */
export function conditionsOf(filters: ConversationFilters, matched: RawBuilder<unknown> | null): RawBuilder<unknown>[] {
  const { freeEntryPoint, waiting, unread } = filters
  return [
    // One by one: as a join it would begin with all people whom the text fits.
    ...(matched === null ? [] : [sql`(select ${matched} from contacts c where c.id = v.contact_id)`]),
    ...(freeEntryPoint === 'possible'
      ? [sql`v.entry_state = 'possible' and v.entered_at > ${ago(FREE_ENTRY_POINT_REPLY_MS)}`]
      : []),
    ...(freeEntryPoint === 'open'
      ? [
          sql`v.entry_state in ('estimated', 'confirmed') and v.entry_opened_at <= casement_now() and v.entry_expires_at > casement_now()`,
        ]
      : []),
    ...(unread ? [sql`${unreadCount(sql`1`)} > 0`] : []),
    ...(waiting ? [sql`${waitingCount(sql`1`)} > 0`] : []),
  ]
}

/** How long after it was written a message may come in: Meta tries for seven days. Source: Meta, webhooks/overview (read 2026-11). */
const LATEST_WEBHOOK = sql.raw(`interval '8 days'`)

/**
 * What came in since it was read, as far as it is counted. Served by `inbound_messages_conversation`, of which no more than the last days
 * before the reading have to be looked at.
 */
export function unreadCount(most: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select count(*)::integer from (
    select from inbound_messages n
    where n.conversation_id = v.id and v.last_inbound_at is not null
      and n.at > coalesce(v.read_at - ${LATEST_WEBHOOK}, '-infinity') and n.received_at > coalesce(v.read_at, '-infinity')
    order by n.at desc limit ${most}) n)`
}

/** Of so many of a conversation's newest intents at most: what is scheduled has no index by its conversation, which every send would pay for. */
const INTENTS_LOOKED_AT = 500

/** What is held or scheduled, as far as it is counted. */
export function waitingCount(most: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select count(*)::integer from (
    (select from intents i where i.conversation_id = v.id and i.waits_kind is not null limit ${most})
    union all
    (select from (
      select i.due_at from intents i where i.conversation_id = v.id order by i.id desc limit ${sql.raw(String(INTENTS_LOOKED_AT))}) i
    where i.due_at is not null limit ${most}) limit ${most}) i)`
}

function ago(ms: number): RawBuilder<unknown> {
  return sql`casement_now() - interval '${sql.raw(String(ms))} milliseconds'`
}
