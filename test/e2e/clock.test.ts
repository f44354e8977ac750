import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Harness, LINK, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import { DAY_MS, HOUR_MS, SECOND_MS, text } from './fixtures.ts'

const MINUTE_MS = 60 * SECOND_MS

/** A day passes in a moment: the sandbox's clock and Casement's are one, moved through the API. */
describeEachLaneEngine('the clock that the sandbox moves', (engine) => {
  let casement: Harness

  beforeAll(async () => {
    casement = await startHarness(engine, { sandbox: { knobs: { templateApprovalMs: HOUR_MS, statusDelayMs: 1 } } })
  })
  afterAll(() => casement.close())

  async function pass(ms: number): Promise<void> {
    const moved = await casement.api<{ now: string }>('POST', '/v1/sandbox/clock', { advance_ms: ms })
    expect(moved.status).toBe(200)
    await casement.told()
  }
  const sandboxNow = async () => Date.parse((await casement.api<{ now: string }>('GET', '/v1/sandbox/clock')).body.now)
  const at = (ms: number) => new Date(casement.sandbox.now() + ms).toISOString()

  it('ends a message that was held, when its time is over', async () => {
    const { id } = await casement.enqueue({
      to: `+${casement.stranger()}`,
      message: text('Hello'),
      when_closed: 'hold',
      expires_at: at(HOUR_MS),
    })
    await casement.intentIn(id, 'held')
    await pass(2 * HOUR_MS)
    expect((await casement.intentIn(id, 'expired')).reason?.code).toBe('expired')
  })

  it('closes a window after its 24 hours, for what is shown and for what is sent', async () => {
    const customer = casement.stranger()
    await casement.writes(customer)
    expect((await casement.conversation(customer)).customer_service_window.open).toBe(true)
    await pass(DAY_MS)
    const { customer_service_window: window } = await casement.conversation(customer)
    expect(window.open).toBe(false)
    expect(Date.parse(window.expires_at as string)).toBeLessThanOrEqual(await sandboxNow())
    const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Still there?'), when_closed: 'fail' })
    expect((await casement.intentIn(id, 'failed')).reason?.code).toBe('window_closed')
    expect(casement.calls(customer)).toEqual([])
  })

  it('opens a window that is open for Meta too: a reply of the next day leaves', async () => {
    await pass(DAY_MS)
    const customer = casement.stranger()
    await casement.writes(customer)
    const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Good morning'), when_closed: 'fail' })
    await casement.intentIn(id, 'sent')
  })

  it('sends what was scheduled for tomorrow, at once when tomorrow is here', async () => {
    const customer = casement.stranger()
    await casement.writes(customer)
    const { id } = await casement.enqueue({
      to: `+${customer}`,
      message: text('Good afternoon'),
      when_closed: 'fail',
      send_at: at(12 * HOUR_MS),
    })
    await pass(11 * HOUR_MS)
    expect((await casement.intent(id)).state).toBe('scheduled')
    await pass(HOUR_MS)
    await casement.intentIn(id, 'sent')
  })

  it('shows times of the clock that was moved, and finds by them', async () => {
    await pass(DAY_MS)
    const before = await sandboxNow()
    const { id } = await casement.enqueue({
      to: `+${casement.stranger()}`,
      message: text('Hello'),
      when_closed: 'hold',
    })
    const held = await casement.intentIn(id, 'held')
    const { created_at } = held as unknown as { created_at: string }
    expect(Math.abs(Date.parse(created_at) - before)).toBeLessThan(MINUTE_MS)
    const since = new Date(before - MINUTE_MS).toISOString()
    const list = await casement.api<{ data: { id: string }[] }>('GET', `/v1/intents?since=${since}&state=held`)
    expect(list.body.data.map((one) => one.id)).toEqual([id])
  })

  it('has a template approved when its review is over', async () => {
    const created = await casement.api<{ id: string; status: string }>('POST', '/v1/templates', {
      waba_id: LINK.waba_id,
      name: 'tomorrow',
      language: 'en',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Your order is ready tomorrow.' }],
    })
    expect(created.status).toBe(201)
    const statusNow = async () =>
      (await casement.api<{ status: string }>('GET', `/v1/templates/${created.body.id}`)).body.status
    expect(await statusNow()).toBe('PENDING')
    await pass(HOUR_MS)
    await eventually(async () => expect(await statusNow()).toBe('APPROVED'))
  })

  it('is not moved back, nor out of all reason, nor by nothing', async () => {
    const before = await sandboxNow()
    for (const advance_ms of [-1, 1e15, '1000', null]) {
      const refused = await casement.api<{ error: { message: string } }>('POST', '/v1/sandbox/clock', { advance_ms })
      expect(refused.status).toBe(400)
    }
    expect((await sandboxNow()) - before).toBeLessThan(HOUR_MS)
  })

  it('moves step by step when it is moved by several at once', async () => {
    const before = await sandboxNow()
    await Promise.all([1, 2, 3].map(() => pass(HOUR_MS)))
    const moved = (await sandboxNow()) - before
    expect(moved).toBeGreaterThanOrEqual(3 * HOUR_MS)
    expect(moved).toBeLessThan(3 * HOUR_MS + 5 * MINUTE_MS)
    const [{ ms }] = (await casement.query<{ ms: number }>(
      'select (extract(epoch from casement_now()) * 1000)::float8 as ms',
    )) as [{ ms: number }]
    expect(Math.abs(ms - casement.sandbox.now())).toBeLessThan(MINUTE_MS)
  })
})
