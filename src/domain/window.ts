import { DAY_MS, earliest, HOUR_MS, type Instant, latest, MINUTE_MS, plus } from './time.ts'

/*
 * Two clocks run for each pair (business phone number, user), and they answer two different questions.
 *
 *   customer service window   may a free-form message go?      24 h from the user's last message or call
 *   free entry point          what does a message cost?        72 h (Meta's own stamp wins) from our delivered answer to an ad
 *
 *   10:00 ad click + message   22:00 our template is delivered        10:00 next day            22:00 + 72 h
 *     |========== customer service window: free-form ==================|
 *                               |---------- free entry point: templates cost nothing ---------------|
 *
 * The free entry point never permits free-form. Intervals are half-open, [opens, closes).
 * Source: Meta, "Send messages" (customer service windows) and "Pricing" (free entry points), read 2026-11.
 */

export const CUSTOMER_SERVICE_WINDOW_MS = 24 * HOUR_MS
/** An ad's or page button's message must be answered, and the answer delivered, within this time. */
export const FREE_ENTRY_POINT_REPLY_MS = 24 * HOUR_MS
/** Estimate only: since October 2026 Meta may keep it open for up to seven days and says so in the status webhook. */
export const FREE_ENTRY_POINT_ESTIMATE_MS = 3 * DAY_MS
/** A stamp further ahead than this is a broken clock, not a message from the future. */
export const STAMP_TOLERANCE_MS = 2 * MINUTE_MS

/** What is known of a customer service window. All instants come from Meta's stamps except `refutedAt`. */
export interface WindowRecord {
  /** When the currently or last open window began. */
  openedAt: Instant | null
  /** Stamp of the user's newest message or call. */
  lastInboundAt: Instant | null
  /** When an attempt started that Meta refused because the window was closed (131047): evidence that beats our arithmetic. */
  refutedAt: Instant | null
}

export const NEVER_WROTE: WindowRecord = { openedAt: null, lastInboundAt: null, refutedAt: null }

/**
 * The instant from which only templates may go, or null when the user never wrote. Counted from the user's message as stamped
 * by WhatsApp, not from our receipt, so a late webhook cannot lengthen it; earlier when Meta has refuted the window.
 */
export function windowExpiresAt(record: WindowRecord): Instant | null {
  if (record.lastInboundAt === null) return null
  const byStamp = plus(record.lastInboundAt, CUSTOMER_SERVICE_WINDOW_MS)
  const refuted = record.refutedAt !== null && record.refutedAt >= record.lastInboundAt
  return refuted ? earliest(byStamp, record.refutedAt as Instant) : byStamp
}

/**
 * May a free-form message go that starts now and takes up to `marginMs` (milliseconds) to land? Trust ends early: a window that
 * closes while the request is on its way counts as closed.
 */
export function isWindowOpen(record: WindowRecord, now: Instant, marginMs = 0): boolean {
  const expiresAt = windowExpiresAt(record)
  return expiresAt !== null && plus(now, marginMs) < expiresAt
}

/**
 * Takes in a user's message or call. Only moves forward: an older stamp arriving late, or a duplicate, changes nothing.
 * A stamp from the future beyond the tolerance is not believed.
 */
export function recordInbound(record: WindowRecord, at: Instant, now: Instant): WindowRecord {
  if (at > plus(now, STAMP_TOLERANCE_MS)) return record
  if (record.lastInboundAt !== null && at <= record.lastInboundAt) return record
  const expiresAt = windowExpiresAt(record)
  const continues = expiresAt !== null && at < expiresAt
  return { ...record, openedAt: continues ? record.openedAt : at, lastInboundAt: at }
}

/** Takes in Meta's refusal of a free-form attempt. `attemptStartedAt` is when that attempt began: a later message reopens. */
export function recordRefutation(record: WindowRecord, attemptStartedAt: Instant): WindowRecord {
  const refutedAt = record.refutedAt === null ? attemptStartedAt : latest(record.refutedAt, attemptStartedAt)
  return { ...record, refutedAt }
}

export const FREE_ENTRY_POINT_STATES = ['none', 'possible', 'estimated', 'confirmed', 'refused'] as const
/**
 * `possible`: came from an ad or page button, not yet answered. `estimated`: our answer was delivered in time. `confirmed`: a status
 * webhook was priced as free entry point. `refused`: the first answer, or a message inside the estimate, was priced as something else.
 */
export type FreeEntryPointState = (typeof FREE_ENTRY_POINT_STATES)[number]

export interface FreeEntryPoint {
  state: FreeEntryPointState
  /** Stamp of the message that came through the ad or button. */
  enteredAt: Instant | null
  openedAt: Instant | null
  expiresAt: Instant | null
  /** Meta's id of the window, once a status webhook told it. */
  metaConversationId: string | null
}

export const NO_FREE_ENTRY_POINT: FreeEntryPoint = {
  state: 'none',
  enteredAt: null,
  openedAt: null,
  expiresAt: null,
  metaConversationId: null,
}

export function isFreeEntryPointOpen(entry: FreeEntryPoint, now: Instant): boolean {
  if (entry.state !== 'estimated' && entry.state !== 'confirmed') return false
  return entry.openedAt !== null && entry.expiresAt !== null && entry.openedAt <= now && now < entry.expiresAt
}

/** Until when an answer must be delivered for the free entry point to open; null when there is nothing to answer. */
export function replyBy(entry: FreeEntryPoint): Instant | null {
  return entry.enteredAt === null ? null : plus(entry.enteredAt, FREE_ENTRY_POINT_REPLY_MS)
}

/** The state to show at `now`: an entry that was not answered in time is none. */
export function freeEntryPointStateAt(entry: FreeEntryPoint, now: Instant): FreeEntryPointState {
  const deadline = replyBy(entry)
  return entry.state === 'possible' && deadline !== null && now >= deadline ? 'none' : entry.state
}

/**
 * A message came through a Click-to-WhatsApp ad or a page button. A second click before a free entry point ends keeps the first, also
 * one whose webhook is so late that the answer to both was delivered meanwhile.
 */
export function recordEntry(entry: FreeEntryPoint, at: Instant, now: Instant): FreeEntryPoint {
  if (at > plus(now, STAMP_TOLERANCE_MS)) return entry
  const opened = entry.state === 'estimated' || entry.state === 'confirmed'
  if (opened && entry.expiresAt !== null && at < entry.expiresAt) return entry
  if (entry.enteredAt !== null && at <= entry.enteredAt) return entry
  return { ...NO_FREE_ENTRY_POINT, state: 'possible', enteredAt: at }
}

/**
 * Our message was delivered. The first answer, sent after the entry and delivered within 24 h of it, opens the free entry point at
 * the moment of delivery; statuses may arrive in any order, so the earliest such delivery counts.
 */
export function recordDelivery(entry: FreeEntryPoint, sentAt: Instant, deliveredAt: Instant): FreeEntryPoint {
  const deadline = replyBy(entry)
  if (entry.state !== 'possible' && entry.state !== 'estimated') return entry
  if (entry.enteredAt === null || deadline === null) return entry
  const answersIt = sentAt >= entry.enteredAt && deliveredAt >= entry.enteredAt && deliveredAt < deadline
  if (!answersIt || (entry.openedAt !== null && entry.openedAt <= deliveredAt)) return entry
  return {
    ...entry,
    state: 'estimated',
    openedAt: deliveredAt,
    expiresAt: plus(deliveredAt, FREE_ENTRY_POINT_ESTIMATE_MS),
  }
}

/** What a status webhook says of the free entry point its message fell into. */
export interface FreeEntryPointReport {
  conversationId: string | null
  /** Meta's own end; wins over the estimate even when it is shorter. */
  expiresAt: Instant | null
  /** Stamp of the status that carried it. */
  at: Instant
}

/**
 * Meta priced a message as free entry point. Within one window its end only moves forward; a newer window id starts afresh, and what a
 * late status still says of a former window changes nothing.
 */
export function confirmFreeEntryPoint(entry: FreeEntryPoint, report: FreeEntryPointReport): FreeEntryPoint {
  if (isOfFormerWindow(entry, report)) return entry
  const otherId = isOtherWindow(entry, report)
  const sameWindow = entry.state === 'confirmed' && !otherId
  const known = sameWindow ? entry.expiresAt : null
  const told = report.expiresAt ?? (entry.state === 'confirmed' ? null : entry.expiresAt)
  return {
    state: 'confirmed',
    enteredAt: entry.enteredAt,
    openedAt: otherId ? report.at : earliestOf(entry.openedAt, report.at),
    expiresAt: latestOf(known, told) ?? plus(report.at, FREE_ENTRY_POINT_ESTIMATE_MS),
    metaConversationId: report.conversationId ?? entry.metaConversationId,
  }
}

function isOtherWindow(entry: FreeEntryPoint, report: FreeEntryPointReport): boolean {
  const known = entry.metaConversationId
  return (
    entry.state === 'confirmed' && known !== null && report.conversationId !== null && report.conversationId !== known
  )
}

function isOfFormerWindow(entry: FreeEntryPoint, report: FreeEntryPointReport): boolean {
  if (isOtherWindow(entry, report)) return entry.openedAt !== null && report.at < entry.openedAt
  const { state, enteredAt } = entry
  if (state === 'confirmed' || enteredAt === null || report.at >= enteredAt) return false
  return report.expiresAt === null || report.expiresAt <= enteredAt
}

/** A message sent inside the estimate was charged as something else: our estimate was wrong. A confirmation is never taken back. */
export function refuteFreeEntryPoint(entry: FreeEntryPoint, chargedMessageSentAt: Instant): FreeEntryPoint {
  const insideEstimate =
    entry.state === 'estimated' &&
    entry.openedAt !== null &&
    entry.expiresAt !== null &&
    entry.openedAt < chargedMessageSentAt &&
    chargedMessageSentAt < entry.expiresAt
  return insideEstimate ? { ...entry, state: 'refused' } : entry
}

function latestOf(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null) return b
  return b === null ? a : latest(a, b)
}

function earliestOf(a: Instant | null, b: Instant): Instant {
  return a === null ? b : earliest(a, b)
}

/** One of our messages, as far as its statuses tell of a free entry point. */
export interface EntryAnswer {
  sentAt: Instant
  deliveredAt: Instant | null
  /** Priced as something else. */
  charged: boolean
  report: FreeEntryPointReport | null
}

/** All that is known of the free entry points of a conversation, in any order. */
export interface EntryEvidence {
  /** Stamps of the messages that came through an ad or a page button. */
  entered: readonly Instant[]
  answers: readonly EntryAnswer[]
}

/**
 * The free entry point that this evidence makes: what happened is taken in by its stamps, not as it was heard of, since webhooks come in
 * any order and each step asks what was before it (P4).
 */
export function freeEntryPointOf({ entered, answers }: EntryEvidence, now: Instant): FreeEntryPoint {
  const steps: EntryStep[] = entered.map((at) => ({ at, take: (entry) => recordEntry(entry, at, now) }))
  for (const { sentAt, deliveredAt, charged, report } of answers) {
    if (deliveredAt !== null) {
      const take = (entry: FreeEntryPoint) =>
        openUnlessCharged(entry, recordDelivery(entry, sentAt, deliveredAt), answers)
      steps.push({ at: deliveredAt, take })
    }
    if (report !== null) steps.push({ at: report.at, take: (entry) => confirmFreeEntryPoint(entry, report) })
    if (charged) steps.push({ at: sentAt, take: (entry) => refuteFreeEntryPoint(entry, sentAt) })
  }
  return steps.sort((a, b) => a.at - b.at).reduce((entry, { take }) => take(entry), NO_FREE_ENTRY_POINT)
}

/**
 * Meta tells of a free entry point with the price of its first answer. Where that was priced as something else, by any rules, there is
 * none: the person came on a desktop, or through a post that does not count. Of answers that were sent in the same second any may be the first.
 */
function openUnlessCharged(
  before: FreeEntryPoint,
  opened: FreeEntryPoint,
  answers: readonly EntryAnswer[],
): FreeEntryPoint {
  const { enteredAt } = opened
  if (opened === before || enteredAt === null) return opened
  const after = answers.filter((answer) => answer.sentAt >= enteredAt)
  const firstAt = after.map((answer) => answer.sentAt).reduce(earliest)
  const first = after.filter((answer) => answer.sentAt === firstAt)
  return first.some((answer) => answer.charged) ? { ...opened, state: 'refused' } : opened
}

interface EntryStep {
  at: Instant
  take(entry: FreeEntryPoint): FreeEntryPoint
}
