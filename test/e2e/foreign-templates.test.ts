import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, LINK, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'

/* Templates that somebody made, changed or deleted past Casement: in WhatsApp Manager, or with another tool. Nobody asks for a sync. */

interface TemplateJson {
  id: string
  name: string
  status: string
  category: string
  category_change: { at: string | null; to: string } | null
  quality_history: { score: string }[]
}

describe('templates that are written elsewhere', () => {
  let casement: Harness
  beforeAll(async () => {
    casement = await startHarness(lanesOnPostgres)
  })
  afterAll(() => casement.close())

  const body = (text: string, values: string[]) => ({
    components: [{ type: 'BODY', text, ...(values.length > 0 ? { example: { body_text: [values] } } : {}) }],
  })

  /** Straight at Graph, past Casement. */
  async function atGraph(method: string, path: string, document?: object) {
    const answer = await fetch(`${casement.sandbox.url}/v25.0/${path}`, {
      method,
      headers: { authorization: `Bearer ${LINK.access_token}`, 'content-type': 'application/json' },
      ...(document ? { body: JSON.stringify(document) } : {}),
    })
    expect(answer.status).toBe(200)
    return (await answer.json()) as { id: string }
  }

  async function make(name: string, more: object = body(`We have news of ${name} for you.`, [])) {
    const document = { name, language: 'en', category: 'UTILITY', ...more }
    return (await atGraph('POST', `${LINK.waba_id}/message_templates`, document)).id
  }

  const known = async (name: string) => {
    const { body } = await casement.api<{ data: TemplateJson[] }>('GET', `/v1/templates?name=${name}`)
    return body.data[0]
  }
  const full = async (id: string) => (await casement.api<TemplateJson>('GET', `/v1/templates/${id}`)).body

  const send = (name: string, ...values: string[]) =>
    casement.api<{ id: string; error?: { code: string } }>('POST', '/v1/intents', {
      sender: casement.sender,
      to: `+${casement.stranger()}`,
      message: {
        type: 'template',
        template: {
          name,
          language: { code: 'en' },
          components: [{ type: 'body', parameters: values.map((text) => ({ type: 'text', text })) }],
        },
      },
    })

  it('are known as soon as Meta tells of them', async () => {
    const id = await make('made_elsewhere')
    casement.sandbox.changeTemplate(id, { status: 'APPROVED' })
    await eventually(async () => expect(await known('made_elsewhere')).toMatchObject({ id, status: 'APPROVED' }))
    const { status, body } = await send('made_elsewhere')
    expect(status).toBe(202)
    await casement.intentIn(body.id, 'sent')
  })

  it('take the values of the edit, and no others', async () => {
    const id = await make('edited_elsewhere', body('Dear {{1}}, we have news for you today.', ['Ana']))
    casement.sandbox.changeTemplate(id, { status: 'APPROVED' })
    await eventually(async () => expect((await known('edited_elsewhere'))?.status).toBe('APPROVED'))
    expect((await send('edited_elsewhere', 'Ana')).status).toBe(202)
    await atGraph('POST', id, body('Dear {{1}}, we have news about order {{2}} for you today.', ['Ana', '17']))
    await eventually(async () => expect((await send('edited_elsewhere', 'Ana', '17')).status).toBe(202))
    const { status, body: refusal } = await send('edited_elsewhere', 'Ana')
    expect([status, refusal.error?.code]).toEqual([400, 'template_parameters'])
  })

  it('are gone when they are deleted', async () => {
    const id = await make('deleted_elsewhere')
    casement.sandbox.changeTemplate(id, { status: 'APPROVED' })
    await eventually(async () => expect((await known('deleted_elsewhere'))?.status).toBe('APPROVED'))
    await atGraph('DELETE', `${LINK.waba_id}/message_templates?name=deleted_elsewhere`)
    await eventually(async () => expect((await known('deleted_elsewhere'))?.status).toBe('DELETED'))
  })

  it('have a category, the one that was announced, and the history of their quality', async () => {
    const id = await make('judged_elsewhere')
    casement.sandbox.changeTemplate(id, { status: 'APPROVED' })
    await eventually(async () => expect((await known('judged_elsewhere'))?.status).toBe('APPROVED'))
    casement.sandbox.changeTemplate(id, { correct_category: 'MARKETING', quality: 'YELLOW' })
    await eventually(async () =>
      expect(await full(id)).toMatchObject({
        category: 'UTILITY',
        category_change: { to: 'MARKETING' },
        quality_history: expect.arrayContaining([expect.objectContaining({ score: 'YELLOW' })]),
      }),
    )
    casement.sandbox.changeTemplate(id, { category: 'MARKETING' })
    await eventually(async () => expect(await full(id)).toMatchObject({ category: 'MARKETING', category_change: null }))
  })

  describe('with the API', () => {
    const at = (id: string, more = '') => `/v1/templates/${id}${more}`

    it('are edited, once a day where they are approved', async () => {
      const id = await make('edited_here')
      casement.sandbox.changeTemplate(id, { status: 'APPROVED' })
      await eventually(async () => expect((await known('edited_here'))?.status).toBe('APPROVED'))
      const edited = body('Dear {{1}}, here is news for you.', ['Ana'])
      expect(await casement.api('PATCH', at(id), edited)).toMatchObject({ status: 200, body: { status: 'PENDING' } })
      expect((await send('edited_here', 'Ana')).status).toBe(202)
      casement.sandbox.changeTemplate(id, { status: 'APPROVED' })
      await eventually(async () => expect((await known('edited_here'))?.status).toBe('APPROVED'))
      expect(await casement.api('PATCH', at(id), edited)).toMatchObject({
        status: 409,
        body: { error: { code: 'edit_limit', retry_at: expect.any(String) } },
      })
    })

    it('go on after a pause by pacing', async () => {
      const id = await make('paused_here')
      casement.sandbox.changeTemplate(id, { status: 'APPROVED' })
      await eventually(async () => expect((await known('paused_here'))?.status).toBe('APPROVED'))
      casement.sandbox.changeTemplate(id, { status: 'PAUSED', title: 'RATE_LIMITING_PAUSE' })
      await eventually(async () => expect((await known('paused_here'))?.status).toBe('PAUSED'))
      const { body: sent } = await send('paused_here')
      await casement.intentIn(sent.id, 'held')
      expect(await casement.api('POST', at(id, '/unpause'))).toMatchObject({
        status: 200,
        body: { status: 'APPROVED' },
      })
      await casement.intentIn(sent.id, 'sent')
      expect(await casement.api('POST', at(id, '/unpause'))).toMatchObject({
        status: 409,
        body: { error: { code: 'wrong_state' } },
      })
    })

    it('are deleted, and what waited fails with a reason', async () => {
      const id = await make('deleted_here')
      await eventually(async () => expect((await known('deleted_here'))?.id).toBe(id))
      const { body: waits } = await send('deleted_here')
      await casement.intentIn(waits.id, 'held', 'sent')
      expect((await casement.api('DELETE', at(id))).status).toBe(204)
      expect((await known('deleted_here'))?.status).toBe('DELETED')
    })
  })

  describe('with the drop-in', () => {
    const dropIn = async (method: string, path: string, document?: object) =>
      casement.api<{ id: string }>(method, `/v25.0/${path}`, document)

    it('are known when it answers', async () => {
      const document = { name: 'made_by_client', language: 'en', category: 'UTILITY', ...body('Here is news.', []) }
      const { status, body: made } = await dropIn('POST', `${LINK.waba_id}/message_templates`, document)
      expect(status).toBe(200)
      expect(await known('made_by_client')).toMatchObject({ id: made.id, status: 'PENDING' })

      casement.sandbox.changeTemplate(made.id, { status: 'REJECTED', reason: 'INVALID_FORMAT' })
      await dropIn('POST', made.id, body('Dear {{1}}, here is news for you.', ['Ana']))
      expect((await send('made_by_client', 'Ana')).status).toBe(202)

      await dropIn('DELETE', `${LINK.waba_id}/message_templates?name=made_by_client`)
      expect((await known('made_by_client'))?.status).toBe('DELETED')
    })
  })
})
