import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { JOBS, jobRunner } from '../../src/app/jobs.ts'
import { managementIo } from '../../src/app/management-io.ts'
import type { ContactId, ConversationId, PhoneNumberId, Wamid } from '../../src/domain/ids.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, plus } from '../../src/domain/time.ts'
import { insertInbound, saveWindow } from '../../src/store/conversations/conversations.ts'
import { beginReading, endReading } from '../../src/store/outbox/outbox.ts'
import { deliveryRetention } from '../../src/store/passing/retention.ts'
import { tellWindows } from '../../src/store/passing/windows.ts'
import { recordConsent } from '../../src/store/people/consents.ts'
import { eraseContact } from '../../src/usecases/manage-contacts.ts'
import { runJobs } from '../../src/usecases/run-jobs.ts'
import { CALLER, HERE } from '../support/access.ts'
import { campaignsOn } from '../support/lists.ts'
import { fakeGraph } from '../support/management.ts'
import { createPassingWorld, type PassingWorld, payloadOf } from '../support/passing.ts'

let world: PassingWorld
let sender: PhoneNumberId
let other: PhoneNumberId
const URL = 'https://shop.example/casement'
const SOME = 'https://some.example/casement'

beforeAll(async () => {
  world = await createPassingWorld()
  sender = await world.rows.linkSender()
  other = await world.rows.linkSender()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.rows.postgres.pool.query('truncate outbox')
  world.arrivals.length = 0
})
afterEach(async () => {
  for (const { id } of await world.services.listEndpoints(CALLER))
    await world.services.deleteEndpoint(CALLER, id as string)
})

async function pass(): Promise<void> {
  await world.fanOut()
  await world.deliver()
}

interface Told {
  type: string
  timestamp: string
  data: Record<string, unknown>
}
const told = (url = URL) => world.bodies(url) as unknown as Told[]
const types = (url = URL) => told(url).map(({ type }) => type)

let written = 0
async function writes(id: ConversationId): Promise<string> {
  const wamid = `wamid.event.${++written}`
  const at = await world.rows.now()
  const body = { type: 'text', text: { body: 'Hi' } }
  await insertInbound(world.rows.postgres.db, { wamid: wamid as Wamid, conversationId: id, type: 'text', at, body })
  return wamid
}

describe('news', () => {
  it('tells what became of a message, with the summary that a list shows and the state that is told', async () => {
    await world.endpoint({ url: URL, kind: 'events', events: ['intent.*'] })
    const { id, waId } = await world.rows.conversation(sender)
    const intent = await world.rows.intent(sender, id)
    await world.rows.attempt(sender, intent, { event: 'accept' })
    await pass()
    expect(types()).toEqual(['intent.scheduled', 'intent.sent'])
    for (const state of ['scheduled', 'sent']) {
      const { timestamp, data } = told().find(({ type }) => type === `intent.${state}`) as Told
      expect(timestamp).toMatch(/^\d{4}-.*Z$/)
      expect(data).toMatchObject({ workspace: 'default', id: intent, state, sender, to: { wa_id: waId } })
    }
    const ids = world.arrivals.map((one) => one.id)
    expect(new Set(ids).size).toBe(2)
    for (const one of ids) expect(one).toMatch(/^evt_\d+$/)
  })

  it('tells of campaigns with their counts, and of the numbers that an endpoint is for', async () => {
    await world.endpoint({ url: URL, kind: 'events', events: ['campaign.*'] })
    await world.endpoint({ url: SOME, kind: 'events', senders: [other] })
    const campaigns = campaignsOn(world.rows.postgres)
    const message = { type: 'text', text: { body: 'Hello' } }
    const { id } = await campaigns.listed({ sender, message }, 'to\n+5511960000001\n')
    await campaigns.command(id, 'start')
    await campaigns.command(id, 'cancel')
    await pass()
    expect(types()).toEqual(['campaign.created', 'campaign.started', 'campaign.cancelled'])
    expect(told()[2]?.data).toMatchObject({ workspace: 'default', id, sender, counts: { total: 1, cancelled: 1 } })
    expect(told(SOME)).toEqual([])
  })

  it('tells messages to whoever asks for them, and writes none while nobody does', async () => {
    const { id, waId } = await world.rows.conversation(sender)
    await writes(id)
    expect((await world.rows.postgres.pool.query('select from outbox')).rows).toEqual([])
    await world.endpoint({ url: URL, kind: 'events', events: ['message.received'] })
    const wamid = await writes(id)
    await pass()
    expect(told()).toMatchObject([
      {
        type: 'message.received',
        data: { sender, wamid, type: 'text', text: 'Hi', direction: 'inbound', contact: { wa_id: waId } },
      },
    ])
  })

  it('goes only to endpoints of its number, of its account, or of one that talked with the person', async () => {
    await world.endpoint({ url: URL, kind: 'events', senders: [sender] })
    await world.endpoint({ url: SOME, kind: 'events', senders: [other] })
    const { db } = world.rows.postgres
    const mine = await world.rows.conversation(sender)
    await recordConsent(db, mine.contactId, { category: 'marketing', state: 'out' }, 'api')
    await world.rows.senders.pause(HERE, other)
    await writes(mine.id)
    await pass()
    expect(types()).toEqual(expect.arrayContaining(['contact.opted_out', 'message.received']))
    expect(types()).toHaveLength(2)
    expect(types(SOME)).toEqual(['sender.paused'])
    expect(told().find(({ type }) => type === 'contact.opted_out')?.data).toMatchObject({
      wa_id: mine.waId,
      marketing: 'out',
      category: 'marketing',
    })
    await world.rows.senders.resume(HERE, other)
  })

  it('is the same under the same id at every endpoint and in a replay', async () => {
    const id = await world.endpoint({ url: URL, kind: 'events' })
    await world.endpoint({ url: SOME, kind: 'events' })
    await writes((await world.rows.conversation(sender)).id)
    await pass()
    const from = new Date(Number(await world.rows.now()) - HOUR_MS).toISOString()
    const to = new Date(Number(await world.rows.now()) + HOUR_MS).toISOString()
    expect(await world.services.replayDeliveries(CALLER, id, { from, to })).toMatchObject({ ok: true })
    await runAll()
    await world.deliver()
    expect(new Set(world.arrivals.map((one) => one.id)).size).toBe(1)
    expect(world.arrivals.map(({ url }) => url).sort()).toEqual([URL, URL, SOME].sort())
  })
})

const runner = () =>
  jobRunner({
    postgres: world.rows.postgres,
    optOuts: world.rows.optOuts,
    onFailed: (details) => expect(details).toBe(0),
  })
async function runAll(): Promise<void> {
  while (await runJobs(runner(), JOBS)) {}
}

describe('the end of a window', () => {
  /** Answers who. */
  async function wroteAgo(ms: number, who?: string): Promise<string> {
    const { id, waId } = await world.rows.conversation(sender, who)
    const at = plus(await world.rows.now(), -ms)
    await saveWindow(world.rows.postgres.db, id, { openedAt: at, lastInboundAt: at, refutedAt: null })
    return waId
  }
  const tell = async () => {
    while (await tellWindows(world.rows.postgres.pool)) {}
    await pass()
  }

  it('is told before and after to those who name it in full, once', async () => {
    await world.endpoint({ url: URL, kind: 'events', events: ['conversation.closing', 'conversation.ended'] })
    await world.endpoint({ url: SOME, kind: 'events', events: ['conversation.*'] })
    await tell()
    const first = await wroteAgo(21 * HOUR_MS)
    const second = await wroteAgo(HOUR_MS)
    await tell()
    expect(types()).toEqual([])
    await world.later(HOUR_MS + MINUTE_MS)
    await tell()
    await tell()
    expect(told()).toMatchObject([{ type: 'conversation.closing', data: { sender, contact: { wa_id: first } } }])
    await world.later(2 * HOUR_MS)
    await tell()
    expect(types()).toEqual(['conversation.closing', 'conversation.ended'])
    // Nobody led for a day: what has ended is not closing any more.
    await world.later(DAY_MS)
    await tell()
    expect(told().slice(2)).toMatchObject([{ type: 'conversation.ended', data: { contact: { wa_id: second } } }])
    expect(types(SOME)).toEqual(['conversation.opened', 'conversation.opened'])
  })

  it('is not told of somebody who wrote again', async () => {
    await world.endpoint({ url: URL, kind: 'events', events: ['conversation.ended'] })
    await tell()
    const who = await wroteAgo(0)
    await world.later(20 * HOUR_MS)
    await wroteAgo(0, who)
    await world.later(5 * HOUR_MS)
    await tell()
    expect(types()).toEqual([])
  })
})

async function askToErase(waId: string): Promise<void> {
  const io = managementIo(world.rows.postgres, world.rows.senders, fakeGraph(), world.rows.optOuts).contacts
  expect(await eraseContact(io, CALLER, waId)).toMatchObject({ ok: true })
}
/** What the leader does of it before it has to wait. */
async function erase(waId: string): Promise<void> {
  await askToErase(waId)
  await runAll()
}
async function isErased(): Promise<boolean> {
  await runAll()
  const { rows } = await world.rows.postgres.pool.query(`select from jobs where state = 'running'`)
  return rows.length === 0
}
const applied = () =>
  world.rows.postgres.pool.query(`update webhook_events set state = 'applied', applied_at = casement_now()`)
const status = (waId: string, id: string) => ({ id, status: 'read', recipient_id: waId, timestamp: '1790000000' })

describe('a person who is erased', () => {
  it('is in nothing that is delivered later, and their neighbours are', async () => {
    const endpoints = [
      await world.endpoint({ url: URL, kind: 'meta' }),
      await world.endpoint({ url: SOME, kind: 'events', events: ['message.*', 'contact.*'] }),
    ]
    for (const id of endpoints) await world.services.pauseEndpoint(CALLER, id)
    const [gone, stays] = [await world.rows.conversation(sender), await world.rows.conversation(sender)]
    const waba = await world.rows.wabaOf(sender)
    const value = (statuses: object[]) => ({
      field: 'messages',
      value: { metadata: { phone_number_id: sender }, statuses },
    })
    await world.receive(payloadOf(waba, [value([status(gone.waId, 'wamid.a')])]))
    await world.receive(payloadOf(waba, [value([status(gone.waId, 'wamid.b'), status(stays.waId, 'wamid.c')])]))
    await applied()
    const wamids = [await writes(gone.id), await writes(stays.id)]
    await recordConsent(
      world.rows.postgres.db,
      gone.contactId as ContactId,
      { category: 'utility', state: 'out' },
      'api',
    )
    await world.fanOut()
    await erase(gone.waId)
    for (const id of endpoints) await world.services.resumeEndpoint(CALLER, id)
    await world.deliver()

    const all = JSON.stringify(world.arrivals)
    for (const trace of [gone.waId, 'wamid.a', 'wamid.b', wamids[0]]) expect(all).not.toContain(`${trace}\\"`)
    expect(world.bodies(URL)).toMatchObject([{ entry: [{ changes: [{ value: { statuses: [{ id: 'wamid.c' }] } }] }] }])
    expect(told(SOME)).toMatchObject([{ type: 'message.received', data: { wamid: wamids[1] } }])
    const { rows } = await world.rows.postgres.pool.query('select subject from deliveries')
    expect(JSON.stringify(rows)).not.toContain(wamids[0])
  })
})

describe('an erasure', () => {
  it('waits for news of theirs that is still to be handed out', async () => {
    await world.endpoint({ url: URL, kind: 'events', events: ['message.*'] })
    // A program that listens, for which news is kept.
    const reader = randomUUID()
    await beginReading(world.rows.postgres, reader, ['message'])
    const gone = await world.rows.conversation(sender)
    const wamid = await writes(gone.id)
    await askToErase(gone.waId)
    expect(await isErased()).toBe(false)
    await world.fanOut()
    expect(await isErased()).toBe(true)
    await world.deliver()
    await endReading(world.rows.postgres, reader)
    expect(world.arrivals).toEqual([])
    const { rows } = await world.rows.postgres.pool.query(
      'select from deliveries where subject = $1 union all select from news where subject = $1',
      [wamid],
    )
    expect(rows).toEqual([])
  })

  it('waits for who has read something of theirs, until they have said what became of it', async () => {
    const meta = { field: 'messages', value: { metadata: { phone_number_id: sender } } }
    await world.endpoint({ url: URL, kind: 'meta' })
    const gone = await world.rows.conversation(sender)
    const told = { ...meta, value: { ...meta.value, statuses: [status(gone.waId, 'wamid.read')] } }
    await world.receive(payloadOf(await world.rows.wabaOf(sender), [told]))
    await applied()
    await world.fanOut()
    const delivering = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    world.moods.set(URL, async () => {
      delivering.resolve()
      await answer.promise
      return { status: 200, error: null, ms: 1 }
    })
    const over = world.deliver()
    await delivering.promise
    await askToErase(gone.waId)
    expect(await isErased()).toBe(false)
    answer.resolve()
    await over
    expect(await isErased()).toBe(true)
    world.moods.clear()
  })
})

describe('deliveries', () => {
  it('go after 14 days, what waits too, and with their endpoint', async () => {
    const retention = deliveryRetention(world.rows.postgres.db)
    while ((await retention.sweep(100)) > 0) {}
    const id = await world.endpoint({ url: URL, kind: 'events' })
    const { id: conversation } = await world.rows.conversation(sender)
    await writes(conversation)
    await pass()
    await world.services.pauseEndpoint(CALLER, id)
    await writes(conversation)
    await world.fanOut()
    await world.later(13 * DAY_MS)
    const late = await writes(conversation)
    await world.fanOut()
    expect(await retention.sweep(100)).toBe(0)
    await world.later(2 * DAY_MS)
    await deliveryRetention(world.rows.postgres.db).sweep(100)
    world.arrivals.length = 0
    await world.services.resumeEndpoint(CALLER, id)
    await world.deliver()
    expect(told().map(({ data }) => data.wamid)).toEqual([late])

    await world.services.deleteEndpoint(CALLER, id)
    while ((await retention.sweep(100)) > 0) {}
    const left = await world.rows.postgres.pool.query('select from deliveries where endpoint_id = $1', [id])
    expect(left.rows).toEqual([])
  })
})
