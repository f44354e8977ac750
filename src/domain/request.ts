import * as z from 'zod'
import { messageInputSchema, oversizedJson, unstorableJson, whenClosedSchema } from './content.ts'
import { zonedInstant } from './date-time.ts'
import { DELIVERIES, PRIORITIES } from './intent.ts'
import { recipientSchema } from './recipient.ts'
import { sendAtSchema } from './schedule.ts'

const phoneNumberId = z.string().regex(/^\d{1,32}$/, 'to be the digits of a phone_number_id')
const dateTime = zonedInstant()

/** What ends a message that has not left: the customer writes or calls; a person of the team answers, here or from the phone app. */
export const CANCEL_ON = ['reply', 'colleague'] as const
export type CancelOn = (typeof CANCEL_ON)[number]

export const cancelOnSchema = z
  .array(z.enum(CANCEL_ON))
  .max(CANCEL_ON.length)
  .refine((all) => new Set(all).size === all.length, 'to name each event once')
  .meta({
    description:
      'Ends it, `cancelled` with `answered`, when one of these happens before it has left. reply: the customer writes or calls. ' +
      'colleague: a person answers, by the phone app or signed in here; what they schedule for later is no answer yet.',
  })

const shape = {
  sender: phoneNumberId.meta({ description: "Meta's phone_number_id of a linked number." }),
  to: recipientSchema,
  message: messageInputSchema.meta({ description: "The Cloud API's own message object." }),
  when_closed: whenClosedSchema
    .optional()
    .meta({ description: "What to do when the customer service window is closed; default: the sender's." }),
  release: z.enum(['all', 'latest']).optional(),
  send_at: sendAtSchema.optional(),
  expires_at: dateTime.optional().meta({ description: 'Default: 7 days after send_at.' }),
  priority: z.enum(PRIORITIES).optional(),
  delivery: z.enum(DELIVERIES).optional(),
  cancel_on: cancelOnSchema.optional(),
  idempotency_key: z.string().min(1).max(255).optional(),
  metadata: z.unknown().optional(),
}

/** What a producer asks for; the body of `POST /v1/intents` and the argument of the library's `enqueue`. Defaults are not applied here. */
export const intentRequestSchema = z
  .strictObject(shape)
  .check((ctx) => {
    // Postgres cannot store U+0000 in a text, nor hashing survive a document nested without end.
    const found = unstorableJson(ctx.value) ?? oversizedJson(ctx.value.metadata, 'metadata')
    if (found) ctx.issues.push({ code: 'custom', input: ctx.value, path: found.path, message: found.message })
  })
  .meta({ id: 'IntentRequest' })

/** A request as callers of the library write it. */
export type IntentRequest = z.input<typeof intentRequestSchema>
export type ParsedIntentRequest = z.output<typeof intentRequestSchema>

/** What of a message that has not left may be another; null is what it would be without the member. */
export const intentPatchSchema = z
  .strictObject({
    message: shape.message.optional(),
    when_closed: shape.when_closed.nullable(),
    release: shape.release.nullable(),
    send_at: shape.send_at.nullable(),
    expires_at: shape.expires_at.nullable(),
    priority: shape.priority.nullable(),
    cancel_on: shape.cancel_on.nullable(),
    metadata: shape.metadata,
  })
  .meta({ id: 'IntentPatch', examples: [{ send_at: { local: '2026-12-01T09:00', time_zone: 'contact' } }] })
