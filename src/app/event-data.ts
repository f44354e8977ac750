import type { Purview } from '../domain/access.ts'
import type { ContactId, ConversationId, IntentId, PhoneNumberId } from '../domain/ids.ts'
import type { Topic } from '../domain/news.ts'
import { readKnownSenders } from '../store/accounts/sender-reads.ts'
import { readCampaigns } from '../store/campaigns/campaigns.ts'
import { type FoundMessage, readMessages } from '../store/conversations/messages.ts'
import { readConversationsAt } from '../store/conversations/reads.ts'
import { readFlowRows } from '../store/flows/flows.ts'
import { readRuns } from '../store/flows/run-reads.ts'
import { readIntents } from '../store/intents/reads.ts'
import { numbersOfContacts } from '../store/passing/fan-out.ts'
import type { WaitingDelivery } from '../store/passing/streams.ts'
import { readContacts } from '../store/people/list.ts'
import type { Db } from '../store/pg/postgres.ts'
import { readTemplates } from '../store/templates/reads.ts'
import { viewOfCampaign } from './views/campaign.ts'
import { viewOfContactInList, viewOfConversation, viewOfExchanged } from './views/conversation.ts'
import { viewOfFlow, viewOfRun } from './views/flow.ts'
import { viewOfIntent } from './views/intent.ts'
import { viewOfSender } from './views/sender.ts'
import { viewOfTemplate } from './views/template.ts'

/*
 * What an event is about, as lists show it, when it is delivered: so of somebody who was erased meanwhile nothing is told. The state of an
 * intent is the one that the event told.
 */

type Told = NonNullable<WaitingDelivery['event']> & { type: string }
type Data = Record<string, unknown>
type Reading = (db: Db, purview: Purview, events: Told[], windowMarginMs: number) => Promise<Map<string, Data>>

/** In the order of the events; null of what is gone, or is not the endpoint's to see. */
export async function dataOf(
  db: Db,
  purview: Purview,
  events: (Told | null)[],
  windowMarginMs: number,
): Promise<(Data | null)[]> {
  const found = new Map<string, Map<string, Data>>()
  for (const [topic, reading] of Object.entries(READINGS)) {
    const asked = events.filter((event) => event?.type.startsWith(`${topic}.`) === true) as Told[]
    if (asked.length > 0) found.set(topic, await reading(db, purview, asked, windowMarginMs))
  }
  return events.map((event) => {
    const topic = event?.type.split('.')[0] ?? ''
    const data = event && (found.get(topic)?.get(event.subject) ?? lastWordOf(event, purview))
    return event && data ? { workspace: purview.workspace, ...data, ...toldOf(event) } : null
  })
}

/** A number that was unlinked may be another workspace's by now; that it is this one's no more is told all the same. */
function lastWordOf({ type, subject }: Told, { senders }: Purview): Data | null {
  if (type !== 'sender.unlinked' || senders?.includes(subject as PhoneNumberId) === false) return null
  return { phone_number_id: subject }
}

/** What an event says beyond what its object is. */
function toldOf({ type, payload }: Told): Data {
  const { state, reason, category, source, was, now } = payload
  if (type.startsWith('intent.')) return { state, ...(reason === undefined ? {} : { reason_code: reason }) }
  if (type === 'contact.opted_in' || type === 'contact.opted_out') return { category, source }
  if (type.startsWith('template.')) return { was, now }
  if (type.startsWith('budget.')) return payload
  if (type === 'campaign.paused') return { reason_code: reason }
  if (type === 'flow.handed_over') return { team: payload.team }
  return {}
}

const READINGS: Record<Topic, Reading> = {
  async intent(db, purview, events) {
    const intents = await readIntents(db, purview, subjectsOf<IntentId>(events))
    return new Map(intents.map((intent) => [intent.id, viewOfIntent(intent)]))
  },
  async message(db, purview, events) {
    const messages = await readMessages(db, purview, subjectsOf(events))
    return new Map(messages.map((message) => [message.wamid, viewOfMessage(message)]))
  },
  async conversation(db, { senders }, events, windowMarginMs) {
    // An endpoint may have been given fewer numbers since.
    const mine = events.filter(({ payload }) => senders?.includes(payload.sender as PhoneNumberId) ?? true)
    const conversations = await readConversationsAt(
      db,
      subjectsOf<ConversationId>(mine).map((id) => ({ id })),
    )
    return new Map(
      conversations.map((conversation) => [conversation.id, viewOfConversation(conversation, windowMarginMs)]),
    )
  },
  async contact(db, { senders }, events) {
    const ids = subjectsOf<ContactId>(events)
    const talked = senders && (await numbersOfContacts(db, senders, ids))
    const contacts = await readContacts(db, talked ? ids.filter((id) => talked.has(id)) : ids)
    return new Map(contacts.map((contact) => [contact.contact_id, viewOfContactInList(contact)]))
  },
  async template(db, purview, events) {
    const templates = await readTemplates(db, purview, subjectsOf(events))
    return new Map(templates.map((template) => [template.id, viewOfTemplate(template)]))
  },
  async campaign(db, purview, events) {
    const campaigns = await readCampaigns(db, purview, subjectsOf(events))
    return new Map(campaigns.map((campaign) => [campaign.id, viewOfCampaign(campaign)]))
  },
  flow: flowsOf,
  budget: budgetsOf,
  async sender(db, purview, events) {
    const senders = await readKnownSenders(db, purview, subjectsOf<PhoneNumberId>(events))
    return new Map(senders.map((sender) => [sender.phoneNumberId, { ...viewOfSender(sender) }]))
  },
}

/** About flows themselves, or about their runs, of which a team may have been given the conversation. */
async function flowsOf(db: Db, purview: Purview, events: Told[], windowMarginMs: number): Promise<Map<string, Data>> {
  const aboutRuns = events.filter(({ type }) => type.startsWith('flow.run_') || type === 'flow.handed_over')
  const aboutFlows = events.filter((event) => !aboutRuns.includes(event))
  const handed = aboutRuns.filter(({ type }) => type === 'flow.handed_over')
  const conversations = [...new Set(handed.map(({ payload }) => payload.conversation as ConversationId))]
  const places = await readConversationsAt(
    db,
    conversations.map((id) => ({ id })),
  )
  const noteOf = new Map(places.map((place) => [place.id, viewOfConversation(place, windowMarginMs).handed_over]))
  const notes = new Map(
    handed.map(({ subject, payload }) => [subject, noteOf.get(payload.conversation as ConversationId)]),
  )
  const flows = await readFlowRows(db, purview, subjectsOf(aboutFlows))
  const runs = await readRuns(db, purview, subjectsOf(aboutRuns))
  return new Map<string, Data>([
    ...flows.map((flow): [string, Data] => [flow.name, viewOfFlow(flow)]),
    ...runs.map((run): [string, Data] => {
      const note = notes.get(run.id)
      return [run.id, { ...viewOfRun(run), ...(note ? { handed_over: note } : {}) }]
    }),
  ])
}

/** A budget is what the event says of it; a workspace's is not for who sees only some numbers. */
async function budgetsOf(_db: Db, { senders }: Purview, events: Told[]): Promise<Map<string, Data>> {
  const mine = events.filter(({ payload }) => senders === null || senders.includes(payload.sender as PhoneNumberId))
  return new Map(mine.map(({ subject }) => [subject, {}]))
}

function subjectsOf<Id extends string>(events: Told[]): Id[] {
  return [...new Set(events.map((event) => event.subject as Id))]
}

function viewOfMessage({ sender, wa_id, bsuid, conversation_id: _ours, ...message }: FoundMessage): Data {
  return { sender, contact: { wa_id, user_id: bsuid }, ...viewOfExchanged(message) }
}
