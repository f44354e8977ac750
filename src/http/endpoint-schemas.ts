import * as z from 'zod'
import { zonedInstant } from '../domain/date-time.ts'
import { ENDPOINT_KINDS, ID_CHOICES } from '../domain/endpoint.ts'
import { graphId, line, page } from './schemas.ts'

/* What requests about endpoints carry, and what is answered. */

const MOST_NUMBERS = 1_000
const MOST_EVENTS = 200

const choices = {
  senders: z
    .array(graphId)
    .min(1)
    .max(MOST_NUMBERS)
    .nullable()
    .optional()
    .meta({ description: 'Only what is of these numbers; without, of all of the workspace.' }),
  events: z.array(line(64)).min(1).max(MOST_EVENTS).nullable().optional().meta({
    description:
      "For `meta`, Meta's field names; for `events`, names or `prefix.*`. Without, all but `conversation.closing` and `conversation.ended`, which go only where they are named in full.",
  }),
  ids: z.enum(ID_CHOICES).optional().meta({
    description:
      "For `meta`: whether messages that came through the drop-in carry the id that their client was given (`casement`, the default) or Meta's.",
  }),
  secret: line(256).optional().meta({
    description:
      'For `meta` the key of `X-Hub-Signature-256`; for `events` `whsec_` and base64, as Standard Webhooks has it. Without, one is made.',
  }),
  verify_token: line(256).nullable().optional().meta({
    description: "For `meta`: what Meta's verification of a callback is tried with.",
  }),
}
const url = line(2_048).meta({ format: 'uri' })

export const endpointBody = z
  .strictObject({ url, kind: z.enum(ENDPOINT_KINDS), ...choices })
  .meta({ examples: [{ url: 'https://shop.example/casement', kind: 'events', events: ['intent.*'] }] })

export const endpointPatchBody = z.strictObject({ url: url.optional(), ...choices })

const zoned = zonedInstant()

export const replayBody = z
  .strictObject({ from: zoned, to: zoned })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { path: ['to'], error: 'to be later than from' })

export const deliveriesQuery = z.strictObject({
  state: z.enum(['pending', 'delivered', 'failed']).optional(),
  ...page,
})

const instant = z.string().meta({ format: 'date-time' })

export const endpointView = z
  .looseObject({
    id: z.string(),
    url: z.string(),
    kind: z.enum(ENDPOINT_KINDS),
    senders: z.array(z.string()).nullable(),
    events: z.array(z.string()).nullable(),
    ids: z.enum(ID_CHOICES),
    state: z.enum(['active', 'paused', 'gone']),
    verified: z.boolean().nullable().meta({ description: 'The verify handshake; null where none was tried.' }),
    reason: z.looseObject({ code: z.string(), text: z.string() }).nullable(),
    created_at: instant,
    created_by: z.looseObject({ kind: z.string(), id: z.string().nullable(), name: z.string() }),
  })
  .meta({ id: 'WebhookEndpoint' })

export const endpointWithSecretView = endpointView.extend({ secret: z.string() }).meta({ id: 'NewWebhookEndpoint' })

export const testView = z.looseObject({
  delivered: z.boolean(),
  status: z.int().nullable(),
  ms: z.number(),
  error: z.string().nullable(),
})

export const deliveryView = z
  .looseObject({
    id: z.string(),
    state: z.enum(['pending', 'delivered', 'failed']).meta({ description: '`failed` is tried again at `next_at`.' }),
    created_at: instant,
    next_at: instant.nullable(),
    attempts: z.array(
      z.looseObject({ at: instant, status: z.int().nullable(), error: z.string().nullable(), ms: z.number() }),
    ),
    type: z.string(),
    numbers: z.array(z.string()),
  })
  .meta({ id: 'WebhookDelivery' })
