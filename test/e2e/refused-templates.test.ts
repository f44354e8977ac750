import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, LINK, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import { KEEP_HELPING, ORDER_UPDATE, statusOf, text } from './fixtures.ts'

interface TemplateJson {
  status: string
  history: { field: string; was: string | null; now: string | null }[]
}

const BODY = { category: 'UTILITY' as const, components: [{ type: 'BODY', text: 'There is news.' }] }
const REFUSALS = [
  ['by the answer', 'graph_error'],
  ['by webhook', 'failed_status'],
] as const

describeEachLaneEngine('a template that Meta refuses', (engine) => {
  let casement: Harness
  let names = 0

  beforeAll(async () => {
    casement = await startHarness(engine)
  })
  afterAll(() => casement.close())

  /** Approved at Meta, and known here. */
  async function template(from = casement) {
    const name = `notice_${++names}`
    const { id } = from.sandbox.addTemplate({ ...BODY, name, language: 'en' })
    await from.api('POST', '/v1/templates/sync', { waba_id: LINK.waba_id })
    return { id, name, reference: { name, language: 'en' } }
  }

  const send = (name: string, customer = casement.stranger(), from = casement) =>
    from.enqueue({ to: `+${customer}`, message: { type: 'template', template: { name, language: { code: 'en' } } } })
  const read = async (id: string, from = casement) => (await from.api<TemplateJson>('GET', `/v1/templates/${id}`)).body

  const nameOf = ({ body }: { body: unknown }) => (body as { template: { name: string } }).template.name

  /** Changed at Meta, and the webhook gets lost. */
  function silently<T>(change: () => T, from = casement): T {
    from.sandbox.setWebhookUrl(null)
    try {
      return change()
    } finally {
      from.sandbox.setWebhookUrl(`${from.url}/webhooks/whatsapp`)
    }
  }

  async function refusedOnce(name: string, kind: 'graph_error' | 'failed_status', code: number) {
    const customer = casement.stranger()
    casement.sandbox.addFault({ kind, code, match: { to: customer } })
    const { id } = await send(name, customer)
    const seen = await casement.intentIn(id, 'held', 'failed')
    return { id, customer, seen }
  }

  describe('as paused (132015)', () => {
    it.each(REFUSALS)('is paused for all messages, known %s; they wait and spend no attempt', async (_how, kind) => {
      const { id: templateId, name } = await template()
      const { id, customer, seen } = await refusedOnce(name, kind, 132015)
      expect(seen).toMatchObject({ state: 'held', reason: { code: 'template_paused' } })
      expect(seen.attempts).toHaveLength(1)
      const { status, history } = await read(templateId)
      expect(status).toBe('PAUSED')
      expect(history.at(-1)).toMatchObject({ field: 'status', was: 'APPROVED', now: 'PAUSED' })

      const others = await Promise.all([send(name), send(name)])
      for (const other of others) {
        expect(await casement.intentIn(other.id, 'held', 'sent')).toMatchObject({
          state: 'held',
          reason: { code: 'template_paused' },
          attempts: [],
        })
      }
      casement.sandbox.changeTemplate(templateId, { status: 'APPROVED' })
      for (const one of [id, ...others.map((other) => other.id)]) await casement.intentIn(one, 'sent')
      expect(casement.calls(customer)).toHaveLength(2)
      expect((await read(templateId)).status).toBe('APPROVED')
    })

    it('goes again when a sync says that it is approved', async () => {
      const { id: templateId, name } = await template()
      const { id } = await refusedOnce(name, 'graph_error', 132015)
      await casement.api('POST', '/v1/templates/sync', { waba_id: LINK.waba_id })
      await casement.intentIn(id, 'sent')
      expect((await read(templateId)).status).toBe('APPROVED')
    })

    it('holds all that pacing kept back, and none is sent twice', async () => {
      const { id: templateId, name } = await template()
      casement.sandbox.changeTemplate(templateId, { pacing: 'hold' })
      const customers = [casement.stranger(), casement.stranger(), casement.stranger()]
      const paced = await Promise.all(customers.map((customer) => send(name, customer)))
      for (const { id } of paced) {
        expect(await casement.intentIn(id, 'sent')).toMatchObject({ meta_status: 'held_for_quality_assessment' })
      }
      silently(() => casement.sandbox.changeTemplate(templateId, { status: 'PAUSED' }))
      casement.sandbox.changeTemplate(templateId, { pacing: 'pause' })
      for (const { id } of paced) {
        expect(await casement.intentIn(id, 'held', 'failed')).toMatchObject({
          reason: { code: 'template_paused' },
          meta_status: 'paused',
        })
      }
      for (const customer of customers) expect(casement.calls(customer)).toHaveLength(1)
      casement.sandbox.changeTemplate(templateId, { status: 'APPROVED' })
      for (const { id } of paced) {
        expect(await casement.intentIn(id, 'sent')).toMatchObject({ meta_status: 'accepted' })
      }
    })

    it('lets what pacing kept back go by Meta, which is told by its status', async () => {
      const { id: templateId, name } = await template()
      casement.sandbox.changeTemplate(templateId, { pacing: 'hold' })
      const { id } = await send(name)
      expect(await casement.intentIn(id, 'sent')).toMatchObject({
        meta_status: 'held_for_quality_assessment',
        delivery_status: null,
      })
      casement.sandbox.changeTemplate(templateId, { pacing: 'release' })
      await eventually(async () => expect(await casement.intent(id)).toMatchObject({ meta_status: 'accepted' }))
      expect((await casement.intent(id)).attempts).toHaveLength(1)
    })

    it('gives way to the next alternate of a policy', async () => {
      for (const [, kind] of REFUSALS) {
        const { name, reference } = await template()
        const customer = casement.stranger()
        casement.sandbox.addFault({ kind, code: 132015, match: { to: customer } })
        const { id } = await casement.enqueue({
          to: `+${customer}`,
          message: text('Hi'),
          when_closed: { downgrade: [reference, ORDER_UPDATE] },
        })
        await eventually(() => casement.calls(customer).length === 2)
        await casement.intentIn(id, 'sent')
        expect(casement.calls(customer).map(nameOf)).toEqual([name, ORDER_UPDATE.name])
      }
    })

    describe('long ago', () => {
      const PAUSED = { errors: [{ code: 132015, title: 'Template is paused' }] }

      /** The first message failed for the pause; the template was resumed, and the second one went. */
      async function resumed() {
        const made = await template()
        const { id, customer } = await refusedOnce(made.name, 'failed_status', 132015)
        const first = casement.calls(customer)[0] ?? expect.fail('expected a call')
        casement.sandbox.changeTemplate(made.id, { status: 'APPROVED' })
        await casement.intentIn(id, 'sent')
        return { ...made, intent: id, customer, first }
      }

      it('is not paused again by a repetition of the report', async () => {
        const { id: templateId, intent, customer, first } = await resumed()
        for (let again = 0; again < 3; again++) {
          const more = { ...PAUSED, biz_opaque_callback_data: first.opaque }
          await casement.webhook(statusOf(casement.sender, first.wamid as string, 'failed', more))
        }
        await casement.told()
        expect((await read(templateId)).status).toBe('APPROVED')
        expect(await casement.intent(intent)).toMatchObject({ state: 'sent' })
        expect(casement.calls(customer)).toHaveLength(2)
      })

      it('is not paused again by the first report of an older attempt, whose message goes once more', async () => {
        const { id: templateId, name } = await template()
        const customer = casement.stranger()
        casement.sandbox.setWebhookUrl(null)
        const { id } = await send(name, customer)
        const { wamid } = await casement.intentIn(id, 'sent')
        await casement.sandbox.settled()
        casement.sandbox.setWebhookUrl(`${casement.url}/webhooks/whatsapp`)
        await eventually(async () => {
          const [row] = await casement.query<{ later: boolean }>(
            `select date_trunc('second', now()) > started_at as later from attempts where intent_id = $1`,
            [id],
          )
          return row?.later === true
        })
        casement.sandbox.changeTemplate(templateId, { status: 'PAUSED' })
        casement.sandbox.changeTemplate(templateId, { status: 'APPROVED' })
        await casement.told()
        await casement.webhook(statusOf(casement.sender, wamid as string, 'failed', PAUSED))
        await eventually(() => casement.calls(customer).length === 2)
        await casement.intentIn(id, 'sent')
        expect((await read(templateId)).status).toBe('APPROVED')
      })
    })
  })

  describe('as disabled (132016)', () => {
    it.each(REFUSALS)('fails this message and all others, known %s', async (_how, kind) => {
      const { id: templateId, name } = await template()
      const { seen } = await refusedOnce(name, kind, 132016)
      expect(seen).toMatchObject({ state: 'failed', reason: { code: 'template_disabled', graph_code: 132016 } })
      expect((await read(templateId)).status).toBe('DISABLED')
      expect(await casement.intentIn((await send(name)).id, 'failed', 'sent')).toMatchObject({
        state: 'failed',
        reason: { code: 'template_disabled' },
        attempts: [],
      })
    })

    it.each(REFUSALS)('gives way to the next alternate of a policy, known %s', async (_how, kind) => {
      const { name, reference } = await template()
      const customer = casement.stranger()
      casement.sandbox.addFault({ kind, code: 132016, match: { to: customer } })
      const policy = { when_closed: { downgrade: [reference, ORDER_UPDATE] } }
      const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi'), ...policy })
      await eventually(() => casement.calls(customer).length === 2)
      await casement.intentIn(id, 'sent')
      expect(casement.calls(customer).map(nameOf)).toEqual([name, ORDER_UPDATE.name])
      const next = await casement.enqueue({ to: `+${casement.stranger()}`, message: text('Hi'), ...policy })
      expect(await casement.intentIn(next.id, 'sent')).toMatchObject({ attempts: [{ outcome: 'accepted' }] })
    })

    it.each(REFUSALS)('lets the next alternate invite instead, known %s', async (_how, kind) => {
      const { name, reference } = await template()
      const customer = casement.stranger()
      casement.sandbox.addFault({ kind, code: 132016, match: { to: customer } })
      const { id } = await casement.enqueue({
        to: `+${customer}`,
        message: text('Hi'),
        when_closed: { follow_up: [reference, KEEP_HELPING] },
      })
      await eventually(() => casement.calls(customer).length === 2)
      expect(casement.calls(customer).map(nameOf)).toEqual([name, KEEP_HELPING.name])
      expect(await casement.intentIn(id, 'held')).toMatchObject({ reason: { code: 'awaiting_answer' } })
      await casement.writes(customer)
      await casement.intentIn(id, 'sent')
    })

    it('leaves a message that names no other template waiting for the customer', async () => {
      const { reference } = await template()
      const customer = casement.stranger()
      casement.sandbox.addFault({ kind: 'graph_error', code: 132016, match: { to: customer } })
      const { id } = await casement.enqueue({
        to: `+${customer}`,
        message: text('Hi'),
        when_closed: { follow_up: reference },
      })
      await eventually(async () => (await casement.intent(id)).reason?.code === 'awaiting_window')
      expect(await casement.intent(id)).toMatchObject({ state: 'held' })
    })

    it('fails the message in whose place it went when there is no other', async () => {
      const { reference } = await template()
      const customer = casement.stranger()
      casement.sandbox.addFault({ kind: 'graph_error', code: 132016, match: { to: customer } })
      const { id } = await casement.enqueue({
        to: `+${customer}`,
        message: text('Hi'),
        when_closed: { downgrade: reference },
      })
      expect(await casement.intentIn(id, 'failed')).toMatchObject({ reason: { code: 'template_disabled' } })
      expect(casement.calls(customer)).toHaveLength(1)
    })
  })

  describe('while webhooks are lost', () => {
    let checking: Harness
    beforeAll(async () => {
      checking = await startHarness(engine, { templateCheckMs: 500 })
    })
    afterAll(() => checking.close())

    it('is looked after, so that what waits for it does not wait for ever', async () => {
      const { id: templateId, name } = await template(checking)
      silently(() => checking.sandbox.changeTemplate(templateId, { status: 'PAUSED' }), checking)
      const { id } = await send(name, checking.stranger(), checking)
      await checking.intentIn(id, 'held')
      silently(() => checking.sandbox.changeTemplate(templateId, { status: 'APPROVED' }), checking)
      await checking.intentIn(id, 'sent')
    })

    it.each(REFUSALS)('has all of the account read again when it is unknown (132001), known %s', async (_how, kind) => {
      const { name } = await template(checking)
      const other = await template(checking)
      silently(() => checking.sandbox.changeTemplate(other.id, { status: 'REJECTED' }), checking)
      const customer = checking.stranger()
      checking.sandbox.addFault({ kind, code: 132001, match: { to: customer } })
      const { id } = await send(name, customer, checking)
      expect(await checking.intentIn(id, 'failed')).toMatchObject({ reason: { code: 'template_unknown' } })
      expect(checking.calls(customer)).toHaveLength(1)
      await eventually(async () => (await read(other.id, checking)).status === 'REJECTED')
    })
  })
})
