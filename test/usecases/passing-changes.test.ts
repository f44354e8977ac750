import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ContactId, PhoneNumberId } from '../../src/domain/ids.ts'
import { HOUR_MS } from '../../src/domain/time.ts'
import { recordConsent } from '../../src/store/people/consents.ts'
import { mergeContacts } from '../../src/store/people/merge.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { storeCreatedTemplate } from '../../src/store/templates/sync.ts'
import { CALLER, HERE } from '../support/access.ts'
import { answers, createPassingWorld, type PassingWorld, payloadOf } from '../support/passing.ts'

/* What happens between the moment in which something is told and the one in which it goes; and what nobody can deliver. */

let world: PassingWorld
let sender: PhoneNumberId
let other: PhoneNumberId
const URL = 'https://one.example/hooks'
const ELSEWHERE = 'https://elsewhere.example/hooks'

beforeAll(async () => {
  world = await createPassingWorld()
  sender = await world.rows.linkSender()
  other = await world.rows.linkSender()
})
afterAll(() => world.close())
beforeEach(async () => {
  world.arrivals.length = 0
  world.moods.clear()
  await world.rows.postgres.pool.query('truncate outbox')
})
afterEach(async () => {
  for (const { id } of await world.services.listEndpoints(CALLER))
    await world.services.deleteEndpoint(CALLER, id as string)
})

const types = () => world.bodies(URL).map(({ type }) => type)
const bodies = () => world.arrivals.map(({ body }) => body)
const optsOut = (contact: string) =>
  recordConsent(world.rows.postgres.db, contact as ContactId, { category: 'marketing', state: 'out' }, 'api')
const ofNumber = (number: string) => ({
  field: 'messages',
  value: { metadata: { phone_number_id: number }, statuses: [] },
})
const OF_ACCOUNT = { field: 'account_update', value: { event: 'VERIFIED_ACCOUNT' } }

describe('an endpoint that is changed while something waits', () => {
  it('still gets what is about the account when it wants nothing else any more', async () => {
    const id = await world.endpoint({ url: URL, kind: 'meta' })
    await world.receive(payloadOf(await world.rows.wabaOf(sender), [ofNumber(sender), OF_ACCOUNT]))
    await world.fanOut()
    await world.services.updateEndpoint(CALLER, id, { events: ['account_update'] })
    await world.deliver()
    expect(bodies()).toEqual([payloadOf(await world.rows.wabaOf(sender), [OF_ACCOUNT])])
  })

  it('still gets it when it wants more numbers', async () => {
    const id = await world.endpoint({ url: URL, kind: 'meta', senders: [sender] })
    const all = [ofNumber(sender), ofNumber(other), OF_ACCOUNT]
    await world.receive(payloadOf(await world.rows.wabaOf(sender), all))
    await world.fanOut()
    await world.services.updateEndpoint(CALLER, id, { senders: null })
    await world.deliver()
    expect(bodies().join()).toContain('VERIFIED_ACCOUNT')
  })

  it('gets no news that it is not to have any more', async () => {
    const id = await world.endpoint({ url: URL, kind: 'events' })
    await world.rows.senders.pause(HERE, sender)
    await world.rows.senders.resume(HERE, sender)
    await optsOut((await world.rows.conversation(sender)).contactId)
    await world.fanOut()
    await world.services.updateEndpoint(CALLER, id, { senders: [other] })
    await world.deliver()
    expect(types()).toEqual([])
    await optsOut((await world.rows.conversation(other)).contactId)
    await world.rows.senders.pause(HERE, other)
    await world.rows.senders.resume(HERE, other)
    await world.fanOut()
    await world.services.updateEndpoint(CALLER, id, { events: ['sender.resumed'] })
    await world.deliver()
    expect(types()).toEqual(['sender.resumed'])
  })

  it('is not known to be verified at another address, or with another token', async () => {
    const id = await world.endpoint({ url: URL, kind: 'meta', verify_token: 'right' })
    const patched = await world.services.updateEndpoint(CALLER, id, { url: ELSEWHERE })
    expect(patched).toMatchObject({ value: { verified: null } })
    expect(await world.services.testEndpoint(CALLER, id)).toMatchObject({ value: { delivered: true } })
    expect(await world.read(id)).toMatchObject({ verified: true })
    await world.services.updateEndpoint(CALLER, id, { verify_token: 'another' })
    expect(await world.read(id)).toMatchObject({ verified: null })
  })
})

describe('who or what was told of', () => {
  it('may have been merged into somebody meanwhile', async () => {
    await world.endpoint({ url: URL, kind: 'events', events: ['contact.*'] })
    await world.endpoint({ url: ELSEWHERE, kind: 'events', events: ['contact.*'], senders: [sender] })
    const [kept, gone] = [await world.rows.conversation(sender), await world.rows.conversation(sender)]
    const { pool } = world.rows.postgres
    await optsOut(gone.contactId)
    await world.fanOut()
    await recordConsent(world.rows.postgres.db, gone.contactId, { category: 'marketing', state: 'in' }, 'api')
    await inTransaction(pool, (trx) => mergeContacts(trx, kept.contactId, gone.contactId))
    await world.fanOut()
    await world.deliver()
    for (const url of [URL, ELSEWHERE]) {
      const told = world.bodies(url).map(({ type }) => type)
      expect(told).toEqual(['contact.opted_out', 'contact.opted_in', 'contact.merged'])
    }
  })

  it('may be a number that was unlinked, and is another workspace’s by now', async () => {
    await world.endpoint({ url: URL, kind: 'events', events: ['sender.*'] })
    const [gone, moved] = [await world.rows.linkSender(), await world.rows.linkSender()]
    for (const number of [gone, moved]) await world.rows.senders.unlink(HERE, number)
    await world.fanOut()
    const { pool } = world.rows.postgres
    await pool.query(`insert into workspaces (id, name) values ('elsewhere', 'Elsewhere')`)
    await pool.query(`update senders set workspace = 'elsewhere' where phone_number_id = $1`, [moved])
    await world.deliver()
    const told = (number: string) =>
      world.bodies(URL).flatMap(({ type, data }) => {
        const { phone_number_id: id, state } = data as { phone_number_id: string; state?: string }
        return id === number ? [[type, state]] : []
      })
    expect(told(gone)).toEqual([
      ['sender.linked', 'paused'],
      ['sender.unlinked', 'paused'],
    ])
    expect(told(moved)).toEqual([['sender.unlinked', undefined]])
  })

  it('may be a template, which is told to who has a number of its account', async () => {
    await world.endpoint({ url: URL, kind: 'events', events: ['template.*'], senders: [sender] })
    await world.endpoint({ url: ELSEWHERE, kind: 'events', events: ['template.*'], senders: [other] })
    const waba = await world.rows.wabaOf(sender)
    const template = { name: 'hello', language: 'en', category: 'utility', status: 'PENDING' } as const
    const document = { components: [{ type: 'BODY', text: 'Hello' }] }
    const made = { id: '777', ...template, quality: null, document }
    await storeCreatedTemplate(world.rows.postgres.db, waba, made, await world.rows.now())
    await world.fanOut()
    await world.deliver()
    const data = { ...template, workspace: 'default', id: '777', was: null, now: 'PENDING' }
    expect(world.bodies(URL)).toMatchObject([{ type: 'template.created', data }])
    expect(world.bodies(ELSEWHERE)).toEqual([])
  })
})

describe('an endpoint that is gone', () => {
  it('is told nothing for its sake, and listens again when it is resumed', async () => {
    const listening = async () => (await world.rows.postgres.pool.query('select from news_readers')).rowCount
    const id = await world.endpoint({ url: URL, kind: 'events' })
    expect(await listening()).toBe(1)
    world.moods.set(URL, answers(410))
    await world.rows.senders.pause(HERE, sender)
    await world.fanOut()
    await world.deliver()
    expect(await world.read(id)).toMatchObject({ state: 'gone' })
    expect(await listening()).toBe(0)
    await world.services.updateEndpoint(CALLER, id, { events: ['sender.*'] })
    expect(await listening()).toBe(0)
    await world.services.resumeEndpoint(CALLER, id)
    expect(await listening()).toBe(1)
    await world.rows.senders.resume(HERE, sender)
  })
})

describe('what cannot be delivered', () => {
  it('is nothing because of a byte that PostgreSQL does not take', async () => {
    await world.endpoint({ url: URL, kind: 'meta' })
    await world.comes(sender, { statuses: [] }, 'a\u0000b')
    await world.comes(sender, { statuses: [{ id: 'wamid.\u0000', status: 'sent' }] })
    await world.fanOut()
    await world.deliver()
    expect(bodies()).toHaveLength(2)
    expect(bodies()[1]).toContain('"wamid.\\u0000"')
  })

  it('stops no other webhook, and is tried again later', async () => {
    await world.endpoint({ url: URL, kind: 'meta' })
    const { pool } = world.rows.postgres
    await pool.query(`alter table deliveries add constraint poison check (type <> 'poison')`)
    for (const field of ['first', 'poison', 'last']) await world.comes(sender, { statuses: [] }, field)
    await world.fanOut()
    await world.deliver()
    const fields = () => bodies().map((body) => JSON.parse(body).entry[0].changes[0].field)
    expect(fields()).toEqual(['first', 'last'])
    await pool.query('alter table deliveries drop constraint poison')
    await world.fanOut()
    await world.deliver()
    expect(fields()).toEqual(['first', 'last'])
    await world.later(HOUR_MS)
    await world.fanOut()
    await world.deliver()
    expect(fields()).toEqual(['first', 'last', 'poison'])
  })

  it('is known by its number, and what stands before it goes', async () => {
    const id = await world.endpoint({ url: URL, kind: 'events', events: ['contact.*'] })
    await optsOut((await world.rows.conversation(sender)).contactId)
    await world.rows.postgres.pool.query(
      `insert into outbox (workspace, kind, subject, payload) values ('default', 'contact.opted_in', 'nobody', '{}')`,
    )
    await world.fanOut()
    expect(await world.deliver()).toEqual(['failing'])
    expect(types()).toEqual(['contact.opted_out'])
    expect(await world.services.listDeliveries(CALLER, id, { state: 'failed', limit: 10 })).toMatchObject({
      value: { data: [{ attempts: [{ status: null, error: 'Casement could not make its body' }] }] },
    })
  })
})
