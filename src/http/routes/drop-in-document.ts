import * as z from 'zod'
import { json } from '../document.ts'
import { dropInView, graphErrorView } from '../views.ts'

/** What the OpenAPI document says of the drop-in send; nothing here checks anything. */
const body = z
  .looseObject({
    messaging_product: z.literal('whatsapp'),
    recipient_type: z.literal('individual').optional(),
    to: z.string().optional().meta({ description: 'Phone number; digits without "+" are taken as a wa_id.' }),
    recipient: z.string().optional().meta({ description: 'BSUID; `to` wins when both are there.' }),
    type: z.string().optional(),
    status: z.literal('read').optional().meta({ description: 'A read receipt, passed on to Meta.' }),
  })
  .meta({
    id: 'CloudApiRequest',
    examples: [{ messaging_product: 'whatsapp', to: '+5511987654321', type: 'text', text: { body: 'On its way.' } }],
  })

const headers = z.looseObject({
  'x-casement-options': z
    .string()
    .optional()
    .meta({
      description: 'JSON with any of when_closed, send_at, expires_at, cancel_on, priority, idempotency_key.',
      examples: ['{"when_closed":"fail"}'],
    }),
})

const version = z.string().meta({ examples: ['v25.0'] })

const failed = (description: string) => json(description, graphErrorView)
const security = [{ apiKey: [] }, { accessToken: [] }]

export const documentDropIn = {
  tags: ['Drop-in'],
  operationId: 'cloudApiSend',
  summary: 'Send as at the Cloud API',
  description:
    "For existing clients: change the host, and use a Casement key as the token; the version may be left out. The message is enqueued and goes by the sender's `default_when_closed`.",
  security,
  params: z.object({ phone_number_id: z.string(), version }),
  headers,
  body,
  response: {
    200: json('Enqueued; the id is the intent id.', dropInView),
    400: failed('Code 100; with error_subcode 33 for an unknown number.'),
    401: failed('Code 190.'),
    404: failed('Code 132001: no such template.'),
    409: failed('Code 100: the idempotency key came with another request.'),
  },
}

/** The rest of the Cloud API. */
export function documentPassThrough(operationId: string, summary: string) {
  return {
    tags: ['Drop-in'],
    operationId,
    summary,
    description: "Passed through to Meta with the sender's own token.",
    security,
    response: { 200: json("Meta's answer.", z.looseObject({})), 400: failed('Code 100.'), 401: failed('Code 190.') },
  }
}
