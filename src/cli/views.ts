import { z } from 'zod'
import { CommandFailed } from './failure.ts'

/*
 * What the command line reads of the API's answers. Everything else in them passes through untouched to `--json`.
 */

const text = z.string().nullish()

export const reasonView = z.looseObject({ code: z.string(), text: z.string(), graph_code: z.number().nullish() })

export const priceView = z.looseObject({
  amount: z.string(),
  currency: z.string(),
  category: text,
  market: text,
  free_because: text,
})

const windowView = z.looseObject({ open: z.boolean(), opened_at: text, expires_at: text })

const forecastView = z.looseObject({
  at: text,
  kind: z.string(),
  reason: reasonView.nullish(),
  price: priceView.nullish(),
  text,
})

export const enqueuedView = z.looseObject({
  id: z.string(),
  state: z.string(),
  reason: reasonView.nullish(),
  window: windowView.nullish(),
  forecast: forecastView.nullish(),
})

export const intentView = z.looseObject({
  id: z.string(),
  state: z.string(),
  reason: reasonView.nullish(),
  sender: z.string(),
  to: z.looseObject({ wa_id: text, user_id: text }),
  message: z.looseObject({ type: text }).nullish(),
  when_closed: z.unknown(),
  priority: text,
  delivery: text,
  send_at: text,
  schedule: z.unknown().optional(),
  cancel_on: z.array(z.string()).nullish(),
  due_at: text,
  expires_at: text,
  sent_as: text,
  wamid: text,
  delivery_status: text,
  cost: z
    .looseObject({
      category: text,
      type: text,
      billable: z.boolean().nullish(),
      expected: priceView.nullish(),
      actual: priceView.nullish(),
    })
    .nullish(),
  meta_status: text,
  attempts: z
    .array(z.looseObject({ id: z.string(), started_at: text, outcome: text, http_status: z.number().nullish() }))
    .nullish(),
  decisions: z.array(z.looseObject({ at: text, kind: z.string(), reason: reasonView.nullish() })).nullish(),
  follow_up: z.looseObject({ id: z.string(), state: z.string() }).nullish(),
  follow_up_of: text,
  forecast: forecastView.nullish(),
})
export type IntentView = z.infer<typeof intentView>

export const senderView = z.looseObject({
  phone_number_id: z.string(),
  waba_id: z.string(),
  portfolio_id: text,
  display_phone_number: text,
  verified_name: text,
  throughput_mps: z.number().nullish(),
  throughput: z.looseObject({ effective_mps: z.number(), slowed_since: text }).nullish(),
  calls_paused_until: text,
  messaging_limit: z.number().nullish(),
  default_when_closed: z.unknown(),
  currency: text,
  time_zone: text,
  free_service_left: z.number().nullish(),
  budget: z.looseObject({ amount: z.string(), currency: z.string() }).nullish(),
  state: z.string(),
  reason: z.looseObject({ code: z.string(), text: z.string(), since: text }).nullish(),
})
export type SenderView = z.infer<typeof senderView>

export const senderChecksView = z.looseObject({
  checks: z.array(z.looseObject({ name: z.string(), state: z.string(), text: z.string() })),
})
export type SenderChecksView = z.infer<typeof senderChecksView>

export const conversationView = z.looseObject({
  sender: z.string(),
  contact: z.looseObject({ wa_id: text, user_id: text, name: text, username: text, marketing: text }),
  customer_service_window: windowView,
  free_entry_point: z.looseObject({ state: z.string(), open: z.boolean(), reply_by: text, expires_at: text }),
  waiting: z.array(z.looseObject({ id: z.string(), state: z.string(), reason: reasonView.nullish() })).nullish(),
})

const previewButton = z.looseObject({ type: z.string(), text: z.string(), url: text })

export const previewView = z.looseObject({
  header: text,
  body: z.string(),
  footer: text,
  buttons: z.array(previewButton),
  cards: z.array(z.looseObject({ body: z.string() })).nullish(),
})
export type PreviewView = z.infer<typeof previewView>

export const templateView = z.looseObject({
  id: z.string(),
  waba_id: text,
  name: z.string(),
  language: z.string(),
  category: text,
  status: z.string(),
  meta_status: text,
  quality: text,
  category_change: z.looseObject({ at: text, to: z.string() }).nullish(),
  rejected_reason: text,
  hidden: z.boolean().nullish(),
  preview: previewView.nullish(),
  used_by: z
    .looseObject({
      waiting: z.number(),
      campaigns: z.array(z.looseObject({ name: z.string() })).nullish(),
      flows: z.array(z.looseObject({ name: z.string() })).nullish(),
    })
    .nullish(),
  last_30_days: z
    .looseObject({ sent: z.number(), delivered: z.number(), read: z.number(), failed: z.number(), stopped: z.number() })
    .nullish(),
  history: z.array(z.looseObject({ at: z.string(), text, field: text, was: text, now: text })).nullish(),
})
export type TemplateView = z.infer<typeof templateView>

export const libraryView = z.looseObject({ name: z.string(), language: text, topic: text, body: text })

const finding = z.looseObject({ path: z.string(), message: z.string() })

export const lintView = z.looseObject({ problems: z.array(finding), warnings: z.array(finding).default([]) })

export function pageOf<T extends z.ZodType>(item: T) {
  return z.looseObject({ data: z.array(item), next_cursor: text })
}

/** An answer that does not fit comes from another version, or from something else altogether. */
export function read<T extends z.ZodType>(view: T, answer: unknown): z.infer<T> {
  const parsed = view.safeParse(answer)
  if (parsed.success) return parsed.data
  const where = parsed.error.issues[0]?.path.join('.') || 'the answer'
  const message = `the API answered something unexpected (at ${where}): is it another version of Casement?`
  throw new CommandFailed(message, { code: 'unexpected_answer', cause: parsed.error })
}
