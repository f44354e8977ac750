import type { GraphErrorFacts } from '../domain/failure.ts'
import type { Wamid } from '../domain/ids.ts'
import { cardOn, type Money } from '../domain/money/price.ts'
import { fromRecord } from '../domain/money/price-decision.ts'
import { toldPriceOf } from '../domain/money/told-price.ts'
import { deliveryStatusOf, isDelivered, type MessageStatus } from '../domain/status.ts'
import { earliest, type Instant, latest } from '../domain/time.ts'
import type { Pricing, StatusEvent } from '../graph/webhook-event.ts'
import type { MessageEntryReport } from '../store/conversations/free-entry-points.ts'
import type { CloseAttempt } from '../store/intents/attempts.ts'
import type { KnownAttempt, MessageUpdate } from '../store/intents/statuses.ts'

/* What the statuses of one message say together; nothing here reads or writes. */

/** One message's statuses of a batch. */
export interface MessageReport {
  wamid: Wamid
  attempt: KnownAttempt
  events: StatusEvent[]
  status: MessageStatus | null
}

export function hasFailed({ events }: MessageReport): boolean {
  return events.some((event) => event.status === 'failed')
}

export function tellsOfEntry({ status, events }: MessageReport): boolean {
  return isDelivered(status) || events.some((event) => event.pricing !== null)
}

export function acceptance({ wamid, attempt }: MessageReport): CloseAttempt {
  return {
    intentId: attempt.intentId,
    number: attempt.number,
    outcome: 'accepted',
    httpStatus: null,
    error: null,
    wamid,
    next: { event: 'accept' },
  }
}

export function messageUpdate({ wamid, attempt, events, status }: MessageReport): MessageUpdate {
  const firstAt = (wanted: (event: StatusEvent) => boolean): Instant | null =>
    events
      .filter(wanted)
      .reduce<Instant | null>(
        (at, event) => (at === null || (event.at !== null && event.at < at) ? event.at : at),
        null,
      )
  return {
    wamid,
    intentId: attempt.intentId,
    attempt: attempt.number,
    conversationId: attempt.conversationId,
    sentAs: attempt.sentAs,
    price: attempt.price,
    campaign: attempt.campaign,
    status: deliveryStatusOf(status),
    sentAt: firstAt((event) => event.status === 'sent'),
    deliveredAt: firstAt((event) => event.status === 'delivered'),
    readAt: firstAt((event) => event.status === 'read' || event.status === 'played'),
    failedAt: firstAt((event) => event.status === 'failed'),
    ...toldAs({ error: newest(events, failureOf)[0] ?? null, pricing: newest(events, priceOf)[0] ?? null }),
  }
}

/** What one status tells, and when it was stamped. */
interface Telling<T> {
  value: T
  at: Instant | null
}

const failureOf = (event: StatusEvent): GraphErrorFacts | null =>
  event.status === 'failed' ? (event.errors[0] ?? null) : null
const priceOf = (event: StatusEvent): Pricing | null => event.pricing

/** What the newest failure says. */
export function newestFailure(events: StatusEvent[]): GraphErrorFacts | undefined {
  return newest(events, failureOf)[0]?.value
}

/** The newest telling, by Meta's stamp; more than one when statuses of the same second differ. */
function newest<T>(events: StatusEvent[], tell: (event: StatusEvent) => T | null): Telling<T>[] {
  const tellings = events.flatMap((event) => {
    const value = tell(event)
    return value === null ? [] : [{ value, at: event.at }]
  })
  const latestAt = tellings.reduce<Instant | null>(
    (at, one) => (one.at === null || (at !== null && at > one.at) ? at : one.at),
    null,
  )
  const byText = new Map(tellings.filter((one) => one.at === latestAt).map((one) => [JSON.stringify(one.value), one]))
  return [...byText.values()]
}

/** With what its pricing comes to, by the number's cards. */
export function withToldPrice(update: MessageUpdate, { attempt }: MessageReport, money: Money | null): MessageUpdate {
  const told = update.pricing as Pricing | null
  if (told === null) return update
  const expected = attempt.price && fromRecord(attempt.price)
  const rates = expected && money?.currency === expected.currency ? cardOn(money.book.rates, expected.day) : null
  return { ...update, told: toldPriceOf(told, expected, rates) }
}

function toldAs({ error, pricing }: { error: Telling<GraphErrorFacts> | null; pricing: Telling<Pricing> | null }) {
  return {
    error: error?.value ?? null,
    errorAt: error?.at ?? null,
    pricing: pricing?.value ?? null,
    pricingAt: pricing?.at ?? null,
  }
}

/**
 * Which of several tellings of one second counts is for the store to say, the same in one batch as in two. So the others are folded
 * one after the other; there are hardly ever any.
 */
export function tiedTellings(reports: MessageReport[]): MessageUpdate[][] {
  const rounds: MessageUpdate[][] = []
  for (const report of reports) {
    const errors = newest(report.events, failureOf).slice(1)
    const prices = newest(report.events, priceOf).slice(1)
    const nothing = { status: null, sentAt: null, deliveredAt: null, readAt: null, failedAt: null }
    for (let i = 0; i < Math.max(errors.length, prices.length); i += 1) {
      const told = toldAs({ error: errors[i] ?? null, pricing: prices[i] ?? null })
      const round = rounds[i] ?? []
      round.push({ ...messageUpdate(report), ...nothing, ...told })
      rounds[i] = round
    }
  }
  return rounds
}

export function signOfLife({ conversationId, deliveredAt, readAt }: MessageUpdate) {
  const at = deliveredAt === null || readAt === null ? (deliveredAt ?? readAt) : latest(deliveredAt, readAt)
  return at === null ? [] : [{ conversationId, at }]
}

/** The same fold as in the store: the earliest stamp and the latest end. */
export function entryReport({ wamid, events }: MessageReport): MessageEntryReport[] {
  const saying = events.filter((event) => event.at !== null && saysFreeEntryPoint(event))
  if (saying.length === 0) return []
  const ends = saying.map((event) => event.conversation?.expiresAt ?? null).filter((at) => at !== null)
  const ids = saying.map((event) => event.conversation?.id ?? null).filter((id) => id !== null)
  return [
    {
      wamid,
      at: saying.map((event) => event.at as Instant).reduce(earliest),
      expiresAt: ends.length === 0 ? null : ends.reduce(latest),
      conversationId: ids.sort().at(-1) ?? null,
    },
  ]
}

export function saysFreeEntryPoint(event: StatusEvent): boolean {
  // Of the two spellings the older is of conversation-based pricing. Source: Meta, webhooks/reference/messages/status (read 2026-11).
  const { pricing, conversation } = event
  return (
    pricing?.type === 'free_entry_point' ||
    pricing?.category === 'referral_conversion' ||
    conversation?.originType === 'referral_conversion'
  )
}
