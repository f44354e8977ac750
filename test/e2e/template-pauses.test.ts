import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, LINK, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'

const HOUR_MS = 60 * 60 * 1000

describe('a template that Meta pauses for its quality', () => {
  let casement: Harness
  beforeAll(async () => {
    casement = await startHarness(lanesOnPostgres)
  })
  afterAll(() => casement.close())

  it('is waited for while it is paused, each time, and lost the third time', async () => {
    const components = [{ type: 'BODY', text: 'We have news for you today.' }]
    const document = { waba_id: LINK.waba_id, name: 'struck', language: 'en', category: 'UTILITY', components }
    const { id } = (await casement.api<{ id: string }>('POST', '/v1/templates', document)).body
    const status = async () => (await casement.api<{ status: string }>('GET', `/v1/templates/${id}`)).body.status
    const is = (expected: string) => eventually(async () => expect(await status()).toBe(expected))
    casement.sandbox.changeTemplate(id, { status: 'APPROVED' })
    await is('APPROVED')
    const enqueue = () =>
      casement.enqueue({
        to: `+${casement.stranger()}`,
        message: { type: 'template', template: { name: 'struck', language: { code: 'en' } } },
      })
    for (const hours of [3, 6]) {
      casement.sandbox.changeTemplate(id, { strike: true })
      await is('PAUSED')
      const waiting = await enqueue()
      expect((await casement.intentIn(waiting.id, 'held')).reason).toMatchObject({ code: 'template_paused' })
      await casement.sandbox.advance(hours * HOUR_MS)
      await casement.intentIn(waiting.id, 'sent')
    }
    casement.sandbox.changeTemplate(id, { strike: true })
    await is('DISABLED')
    const lost = await enqueue()
    expect((await casement.intentIn(lost.id, 'failed')).reason).toMatchObject({ code: 'template_disabled' })
  })

  it('is not yet another category when that is announced, and is when it is done', async () => {
    const components = [{ type: 'BODY', text: 'Your order is on its way to you.' }]
    const document = { waba_id: LINK.waba_id, name: 'announced', language: 'en', category: 'UTILITY', components }
    const { id } = (await casement.api<{ id: string }>('POST', '/v1/templates', document)).body
    casement.sandbox.changeTemplate(id, { status: 'APPROVED' })
    casement.sandbox.changeTemplate(id, { recategorise: 'MARKETING' })
    const shown = async () =>
      (
        await casement.api<{ category: string; category_change: { at: string; to: string } | null }>(
          'GET',
          `/v1/templates/${id}`,
        )
      ).body
    await eventually(async () =>
      expect(await shown()).toMatchObject({
        category: 'UTILITY',
        category_change: { to: 'MARKETING', at: expect.any(String) },
      }),
    )
    await casement.sandbox.advance(24 * HOUR_MS)
    await eventually(async () => expect(await shown()).toMatchObject({ category: 'MARKETING', category_change: null }))
  })
})
