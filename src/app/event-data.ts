import type { Purview } from '../domain/access.ts'
import type { ContactId, ConversationId, IntentId, PhoneNumberId } from '../domain/ids.ts'
import type { Topic } from '../domain/news.ts'
import { readKnownSenders } from '../store/accounts/sender-reads.ts'
import { readCampaigns } from '../store/campaigns/campaigns.ts'
import { readConversationsAt } from '../store/conversations/reads.ts'
import { readFlowRows } from '../store/flows/flows.ts'
import { readRuns } from '../store/flows/run-reads.ts'
import { readIntents } from '../store/intents/reads.ts'
import { numbersOfContacts } from '../store/passing/fan-out.ts'
import type { WaitingDelivery } from '../store/passing/streams.ts'
import { readContacts } from '../store/people/list.ts'
import type { Db } from '../store/pg/postgres.ts'
import { readTemplates } from '../store/templates/reads.ts'
import { messagesAsListed } from './listed-messages.ts'
import { viewOfCampaign } from './views/campaign.ts'
import { viewOfContactInList, viewOfConversation } from './views/conversation.ts'
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
  for (const [kind, reading] of Object.entries(READINGS)) {
    const asked = events.filter((event) => event !== null && kindOf(event) === kind) as Told[]
    if (asked.length > 0) found.set(kind, await reading(db, purview, asked, windowMarginMs))
  }
  return events.map((event) => {
    const data = event && (found.get(kindOf(event))?.get(event.subject) ?? lastWordOf(event, purview))
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

/** What it is read as: its topic, but for a run that was handed over, of which more is told. */
function kindOf({ type }: Told): string {
  return type === 'flow.handed_over' ? type : (type.split('.')[0] as string)
}

const READINGS: Record<Topic | 'flow.handed_over', Reading> = {
  async intent(db, purview, events) {
    const intents = await readIntents(db, purview, subjectsOf<IntentId>(events))
    return new Map(intents.map((intent) => [intent.id, viewOfIntent(intent)]))
  },
  async message(db, purview, events) {
    const messages = await messagesAsListed(db, purview, subjectsOf(events))
    return new Map(messages.map(({ message, view }) => [message.wamid, view]))
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
  'flow.handed_over': handedOverOf,
  budget: budgetsOf,
  async sender(db, purview, events) {
    const senders = await readKnownSenders(db, purview, subjectsOf<PhoneNumberId>(events))
    return new Map(senders.map((sender) => [sender.phoneNumberId, { ...viewOfSender(sender) }]))
  },
}

/** About flows themselves, or about their runs. */
async function flowsOf(db: Db, purview: Purview, events: Told[]): Promise<Map<string, Data>> {
  const aboutRuns = events.filter(({ type }) => type.startsWith('flow.run_'))
  const aboutFlows = events.filter((event) => !aboutRuns.includes(event))
  const flows = await readFlowRows(db, purview, subjectsOf(aboutFlows))
  const runs = await readRuns(db, purview, subjectsOf(aboutRuns))
  return new Map<string, Data>([
    ...flows.map((flow): [string, Data] => [flow.name, viewOfFlow(flow)]),
    ...runs.map((run): [string, Data] => [run.id, viewOfRun(run)]),
  ])
}

/** With the note for the team, where nobody has taken the conversation since. */
async function handedOverOf(
  db: Db,
  purview: Purview,
  events: Told[],
  windowMarginMs: number,
): Promise<Map<string, Data>> {
  const conversations = [...new Set(events.map(({ payload }) => payload.conversation as ConversationId))]
  const places = await readConversationsAt(
    db,
    conversations.map((id) => ({ id })),
  )
  const noteOf = new Map(places.map((place) => [place.id, viewOfConversation(place, windowMarginMs).handed_over]))
  const conversationOf = new Map(events.map(({ subject, payload }) => [subject, payload.conversation]))
  const runs = await readRuns(db, purview, subjectsOf(events))
  return new Map(
    runs.map((run): [string, Data] => {
      const note = noteOf.get(conversationOf.get(run.id) as ConversationId)
      return [run.id, { ...viewOfRun(run), ...(note ? { handed_over: note } : {}) }]
    }),
  )
}

/** A budget is what the event says of it; a workspace's is not for who sees only some numbers. */
async function budgetsOf(_db: Db, { senders }: Purview, events: Told[]): Promise<Map<string, Data>> {
  const mine = events.filter(({ payload }) => senders === null || senders.includes(payload.sender as PhoneNumberId))
  return new Map(mine.map(({ subject }) => [subject, {}]))
}

function subjectsOf<Id extends string>(events: Told[]): Id[] {
  return [...new Set(events.map((event) => event.subject as Id))]
}
