import * as z from 'zod'
import { campaignView } from './campaign-views.ts'
import { conversationSummaryView, messageView } from './conversation-views.ts'
import { flowView, runView } from './flow-run-schemas.ts'
import { senderView } from './sender-views.ts'
import { templateView } from './template-schemas.ts'
import { instant, intentSummaryView } from './views.ts'

/* What a stream of events holds, for the OpenAPI document. */

const helloView = z
  .looseObject({
    server: z.string().meta({ description: 'The version of Casement.' }),
    now: instant.meta({ description: 'The clock by which windows open and close. Countdowns run on it.' }),
  })
  .meta({ id: 'LiveHello', description: 'Of `event: hello`.' })

const resyncView = z.object({}).meta({ id: 'LiveResync', description: 'Of `event: resync`: load again what you show.' })

function changeView(type: string, data: z.ZodType) {
  return z.looseObject({
    type: z.literal(type),
    at: instant,
    event: z.string().meta({ description: 'What happened last, such as message.received.' }),
    id: z.string(),
    data: data.nullable().meta({ description: 'As lists show it now; null where it is in none any more.' }),
  })
}

/** The message of a list, and with whom it was exchanged. */
const liveMessageView = messageView
  .extend({
    sender: z.string(),
    contact: z.looseObject({ wa_id: z.string().nullable(), user_id: z.string().nullable() }),
  })
  .meta({ id: 'LiveMessage' })

export const liveEventView = z
  .union([
    helloView,
    changeView('conversation', conversationSummaryView).meta({ id: 'LiveConversationChange' }),
    changeView('message', liveMessageView).meta({ id: 'LiveMessageChange' }),
    changeView('intent', intentSummaryView).meta({ id: 'LiveIntentChange' }),
    changeView('campaign', campaignView).meta({ id: 'LiveCampaignChange' }),
    changeView('sender', senderView).meta({ id: 'LiveSenderChange' }),
    changeView('template', templateView).meta({ id: 'LiveTemplateChange' }),
    changeView('flow', z.union([flowView, runView])).meta({ id: 'LiveFlowChange' }),
    resyncView,
  ])
  .meta({ id: 'LiveEvent' })
