import { isTemplate, templateOfMessage } from '../domain/content.ts'
import { wordsOfWaiting } from '../domain/decision/forecast-words.ts'
import { type Decision, type DecisionSettings, decide } from '../domain/decision.ts'
import type { IntentId, PhoneNumberId } from '../domain/ids.ts'
import type { Reason } from '../domain/intent.ts'
import { destinationOf } from '../domain/money/destination.ts'
import type { Money } from '../domain/money/price.ts'
import type { Instant } from '../domain/time.ts'
import type { Claim } from '../store/intents/dispatch-facts.ts'
import type { IntentRead } from '../store/intents/reads.ts'
import { forecastBy } from './enqueue/forecast.ts'
import { type FateForecast, withTemplate } from './forecast-intent.ts'

/*
 * What will become of a message that waits, by what is known when it is asked: a message of the customer that came since has moved the window,
 * and with it the answer.
 */

export interface ForecastWaitingIo {
  now(): Promise<Instant>
  /** The facts of now, as they will be then; null where it does not wait for its time any more. */
  factsAt(id: IntentId, at: Instant): Promise<{ claim: Claim; now: Instant; campaignPaused: boolean } | null>
  money(sender: PhoneNumberId): Promise<Money | null>
}

type Waiting = Pick<IntentRead, 'id' | 'message' | 'shown_state' | 'send_at' | 'due_at' | 'expires_at' | 'schedule'>

/**
 * Null for what does not wait: it is being sent, or over.
 *
 * @param reason why it waits, as it is shown
 */
export async function forecastWaiting(
  io: ForecastWaitingIo,
  settings: DecisionSettings,
  waiting: Waiting,
  reason: Pick<Reason, 'code' | 'text'> | null,
): Promise<FateForecast | null> {
  if (waiting.shown_state === 'held' && reason !== null) return held(waiting, reason, await io.now())
  if (waiting.shown_state !== 'scheduled' && waiting.shown_state !== 'queued') return null
  const found = await io.factsAt(waiting.id, waiting.due_at ?? waiting.send_at)
  if (found === null) return null
  const { intent, sender, recipient, facts: read } = found.claim
  const facts = { ...read, money: await io.money(sender.phoneNumberId) }
  const decided = decide(intent, facts, settings)
  const decision = found.campaignPaused && !comesFirst(decided) ? CAMPAIGN_PAUSED : decided
  const schedule = waiting.schedule?.sendAt ?? null
  return withTemplate(
    forecastBy({ intent, facts, decision, to: destinationOf(recipient), schedule, now: found.now }, settings),
  )
}

/** Whoever takes what is due passes it by, so nothing is decided about it. */
const CAMPAIGN_PAUSED: Decision = {
  kind: 'hold',
  heldFor: 'sender',
  template: null,
  reason: { code: 'campaign_paused', text: 'Its campaign is paused.' },
}

/** Its end, which a pause only puts off; and its number, which is shown before its campaign. */
function comesFirst(decision: Decision): boolean {
  if (decision.kind === 'hold') return decision.heldFor === 'sender'
  return ['expire', 'cancel', 'suppress', 'fail'].includes(decision.kind)
}

/** Only what it waits for lets it go, and when that comes nobody knows. */
function held({ message, expires_at: expiresAt }: Waiting, reason: Pick<Reason, 'code' | 'text'>, now: Instant) {
  const template = isTemplate(message) ? templateOfMessage(message) : null
  const text = wordsOfWaiting({ template, expiresAt }, reason, now)
  return { at: now, kind: 'hold' as const, reason, price: null, template: null, text }
}
