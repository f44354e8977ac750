import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API_KEY, type Harness, LINK, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'

/* What somebody does who makes a template: its sample, a look at it, the library, and its way out of sight. */

const PNG = Buffer.from('89504e470d0a1a0a', 'hex')

interface TemplateJson {
  id: string
  name: string
  status: string
  hidden: boolean
  preview: { header: string | null; body: string; buttons: { type: string; text: string; url?: string }[] }
  used_by: { waiting: number; campaigns: { name: string }[]; flows: object[] }
  last_30_days: { sent: number; delivered: number; read: number; failed: number }
  history: { what: string; by: { name: string } | null; text: string }[]
  error?: { code: string; field?: string; message: string }
}

describe('work on templates', () => {
  let casement: Harness
  beforeAll(async () => {
    // Nobody reviews but the test.
    casement = await startHarness(lanesOnPostgres, { sandbox: { knobs: { templateApprovalMs: null } } })
  })
  afterAll(() => casement.close())

  async function upload(body: Uint8Array, headers: Record<string, string>, waba: string = LINK.waba_id) {
    const answer = await fetch(`${casement.url}/v1/templates/samples?waba_id=${waba}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, ...headers },
      body: body as Uint8Array<ArrayBuffer>,
    })
    return {
      status: answer.status,
      body: (await answer.json()) as { handle: string; error: { code: string; field: string } },
    }
  }

  const ask = (method: string, path: string, body?: object) =>
    casement.api<TemplateJson>(method, `/v1/templates${path}`, body)

  async function create(name: string, more: object = {}) {
    const components = [{ type: 'BODY', text: 'We have news for you today.' }]
    const document = { waba_id: LINK.waba_id, name, language: 'en', category: 'UTILITY', components, ...more }
    const { status, body } = await ask('POST', '', document)
    expect({ status, error: body.error }).toEqual({ status: 201, error: undefined })
    return body
  }

  const approved = (id: string) => casement.sandbox.changeTemplate(id, { status: 'APPROVED' })

  it('begins with the sample of a header, whose handle a creation takes', async () => {
    const { status, body } = await upload(PNG, { 'content-type': 'image/png' })
    expect({ status, error: body.error }).toEqual({ status: 200, error: undefined })
    expect(body.handle).toMatch(/^4::/)
    const header = { type: 'HEADER', format: 'IMAGE', example: { header_handle: [body.handle] } }
    const made = await create('with_picture', {
      components: [header, { type: 'BODY', text: 'Look at this picture of ours.' }],
    })
    expect(made).toMatchObject({
      status: 'PENDING',
      preview: { header: '[image]', body: 'Look at this picture of ours.' },
    })
    expect(made.history.at(-1)).toMatchObject({ what: 'create', by: { name: expect.any(String) } })
  })

  it.each([
    ['a type that no header shows', PNG, { 'content-type': 'audio/mpeg' }, 400, 'Content-Type'],
    ['nothing', Buffer.alloc(0), { 'content-type': 'image/png' }, 400, 'Content-Length'],
    ['too large a picture', Buffer.alloc(5 * 1024 * 1024 + 1), { 'content-type': 'image/jpeg' }, 413, 'body'],
  ])('refuses %s as a sample', async (_name, file, headers, status, field) => {
    expect(await upload(file, headers)).toMatchObject({ status, body: { error: { field } } })
  })

  it('knows no account of anybody else', async () => {
    expect(await upload(PNG, { 'content-type': 'image/png' }, '999')).toMatchObject({ status: 404 })
  })

  it('shows a template as a phone does, with values or without', async () => {
    const components = [
      { type: 'BODY', text: 'Hello {{1}}, your order is on its way.', example: { body_text: [['Ana']] } },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'URL', text: 'Track', url: 'https://shop.example/o/{{1}}', example: ['https://shop.example/o/7'] },
        ],
      },
    ]
    const { id } = await create('to_look_at', { components })
    expect((await ask('GET', `/${id}`)).body.preview).toEqual({
      header: null,
      body: 'Hello {{1}}, your order is on its way.',
      footer: null,
      buttons: [{ type: 'url', text: 'Track', url: 'https://shop.example/o/{{1}}' }],
    })
    const values = [
      { type: 'body', parameters: [{ type: 'text', text: 'Ana' }] },
      { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'A17' }] },
    ]
    const filled = await ask('POST', '/preview', { name: 'to_look_at', language: 'en', components: values })
    expect(filled.body).toMatchObject({
      body: 'Hello Ana, your order is on its way.',
      buttons: [{ url: 'https://shop.example/o/A17' }],
    })
    expect((await ask('POST', '/preview', { document: { components } })).body).toMatchObject({
      body: 'Hello {{1}}, your order is on its way.',
    })
    const misfit = await ask('POST', '/preview', { name: 'to_look_at', language: 'en', parameters: ['Ana', 'Bob'] })
    expect(misfit).toMatchObject({ status: 400, body: { error: { code: 'template_parameters' } } })
    expect(await ask('POST', '/preview', { name: 'not_there', language: 'en' })).toMatchObject({ status: 404 })
    expect(await ask('POST', '/preview', { name: 'to_look_at' })).toMatchObject({
      status: 400,
      body: { error: { field: 'language' } },
    })
    expect(await ask('POST', '/preview', {})).toMatchObject({ status: 400, body: { error: { field: 'document' } } })
  })

  it('lists the library of Meta, and makes an approved template of it', async () => {
    const { status, body } = await casement.api<{ data: { name: string }[]; next_cursor: string | null }>(
      'GET',
      '/v1/templates/library?search=delivery&language=en_US',
    )
    expect({ status, names: body.data.map((one) => one.name) }).toEqual({ status: 200, names: ['delivery_update_1'] })
    const first = await casement.api<{ data: { name: string }[]; next_cursor: string }>(
      'GET',
      '/v1/templates/library?limit=1',
    )
    const second = await casement.api<{ data: { name: string }[] }>(
      'GET',
      `/v1/templates/library?limit=1&cursor=${first.body.next_cursor}`,
    )
    expect(second.body.data[0]?.name).not.toBe(first.body.data[0]?.name)
    const inputs = [
      {
        type: 'URL',
        url: { base_url: 'https://shop.example/o/{{1}}', url_suffix_example: 'https://shop.example/o/7' },
      },
    ]
    const document = {
      waba_id: LINK.waba_id,
      name: 'our_delivery',
      language: 'en_US',
      category: 'UTILITY',
      library_template_name: 'delivery_update_1',
      library_template_button_inputs: inputs,
    }
    const made = await ask('POST', '', document)
    expect(made).toMatchObject({ status: 201, body: { status: 'APPROVED' } })
    await eventually(async () => expect((await ask('GET', `/${made.body.id}`)).body.preview.body).toContain('{{3}}'))
  })

  it('puts a template into the archive and takes it out again', async () => {
    const { id } = await create('to_archive')
    approved(id)
    expect(await ask('POST', `/${id}/archive`)).toMatchObject({ status: 200, body: { status: 'ARCHIVED' } })
    expect(await ask('POST', `/${id}/archive`)).toMatchObject({ status: 409, body: { error: { code: 'wrong_state' } } })
    const out = await ask('POST', `/${id}/unarchive`)
    expect(out).toMatchObject({ status: 200, body: { status: 'APPROVED' } })
    expect(out.body.history.map(({ what }) => what)).toEqual(expect.arrayContaining(['archive', 'unarchive']))
    expect(await ask('POST', '/999/archive')).toMatchObject({ status: 404 })
  })

  it('hides a template from lists, and from nothing else', async () => {
    const { id } = await create('to_hide')
    approved(id)
    await eventually(async () => expect((await ask('GET', `/${id}`)).body.status).toBe('APPROVED'))
    expect(await ask('POST', `/${id}/hide`)).toMatchObject({ status: 200, body: { hidden: true } })
    const names = async (query: string) => {
      const { body } = await casement.api<{ data: TemplateJson[] }>('GET', `/v1/templates?name=to_hide${query}`)
      return body.data.map((one) => one.name)
    }
    expect(await names('')).toEqual([])
    expect(await names('&hidden=true')).toEqual(['to_hide'])
    const message = { type: 'template', template: { name: 'to_hide', language: { code: 'en' } } }
    const sent = await casement.enqueue({ to: `+${casement.stranger()}`, message })
    await casement.intentIn(sent.id, 'sent')
    expect(await ask('POST', `/${id}/unhide`)).toMatchObject({ status: 200, body: { hidden: false } })
    expect(await names('')).toEqual(['to_hide'])
  })

  it('counts who waits for a template', async () => {
    const { id } = await create('awaited')
    const message = { type: 'template', template: { name: 'awaited', language: { code: 'en' } } }
    const { id: intent } = await casement.enqueue({ to: `+${casement.stranger()}`, message })
    await casement.intentIn(intent, 'held')
    expect((await ask('GET', `/${id}`)).body.used_by).toMatchObject({ waiting: 1 })
    approved(id)
    await casement.intentIn(intent, 'sent')
    expect((await ask('GET', `/${id}`)).body.used_by).toMatchObject({ waiting: 0, campaigns: [] })
    await eventually(async () =>
      expect((await ask('GET', `/${id}`)).body.last_30_days).toMatchObject({ sent: 1, delivered: 1, failed: 0 }),
    )
    const draft = { name: 'Spring', sender: LINK.phone_number_id, message }
    expect((await casement.api('POST', '/v1/campaigns', draft)).status).toBe(201)
    expect((await ask('GET', `/${id}`)).body.used_by.campaigns).toMatchObject([{ name: 'Spring', state: 'draft' }])
  })

  it('names the flows that use it, in its language or in that of each person', async () => {
    const { id } = await create('flowing')
    const put = async (flow: string, language: string) => {
      const steps = [{ id: 'ask', send: { template: { name: 'flowing', language } } }]
      const document = { flow, purpose: 'utility', triggers: ['api'], steps }
      expect(await casement.api('PUT', `/v1/flows/${flow}`, document)).toMatchObject({ body: { version: 1 } })
    }
    await put('mine', 'en')
    await put('of_each', '{{contact.language | en}}')
    await create('flowing', { language: 'pt_BR' })
    await put('other', 'pt_BR')
    const flows = async () => (await ask('GET', `/${id}`)).body.used_by.flows
    expect(await flows()).toEqual([
      { name: 'mine', state: 'active', version: 1 },
      { name: 'of_each', state: 'active', version: 1 },
    ])
  })
})
