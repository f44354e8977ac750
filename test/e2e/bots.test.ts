import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { WhatsAppClient } from '@kapso/whatsapp-cloud-api'
import { normalizeWebhook, verifySignature } from '@kapso/whatsapp-cloud-api/server'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { freePort } from '../../src/embedded/ports.ts'
import { API_KEY, type Harness, LINK, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { type Recorder, recorder } from '../support/signals.ts'

/*
 * Bots that were written for Meta, on SDKs that others wrote, behind Casement: what Meta says comes to them, they answer through the
 * drop-in, and know their answers in the statuses by the ids that they were given.
 */

const BOT = fileURLToPath(new URL('../../examples/bot/bot.js', import.meta.url))
const SECRET = 'the-secret-of-an-endpoint'
const VERIFY_TOKEN = 'hello-bot'
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

interface EndpointJson {
  id: string
  verified: boolean | null
}

interface DeliveryJson {
  attempts: { status: number | null }[]
}

describeEachLaneEngine('a bot behind Casement', (engine) => {
  let casement: Harness
  let customer: string
  const opened: { close(): Promise<unknown> }[] = []

  beforeAll(async () => {
    casement = await startHarness(engine, { env: { OUTBOUND_HOSTS: '127.0.0.1' } })
  })
  afterAll(() => casement.close())
  beforeEach(() => {
    customer = casement.stranger()
  })
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close()
  })

  async function passOnTo(url: string, wanted: object = { events: ['messages'] }): Promise<EndpointJson> {
    const endpoint = { url, kind: 'meta', secret: SECRET, verify_token: VERIFY_TOKEN, ...wanted }
    const { status, body } = await casement.api<EndpointJson>('POST', '/v1/webhook-endpoints', endpoint)
    expect(status, JSON.stringify(body)).toBe(201)
    opened.push({ close: () => casement.api('DELETE', `/v1/webhook-endpoints/${body.id}`) })
    return body
  }

  it('runs on whatsapp-api-js, with nothing changed but host and key', async () => {
    const bot = await startBot(casement.url)
    opened.push(bot)
    const endpoint = await passOnTo(bot.url)
    expect(endpoint.verified).toBe(true)
    const { body: tried } = await casement.api('POST', `/v1/webhook-endpoints/${endpoint.id}/test`)
    expect(tried).toMatchObject({ delivered: true, status: 200 })

    const { wamid } = casement.sandbox.customers.say(customer, { text: 'Olá' })
    const said = 'answer 1 - You said: Olá'
    await bot.printed(`sent ${said}`)
    await bot.printed(`delivered ${said}`)
    casement.sandbox.customers.read(customer)
    await bot.printed(`read ${said}`)
    expect(await thread(customer)).toMatchObject([
      { direction: 'in', wamid, status: 'read' },
      { direction: 'out', text: 'You said: Olá', context_id: wamid, status: 'read' },
    ])

    const id = await uploaded()
    casement.sandbox.customers.send(customer, { content: { type: 'image', image: { id, mime_type: 'image/png' } } })
    await bot.printed(`delivered answer 2 - A image of ${PNG.length} bytes.`)
    // Nothing had to be tried twice: what the bot asks for when it is told is there.
    expect(await statusesOf(endpoint)).toEqual(new Set([200]))
  })

  it('runs on @kapso/whatsapp-cloud-api, and knows what is said about its messages', async () => {
    const received = await startReceiver()
    opened.push(received)
    await passOnTo(received.url)
    const client = new WhatsAppClient({ accessToken: API_KEY, baseUrl: casement.url, graphVersion: 'v25.0' })
    const phoneNumberId = casement.sender

    const id = await uploaded()
    casement.sandbox.customers.send(customer, { content: { type: 'image', image: { id, mime_type: 'image/png' } } })
    const message = await received.next(({ messages }) => messages[0])
    expect(message).toMatchObject({ from: customer, type: 'image', image: { id } })
    expect(await client.messages.markRead({ phoneNumberId, messageId: message.id })).toMatchObject({ success: true })
    const file = (await client.media.download({ mediaId: id, phoneNumberId, auth: 'always' })) as ArrayBuffer
    expect(Buffer.from(file)).toEqual(PNG)

    const sent = await client.messages.sendText({ phoneNumberId, to: customer, body: 'A pixel!' })
    const given = sent.messages[0]?.id as string
    for (const status of ['sent', 'delivered']) {
      expect(await received.next(({ statuses }) => statuses.find((one) => one.status === status))).toMatchObject({
        id: given,
        casement: { intent: given, wamid: (await casement.intent(given)).wamid },
      })
    }
    const { wamid } = await casement.intent(given)
    casement.sandbox.customers.react(customer, { emoji: '👍' })
    expect(await received.next(({ messages }) => messages[0])).toMatchObject({
      type: 'reaction',
      reaction: { messageId: given, emoji: '👍' },
    })
    casement.sandbox.customers.say(customer, { text: 'This one', context_id: wamid as string })
    expect(await received.next(({ messages }) => messages[0])).toMatchObject({ context: { id: given } })
  })

  /** How the endpoint has answered, each try of each delivery. */
  async function statusesOf({ id }: EndpointJson): Promise<Set<number | null>> {
    const { body } = await casement.api<{ data: DeliveryJson[] }>('GET', `/v1/webhook-endpoints/${id}/deliveries`)
    return new Set(body.data.flatMap(({ attempts }) => attempts.map(({ status }) => status)))
  }

  /** What the customer's phone shows. */
  async function thread(who: string): Promise<unknown> {
    const response = await fetch(`${casement.sandbox.url}/sandbox/customers/${who}`)
    return ((await response.json()) as { threads: { messages: unknown }[] }).threads[0]?.messages
  }

  /** A file that a customer may send: of nobody's, as far as Casement knows. */
  async function uploaded(): Promise<string> {
    const form = new FormData()
    form.set('messaging_product', 'whatsapp')
    form.set('file', new Blob([PNG], { type: 'image/png' }))
    const headers = { authorization: `Bearer ${LINK.access_token}` }
    const url = `${casement.sandbox.url}/v25.0/${casement.sender}/media`
    const response = await fetch(url, { method: 'POST', headers, body: form })
    return ((await response.json()) as { id: string }).id
  }
})

type Events = ReturnType<typeof normalizeWebhook>

interface Receiver {
  url: string
  /** The next that there is anything to find in. */
  next<Found>(find: (events: Events) => Found | undefined): Promise<Found>
  close(): Promise<void>
}

/** As the SDK's own documentation writes one. */
async function startReceiver(): Promise<Receiver> {
  const events = recorder<Events>()
  const server = createServer(async (request, response) => {
    const rawBody = await buffer(request)
    const signatureHeader = request.headers['x-hub-signature-256'] as string
    const isMetas = verifySignature({ appSecret: SECRET, rawBody, signatureHeader })
    if (request.method === 'POST' && isMetas) events.record(normalizeWebhook(JSON.parse(rawBody.toString('utf8'))))
    response.writeHead(isMetas ? 200 : 401).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async next<Found>(find: (events: Events) => Found | undefined) {
      return find(await events.next((one) => find(one) !== undefined)) as Found
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

interface Bot {
  url: string
  /** Resolves when the bot has written this line. */
  printed(line: string): Promise<unknown>
  close(): Promise<void>
}

async function startBot(graphUrl: string): Promise<Bot> {
  const port = await freePort()
  const child: ChildProcess = spawn(process.execPath, [BOT], {
    env: {
      ...process.env,
      GRAPH_URL: graphUrl,
      TOKEN: API_KEY,
      APP_SECRET: SECRET,
      VERIFY_TOKEN,
      PORT: String(port),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: Recorder<string> = recorder()
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', lines.record)
  const printed = (line: string) => lines.next((one) => one === line)
  await printed('listening')
  return {
    url: `http://127.0.0.1:${port}/`,
    printed,
    async close() {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    },
  }
}
