import { Client, MessageType } from '@great-detail/whatsapp'
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
  afterAll(() => casement.close())
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
      const about = await api().retrieveMedia(id)
      expect(about).toMatchObject({ id, mime_type: 'image/png' })
      // With the only token that the client has.
      const file = await api().fetchMedia((about as { url: string }).url)
      expect([file.status, file.headers.get('content-type')]).toEqual([200, 'image/png'])
      expect(Buffer.from(await file.arrayBuffer())).toEqual(Buffer.from(await PNG.arrayBuffer()))
    })

    it('downloads what a customer sent', async () => {
      const uploaded = new FormData()
      uploaded.set('file', PNG)
      const { id } = (await api().uploadMedia(casement.sender, uploaded)) as { id: string }
      await casement.query('delete from graph_objects where id = $1', [id])
      expect(await api().retrieveMedia(id)).toMatchObject({ error: { code: 100, error_subcode: 33 } })
      casement.sandbox.customers.send(customer, { content: { type: 'image', image: { id, mime_type: 'image/png' } } })
      await casement.told()
      const { url } = (await api().retrieveMedia(id)) as { url: string }
      expect((await api().fetchMedia(url)).status).toBe(200)
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

    it('follows a list of templates from page to page', async () => {
      let url: string | undefined = `${casement.url}/v23.0/${LINK.waba_id}/message_templates?limit=2&fields=name`
      const names: string[] = []
      while (url !== undefined) {
        expect(url.startsWith(casement.url)).toBe(true)
        const answer = await fetch(url, { headers: { authorization: `Bearer ${API_KEY}` } })
        const text = await answer.text()
        expect(text).not.toContain(LINK.access_token)
        const page = JSON.parse(text) as { data: { name: string }[]; paging?: { next?: string } }
        names.push(...page.data.map(({ name }) => name))
        url = page.paging?.next
      }
      expect(names).toEqual(expect.arrayContaining(['keep_helping', 'spring_offer']))
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
      'is understood with the version "%s" and a key in the query that was made for it',
      async (version) => {
        const path = `${version}/${casement.sender}/messages?access_token=`
        expect((await send(`${path}${API_KEY}`)).status).toBe(401)
        const made = await casement.api<{ key: string }>('POST', '/v1/api-keys', {
          name: 'old client',
          scopes: ['send'],
          allow_query: true,
        })
        const answer = await send(`${path}${made.body.key}`)
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
