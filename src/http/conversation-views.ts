import * as z from 'zod'
import { COUNTED_FILTERS } from '../usecases/read-conversations.ts'
import { contactFields } from './contact-views.ts'
import { templatePreviewView } from './template-schemas.ts'
import { instant, intentSummaryView, reasonView } from './views.ts'

/* What conversations and their messages look like, for the OpenAPI document and for tests; see views.ts. */

const customerServiceWindow = z.looseObject({
  open: z.boolean(),
  opened_at: instant.nullable(),
  expires_at: instant
    .nullable()
    .meta({ description: 'Stays known after it has passed; null when the contact never wrote.' }),
})

const freeEntryPoint = z
  .looseObject({
    state: z.enum(['none', 'possible', 'estimated', 'confirmed', 'refused']),
    open: z.boolean(),
    entered_at: instant.nullable(),
    reply_by: instant.nullable(),
    opened_at: instant.nullable(),
    expires_at: instant.nullable(),
  })
  .meta({ description: 'Changes what messages cost, never whether free-form may go.' })

const direction = z.enum(['inbound', 'outbound'])
const status = z.enum(['sent', 'delivered', 'read', 'failed']).nullable()

const mentioned = {
  id: z.string().meta({ description: 'The wamid.' }),
  direction,
  type: z.string(),
  text: z.string().nullable().meta({ description: 'Its beginning, 500 characters at most.' }),
  at: instant,
  status,
}

export const conversationSummaryView = z
  .looseObject({
    sender: z.string(),
    contact: z.looseObject(contactFields),
    customer_service_window: customerServiceWindow,
    free_entry_point: freeEntryPoint,
    free_form_until: instant
      .nullable()
      .meta({ description: 'Free-form is sent until then: the end of the window less the margin.' }),
    last_message: z.looseObject(mentioned).nullable(),
    unread: z.int().meta({ description: 'What came in since somebody of the team read it; 100 at most.' }),
    waiting_count: z.int().meta({ description: 'Held and scheduled intents; 100 at most.' }),
    handed_over: z
      .looseObject({ team: z.string().nullable(), note: z.string().nullable(), at: instant })
      .nullable()
      .meta({ description: 'Until a person takes it, or writes.' }),
  })
  .meta({ id: 'ConversationSummary' })

export const messageView = z
  .looseObject({
    id: z.string().meta({ description: 'The wamid.' }),
    direction,
    at: instant,
    type: z.string(),
    text: z
      .string()
      .nullable()
      .meta({ description: 'The words, of a template those of its body as it is today; null when it has none.' }),
    message: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: "The Cloud API's own object; null where a template went in its place." }),
    status,
    wamid: z.string(),
    intent: z.string().nullable(),
    by: z
      .looseObject({
        kind: z.enum(['api', 'campaign', 'flow', 'user', 'phone_app', 'system']),
        name: z.string().nullable(),
      })
      .nullable()
      .meta({ description: 'Who wrote it, of ours. system: Casement, such as an invitation.' }),
    reason: reasonView.nullable().meta({ description: 'Why it failed, in words.' }),
    quoted: z
      .looseObject({
        ...mentioned,
        direction: direction.nullable(),
        type: z.string().nullable(),
        at: instant.nullable(),
      })
      .nullable()
      .meta({ description: 'What it answers; only the id where nobody has that message any more.' }),
    referral: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: 'The ad or button that it came through, as Meta tells it.' }),
    media: z
      .looseObject({
        mime_type: z.string().nullable(),
        size: z.number().nullable().meta({ description: 'Bytes, where Meta told them.' }),
        filename: z.string().nullable(),
      })
      .nullable()
      .meta({ description: 'A file that Meta keeps: `GET …/messages/{id}/media`.' }),
    template: z.string().nullable().meta({ description: 'The name of the template that went.' }),
    preview: templatePreviewView.nullable().meta({ description: 'Of a template that is known here.' }),
    body: z.record(z.string(), z.unknown()).nullable().meta({ description: 'The same as `message`.' }),
    intent_id: z.string().nullable().meta({ description: 'The same as `intent`.' }),
    pricing: z
      .looseObject({
        category: z.string().nullable(),
        type: z.string().nullable(),
        billable: z.boolean().nullable(),
      })
      .nullable()
      .meta({ description: "As Meta's status webhooks told." }),
  })
  .meta({ id: 'Message' })

export const conversationView = conversationSummaryView
  .extend({
    messages: z.array(messageView).meta({ description: 'The newest 50, newest first.' }),
    waiting: z.array(intentSummaryView).meta({
      description: 'The next 100 held and scheduled intents, in the order they will leave.',
    }),
  })
  .meta({ id: 'Conversation' })

export const conversationCountsView = z
  .looseObject({
    counts: z.object(Object.fromEntries(COUNTED_FILTERS.map((name) => [name, z.int()]))),
    at_most: z.int().meta({ description: 'Nothing is counted further: a filter that has as many may have more.' }),
  })
  .meta({ id: 'ConversationCounts' })

export const mediumView = z
  .looseObject({ id: z.string() })
  .meta({ id: 'Medium', examples: [{ id: '1013859600285441' }] })
