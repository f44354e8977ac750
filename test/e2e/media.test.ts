import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API_KEY, type Harness, LINK, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'

/** The smallest PNG. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const MEGABYTE = 1024 * 1024

interface FileMessage {
  wamid: string
  type: string
  direction: string
  media: { mime_type: string | null; size: number | null; filename: string | null } | null
}

/* Files both ways, through everything that is between an operator's browser and the customer's phone. */

describe('files', () => {
  let casement: Harness

  beforeAll(async () => {
    casement = await startHarness(lanesOnPostgres)
  })
  afterAll(() => casement.close())

  const request = (path: string, init: RequestInit = {}, key = API_KEY) =>
    fetch(`${casement.url}${path}`, { ...init, headers: { authorization: `Bearer ${key}`, ...init.headers } })

  async function upload(bytes: Buffer, type: string) {
    const answer = await request(`/v1/media?sender=${casement.sender}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: bytes as Buffer<ArrayBuffer>,
    })
    const body = (await answer.json()) as { id: string; error?: { code: string; field: string; message: string } }
    return { status: answer.status, body }
  }

  /** A file that lies at Meta, as what a customer sends does. */
  async function atMeta(type: string, bytes: Buffer): Promise<string> {
    const form = new FormData()
    form.set('messaging_product', 'whatsapp')
    form.set('file', new Blob([bytes as Buffer<ArrayBuffer>], { type }))
    const answer = await fetch(`${casement.sandbox.url}/v25.0/${casement.sender}/media`, {
      method: 'POST',
      headers: { authorization: `Bearer ${LINK.access_token}` },
      body: form,
    })
    return ((await answer.json()) as { id: string }).id
  }

  async function thread(customer: string): Promise<FileMessage[]> {
    const path = `/v1/conversations/${casement.sender}/${customer}/messages`
    return (await casement.api<{ data: FileMessage[] }>('GET', path)).body.data
  }

  const fileOf = (customer: string, wamid: string) =>
    `/v1/conversations/${casement.sender}/${customer}/messages/${encodeURIComponent(wamid)}/media`

  it('go to a customer by the id that an upload gave', async () => {
    const customer = casement.stranger()
    await casement.writes(customer)
    const { status, body } = await upload(PNG, 'image/png')
    expect(status).toBe(200)
    const message = { type: 'image', image: { id: body.id, caption: 'A pixel.' } }
    const { id } = await casement.enqueue({ to: `+${customer}`, message })
    const { wamid } = await casement.intentIn(id, 'sent')
    const sent = (await thread(customer)).find((one) => one.wamid === wamid)
    expect(sent).toMatchObject({ direction: 'outbound', type: 'image', media: expect.objectContaining({}) })
    const file = await request(fileOf(customer, wamid as string))
    expect(Buffer.from(await file.arrayBuffer())).toEqual(PNG)
  })

  it('that a customer sent are shown where a page may show them, whole or in parts', async () => {
    const customer = casement.stranger()
    const id = await atMeta('image/png', PNG)
    casement.sandbox.customers.send(customer, { content: { type: 'image', image: { id, mime_type: 'image/png' } } })
    await casement.told()
    const [message] = await thread(customer)
    expect(message).toMatchObject({ direction: 'inbound', type: 'image', media: { mime_type: 'image/png' } })
    const path = fileOf(customer, message?.wamid as string)
    const whole = await request(path)
    expect(whole.status).toBe(200)
    expect(whole.headers.get('content-type')).toBe('image/png')
    expect(whole.headers.get('content-disposition')).toMatch(/^inline/)
    expect(whole.headers.get('x-content-type-options')).toBe('nosniff')
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(PNG)
  })

  it('that are documents are an attachment under their own name', async () => {
    const customer = casement.stranger()
    const id = await atMeta('application/pdf', Buffer.from('%PDF-1.7'))
    const document = { id, mime_type: 'application/pdf', filename: 'Überweisung "März".pdf' }
    casement.sandbox.customers.send(customer, { content: { type: 'document', document } })
    await casement.told()
    const [message] = await thread(customer)
    const file = await request(fileOf(customer, message?.wamid as string))
    expect(file.headers.get('content-disposition')).toBe(
      "attachment; filename*=UTF-8''%C3%9Cberweisung%20%22M%C3%A4rz%22.pdf",
    )
    expect(await file.text()).toBe('%PDF-1.7')
  })

  it('are nobody else’s, and none where there is none', async () => {
    const [customer, other] = [casement.stranger(), casement.stranger()]
    const id = await atMeta('image/png', PNG)
    casement.sandbox.customers.send(customer, { content: { type: 'image', image: { id, mime_type: 'image/png' } } })
    await casement.writes(other)
    await casement.told()
    const [message] = await thread(customer)
    const [words] = await thread(other)
    expect((await request(fileOf(other, message?.wamid as string))).status).toBe(404)
    expect((await request(fileOf(other, words?.wamid as string))).status).toBe(404)
    expect((await request(fileOf(customer, message?.wamid as string), {}, 'nobody-'.repeat(6))).status).toBe(401)
  })

  it('that Meta keeps no more are said to be gone', async () => {
    const customer = casement.stranger()
    const id = await atMeta('image/png', PNG)
    casement.sandbox.customers.send(customer, { content: { type: 'image', image: { id, mime_type: 'image/png' } } })
    await casement.told()
    const [message] = await thread(customer)
    await fetch(`${casement.sandbox.url}/v25.0/${id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${LINK.access_token}` },
    })
    const gone = await request(fileOf(customer, message?.wamid as string))
    expect({ status: gone.status, body: await gone.json() }).toMatchObject({
      status: 404,
      body: { error: { code: 'medium_unknown' } },
    })
  })

  it.each([
    ['image/png', 5 * MEGABYTE + 1, '5 MB'],
    ['audio/ogg; codecs=opus', 16 * MEGABYTE + 1, '16 MB'],
    ['image/webp', 500 * 1024 + 1, '500 KB'],
    ['video/mp4', 16 * MEGABYTE + 1, '16 MB'],
  ])(
    'of type %s that are too large are refused with their size and the most they may have',
    async (type, bytes, most) => {
      const { status, body } = await upload(Buffer.alloc(bytes), type)
      expect({ status, code: body.error?.code, field: body.error?.field }).toEqual({
        status: 422,
        code: 'graph_refused',
        field: 'body',
      })
      expect(body.error?.message).toContain(`at most ${most}`)
    },
  )
})
