import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, LINK, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'

/* Templates that are filled from the contact, as they are known when the message leaves. */

describe('templates with values of the contact', () => {
  let casement: Harness
  beforeAll(async () => {
    // Nobody reviews what waits here, however long it takes to come there.
    casement = await startHarness(lanesOnPostgres, { sandbox: { knobs: { templateApprovalMs: null } } })
    for (const name of ['greeting', 'waiting_greeting']) {
      const components = [
        { type: 'BODY', text: `Hello {{1}}, we have a ${name} for you.`, example: { body_text: [['Ana']] } },
      ]
      const document = { waba_id: LINK.waba_id, name, language: 'en', category: 'UTILITY', components }
      const { body } = await casement.api<{ id: string }>('POST', '/v1/templates', document)
      if (name === 'greeting') casement.sandbox.changeTemplate(body.id, { status: 'APPROVED' })
      ids[name] = body.id
    }
    await eventually(async () => {
      const { body } = await casement.api<{ status: string }>('GET', `/v1/templates/${ids.greeting}`)
      expect(body.status).toBe('APPROVED')
    })
  })
  afterAll(() => casement.close())
  const ids: Record<string, string> = {}

  const message = (value: string, name = 'greeting') => ({
    type: 'template',
    template: {
      name,
      language: { code: 'en' },
      components: [{ type: 'body', parameters: [{ type: 'text', text: value }] }],
    },
  })

  /** What the customer was sent as {{1}}. */
  const sent = (customer: string) => {
    const [call] = casement.calls(customer)
    const body = call?.body as { template: { components: { parameters: { text: string }[] }[] } }
    return body.template.components[0]?.parameters[0]?.text
  }

  async function knownAs(profile: object): Promise<string> {
    const customer = casement.stranger()
    const { status } = await casement.api('PUT', `/v1/contacts/${customer}`, profile)
    expect(status).toBe(201)
    return customer
  }

  it('say what is known of the contact, or what is given instead', async () => {
    const ana = await knownAs({ name: 'Ana Souza', attributes: { plan: 'gold' } })
    const first = await casement.enqueue({
      to: `+${ana}`,
      message: message('{{contact.first_name}} ({{contact.plan}})'),
    })
    await casement.intentIn(first.id, 'sent')
    expect(sent(ana)).toBe('Ana (gold)')
    const stranger = casement.stranger()
    const second = await casement.enqueue({ to: `+${stranger}`, message: message('{{contact.first_name | there}}') })
    await casement.intentIn(second.id, 'sent')
    expect(sent(stranger)).toBe('there')
  })

  it('take the value of the moment in which they leave', async () => {
    const customer = await knownAs({ attributes: { plan: 'silver' } })
    const held = await casement.enqueue({
      to: `+${customer}`,
      message: message('{{contact.plan}}', 'waiting_greeting'),
    })
    await casement.intentIn(held.id, 'held')
    await casement.api('PATCH', `/v1/contacts/${customer}`, { attributes: { plan: 'gold' } })
    casement.sandbox.changeTemplate(ids.waiting_greeting as string, { status: 'APPROVED' })
    await casement.intentIn(held.id, 'sent')
    expect(sent(customer)).toBe('gold')
  })

  it('fail with the name of what is missing, as was foretold', async () => {
    const customer = casement.stranger()
    const { id, forecast } = await casement.enqueue({ to: `+${customer}`, message: message('{{contact.plan}}') })
    expect(forecast).toMatchObject({ kind: 'fail', reason: { code: 'template_parameters' } })
    const { reason } = await casement.intentIn(id, 'failed')
    expect(reason).toMatchObject({ code: 'template_parameters', text: expect.stringContaining('plan') })
    expect(casement.calls(customer)).toEqual([])
  })

  it('give way to the next alternate where a value is missing', async () => {
    const customer = casement.stranger()
    const alternates = ['{{contact.plan}}', '{{contact.plan | your plan}}'].map((value) => ({
      name: 'greeting',
      language: 'en',
      parameters: [value],
    }))
    const { id } = await casement.enqueue({
      to: `+${customer}`,
      message: { type: 'text', text: { body: 'Hello' } },
      when_closed: { downgrade: alternates },
    })
    await casement.intentIn(id, 'sent')
    expect(sent(customer)).toBe('your plan')
  })

  it('are refused at once where they are misspelt', async () => {
    const { status, body } = await casement.api('POST', '/v1/intents', {
      sender: casement.sender,
      to: `+${casement.stranger()}`,
      message: message('{{contact.First name}}'),
    })
    expect({ status, body }).toMatchObject({ status: 400, body: { error: { code: 'template_parameters' } } })
  })
})
