import type { WorkspaceId } from './ids.ts'
import type { IntentState } from './lifecycle.ts'

/*
 * What others are told, by name. An event says what it is about and where to look, and no more: no texts, no numbers, no names of people, so
 * that nothing in a queue has to be erased with a person. Who hears it looks up the rest.
 *
 * | name | written in the transaction that | of everybody |
 * |---|---|---|
 * | `intent.<state>` | moves the intent; not `dispatching`, not `queued` | yes |
 * | `message.received delivered read failed` | records the message or its status | only while somebody listens to messages: they are most of all |
 * | `conversation.opened entry_opened` | opens a window, or a free entry point, that was closed | yes |
 * | `conversation.changed` | marks a conversation as read, hands it over, takes it, or records a colleague's message; for those who look at it, not for endpoints | yes |
 * | `conversation.closing ended` | finds that its time has come, two hours before the end of the window and at it | only where an endpoint names them in full |
 * | `contact.opted_out opted_in merged` | records the consent, or merges | yes |
 * | `template.created status category category_changed quality components category_announced` | writes the template's history | yes |
 * | `sender.linked unlinked changed paused resumed restricted` | changes the number's row | yes |
 * | `flow.deployed paused resumed` | writes the flow | yes |
 * | `flow.run_started run_paused run_resumed run_ended handed_over` | moves the run | only while somebody listens to flows |
 * | `flow.run_moved` | has a run wait elsewhere, or until another time; for those who look at it, not for endpoints | only while somebody looks at flows |
 * | `campaign.created scheduled started paused resumed finished cancelled` | writes the campaign; what becomes of its recipients is in its counts | yes |
 * | `budget.warned spent` | finds that a budget has reached the level, once in its month | yes |
 */

/** The first word of a name: what it is about, and what is listened to. */
export const TOPICS = [
  'intent',
  'message',
  'conversation',
  'contact',
  'template',
  'sender',
  'budget',
  'campaign',
  'flow',
] as const
export type Topic = (typeof TOPICS)[number]

type ToldState = Exclude<IntentState, 'dispatching'>

/** What is about a conversation names it, and so its contact; ids of our own. */
interface InConversation {
  sender: string
  conversation: string
}

/**
 * By name; the subject is the id of the intent, the wamid, the id of the conversation, contact, template or campaign, the phone number id; of
 * flows the name, and of their runs the id.
 */
export interface NewsPayloads extends Record<`intent.${ToldState}`, { state: ToldState; reason?: string }> {
  'message.received': InConversation & { type: string }
  /** A status is told when it is the furthest so far: `read` may come without `delivered`. */
  'message.delivered': InConversation & { intent: string | null }
  'message.read': InConversation & { intent: string | null }
  'message.failed': InConversation & { intent: string | null }
  'conversation.opened': InConversation
  /** A free entry point opened. */
  'conversation.entry_opened': InConversation
  'conversation.changed': InConversation & { what: 'read' | 'taken' | 'echo' | 'handed_over' }
  'conversation.closing': InConversation
  'conversation.ended': InConversation
  'contact.opted_out': { contact: string; category: 'marketing' | 'utility'; source: string }
  'contact.opted_in': { contact: string; category: 'marketing' | 'utility'; source: string }
  /** `merged`, by its former id, is the contact from now on. */
  'contact.merged': { contact: string; merged: string }
  'template.created': TemplateNews
  'template.status': TemplateNews
  'template.category': TemplateNews
  /** Meta changed it, not whoever made the template: what it costs is another, and what uses it may wait. */
  'template.category_changed': TemplateNews
  'template.quality': TemplateNews
  /** Its text or its buttons are others; `was` and `now` are bodies. */
  'template.components': TemplateNews
  /** Meta will change the category: `now` is the next one. */
  'template.category_announced': TemplateNews
  'sender.linked': { sender: string }
  'sender.unlinked': { sender: string }
  'sender.changed': { sender: string }
  'sender.paused': { sender: string; reason?: string }
  'sender.resumed': { sender: string; reason?: string }
  'sender.restricted': { sender: string; reason?: string }
  'campaign.created': CampaignNews
  /** It was started, and waits for its time. */
  'campaign.scheduled': CampaignNews
  'campaign.started': CampaignNews
  /** By somebody, or by itself: a code. */
  'campaign.paused': CampaignNews & { reason: string }
  /** It runs again, or waits for its time again. */
  'campaign.resumed': CampaignNews
  'campaign.finished': CampaignNews
  'campaign.cancelled': CampaignNews
  'flow.deployed': FlowNews
  'flow.paused': FlowNews
  'flow.resumed': FlowNews
  'flow.run_started': FlowRunNews
  /** By somebody, or because it cannot go on. */
  'flow.run_paused': FlowRunNews
  'flow.run_resumed': FlowRunNews
  'flow.run_moved': FlowRunNews
  'flow.run_ended': FlowRunNews & { outcome: string }
  /** The conversation was given to a team. */
  'flow.handed_over': FlowRunNews & { team: string }
  'budget.warned': BudgetNews
  'budget.spent': BudgetNews
}

interface BudgetNews {
  /** Null: the workspace's. */
  sender: string | null
  month: string
  /** Decimal strings. */
  amount: string
  currency: string
  spent: string
}

interface CampaignNews {
  /** The first of its numbers. */
  sender: string
  /** All of them, where it has several. */
  senders?: string[]
}

/** The subject is its name. */
interface FlowNews {
  flow: string
  /** Not there: of any number. */
  sender?: string
}

/** The subject is the id of the run. */
interface FlowRunNews extends InConversation {
  flow: string
}

interface TemplateNews {
  waba: string
  name: string
  language: string
  was: string | null
  now: string
}

export type NewsKind = keyof NewsPayloads

/** One event, with the payload that its name has. */
export type NewsItem = {
  [K in NewsKind]: { workspace: string; kind: K; subject: string; payload: NewsPayloads[K] }
}[NewsKind]

/** As it comes out of the outbox. */
export interface ToldEvent {
  id: string
  workspace: WorkspaceId
  kind: string
  subject: string
  payload: Record<string, unknown>
  /** As PostgreSQL prints a timestamptz, so that no microsecond is lost on the way. */
  at: string
}
