import * as z from 'zod'
import { whenClosedSchema } from '../domain/content.ts'
import { DELIVERIES, PRIORITIES, RELEASES } from '../domain/intent.ts'
import { CANCEL_ON } from '../domain/request.ts'
import { SHOWN_STATES } from '../domain/shown-state.ts'

/*
 * What answers look like, for the OpenAPI document and for tests. Answers are not checked at run time: a bug in a view should show one
 * wrong member, and not turn a message that was accepted into a 500. Objects are open, because fields may be added.
 */

export const instant = z.string().meta({ format: 'date-time', description: 'UTC.' })

/** Of a sentence that has a code: what is filled in, by name. */
export const saidValues = z.record(z.string(), z.union([z.string(), z.number()]))

export const errorView = z
  .object({
    error: z.looseObject({
      code: z.string(),
      message: z.string(),
      field: z.string().optional().meta({ description: 'Dotted path, when one is at fault.' }),
      problems: z
        .array(
          z.looseObject({
            path: z.string(),
            line: z.int().optional().meta({ description: 'Of a file; the first is 1.' }),
            column: z
              .int()
              .optional()
              .meta({ description: 'Of a list the cell of that line, of a document the character; the first is 1.' }),
            message: z.string(),
            hint: z.string().optional(),
            code: z
              .string()
              .optional()
              .meta({ description: 'Of template documents and flows: what the sentence says.' }),
            values: saidValues.optional(),
            hint_code: z.string().optional(),
            hint_values: saidValues.optional(),
          }),
        )
        .optional(),
      retry_at: instant.optional().meta({ description: 'When it may be tried again, where that is known.' }),
    }),
  })
  .meta({
    id: 'Error',
    examples: [
      {
        error: {
          code: 'invalid',
          message: 'expected message.text.body to be a string, got nothing',
          field: 'message.text.body',
        },
      },
    ],
  })

export const reasonView = z
  .looseObject({ code: z.string(), text: z.string(), graph_code: z.number().optional() })
  .meta({ id: 'Reason', examples: [{ code: 'awaiting_window', text: 'Waits for the customer to write.' }] })

const state = z.enum(SHOWN_STATES)

/** Amounts are decimal strings, so that no binary fraction stands in for them. */
export const amount = z
  .string()
  .regex(/^-?\d+\.\d{6}$/)
  .meta({ description: 'A decimal string.', examples: ['0.031700'] })

export const priceView = z
  .looseObject({
    amount,
    currency: z.string().meta({ description: 'ISO 4217.' }),
    category: z.string().meta({ description: 'As Meta spells it in webhooks.' }),
    market: z.string().meta({ description: "The row of the rate card, by Meta's name." }),
    free_because: z
      .enum(['free_entry_point', 'free_tier', 'before_october', 'reaction', 'exempt'])
      .nullable()
      .meta({ description: 'Null: it is charged.' }),
  })
  .meta({ id: 'Price' })

/** Of every forecast. */
export const forecastText = z
  .string()
  .meta({ description: 'All of it in English, with what would have to change for another end; times in UTC.' })

export const enqueuedView = z
  .looseObject({
    id: z.string(),
    state,
    reason: reasonView.nullable(),
    window: z.looseObject({ open: z.boolean(), expires_at: instant.nullable() }),
    forecast: z
      .looseObject({
        at: instant,
        kind: z.string(),
        reason: reasonView,
        price: priceView.nullable(),
        text: forecastText,
      })
      .meta({
        description: "What would happen at `at` by today's facts. The decision itself is made when the message leaves.",
      }),
  })
  .meta({
    id: 'EnqueuedIntent',
    examples: [
      {
        id: '0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10',
        state: 'scheduled',
        reason: null,
        window: { open: true, expires_at: '2026-11-23T09:00:00.000Z' },
        forecast: {
          at: '2026-11-22T12:00:00.000Z',
          kind: 'send',
          reason: { code: 'window_open', text: 'The customer service window is open.' },
          price: {
            amount: '0.000000',
            currency: 'BRL',
            category: 'service',
            market: 'Brazil',
            free_because: 'free_tier',
          },
          text: 'The window is open until 2026-11-23 09:00 UTC: it will go as it is, free of charge.',
        },
      },
    ],
  })

export const batchView = z.looseObject({ results: z.array(z.union([enqueuedView, errorView])) })

const address = z.looseObject({ wa_id: z.string().nullable(), user_id: z.string().nullable() })

const attemptView = z
  .looseObject({
    id: z.string(),
    started_at: instant,
    finished_at: instant.nullable(),
    outcome: z.enum(['accepted', 'refused', 'throttled', 'unreachable', 'in_doubt']).nullable(),
    http_status: z.number().nullable(),
    error: z.record(z.string(), z.unknown()).nullable().meta({ description: "Of Meta's error what is kept." }),
    wamid: z.string().nullable(),
  })
  .meta({ id: 'Attempt' })

const decisionView = z
  .looseObject({
    at: instant,
    kind: z.string(),
    reason: reasonView,
    facts: z.record(z.string(), z.unknown()).meta({ description: 'What it was decided from.' }),
  })
  .meta({ id: 'Decision' })

/** What becomes of a message, by what is known. */
export const fateView = z
  .looseObject({
    at: instant,
    kind: z.enum(['send', 'downgrade', 'follow_up', 'hold', 'defer', 'expire', 'cancel', 'suppress', 'fail']),
    reason: reasonView,
    template: z
      .looseObject({ name: z.string(), language: z.string() })
      .nullable()
      .meta({ description: 'That would leave, as the message itself, in its place or before it.' }),
    price: priceView.nullable().meta({ description: 'Null where nothing would leave, or no rate card fits.' }),
    text: forecastText,
  })
  .meta({ id: 'Fate' })

export const intentView = z
  .looseObject({
    id: z.string(),
    state,
    reason: reasonView.nullable(),
    sender: z.string(),
    to: address,
    message: z.record(z.string(), z.unknown()).meta({ description: "The Cloud API's own object." }),
    when_closed: whenClosedSchema,
    release: z.enum(RELEASES),
    priority: z.enum(PRIORITIES),
    delivery: z.enum(DELIVERIES),
    send_at: instant.meta({ description: 'Where it moves: by what is known now.' }),
    schedule: z
      .union([
        z.literal('before_close'),
        z.strictObject({
          local: z.string(),
          time_zone: z.string().meta({ description: 'contact: whichever zone the contact has.' }),
        }),
      ])
      .nullable()
      .meta({ description: 'What was asked for, where that moves; null: an instant.' }),
    cancel_on: z.array(z.enum(CANCEL_ON)).meta({ description: 'What ends it before it has left.' }),
    due_at: instant.nullable().meta({ description: 'When it is looked at next; null while held or over.' }),
    expires_at: instant,
    created_at: instant,
    created_by: z
      .looseObject({
        kind: z.string(),
        id: z.string().nullable(),
        name: z.string(),
        via: z.literal('drop_in').optional(),
      })
      .nullable(),
    cancel_requested_at: instant.nullable().meta({
      description: 'When it was asked to be cancelled while its request may have left; it is not sent again.',
    }),
    idempotency_key: z.string().nullable(),
    metadata: z.unknown(),
    sent_as: z.enum(['free_form', 'template']).nullable(),
    wamid: z.string().nullable(),
    delivery_status: z.enum(['sent', 'delivered', 'read', 'failed']).nullable(),
    meta_status: z.enum(['accepted', 'held_for_quality_assessment', 'paused']).nullable().meta({
      description:
        '`held_for_quality_assessment`: Meta has it, and looks first how its template is received; then it goes, or the template is `paused` and the message is decided again.',
    }),
    cost: z
      .looseObject({
        category: z.string().nullable(),
        type: z.string().nullable().meta({ description: '`regular`: Meta charges. Null until a status tells.' }),
        billable: z.boolean().nullable(),
        expected: priceView
          .nullable()
          .meta({ description: 'Our price when it left; null where no rate card had one.' }),
        actual: priceView.nullable().meta({ description: 'What that rate card says of what Meta told.' }),
      })
      .nullable(),
    attempts: z.array(attemptView),
    decisions: z.array(decisionView),
    follow_up: z.looseObject({ id: z.string(), state }).nullable(),
    flow: z
      .looseObject({ name: z.string(), run: z.string() })
      .nullable()
      .meta({ description: 'The flow that asked for it, and in which run.' }),
    campaign: z
      .looseObject({ id: z.string(), name: z.string() })
      .nullable()
      .meta({ description: 'The campaign for a recipient of which it is.' }),
    follow_up_of: z.string().nullable(),
    forecast: fateView.nullable().meta({
      description: 'Of what waits, made anew at every look; null for what is being sent, or over. Not in lists.',
    }),
  })
  .meta({ id: 'Intent' })

/** Lists leave the forecast out, and may leave the history. */
export const intentSummaryView = intentView
  .partial({ attempts: true, decisions: true, forecast: true })
  .meta({ id: 'IntentSummary' })

export const bulkCountView = z
  .looseObject({
    matches: z.int().meta({ description: 'In whose states the action finds something to do.' }),
    by_reason: z.record(z.string(), z.int()).meta({ description: 'Of those that have a reason.' }),
  })
  .meta({ id: 'BulkCount', examples: [{ matches: 263, by_reason: { recipient_unreachable: 201, graph_refused: 62 } }] })

export const bulkStartedView = z
  .looseObject({ id: z.uuid().meta({ description: 'Of the job.' }) })
  .meta({ id: 'BulkStarted' })

export const intentCountsView = z
  .looseObject({
    counts: z.object(Object.fromEntries(SHOWN_STATES.map((name) => [name, z.int()]))),
    at_most: z.int().meta({ description: 'No state is counted further: one that has as many may have more.' }),
  })
  .meta({ id: 'IntentCounts' })

export const startedView = z.looseObject({ job: z.uuid() }).meta({ id: 'StartedJob' })

export const jobView = z
  .looseObject({
    id: z.uuid(),
    kind: z.string(),
    state: z.enum(['running', 'done', 'failed']),
    done: z.number(),
    total: z.number().nullable(),
    result: z.unknown(),
    error: z.string().nullable(),
    created_at: instant,
    finished_at: instant.nullable(),
  })
  .meta({ id: 'Job' })

export const webhookEventView = z
  .looseObject({ id: z.string(), state: z.enum(['pending', 'applied', 'failed']), received_at: instant })
  .meta({ id: 'WebhookEvent' })

export const doneView = z.object({ success: z.literal(true) })

export function listView(item: z.ZodType) {
  return z.looseObject({ data: z.array(item), next_cursor: z.string().nullable() })
}

/** The Cloud API's answer to a send. Source: Meta, messages/send-messages (read 2026-11). */
export const dropInView = z
  .looseObject({
    messaging_product: z.literal('whatsapp'),
    contacts: z.array(
      z.looseObject({ input: z.string(), wa_id: z.string().optional(), user_id: z.string().optional() }),
    ),
    messages: z.array(
      z.looseObject({
        id: z.string().meta({ description: 'The intent id; the wamid is known once it was sent.' }),
        message_status: z.literal('accepted'),
      }),
    ),
  })
  .meta({
    id: 'CloudApiAnswer',
    examples: [
      {
        messaging_product: 'whatsapp',
        contacts: [{ input: '+5511987654321', wa_id: '5511987654321' }],
        messages: [{ id: '0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10', message_status: 'accepted' }],
      },
    ],
  })

export const graphErrorView = z
  .object({
    error: z.looseObject({
      message: z.string(),
      type: z.literal('OAuthException'),
      code: z.number(),
      error_subcode: z.number().optional(),
      error_data: z.looseObject({ messaging_product: z.literal('whatsapp'), details: z.string() }),
      fbtrace_id: z.string(),
    }),
  })
  .meta({ id: 'CloudApiError' })
