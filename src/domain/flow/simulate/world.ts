import { sentAs, type TemplateReference, templateOfMessage } from '../../content.ts'
import { type Decision, type DecisionSettings, type DispatchFacts, decide, type TemplateFacts } from '../../decision.ts'
import type { IntentContent } from '../../intent.ts'
import { compileTemplate, normaliseLanguage, type TemplateDefinition } from '../../template.ts'
import { DAY_MS, type Instant, MINUTE_MS, plus } from '../../time.ts'
import {
  isFreeEntryPointOpen,
  NEVER_WROTE,
  NO_FREE_ENTRY_POINT,
  recordDelivery,
  recordEntry,
  recordInbound,
} from '../../window.ts'
import type { CallEnd, CallFact, ContactFact, EventFact, Facts, InboundFact, SendFact } from '../facts.ts'
import type { Effect } from '../run.ts'

/*
 * What is recorded of one conversation in a simulation. Windows and decisions are those of the dispatch: this file moves facts about and
 * decides nothing.
 */

export const SIMULATED: DecisionSettings = {
  windowMarginMs: MINUTE_MS,
  followUpCooldownMs: DAY_MS,
  requireOptIn: false,
  recipientReviewMs: 0,
}

type SendEffect = Extract<Effect, { kind: 'send' }>
type CallEffect = Extract<Effect, { kind: 'call' }>

/** A template that may be sent: one that Meta has approved. */
export interface KnownTemplate {
  definition: TemplateDefinition
  category: string
}

export interface SimulatedSend {
  effect: SendEffect
  fact: SendFact
  intent: IntentContent
  /** When it is looked at next; null: when the customer writes. */
  lookAt: Instant | null
}

export interface SimulatedCall {
  step: string
  fact: CallFact
  /** When it is tried no more. */
  givenUpAt: Instant
}

export interface Sending {
  send: SimulatedSend
  decision: Decision
  cost: string | null
}

export class World {
  readonly sends: SimulatedSend[] = []
  readonly calls: SimulatedCall[] = []
  readonly inbound: InboundFact[] = []
  readonly events: EventFact[] = []
  contact: ContactFact
  marketing: Facts['marketing']
  window = NEVER_WROTE
  entry = NO_FREE_ENTRY_POINT
  optedOut: Facts['optedOut'] = null
  tookOver: Facts['tookOver'] = null
  readonly zone: string
  readonly #templates: ReadonlyMap<string, KnownTemplate> | null
  readonly #purpose: string
  #order = 0
  #followedUpAt: Instant | null = null

  constructor(given: {
    contact: ContactFact
    marketing: Facts['marketing']
    zone: string
    purpose: string
    templates: readonly KnownTemplate[] | null
  }) {
    this.contact = given.contact
    this.marketing = given.marketing
    this.zone = given.zone
    this.#purpose = given.purpose
    this.#templates =
      given.templates &&
      new Map(
        given.templates.map((one) => [`${one.definition.name} ${normaliseLanguage(one.definition.language)}`, one]),
      )
  }

  next(): number {
    this.#order += 1
    return this.#order
  }

  facts(): Facts {
    return {
      contact: this.contact,
      marketing: this.marketing,
      zone: this.zone,
      window: this.window,
      freeEntryPoint: this.entry,
      inbound: this.inbound,
      events: this.events,
      sends: this.sends.map(({ fact }) => ({ ...fact })),
      calls: this.calls.map(({ fact }) => ({ ...fact })),
      optedOut: this.optedOut,
      tookOver: this.tookOver,
      latest: this.#order,
      lately: 0,
    }
  }

  hear(said: Omit<InboundFact, 'order' | 'at' | 'elsewhere'>, at: Instant, ad = false): InboundFact {
    const fact = { ...said, at, order: this.next(), elsewhere: false }
    this.inbound.push(fact)
    this.window = recordInbound(this.window, at, at)
    if (ad) this.entry = recordEntry(this.entry, at, at)
    for (const send of this.sends) if (send.fact.state === 'waiting' && send.lookAt === null) send.lookAt = at
    return fact
  }

  add(effect: SendEffect, now: Instant): void {
    const { message } = effect
    const reference = message.type === 'template' ? templateOfMessage(message) : null
    const intent: IntentContent = {
      message,
      template: reference,
      whenClosed: effect.whenClosed ?? 'fail',
      priority: effect.priority,
      expiresAt: effect.expiresAt ?? plus(now, 7 * DAY_MS),
    } as IntentContent
    const fact: SendFact = {
      key: effect.key,
      state: 'waiting',
      reason: null,
      sentAt: null,
      deliveredAt: null,
      readAt: null,
    }
    this.sends.push({ effect, fact, intent, lookAt: now })
  }

  call({ call, step, triedForMs }: CallEffect, now: Instant): void {
    this.calls.push({ step, fact: { call, state: 'waiting' }, givenUpAt: plus(now, triedForMs) })
  }

  /** False: no call of this step awaits an answer. */
  settle(step: string, became: CallEnd): boolean {
    const call = this.calls.find((one) => one.step === step && one.fact.state === 'waiting')
    if (call) call.fact = { ...became, call: call.fact.call }
    return call !== undefined
  }

  /** Of calls that nobody answers. */
  giveUpCalls(now: Instant): void {
    for (const { step, fact, givenUpAt } of this.calls)
      if (fact.state === 'waiting' && givenUpAt <= now) this.settle(step, { state: 'failed', why: 'nobody answered' })
  }

  nextCallGivenUp(): Instant | null {
    const times = this.calls.flatMap(({ fact, givenUpAt }) => (fact.state === 'waiting' ? [givenUpAt] : []))
    return times.length === 0 ? null : (Math.min(...times) as Instant)
  }

  /** Decides what is due, as the dispatch does, and takes the consequences. */
  dispatch(now: Instant): Sending[] {
    return this.sends.flatMap((send) => {
      const isDue =
        send.fact.state === 'waiting' && ((send.lookAt !== null && send.lookAt <= now) || send.intent.expiresAt <= now)
      return isDue ? [this.#dispatchOne(send, now)] : []
    })
  }

  nextDispatch(): Instant | null {
    const times = this.sends
      .filter(({ fact }) => fact.state === 'waiting')
      .flatMap(({ lookAt, intent }) => [lookAt ?? intent.expiresAt])
    return times.length === 0 ? null : (Math.min(...times) as Instant)
  }

  cancelWaiting(): void {
    for (const { fact } of this.sends)
      if (fact.state === 'waiting') Object.assign(fact, { state: 'over', reason: 'flow_stopped' })
    this.calls.length = 0
  }

  deliver(fact: SendFact, at: Instant): void {
    if (fact.sentAt === null || fact.deliveredAt !== null) return
    fact.deliveredAt = at
    this.entry = recordDelivery(this.entry, fact.sentAt, at)
  }

  #dispatchOne(send: SimulatedSend, now: Instant): Sending {
    const decision = decide(send.intent, this.#dispatchFacts(now), SIMULATED)
    const { fact } = send
    switch (decision.kind) {
      case 'send':
      case 'downgrade':
        Object.assign(fact, { state: 'sent', sentAt: now })
        break
      case 'defer':
        send.lookAt = decision.until
        break
      case 'follow_up':
        this.#followedUpAt = now
        send.lookAt = null
        break
      case 'hold':
        send.lookAt = null
        break
      default:
        Object.assign(fact, { state: 'over', reason: decision.reason.code })
    }
    return { send, decision, cost: this.#costOf(decision, now) }
  }

  #dispatchFacts(now: Instant): DispatchFacts {
    return {
      now,
      sender: { state: 'active', reason: null },
      callsPausedUntil: null,
      contact: { marketing: this.marketing, utility: 'unknown', unreachableUntil: null },
      conversation: {
        window: this.window,
        freeEntryPoint: this.entry,
        pairEmptiesAt: null,
        lastFollowUpAt: this.#followedUpAt,
        followUpOutstanding: false,
      },
      template: (reference) => this.#template(reference),
      messagingLimit: null,
      money: null,
    }
  }

  /** Without the documents every template that is named exists, with the variables that it is given. */
  #template(reference: TemplateReference): TemplateFacts | null {
    const known = this.#templates?.get(`${reference.name} ${normaliseLanguage(reference.language)}`)
    if (known) return { ...known, status: 'APPROVED' }
    return this.#templates === null
      ? { definition: this.#assumed(reference), status: 'APPROVED', category: this.#assumedCategory() }
      : null
  }

  #assumedCategory(): string {
    return this.#purpose === 'marketing' ? 'MARKETING' : 'UTILITY'
  }

  #assumed({ name, language, parameters, components }: TemplateReference): TemplateDefinition {
    const body = (components as { type: string; parameters?: { parameter_name?: string }[] }[] | undefined)?.find(
      ({ type }) => type === 'body',
    )
    const names = body?.parameters?.map((one, i) => one.parameter_name ?? String(i + 1))
    const keys =
      names ?? (Array.isArray(parameters) ? parameters.map((_, i) => String(i + 1)) : Object.keys(parameters ?? {}))
    const text = `${name} ${keys.map((key) => `{{${key}}}`).join(' ')}.`
    const isNamed = keys.some((key) => !/^\d+$/.test(key))
    return compileTemplate({
      name,
      language,
      category: this.#assumedCategory(),
      parameter_format: isNamed ? 'NAMED' : 'POSITIONAL',
      components: [{ type: 'BODY', text }],
    })
  }

  /** What kind of price it has: amounts are of rate cards. Free-form is free while the month's free messages last. */
  #costOf(decision: Decision, now: Instant): string | null {
    if (decision.kind !== 'send' && decision.kind !== 'downgrade') return null
    if (sentAs(decision.message) === 'free_form' || isFreeEntryPointOpen(this.entry, now)) return 'free'
    const reference = decision.message.type === 'template' ? templateOfMessage(decision.message) : null
    return reference ? (this.#template(reference)?.category ?? 'UTILITY').toLowerCase() : 'free'
  }
}
