import { Client, MessageType } from '@great-detail/whatsapp'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WhatsAppAPI } from 'whatsapp-api-js'
import { BodyComponent, BodyParameter, Image, Template, Text } from 'whatsapp-api-js/messages'
import { API_KEY, type Harness, LINK, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'

/** The smallest PNG. */
const PNG = new Blob(
  [
    Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    ),
  ],
  { type: 'image/png' },
)

interface Sent {
  messages: { id: string; message_status: string }[]
  contacts: { input: string; wa_id: string }[]
}

/** Clients that others wrote for the Cloud API, of which only the host and the token are changed. */
describeEachLaneEngine('in place of the Cloud API', (engine) => {
  let casement: Harness
  let customer: string

  beforeAll(async () => {
    casement = await startHarness(engine)
  })
  afterAll(async () => {
    const u = new URL(casement.databaseUrl)
    const name = u.pathname.slice(1)
    u.pathname = '/postgres'
    const cl = new pg.Client(u.href)
    await cl.connect()
    const t = setTimeout(async () => {
      const r = await cl.query(
        `select application_name, state, query, wait_event, now() - state_change as since from pg_stat_activity where datname = $1`,
        [name],
      )
      process.stderr.write(
        'HANG ' +
          JSON.stringify(
            r.rows.map((x) => [x.application_name, x.state, x.query.slice(0, 90), x.wait_event, x.since]),
          ) +
          '\n',
      )
      const handles = (process as any)
        ._getActiveHandles()
        .map(
          (h: any) =>
            h.constructor.name +
            ' ' +
            (h.remotePort ?? '') +
            '<' +
            (h.localPort ?? '') +
            ' ' +
            (h.address?.()?.port ?? ''),
        )
      process.stderr.write(
        'HANDLES ' + handles.join(' | ') + ' sandbox ' + casement.sandbox.port + ' app ' + casement.url + '\n',
      )
      const sym = Object.getOwnPropertySymbols(process)
    }, 6000)
    const t0 = performance.now()
    await casement.close()
    process.stderr.write('CLOSED ' + Math.round(performance.now() - t0) + '\n')
    clearTimeout(t)
    await cl.end()
  })
  beforeEach(async () => {
    customer = casement.stranger()
    await casement.writes(customer)
  })

  describe('whatsapp-api-js', () => {
    function api(token = API_KEY): WhatsAppAPI {
      const elsewhere: typeof fetch = (input, init) =>
        fetch(String(input).replace('https://graph.facebook.com', casement.url), init)
      return new WhatsAppAPI({ token, appSecret: 'x', v: 'v23.0', ponyfill: { fetch: elsewhere } })
    }
    const person = () => ({ phone: customer, bsuid: 'BR.1' })

    it('sends a text', async () => {
      const sent = (await api().sendMessage(casement.sender, person(), new Text('hello'))) as Sent
      expect(sent).toMatchObject({
        contacts: [{ input: customer, wa_id: customer }],
        messages: [{ message_status: 'accepted' }],
      })
      await casement.intentIn(sent.messages[0]?.id as string, 'sent')
      expect(casement.received(customer)).toEqual(['hello'])
    })

    it('sends a template', async () => {
      const template = new Template(
        'order_update',
        'en',
        new BodyComponent(new BodyParameter('Ana'), new BodyParameter('#17')),
      )
      const sent = (await api().sendMessage(casement.sender, person(), template)) as Sent
      await casement.intentIn(sent.messages[0]?.id as string, 'sent')
      expect(casement.received(customer)).toEqual(['template order_update'])
    })

    it('keeps what the client says to itself, and quotes by intent id', async () => {
      const first = (await api().sendMessage(
        casement.sender,
        person(),
        new Text('first'),
        undefined,
        'order-17',
      )) as Sent
      const firstId = first.messages[0]?.id as string
      const { wamid } = await casement.intentIn(firstId, 'sent')
      const second = (await api().sendMessage(casement.sender, person(), new Text('second'), firstId)) as Sent
      await casement.intentIn(second.messages[0]?.id as string, 'sent')
      const [one, two] = casement.calls(customer)
      expect(one?.opaque).toContain('order-17')
      expect(two?.body).toMatchObject({ context: { message_id: wamid } })
    })

    it('uploads media and sends them', async () => {
      const form = new FormData()
      form.set('file', PNG)
      const { id } = (await api().uploadMedia(casement.sender, form)) as { id: string }
      const sent = (await api().sendMessage(casement.sender, person(), new Image(id, true, 'A pixel'))) as Sent
      await casement.intentIn(sent.messages[0]?.id as string, 'sent')
      expect(casement.calls(customer)[0]).toMatchObject({ type: 'image', outcome: 'accepted', body: { image: { id } } })
      expect(await api().retrieveMedia(id)).toMatchObject({ id, mime_type: 'image/png' })
    })

    it('marks a message read', async () => {
      const { wamid } = casement.sandbox.customers.say(customer, { text: 'Read this' })
      expect(await api().markAsRead(casement.sender, wamid)).toMatchObject({ success: true })
    })

    it('meets the Cloud API’s own errors', async () => {
      expect(await api('wrong').sendMessage(casement.sender, person(), new Text('hello'))).toMatchObject({
        error: { code: 190 },
      })
      expect(await api().sendMessage('1', person(), new Text('hello'))).toMatchObject({
        error: { code: 100, error_subcode: 33 },
      })
      const unknown = new Template('nope', 'en')
      expect(await api().sendMessage(casement.sender, person(), unknown)).toMatchObject({
        error: { code: expect.any(Number) },
      })
      expect(casement.calls(customer)).toEqual([])
    })
  })

  describe('@great-detail/whatsapp', () => {
    function sdk(): Client {
      const headers = { Authorization: `Bearer ${API_KEY}` }
      return new Client({ prefixUrl: casement.url, graphVersion: 'v23.0', request: { headers, retry: 0 } })
    }

    it('sends a text and a template', async () => {
      const message = { phoneNumberID: casement.sender, to: customer }
      const text = await sdk()
        .message.createMessage({ ...message, type: MessageType.Text, text: { body: 'hello' } })
        .json<Sent>()
      await casement.intentIn(text.messages[0]?.id as string, 'sent')
      const language = { policy: 'deterministic' as const, code: 'en_US' as const }
      const template = { name: 'hello_world', language, components: [] }
      const sent = await sdk()
        .message.createMessage({ ...message, type: MessageType.Template, template })
        .json<Sent>()
      await casement.intentIn(sent.messages[0]?.id as string, 'sent')
      expect(casement.received(customer)).toEqual(['hello', 'template hello_world'])
    })

    it('lists templates', async () => {
      const list = await sdk()
        .template.list(LINK.waba_id, { fields: ['name', 'status'], limit: 100 })
        .json<{ data: { name: string }[] }>()
      expect(list.data.map(({ name }) => name)).toEqual(expect.arrayContaining(['keep_helping', 'spring_offer']))
    })

    it('uploads media and looks them up', async () => {
      const upload = {
        phoneNumberID: casement.sender,
        file: PNG,
        filename: 'pixel.png',
        mimeType: 'image/png' as const,
      }
      const { id } = await sdk().media.upload(upload).json<{ id: string }>()
      expect(await sdk().media.getURL({ mediaID: id, phoneNumberID: casement.sender }).json()).toMatchObject({ id })
      expect(await sdk().media.delete({ mediaID: id }).json()).toMatchObject({ success: true })
    })

    it('reads the number', async () => {
      const number = await sdk().phoneNumbers.getPhoneNumber({ phoneNumberID: casement.sender }).json()
      expect(number).toMatchObject({ id: casement.sender })
    })
  })

  describe('a bare request', () => {
    const send = (path: string, headers: Record<string, string> = {}, body: object = {}) =>
      fetch(`${casement.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({
          messaging_product: 'whatsapp',
          to: customer,
          type: 'text',
          text: { body: 'hello' },
          ...body,
        }),
      })

    it.each(['/v16.0', '/v26.0', ''])(
      'is understood with the version "%s" and the key in the query',
      async (version) => {
        const answer = await send(`${version}/${casement.sender}/messages?access_token=${API_KEY}`)
        expect(answer.status).toBe(200)
        const { messages } = (await answer.json()) as Sent
        await casement.intentIn(messages[0]?.id as string, 'sent')
      },
    )

    it('may carry options of ours in a header', async () => {
      const stranger = casement.stranger()
      const options = {
        when_closed: { downgrade: { name: 'hello_world', language: 'en_US' } },
        idempotency_key: stranger,
      }
      const headers = { authorization: `Bearer ${API_KEY}`, 'x-casement-options': JSON.stringify(options) }
      const answers = await Promise.all(
        [1, 2].map(() => send(`/v25.0/${casement.sender}/messages`, headers, { to: stranger })),
      )
      const ids = await Promise.all(
        answers.map(async (answer) => ((await answer.json()) as Sent).messages[0]?.id as string),
      )
      expect(ids[0]).toBe(ids[1])
      await casement.intentIn(ids[0] as string, 'sent')
      expect(casement.received(stranger)).toEqual(['template hello_world'])
    })
  })
})
