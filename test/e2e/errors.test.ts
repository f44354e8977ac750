import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, type ReasonJson, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import { hurried, meeting } from './failing.ts'
import { ORDER_UPDATE, templateMessage, text } from './fixtures.ts'

interface SenderJson {
  state: string
  reason: (ReasonJson & { since: string }) | null
}

describeEachLaneEngine('an error of Meta', (engine) => {
  let casement: Harness

  beforeAll(async () => {
    casement = await startHarness(engine)
  })
  afterAll(() => casement.close())

  const outcomes = async (id: string) => (await casement.intent(id)).attempts.map(({ outcome }) => outcome)
  const sender = async () => (await casement.api<SenderJson>('GET', `/v1/senders/${casement.sender}`)).body
  const template = (customer: string) =>
    casement.enqueue({ to: `+${customer}`, message: templateMessage(ORDER_UPDATE) })

  describe('that says "slow down"', () => {
    it.each([
      ['130429', { kind: 'graph_error', code: 130429 }],
      ['HTTP 429 without a body', { kind: 'http_429' }],
      ['HTTP 429 with Retry-After', { kind: 'http_429', retry_after_s: 2 }],
    ])('(%s) pauses the whole sender, and everything goes afterwards', async (_what, fault) => {
      const { id, customer } = await meeting(casement, fault)
      await casement.attempted(id, 'throttled')
      expect(await casement.intent(id)).toMatchObject({ state: 'scheduled', reason: { code: 'throughput' } })
      const others = await Promise.all([template(casement.stranger()), template(casement.stranger())])
      for (const other of others) await casement.intentIn(other.id, 'sent')
      await casement.intentIn(id, 'sent')
      const calls = casement.calls(customer)
      expect(calls.map(({ outcome }) => outcome)).toEqual(['refused', 'accepted'])
      expect((await sender()).state).toBe('active')
    })

    it('(131056) to one person waits for that person alone', async () => {
      const { id } = await meeting(casement, { kind: 'graph_error', code: 131056 })
      await casement.attempted(id, 'throttled')
      const other = await template(casement.stranger())
      await casement.intentIn(other.id, 'sent')
      expect((await casement.intent(id)).reason).toMatchObject({ code: 'pair_limit', graph_code: 131056 })
      await casement.intentIn(id, 'sent')
    })

    it('spends none of the tries that other errors have', async () => {
      const { id, customer } = await meeting(casement, { kind: 'graph_error', code: 131056, times: 6 })
      await hurried(casement, id, 'sent')
      expect(casement.calls(customer)).toHaveLength(7)
    })
  })

  describe('that passes', () => {
    it.each([
      ['HTTP 500, code 1', { kind: 'http_500' }],
      ['HTTP 503, code 2', { kind: 'http_503' }],
      ['131000', { kind: 'graph_error', code: 131000 }],
      ['131016', { kind: 'graph_error', code: 131016 }],
    ])('(%s) is tried again', async (_what, fault) => {
      const { id } = await meeting(casement, fault)
      await hurried(casement, id, 'sent', 'failed')
      expect(await outcomes(id)).toEqual(['refused', 'accepted'])
    })

    it.each([
      [2, 5, 'attempts_exhausted'],
      [131000, 3, 'attempts_exhausted'],
      [1, 3, 'graph_refused'],
      [999999, 2, 'graph_refused'],
    ])('(%i) is tried %i times and no more', async (code, most, reason) => {
      const { id, customer } = await meeting(casement, { kind: 'graph_error', code, times: null })
      expect(await hurried(casement, id, 'failed')).toMatchObject({ reason: { code: reason, graph_code: code } })
      casement.sandbox.clearFaults()
      expect(casement.calls(customer)).toHaveLength(most)
    })
  })

  describe('that stays', () => {
    it.each([
      [100, 'graph_refused'],
      [131009, 'graph_refused'],
      [131051, 'graph_refused'],
      [131026, 'recipient_unreachable'],
      [130403, 'recipient_blocked'],
      [132000, 'template_parameters'],
    ])('(%i) fails the intent at once', async (code, reason) => {
      const { id, customer } = await meeting(casement, { kind: 'graph_error', code })
      expect(await casement.intentIn(id, 'failed', 'sent')).toMatchObject({
        state: 'failed',
        reason: { code: reason, graph_code: code },
      })
      expect(casement.calls(customer)).toHaveLength(1)
    })

    it('(130497) suppresses the intent: the sender may not write to that country', async () => {
      const { id } = await meeting(casement, { kind: 'graph_error', code: 130497 })
      expect(await casement.intentIn(id, 'suppressed', 'failed')).toMatchObject({ reason: { code: 'country_blocked' } })
    })

    it('can be met again on request, with a new attempt of the same intent', async () => {
      const { id } = await meeting(casement, { kind: 'graph_error', code: 100 })
      await casement.intentIn(id, 'failed')
      expect((await casement.api('POST', `/v1/intents/${id}/replay`)).status).toBe(200)
      await casement.intentIn(id, 'sent')
      expect(await outcomes(id)).toEqual(['refused', 'accepted'])
    })

    it('lets the next message of the conversation go', async () => {
      const customer = casement.stranger()
      casement.sandbox.addFault({ kind: 'graph_error', code: 100, match: { to: customer } })
      const first = await template(customer)
      const second = await template(customer)
      await casement.intentIn(first.id, 'failed')
      await casement.intentIn(second.id, 'sent')
    })
  })

  describe('about the account', () => {
    it('(190) restricts the sender and holds its intents until there is a new token', async () => {
      casement.sandbox.setToken({ token: 'sandbox-access-token', revoked: true })
      const first = await template(casement.stranger())
      expect(await casement.intentIn(first.id, 'held')).toMatchObject({
        reason: { code: 'sender_account', graph_code: 190 },
      })
      expect(await sender()).toMatchObject({ state: 'restricted', reason: { code: 'sender_account', graph_code: 190 } })
      const others = await Promise.all([template(casement.stranger()), template(casement.stranger())])
      for (const other of others)
        expect(await casement.intentIn(other.id, 'held')).toMatchObject({
          reason: { code: 'sender_account' },
          attempts: [],
        })

      casement.sandbox.setToken({ token: 'a-new-token' })
      expect(
        (await casement.api('PATCH', `/v1/senders/${casement.sender}`, { access_token: 'a-new-token' })).status,
      ).toBe(200)
      expect(await sender()).toMatchObject({ state: 'active', reason: null })
      for (const { id } of [first, ...others]) await casement.intentIn(id, 'sent')
    })

    it('(190) that nobody cured leaves the token of no use restrict again', async () => {
      casement.sandbox.setToken({ token: 'a-new-token', revoked: true })
      const { id } = await template(casement.stranger())
      await casement.intentIn(id, 'held')
      await casement.api('PATCH', `/v1/senders/${casement.sender}`, { access_token: 'a-wrong-token' })
      await eventually(async () => (await casement.intent(id)).attempts.length === 2)
      await casement.intentIn(id, 'held')
      expect(await sender()).toMatchObject({ state: 'restricted' })
      casement.sandbox.setToken({ token: 'a-new-token', revoked: false })
      await casement.api('PATCH', `/v1/senders/${casement.sender}`, { access_token: 'a-new-token' })
      await casement.intentIn(id, 'sent')
    })

    it.each([131031, 131042, 368])('(%i) waits for an operator, whom a new token does not replace', async (code) => {
      casement.sandbox.changeSender(casement.sender, { refuse_with: code })
      const { id } = await template(casement.stranger())
      expect(await casement.intentIn(id, 'held')).toMatchObject({
        reason: { code: 'sender_account', graph_code: code },
      })
      await casement.api('PATCH', `/v1/senders/${casement.sender}`, { access_token: 'a-new-token' })
      expect(await sender()).toMatchObject({ state: 'restricted' })
      casement.sandbox.changeSender(casement.sender, { refuse_with: null })
      expect((await casement.api('POST', `/v1/senders/${casement.sender}/resume`)).status).toBe(200)
      await casement.intentIn(id, 'sent')
    })

    it('by webhook restricts all senders of the account', async () => {
      casement.sandbox.reportWebhook({
        field: 'account_update',
        value: { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE', waba_ban_date: '2026-11-22' } },
      })
      await casement.told()
      expect(await sender()).toMatchObject({ state: 'restricted', reason: { code: 'sender_account' } })
      await casement.api('POST', `/v1/senders/${casement.sender}/resume`)
    })
  })

  it('while the sender is paused by an operator changes nothing of the pause', async () => {
    await casement.api('POST', `/v1/senders/${casement.sender}/pause`)
    await casement.api('PATCH', `/v1/senders/${casement.sender}`, { access_token: 'a-new-token' })
    expect(await sender()).toMatchObject({ state: 'paused' })
    const { id } = await casement.enqueue({ to: `+${casement.stranger()}`, message: text('Hi') })
    expect(await casement.intentIn(id, 'held')).toMatchObject({ reason: { code: 'sender_paused' } })
    await casement.api('POST', `/v1/senders/${casement.sender}/resume`)
    expect(await casement.intentIn(id, 'held')).toMatchObject({ state: 'held' })
    await eventually(async () => (await casement.intent(id)).reason?.code === 'awaiting_window')
  })
})
