import { TOPICS, type Topic } from '../domain/news.ts'
import { EVENT_NAMES, type EventName } from '../domain/passing.ts'

/*
 * What endpoints of the kind `events` are sent, for the OpenAPI document. `data` is the object as its list shows it, and what the event says
 * beside.
 */

interface Described {
  summary: string
  data: object
}

const text = { type: 'string' }
const textOrNull = { type: ['string', 'null'] }
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const consent = {
  type: 'object',
  properties: { category: { enum: ['marketing', 'utility'] }, source: text },
  required: ['category', 'source'],
}
const change = { type: 'object', properties: { was: textOrNull, now: textOrNull } }

const budget = {
  type: 'object',
  properties: {
    sender: { ...textOrNull, description: "Null: the workspace's." },
    month: { ...text, description: 'Such as 2026-11, in the zone of the account.' },
    amount: text,
    spent: text,
    currency: text,
  },
  required: ['sender', 'month', 'amount', 'spent', 'currency'],
}

const handedOver = {
  type: 'object',
  properties: {
    team: text,
    handed_over: {
      type: 'object',
      description: 'Not there where somebody has taken the conversation since.',
      properties: { team: text, note: textOrNull, at: { ...text, format: 'date-time' } },
    },
  },
  required: ['team'],
}

const OF_TOPIC: Record<Topic, Described> = {
  intent: { summary: 'What became of an intent; `state` is the one that is told.', data: ref('IntentSummary') },
  message: { summary: 'A message came, or a status of one of ours.', data: ref('LiveMessage') },
  conversation: { summary: 'The windows of a sender and a contact.', data: ref('ConversationSummary') },
  contact: { summary: 'What somebody wants, or who they turned out to be.', data: ref('Contact') },
  template: { summary: 'A template as Meta holds it, and what changed.', data: { allOf: [ref('Template'), change] } },
  sender: { summary: 'A number that is sent from.', data: ref('Sender') },
  campaign: { summary: 'A campaign was written, or moved; counts as they are now.', data: ref('Campaign') },
  flow: { summary: 'A flow was written, paused or resumed, or one of its runs moved.', data: ref('FlowRunSummary') },
  budget: { summary: 'A budget of this month is used up to its warning, or spent.', data: budget },
}
const OF_NAME: Partial<Record<EventName, object>> = {
  'contact.opted_out': { allOf: [ref('Contact'), consent] },
  'contact.opted_in': { allOf: [ref('Contact'), consent] },
  'campaign.paused': {
    allOf: [
      ref('Campaign'),
      {
        type: 'object',
        properties: { reason_code: { ...text, description: 'Why, also where it goes on by now.' } },
        required: ['reason_code'],
      },
    ],
  },
  'flow.deployed': ref('FlowSummary'),
  'flow.paused': ref('FlowSummary'),
  'flow.resumed': ref('FlowSummary'),
  'flow.handed_over': { allOf: [ref('FlowRunSummary'), handedOver] },
  // Only its id where another workspace has it since.
  'sender.unlinked': {
    anyOf: [ref('Sender'), { type: 'object', properties: { phone_number_id: text }, required: ['phone_number_id'] }],
  },
}

/** By name, as OpenAPI has them. */
export function webhooks(): Record<string, object> {
  const told = EVENT_NAMES.flatMap((name) => {
    const topic = TOPICS.find((one) => name.startsWith(`${one}.`))
    return topic === undefined ? [] : [[name, described(name, OF_TOPIC[topic])] as const]
  })
  return Object.fromEntries(told)
}

function described(name: EventName, { summary, data }: Described): object {
  const workspace = { type: 'object', properties: { workspace: text }, required: ['workspace'] }
  const body = {
    type: 'object',
    properties: {
      type: { const: name },
      timestamp: { ...text, format: 'date-time', description: 'When it happened.' },
      data: { allOf: [workspace, OF_NAME[name] ?? data] },
    },
    required: ['type', 'timestamp', 'data'],
  }
  return {
    post: {
      operationId: `told_${name.replace('.', '_')}`,
      summary,
      tags: ['Passing on'],
      parameters: HEADERS,
      requestBody: { required: true, content: { 'application/json': { schema: body } } },
      responses: {
        '2XX': { description: 'Taken.' },
        '410': { description: 'Nothing is to be sent there any more.' },
        default: { description: 'Not taken: tried again, for three days.' },
      },
    },
  }
}

/** Source: Standard Webhooks, specification (read 2026-11). */
const HEADERS = [
  ['webhook-id', 'The same in every try, at every endpoint and in replays.'],
  ['webhook-timestamp', 'When this try was made; seconds.'],
  ['webhook-signature', '`v1,` and the base64 of an HMAC-SHA256 of id, timestamp and body, with dots between.'],
].map(([name, description]) => ({ name, in: 'header', required: true, description, schema: text }))
