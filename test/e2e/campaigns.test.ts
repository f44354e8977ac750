import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Campaigns, campaignsOf, notOnce, OFFER } from '../support/campaigns.ts'
import { type Harness, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'

describeEachLaneEngine('a campaign', (engine) => {
  let casement: Harness
  let campaigns: Campaigns

  beforeAll(async () => {
    casement = await startHarness(engine)
    campaigns = campaignsOf(casement)
  })
  afterAll(() => casement.close())

  it('reaches everybody on its list once, started five times at once', async () => {
    const { id, people } = await campaigns.listed(700)
    const started = await Promise.all(Array.from({ length: 5 }, () => campaigns.command(id, 'start')))
    expect(started.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(started[0]?.body).toMatchObject({ checked: false })
    const over = await campaigns.until(id, ({ state }) => state === 'finished')
    expect(over.counts).toMatchObject({ total: 700, sent: 700 })
    expect(notOnce(casement, people)).toEqual({})
    expect(await campaigns.command(id, 'start')).toMatchObject({ status: 200, body: { state: 'finished' } })
    expect(await campaigns.command(id, 'cancel')).toMatchObject({ status: 409 })
    const deeds = await casement.query(`select from audit_events where action = 'campaign.start' and object_id = $1`, [
      id,
    ])
    expect(deeds).toHaveLength(1)
  })

  it('stops within two seconds of a pause by its row alone, shows so, and goes on where it stood', async () => {
    const { id, people } = await campaigns.listed(1_200)
    await casement.api('PATCH', `/v1/senders/${casement.sender}`, { throughput_mps: 100 })
    await campaigns.command(id, 'start')
    await campaigns.until(id, ({ counts }) => (counts.sent ?? 0) >= 50)
    expect(await campaigns.command(id, 'pause')).toEqual({ status: 200, body: { state: 'paused' } })
    expect(await campaigns.command(id, 'pause')).toEqual({ status: 200, body: { state: 'paused' } })
    const paused = await campaigns.until(id, ({ counts }) => counts.dispatching === 0 && counts.queued === 0)
    expect(paused).toMatchObject({ state: 'paused', reason: { code: 'by_request' } })
    expect(paused.counts.held).toBeGreaterThan(100)
    const [row] = await casement.query<{ states: string[] }>(
      `select array_agg(distinct i.state) as states from intents i join campaigns c on c.id = i.campaign_id where c.public_id = $1 and i.state <> 'sent'`,
      [id],
    )
    expect(row?.states).toEqual(['scheduled'])
    const held = await casement.api<{ data: { id: string; reason: { code: string } }[] }>(
      'GET',
      '/v1/intents?state=held&limit=1',
    )
    expect(held.body.data[0]?.reason).toMatchObject({ code: 'campaign_paused' })
    // A reply goes past it.
    const customer = casement.stranger()
    await casement.writes(customer)
    const reply = await casement.enqueue({ to: `+${customer}`, message: { type: 'text', text: { body: 'Yes' } } })
    await casement.intentIn(reply.id, 'sent')
    expect((await campaigns.read(id)).counts).toEqual(paused.counts)

    await casement.api('PATCH', `/v1/senders/${casement.sender}`, { throughput_mps: 1000 })
    expect(await campaigns.command(id, 'resume')).toEqual({ status: 200, body: { state: 'running' } })
    const over = await campaigns.until(id, ({ state }) => state === 'finished')
    expect(over.counts).toMatchObject({ total: 1_200, sent: 1_200 })
    expect(notOnce(casement, people)).toEqual({})
  })

  it('ends for good when it is cancelled, whoever was not reached with it', async () => {
    const { id, people } = await campaigns.listed(3_000)
    await casement.api('PATCH', `/v1/senders/${casement.sender}`, { throughput_mps: 100 })
    await campaigns.command(id, 'start')
    await campaigns.until(id, ({ counts }) => (counts.sent ?? 0) >= 50)
    expect(await campaigns.command(id, 'cancel')).toEqual({ status: 200, body: { state: 'cancelled' } })
    const over = await campaigns.until(
      id,
      ({ counts }) => (counts.sent ?? 0) + (counts.cancelled ?? 0) === counts.total,
    )
    await casement.api('PATCH', `/v1/senders/${casement.sender}`, { throughput_mps: 1000 })
    expect(await campaigns.command(id, 'cancel')).toEqual({ status: 200, body: { state: 'cancelled' } })
    for (const command of ['start', 'pause', 'resume'] as const) {
      expect(await campaigns.command(id, command)).toMatchObject({ status: 409 })
    }
    expect(Object.keys(notOnce(casement, people))).toHaveLength(over.counts.cancelled as number)
  })

  it('is started with a list, and with what its texts name', async () => {
    const empty = await campaigns.draft()
    const blocked = await campaigns.command(empty, 'start')
    expect(blocked).toMatchObject({
      status: 409,
      body: { error: { code: 'campaign_blocked', problems: [{ path: 'audience', hint: 'no_recipients' }] } },
    })
    const named = await campaigns.draft({ message: { type: 'text', text: { body: 'Hello {{name}}' } } })
    await campaigns.upload(named, `to\n+${casement.stranger()}\n`)
    expect(await campaigns.command(named, 'start')).toMatchObject({
      status: 409,
      body: { error: { code: 'campaign_blocked', problems: [{ hint: 'column_missing' }] } },
    })
    const { id } = await campaigns.listed(1)
    expect(await campaigns.command(id, 'start', { estimate_version: 7 })).toMatchObject({
      status: 409,
      body: { error: { code: 'estimate_stale' } },
    })
    expect(await campaigns.command(id, 'pause')).toMatchObject({
      status: 409,
      body: { error: { code: 'wrong_state' } },
    })
    expect(await campaigns.command(id, 'resume')).toMatchObject({ status: 409 })
  })

  it('ends recipients that nothing can be said to without a message, each for its own reason', async () => {
    const id = await campaigns.draft({ message: { ...OFFER, template: filledBy('{{name}}') } })
    const [out, fine, blank] = [casement.stranger(), casement.stranger(), casement.stranger()]
    await casement.api('PUT', `/v1/contacts/${out}/consent`, { category: 'marketing', state: 'out', source: 'test' })
    await campaigns.upload(id, `to,name\n+${out},Ana\n+${fine},Bea\n+${blank},\n`)
    await campaigns.command(id, 'start')
    const over = await campaigns.until(id, ({ state }) => state === 'finished')
    expect(over.counts).toMatchObject({ total: 3, sent: 2, failed: 1 })
    expect(notOnce(casement, [out, fine, blank])).toEqual({ [blank]: 0 })
  })
})

function filledBy(value: string) {
  const parameters = [value, '1'].map((text) => ({ type: 'text', text }))
  return { ...OFFER.template, components: [{ type: 'body', parameters }] }
}
