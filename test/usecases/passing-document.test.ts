import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ContactId, Wamid } from '../../src/domain/ids.ts'
import type { NewsItem } from '../../src/domain/news.ts'
import { EVENT_NAMES, type EventName } from '../../src/domain/passing.ts'
import { insertInbound } from '../../src/store/conversations/conversations.ts'
import { tell } from '../../src/store/outbox/tell.ts'
import { recordConsent } from '../../src/store/people/consents.ts'
import { mergeContacts } from '../../src/store/people/merge.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { storeCreatedTemplate } from '../../src/store/templates/sync.ts'
import { CALLER, HERE } from '../support/access.ts'
import { createFlowWorld, type FlowWorld } from '../support/flow-world.ts'
import { campaignsOn } from '../support/lists.ts'
import { createPassingWorld, type PassingWorld } from '../support/passing.ts'
import { readToldDocument, type ToldDocument } from '../support/told-document.ts'

/* Every event that can be told is told to an endpoint, and is what the OpenAPI document says it is. */

const URL = 'https://shop.example/casement'
const HAND = `
flow: hand
purpose: service
triggers: [api]
steps:
  - { id: rest, wait: 1h }
  - { id: hand, hand_over: { team: desk, note: "Wants a sofa" } }
  - { id: done, end: handed }
`

let flows: FlowWorld
let world: PassingWorld
let document: ToldDocument
beforeAll(async () => {
  flows = await createFlowWorld()
  world = await createPassingWorld(flows.rows)
  document = await readToldDocument()
})
afterAll(() => flows.close())

it('tells each event as the document has it', async () => {
  const { rows } = world
  const { db, pool } = rows.postgres
  await world.endpoint({ url: URL, kind: 'events', events: EVENT_NAMES })
  const sender = flows.sender
  const customer = await flows.customer()
  const conversation = customer.id

  await flows.deploy(HAND)
  await flows.services.pauseFlow(CALLER, 'hand')
  await flows.services.resumeFlow(CALLER, 'hand')
  const run = await flows.start('hand', customer)
  await flows.services.pauseRun(CALLER, run)
  await flows.services.resumeRun(CALLER, run)
  await flows.tick()
  await flows.advance(3_600_000)
  await flows.tick()

  const campaign = (await campaignsOn(rows.postgres).listed(OFFER(sender), 'to\n+15550009999\n')).id
  const at = await rows.now()
  const body = { type: 'text', text: { body: 'Hi' } }
  const wamid = 'wamid.document' as Wamid
  await insertInbound(db, { wamid, conversationId: conversation, type: 'text', at, body })
  const contact = customer.contactId as ContactId
  for (const state of ['out', 'in'] as const) await recordConsent(db, contact, { category: 'marketing', state }, 'api')
  const { contactId: gone } = await rows.conversation(sender)
  await inTransaction(pool, (trx) => mergeContacts(trx, contact, gone as ContactId))
  await rows.senders.pause(HERE, sender)
  await rows.senders.resume(HERE, sender)
  const template = { name: 'hello', language: 'en', category: 'utility', status: 'PENDING' } as const
  const made = { id: '777', ...template, quality: null, document: { components: [{ type: 'BODY', text: 'Hello' }] } }
  await storeCreatedTemplate(db, await rows.wabaOf(sender), made, at)
  const intent = await rows.intent(sender, conversation)
  await rows.attempt(sender, intent, { event: 'accept' }, 'wamid.sent')

  const { rows: told } = await pool.query<{ kind: EventName }>('select distinct kind from outbox')
  expect(told.map(({ kind }) => kind)).toEqual(expect.arrayContaining(BY_DEED))
  const ofTopic = {
    intent: [intent, {}],
    message: [wamid, { sender, conversation, type: 'text', intent }],
    conversation: [conversation, { sender, conversation }],
    contact: [contact, { contact, merged: gone, category: 'utility', source: 'api' }],
    template: ['777', { waba: await rows.wabaOf(sender), name: 'hello', language: 'en', was: null, now: 'APPROVED' }],
    sender: [sender, { sender, reason: 'by_request' }],
    campaign: [campaign, { sender, reason: 'by_request' }],
    flow: [run, { sender, conversation, flow: 'hand' }],
    budget: ['default', { sender: null, month: '2026-11', amount: '10.00', currency: 'USD', spent: '8.00' }],
  } as Record<string, [string, object]>
  const untold = EVENT_NAMES.filter((name) => !told.some(({ kind }) => kind === name))
  const items = untold.map((kind) => {
    const [topic, what] = kind.split('.') as [string, string]
    const [subject, payload] = ofTopic[topic] as [string, object]
    const state = topic === 'intent' ? { state: what } : {}
    return { workspace: CALLER.workspace, kind, subject, payload: { ...payload, ...state } } as NewsItem
  })
  await tell(db, items)

  await world.fanOut()
  await world.deliver()
  const bodies = world.arrivals.map((one) => one.body)
  const names = bodies.map((one) => JSON.parse(one).type as string)
  expect([...new Set(names)].toSorted()).toEqual(EVENT_NAMES.toSorted())
  expect(document.names.toSorted()).toEqual(EVENT_NAMES.toSorted())
  expect(bodies.flatMap(document.problemsOf)).toEqual([])
})

/** Told by what is done here; the rest is told as whoever does it tells it. */
const BY_DEED: EventName[] = [
  'flow.deployed',
  'flow.paused',
  'flow.resumed',
  'flow.run_started',
  'flow.run_paused',
  'flow.run_resumed',
  'flow.run_ended',
  'flow.handed_over',
  'campaign.created',
  'message.received',
  'contact.opted_out',
  'contact.opted_in',
  'contact.merged',
  'sender.paused',
  'sender.resumed',
  'template.created',
  'intent.sent',
]

const OFFER = (sender: string) => ({ sender, message: { type: 'text', text: { body: 'Hi' } } })
