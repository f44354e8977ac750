import { WhatsAppClient } from '@kapso/whatsapp-cloud-api'
import { markMessageRead, sendTextMessage, uploadMedia } from '@whatsapp-cloudapi/client'
import { Client, MessageType } from 'great-detail-9'
import { describe, expect, it } from 'vitest'
import { type DropInWorld, HERES, KEYS, startDropIn, TOKENS } from './drop-in-world.ts'
import { CONTACT, INTENT } from './fake-services.ts'

/** More clients written by others, up to what stands in for Meta. Only their host and token are changed. */

const PNG = new File([new Uint8Array([0x89, 0x50, 0x4e, 0x47])], 'a.png', { type: 'image/png' })
const { number, account, medium } = HERES

function meta(): Promise<DropInWorld> {
  return startDropIn(({ method, url, headers }) => {
    if (url.startsWith('/file')) return { file: 1 }
    if (method === 'GET' && url.endsWith('message_templates')) return { data: [{ name: 'notice' }] }
    return { success: true, id: '31337', mime_type: 'image/png', url: `http://${headers.host}/file` }
  })
}

/** Each with the own token of the number, and none with the client's key. */
function expectOwnToken({ reached }: DropInWorld): void {
  for (const { headers } of reached) expect(headers.authorization).toBe(`Bearer ${TOKENS.here}`)
  expect(JSON.stringify(reached)).not.toContain(KEYS.admin)
}

describe('@kapso/whatsapp-cloud-api 0.3', () => {
  const client = ({ url }: DropInWorld) =>
    new WhatsAppClient({ accessToken: KEYS.admin, baseUrl: url, graphVersion: 'v23.0' })

  it('sends a text and a template', async () => {
    const world = await meta()
    const { messages } = client(world)
    const sent = await messages.sendText({ phoneNumberId: number, to: CONTACT, body: 'Hello' })
    expect(sent).toMatchObject({ contacts: [{ waId: CONTACT }], messages: [{ id: INTENT }] })
    await messages.sendTemplate({
      phoneNumberId: number,
      to: `+${CONTACT}`,
      template: { name: 'notice', language: { code: 'en' } },
    })
    expect(world.asked('enqueue')).toHaveLength(2)
  })

  it('marks a message read', async () => {
    const world = await meta()
    await client(world).messages.markRead({ phoneNumberId: number, messageId: 'wamid.HBgN' })
    expect(JSON.parse(world.reached[0]?.body ?? '')).toMatchObject({ status: 'read', message_id: 'wamid.HBgN' })
    expectOwnToken(world)
  })

  it('uploads, looks up, downloads and deletes media', async () => {
    const world = await meta()
    const { media } = client(world)
    expect(await media.upload({ phoneNumberId: number, type: 'image', file: PNG, fileName: 'a.png' })).toMatchObject({
      id: '31337',
    })
    const about = await media.get({ mediaId: '31337', phoneNumberId: number })
    expect(about).toMatchObject({ url: `${world.url}/v23.0/31337/content?phone_number_id=${number}` })
    const file = await media.download({ mediaId: medium, auth: 'always', as: 'response' })
    expect(await (file as Response).json()).toEqual({ file: 1 })
    await media.delete({ mediaId: '31337' })
    expectOwnToken(world)
  })

  it('lists, creates and deletes templates', async () => {
    const world = await meta()
    const { templates } = client(world)
    expect(
      await templates.list({ businessAccountId: account, limit: 10, status: 'APPROVED', order: 'ASC' } as never),
    ).toBeDefined()
    const document = {
      name: 'notice',
      language: 'en',
      category: 'UTILITY' as const,
      components: [{ type: 'BODY', text: 'Hi' }],
    }
    await templates.create({ businessAccountId: account, ...document, parameterFormat: 'POSITIONAL' } as never)
    await templates.delete({ businessAccountId: account, name: 'notice', language: 'en' })
    expect(world.reached.map(({ method }) => method)).toEqual(['GET', 'POST', 'DELETE'])
    expectOwnToken(world)
  })
})

describe('@great-detail/whatsapp 9.2', () => {
  const client = ({ url }: DropInWorld) =>
    new Client({
      prefixUrl: url,
      graphVersion: 'v23.0',
      request: { headers: { Authorization: `Bearer ${KEYS.admin}` }, retry: 0 },
    })

  it('sends, without a version in its paths', async () => {
    const world = await meta()
    const text = { phoneNumberID: number, to: CONTACT, type: MessageType.Text as const, text: { body: 'hello' } }
    expect(await client(world).message.createMessage(text).json()).toMatchObject({ messages: [{ id: INTENT }] })
    const status = { phoneNumberID: number, status: 'read' as const, message_id: 'wamid.HBgN' }
    expect(await client(world).message.createStatus(status).json()).toMatchObject({ success: true })
    expectOwnToken(world)
  })

  it('uploads, looks up, downloads and deletes media', async () => {
    const world = await meta()
    const { media } = client(world)
    const upload = { phoneNumberID: number, file: PNG, filename: 'a.png', mimeType: 'image/png' as const }
    expect(await media.upload(upload).json()).toMatchObject({ id: '31337' })
    const { url } = await media.getURL({ mediaID: '31337', phoneNumberID: number }).json<{ url: string }>()
    const file = await media.download({
      mediaURL: url,
      request: { headers: { Authorization: `Bearer ${KEYS.admin}` } },
    })
    expect(await file.json()).toEqual({ file: 1 })
    expect(await media.delete({ mediaID: '31337' }).json()).toMatchObject({ success: true })
    expectOwnToken(world)
  })

  it('reads numbers and templates', async () => {
    const world = await meta()
    const sdk = client(world)
    await sdk.template.list(account, { fields: ['name', 'status'], limit: 5 }).json()
    await sdk.template.listLibrary({ search: 'order', limit: 5 }).json()
    await sdk.phoneNumbers
      .listPhoneNumbers({ businessAccountID: account, fields: ['id', 'verified_name'] } as never)
      .json()
    await sdk.businessProfile.getBusinessProfile({ phoneNumberID: number, fields: ['about'] }).json()
    expect(world.reached).toHaveLength(4)
    expectOwnToken(world)
  })
})

describe('@whatsapp-cloudapi/client 4.2', () => {
  it('sends, marks read and uploads', async () => {
    const world = await meta()
    const access = { accessToken: KEYS.admin, from: number, baseUrl: world.url }
    expect(await sendTextMessage({ ...access, to: CONTACT, text: 'hello' })).toMatchObject({
      messages: [{ id: INTENT }],
    })
    expect(await markMessageRead({ ...access, messageId: 'wamid.HBgN', showTypingIndicator: true })).toMatchObject({
      success: true,
    })
    expect(await uploadMedia({ ...access, file: PNG })).toMatchObject({ id: '31337' })
    expectOwnToken(world)
  })
})

/** Not installed, since it brings seventy packages along: its requests, as it writes them. */
describe('@chat-adapter/whatsapp 4.41', () => {
  const authorization = `Bearer ${KEYS.admin}`
  const BASE = { messaging_product: 'whatsapp', recipient_type: 'individual', to: CONTACT }

  async function post({ url }: DropInWorld, body: object): Promise<Record<string, unknown>> {
    const answer = await fetch(`${url}/v25.0/${number}/messages`, {
      method: 'POST',
      headers: { Authorization: authorization, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(answer.status).toBe(200)
    return (await answer.json()) as Record<string, unknown>
  }

  it.each([
    { type: 'text', text: { preview_url: false, body: '*bold* _it_ [a](https://example.com)' } },
    { context: { message_id: 'wamid.HBgN' }, type: 'text', text: { preview_url: false, body: 'quoted' } },
    { type: 'image', image: { id: '31337', caption: 'see' } },
    { type: 'document', document: { link: 'https://example.com/a.pdf', filename: 'é ü.pdf' } },
    { type: 'reaction', reaction: { message_id: 'wamid.HBgN', emoji: '👍' } },
    { type: 'reaction', reaction: { message_id: 'wamid.HBgN', emoji: '' } },
    {
      type: 'interactive',
      interactive: {
        type: 'button',
        header: { type: 'text', text: 'T' },
        body: { text: 'Choose' },
        action: {
          buttons: [
            { type: 'reply', reply: { id: 'chat:{"a":"yes"}', title: 'Yes' } },
            { type: 'reply', reply: { id: 'chat:{"a":"no"}', title: 'No' } },
          ],
        },
      },
    },
    {
      type: 'template',
      template: {
        name: 'notice',
        language: { code: 'en' },
        components: [{ type: 'body', parameters: [{ type: 'text', text: 'Tomorrow' }] }],
      },
    },
  ])('sends %j', async (message) => {
    const world = await meta()
    expect(await post(world, { ...BASE, ...message })).toMatchObject({ messages: [{ id: INTENT }] })
    const [, [intent]] = world.asked('enqueue')[0] as [unknown, [{ to: unknown; message: object }]]
    expect(intent.message).toMatchObject(message)
  })

  it('marks read, shows that it writes, and wants to hear of success', async () => {
    const world = await meta()
    const read = { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.HBgN' }
    expect(await post(world, read)).toMatchObject({ success: true })
    const typing = { ...read, typing_indicator: { type: 'text' } }
    expect(await post(world, typing)).toMatchObject({ success: true })
    expect(world.reached.map(({ body }) => JSON.parse(body))).toEqual([read, typing])
    expectOwnToken(world)
  })

  it('uploads, and downloads where the address is of the same origin', async () => {
    const world = await meta()
    const form = new FormData()
    form.append('messaging_product', 'whatsapp')
    form.append('file', PNG, 'a.png')
    const headers = { Authorization: authorization }
    const uploaded = await fetch(`${world.url}/v25.0/${number}/media`, { method: 'POST', headers, body: form })
    expect(await uploaded.json()).toMatchObject({ id: '31337' })
    const about = (await (await fetch(`${world.url}/v25.0/31337`, { headers })).json()) as { url: string }
    expect(new URL(about.url).origin).toBe(world.url)
    const asked = { authorization, 'accept-encoding': 'gzip, deflate, br', 'user-agent': 'Vercel.ChatSDK' }
    const file = await fetch(about.url, { headers: asked, redirect: 'error' })
    expect(await file.json()).toEqual({ file: 1 })
    expectOwnToken(world)
  })
})
