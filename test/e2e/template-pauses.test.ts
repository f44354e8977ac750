import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, LINK, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'

const MINUTE_MS = 60 * 1000
const HOUR_MS = 60 * MINUTE_MS
const BODY = [{ type: 'BODY', text: 'There is news.' }]

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

  it('and all others of a portfolio wait while Meta reviews it, one message at a time tries it, and all go afterwards', async () => {
    const made: { id: string; name: string }[] = []
    for (const name of ['first', 'second', 'third']) {
      const { id } = casement.sandbox.addTemplate({ name, language: 'en', category: 'UTILITY', components: BODY })
      made.push({ id, name })
    }
    const sync = () => casement.api('POST', '/v1/templates/sync', { waba_id: LINK.waba_id })
    const template = async (nth: number) => (await casement.api<object>('GET', `/v1/templates/${made[nth]?.id}`)).body
    const wake = () => casement.sandbox.advance(1)
    await sync()
    casement.sandbox.pacePortfolio(LINK.portfolio_id, { pacing: 'drop' })
    const customers = [casement.stranger(), casement.stranger(), casement.stranger(), casement.stranger()]
    const send = (nth: number, name: string) =>
      casement.enqueue({
        to: `+${customers[nth]}`,
        message: { type: 'template', template: { name, language: { code: 'en' } } },
      })
    const waits = (id: string, code: string) =>
      eventually(async () => expect(await casement.intent(id)).toMatchObject({ state: 'held', reason: { code } }))
    const calls = () => customers.map((customer) => casement.calls(customer).length)

    const [a, b] = [await send(0, 'first'), await send(1, 'second')]
    await waits(a.id, 'template_paused')
    await waits(b.id, 'template_paused')
    await sync()
    await waits(a.id, 'portfolio_review')
    await waits(b.id, 'portfolio_review')
    expect(await template(0)).toMatchObject({ status: 'PAUSED', meta_status: 'APPROVED' })
    await sync()
    await wake()
    await eventually(async () => {
      const [row] = await casement.query<{ reviewed: boolean }>(
        'select reviewed_at is not null as reviewed from portfolios',
      )
      expect(row).toEqual({ reviewed: true })
    })
    const [c, d] = [await send(2, 'third'), await send(3, 'first')]
    await waits(c.id, 'portfolio_review')
    await waits(d.id, 'portfolio_review')
    expect(await template(2)).toMatchObject({ status: 'APPROVED', meta_status: 'APPROVED' })
    expect(calls()).toEqual([2, 2, 0, 0])

    await casement.sandbox.advance(15 * MINUTE_MS)
    await eventually(() => casement.calls(customers[0] as string).length === 3)
    await eventually(() => casement.calls(customers[1] as string).length === 3)
    await waits(a.id, 'portfolio_review')
    await waits(b.id, 'portfolio_review')
    expect(calls()).toEqual([3, 3, 0, 0])

    casement.sandbox.pacePortfolio(LINK.portfolio_id, { pacing: 'clear' })
    await sync()
    expect(await casement.intent(d.id)).toMatchObject({ state: 'held' })
    await casement.sandbox.advance(15 * MINUTE_MS)
    for (const { id } of [a, b]) await casement.intentIn(id, 'sent')
    // sent by now, or accepted and silent for so long
    await casement.sandbox.advance(2 * MINUTE_MS)
    for (const { id } of [c, d]) await casement.intentIn(id, 'sent')
    expect(await template(0)).toMatchObject({ status: 'APPROVED', meta_status: 'APPROVED' })
  }, 60_000)

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
