import { describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { contactView } from '../../src/http/contact-views.ts'
import { conversationSummaryView, conversationView, messageView } from '../../src/http/conversation-views.ts'
import { senderView } from '../../src/http/sender-views.ts'
import { templateInFullView, templateView } from '../../src/http/template-schemas.ts'
import { listView, webhookEventView } from '../../src/http/views.ts'
import { CONTACT, refusal, SENDER, sender, WABA } from './fake-services.ts'
import { CALLER_OVER_HTTP, startServer } from './harness.ts'

const reads: [url: string, view: z.ZodType][] = [
  ['/v1/senders', listView(senderView)],
  [`/v1/senders/${SENDER}`, senderView],
  ['/v1/conversations', listView(conversationSummaryView)],
  [`/v1/conversations/${SENDER}/${CONTACT}`, conversationView],
  [`/v1/conversations/${SENDER}/${CONTACT}/messages`, listView(messageView)],
  ['/v1/templates', listView(templateView)],
  ['/v1/templates/594425479261596', templateInFullView],
  [`/v1/contacts/${CONTACT}`, contactView],
  ['/v1/webhook-events?state=failed', listView(webhookEventView)],
]

it.each(reads)('GET %s answers what the document says', async (url, view) => {
  const { call } = await startServer()
  const answer = await call('GET', url)
  expect(answer.statusCode).toBe(200)
  expect(view.safeParse(answer.json()).error).toBeUndefined()
  expect(answer.headers['cache-control']).toBe('no-store')
})

describe('senders', () => {
  const linked = { phone_number_id: '1', waba_id: WABA, access_token: 'EAAGtoken' }

  it('are linked with 201, and updated with 200 the second time', async () => {
    const { call } = await startServer()
    expect((await call('POST', '/v1/senders', { body: linked })).statusCode).toBe(201)
    expect((await call('POST', '/v1/senders', { body: { ...linked, phone_number_id: SENDER } })).statusCode).toBe(200)
  })

  it('take every member of the contract', async () => {
    const { call, asked } = await startServer()
    const body = {
      ...linked,
      display_phone_number: '+1 555 010 0000',
      verified_name: 'Casement',
      portfolio_id: '7',
      throughput_mps: 1000,
      messaging_limit: null,
      default_when_closed: { downgrade: { name: 'keep_helping', language: 'en' } },
    }
    expect((await call('POST', '/v1/senders', { body })).statusCode).toBe(201)
    expect(asked('linkSender')[0]).toEqual([CALLER_OVER_HTTP, body])
  })

  it('are changed member by member', async () => {
    const { call, asked } = await startServer()
    await call('PATCH', `/v1/senders/${SENDER}`, { body: { throughput_mps: 250 } })
    expect(asked('updateSender')).toEqual([[CALLER_OVER_HTTP, SENDER, { throughput_mps: 250 }]])
  })

  it.each(['pause', 'resume'])('can be asked to %s', async (verb) => {
    const { call } = await startServer()
    const answer = await call('POST', `/v1/senders/${SENDER}/${verb}`)
    expect(answer.statusCode).toBe(200)
    expect(answer.json().phone_number_id).toBe(sender.phone_number_id)
  })

  it('are unlinked', async () => {
    const { call } = await startServer()
    const answer = await call('DELETE', `/v1/senders/${SENDER}`)
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({ success: true })
  })

  it('are unlinked also by a client that labels its empty body as JSON', async () => {
    const { call } = await startServer()
    expect((await call('DELETE', `/v1/senders/${SENDER}`, { raw: '' })).statusCode).toBe(200)
  })

  it('that nobody linked are 404', async () => {
    const { call } = await startServer()
    expect((await call('GET', '/v1/senders/1')).statusCode).toBe(404)
  })
})

describe('conversations', () => {
  it('are filtered by their window', async () => {
    const { call, asked } = await startServer()
    await call('GET', `/v1/conversations?open=false&sender=${SENDER}&q=ana&limit=5`)
    expect(asked('listConversations')).toEqual([
      [CALLER_OVER_HTTP, { open: false, sender: SENDER, q: 'ana', limit: 5 }],
    ])
  })

  it.each([CONTACT, `+${CONTACT}`, `%2B${CONTACT}`])('are found by %s', async (contact) => {
    const { call, asked } = await startServer()
    await call('GET', `/v1/conversations/${SENDER}/${contact}`)
    expect(asked('getConversation')).toEqual([[CALLER_OVER_HTTP, SENDER, CONTACT]])
  })

  it('are asked for by the longest BSUID there is', async () => {
    const bsuid = `BR.ENT.${'a1'.repeat(64)}`
    const { call, asked } = await startServer()
    await call('GET', `/v1/conversations/${SENDER}/${bsuid}`)
    expect(asked('getConversation')).toEqual([[CALLER_OVER_HTTP, SENDER, bsuid]])
  })
})

describe('templates', () => {
  const document = {
    name: 'keep_helping',
    language: 'en',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'Hi' }],
  }

  it('are created from the document without the account', async () => {
    const { call, asked } = await startServer()
    const answer = await call('POST', '/v1/templates', { body: { waba_id: WABA, ...document, sub_category: 'X' } })
    expect(answer.statusCode).toBe(201)
    expect(asked('createTemplate')).toEqual([[CALLER_OVER_HTTP, WABA, { ...document, sub_category: 'X' }]])
  })

  it('are linted, whatever the document is', async () => {
    const { call, asked } = await startServer()
    const answer = await call('POST', '/v1/templates/lint', { body: { components: 'none' } })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({
      problems: [{ path: 'name', message: 'is missing', code: 'missing', values: {} }],
      warnings: [{ path: 'language', message: 'is rare', code: 'language_unknown', values: { language: 'xx' } }],
    })
    expect(asked('lintTemplate')).toEqual([[{ components: 'none' }]])
  })

  it('are synced', async () => {
    const { call } = await startServer()
    const answer = await call('POST', '/v1/templates/sync', { body: { waba_id: WABA } })
    expect(answer.json()).toEqual({ synced: 3 })
  })

  it('come with 422 and all their problems when Meta would refuse them', async () => {
    const problems = [
      { path: 'name', message: 'is missing' },
      { path: 'language', message: 'is missing' },
    ]
    const { call } = await startServer({ createTemplate: async () => refusal(422, 'template_invalid', { problems }) })
    const answer = await call('POST', '/v1/templates', { body: { waba_id: WABA } })
    expect(answer.statusCode).toBe(422)
    expect(answer.json().error.problems).toEqual(problems)
  })
})

describe('contacts', () => {
  it('are changed, and null forgets', async () => {
    const { call, asked } = await startServer()
    const body = { name: null, language: 'pt_BR', time_zone: 'America/Sao_Paulo' }
    expect((await call('PATCH', `/v1/contacts/${CONTACT}`, { body })).statusCode).toBe(200)
    expect(asked('updateContact')).toEqual([[CALLER_OVER_HTTP, CONTACT, body]])
  })

  it('are erased', async () => {
    const { call, asked } = await startServer()
    const answer = await call('DELETE', `/v1/contacts/${CONTACT}`)
    expect(answer.statusCode).toBe(202)
    expect(answer.json()).toEqual({ job: expect.any(String) })
    expect(asked('eraseContact')).toEqual([[CALLER_OVER_HTTP, CONTACT]])
  })

  it('keep the evidence of their consent as it is', async () => {
    const { call, asked } = await startServer()
    const body = { category: 'marketing', state: 'in', evidence: { form: 'checkout', lines: [1, null] } }
    expect((await call('POST', `/v1/contacts/${CONTACT}/consent`, { body })).statusCode).toBe(200)
    expect(asked('recordConsent')).toEqual([[CALLER_OVER_HTTP, CONTACT, body]])
  })

  it('that nobody knows are 404', async () => {
    const { call } = await startServer()
    expect((await call('GET', '/v1/contacts/15550001111')).statusCode).toBe(404)
  })
})

it('replays a stored event', async () => {
  const { call } = await startServer()
  expect((await call('POST', '/v1/webhook-events/1/replay')).statusCode).toBe(200)
})
