import * as z from 'zod'
import { characters, oversizedJson, whenClosedSchema } from '../domain/content.ts'
import { zonedInstant } from '../domain/date-time.ts'
import { isBsuid, isWaId } from '../domain/recipient.ts'
import { type IntentRequest, intentRequestSchema } from '../domain/request.ts'
import { SHOWN_STATES } from '../domain/shown-state.ts'
import { senderMoney } from './money-schemas.ts'

/*
 * What requests carry. Objects are strict: a misspelt member is refused by name and never silently ignored. The intent itself is the
 * use-case's to check; its schema stands here only inside the OpenAPI document.
 */

export const graphId = z.string().regex(/^\d{1,32}$/, 'to be the digits of a Graph id')

export function line(max: number) {
  return z
    .string()
    .min(1)
    .refine((text) => characters(text) <= max, `to be at most ${max} characters`)
    .meta({ maxLength: max })
}

/** Beginnings and ends of text that runs the other way: what is behind one is read as something else than it is. */
const TURNS_ROUND = /[\u202a-\u202e\u2066-\u2069]/
/** A letter, a digit or a sign, not spaces and what nobody sees alone. */
const SEEN = /[^\s\p{C}\p{M}]/u

/** What somebody or something is called: it stands in lists and in the audit log, where it must be what it looks like. */
export function name(max: number) {
  return line(max).refine(
    (text) => SEEN.test(text) && !/\p{Cc}/u.test(text) && !TURNS_ROUND.test(text),
    'to be seen, without control characters and those that turn the direction of writing',
  )
}

// Paths. What does not fit cannot exist and is answered 404.

export const intentPath = z.object({
  id: z
    .string()
    .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
    .transform((id) => id.toLowerCase())
    .meta({ description: 'The intent id.', format: 'uuid' }),
})

export const senderPath = z.object({ id: graphId.meta({ description: "Meta's phone_number_id." }) })

const contactId = z
  .string()
  .transform((id) => id.replace(/^\+/, ''))
  .refine((id) => isWaId(id) || isBsuid(id), 'to be the digits of a wa_id, or a BSUID')
  .meta({ description: 'The digits of the wa_id, or a BSUID.', examples: ['5511987654321'] })

export const contactPath = z.object({ contact: contactId })
export const conversationPath = z.object({ sender: graphId, contact: contactId })
/** A bigint of the database: what does not fit would be its error, not our 404. Of one check: the second would meet what failed the first. */
const rowId = z.string().refine((id) => /^[1-9]\d{0,18}$/.test(id) && BigInt(id) <= 9_223_372_036_854_775_807n)
export const webhookEventPath = z.object({ id: rowId })
export const keyPath = z.object({ id: rowId })
const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
  .transform((id) => id.toLowerCase())
  .meta({ format: 'uuid' })
export const endpointPath = z.object({ id: uuid })
export const campaignPath = z.object({ id: uuid })
export const deliveryPath = z.object({ id: uuid, delivery: rowId })

// Lists.

export const page = {
  cursor: z.string().max(1024).optional().meta({ description: 'next_cursor of the page before.' }),
  limit: z.preprocess(digitsAsNumber, z.int({ error: notWhole }).min(1).max(1000)).default(100),
}

/** Nothing else is a number to whoever wrote it into an address: not `0x10`, `1e2`, a space. */
function digitsAsNumber(text: unknown): unknown {
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : text
}

function notWhole({ code }: { code?: string | undefined }): string | undefined {
  return code === 'invalid_type' ? 'to be a whole number, got another text' : undefined
}

const zoned = zonedInstant()

const intentsNamed = {
  reason: z
    .string()
    .regex(/^[a-z0-9_]{1,64}$/, 'to be the code of a reason')
    .optional()
    .meta({ description: 'The code of the reason that is shown.' }),
  sender: graphId.optional(),
  to: contactId.optional(),
  wamid: line(512).optional().meta({ description: 'Of one of its messages.' }),
  flow: z
    .string()
    .regex(/^[a-z0-9_]{1,64}$/, 'to be the name of a flow')
    .optional()
    .meta({ description: 'Asked for by this flow.' }),
  flow_run: z.uuid().optional().meta({ description: 'Asked for by this run of a flow.' }),
  campaign: z.uuid().optional().meta({ description: 'For a recipient of this campaign.' }),
  q: line(512).optional().meta({ description: 'An exact id, wamid, idempotency key or number.' }),
  since: zoned.optional().meta({ description: 'Created at or after this instant.' }),
  until: zoned.optional().meta({ description: 'Created before this instant.' }),
}
const shownState = z.enum(SHOWN_STATES).optional()

export const jobItemsQuery = z.strictObject({ ...page })
export const intentsQuery = z.strictObject({ state: shownState, ...intentsNamed, ...page })
export const intentCountsQuery = z.strictObject(intentsNamed)

const bulkFilter = z
  .strictObject({ state: shownState, ...intentsNamed })
  .refine((filter) => Object.values(filter).some((value) => value !== undefined), 'to name at least one member')
  .meta({ description: 'As in `GET /v1/intents`.' })
const bulkFrame = {
  filter: bulkFilter,
  dry_run: z.boolean().optional().meta({ description: 'Only count what matches. Default: false.' }),
}
export const bulkBody = z
  .discriminatedUnion('action', [
    z.strictObject({ action: z.literal('cancel'), ...bulkFrame }),
    z.strictObject({ action: z.literal('replay'), ...bulkFrame }),
    z.strictObject({ action: z.literal('settle'), outcome: z.enum(['sent', 'not_sent']), ...bulkFrame }),
  ])
  .meta({
    id: 'BulkRequest',
    examples: [{ action: 'replay', filter: { state: 'failed', reason: 'graph_refused' }, dry_run: true }],
  })

export const conversationsQuery = z.strictObject({
  sender: graphId.optional(),
  open: z
    .enum(['true', 'false'])
    .transform((open) => open === 'true')
    .optional()
    .meta({ description: 'Only conversations whose customer service window is open, or closed.' }),
  window: z
    .enum(['open', 'closing', 'ended', 'never'])
    .optional()
    .meta({ description: 'closing: open, and not for two hours more. never: the contact never wrote.' }),
  free_entry_point: z
    .enum(['possible', 'open'])
    .optional()
    .meta({ description: 'possible: an answer would open it. open: it is open now.' }),
  waiting: onlyTrue('Only conversations in which something is held or scheduled.'),
  unread: onlyTrue('Only conversations in which something came in since somebody of the team read them.'),
  handed_over: onlyTrue('Only conversations that were handed over to a team and not taken since.'),
  q: line(200).optional().meta({ description: 'Part of a name, username or number.' }),
  sort: z.enum(['activity', 'closing']).optional().meta({
    description:
      'activity (default): who wrote last first. closing: open windows first, the one that closes soonest before all others.',
  }),
  ...page,
})

export const conversationCountsQuery = z.strictObject({ sender: graphId.optional() })
export const conversationQuery = z.strictObject({
  unknown: z.enum(['refuse', 'empty']).optional().meta({
    description:
      'Where nothing was exchanged: refuse (default) is 404, empty is 204, which is no failure to who wants to write first.',
  }),
})

/** Its opposite is no filter. */
function onlyTrue(description: string) {
  return z
    .literal('true')
    .transform(() => true as const)
    .optional()
    .meta({ description })
}

export const messagesQuery = z.strictObject(page)
export const messagePath = conversationPath.extend({
  message: line(512).refine((id) => !id.includes('\0'), 'to be the id of a message'),
})
export const readBody = z
  .strictObject({
    receipt: z.boolean().optional().meta({ description: 'Whether the customer is shown it too. Default: false.' }),
  })
  .optional()
export const uploadQuery = z.strictObject({
  sender: graphId,
  filename: line(240)
    .optional()
    .meta({ description: 'What the customer sees of a document; default: one made of its type.' }),
})

export const webhookEventsQuery = z.strictObject({
  state: z.enum(['pending', 'applied', 'failed']).optional(),
  ...page,
})

// Bodies.

const senderSettings = {
  /** Goes into a header of every request to Graph, so it has to be able to stand in one. */
  access_token: z
    .string()
    .min(1)
    .max(4096)
    .regex(/^[\x21-\x7e]+$/, 'to be an access token: visible ASCII characters without spaces')
    .meta({ description: 'Encrypted at rest and never returned.', writeOnly: true }),
  display_phone_number: line(32).optional(),
  verified_name: line(256).optional(),
  throughput_mps: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .meta({ description: 'Messages per second; 80 unless Meta upgraded the number. Default: 80.' }),
  messaging_limit: z.int().min(1).max(2_147_483_647).nullable().optional().meta({
    description: 'Distinct users per rolling 24 h outside the window, for the whole portfolio; null: unlimited.',
  }),
  default_when_closed: whenClosedSchema.optional().meta({ description: 'Default: "hold".' }),
}

export const senderBody = z
  .strictObject({
    phone_number_id: graphId,
    waba_id: graphId,
    portfolio_id: graphId.optional(),
    ...senderSettings,
  })
  .meta({
    id: 'SenderRequest',
    examples: [
      {
        phone_number_id: '106540352242922',
        waba_id: '102290129340398',
        access_token: 'EAAG-the-token-of-a-system-user',
        throughput_mps: 80,
      },
    ],
  })

export const senderPatchBody = z
  .strictObject({ ...senderSettings, ...senderMoney, access_token: senderSettings.access_token.optional() })
  .meta({ id: 'SenderPatch', examples: [{ throughput_mps: 250, default_when_closed: 'fail' }] })

export const senderCheckBody = z.strictObject({ id: graphId.meta({ description: 'Of a linked number.' }) })

export const MAX_BATCH = 1000

/** Zod leaves the examples of a schema out when it transforms what it reads, so this one is put into the document by hand. */
export const intentExample = {
  sender: '106540352242922',
  to: '+5511987654321',
  message: { type: 'text', text: { body: 'Your order has left our warehouse.' } },
  when_closed: { follow_up: { name: 'keep_helping', language: 'en', parameters: { user: 'Ana' } } },
  idempotency_key: 'order-17-shipped',
} satisfies IntentRequest

export const batchBody = z.strictObject({ intents: z.array(intentRequestSchema).max(MAX_BATCH) })
/** Only the frame: each intent is checked apart, so that one mistake does not cost its neighbours. */
export const batchFrame = z.strictObject({ intents: z.array(z.unknown()).max(MAX_BATCH) })

export const settleBody = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('sent'),
    wamid: z
      .string()
      .max(512)
      .regex(/^wamid\.\S+$/, 'to be a wamid')
      .optional(),
  }),
  z.strictObject({ outcome: z.literal('not_sent') }),
])

export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'to be an IANA time zone such as "America/Sao_Paulo"')
  .meta({ examples: ['America/Sao_Paulo'] })

export const consentBody = z
  .strictObject({
    category: z.enum(['marketing', 'utility']),
    state: z.enum(['in', 'out']),
    evidence: z.unknown().optional().meta({ description: 'How you know: any JSON up to 16 KiB, kept as it is.' }),
  })
  .check((ctx) => {
    const found = oversizedJson(ctx.value.evidence, 'evidence')
    if (found) ctx.issues.push({ code: 'custom', input: ctx.value, path: found.path, message: found.message })
  })
  .meta({
    examples: [{ category: 'marketing', state: 'in', evidence: { form: 'checkout', at: '2026-11-20T10:00:00Z' } }],
  })

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
