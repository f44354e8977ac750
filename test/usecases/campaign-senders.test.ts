import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEstimator } from '../../src/app/estimating.ts'
import { tend } from '../../src/app/feeding.ts'
import { numbersOf } from '../../src/domain/campaign/senders.ts'
import type { IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { claimHeads } from '../../src/store/intents/claim.ts'
import { lockAlone, mergeContacts } from '../../src/store/people/merge.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { faultyPostgres } from '../faults/faulty-postgres.ts'
import { ANOTHER, CALLER, HERE } from '../support/access.ts'
import { type CampaignStage, openCampaignStage, SETTINGS, UNPRICED } from '../support/campaign-stage.ts'
import { eventually } from '../support/signals.ts'

const message = { type: 'text', text: { body: 'Hello {{name | there}}' } }
const onError = (error: Error) => {
  throw error
}
const LOST = Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' })

describe('a campaign of several numbers', () => {
  let { rows, campaigns, some, feed } = {} as CampaignStage
  beforeAll(async () => {
    ;({ rows, campaigns, some, feed } = await openCampaignStage())
  })
  afterAll(() => rows.close())

  const again = (row: number) =>
    rows.postgres.pool.query(
      `update campaigns set next_feed_at = casement_now() where id = $1 and next_feed_at is not null`,
      [row],
    )

  async function numbers(count = 2): Promise<PhoneNumberId[]> {
    const portfolio = rows.digits()
    const linked: PhoneNumberId[] = []
    for (let i = 0; i < count; i += 1) linked.push(await rows.linkSender({ portfolio }))
    return linked
  }

  async function drafted(of: readonly PhoneNumberId[], people: string[], given: object = {}) {
    const senders = of.map((sender) => ({ sender }))
    const csv = `to,name\n${people.map((one) => `+${one},Ana`).join('\n')}\n`
    return { ...(await campaigns.listed({ senders, message, ...given }, csv)), people }
  }

  async function running(of: readonly PhoneNumberId[], people: string[], given: object = {}) {
    const campaign = await drafted(of, people, given)
    await campaigns.command(campaign.id, 'start')
    return campaign
  }

  /** By position: who writes to them. */
  async function whoWrites(row: number): Promise<PhoneNumberId[]> {
    const found = await rows.postgres.pool.query(
      `select i.phone_number_id as number, c.wa_id from campaign_intents l join intents i on i.id = l.intent_id
       join conversations v on v.id = i.conversation_id and v.phone_number_id = i.phone_number_id join contacts c on c.id = v.contact_id
       where l.campaign_id = $1 order by l.position`,
      [row],
    )
    return found.rows.map(({ number }) => number)
  }

  async function wrote(sender: PhoneNumberId, who: string, minutesAgo: number): Promise<void> {
    const { id } = await rows.conversation(sender, who)
    await rows.postgres.pool.query(
      `insert into messages (wamid, conversation_id, status, accepted_at)
       values ('wamid.' || gen_random_uuid(), $1, 'delivered', casement_now() - $2 * interval '1 minute')`,
      [id, minutesAgo],
    )
  }

  async function heard(sender: PhoneNumberId, who: string, minutesAgo: number): Promise<void> {
    const { id } = await rows.conversation(sender, who)
    await rows.postgres.pool.query(
      `update conversations set window_opened_at = casement_now() - $2 * interval '1 minute', last_inbound_at = casement_now() - $2 * interval '1 minute'
       where id = $1`,
      [id, minutesAgo],
    )
  }

  it('writes by the open window, then by who wrote last, then by weight, as its estimate said', async () => {
    const [one, two] = (await numbers()) as [PhoneNumberId, PhoneNumberId]
    const people = some(40)
    await wrote(one, people[0] as string, 10)
    await heard(two, people[0] as string, 60)
    await wrote(one, people[1] as string, 10)
    await wrote(two, people[1] as string, 20)
    await heard(two, people[2] as string, 3 * 24 * 60)
    const campaign = await drafted([one, two], people, { when_closed: 'hold' })
    const estimator = createEstimator({
      postgres: rows.postgres,
      optOuts: rows.optOuts,
      pricing: UNPRICED,
      settings: SETTINGS,
      onError,
    })
    const estimate = await eventually(async () => {
      const answer = await estimator.services.estimateCampaign(CALLER, campaign.id)
      return answer.ok && answer.value.state === 'ready' ? answer.value : false
    })
    await estimator.stop()
    await campaigns.command(campaign.id, 'start')
    await feed(campaign.row)
    const who = await whoWrites(campaign.row)
    expect(who.slice(0, 3)).toEqual([two, one, two])
    const of = (number: PhoneNumberId) => who.filter((other) => other === number).length
    expect(of(one)).toBeGreaterThan(8)
    expect(of(two)).toBeGreaterThan(8)
    expect(estimate).toMatchObject({
      senders: [
        { sender: one, recipients: of(one) },
        { sender: two, recipients: of(two) },
      ],
    })
  })

  it('passes nobody by and doubles nobody, whichever statement is lost, before it happened or after', async () => {
    const two = await numbers()
    let statements = 0
    const counting = faultyPostgres(rows.postgres, (run) => {
      statements += 1
      return run()
    })
    await feed((await running(two, some(4))).row, { postgres: counting })
    for (const happens of [false, true]) {
      for (let lost = 1; lost <= statements; lost += 1) {
        const campaign = await running(two, some(4))
        let nth = 0
        const faulty = faultyPostgres(rows.postgres, async (run) => {
          nth += 1
          if (nth !== lost) return run()
          if (happens) await run()
          throw LOST
        })
        await expect(feed(campaign.row, { postgres: faulty })).rejects.toThrow()
        await eventually(async () => {
          await feed(campaign.row)
          return (await campaigns.counts(campaign.id)).queued === 4
        })
        expect(await whoWrites(campaign.row)).toHaveLength(4)
        await campaigns.command(campaign.id, 'cancel')
      }
    }
  }, 120_000)

  it('has no more ahead of either number than its room, by however many feeders, and loses nobody there', async () => {
    const [slow, fast] = (await numbers()) as [PhoneNumberId, PhoneNumberId]
    // 500 ahead of each at least, shared with a campaign that stands beside it.
    const beside = await running([slow], some(2_000))
    const campaign = await running([slow, fast], some(1_500))
    for (let round = 0; round < 8; round += 1) {
      await again(campaign.row)
      await Promise.all([feed(campaign.row), feed(campaign.row), feed(campaign.row)])
    }
    const who = await whoWrites(campaign.row)
    const of = (number: PhoneNumberId) => who.filter((other) => other === number).length
    expect(of(slow)).toBeGreaterThan(300)
    expect(of(slow)).toBeLessThanOrEqual(400)
    const { rows: found } = await rows.postgres.pool.query(
      'select count(distinct position)::int as positions, count(distinct intent_id)::int as intents, max(position) as last from campaign_intents where campaign_id = $1',
      [campaign.row],
    )
    expect(found).toEqual([{ positions: who.length, intents: who.length, last: who.length }])
    const counts = await campaigns.counts(campaign.id)
    expect(counts).toMatchObject({ total: 1_500, queued: who.length, scheduled: 1_500 - who.length })
    await campaigns.command(beside.id, 'cancel')
    await campaigns.command(campaign.id, 'cancel')
    await tend({ postgres: rows.postgres, onError })
    expect(await campaigns.counts(campaign.id)).toMatchObject({ total: 1_500, cancelled: 1_500 })
  })

  it('goes on without a number that cannot send, whose messages wait for it, and stops where none can', async () => {
    const [one, two] = (await numbers()) as [PhoneNumberId, PhoneNumberId]
    const campaign = await running([one, two], some(800))
    await feed(campaign.row)
    const before = await whoWrites(campaign.row)
    await rows.postgres.pool.query(
      `update senders set state = 'restricted', reason_code = 'sender_account', reason_text = 'No payment.' where phone_number_id = $1`,
      [one],
    )
    await again(campaign.row)
    await feed(campaign.row)
    const after = await whoWrites(campaign.row)
    expect(after.length).toBeGreaterThan(before.length)
    expect(new Set(after.slice(before.length))).toEqual(new Set([two]))
    const waiting = before.filter((number) => number === one).length
    expect(await campaigns.counts(campaign.id)).toMatchObject({ held: waiting, queued: after.length - waiting })
    await tend({ postgres: rows.postgres, onError })
    expect(await campaigns.getCampaign(CALLER, campaign.id)).toMatchObject({ value: { state: 'running' } })

    await rows.senders.pause(HERE, two)
    await again(campaign.row)
    expect(await feed(campaign.row)).toEqual({ positions: 0, intents: 0 })
    await tend({ postgres: rows.postgres, onError })
    expect(await campaigns.getCampaign(CALLER, campaign.id)).toMatchObject({ value: { state: 'running' } })
    await rows.postgres.pool.query(
      `update senders set state = 'restricted', reason_code = 'sender_account', reason_text = 'No payment.' where phone_number_id = $1`,
      [two],
    )
    await tend({ postgres: rows.postgres, onError })
    expect(await campaigns.getCampaign(CALLER, campaign.id)).toMatchObject({
      value: { state: 'paused', reason: { code: 'sender_account' } },
    })
  })

  it('goes on without a number that is unlinked, and ends', async () => {
    const [one, two] = (await numbers()) as [PhoneNumberId, PhoneNumberId]
    const campaign = await running([one, two], some(6))
    await rows.senders.unlink(HERE, one)
    await feed(campaign.row)
    expect(await whoWrites(campaign.row)).toEqual(Array(6).fill(two))
    for (const id of await rows.page(two)) {
      await rows.closeAttempt(id, 1, { event: 'accept' })
    }
    await tend({ postgres: rows.postgres, onError })
    expect(await campaigns.getCampaign(CALLER, campaign.id)).toMatchObject({ value: { state: 'finished' } })
  })

  it('goes on without a number that was linked anew with another portfolio', async () => {
    const [one, two] = (await numbers()) as [PhoneNumberId, PhoneNumberId]
    const campaign = await running([one, two], some(40))
    const elsewhere = await rows.linkSender({ portfolio: rows.digits() })
    await rows.postgres.pool.query('update senders set waba_id = $2 where phone_number_id = $1', [
      two,
      await rows.wabaOf(elsewhere),
    ])
    await feed(campaign.row)
    expect(new Set(await whoWrites(campaign.row))).toEqual(new Set([one]))
    expect(await campaigns.counts(campaign.id)).toMatchObject({ total: 40, queued: 40 })
  })

  it('is stopped by the quality of any of them', async () => {
    const [one, two] = (await numbers()) as [PhoneNumberId, PhoneNumberId]
    const campaign = await running([one, two], some(6))
    await rows.postgres.pool.query(`update senders set quality = 'RED' where phone_number_id = $1`, [two])
    await tend({ postgres: rows.postgres, onError })
    expect(await campaigns.getCampaign(CALLER, campaign.id)).toMatchObject({
      value: { state: 'paused', reason: { code: 'quality_red', text: expect.stringContaining(two) } },
    })
  })

  it('writes once to two who turn out to be one, though each was another number’s', async () => {
    const [one, two] = (await numbers()) as [PhoneNumberId, PhoneNumberId]
    const [first, second] = some(2) as [string, string]
    await wrote(one, first, 5)
    await wrote(two, second, 5)
    const campaign = await running([one, two], [first, second])
    await feed(campaign.row)
    const { rows: found } = await rows.postgres.pool.query(
      `select i.id, v.contact_id from campaign_intents l join intents i on i.id = l.intent_id
       join conversations v on v.id = i.conversation_id where l.campaign_id = $1 order by l.position`,
      [campaign.row],
    )
    await inTransaction(rows.postgres.pool, async (trx) => {
      await lockAlone(trx, [found[0].contact_id, found[1].contact_id])
      await mergeContacts(trx, found[0].contact_id, found[1].contact_id)
    })
    const client = await rows.postgres.pool.connect()
    const claims = await claimHeads(
      client,
      [
        { sender: one, look: 9 },
        { sender: two, look: 9 },
      ],
      9,
      [],
    )
    client.release()
    const twins = Object.fromEntries(claims.map(({ intent, facts }) => [intent.id, facts.isTwin]))
    expect(twins).toEqual({ [found[0].id as IntentId]: false, [found[1].id as IntentId]: true })
  })

  it('is of numbers of one tenant and one portfolio, and for whoever sees all of them', async () => {
    const [one, two] = (await numbers()) as [PhoneNumberId, PhoneNumberId]
    const create = (of: string[], caller = CALLER) =>
      campaigns.createCampaign(caller, { name: 'Spring', message, senders: of.map((sender) => ({ sender })) })
    await rows.postgres.pool.query(`insert into workspaces (id, name) values ($1, 'Another') on conflict do nothing`, [
      ANOTHER.workspace,
    ])
    const foreign = await rows.linkSender({ workspace: ANOTHER.workspace })
    const apart = await rows.linkSender()
    for (const strange of [foreign, apart]) {
      expect(await create([one, strange])).toMatchObject({
        ok: false,
        refusal: { status: 400, field: 'senders.1.sender' },
      })
    }
    expect(await create([one, two], { ...CALLER, senders: [one] as never })).toMatchObject({ ok: false })
    const made = await create([one, two])
    if (!made.ok) throw new Error(made.refusal.message)
    const id = made.value.id as string
    const sees = async (senders: string[]) =>
      (await campaigns.getCampaign({ ...CALLER, senders: senders as never }, id)).ok
    expect(await sees([one])).toBe(false)
    expect(await sees([two, one, apart])).toBe(true)

    // What was so when it was written may have changed since.
    await rows.postgres.pool.query(
      `update wabas set portfolio_id = (select w.portfolio_id from wabas w where w.id = $2) where id = $1`,
      [await rows.wabaOf(two), await rows.wabaOf(apart)],
    )
    const started = await campaigns.commandCampaign(CALLER, id, 'start', {})
    expect(started).toMatchObject({
      ok: false,
      refusal: { problems: expect.arrayContaining([expect.objectContaining({ hint: 'senders_apart' })]) },
    })
    const { rows: kept } = await rows.postgres.pool.query('select document from campaigns where public_id = $1', [id])
    expect(numbersOf(kept[0].document)).toEqual([one, two])
  })
})
