import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Harness, type IntentJson, LINK, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { ORDER_UPDATE, templateMessage } from './fixtures.ts'

interface SenderJson {
  state: string
  throughput_mps: number
  throughput: { configured_mps: number; effective_mps: number; slowed_since: string | null }
  calls_paused_until: string | null
}

const MINUTE_MS = 60_000
const NOTICE = {
  name: 'order_update',
  language: 'en',
  category: 'UTILITY' as const,
  components: [{ type: 'BODY', text: 'Hello {{1}}, order {{2}} has an update.' }],
}

describeEachLaneEngine('the pace that Meta asks for', (engine) => {
  let casement: Harness
  let waba: string
  let numbers = 0

  beforeAll(async () => {
    casement = await startHarness(engine, { sweepEveryMs: 500 })
  })
  afterAll(() => casement.close())
  /** Every test pauses an account of its own. */
  beforeEach(async () => {
    waba = `20229012934${String(++numbers).padStart(4, '0')}`
  })

  async function linkNumber(): Promise<string> {
    const id = `30654035224${String(++numbers).padStart(4, '0')}`
    casement.sandbox.addSender({
      id,
      waba_id: waba,
      display_phone_number: `1555078${String(numbers).padStart(4, '0')}`,
    })
    if (numbers === Number(waba.slice(-4)) + 1) casement.sandbox.addTemplate({ ...NOTICE, waba_id: waba })
    const link = { ...LINK, phone_number_id: id, waba_id: waba, portfolio_id: waba, throughput_mps: 80 }
    expect((await casement.api('POST', '/v1/senders', link)).status).toBe(201)
    // Linking reads them too, and this waits for it.
    await casement.api('POST', '/v1/templates/sync', { waba_id: waba })
    return id
  }

  const send = (sender: string, more: object = {}) =>
    casement.enqueue({ sender, to: `+${casement.stranger()}`, message: templateMessage(ORDER_UPDATE), ...more })
  const read = async (sender: string) => (await casement.api<SenderJson>('GET', `/v1/senders/${sender}`)).body
  /** As if the last throttle were this much older. */
  const later = (sender: string, ms: number) =>
    casement.query(
      `update senders set slowed_at = slowed_at - $2 * interval '1 millisecond' where phone_number_id = $1`,
      [sender, ms],
    )
  const endOfPause = (column: string) => casement.query(`update wabas set ${column} = now() where id = $1`, [waba])

  /** One that met the fault, and waits. */
  async function throttled(sender: string, fault: object): Promise<IntentJson> {
    casement.sandbox.addFault({ ...fault, match: { phone_number_id: sender } } as never)
    const { id } = await send(sender)
    await casement.attempted(id, 'throttled')
    return casement.intentIn(id, 'scheduled', 'sent')
  }

  describe('of a number (130429)', () => {
    it('is lowered on all machines, shown, and given back by and by', async () => {
      const sender = await linkNumber()
      expect((await read(sender)).throughput).toMatchObject({
        configured_mps: 80,
        effective_mps: 80,
        slowed_since: null,
      })
      const { id } = await throttled(sender, { kind: 'graph_error', code: 130429 })
      const slowed = await read(sender)
      expect(slowed).toMatchObject({
        state: 'active',
        throughput_mps: 80,
        throughput: { configured_mps: 80, effective_mps: 56 },
      })
      expect(slowed.throughput.slowed_since).not.toBeNull()
      await casement.intentIn(id, 'sent')

      await later(sender, 10_000)
      expect((await read(sender)).throughput.effective_mps).toBe(64)
      await casement.intentIn((await send(sender)).id, 'sent')

      await later(sender, 20_000)
      expect((await read(sender)).throughput).toMatchObject({
        configured_mps: 80,
        effective_mps: 80,
        slowed_since: null,
      })
      await casement.intentIn((await send(sender)).id, 'sent')
    })

    it('is lowered for a burst, and everything goes all the same', async () => {
      const sender = await linkNumber()
      casement.sandbox.addFault({ kind: 'graph_error', code: 130429, times: 12, match: { phone_number_id: sender } })
      const sent = await Promise.all(Array.from({ length: 40 }, () => send(sender)))
      for (const { id } of sent) await casement.intentIn(id, 'sent')
      const { effective_mps } = (await read(sender)).throughput
      expect(effective_mps).toBeLessThan(80)
      expect(effective_mps).toBeGreaterThan(10)
    })

    it.each([131057, 2494100])('stays when the number is in maintenance (%i)', async (code) => {
      const sender = await linkNumber()
      const { due_at } = await throttled(sender, { kind: 'graph_error', code })
      expect(Date.parse(due_at as string)).toBeGreaterThan(Date.now() + 50_000)
      expect((await read(sender)).throughput.effective_mps).toBe(80)
    })
  })

  describe('of an account', () => {
    it.each([4, 80007])('(%i) stops all its numbers for as long as the header says', async (code) => {
      const [sender, sibling] = [await linkNumber(), await linkNumber()]
      const met = await throttled(sender, { kind: 'usage_limit', code, regain_minutes: 10 })
      expect(met).toMatchObject({ state: 'scheduled', reason: { code: 'throughput', graph_code: code } })
      expect(Date.parse(met.due_at as string)).toBeGreaterThan(Date.now() + 9 * MINUTE_MS)
      for (const one of [sender, sibling]) {
        const { state, calls_paused_until, throughput } = await read(one)
        expect(state).toBe('active')
        expect(throughput.effective_mps).toBe(80)
        const ms = Date.parse(calls_paused_until as string) - Date.now()
        expect(ms).toBeGreaterThan(9 * MINUTE_MS)
        expect(ms).toBeLessThan(12 * MINUTE_MS)
      }
      // A number whose lane is opened only now: it has to be the row that stops it.
      const newcomer = await linkNumber()
      const waiting = await Promise.all([sibling, newcomer].map((one) => send(one)))
      expect(waiting.map(({ forecast }) => [forecast.kind, forecast.reason.code])).toEqual([
        ['defer', 'throughput'],
        ['defer', 'throughput'],
      ])
      const { id: elsewhere } = await casement.enqueue({
        to: `+${casement.stranger()}`,
        message: templateMessage(ORDER_UPDATE),
      })
      await casement.intentIn(elsewhere, 'sent')
      for (const { id } of waiting) expect(await casement.intent(id)).toMatchObject({ state: 'queued', attempts: [] })

      await endOfPause('calls_paused_until')
      for (const { id } of waiting) await casement.intentIn(id, 'sent')
      expect((await read(sender)).calls_paused_until).toBeNull()
    })

    it('(80008) met by a message stops that message and no other', async () => {
      const sender = await linkNumber()
      const met = await throttled(sender, { kind: 'usage_limit', code: 80008, regain_minutes: 10 })
      expect(Date.parse(met.due_at as string)).toBeGreaterThan(Date.now() + 9 * MINUTE_MS)
      expect((await read(sender)).calls_paused_until).toBeNull()
      await casement.intentIn((await send(sender)).id, 'sent')
    })

    it('(80008) met by the management stops the management, and asks Meta nothing until it is over', async () => {
      const sender = await linkNumber()
      const sync = () => casement.api<{ error: { code: string } }>('POST', '/v1/templates/sync', { waba_id: waba })
      const faulty = {
        kind: 'usage_limit',
        code: 80008,
        regain_minutes: 10,
        match: { edge: 'message_templates' },
      } as const
      casement.sandbox.addFault({ ...faulty, times: 1 })
      for (const _again of [1, 2]) {
        expect(await sync()).toMatchObject({ status: 503, body: { error: { code: 'graph_throttled' } } })
      }
      expect((await read(sender)).calls_paused_until).toBeNull()
      await casement.intentIn((await send(sender)).id, 'sent')
      await endOfPause('management_paused_until')
      expect((await sync()).status).toBe(200)
    })
  })

  describe('does not keep a message beyond its time', () => {
    const soon = () => new Date(Date.now() + 2_500).toISOString()

    it('while its lane is paused', async () => {
      const sender = await linkNumber()
      await throttled(sender, { kind: 'http_429', retry_after_s: 3_600 })
      const { id } = await send(sender, { expires_at: soon() })
      expect(await casement.intentIn(id, 'expired', 'sent')).toMatchObject({ state: 'expired', attempts: [] })
      expect((await casement.intent(id)).decisions.map(({ kind }) => kind)).toEqual(['expire'])
    })

    it('while its account is paused', async () => {
      const sender = await linkNumber()
      const met = await throttled(sender, { kind: 'usage_limit', regain_minutes: 10 })
      const { id } = await send(sender, { expires_at: soon() })
      expect(await casement.intentIn(id, 'expired', 'sent')).toMatchObject({ state: 'expired', attempts: [] })
      expect(await casement.intent(met.id)).toMatchObject({ state: 'scheduled' })
    })
  })
})
