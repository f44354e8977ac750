import { isTemplate, templateOfMessage } from '../domain/content.ts'
import type { DecisionSettings, TemplateFacts } from '../domain/decision.ts'
import type { ContactId, IntentId, PhoneNumberId } from '../domain/ids.ts'
import { PAIR_BURST, PAIR_REFILL_MS } from '../domain/limits.ts'
import { type RenderedTemplate, renderTemplate } from '../domain/template.ts'
import type { Instant } from '../domain/time.ts'
import type { ConversationState } from '../store/conversations/ensure.ts'
import type { SenderForEnqueue } from '../store/intents/enqueue.ts'
import {
  type EnqueueError,
  type EnqueueIo,
  type EnqueueResult,
  enqueueIntents,
  type Producer,
} from './enqueue-intent.ts'
import { NOBODY } from './stranger.ts'

/* What would become of a message, were it enqueued now. The way of an enqueueing with nothing at its end: nobody is made, nothing is stored. */

export type ForecastIo = Omit<EnqueueIo, 'insertIntents' | 'notifyDue'> & {
  /** Places that are left in the portfolio's messaging limit; null: unlimited, or this person is counted already. */
  messagingLimitLeft(portfolioId: string, contact: ContactId): Promise<number | null>
  /** Free service replies that are left this month; null where there are none to count. */
  freeServiceLeft(sender: PhoneNumberId): Promise<number | null>
}

type Enqueued = Extract<EnqueueResult, { ok: true }>['intent']
export type FateForecast = Enqueued['forecast'] & { template: { name: string; language: string } | null }

export interface IntentForecast {
  window: Enqueued['window']
  now: FateForecast
  /** Null where it is to leave now. */
  atSendAt: FateForecast | null
  /** Of the template that would leave, at the time of sending. */
  preview: RenderedTemplate | null
  limits: { pairLeft: number; messagingLimitLeft: number | null; freeServiceLeft: number | null }
}

export async function forecastIntent(
  io: ForecastIo,
  settings: DecisionSettings,
  producer: Producer,
  input: unknown,
): Promise<{ ok: true; forecast: IntentForecast } | { ok: false; error: EnqueueError }> {
  const seen = watching(io)
  const asked = withoutKey(input)
  const [later] = await enqueueIntents(seen.io, settings, producer, [asked])
  if (later === undefined) throw new Error('expected one result for one intent, got none')
  if (!later.ok) return later
  const isLater = 'send_at' in (asked as object) && (asked as { send_at?: unknown }).send_at !== undefined
  const [now] = isLater ? await enqueueIntents(seen.io, settings, producer, [leavingNow(asked)]) : [later]
  if (now === undefined) throw new Error('expected one result for one intent, got none')
  if (!now.ok) return now
  const { sender, contact, conversation, at } = seen.found()
  return {
    ok: true,
    forecast: {
      window: later.intent.window,
      now: withTemplate(now.intent.forecast),
      atSendAt: isLater ? withTemplate(later.intent.forecast) : null,
      preview: seen.preview(later.intent.forecast),
      limits: {
        pairLeft: pairLeft(conversation.pairEmptiesAt, at),
        messagingLimitLeft: await io.messagingLimitLeft(sender.portfolioId, contact),
        freeServiceLeft: await io.freeServiceLeft(sender.sender),
      },
    },
  }
}

/** With a key it would be answered by what the key stands for. */
function withoutKey(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input
  const { idempotency_key: _none, ...rest } = input as Record<string, unknown>
  return rest
}

function leavingNow(input: unknown): unknown {
  const { send_at: _later, ...rest } = input as Record<string, unknown>
  return rest
}

/** With the name of the template that would leave. */
export function withTemplate(forecast: Enqueued['forecast']): FateForecast {
  const { leaves } = forecast
  if (!leaves || !isTemplate(leaves)) return { ...forecast, template: null }
  const { name, language } = templateOfMessage(leaves)
  return { ...forecast, template: { name, language } }
}

/** Of the bucket of messages to one person: what of it has not been borrowed, or is paid back. */
function pairLeft(emptiesAt: Instant | null, now: Instant): number {
  const owed = emptiesAt === null ? 0 : Math.max(0, Math.ceil((emptiesAt - now) / PAIR_REFILL_MS))
  return Math.max(0, PAIR_BURST - owed)
}

/** The same reads, with what they found on the way. */
function watching(io: ForecastIo) {
  let sender: SenderForEnqueue | undefined
  let contact: ContactId = NOBODY
  let conversation: ConversationState | undefined
  let at: Instant | undefined
  let templates = new Map<string, TemplateFacts>()
  const watched: EnqueueIo = {
    ...io,
    async now() {
      at = await io.now()
      return at
    },
    async findSenders(purview, senders) {
      const found = await io.findSenders(purview, senders)
      sender = [...found.values()][0]
      return found
    },
    async resolveContacts(workspace, ids) {
      const found = await io.resolveContacts(workspace, ids)
      contact = found[0] ?? NOBODY
      return found
    },
    async ensureConversations(workspace, pairs) {
      const found = await io.ensureConversations(workspace, pairs)
      conversation = [...found.values()][0]
      return found
    },
    async readTemplates(keys) {
      templates = await io.readTemplates(keys)
      return templates
    },
    insertIntents: async (records) =>
      records.map((record) => ({ kind: 'inserted' as const, id: record.id as IntentId })),
    notifyDue: async () => {},
  }
  return {
    io: watched,
    found() {
      if (!sender || !conversation || at === undefined)
        throw new Error('expected an accepted intent to have a conversation')
      return { sender, contact, conversation, at }
    },
    preview({ leaves }: Enqueued['forecast']): RenderedTemplate | null {
      if (!sender || !leaves || !isTemplate(leaves)) return null
      const facts = templates.get(io.templateKey(sender.wabaId, templateOfMessage(leaves)))
      return facts ? renderTemplate(facts.definition, leaves.template.components ?? []) : null
    },
  }
}
