import { describe, expect, it } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { call, codeOf, errorOf, sendTemplate, startHook, startSandbox, WABA, type Wire } from './support.ts'

const LIST = `/v25.0/${WABA}/message_templates`

const draft = (more: Wire = {}) => ({
  name: 'order_ready',
  language: 'en_US',
  category: 'UTILITY',
  components: [
    { type: 'BODY', text: 'Your order {{1}} is ready for you.', example: { body_text: [['#17']] } },
    { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'On my way' }] },
  ],
  ...more,
})

const create = (sandbox: Sandbox, more: Wire = {}) => call(sandbox, 'POST', LIST, draft(more))
const names = (body: Wire) => (body.data as { name: string }[]).map((template) => template.name)

describe('creating a template', () => {
  it('answers PENDING, and approves after the review time with a webhook', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url, knobs: { templateApprovalMs: 60_000 } })
    const { body } = await create(sandbox)
    expect(body).toEqual({ id: expect.stringMatching(/^\d+$/), status: 'PENDING', category: 'UTILITY' })
    expect(codeOf(await sendTemplate(sandbox, 'order_ready', {}, { language: { code: 'en_US' } }))).toBe(132001)

    sandbox.advance(60_000)
    await sandbox.settled()
    expect(hook.changes()).toMatchObject([
      {
        field: 'message_template_status_update',
        value: {
          event: 'APPROVED',
          message_template_id: Number(body.id),
          message_template_name: 'order_ready',
          message_template_language: 'en-US',
          reason: 'NONE',
        },
      },
    ])
    const components = [{ type: 'body', parameters: [{ type: 'text', text: '#17' }] }]
    const sent = await sendTemplate(sandbox, 'order_ready', {}, { language: { code: 'en_US' }, components })
    expect(sent.status).toBe(200)
  })

  it('waits for a person when there is no review time', async () => {
    const sandbox = await startSandbox({ knobs: { templateApprovalMs: null } })
    const { body } = await create(sandbox)
    sandbox.advance(1e9)
    expect((await call(sandbox, 'GET', `/${String(body.id)}?fields=status`)).body.status).toBe('PENDING')
    sandbox.changeTemplate(String(body.id), { status: 'REJECTED', reason: 'PROMOTIONAL' })
    expect((await call(sandbox, 'GET', `/${String(body.id)}?fields=status,rejected_reason`)).body).toMatchObject({
      status: 'REJECTED',
      rejected_reason: 'PROMOTIONAL',
    })
  })

  it('finds out by itself whether parameters are named', async () => {
    const sandbox = await startSandbox()
    const example = { body_text_named_params: [{ param_name: 'order', example: '#17' }] }
    const { body } = await create(sandbox, {
      components: [{ type: 'BODY', text: 'Your order {{order}} is ready.', example }],
    })
    expect((await call(sandbox, 'GET', `/${String(body.id)}`)).body).toMatchObject({ parameter_format: 'NAMED' })
  })

  const text = (value: string, count = 1) => ({
    components: [{ type: 'BODY', text: value, example: { body_text: [Array.from({ length: count }, () => 'x')] } }],
  })
  const wrong: [string, number | undefined, Wire][] = [
    ['a name in capitals', 2388046, { name: 'Order' }],
    ['an unknown category', undefined, { category: 'NEWS' }],
    ['a language that is none', undefined, { language: 'english' }],
    ['no body', 2388072, { components: [{ type: 'FOOTER', text: 'x' }] }],
    ['a body beyond 1024 characters', 2388040, text('x'.repeat(1025))],
    ['a variable at the start', 2388299, text('{{1}} is ready for you now')],
    ['a variable at the end', 2388299, text('ready for you now is {{1}}')],
    ['two variables side by side', 2388293, text('ready for you {{1}} {{2}} now please do come', 2)],
    ['more variables than words', 2388293, text('a {{1}} b {{2}} c {{3}} d', 3)],
    ['a gap in its numbers', 2388072, text('Your order {{1}} and {{3}} are all ready now', 2)],
    ['no example', 2388043, { components: [{ type: 'BODY', text: 'Your order {{1}} is ready.' }] }],
    [
      'a footer with a variable',
      2388073,
      {
        components: [
          { type: 'BODY', text: 'x' },
          { type: 'FOOTER', text: '{{1}}' },
        ],
      },
    ],
    [
      'a long button label',
      2388040,
      {
        components: [
          { type: 'BODY', text: 'x' },
          { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'x'.repeat(26) }] },
        ],
      },
    ],
    [
      'a link that is none',
      2388047,
      {
        components: [
          { type: 'BODY', text: 'x' },
          { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'x', url: 'example' }] },
        ],
      },
    ],
    ['the name and language of another', 2388024, { name: 'keep_helping', language: 'en' }],
  ]

  it.each(wrong)('is refused for %s', async (_, subcode, more) => {
    const sandbox = await startSandbox()
    const answer = await create(sandbox, more)
    expect(answer.status).toBe(400)
    expect(errorOf(answer)).toMatchObject({ code: 100, error_user_msg: expect.any(String) })
    expect(errorOf(answer).error_subcode).toBe(subcode)
  })
})

describe('listing templates', () => {
  it('gives the usual fields, and only the ones asked for', async () => {
    const sandbox = await startSandbox()
    const { body } = await call(sandbox, 'GET', `${LIST}?name=keep_helping`)
    expect(body.data).toMatchObject([
      {
        id: '1689556908129831',
        name: 'keep_helping',
        language: 'en',
        status: 'APPROVED',
        category: 'UTILITY',
        parameter_format: 'NAMED',
      },
    ])
    const some = await call(sandbox, 'GET', `${LIST}?name=keep_helping&fields=name,quality_score`)
    expect(some.body.data).toEqual([
      { id: '1689556908129831', name: 'keep_helping', quality_score: { score: 'UNKNOWN', date: expect.any(Number) } },
    ])
  })

  it('pages with cursors and links until there is no next', async () => {
    const sandbox = await startSandbox()
    const seen: string[] = []
    let url: string | undefined = `${sandbox.url}${LIST}?limit=3&fields=name&access_token=sandbox-access-token`
    let pages = 0
    while (url !== undefined) {
      const page = (await (await fetch(url)).json()) as Wire & { paging: { next?: string } }
      seen.push(...names(page))
      url = page.paging.next
      pages += 1
    }
    expect([pages, seen]).toEqual([2, ['keep_helping', 'spring_offer', 'hello_world', 'order_update']])
  })

  it('goes back with the before cursor', async () => {
    const sandbox = await startSandbox()
    const first = await call(sandbox, 'GET', `${LIST}?limit=2`)
    const { after } = (first.body.paging as { cursors: { after: string } }).cursors
    const second = await call(sandbox, 'GET', `${LIST}?limit=2&after=${after}`)
    expect(names(second.body)).toEqual(['hello_world', 'order_update'])
    const { before } = (second.body.paging as { cursors: { before: string } }).cursors
    expect(names((await call(sandbox, 'GET', `${LIST}?limit=2&before=${before}`)).body)).toEqual([
      'keep_helping',
      'spring_offer',
    ])
  })

  it.each([
    ['status=approved', 4],
    ['status=REJECTED', 0],
    ['category=["MARKETING","AUTHENTICATION"]', 1],
    ['language=en_US', 1],
    ['name_or_content=succulents', 1],
    ['name=no_such', 0],
  ])('filters by %s', async (filter, count) => {
    const sandbox = await startSandbox()
    expect((await call(sandbox, 'GET', `${LIST}?${encodeURI(filter)}`)).body.data).toHaveLength(count)
  })

  it('summarises when asked', async () => {
    const sandbox = await startSandbox()
    const { body } = await call(sandbox, 'GET', `${LIST}?summary=total_count,message_template_limit&limit=1`)
    expect(body.summary).toEqual({ total_count: 4, message_template_limit: 250 })
  })
})

describe('changing a template', () => {
  it('replaces components, reports them and reviews again', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url, knobs: { templateApprovalMs: 0 } })
    const id = '1689556908129834'
    const answer = await call(sandbox, 'POST', `/${id}`, { components: [{ type: 'body', text: 'Something else' }] })
    expect(answer.body).toEqual({ success: true })
    await sandbox.settled()
    expect(hook.changes().map((change) => change.field)).toEqual([
      'message_template_components_update',
      'message_template_status_update',
    ])
    expect((await call(sandbox, 'GET', `/${id}`)).body).toMatchObject({
      status: 'APPROVED',
      components: [{ type: 'BODY', text: 'Something else' }],
    })
  })

  it('cannot move an approved template to another category', async () => {
    const sandbox = await startSandbox()
    const answer = await call(sandbox, 'POST', '/1689556908129834', { category: 'MARKETING' })
    expect(errorOf(answer)).toMatchObject({ code: 100, error_subcode: 2388039 })
  })

  it('deletes every language by name, or one by id', async () => {
    const sandbox = await startSandbox({ knobs: { templateApprovalMs: null } })
    const german = await create(sandbox, { language: 'de' })
    await create(sandbox)
    await create(sandbox, { language: 'fr' })
    expect((await call(sandbox, 'DELETE', `${LIST}?name=order_ready&hsm_id=${String(german.body.id)}`)).body).toEqual({
      success: true,
    })
    expect((await call(sandbox, 'GET', `${LIST}?name=order_ready`)).body.data).toHaveLength(2)
    await call(sandbox, 'DELETE', `${LIST}?name=order_ready`)
    expect((await call(sandbox, 'GET', `${LIST}?name=order_ready`)).body.data).toHaveLength(0)
    const again = await call(sandbox, 'DELETE', `${LIST}?name=order_ready`)
    expect(errorOf(again)).toMatchObject({ code: 100, error_subcode: 2593002 })
  })

  it('unpauses what was paused by pacing', async () => {
    const sandbox = await startSandbox()
    const id = '1689556908129833'
    expect((await call(sandbox, 'POST', `/${id}/unpause`)).body).toMatchObject({ success: false })
    sandbox.changeTemplate(id, { status: 'PAUSED', title: 'RATE_LIMITING_PAUSE' })
    expect(codeOf(await sendTemplate(sandbox))).toBe(132015)
    expect((await call(sandbox, 'POST', `/${id}/unpause`)).body).toEqual({ success: true })
    expect((await sendTemplate(sandbox)).status).toBe(200)
  })
})

describe('what Meta does to a template', () => {
  const ID = '1689556908129833'

  it('is told by webhook: status, quality, category', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.changeTemplate(ID, { status: 'PAUSED', title: 'FIRST_PAUSE' })
    sandbox.changeTemplate(ID, { quality: 'RED' })
    sandbox.changeTemplate(ID, { correct_category: 'MARKETING' })
    sandbox.changeTemplate(ID, { category: 'MARKETING' })
    await sandbox.settled()
    expect(hook.changes()).toMatchObject([
      { field: 'message_template_status_update', value: { event: 'PAUSED', other_info: { title: 'FIRST_PAUSE' } } },
      {
        field: 'message_template_quality_update',
        value: { previous_quality_score: 'UNKNOWN', new_quality_score: 'RED' },
      },
      { field: 'template_category_update', value: { new_category: 'UTILITY', correct_category: 'MARKETING' } },
      { field: 'template_category_update', value: { previous_category: 'UTILITY', new_category: 'MARKETING' } },
    ])
    expect(hook.posts[0]?.body).toMatch(/"time":\d{10}/)
  })

  it('holds paced messages, and lets them go', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.changeTemplate(ID, { pacing: 'hold' })
    const answer = await sendTemplate(sandbox)
    expect(answer.body.messages).toMatchObject([{ message_status: 'held_for_quality_assessment' }])
    await sandbox.settled()
    expect(hook.statuses()).toEqual([])
    sandbox.changeTemplate(ID, { pacing: 'release' })
    await sandbox.settled()
    expect(hook.statuses().map((status) => status.status)).toEqual(['sent', 'delivered'])
  })

  it('drops paced messages with 132015 when the assessment goes badly', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.changeTemplate(ID, { pacing: 'hold' })
    await sendTemplate(sandbox)
    sandbox.changeTemplate(ID, { pacing: 'pause' })
    await sandbox.settled()
    expect(hook.statuses()).toMatchObject([{ status: 'failed', errors: [{ code: 132015 }] }])
    expect(codeOf(await sendTemplate(sandbox))).toBe(132015)
  })
})
