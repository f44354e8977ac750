import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import { ORDER_UPDATE, statusOf, templateMessage, text } from './fixtures.ts'

describe('a test number with a list', () => {
  let casement: Harness

  beforeAll(async () => {
    casement = await startHarness(lanesOnPostgres)
  })
  afterAll(() => casement.close())

  const allow = (...digits: string[]) => casement.sandbox.changeSender(casement.sender, { allowed_to: digits })
  const spellings = (id: string) =>
    casement.query<{ outcome: string; spelling: string | null }>(
      `select outcome, decision -> 'facts' ->> 'spelling' as spelling from attempts where intent_id = $1 order by number`,
      [id],
    )

  it.each([
    ['5491123456789', '541123456789'],
    ['5215512345678', '525512345678'],
    ['555181234567', '5551981234567'],
  ])('gets the message of %s under the spelling on its list, %s', async (known, listed) => {
    allow(listed)
    casement.sandbox.addCustomer({ wa_id: known, aliases: [listed] })
    await casement.writes(known)
    const { id } = await casement.enqueue({ to: { wa_id: known }, message: text('Hi.') })
    await casement.intentIn(id, 'sent', 'failed')
    expect(casement.calls(known).map(({ code }) => code)).toEqual([131030])
    expect(casement.received(listed)).toEqual(['Hi.'])
    expect(await spellings(id)).toEqual([
      { outcome: 'refused', spelling: null },
      { outcome: 'accepted', spelling: 'other' },
    ])
  })

  it.each([
    ['5491145678901', '541145678901'],
    ['5215545678901', '525545678901'],
    ['555181234568', '5551981234568'],
  ])('whose refusal of %s is told by webhook gets it under %s too, once', async (known, listed) => {
    casement.sandbox.addCustomer({ wa_id: known, aliases: [listed] })
    await casement.writes(known)
    casement.sandbox.changeSender(casement.sender, { allowed_to: null })
    casement.sandbox.addFault({ kind: 'failed_status', code: 131030, match: { to: known } })
    const { id } = await casement.enqueue({ to: { wa_id: known }, message: text('Hi.') })
    await eventually(async () => {
      const seen = await casement.intent(id)
      return seen.state === 'sent' && seen.attempts.length === 2
    })
    expect(casement.calls(known).map(({ code }) => code)).toEqual([131030])
    expect(casement.calls(listed).map(({ code }) => code)).toEqual([null])
    expect(await spellings(id)).toEqual([
      { outcome: 'accepted', spelling: null },
      { outcome: 'accepted', spelling: 'other' },
    ])
    // The report comes twice, and late.
    const [first] = casement.calls(known)
    const again = { errors: [{ code: 131030 }], biz_opaque_callback_data: first?.opaque }
    await casement.webhook(statusOf(casement.sender, first?.wamid as string, 'failed', again))
    await casement.told()
    expect(await casement.intent(id)).toMatchObject({ state: 'sent' })
  })

  it('fails by two such refusals, one of each spelling, and a replay tries both again', async () => {
    const [known, other] = ['5491156789012', '541156789012']
    casement.sandbox.addCustomer({ wa_id: known, aliases: [other] })
    await casement.writes(known)
    for (const to of [known, other]) casement.sandbox.addFault({ kind: 'failed_status', code: 131030, match: { to } })
    const { id } = await casement.enqueue({ to: { wa_id: known }, message: text('Hi.') })
    const failed = await casement.intentIn(id, 'failed')
    expect(failed.reason).toMatchObject({ code: 'recipient_unreachable', graph_code: 131030 })
    expect(casement.calls(known)).toHaveLength(1)
    expect(casement.calls(other)).toHaveLength(1)
    await casement.api('POST', `/v1/intents/${id}/replay`)
    await casement.intentIn(id, 'sent')
    expect(casement.calls(known)).toHaveLength(2)
  })

  it('refuses whom it does not list under either spelling, once each, and a replay tries both again', async () => {
    allow()
    const { id } = await casement.enqueue({ to: '+5491134567890', message: templateMessage(ORDER_UPDATE) })
    const failed = await casement.intentIn(id, 'failed')
    expect(failed.reason).toMatchObject({ code: 'recipient_unreachable', graph_code: 131030 })
    expect(failed.attempts).toHaveLength(2)
    allow('5491134567890')
    await casement.api('POST', `/v1/intents/${id}/replay`)
    await casement.intentIn(id, 'sent')
    expect(casement.received('5491134567890')).toEqual(['template order_update'])
  })

  it('refuses at once whose number has one spelling', async () => {
    allow()
    const { id } = await casement.enqueue({ to: '+4915123456789', message: templateMessage(ORDER_UPDATE) })
    expect((await casement.intentIn(id, 'failed')).attempts).toHaveLength(1)
  })

  it('leaves a service message waiting while another responder has the customer, and sends templates', async () => {
    casement.sandbox.changeSender(casement.sender, { allowed_to: null })
    const customer = casement.stranger()
    await casement.writes(customer)
    casement.sandbox.colleagues.takeOver(customer)
    const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi.') })
    const waiting = await casement.intentIn(id, 'held')
    expect(waiting).toMatchObject({ reason: { code: 'other_responder', graph_code: 131070 }, due_at: null })
    const template = await casement.enqueue({ to: `+${customer}`, message: templateMessage(ORDER_UPDATE) })
    await casement.intentIn(template.id, 'sent')
    casement.sandbox.colleagues.handBack(customer)
    await casement.intentIn(id, 'sent')
  })

  it('waits for another responder at most so long without being told', async () => {
    const customer = casement.stranger()
    await casement.writes(customer)
    casement.sandbox.colleagues.takeOver(customer)
    const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi.') })
    await casement.intentIn(id, 'held')
    casement.sandbox.colleagues.handBack(customer, { silently: true })
    await casement.query(`update intents set state_at = state_at - interval '15 minutes' where id = $1`, [id])
    await casement.intentIn(id, 'sent')
  })
})
