import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, LINK, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'

/* A template becomes marketing overnight: another price, other rules. Whether that waits for somebody is the workspace's to say. */

interface TemplateJson {
  category: string
  held_for_category: boolean
}

describe('a category that Meta changes', () => {
  let casement: Harness
  beforeAll(async () => {
    casement = await startHarness(lanesOnPostgres)
  })
  afterAll(() => casement.close())

  const onChange = (value: string) => casement.api('PATCH', '/v1/workspaces/default', { on_category_change: value })
  const shown = async (id: string) => (await casement.api<TemplateJson>('GET', `/v1/templates/${id}`)).body

  async function approved(name: string): Promise<string> {
    const components = [{ type: 'BODY', text: `We have news for you about ${name}.` }]
    const document = { waba_id: LINK.waba_id, name, language: 'en', category: 'UTILITY', components }
    const { body } = await casement.api<{ id: string }>('POST', '/v1/templates', document)
    casement.sandbox.changeTemplate(body.id, { status: 'APPROVED' })
    await eventually(async () => expect(await shown(body.id)).toMatchObject({ status: 'APPROVED' }))
    return body.id
  }

  async function recategorised(name: string): Promise<string> {
    const id = await approved(name)
    casement.sandbox.changeTemplate(id, { category: 'MARKETING' })
    await eventually(async () => expect(await shown(id)).toMatchObject({ category: 'MARKETING' }))
    return id
  }

  const enqueue = (...names: string[]) =>
    casement.enqueue({
      to: `+${casement.stranger()}`,
      message: { type: 'text', text: { body: 'Hello' } },
      when_closed: { downgrade: names.map((name) => ({ name, language: 'en' })) },
    })

  it('goes on where the workspace does not mind', async () => {
    const id = await recategorised('goes_on')
    expect(await shown(id)).toMatchObject({ held_for_category: false })
    await casement.intentIn((await enqueue('goes_on')).id, 'sent')
  })

  it('is waited for with a reason of its own, and goes on once somebody lets it', async () => {
    expect(await onChange('hold')).toMatchObject({ status: 200, body: { on_category_change: 'hold' } })
    const id = await recategorised('held')
    expect(await shown(id)).toMatchObject({ held_for_category: true })
    const { id: intent } = await enqueue('held')
    expect((await casement.intentIn(intent, 'held')).reason).toMatchObject({ code: 'category_changed' })
    const { status, body } = await casement.api('POST', `/v1/templates/${id}/unpause`)
    expect({ status, body }).toMatchObject({ status: 200, body: { held_for_category: false } })
    await casement.intentIn(intent, 'sent')
    // The second time there is no pause left, neither ours nor Meta's.
    expect(await casement.api('POST', `/v1/templates/${id}/unpause`)).toMatchObject({ status: 409 })
  })

  it('lets an alternate go meanwhile', async () => {
    await onChange('hold')
    await recategorised('held_too')
    await approved('as_ever')
    const { id } = await enqueue('held_too', 'as_ever')
    const sent = await casement.intentIn(id, 'sent')
    expect(sent.decisions.at(-1)?.facts).toMatchObject({ template: 'as_ever' })
  })

  it('lets all go when the workspace changes its mind', async () => {
    await onChange('hold')
    await recategorised('held_until')
    const { id } = await enqueue('held_until')
    await casement.intentIn(id, 'held')
    await onChange('go_on')
    await casement.intentIn(id, 'sent')
  })

  it('raises an alarm, once, and none for a new template', async () => {
    const told = async (id: string) => {
      const { body } = await casement.api<{ history: { field: string; was: string | null }[] }>(
        'GET',
        `/v1/templates/${id}`,
      )
      return body.history.filter(({ field, was }) => field === 'category' && was !== null)
    }
    const id = await recategorised('alarming')
    expect(await told(id)).toHaveLength(1)
    await casement.api('POST', '/v1/templates/sync', { waba_id: LINK.waba_id })
    expect(await told(id)).toHaveLength(1)
  })
})
