import type { TemplateReference } from '../content.ts'
import type { IntentContent, Reason, ReasonCode } from '../intent.ts'
import type { PriceView } from '../money/price-decision.ts'
import { CONTACT, type MovingTime } from '../schedule.ts'
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, plus, SECOND_MS, toIso } from '../time.ts'
import { CUSTOMER_SERVICE_WINDOW_MS, isWindowOpen, windowExpiresAt } from '../window.ts'
import type { DispatchFacts } from './facts.ts'
import { ASKED_LATELY } from './usual-words.ts'
import { type Decision, nameOf } from './verdict.ts'

/*
 * A forecast in words: what the window does until the message goes, what becomes of the message, what that costs, and what would have to change
 * for another end. For people, in English; programs read `kind` and `reason.code`. Instants are told in UTC, the day only where it is not that
 * of `now`.
 */

export interface Foreseen {
  intent: Pick<IntentContent, 'message' | 'template' | 'expiresAt'>
  /** As they will be when it goes: `facts.now` is that instant. */
  facts: Pick<DispatchFacts, 'now' | 'conversation'>
  decision: Decision
  price: PriceView | null
  /** Null: its time does not move. */
  schedule: MovingTime | null
  now: Instant
  windowMarginMs: number
}

export function wordsOfForecast(foreseen: Foreseen): string {
  return [outcomeOf(foreseen), changeOf(foreseen), movingOf(foreseen)].filter((part) => part !== null).join(' ')
}

/**
 * Of what is held, which only an event lets go.
 *
 * @param reason why it waits, as the intent has it
 */
export function wordsOfWaiting(
  intent: Pick<IntentContent, 'template' | 'expiresAt'>,
  reason: Pick<Reason, 'code' | 'text'>,
  now: Instant,
): string {
  const { code, text } = reason
  const otherwise = elseExpires(intent, now)
  if (code === 'awaiting_window')
    return `It waits for the customer to write, and goes as it is once they do; ${otherwise}`
  if (code === 'awaiting_answer')
    return `The customer is asked to answer: it goes as it is once they write; ${otherwise}`
  const orWrites = intent.template === null && WAITS_FOR_TEMPLATE.has(code) ? ', or once the customer writes' : ''
  return `It waits: ${text} It goes ${CURES[code] ?? 'once that is over'}${orWrites}; ${otherwise}`
}

function outcomeOf(foreseen: Foreseen): string {
  const { decision, intent, price, now } = foreseen
  const { text } = decision.reason
  const behindWindow = (what: string) => `${capital(windowOf(foreseen))}: ${what}.`
  const because = (what: string) =>
    wasAskedOfWindow(foreseen) ? `${behindWindow(what)} ${text}` : `${capital(what)}: ${text}`
  switch (decision.kind) {
    case 'send':
      return intent.template
        ? `It will go as ${templateOf(intent.template)}, which needs no open window${costOf(price)}.`
        : behindWindow(`it will go as it is${costOf(price)}`)
    case 'downgrade':
      return behindWindow(`it will go as ${templateOf(decision.reference)}${costOf(price)}`)
    case 'follow_up': {
      const asks = `${templateOf(decision.reference)} will ask the customer to answer${costOf(price)}`
      return behindWindow(`${asks}, and this waits for the answer`)
    }
    case 'hold':
      if (decision.heldFor === 'answer')
        return behindWindow('the customer was asked already, so it will wait for their answer')
      return decision.heldFor === 'window' ? behindWindow(waitsForWindow(text)) : because('it will wait')
    case 'defer':
      return because(`it will be put off until ${clock(decision.until, now)}`)
    case 'expire':
      return because('it will not go')
    case 'cancel':
      return because('it will be cancelled')
    case 'suppress':
      return because('it will not be sent')
    case 'fail':
      return decision.reason.code === 'window_closed' ? behindWindow('it will fail') : because('it will fail')
  }
}

/** Decided before the window is looked at. */
const BEFORE_WINDOW: ReadonlySet<string> = new Set([
  'expired',
  'answered',
  'duplicate',
  'unheard',
  'sender_paused',
  'sender_account',
  'campaign_paused',
  'flow_paused',
  'recipient_unreachable',
] satisfies ReasonCode[])

/** It is free-form, and a closed window is why a template was looked for. */
function wasAskedOfWindow({ intent, decision, facts, windowMarginMs }: Foreseen): boolean {
  if (intent.template !== null || BEFORE_WINDOW.has(decision.reason.code)) return false
  return !isWindowOpen(facts.conversation.window, facts.now, windowMarginMs)
}

function waitsForWindow(text: string): string {
  const asked = text.startsWith(ASKED_LATELY) ? 'the customer was asked not long ago, so ' : ''
  return `${asked}it will wait for the customer to write`
}

function windowOf({ facts, now, windowMarginMs }: Foreseen): string {
  const goes = facts.now
  const { window } = facts.conversation
  const closes = windowExpiresAt(window)
  if (closes === null) return 'the customer never wrote to this number, so no window is open'
  const isLater = goes > now
  if (closes <= now) {
    return `the window closed at ${clock(closes, now)}, ${isLater ? `${span(goes - closes)} before this goes` : `${span(now - closes)} ago`}`
  }
  if (closes <= goes) return `the window closes at ${clock(closes, now)}, ${span(goes - closes)} before this goes`
  if (!isWindowOpen(window, goes, windowMarginMs)) {
    return `the window closes at ${clock(closes, now)}, too soon after this goes`
  }
  return `the window is open until ${clock(closes, now)}${isLater ? `, ${span(closes - goes)} after this goes` : ''}`
}

/** What would have to be otherwise; null where nothing is amiss, or nothing helps. */
function changeOf(foreseen: Foreseen): string | null {
  const { decision, intent, facts, now } = foreseen
  const { code } = decision.reason
  if (isForClosedWindow(decision)) return writesFirst(foreseen)
  if (decision.kind === 'expire')
    return `It would take a later expires_at${facts.now > now ? ', or an earlier time' : ''}.`
  if (decision.kind === 'hold') {
    const cure = CURES[code]
    const orWrites = wasAskedOfWindow(foreseen) ? ', or once the customer writes' : ''
    return cure === undefined ? null : `It goes ${cure}${orWrites}; ${elseExpires(intent, now)}`
  }
  const needed = NEEDED[code]
  const orWrites = wasAskedOfWindow(foreseen) && code !== 'opted_out' ? ', or a message of the customer' : ''
  return needed === undefined ? null : `It would take ${needed}${orWrites}.`
}

/** It would go as it is, were the window open. */
function isForClosedWindow({ kind, reason }: Decision): boolean {
  if (kind === 'downgrade' || kind === 'follow_up') return true
  return reason.code === 'window_closed' || reason.code === 'awaiting_window' || reason.code === 'awaiting_answer'
}

function writesFirst({ decision, intent, facts, now, windowMarginMs }: Foreseen): string {
  const goes = facts.now
  const waits = decision.kind === 'hold'
  if (goes <= now) {
    return waits
      ? `Once they do it goes as it is; ${elseExpires(intent, now)}`
      : 'To go as it is, it would take a message of the customer first.'
  }
  const soon = goes - now <= CUSTOMER_SERVICE_WINDOW_MS - windowMarginMs
  const closes = windowExpiresAt(facts.conversation.window)
  const last = closes === null ? null : plus(closes, -windowMarginMs)
  // Told in whole minutes, of which the last is not to be promised.
  const earlier = last !== null && last - now > MINUTE_MS ? `, or an earlier time (before ${clock(last, now)})` : ''
  const message = `a message of the customer ${soon ? 'before then' : 'in the 24 hours before then'}${earlier}`
  return waits
    ? `To go at its time, it would take ${message}; ${elseExpires(intent, now)}`
    : `To go as it is, it would take ${message}.`
}

function elseExpires({ expiresAt }: Pick<IntentContent, 'expiresAt'>, now: Instant): string {
  return `else it expires at ${clock(expiresAt, now)}.`
}

const WAITS_FOR_TEMPLATE: ReadonlySet<string> = new Set([
  'template_pending',
  'template_review',
  'template_paused',
  'portfolio_review',
  'category_changed',
])

/** What lets go what waits. */
const CURES: Readonly<Record<string, string>> = {
  template_pending: 'once Meta approves the template',
  template_review: 'once Meta approves the template',
  template_paused: 'once Meta approves the template again',
  portfolio_review: 'once Meta ends its review',
  category_changed: 'once somebody lets the template go on',
  sender_paused: 'once the number is resumed',
  sender_account: 'once the number can send again',
  campaign_paused: 'once the campaign is resumed',
  flow_paused: 'once the flow, or its run, is resumed',
  budget: 'with a higher budget, or the next month',
}

const NEEDED: Readonly<Record<string, string>> = {
  opted_out: 'an opt-in of the contact for marketing',
  no_consent: 'a consent of the contact on record',
  template_unknown: 'a template that the account has',
  template_disabled: 'another template',
  template_parameters: "other parameters, or the contact's missing value",
  recipient_unreachable: 'a message of the customer, or a later time',
}

/** Of a time that is no instant: what it goes by. */
function movingOf({ schedule, facts, now, windowMarginMs }: Foreseen): string | null {
  if (schedule === null) return null
  if (schedule === 'before_close') {
    return isWindowOpen(facts.conversation.window, now, windowMarginMs)
      ? 'Its time is shortly before the window closes, and moves with every message of the customer.'
      : 'Its time is shortly before the window closes: now, while none is open.'
  }
  const at = schedule.local.replace('T', ' ')
  return schedule.time_zone === CONTACT
    ? `Its time is ${at} on the contact's clock, and moves with their time zone.`
    : `Its time is ${at} in ${schedule.time_zone}.`
}

function templateOf(reference: Pick<TemplateReference, 'name' | 'language'>): string {
  return `template ${nameOf(reference)}`
}

/** `, about 0.04 EUR`; nothing where no rate card fits. */
function costOf(price: PriceView | null): string {
  if (price === null) return ''
  if (Number(price.amount) === 0) return ', free of charge'
  return `, about ${shortAmount(price.amount)} ${price.currency}`
}

const LEAST_DECIMALS = 2

/** Without the noughts at its end, but for two decimals: `0.031700` is `0.0317`. */
function shortAmount(amount: string): string {
  const [units = '0', decimals = ''] = amount.split('.')
  const significant = decimals.replace(/0+$/, '').padEnd(LEAST_DECIMALS, '0')
  return `${units}.${significant}`
}

/** `14:05 UTC`, with its day where that is another than that of `now`. */
function clock(at: Instant, now: Instant): string {
  const [day, time] = toIso(at).split('T') as [string, string]
  const minute = `${time.slice(0, 'HH:MM'.length)} UTC`
  return toIso(now).startsWith(day) ? minute : `${day} ${minute}`
}

/** In one unit, rounded down: `25 minutes`. */
function span(ms: number): string {
  const [unit, size] = UNITS.find(([, least]) => ms >= 2 * least) ?? SECONDS
  const count = Math.max(1, Math.floor(ms / size))
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

const SECONDS: readonly [string, number] = ['second', SECOND_MS]
const UNITS: readonly (readonly [string, number])[] = [
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
  SECONDS,
]

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
