import { describe, expect, it } from 'vitest'
import { DEFAULT_LINK } from '../../src/sandbox/sandbox.ts'
import { ANA, call, codeOf, DAY_MS, errorOf, sendTemplate, startHook, startSandbox, WABA } from './support.ts'

/* What Meta does to templates by itself, and what it refuses to do for who asks. */

const HOUR_MS = 60 * 60 * 1000
const LIST = `/v25.0/${WABA}/message_templates`
const BODY = [{ type: 'BODY', text: 'We have news for you today.' }]

type Sandbox = Awaited<ReturnType<typeof startSandbox>>

function template(sandbox: Sandbox, name = 'news'): string {
  return sandbox.addTemplate({ name, language: 'en', category: 'UTILITY', components: BODY }).id
}

const sent = (sandbox: Sandbox, name = 'news') => sendTemplate(sandbox, name, {}, { language: { code: 'en' } })
const shown = async (sandbox: Sandbox, id: string) =>
  (await call(sandbox, 'GET', `/${id}?fields=status,category,correct_category,previous_category`)).body

describe('a review', () => {
  const NEWS = [{ type: 'BODY', text: 'We have news for you today.' }]
  const create = async (sandbox: Sandbox, name: string, more: object = {}) => {
    const document = { name, language: 'en', category: 'UTILITY', components: NEWS, ...more }
    return ((await call(sandbox, 'POST', LIST, document)).body as { id: string }).id
  }

  it('rejects the text that another template has, with its webhook, and nothing else', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url, knobs: { templateApprovalMs: 1_000 } })
    const footer = { type: 'FOOTER', text: 'Write to us' }
    // whichever is looked at first
    const made = await Promise.all(['first', 'second'].map((name) => create(sandbox, name)))
    const others = [
      await create(sandbox, 'with_footer', { components: [...NEWS, footer] }),
      await create(sandbox, 'first', { language: 'en_GB' }),
    ]
    await sandbox.advance(1_000)
    const statusOf = async (id: string) => ((await shown(sandbox, id)) as { status: string }).status
    expect((await Promise.all(made.map(statusOf))).toSorted()).toEqual(['APPROVED', 'REJECTED'])
    expect(await Promise.all(others.map(statusOf))).toEqual(['APPROVED', 'APPROVED'])
    await sandbox.settled()
    const refused = hook.changes().filter(({ value }) => value.event === 'REJECTED')
    expect(refused.map(({ value }) => value.reason)).toEqual(['INVALID_FORMAT'])
  })
})

describe('a template', () => {
  it('is paused for three hours, then for six, and then disabled', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    const id = template(sandbox)
    for (const hours of [3, 6]) {
      sandbox.changeTemplate(id, { strike: true })
      expect(codeOf(await sent(sandbox))).toBe(132015)
      expect((await call(sandbox, 'POST', `/${id}/unpause`)).body).toMatchObject({ success: false })
      await sandbox.advance(hours * HOUR_MS - 1)
      expect(await shown(sandbox, id)).toMatchObject({ status: 'PAUSED' })
      await sandbox.advance(1)
      expect(await shown(sandbox, id)).toMatchObject({ status: 'APPROVED' })
    }
    sandbox.changeTemplate(id, { strike: true })
    expect(codeOf(await sent(sandbox))).toBe(132016)
    await sandbox.settled()
    const told = hook.changes().filter(({ field }) => field === 'message_template_status_update')
    expect(told.map(({ value }) => (value.other_info as { title: string }).title)).toEqual([
      'FIRST_PAUSE',
      'UNPAUSE',
      'SECOND_PAUSE',
      'UNPAUSE',
      'DISABLED',
    ])
    expect(told.at(-1)?.value).toMatchObject({ event: 'DISABLED', disable_info: { disable_date: expect.any(Number) } })
  })

  it('is announced to be another category a day before it is', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    const id = template(sandbox)
    sandbox.changeTemplate(id, { recategorise: 'MARKETING' })
    expect(await shown(sandbox, id)).toMatchObject({ category: 'UTILITY', correct_category: 'MARKETING' })
    await sandbox.settled()
    await sandbox.advance(DAY_MS)
    await sandbox.settled()
    expect(await shown(sandbox, id)).toMatchObject({
      status: 'APPROVED',
      category: 'MARKETING',
      previous_category: 'UTILITY',
    })
    const [notice, deed] = hook.changes().map(({ value }) => value)
    expect(notice).toMatchObject({ new_category: 'UTILITY', correct_category: 'MARKETING' })
    expect(Number(notice?.category_update_timestamp)).toBeGreaterThan(1_700_000_000)
    expect(deed).toMatchObject({ previous_category: 'UTILITY', new_category: 'MARKETING' })
    expect(deed).not.toHaveProperty('correct_category')
  })

  it('is edited once a day while it is approved, and ten times in thirty days', async () => {
    const sandbox = await startSandbox({ knobs: { templateApprovalMs: 1 } })
    const id = template(sandbox)
    const edit = async () => {
      const answer = await call(sandbox, 'POST', `/${id}`, { components: BODY })
      await sandbox.advance(1)
      return answer.status
    }
    for (let day = 0; day < 10; day += 1) {
      expect(await edit()).toBe(200)
      expect(await edit()).toBe(400)
      await sandbox.advance(DAY_MS)
    }
    expect(await edit()).toBe(400)
    await sandbox.advance(21 * DAY_MS)
    expect(await edit()).toBe(200)
  })
})

describe('a creation', () => {
  const create = (sandbox: Sandbox, more: object) =>
    call(sandbox, 'POST', LIST, { name: 'fresh', language: 'en', category: 'UTILITY', components: BODY, ...more })

  it('is refused for a name that is locked after a deletion, until it is free', async () => {
    const sandbox = await startSandbox()
    template(sandbox, 'fresh')
    expect((await call(sandbox, 'DELETE', `${LIST}?name=fresh`)).status).toBe(200)
    expect(errorOf(await create(sandbox, {}))).toMatchObject({ code: 100, error_subcode: 2388023 })
    await sandbox.advance(30 * DAY_MS)
    expect((await create(sandbox, {})).status).toBe(200)
  })

  it.each([
    ['the name of a sample', 2388155, { name: 'sample_shipping' }],
    ['a picture without a handle', 2388273, { components: [{ type: 'HEADER', format: 'IMAGE' }, ...BODY] }],
    [
      'a picture by its address',
      2388273,
      {
        components: [
          { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['https://shop.example/a.png'] } },
          ...BODY,
        ],
      },
    ],
    [
      'another category than its other languages have',
      undefined,
      { name: 'news', language: 'de', category: 'MARKETING' },
    ],
  ])('is refused for %s', async (_name, subcode, more) => {
    const sandbox = await startSandbox()
    template(sandbox)
    const answer = await create(sandbox, more)
    expect(answer.status).toBe(400)
    expect(errorOf(answer).error_subcode).toBe(subcode)
  })
})

describe('a portfolio', () => {
  const { portfolioId } = DEFAULT_LINK
  const paced = async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    template(sandbox)
    sandbox.pacePortfolio(portfolioId, { pacing: 'hold' })
    expect((await sent(sandbox)).body.messages).toMatchObject([{ message_status: 'held_for_quality_assessment' }])
    return { hook, sandbox }
  }

  it('that is paced lets go what it held', async () => {
    const { hook, sandbox } = await paced()
    sandbox.pacePortfolio(portfolioId, { pacing: 'release' })
    await sandbox.settled()
    expect(hook.statuses().map(({ status }) => status)).toEqual(['sent', 'delivered'])
    const [next] = (await sent(sandbox)).body.messages as object[]
    expect(next).not.toHaveProperty('message_status', 'held_for_quality_assessment')
  })

  it('whose campaign is dropped neither sends nor creates templates until its review is over', async () => {
    const { hook, sandbox } = await paced()
    sandbox.pacePortfolio(portfolioId, { pacing: 'drop' })
    await sandbox.settled()
    expect(hook.statuses()).toMatchObject([{ status: 'failed', errors: [{ code: 132015 }] }])
    expect(codeOf(await sent(sandbox))).toBe(132015)
    const draft = { name: 'fresh', language: 'en', category: 'UTILITY', components: BODY }
    expect((await call(sandbox, 'POST', LIST, draft)).status).toBe(400)
    sandbox.customers.say(ANA, { text: 'Hello' })
    sandbox.pacePortfolio(portfolioId, { pacing: 'clear' })
    expect((await sent(sandbox)).status).toBe(200)
    expect((await call(sandbox, 'POST', LIST, draft)).status).toBe(200)
  })

  it('that nobody knows is not paced', async () => {
    const sandbox = await startSandbox()
    expect(() => sandbox.pacePortfolio('1', { pacing: 'hold' })).toThrow(/portfolio/)
  })
})
