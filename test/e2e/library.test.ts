import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Casement, CasementError, createCasement, type IntentNews, type OtherNews } from '../../src/index.ts'
import { type Harness, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { eventually, recorder, whenNotified } from '../support/signals.ts'
import { DAY_MS, KEEP_HELPING } from './fixtures.ts'

interface Shop {
  orders: { id: string; placedBy: string }
}

describeEachLaneEngine('the library', (engine) => {
  let casement: Harness
  let library: Casement
  let pool: pg.Pool
  let shop: Kysely<Shop>

  beforeAll(async () => {
    casement = await startHarness(engine)
    library = await createCasement({ databaseUrl: casement.databaseUrl })
    pool = new pg.Pool({ connectionString: casement.databaseUrl, max: 4, application_name: 'shop' })
    await pool.query('create table orders (id text primary key, placed_by text not null)')
    shop = new Kysely<Shop>({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin()] })
  })
  afterAll(async () => {
    await library.close()
    await shop.destroy()
    await casement.close()
  })

  let customer: string
  beforeEach(async () => {
    customer = casement.stranger()
    await casement.writes(customer)
  })

  const intent = (body = 'Your order is on its way') => ({
    sender: casement.sender,
    to: `+${customer}`,
    message: { type: 'text' as const, text: { body } },
  })

  const ordersOf = async () => (await pool.query('select 1 from orders where placed_by = $1', [customer])).rowCount
  /** Of the library under test, listening ones included. */
  const connections = async () =>
    (
      await pool.query(
        `select from pg_stat_activity where datname = current_database() and application_name like 'casement l%'`,
      )
    ).rows.length
  const intentsOf = async () =>
    (await casement.api<{ data: unknown[] }>('GET', `/v1/intents?to=${customer}`)).body.data.length

  it('makes and runs campaigns as HTTP does', async () => {
    const { campaigns } = library
    const message = { type: 'text', text: { body: 'Hello {{name | there}}' } }
    const { id } = await campaigns.create({ name: 'Spring', sender: casement.sender, message })
    await expect(campaigns.start(id)).rejects.toMatchObject({
      code: 'campaign_blocked',
      status: 409,
      field: 'audience',
    })
    expect(await campaigns.import(id, `to,name\n+${customer},Ana\n`)).toMatchObject({ rows: 1, accepted: 1 })
    expect(await campaigns.start(id)).toEqual({ state: 'running', checked: false })
    await eventually(async () => (await campaigns.get(id)).state === 'finished')
    expect(casement.received(customer)).toEqual(['Hello Ana'])
    const [line] = await (await campaigns.recipients(id)).toArray()
    expect(JSON.parse(line)).toMatchObject({ to: `+${customer}`, state: 'sent', columns: { name: 'Ana' } })
    const again = (await campaigns.create({ name: 'Again', sender: casement.sender, message })).id
    expect(await campaigns.importFrom(again, { from_campaign: { id, states: ['sent'] } })).toMatchObject({
      accepted: 1,
    })
    expect(await campaigns.importFrom(again, { from_contacts: { q: customer } })).toMatchObject({ duplicates: 1 })
    const rows = [{ to: `+${customer}` }, { to: '12' }]
    expect(await campaigns.import(again, JSON.stringify(rows), { format: 'array' })).toMatchObject({ invalid: 1 })
    // The same through a socket, whose body comes as it comes.
    expect(await casement.api('POST', `/v1/campaigns/${again}/audience`, rows)).toMatchObject({
      status: 200,
      body: { rows: 2, duplicates: 1, invalid: 1 },
    })
    const body = { from_contacts: { q: customer } }
    expect(await casement.api('POST', `/v1/campaigns/${again}/audience`, body)).toMatchObject({
      status: 200,
      body: { state: 'ready', rows: 1, duplicates: 1 },
    })
    await expect(campaigns.importFrom(again, {} as never)).rejects.toMatchObject({ code: 'invalid', status: 400 })
  })

  it('begins runs of flows, in the transaction of whoever asks', async () => {
    const document = {
      flow: 'by_library',
      purpose: 'service',
      data: { order: 'string' },
      triggers: ['api'],
      once: { per: 'contact' },
      steps: [
        { id: 'greet', send: { text: 'Order {{data.order}} it is.' }, when_closed: 'fail' },
        { id: 'rest', wait: '1d' },
      ],
    }
    expect(await casement.api('PUT', '/v1/flows/by_library', document)).toMatchObject({ status: 200 })
    const asked = { sender: casement.sender, to: `+${customer}`, data: { order: '17' } }
    const runs = async () =>
      (await casement.api<{ data: unknown[] }>('GET', '/v1/flows/by_library/runs')).body.data.length
    const failing = shop.transaction().execute(async (trx) => {
      await library.flows.start('by_library', asked, { trx })
      throw new Error('no order')
    })
    await expect(failing).rejects.toThrow('no order')
    expect(await runs()).toBe(0)
    await shop.transaction().execute(async (trx) => {
      await trx.insertInto('orders').values({ id: '17', placedBy: customer }).execute()
      await library.flows.start('by_library', asked, { trx })
    })
    await eventually(async () => casement.received(customer).includes('Order 17 it is.'))
    const narrow = await createCasement({ databaseUrl: casement.databaseUrl, maxConnections: 1 })
    try {
      await expect(narrow.flows.start('by_library', asked)).rejects.toMatchObject({ code: 'once', status: 409 })
      await expect(narrow.flows.start('nobody', asked)).rejects.toMatchObject({ code: 'flow_unknown', status: 404 })
      await expect(narrow.flows.start('by_library', { ...asked, data: {} })).rejects.toMatchObject({
        field: 'data.order',
      })
    } finally {
      await narrow.close()
    }
  })

  it('needs no second connection for what it enqueues, however many come at once', async () => {
    const narrow = await createCasement({ databaseUrl: casement.databaseUrl, maxConnections: 1 })
    try {
      const enqueued = await Promise.all(['One', 'Two', 'Three'].map((body) => narrow.enqueue(intent(body))))
      expect(enqueued.map(({ state }) => state)).toEqual(['scheduled', 'scheduled', 'scheduled'])
    } finally {
      await narrow.close()
    }
  })

  it('enqueues on its own, and says what would become of it', async () => {
    const { id, state, window, forecast } = await library.enqueue(intent())
    expect({ state, open: window.open, kind: forecast.kind }).toEqual({ state: 'scheduled', open: true, kind: 'send' })
    await casement.intentIn(id, 'sent')
  })

  it('says what would become of a message, and stores none', async () => {
    const later = new Date(Date.now() + 3 * 24 * 3_600_000).toISOString()
    const asked = { ...intent(), send_at: later, when_closed: 'fail' as const }
    expect(await library.forecast(asked)).toMatchObject({
      window: { open: true },
      now: { kind: 'send', text: expect.stringContaining('it will go as it is') },
      at_send_at: { kind: 'fail', text: expect.stringContaining('before this goes: it will fail') },
    })
    expect(await intentsOf()).toBe(0)
    await expect(library.forecast({ ...asked, to: 'nobody' })).rejects.toMatchObject({ status: 400, field: 'to' })
  })

  it('changes what has not left, as HTTP does, and nothing else', async () => {
    const later = new Date(Date.now() + 3_600_000).toISOString()
    const { id } = await library.enqueue({ ...intent('Old'), send_at: later })
    const message = { type: 'text', text: { body: 'New' } }
    expect(await library.change(id, { message })).toMatchObject({
      id,
      state: 'scheduled',
      send_at: later,
      members: ['message'],
      forecast: { at: later, kind: 'send', text: expect.stringContaining('it will go as it is') },
    })
    expect(await library.change(id, { message })).toMatchObject({ members: [] })
    await expect(library.change(id, { message: { type: 'text' } as never })).rejects.toMatchObject({
      status: 400,
      field: 'message.text',
    })
    await expect(library.change('nonsense', { message })).rejects.toMatchObject({ status: 404 })
    await library.change(id, { send_at: null })
    await casement.intentIn(id, 'sent')
    expect(casement.received(customer)).toEqual(['New'])
    await expect(library.change(id, { message })).rejects.toMatchObject({ status: 409, code: 'wrong_state' })
  })

  it('expects what HTTP expects it to cost', async () => {
    const template = { name: 'order_update', language: { code: 'en' } }
    const parameters = ['Ana', '#17'].map((value) => ({ type: 'text', text: value }))
    const message = { type: 'template', template: { ...template, components: [{ type: 'body', parameters }] } }
    await eventually(async () => {
      const { forecast } = await library.enqueue({ ...intent(), message })
      const asked = await casement.api<typeof forecast>('POST', '/v1/intents', { ...intent(), message })
      expect(forecast.price).toMatchObject({ amount: '0.007000', currency: 'USD', category: 'utility' })
      expect(forecast.price).toEqual((asked.body as unknown as { forecast: typeof forecast }).forecast.price)
    })
  })

  describe('inside a Kysely transaction, with plugins that rename columns,', () => {
    it('sends when it commits', async () => {
      const id = await shop.transaction().execute(async (trx) => {
        await trx.insertInto('orders').values({ id: customer, placedBy: customer }).execute()
        const enqueued = await library.enqueue(intent(), { trx })
        expect(await intentsOf()).toBe(0)
        return enqueued.id
      })
      await casement.intentIn(id, 'sent')
      expect(await ordersOf()).toBe(1)
      expect(casement.received(customer)).toEqual(['Your order is on its way'])
    })

    it('enqueues nothing when it rolls back', async () => {
      const failing = shop.transaction().execute(async (trx) => {
        await trx.insertInto('orders').values({ id: customer, placedBy: customer }).execute()
        await library.enqueueMany([intent('one'), intent('two')], { trx })
        throw new Error('out of stock')
      })
      await expect(failing).rejects.toThrow('out of stock')
      expect([await ordersOf(), await intentsOf()]).toEqual([0, 0])
      expect(casement.received(customer)).toEqual([])
    })

    it('refuses a bad intent without breaking the transaction', async () => {
      await shop.transaction().execute(async (trx) => {
        const refused = library.enqueue({ ...intent(), to: 'nobody' }, { trx })
        await expect(refused).rejects.toMatchObject({ code: 'invalid', field: 'to', status: 400 })
        await trx.insertInto('orders').values({ id: customer, placedBy: customer }).execute()
      })
      expect([await ordersOf(), await intentsOf()]).toEqual([1, 0])
    })
  })

  describe('inside the transaction of a pg client', () => {
    async function transaction(
      end: 'commit' | 'rollback',
      work: (client: pg.PoolClient) => Promise<string>,
    ): Promise<string> {
      const client = await pool.connect()
      try {
        await client.query('begin')
        await client.query('insert into orders values ($1, $1)', [customer])
        const id = await work(client)
        await client.query(end)
        return id
      } finally {
        client.release()
      }
    }

    it('sends when it commits', async () => {
      const id = await transaction('commit', async (client) => (await library.enqueue(intent(), { trx: client })).id)
      await casement.intentIn(id, 'sent')
      expect(await ordersOf()).toBe(1)
    })

    it.each([
      [true, 'casement_due'],
      [false, 'nothing'],
    ])('with notify %s, the commit says %s', async (notify, said) => {
      // A channel of its own tells the end, since nothing would tell of a notification that does not come.
      const heard = await whenNotified(casement.databaseUrl, 'casement_due', 'committed')
      try {
        await casement.api('POST', `/v1/senders/${casement.sender}/pause`)
        await transaction('commit', async (client) => {
          const { id } = await library.enqueue(intent(), { trx: client, notify })
          await client.query(`select pg_notify('committed', 'committed')`)
          return id
        })
        await eventually(() => expect(heard.payloads).toContain('committed'), { on: heard })
        expect(heard.payloads).toEqual([...(said === 'nothing' ? [] : ['']), 'committed'])
      } finally {
        await heard.close()
        await casement.api('POST', `/v1/senders/${casement.sender}/resume`)
      }
    })

    it('leaves within moments of a commit that did not notify', async () => {
      const id = await transaction(
        'commit',
        async (client) => (await library.enqueue(intent(), { trx: client, notify: false })).id,
      )
      await casement.intentIn(id, 'sent')
    })

    it('enqueues nothing when it rolls back', async () => {
      await transaction('rollback', async (client) => (await library.enqueue(intent(), { trx: client })).id)
      expect([await ordersOf(), await intentsOf()]).toEqual([0, 0])
    })

    it('joins a client whose type parsers are the caller’s own', async () => {
      // What programs commonly read in their own way: bigint, numeric, dates, JSON.
      const own = [20, 1700, 1082, 1114, 1184, 114, 3802]
      const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
        own.includes(oid) ? (value: string) => `own: ${value}` : pg.types.getTypeParser(oid, format as 'text')
      const types = { getTypeParser }
      const client = new pg.Client({ connectionString: casement.databaseUrl, application_name: 'odd types', types })
      await client.connect()
      try {
        await client.query('begin')
        const { id, window } = await library.enqueue(
          { ...intent(), when_closed: { follow_up: KEEP_HELPING } },
          { trx: client },
        )
        await client.query('commit')
        expect(window.open).toBe(true)
        await casement.intentIn(id, 'sent')
      } finally {
        await client.end()
      }
    })
  })

  it('answers many in order, with the mistakes in their places', async () => {
    const outcomes = await library.enqueueMany([intent('one'), { ...intent(), sender: '1' }, intent('two')])
    expect(outcomes.map((outcome) => ('error' in outcome ? outcome.error.field : 'ok'))).toEqual(['ok', 'sender', 'ok'])
    const [, , last] = outcomes
    await casement.intentIn((last as { id: string }).id, 'sent')
    expect(casement.received(customer)).toEqual(['one', 'two'])
  })

  it('knows an idempotency key across transactions', async () => {
    const once = { ...intent(), idempotency_key: customer }
    const first = await library.enqueue(once)
    expect((await library.enqueue(once)).id).toBe(first.id)
    const other = library.enqueue({ ...once, metadata: 1 })
    await expect(other).rejects.toBeInstanceOf(CasementError)
    await expect(other).rejects.toMatchObject({ status: 409, code: 'idempotency_conflict' })
  })

  it('tells the window of a sender and a contact', async () => {
    expect(await library.window(casement.sender, customer)).toMatchObject({ open: true, opened_at: expect.any(String) })
    await casement.age(customer, DAY_MS)
    expect(await library.window(casement.sender, customer)).toMatchObject({
      open: false,
      expires_at: expect.any(String),
    })
    expect(await library.window(casement.sender, '5511900000000')).toEqual({
      open: false,
      opened_at: null,
      expires_at: null,
    })
  })

  it('cancels what has not left, and says when it could not', async () => {
    const { id } = await library.enqueue({ ...intent(), send_at: new Date(Date.now() + 60_000).toISOString() })
    expect(await library.cancel(id)).toBe('cancelled')
    expect(await casement.intent(id)).toMatchObject({ state: 'cancelled', reason: { code: 'by_request' } })
    expect(await library.cancel(id)).toBe(false)
    expect(await library.cancel('nonsense')).toBe(false)
  })

  it('tells news of intents, and leaves nothing open when it is closed', async () => {
    const before = await connections()
    const listening = await createCasement({ databaseUrl: casement.databaseUrl })
    const news = recorder<IntentNews>()
    listening.on('intent', news.record)
    // At once, and so before the listening has begun by itself.
    const sent = await listening.enqueue(intent('heard'))
    expect(await news.next(({ id }) => id === sent.id)).toMatchObject({ state: 'scheduled', reason_code: null })
    expect(await news.next(({ id, state }) => id === sent.id && state !== 'scheduled')).toMatchObject({
      state: 'sent',
      reason_code: null,
    })
    await casement.age(customer, DAY_MS)
    const held = await library.enqueue({ ...intent('held'), when_closed: 'hold' })
    expect(await news.next(({ id, state }) => id === held.id && state !== 'scheduled')).toMatchObject({
      state: 'held',
      reason_code: 'awaiting_window',
    })
    const failed = await library.enqueue({ ...intent('failed'), when_closed: 'fail' })
    expect(await news.next(({ id, state }) => id === failed.id && state !== 'scheduled')).toMatchObject({
      state: 'failed',
      reason_code: 'window_closed',
    })
    await listening.close()
    // Those of the other one that were idle may be gone by now.
    await eventually(async () => (await connections()) <= before)
  })

  it('tells news of messages and people to whoever asks for them', async () => {
    const listening = await createCasement({ databaseUrl: casement.databaseUrl })
    const [messages, conversations, contacts] = [recorder<OtherNews>(), recorder<OtherNews>(), recorder<OtherNews>()]
    listening.on('message', messages.record)
    listening.on('conversation', conversations.record)
    listening.on('contact', contacts.record)
    const theirs = (news: OtherNews) => news.contact?.wa_id === customer
    // Nothing says when the listening has begun: a message of its own does.
    await eventually(async () => {
      await casement.writes(customer)
      await messages.next((news) => theirs(news) && news.type === 'message.received', 1_000)
    })
    const { id } = await library.enqueue(intent('heard'))
    const delivered = await messages.next((news) => news.type !== 'message.received' && news.data.intent === id)
    expect(delivered).toMatchObject({ contact: { wa_id: customer }, data: { sender: casement.sender } })
    expect(delivered.data).not.toHaveProperty('conversation')
    await casement.writes(customer, undefined, 'STOP')
    expect(await contacts.next(theirs)).toMatchObject({
      type: 'contact.opted_out',
      data: { category: 'marketing', source: 'word' },
    })
    await casement.age(customer, DAY_MS)
    await casement.writes(customer)
    expect(await conversations.next(theirs)).toMatchObject({ type: 'conversation.opened' })
    await listening.close()
  })
})
