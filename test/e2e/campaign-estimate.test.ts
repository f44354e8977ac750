import { afterAll, beforeAll, expect, it } from 'vitest'
import { MINUTE_MS } from '../../src/domain/time.ts'
import { type Campaigns, campaignsOf, notOnce } from '../support/campaigns.ts'
import { type Harness, LINK, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import { SPRING_OFFER, templateMessage } from './fixtures.ts'

const isoAt = (now: number, minutes: number) => new Date(now + minutes * MINUTE_MS).toISOString()
/** For another hour it is quiet in UTC, and not in Arizona. */
const sleeping = (now: number) => ({
  quiet_hours: { from: isoAt(now, -60).slice(11, 16), to: isoAt(now, 60).slice(11, 16) },
})
/** Over in UTC, and still to come in Arizona. */
const late = (now: number) => ({
  send_at: { local: isoAt(now, -5).slice(0, 19), time_zone: 'recipient' },
  late: 'skip',
  max_mps: 20,
})

const STILL = { rules: () => ({}), passes: 0 }

interface EstimateJson {
  version: number
  state: 'computing' | 'ready'
  recipients: number
  fates: {
    free_form: number
    template: number
    held: number
    suppressed: Record<string, number>
    failed: Record<string, number>
    duplicate: number
    erased: number
  }
  blockers: { code: string; count?: number }[]
  warnings: { code: string }[]
  duration_s: number
  cost: { currency: string; min: string; max: string } | null
  versions: { variant: string | null; language: string | null; recipients: number }[]
  senders: { sender: string; recipients: number }[]
}

/** Another number of the same account. */
const SECOND = '106540352242933'
const TEXT = { type: 'text', text: { body: 'Hello {{name}}' } }
const OFFER = { ...SPRING_OFFER, parameters: ['{{name}}', '25%'] }

describeEachLaneEngine('the estimate of a campaign', (engine) => {
  let casement: Harness
  let campaigns: Campaigns
  beforeAll(async () => {
    casement = await startHarness(engine)
    campaigns = campaignsOf(casement)
  })
  afterAll(() => casement.close())

  async function estimated(id: string): Promise<EstimateJson> {
    return eventually(async () => {
      const { status, body } = await casement.api<EstimateJson>('GET', `/v1/campaigns/${id}/estimate`)
      expect(status).toBe(body.state === 'ready' ? 200 : 202)
      return body.state === 'ready' ? body : false
    })
  }

  /** So many of each kind; answers the list. */
  async function audience(count: () => number): Promise<string> {
    const lines: string[] = []
    const some = async (each: (who: string) => Promise<string[]> | string[]) => {
      for (let i = count(); i > 0; i -= 1) lines.push(...(await each(casement.stranger())))
    }
    const contact = (who: string) => casement.api('PUT', `/v1/contacts/${who}`, {})
    await some(async (who) => {
      await contact(who)
      await casement.api('PATCH', `/v1/contacts/${who}`, { language: 'pt_BR' })
      return [`+${who},Ana`]
    })
    await some((who) => [`+${who},Ana`])
    await some((who) => [`+${who},`])
    await some(async (who) => {
      await casement.writes(who)
      return [`+${who},Bea`]
    })
    await some(async (who) => {
      await contact(who)
      await casement.api('POST', `/v1/contacts/${who}/consent`, { category: 'marketing', state: 'out' })
      return [`+${who},Caio`]
    })
    await some(async (who) => {
      await contact(who)
      await casement.query(
        `update contacts set unreachable_since = casement_now(), unreachable_until = casement_now() + interval '30 days' where wa_id = $1`,
        [who],
      )
      return [`+${who},Davi`]
    })
    await some(async (who) => {
      await contact(who)
      await casement.query(
        `insert into contact_identities (workspace, scope, key, value, contact_id)
         select c.workspace, w.portfolio_id, 'BR.' || $1, 'BR.' || $1, c.id from contacts c, senders s join wabas w on w.id = s.waba_id
         where c.wa_id = $1 and s.phone_number_id = $2`,
        [who, casement.sender],
      )
      return [`+${who},Eva`, `BR.${who},Eva again`]
    })
    return `to,name,time_zone\n${lines.map((line, i) => `${line},${i % 2 === 0 ? 'UTC' : 'America/Phoenix'}`).join('\n')}\n`
  }

  const sandboxNow = async () => Date.parse((await casement.api<{ now: string }>('GET', '/v1/sandbox/clock')).body.now)

  it.each<[string, object, { rules(now: number): object; passes: number }?]>([
    ['goes as a template where no window is open', { message: TEXT, when_closed: { downgrade: OFFER } }],
    ['waits where no window is open', { message: TEXT, when_closed: 'hold' }],
    ['fails where no window is open', { message: TEXT, when_closed: 'fail' }],
    ['is a template', { message: templateMessage(OFFER) }],
    [
      'has variants, and one of them languages',
      {
        when_closed: { downgrade: OFFER },
        variants: [
          { name: 'text', message: TEXT, languages: { pt_BR: { message: templateMessage(OFFER) } } },
          { name: 'template', weight: 2, message: templateMessage(OFFER) },
        ],
      },
    ],
    ['finds some asleep', { message: TEXT, when_closed: { downgrade: OFFER } }, { rules: sleeping, passes: 61 }],
    ['is too late for some', { message: TEXT, when_closed: { downgrade: OFFER } }, { rules: late, passes: 420 }],
  ])('is what comes of it as things stand, where the message %s', async (_name, said, { rules, passes } = STILL) => {
    const id = await campaigns.draft({ ...said, ...rules(await sandboxNow()), skip_invalid: true })
    let next = 0
    await campaigns.upload(id, await audience(() => (next++ % 3) + 1))
    const estimate = await estimated(id)
    expect(estimate.blockers).toEqual([])
    const started = await campaigns.command(id, 'start', { estimate_version: estimate.version })
    expect(started).toMatchObject({ status: 200, body: { checked: true } })
    if (passes > 0) await casement.api('POST', '/v1/sandbox/clock', { advance_ms: passes * MINUTE_MS })
    const under = ['scheduled', 'queued', 'dispatching'] as const
    await campaigns.until(id, ({ counts }) => under.every((state) => counts[state] === 0))
    expect(await outcomes(id)).toEqual(estimate.fates)
    expect(estimate.versions.map(({ recipients }) => recipients)).toEqual(
      estimate.versions.length === 0 ? [] : await versionsOf(id),
    )
  })

  /** How many got which message. */
  async function versionsOf(id: string): Promise<number[]> {
    type Outcome = { counts: { total: number } }
    const { body } = await casement.api<{ variants: (Outcome & { languages?: Record<string, Outcome> })[] }>(
      'GET',
      `/v1/campaigns/${id}`,
    )
    return body.variants.flatMap(({ counts, languages = {} }) => {
      const others = Object.values(languages).map((one) => one.counts.total)
      return [counts.total - others.reduce((sum, n) => sum + n, 0), ...others]
    })
  }

  /** By what is in the database, in the shape of the estimate. */
  async function outcomes(id: string): Promise<EstimateJson['fates']> {
    const rows = await casement.query<{ state: string; reason: string; sent_as: string | null; n: number }>(
      `select state, reason, sent_as, count(*)::int as n from (
         select i.state, i.reason_code as reason,
           (select a.sent_as from attempts a where a.intent_id = i.id order by a.number desc limit 1) as sent_as
         from campaign_intents l join intents i on i.id = l.intent_id join campaigns c on c.id = l.campaign_id where c.public_id = $1
         union all
         select e.state, e.reason_code, null from campaign_exceptions e join campaigns c on c.id = e.campaign_id where c.public_id = $1
       ) o group by 1, 2, 3`,
      [id],
    )
    const fates = {
      free_form: 0,
      template: 0,
      held: 0,
      suppressed: { opted_out: 0, no_consent: 0, capped: 0 } as Record<string, number>,
      failed: { template_parameters: 0, recipient_unreachable: 0 } as Record<string, number>,
      duplicate: 0,
      erased: 0,
    }
    for (const { state, reason, sent_as, n } of rows) {
      if (state === 'sent') fates[sent_as as 'template'] += n
      else if (state === 'held') fates.held += n
      else if (reason === 'duplicate') fates.duplicate += n
      else if (state === 'suppressed') fates.suppressed[reason] = n
      else if (state === 'failed') fates.failed[reason] = n
      else throw new Error(`expected no recipient to be ${state}`)
    }
    return fates
  }

  it('spreads over the days that the messaging limit makes of it, as long as it said', async () => {
    const people = Array.from({ length: 50 }, () => casement.stranger())
    const id = await campaigns.draft()
    await campaigns.upload(id, `to,name,order\n${people.map((one) => `+${one},Ana,1`).join('\n')}\n`)
    await casement.api('PATCH', `/v1/senders/${casement.sender}`, { messaging_limit: 20 })
    const estimate = await estimated(id)
    expect(estimate.warnings.map(({ code }) => code)).toContain('takes_days')
    await campaigns.command(id, 'start')
    const day = await campaigns.until(id, ({ counts }) => counts.sent === 19)
    expect(day.counts).toMatchObject({ scheduled: 31, held: 0 })
    const passed = (minutes: number) => casement.api('POST', '/v1/sandbox/clock', { advance_ms: minutes * MINUTE_MS })
    await passed(24 * 60 + 2)
    await campaigns.until(id, ({ counts }) => counts.sent === 38)
    // By its estimate it is over in the first minutes of the third day, or a twentieth of all that later.
    expect(estimate.duration_s / 60).toBeGreaterThan(2 * 24 * 60)
    expect(estimate.duration_s / 60).toBeLessThan(2 * 24 * 60 + 10)
    await passed(24 * 60 + 2)
    await campaigns.until(id, ({ state }) => state === 'finished')
    expect(notOnce(casement, people)).toEqual({})
    await casement.api('PATCH', `/v1/senders/${casement.sender}`, { messaging_limit: null })
  })

  it('counts whom a frequency cap leaves out, and says from which of several numbers the others are written to', async () => {
    casement.sandbox.addSender({ id: SECOND, waba_id: LINK.waba_id, display_phone_number: '15550783882' })
    const number = await casement.api('POST', '/v1/senders', {
      ...LINK,
      phone_number_id: SECOND,
      throughput_mps: 1_000,
    })
    expect(number.status).toBeOneOf([200, 201])
    // So many that chance alone leaves none of the numbers out.
    const people = Array.from({ length: 44 }, () => casement.stranger())
    for (const who of people.slice(0, 4)) {
      const { id } = await casement.enqueue({ to: `+${who}`, message: templateMessage(SPRING_OFFER) })
      await casement.intentIn(id, 'sent')
    }
    const id = await campaigns.draft({
      sender: undefined,
      senders: [{ sender: casement.sender }, { sender: SECOND, weight: 2 }],
      message: templateMessage(OFFER),
      frequency_cap: { messages: 1, days: 1 },
    })
    await campaigns.upload(id, `to,name\n${people.map((one) => `+${one},Ana`).join('\n')}\n`)
    const estimate = await estimated(id)
    expect(estimate.fates).toMatchObject({ template: 40, suppressed: { capped: 4 } })
    await campaigns.command(id, 'start')
    await campaigns.until(id, ({ state }) => state === 'finished')
    expect(await outcomes(id)).toEqual(estimate.fates)
    const from = await casement.query(
      `select i.phone_number_id as sender, count(*)::int as recipients from intents i join campaigns c on c.id = i.campaign_id
       where c.public_id = $1 and i.state = 'sent' group by 1`,
      [id],
    )
    expect(from).toHaveLength(2)
    expect(from).toEqual(expect.arrayContaining(estimate.senders))
    // Once more, and all of them have had theirs.
    const again = await campaigns.draft({ message: templateMessage(OFFER), frequency_cap: { messages: 1, days: 1 } })
    await campaigns.upload(again, `to,name\n${people.map((one) => `+${one},Ana`).join('\n')}\n`)
    expect((await estimated(again)).fates).toMatchObject({ template: 0, suppressed: { capped: 44 } })
  })

  it('names what stands in the way, and keeps it from a start', async () => {
    const id = await campaigns.draft({ message: TEXT, when_closed: 'hold' })
    await campaigns.upload(id, `to,name\n+${casement.stranger()},\n+${casement.stranger()},Ana\n`)
    const estimate = await estimated(id)
    expect(estimate).toMatchObject({ version: 1, blockers: [{ code: 'template_parameters', count: 1 }] })
    expect(await campaigns.command(id, 'start')).toMatchObject({
      status: 409,
      body: { error: { code: 'campaign_blocked', problems: [{ hint: 'template_parameters' }] } },
    })
    await casement.api('PATCH', `/v1/campaigns/${id}`, { skip_invalid: true })
    expect(await estimated(id)).toMatchObject({
      blockers: [],
      warnings: [{ code: 'skipped_invalid' }, { code: 'nothing_leaves' }],
    })
    expect(await campaigns.command(id, 'start')).toMatchObject({ status: 200, body: { checked: true } })
    expect(await casement.api('GET', `/v1/campaigns/${id}/estimate`)).toMatchObject({ body: { state: 'ready' } })
  })

  it('counts who may be in zones whose free hours never meet', async () => {
    // Half an hour a day is free; Ecuador has two zones, an hour apart.
    const quiet_hours = { from: '12:30', to: '12:00', zone: 'UTC' }
    const id = await campaigns.draft({ quiet_hours })
    const people = ['593990000001,', '593990000002,', '593990000003,America/Guayaquil', `${casement.stranger()},UTC`]
    await campaigns.upload(id, `to,time_zone\n${people.map((one) => `+${one}`).join('\n')}\n`)
    const { warnings } = await estimated(id)
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'zones_apart', count: 2 }))
    await casement.api('PATCH', `/v1/campaigns/${id}`, { quiet_hours: { ...quiet_hours, to: '08:00' } })
    expect((await estimated(id)).warnings.map(({ code }) => code)).not.toContain('zones_apart')
  })

  it('is of the list as it is: another upload makes it old', async () => {
    const { id } = await campaigns.listed(3)
    const { version, recipients } = await estimated(id)
    expect({ version, recipients }).toEqual({ version: 1, recipients: 3 })
    await campaigns.upload(id, `to,name,order\n+${casement.stranger()},Ana,1\n`)
    expect(await campaigns.command(id, 'start', { estimate_version: version })).toMatchObject({
      status: 409,
      body: { error: { code: 'estimate_stale' } },
    })
    expect(await estimated(id)).toMatchObject({ version: 2, recipients: 4, fates: { template: 4 } })
  })

  it('of an empty draft says that nobody is on the list, and of one that began without it nothing', async () => {
    const empty = await campaigns.draft()
    expect(await estimated(empty)).toMatchObject({
      recipients: 0,
      duration_s: 0,
      blockers: [{ code: 'no_recipients' }],
    })
    const { id } = await campaigns.listed(1)
    await campaigns.command(id, 'start')
    expect(await casement.api('GET', `/v1/campaigns/${id}/estimate`)).toMatchObject({
      status: 409,
      body: { error: { code: 'wrong_state' } },
    })
  })

  it('costs what Meta charges, or less where something is free', async () => {
    const { id } = await campaigns.listed(10, { message: templateMessage({ ...OFFER, parameters: ['{{name}}', '1'] }) })
    const { cost } = await estimated(id)
    expect(cost?.min).toBe(cost?.max)
    expect(Number(cost?.min)).toBeGreaterThan(0)
  })
})
