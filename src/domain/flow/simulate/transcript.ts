import { isTemplate, type Message } from '../../content.ts'
import type { Said, SaidValues } from '../../said.ts'
import { renderTemplate } from '../../template.ts'
import { type Instant, toIso } from '../../time.ts'
import { isWindowOpen, windowExpiresAt } from '../../window.ts'
import { localText } from '../../zoned-time.ts'
import type { Moved } from '../run.ts'
import type { KnownTemplate, Sending, World } from './world.ts'

/* What a simulation tells: each line with what the customer's clock and window say by then. */

export interface TranscriptLine {
  at: string
  local: string
  step: string | null
  what: string
  text: string
  as?: 'free_form' | 'template'
  price?: string
  window: { open: boolean; expires_at: string | null }
  why: string
  /** Absent where nothing is said. */
  why_code?: string
  why_values?: SaidValues
}

/** What is told of how it went, and not of what was asked for. */
const UNTOLD = ['sends', 'sent']

export class Transcript {
  readonly lines: TranscriptLine[] = []
  readonly #world: World
  readonly #zone: string
  readonly #templates: readonly KnownTemplate[] | null

  /** @param zone where the customer's own is not known */
  constructor(world: World, zone: string, templates: readonly KnownTemplate[] | null) {
    this.#world = world
    this.#zone = zone
    this.#templates = templates
  }

  say(
    now: Instant,
    step: string | null,
    what: string,
    text: string,
    why: Said | null,
    more: Pick<TranscriptLine, 'as' | 'price'> = {},
  ): void {
    const { window, contact } = this.#world
    const expires = windowExpiresAt(window)
    this.lines.push({
      at: toIso(now),
      local: localText(now, contact.time_zone ?? this.#zone),
      step,
      what,
      text,
      ...more,
      window: { open: isWindowOpen(window, now), expires_at: expires === null ? null : toIso(expires) },
      why: why?.text ?? '',
      ...(why === null ? {} : { why_code: why.code, why_values: why.values }),
    })
  }

  tellMoves(now: Instant, { history, effects }: Moved): void {
    for (const { kind, step, said } of history) {
      if (UNTOLD.includes(kind)) continue
      const call = kind === 'calls' ? effects.find((one) => one.kind === 'call' && one.step === step) : undefined
      this.say(now, step, kind, call?.kind === 'call' ? JSON.stringify(call.body) : '', said)
    }
  }

  tellSending(now: Instant, { send, decision, cost }: Sending): void {
    const { step } = send.effect
    const why = { code: decision.reason.code, values: {}, text: decision.reason.text }
    if (decision.kind === 'send' || decision.kind === 'downgrade') {
      const as = isTemplate(decision.message) ? 'template' : 'free_form'
      const price = cost === null ? {} : { price: cost }
      this.say(now, step, 'sent', this.#textOf(decision.message), why, { as, ...price })
    } else if (send.fact.state === 'waiting') {
      this.say(now, step, decision.kind === 'follow_up' ? 'followed_up' : 'held', '', why)
    }
  }

  #textOf(message: Message): string {
    if (message.type === 'text') return message.text.body
    if (message.type === 'interactive') return (message.interactive as { body?: { text: string } }).body?.text ?? ''
    if (!isTemplate(message)) return ''
    const { name, components } = message.template
    const definition = this.#templates?.find((one) => one.definition.name === name)?.definition
    return definition ? (renderTemplate(definition, components ?? []).body ?? name) : name
  }
}
