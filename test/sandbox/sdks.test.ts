import { Client, MessageType } from '@great-detail/whatsapp'
import { describe, expect, it } from 'vitest'
import { WhatsAppAPI } from 'whatsapp-api-js'
import { BodyComponent, BodyParameter, Template, Text } from 'whatsapp-api-js/messages'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { ANA, APP_SECRET, NUMBER, startHook, startSandbox, TOKEN, WABA } from './support.ts'

/** Clients written by others against the real Graph API; only their host is changed. */

function whatsappApiJs(sandbox: Sandbox): WhatsAppAPI {
  const elsewhere: typeof fetch = (input, init) =>
    fetch(String(input).replace('https://graph.facebook.com', sandbox.url), init)
  return new WhatsAppAPI({ token: TOKEN, appSecret: APP_SECRET, v: 'v23.0', ponyfill: { fetch: elsewhere } })
}

function greatDetail(sandbox: Sandbox, graphVersion: 'v20.0' | 'v23.0' = 'v23.0'): Client {
  return new Client({
    prefixUrl: sandbox.url,
    graphVersion,
    request: { headers: { Authorization: `Bearer ${TOKEN}` }, retry: 0 },
  })
}

/** The SDK sends both ids; the number wins. */
function anaIn(sandbox: Sandbox) {
  return { phone: ANA, bsuid: sandbox.customers.customer(ANA).userId }
}

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3])

describe('whatsapp-api-js', () => {
  it('sends text', async () => {
    const sandbox = await startSandbox()
    sandbox.customers.say(ANA, { text: 'hi' })
    const answer = await whatsappApiJs(sandbox).sendMessage(
      NUMBER,
      anaIn(sandbox),
      new Text('hello'),
      undefined,
      'attempt.1',
    )
    expect(answer).toMatchObject({ contacts: [{ wa_id: ANA }], messages: [{ id: expect.stringContaining('wamid.') }] })
    expect(sandbox.ledger()).toMatchObject([{ opaque: 'attempt.1', outcome: 'accepted' }])
  })

  it('sends a template', async () => {
    const sandbox = await startSandbox()
    const body = new BodyComponent(new BodyParameter('Ana'), new BodyParameter('#17'))
    const answer = await whatsappApiJs(sandbox).sendMessage(
      NUMBER,
      anaIn(sandbox),
      new Template('order_update', 'en', body),
    )
    expect(answer).toMatchObject({ messages: [{ id: expect.any(String) }] })
  })

  it('reads a refusal as a Graph error', async () => {
    const sandbox = await startSandbox()
    const answer = await whatsappApiJs(sandbox).sendMessage(NUMBER, anaIn(sandbox), new Text('hello'))
    expect(answer).toMatchObject({ error: { code: 131047 } })
  })

  it('marks a message read', async () => {
    const sandbox = await startSandbox()
    const { wamid } = sandbox.customers.say(ANA, { text: 'hi' })
    expect(await whatsappApiJs(sandbox).markAsRead(NUMBER, wamid, 'text')).toEqual({ success: true })
  })

  it('uploads, looks up, fetches and deletes media', async () => {
    const sandbox = await startSandbox()
    const api = whatsappApiJs(sandbox)
    const form = new FormData()
    form.set('file', new Blob([PNG], { type: 'image/png' }))
    const { id } = (await api.uploadMedia(NUMBER, form)) as { id: string }
    const media = (await api.retrieveMedia(id, NUMBER)) as { url: string; mime_type: string }
    expect(media.mime_type).toBe('image/png')
    const file = await api.fetchMedia(media.url)
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(PNG)
    expect(await api.deleteMedia(id, NUMBER)).toEqual({ success: true })
  })

  it('believes the signature of a webhook', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.customers.say(ANA, { text: 'Olá 👋' })
    await sandbox.settled()
    const api = whatsappApiJs(sandbox)
    const heard: unknown[] = []
    api.on.message = ({ message }) => void heard.push(message)
    const [post] = hook.posts
    await api.post(JSON.parse(post?.body ?? ''), post?.body ?? '', String(post?.headers['x-hub-signature-256']))
    expect(heard).toMatchObject([{ type: 'text', text: { body: 'Olá 👋' } }])
  })
})

describe('@great-detail/whatsapp', () => {
  it('sends text and a template', async () => {
    const sandbox = await startSandbox()
    sandbox.customers.say(ANA, { text: 'hi' })
    const sdk = greatDetail(sandbox)
    const text = await sdk.message
      .createMessage({ phoneNumberID: NUMBER, to: ANA, type: MessageType.Text, text: { body: 'hello' } })
      .json()
    expect(text).toMatchObject({ messages: [{ id: expect.stringContaining('wamid.') }] })
    const template = {
      name: 'hello_world',
      language: { policy: 'deterministic' as const, code: 'en_US' as const },
      components: [],
    }
    const sent = await sdk.message
      .createMessage({ phoneNumberID: NUMBER, to: ANA, type: MessageType.Template, template })
      .json()
    expect(sent).toMatchObject({ contacts: [{ wa_id: ANA }] })
  })

  it('lists, creates and deletes templates', async () => {
    const sandbox = await startSandbox()
    const sdk = greatDetail(sandbox, 'v20.0')
    const list = await sdk.template.list(WABA, { status: ['APPROVED'], fields: ['name', 'status'], limit: 2 }).json()
    expect(list).toMatchObject({
      data: [{ name: 'keep_helping', status: 'APPROVED' }, { name: 'spring_offer' }],
      paging: { next: expect.any(String) },
    })
    const created = await sdk.template
      .create(WABA, {
        name: 'notice',
        language: 'en_US',
        category: 'UTILITY',
        components: [{ type: 'BODY' as const, text: 'Come in' }],
        parameter_format: 'POSITIONAL' as const,
      })
      .json()
    expect(created).toMatchObject({ status: 'PENDING' })
    expect(await sdk.template.delete(WABA, { name: 'notice' }).json()).toEqual({ success: true })
  })

  it('uploads media and reads the number', async () => {
    const sandbox = await startSandbox()
    const sdk = greatDetail(sandbox)
    const file = new Blob([PNG], { type: 'image/png' })
    const { id } = await sdk.media
      .upload({ phoneNumberID: NUMBER, mimeType: 'image/png', file, filename: 'a.png' })
      .json()
    expect(await sdk.media.getURL({ mediaID: id, phoneNumberID: NUMBER }).json()).toMatchObject({
      id,
      mime_type: 'image/png',
    })
    const number = await sdk.phoneNumbers.getPhoneNumber({ phoneNumberID: NUMBER }).json()
    expect(number).toMatchObject({ id: NUMBER, verified_name: 'Lucky Shrub' })
  })

  it('believes the signature of a webhook', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.customers.say(ANA, { text: 'Olá' })
    await sandbox.settled()
    const [post] = hook.posts
    const { webhook } = greatDetail(sandbox)
    const event = await webhook.eventNotification({
      method: 'POST',
      query: {},
      headers: post?.headers ?? {},
      body: post?.body ?? '',
    } as never)
    expect(await event.checkSignature(APP_SECRET)).toBe(true)
  })
})
