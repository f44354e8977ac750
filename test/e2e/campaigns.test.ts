import { afterAll, beforeAll, expect, it } from 'vitest'
import { type CampaignJson, type Campaigns, campaignsOf, notOnce, OFFER } from '../support/campaigns.ts'
import { API_KEY, type Harness, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { SPRING_OFFER, statusOf, templateMessage } from './fixtures.ts'

describeEachLaneEngine('a campaign', (engine) => {
  let casement: Harness
  let campaigns: Campaigns

  beforeAll(async () => {
    casement = await startHarness(engine)
    campaigns = campaignsOf(casement)
  })
  afterAll(() => casement.close())

  // First, for they wait until Meta has told all of everything.
  it('gives back what failed, and what Meta says was free', async () => {
    const say = { type: 'text', text: { body: 'Hello {{name}}' } }
    const { id, people } = await campaigns.listed(30, { message: say, budget: { amount: '0.07', currency: 'USD' } })
    for (const who of people) await casement.writes(who)
    await campaigns.command(id, 'start')
    const over = await campaigns.until(id, ({ state }) => state === 'finished' || state === 'paused')
    expect(over).toMatchObject({ state: 'finished', counts: { total: 30, sent: 30 }, cost: { so_far: '0.000000' } })

    const policy = { follow_up: { ...SPRING_OFFER, parameters: ['{{name}}', '25%'] } }
    const asked = await campaigns.listed(3, {
      message: say,
      when_closed: policy,
      budget: { amount: '0.15', currency: 'USD' },
    })
    await campaigns.command(asked.id, 'start')
    // What waits behind an invitation has room laid aside for its own message too.
    const waits = await campaigns.until(asked.id, ({ state }) => state === 'paused')
    expect(waits).toMatchObject({
      counts: { total: 3, held: 2, scheduled: 1 },
      delivery: { delivered: 0 },
      cost: { so_far: '0.120000' },
    })

    const failing = templateMessage({ ...SPRING_OFFER, parameters: ['{{name}}', '25%'] })
    const paid = await campaigns.listed(12, { message: failing, budget: { amount: '0.36', currency: 'USD' } })
    for (const who of paid.people.slice(0, 6))
      casement.sandbox.addFault({ kind: 'failed_status', code: 131026, match: { to: who } })
    await campaigns.command(paid.id, 'start')
    const rest = await campaigns.until(paid.id, ({ state }) => state === 'finished')
    expect(rest).toMatchObject({ counts: { total: 12, sent: 6, failed: 6 }, cost: { so_far: '0.360000' } })
  })

  it('settles by status what was in doubt as it was paused', async () => {
    const { id, people } = await campaigns.listed(1)
    const [who] = people as [string]
    casement.sandbox.setWebhookUrl(null)
    casement.sandbox.addFault({ kind: 'reset_after_accept', match: { to: who } })
    await campaigns.command(id, 'start')
    await campaigns.until(id, ({ counts }) => counts.in_doubt === 1)
    await campaigns.command(id, 'pause')
    casement.sandbox.setWebhookUrl(`${casement.url}/webhooks/whatsapp`)
    const { wamid, opaque } = casement.calls(who)[0] as { wamid: string; opaque: string }
    await casement.webhook(statusOf(casement.sender, wamid, 'sent', { biz_opaque_callback_data: opaque }))
    const paused = await campaigns.until(id, ({ counts }) => counts.in_doubt === 0)
    expect(paused).toMatchObject({ state: 'paused', counts: { total: 1, sent: 1 } })
    await campaigns.command(id, 'resume')
    await campaigns.until(id, ({ state }) => state === 'finished')
    expect(casement.calls(who)).toHaveLength(1)
  })

  it('counts what Meta tells late, once it is finished, and stays finished', async () => {
    // Meta is silent about them, so that nothing is known of them but that it took them.
    casement.sandbox.setWebhookUrl(null)
    const { id, people } = await campaigns.listed(4)
    await campaigns.command(id, 'start')
    const over = await campaigns.until(id, ({ state }) => state === 'finished')
    expect(over).toMatchObject({ counts: { total: 4, sent: 4 }, delivery: { delivered: 0 } })
    const tell = async (who: string, status: string, more: object = {}) => {
      const { wamid, opaque } = casement.calls(who)[0] as { wamid: string; opaque: string }
      await casement.webhook(statusOf(casement.sender, wamid, status, { biz_opaque_callback_data: opaque, ...more }))
    }
    const failed = { errors: [{ code: 131_026, title: 'Message undeliverable' }] }
    const [first, second] = people as [string, string]
    await tell(first, 'failed', failed)
    await tell(second, 'failed', failed)
    const lost = await campaigns.until(id, ({ counts }) => counts.failed === 2)
    expect(lost).toMatchObject({
      state: 'finished',
      counts: { total: 4, sent: 2, failed: 2 },
      delivery: { delivered: 0 },
    })
    // A telephone had it all the same.
    await tell(first, 'delivered')
    await tell(first, 'delivered')
    const found = await campaigns.until(id, ({ counts, delivery }) => counts.sent === 3 && delivery.delivered === 1)
    expect(found).toMatchObject({ state: 'finished', counts: { total: 4, sent: 3, failed: 1 } })
    // And what was delivered is not lost by whatever comes behind it.
    await tell(first, 'failed', failed)
    await tell(second, 'read')
    const last = await campaigns.until(id, ({ counts, delivery }) => counts.sent === 4 && delivery.read === 1)
    expect(last).toMatchObject({
      state: 'finished',
      counts: { total: 4, sent: 4, failed: 0 },
      delivery: { delivered: 2 },
    })
    expect(notOnce(casement, people)).toEqual({})
    casement.sandbox.setWebhookUrl(`${casement.url}/webhooks/whatsapp`)
  })

  it('reaches everybody on its list once, started five times at once', async () => {
    const { id, people } = await campaigns.listed(700)
    const started = await Promise.all(Array.from({ length: 5 }, () => campaigns.command(id, 'start')))
    expect(started.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(started[0]?.body).toMatchObject({ checked: false })
    const over = await campaigns.until(id, ({ state }) => state === 'finished')
    expect(over.counts).toMatchObject({ total: 700, sent: 700 })
    await campaigns.until(id, ({ delivery }) => delivery.delivered === 700)
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
    // What was on its way as the pause came has come to its end; from then on nothing moves.
    const { counts } = await campaigns.until(id, (seen) => seen.counts.dispatching === 0)
    const again = await casement.enqueue({ to: `+${customer}`, message: { type: 'text', text: { body: 'No' } } })
    await casement.intentIn(again.id, 'sent')
    expect((await campaigns.read(id)).counts).toEqual(counts)

    await casement.api('PATCH', `/v1/senders/${casement.sender}`, { throughput_mps: 1000 })
    expect(await campaigns.command(id, 'resume')).toEqual({ status: 200, body: { state: 'running' } })
    const over = await campaigns.until(id, ({ state }) => state === 'finished')
    expect(over.counts).toMatchObject({ total: 1_200, sent: 1_200 })
    expect(notOnce(casement, people)).toEqual({})
  })

  it('passes nobody by and doubles nobody, paused and resumed fifty times', async () => {
    const { id, people } = await campaigns.listed(1_500)
    await casement.api('PATCH', `/v1/senders/${casement.sender}`, { throughput_mps: 400 })
    await campaigns.command(id, 'start')
    for (let nth = 0; nth < 50; nth += 1) {
      expect((await campaigns.command(id, 'pause')).status).toBeOneOf([200, 409])
      await campaigns.read(id)
      expect((await campaigns.command(id, 'resume')).status).toBeOneOf([200, 409])
      const { counts } = await campaigns.read(id)
      const sent = counts.sent as number
      await campaigns.until(id, (seen) => (seen.counts.sent as number) > sent || seen.state === 'finished')
    }
    const over = await campaigns.until(id, ({ state }) => state === 'finished')
    expect(over.counts).toMatchObject({ total: 1_500, sent: 1_500 })
    expect(notOnce(casement, people)).toEqual({})
    await casement.api('PATCH', `/v1/senders/${casement.sender}`, { throughput_mps: 1000 })
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

  it('never costs more than its budget, is paused there, and goes on once that is raised', async () => {
    const offer = templateMessage({ ...SPRING_OFFER, parameters: ['{{name}}', '25%'] })
    // An offer to Brazil costs 0.06 by the example card.
    const { id, people } = await campaigns.listed(40, { message: offer, budget: { amount: '1.00', currency: 'USD' } })
    await campaigns.command(id, 'start')
    const paused = await campaigns.until(id, ({ state }) => state === 'paused')
    expect(paused).toMatchObject({
      reason: { code: 'budget_spent' },
      counts: { total: 40, sent: 16, scheduled: 24 },
      cost: { so_far: '0.960000', currency: 'USD' },
    })
    expect(await casement.api('PATCH', `/v1/campaigns/${id}`, { message: OFFER })).toMatchObject({ status: 409 })
    await casement.api('PATCH', `/v1/campaigns/${id}`, { budget: { amount: '2.40', currency: 'USD' } })
    await campaigns.command(id, 'resume')
    const over = await campaigns.until(id, ({ state }) => state === 'finished')
    expect(over).toMatchObject({ counts: { total: 40, sent: 40 }, cost: { so_far: '2.400000' } })
    expect(notOnce(casement, people)).toEqual({})
  })

  it('pauses by itself at the first error of a template, and goes on when it is resumed', async () => {
    const { id, people } = await campaigns.listed(60)
    await casement.api('PATCH', `/v1/senders/${casement.sender}`, { throughput_mps: 5 })
    casement.sandbox.addFault({ kind: 'graph_error', code: 132000, match: { to: people[0] as string } })
    await campaigns.command(id, 'start')
    const paused = await campaigns.until(id, ({ state }) => state === 'paused')
    expect(paused.reason).toMatchObject({ code: 'template_error', text: expect.stringContaining('132000') })
    expect(paused.counts.sent).toBeLessThan(59)
    await casement.api('PATCH', `/v1/senders/${casement.sender}`, { throughput_mps: 1000 })
    await campaigns.command(id, 'resume')
    const over = await campaigns.until(id, ({ state }) => state === 'finished')
    expect(over.counts).toMatchObject({ total: 60, sent: 59, failed: 1 })
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

  it('says of everybody what became of them, and tries again those who were not reached', async () => {
    const id = await campaigns.draft({ message: { ...OFFER, template: filledBy('{{name}}') } })
    const [fine, blank, nobody] = [casement.stranger(), casement.stranger(), casement.stranger()]
    await campaigns.upload(id, `to,name,note\n+${fine},Ana,"=1+1, yes"\n+${blank},,x\n`)
    await campaigns.upload(id, `name;to\nBea;+${nobody}\n`)
    expect(await reportOf(id, 'ndjson')).toMatch(/"state":"scheduled".*"reason":"Its turn has not come yet."/)
    await campaigns.command(id, 'start')
    await campaigns.until(id, ({ state }) => state === 'finished')
    const [header, ...lines] = (await reportOf(id, 'csv')).trimEnd().split('\r\n')
    expect(header).toBe(
      'line,to,state,reason_code,reason,sent_as,wamid,sent_at,delivered_at,read_at,cost,replied_at,tapped_at,stopped_at,name,note',
    )
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatch(
      new RegExp(`^2,\\+${fine},sent,,Meta has taken it\\.,template,wamid\\.[^,]*,20.*,Ana,"'=1\\+1, yes"$`),
    )
    expect(lines[1]).toContain(
      `3,+${blank},failed,template_parameters,"Nothing stands in column ""name"" of their line."`,
    )
    expect(lines[2]).toMatch(new RegExp(`^2,\\+${nobody},sent`))
    const failures = await casement.api<{ data: object[] }>('GET', `/v1/campaigns/${id}/failures`)
    expect(failures.body.data).toMatchObject([
      { reason: 'template_parameters', graph_code: null, count: 1, retryable: false },
    ])

    for (const reasons of [['opted_out'], ['unconfirmed']]) {
      expect(await casement.api('POST', `/v1/campaigns/${id}/retry`, { reasons })).toMatchObject({
        status: 400,
        body: { error: { field: 'reasons.0' } },
      })
    }
    const reasons = ['template_parameters']
    const child = await casement.api<CampaignJson>('POST', `/v1/campaigns/${id}/retry`, { reasons })
    expect(child).toMatchObject({
      status: 201,
      body: { state: 'draft', parent: id, counts: { total: 1, scheduled: 1 } },
    })
    await casement.api('PATCH', `/v1/campaigns/${child.body.id}`, { message: OFFER })
    await campaigns.command(child.body.id, 'start')
    const over = await campaigns.until(child.body.id, ({ state }) => state === 'finished')
    expect(over.counts).toMatchObject({ total: 1, sent: 1 })
    expect(notOnce(casement, [fine, blank, nobody])).toEqual({})
    expect((await campaigns.read(id)).counts).toMatchObject({ total: 3, sent: 2, failed: 1 })
  })

  async function reportOf(id: string, format: 'csv' | 'ndjson'): Promise<string> {
    const headers = { authorization: `Bearer ${API_KEY}` }
    return (await fetch(`${casement.url}/v1/campaigns/${id}/recipients.${format}`, { headers })).text()
  }

  it('waits for its time, and begins then', async () => {
    const at = (ms: number) => new Date(Date.now() + ms).toISOString()
    const { id, people } = await campaigns.listed(3, { send_at: at(3_600_000) })
    expect(await campaigns.command(id, 'start')).toMatchObject({ status: 200, body: { state: 'scheduled' } })
    expect(await campaigns.command(id, 'pause')).toMatchObject({ status: 200, body: { state: 'paused' } })
    expect(await campaigns.command(id, 'resume')).toMatchObject({ status: 200, body: { state: 'scheduled' } })
    await casement.query(`update campaigns set send_at = now() where public_id = $1`, [id])
    const over = await campaigns.until(id, ({ state }) => state === 'finished')
    expect(over.counts).toMatchObject({ total: 3, sent: 3 })
    expect(notOnce(casement, people)).toEqual({})

    const missed = await campaigns.listed(1, { send_at: at(3_600_000) })
    await campaigns.command(missed.id, 'start')
    await casement.query(
      `update campaigns set send_at = now() - interval '7 hours', begin_by = now() - interval '1 hour' where public_id = $1`,
      [missed.id],
    )
    const paused = await campaigns.until(missed.id, ({ state }) => state === 'paused')
    expect(paused.reason).toMatchObject({ code: 'start_missed' })
    const wall = {
      name: 'x',
      sender: casement.sender,
      message: OFFER,
      send_at: { local: '2030-01-01T09:00', time_zone: 'contact' },
    }
    expect(await casement.api('POST', '/v1/campaigns', wall)).toMatchObject({
      status: 400,
      body: { error: { field: 'send_at' } },
    })
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
