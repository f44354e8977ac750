import { describe, expect, it } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { ANA, call, codeOf, NUMBER, send, startSandbox, TOKEN } from './support.ts'

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 255])

async function upload(
  sandbox: Sandbox,
  options: { type?: string; bytes?: Uint8Array<ArrayBuffer>; product?: 'form' | 'query' | 'none' } = {},
) {
  const { type = 'image/png', bytes = PNG, product = 'form' } = options
  const form = new FormData()
  form.set('file', new Blob([bytes], { type }), 'photo.png')
  form.set('type', type)
  if (product === 'form') form.set('messaging_product', 'whatsapp')
  const query = product === 'query' ? '?messaging_product=whatsapp' : ''
  const response = await fetch(`${sandbox.url}/v25.0/${NUMBER}/media${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}` },
    body: form,
  })
  return { status: response.status, body: (await response.json()) as { id: string; error?: { code: number } } }
}

describe('media', () => {
  it('is uploaded, described, downloaded with the token and deleted', async () => {
    const sandbox = await startSandbox()
    const { id } = (await upload(sandbox)).body
    const { body } = await call(sandbox, 'GET', `/v25.0/${id}?phone_number_id=${NUMBER}`)
    expect(body).toMatchObject({ id, messaging_product: 'whatsapp', mime_type: 'image/png', file_size: PNG.length })
    expect(body.sha256).toMatch(/^[0-9a-f]{64}$/)
    const download = await fetch(String(body.url), { headers: { authorization: `Bearer ${TOKEN}` } })
    expect(new Uint8Array(await download.arrayBuffer())).toEqual(PNG)
    expect(download.headers.get('content-type')).toBe('image/png')
    expect((await fetch(String(body.url))).status).toBe(401)
    expect((await call(sandbox, 'DELETE', `/${id}`)).body).toEqual({ success: true })
    expect(codeOf(await call(sandbox, 'GET', `/${id}`))).toBe(100)
  })

  it('may say messaging_product in the query', async () => {
    const sandbox = await startSandbox()
    expect((await upload(sandbox, { product: 'query' })).status).toBe(200)
  })

  it('must say messaging_product somewhere', async () => {
    const sandbox = await startSandbox()
    expect((await upload(sandbox, { product: 'none' })).body.error).toMatchObject({ code: 100 })
  })

  it('is refused when its type is not supported', async () => {
    const sandbox = await startSandbox()
    expect((await upload(sandbox, { type: 'image/tiff' })).body.error).toMatchObject({ code: 100 })
  })

  it('is refused when it is too large for its type', async () => {
    const sandbox = await startSandbox()
    const { body } = await upload(sandbox, { type: 'image/webp', bytes: new Uint8Array(500 * 1024 + 1) })
    expect(body.error).toMatchObject({ code: 131053 })
  })

  it('is refused when the form is none', async () => {
    const sandbox = await startSandbox()
    expect(codeOf(await call(sandbox, 'POST', `/${NUMBER}/media`, { messaging_product: 'whatsapp' }))).toBe(100)
  })

  it('is sent by its id, from the number it was uploaded with only', async () => {
    const sandbox = await startSandbox()
    sandbox.addSender({ id: '999', waba_id: '888', display_phone_number: '4930123456' })
    const { id } = (await upload(sandbox)).body
    sandbox.customers.say(ANA, { text: 'hi' })
    sandbox.customers.say(ANA, { text: 'hi', phone_number_id: '999' })
    const message = { messaging_product: 'whatsapp', to: ANA, type: 'image', image: { id } }
    expect((await send(sandbox, message)).status).toBe(200)
    expect(codeOf(await call(sandbox, 'POST', '/999/messages', message))).toBe(100)
  })

  it('has a url for five minutes', async () => {
    const sandbox = await startSandbox()
    const { id } = (await upload(sandbox)).body
    const { body } = await call(sandbox, 'GET', `/${id}`)
    sandbox.advance(5 * 60_000)
    expect((await fetch(String(body.url), { headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(404)
  })
})
