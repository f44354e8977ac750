import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { Client, MessageType } from '@great-detail/whatsapp'
import { describe, expect, it } from 'vitest'
import { WhatsAppAPI } from 'whatsapp-api-js'
import {
  ActionButtons,
  Body,
  BodyComponent,
  BodyParameter,
  Button,
  Contacts,
  Image,
  Interactive,
  Name,
  Template,
  Text,
} from 'whatsapp-api-js/messages'
import { ADMIN_KEY, CONTACT, type FakeServices, INTENT, QUERY_KEY, SENDER, WABA } from './fake-services.ts'
import { startServer } from './harness.ts'

/** Clients written by others against the real Graph API; only their host and token are changed. */

interface Listening extends FakeServices {
  url: string
  /** What was passed on to Meta, bodies read to their end. */
  forwarded: { method: string; path: string; query: string; type: unknown; body: string }[]
}

async function listen(): Promise<Listening> {
  const forwarded: Listening['forwarded'] = []
  const server = await startServer({
    passThrough: async (_caller, { method, id, edge, query, body }) => {
      const bytes = body?.kind === 'stream' ? await buffer(body.stream) : (body?.bytes ?? Buffer.alloc(0))
      const path = `${id === null ? '' : `/${id}`}${edge}`
      forwarded.push({ method, path, query: query.toString(), type: body?.type, body: bytes.toString('latin1') })
      const json = { success: true, id: '42', url: 'https://lookaside.fbsbx.com/42', data: [] }
      return { ok: true, value: { status: 200, headers: {}, json, kind: id === '42' ? 'medium' : null } }
    },
  })
  const url = await server.app.listen({ host: '127.0.0.1', port: 0 })
  return { ...server, url, forwarded }
}

function whatsappApiJs({ url }: Listening, token = ADMIN_KEY): WhatsAppAPI {
  const elsewhere: typeof fetch = (input, init) => fetch(String(input).replace('https://graph.facebook.com', url), init)
  return new WhatsAppAPI({ token, appSecret: 'x', v: 'v23.0', ponyfill: { fetch: elsewhere } })
}

function greatDetail({ url }: Listening, token = ADMIN_KEY): Client {
  const headers = { Authorization: `Bearer ${token}` }
  return new Client({ prefixUrl: url, graphVersion: 'v23.0', request: { headers, retry: 0 } })
}

const PNG = new Blob([new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3])], { type: 'image/png' })
/** The SDK sends both ids; the number wins. */
const ana = { phone: CONTACT, bsuid: 'BR.13491208655302741918' }

function enqueued(server: Listening): unknown {
  return server.asked('enqueue')[0]?.[1]
}

describe('whatsapp-api-js', () => {
  it('sends a text and gets the intent id as the message id', async () => {
    const server = await listen()
    const answer = await whatsappApiJs(server).sendMessage(SENDER, ana, new Text('hello'), 'wamid.HBgN', 'order-17')
    expect(answer).toEqual({
      messaging_product: 'whatsapp',
      contacts: [{ input: CONTACT, wa_id: CONTACT }],
      messages: [{ id: INTENT, message_status: 'accepted' }],
    })
    expect(enqueued(server)).toMatchObject([
      {
        to: { wa_id: CONTACT },
        message: { type: 'text', context: { message_id: 'wamid.HBgN' }, biz_opaque_callback_data: 'order-17' },
      },
    ])
  })

  it.each([
    ['a template', () => new Template('order_update', 'en', new BodyComponent(new BodyParameter('Ana')))],
    ['an image', () => new Image('42', true, 'a caption')],
    ['buttons', () => new Interactive(new ActionButtons(new Button('yes', 'Yes')), new Body('Go on?'))],
    ['a contact card', () => new Contacts([new Name('Ana', 'Ana')])],
  ])('sends %s', async (_what, message) => {
    const server = await listen()
    const answer = await whatsappApiJs(server).sendMessage(SENDER, ana, message())
    expect(answer).toMatchObject({ messages: [{ id: INTENT }] })
  })

  it('sends to a BSUID', async () => {
    const server = await listen()
    const bsuid = 'BR.13491208655302741918'
    const answer = await whatsappApiJs(server).sendMessage(SENDER, { bsuid }, new Text('hello'))
    expect(answer).toMatchObject({ contacts: [{ input: bsuid, user_id: bsuid }] })
    expect(enqueued(server)).toMatchObject([{ to: { user_id: bsuid } }])
  })

  it('reads our refusals as Graph errors', async () => {
    const server = await listen()
    const refused = await whatsappApiJs(server, 'wrong').sendMessage(SENDER, ana, new Text('hello'))
    expect(refused).toMatchObject({ error: { code: 190, type: 'OAuthException' } })
    const unknown = await whatsappApiJs(server).sendMessage('1', ana, new Text('hello'))
    expect(unknown).toMatchObject({ error: { code: 100, error_subcode: 33 } })
  })

  it('marks a message read, with a typing indicator', async () => {
    const server = await listen()
    expect(await whatsappApiJs(server).markAsRead(SENDER, 'wamid.HBgN', 'text')).toMatchObject({ success: true })
    expect(JSON.parse(server.forwarded[0]?.body ?? '')).toEqual({
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: 'wamid.HBgN',
      typing_indicator: { type: 'text' },
    })
  })

  it('uploads, looks up and deletes media', async () => {
    const server = await listen()
    const api = whatsappApiJs(server)
    const form = new FormData()
    form.set('file', PNG)
    expect(await api.uploadMedia(SENDER, form)).toMatchObject({ id: '42' })
    expect(await api.retrieveMedia('42', SENDER)).toMatchObject({
      url: `${server.url}/v23.0/42/content?phone_number_id=${SENDER}`,
    })
    expect(await api.deleteMedia('42')).toMatchObject({ success: true })
    const [upload, look, remove] = server.forwarded
    expect(upload).toMatchObject({ method: 'POST', path: `/${SENDER}/media`, query: 'messaging_product=whatsapp' })
    expect(upload?.type).toContain('multipart/form-data; boundary=')
    expect(upload?.body).toContain('\x89PNG\x01\x02\x03')
    expect(look).toMatchObject({ method: 'GET', path: '/42', query: `phone_number_id=${SENDER}` })
    expect(remove).toMatchObject({ method: 'DELETE', path: '/42' })
    expect(JSON.stringify(server.forwarded)).not.toContain(ADMIN_KEY)
  })

  it('blocks and unblocks a user', async () => {
    const server = await listen()
    const elsewhere = whatsappApiJs(server)
    expect(await elsewhere.blockUser(SENDER, ana)).toMatchObject({ success: true })
    expect(await elsewhere.unblockUser(SENDER, ana)).toMatchObject({ success: true })
    expect(server.forwarded.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `POST /${SENDER}/block_users`,
      `DELETE /${SENDER}/block_users`,
    ])
  })
})

describe('@great-detail/whatsapp', () => {
  it('sends a text and a template', async () => {
    const server = await listen()
    const sdk = greatDetail(server)
    const text = await sdk.message
      .createMessage({ phoneNumberID: SENDER, to: CONTACT, type: MessageType.Text, text: { body: 'hello' } })
      .json()
    expect(text).toMatchObject({ contacts: [{ wa_id: CONTACT }], messages: [{ id: INTENT }] })
    const language = { policy: 'deterministic' as const, code: 'en_US' as const }
    const template = { name: 'hello_world', language, components: [] }
    const sent = await sdk.message
      .createMessage({ phoneNumberID: SENDER, to: `+${CONTACT}`, type: MessageType.Template, template })
      .json()
    expect(sent).toMatchObject({ contacts: [{ input: `+${CONTACT}`, wa_id: CONTACT }], messages: [{ id: INTENT }] })
  })

  it('gets a status that it throws at for a wrong key', async () => {
    const server = await listen()
    const sent = greatDetail(server, 'wrong').message.createMessage({
      phoneNumberID: SENDER,
      to: CONTACT,
      type: MessageType.Text,
      text: { body: 'hello' },
    })
    await expect(sent.json()).rejects.toMatchObject({ response: { status: 401 } })
  })

  it('marks a message read', async () => {
    const server = await listen()
    const status = { phoneNumberID: SENDER, status: 'read' as const, message_id: 'wamid.HBgN' }
    expect(await greatDetail(server).message.createStatus(status).json()).toMatchObject({ success: true })
    expect(server.asked('enqueue')).toEqual([])
  })

  it('uploads, looks up and deletes media', async () => {
    const server = await listen()
    const { media } = greatDetail(server)
    const upload = { phoneNumberID: SENDER, file: PNG, filename: 'a.png', mimeType: 'image/png' as const }
    expect(await media.upload(upload).json()).toMatchObject({ id: '42' })
    expect(await media.getURL({ mediaID: '42', phoneNumberID: SENDER }).json()).toMatchObject({ id: '42' })
    expect(await media.delete({ mediaID: '42' }).json()).toMatchObject({ success: true })
    expect(server.forwarded.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `POST /${SENDER}/media`,
      'GET /42',
      'DELETE /42',
    ])
  })

  it('lists, creates, reads and deletes templates', async () => {
    const server = await listen()
    const { template } = greatDetail(server)
    const document = {
      name: 'notice',
      language: 'en_US' as const,
      category: 'UTILITY' as const,
      components: [{ type: 'BODY' as const, text: 'Come in' }],
      parameter_format: 'POSITIONAL' as const,
    }
    await template.list(WABA, { fields: ['name'], limit: 2 }).json()
    await template.create(WABA, document).json()
    await template.get('42', { fields: ['name'] }).json()
    await template.delete(WABA, { name: 'notice' }).json()
    expect(server.forwarded.map(({ method, path, query }) => `${method} ${path}?${query}`)).toEqual([
      `GET /${WABA}/message_templates?limit=2&fields=name`,
      `POST /${WABA}/message_templates?`,
      'GET /42?fields=name',
      `DELETE /${WABA}/message_templates?name=notice`,
    ])
    expect(JSON.parse(server.forwarded[1]?.body ?? '')).toEqual(document)
  })

  it('reads numbers and the profile', async () => {
    const server = await listen()
    const sdk = greatDetail(server)
    await sdk.phoneNumbers.listPhoneNumbers({ businessAccountID: WABA }).json()
    await sdk.phoneNumbers.getPhoneNumber({ phoneNumberID: SENDER }).json()
    await sdk.businessProfile.getBusinessProfile({ phoneNumberID: SENDER, fields: ['about'] }).json()
    expect(server.forwarded).toHaveLength(3)
  })
})

it('a client of the Cloud API that streams its body in chunks is understood', async () => {
  const server = await listen()
  const body = JSON.stringify({ messaging_product: 'whatsapp', to: CONTACT, type: 'text', text: { body: 'hello' } })
  const chunks = Readable.toWeb(Readable.from([Buffer.from(body.slice(0, 20)), Buffer.from(body.slice(20))]))
  const answer = await fetch(`${server.url}/${SENDER}/messages?access_token=${QUERY_KEY}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: chunks as ReadableStream,
    duplex: 'half',
  } as RequestInit)
  expect(answer.status).toBe(200)
})
