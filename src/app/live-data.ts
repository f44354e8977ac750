import { allOf } from '../domain/access.ts'
import type { ContactId, ConversationId, IntentId, WorkspaceId } from '../domain/ids.ts'
import type { LiveChange, LiveType } from '../domain/live.ts'
import { toIso } from '../domain/time.ts'
import { readSenders } from '../store/accounts/sender-reads.ts'
import { conversationsOf, readConversationsAt } from '../store/conversations/reads.ts'
import { readFlowRows } from '../store/flows/flows.ts'
import { readRuns } from '../store/flows/run-reads.ts'
import { readIntents } from '../store/intents/reads.ts'
import type { WorkspaceNews } from '../store/outbox/live.ts'
import type { Db } from '../store/pg/postgres.ts'
import { readTemplates } from '../store/templates/reads.ts'
import { messagesAsListed } from './listed-messages.ts'
import { viewOfConversation } from './views/conversation.ts'
import { viewOfFlow, viewOfRun } from './views/flow.ts'
import { viewOfIntent } from './views/intent.ts'
import { viewOfSender } from './views/sender.ts'
import { viewOfTemplate } from './views/template.ts'

/** By the id of an object: the newest of what happened to it. */
type Happened = Map<string, Pick<WorkspaceNews, 'kind' | 'at'>>

/** More than that is not looked up at once: who looks reads everything again instead. */
export const MOST_AT_ONCE = 500

/**
 * What changed by these news of one workspace, as lists show it now, each object once; null where it is too much. What happens in a
 * conversation changes the conversation too.
 */
export async function changesBy(
  db: Db,
  workspace: WorkspaceId,
  news: readonly WorkspaceNews[],
  windowMarginMs: number,
): Promise<LiveChange[] | null> {
  const about = (topic: string) => newestOf(news.filter(({ kind }) => kind.startsWith(`${topic}.`)))
  const [intents, messages, conversations, templates, senders, flows] = [
    about('intent'),
    about('message'),
    about('conversation'),
    about('template'),
    about('sender'),
    about('flow'),
  ] as const
  const contacts = newestOf(news.filter(({ kind }) => kind.startsWith('contact.')))
  if ([intents, messages, conversations, templates, contacts, flows].some(({ size }) => size > MOST_AT_ONCE))
    return null
  const purview = allOf(workspace)
  const change = (type: LiveType, id: string, happened: Happened, senders: string[], data: LiveChange['data']) => {
    const { kind, at } = happened.get(id) as { kind: string; at: WorkspaceNews['at'] }
    return { workspace, type, id, event: kind, at: toIso(at), senders, data }
  }

  const changes: LiveChange[] = []
  for (const intent of await readIntents(db, purview, [...intents.keys()] as IntentId[])) {
    changes.push(change('intent', intent.id, intents, [intent.phone_number_id], viewOfIntent(intent)))
    mention(conversations, intent.conversation_id, intents.get(intent.id))
  }
  for (const { message, view } of await messagesAsListed(db, purview, [...messages.keys()])) {
    const { sender, wamid, conversation_id } = message
    changes.push(change('message', wamid, messages, [sender], view))
    mention(conversations, conversation_id, messages.get(wamid))
  }
  for (const { id, contactId } of await conversationsOf(db, purview, [...contacts.keys()] as ContactId[])) {
    mention(conversations, id, contacts.get(contactId))
  }
  const ids = [...conversations.keys()] as ConversationId[]
  for (const conversation of await readConversationsAt(
    db,
    ids.map((id) => ({ id })),
  )) {
    const view = viewOfConversation(conversation, windowMarginMs)
    changes.push(change('conversation', conversation.id, conversations, [conversation.sender], view))
  }
  for (const run of await readRuns(db, purview, uuidsIn(flows))) {
    changes.push(change('flow', run.id, flows, [run.sender], viewOfRun(run)))
  }
  const written = await readFlowRows(db, purview, [...flows.keys()])
  if (templates.size === 0 && senders.size === 0 && written.length === 0) return changes
  const linked = await readSenders(db, purview)
  for (const flow of written) {
    const numbers = flow.sender === null ? linked.map(({ phoneNumberId }) => phoneNumberId) : [flow.sender]
    changes.push(change('flow', flow.name, flows, numbers, viewOfFlow(flow)))
  }
  for (const template of await readTemplates(db, purview, [...templates.keys()])) {
    const numbers = linked.filter(({ wabaId }) => wabaId === template.waba_id).map(({ phoneNumberId }) => phoneNumberId)
    changes.push(change('template', template.id, templates, numbers, viewOfTemplate(template)))
  }
  for (const id of senders.keys()) {
    // Of one that is not linked any more there is nothing to show, and that is the news.
    const sender = linked.find(({ phoneNumberId }) => phoneNumberId === id)
    changes.push(change('sender', id, senders, [id], sender ? { ...viewOfSender(sender) } : null))
  }
  return changes
}

/** Names of flows have no hyphens. */
function uuidsIn(happened: Happened): string[] {
  return [...happened.keys()].filter((id) => id.includes('-'))
}

function newestOf(news: readonly WorkspaceNews[]): Happened {
  return new Map(news.map(({ subject, kind, at }) => [subject, { kind, at }]))
}

/** Told of by what happened in it, unless something happened to it. */
function mention(
  conversations: Happened,
  id: ConversationId,
  happened: Pick<WorkspaceNews, 'kind' | 'at'> | undefined,
) {
  if (happened !== undefined && !conversations.has(id)) conversations.set(id, happened)
}
