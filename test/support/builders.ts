import type { Message, TemplateReference } from '../../src/domain/content.ts'
import type { DecisionSettings, DispatchFacts, TemplateFacts } from '../../src/domain/decision.ts'
import type { IntentId } from '../../src/domain/ids.ts'
import type { IntentContent } from '../../src/domain/intent.ts'
import { compileTemplate } from '../../src/domain/template.ts'
import { DAY_MS, HOUR_MS, type Instant, instant, plus, SECOND_MS } from '../../src/domain/time.ts'
import { type FreeEntryPoint, NEVER_WROTE, NO_FREE_ENTRY_POINT, type WindowRecord } from '../../src/domain/window.ts'

/** An instant from an ISO string with a zone. */
export function at(iso: string): Instant {
  return instant(Date.parse(iso))
}

/** The `now` of facts unless a test says otherwise. */
export const NOW = at('2026-12-01T12:00:00Z')

/** So long before `NOW`; negative reaches ahead. */
export function ago(ms: number): Instant {
  return plus(NOW, -ms)
}

/** The record of somebody whose newest message carries this stamp. */
export function wroteAt(lastInboundAt: Instant): WindowRecord {
  return { ...NEVER_WROTE, openedAt: lastInboundAt, lastInboundAt }
}

export const OPEN_WINDOW = wroteAt(ago(HOUR_MS))
export const CLOSED_WINDOW = wroteAt(ago(25 * HOUR_MS))

export const OPEN_FREE_ENTRY_POINT: FreeEntryPoint = {
  ...NO_FREE_ENTRY_POINT,
  state: 'estimated',
  enteredAt: ago(30 * HOUR_MS),
  openedAt: ago(26 * HOUR_MS),
  expiresAt: plus(NOW, 46 * HOUR_MS),
}

export const SETTINGS: DecisionSettings = {
  windowMarginMs: 30 * SECOND_MS,
  followUpCooldownMs: DAY_MS,
  requireOptIn: false,
  recipientReviewMs: 30 * DAY_MS,
}

/** One variable unless `body` says otherwise; fits `referenceTo(name)`. */
export function templateFacts(
  name: string,
  given: { status?: string; category?: string; body?: string } = {},
): TemplateFacts {
  const { status = 'APPROVED', category = 'UTILITY', body = 'Hello {{1}}, may we go on?' } = given
  const definition = compileTemplate({ name, language: 'en', category, components: [{ type: 'BODY', text: body }] })
  return { definition, status, category }
}

export function referenceTo(name: string): TemplateReference {
  return { name, language: 'en', parameters: ['Ana'] }
}

export function templateMessage(name: string): Message {
  const components = [{ type: 'body' as const, parameters: [{ type: 'text' as const, text: 'Ana' }] }]
  return { type: 'template', template: { name, language: { code: 'en' }, components } }
}

export const FREE_FORM: Message = { type: 'text', text: { body: 'Your order has left.' } }

export const INTENT_ID = '0192f1c0-0000-7000-8000-000000000001' as IntentId

/** A free-form reply that fails on a closed window. */
export function intentWith(given: Partial<IntentContent> = {}): IntentContent {
  return {
    id: INTENT_ID,
    message: FREE_FORM,
    whenClosed: 'fail',
    template: null,
    priority: 'reply',
    expiresAt: plus(NOW, 7 * DAY_MS),
    ...given,
  }
}

export function templateIntent(name: string, given: Partial<IntentContent> = {}): IntentContent {
  return intentWith({ message: templateMessage(name), template: { name, language: 'en' }, ...given })
}

export interface GivenFacts extends Partial<Omit<DispatchFacts, 'contact' | 'conversation' | 'template'>> {
  contact?: Partial<DispatchFacts['contact']>
  conversation?: Partial<DispatchFacts['conversation']>
  /** What Meta has, by name; null or absent for a template it does not know. */
  templates?: Record<string, TemplateFacts | null>
}

/** An active sender and a customer who never wrote, with nothing in the way and no template. */
export function factsWith(given: GivenFacts = {}): DispatchFacts {
  const { contact, conversation, templates = {}, ...rest } = given
  return {
    now: NOW,
    sender: { state: 'active', reason: null },
    callsPausedUntil: null,
    messagingLimit: null,
    money: null,
    ...rest,
    contact: { marketing: 'unknown', utility: 'unknown', unreachableUntil: null, ...contact },
    conversation: {
      window: NEVER_WROTE,
      freeEntryPoint: NO_FREE_ENTRY_POINT,
      pairEmptiesAt: null,
      lastFollowUpAt: null,
      followUpOutstanding: false,
      ...conversation,
    },
    template: (reference) => templates[reference.name] ?? null,
  }
}
