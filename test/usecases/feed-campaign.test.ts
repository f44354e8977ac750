import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { feedOn, tend } from '../../src/app/feeding.ts'
import type { Pricing } from '../../src/app/pricing.ts'
import { identityOfBsuid } from '../../src/domain/identity.ts'
import type { IntentId, PhoneNumberId, WorkspaceId } from '../../src/domain/ids.ts'
import { closeAttemptsOn } from '../../src/store/intents/attempts.ts'
import { claimHeads } from '../../src/store/intents/claim.ts'
import { replayIntent } from '../../src/store/intents/operator-transitions.ts'
import { cancelByIds } from '../../src/store/intents/waiting.ts'
import { lockAlone, mergeContacts } from '../../src/store/people/merge.ts'
import { resolveContacts } from '../../src/store/people/resolve.ts'
import { inTransaction, type Postgres } from '../../src/store/pg/postgres.ts'
import { notAccepted } from '../../src/usecases/settle-doubt.ts'
import { faultyPostgres } from '../faults/faulty-postgres.ts'
import { CALLER } from '../support/access.ts'
import { type CampaignsOn, campaignsOn } from '../support/lists.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { eventually } from '../support/signals.ts'

const SETTINGS = { windowMarginMs: 0, followUpCooldownMs: 0, requireOptIn: false, recipientReviewMs: 0 }
const message = { type: 'text', text: { body: 'Hello {{name | there}}' } }
const NO_MONEY = {
  currency: 'USD',
  timeZone: null,
  month: '2026-11',
  freeServiceUsed: 0,
  charged: new Map(),
  international: null,
  held: new Set<string>(),
}
const onError = (error: Error) => {
  throw error
}
const LOST = Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' })

describe('handing over', () => {
  let rows: Rows
  let campaigns: CampaignsOn
  let sender: PhoneNumberId
  beforeAll(async () => {
    rows = await createRows()
    campaigns = campaignsOn(rows.postgres)
    sender = await rows.linkSender()
  })
  afterAll(() => rows.close())

  let next = 0
  const digits = () => `551192${String(++next).padStart(7, '0')}`
  const list = (people: string[]) => `to,name\n${people.map((one) => `+${one},Ana`).join('\n')}\n`

  /** A message to Brazil costs 0.01 USD, whatever it is. */
  const rates = { validFrom: '2020-01-01', markets: new Map([['Brazil', { utility: 10_000n, marketing: 10_000n }]]) }
  const pricing: Pick<Pricing, 'of'> = {
    of: async (senders) => new Map(senders.map((one) => [one, { ...NO_MONEY, book: { rates: [rates], tiers: [] } }])),
  }

  async function running(count: number, given: object = {}) {
    const people = Array.from({ length: count }, digits)
    const campaign = await campaigns.listed({ sender: await rows.linkSender(), message, ...given }, list(people))
    await campaigns.command(campaign.id, 'start')
    return { ...campaign, people }
  }

  const feed = (row: number, postgres: Postgres = rows.postgres) =>
    feedOn({ postgres, optOuts: rows.optOuts, settings: SETTINGS, pricing }, row)

  /** Every position has one intent, of whom stands there, and the counts say so. */
  async function expectEachOnce({ id, row, people }: { id: string; row: number; people: string[] }): Promise<void> {
    const linked = await rows.postgres.pool.query(
      `select l.position, c.wa_id from campaign_intents l join intents i on i.id = l.intent_id
       join conversations v on v.id = i.conversation_id join contacts c on c.id = v.contact_id
       where l.campaign_id = $1 order by l.position`,
      [row],
    )
    expect(linked.rows).toEqual(people.map((wa_id, i) => ({ position: i + 1, wa_id })))
    const all = await rows.postgres.pool.query('select count(*)::int as n from intents where campaign_id = $1', [row])
    expect(all.rows).toEqual([{ n: people.length }])
    expect(await campaigns.counts(id)).toMatchObject({ total: people.length, queued: people.length })
  }

  it('passes nobody by and doubles nobody, whichever statement is lost, before it happened or after', async () => {
    const campaign = await running(3)
    let statements = 0
    const counting = faultyPostgres(rows.postgres, (run) => {
      statements += 1
      return run()
    })
    await expect(feed(campaign.row, counting)).resolves.toEqual({ positions: 3, intents: 3 })
    expect(statements).toBeGreaterThan(8)

    for (const happens of [false, true]) {
      for (let lost = 1; lost <= statements; lost += 1) {
        const one = await running(3)
        let nth = 0
        const faulty = faultyPostgres(rows.postgres, async (run) => {
          nth += 1
          if (nth !== lost) return run()
          if (happens) await run()
          throw LOST
        })
        await expect(feed(one.row, faulty)).rejects.toThrow()
        // The server may hold what the connection had locked for a moment longer.
        await eventually(async () => {
          await feed(one.row)
          return (await campaigns.counts(one.id)).queued === 3
        })
        await feed(one.row)
        await expectEachOnce(one)
      }
    }
  }, 120_000)

  it('is done by one of two that believe to lead', async () => {
    const campaign = await running(900)
    await Promise.all(Array.from({ length: 6 }, () => feed(campaign.row)))
    for (let round = 0; round < 3; round += 1) await feed(campaign.row)
    const { rows: found } = await rows.postgres.pool.query(
      'select count(*)::int as links, count(distinct intent_id)::int as intents, max(position) as last from campaign_intents where campaign_id = $1',
      [campaign.row],
    )
    // As far as may be ahead, and no further.
    expect(found).toEqual([{ links: 800, intents: 800, last: 800 }])
    expect(await campaigns.counts(campaign.id)).toMatchObject({ total: 900, queued: 800, scheduled: 100 })
  })

  it('hands nothing over of what is paused, cancelled, or of a number that cannot send', async () => {
    const campaign = await running(3)
    await campaigns.command(campaign.id, 'pause')
    expect(await feed(campaign.row)).toEqual({ positions: 0, intents: 0 })
    await campaigns.command(campaign.id, 'resume')
    await rows.postgres.pool.query(
      `update senders set state = 'restricted', reason_code = 'sender_account' where phone_number_id =
        (select phone_number_ids[1] from campaigns where id = $1)`,
      [campaign.row],
    )
    expect(await feed(campaign.row)).toEqual({ positions: 0, intents: 0 })
    expect(await campaigns.counts(campaign.id)).toMatchObject({ total: 3, scheduled: 3 })
    await campaigns.command(campaign.id, 'cancel')
    expect(await feed(campaign.row)).toEqual({ positions: 0, intents: 0 })
    expect(await campaigns.counts(campaign.id)).toMatchObject({ total: 3, cancelled: 3 })
  })

  it('writes once to somebody who stands there under two ids', async () => {
    const [number, bsuid] = [digits(), 'BR.13491208655302741918']
    const portfolio = await rows.postgres.pool.query(
      'select w.portfolio_id as id from senders s join wabas w on w.id = s.waba_id where s.phone_number_id = $1',
      [sender],
    )
    const identity = identityOfBsuid(bsuid as never, portfolio.rows[0].id)
    const [contact] = await resolveContacts(rows.postgres.db, 'default' as WorkspaceId, [identity], rows.optOuts)
    await rows.postgres.pool.query(
      `insert into contact_identities (workspace, scope, key, value, contact_id) values ('default', '', $1, $1, $2)`,
      [number, contact],
    )
    const campaign = await campaigns.listed({ sender, message }, `to\n+${number}\n+${digits()}\n${bsuid}\n`)
    await campaigns.command(campaign.id, 'start')
    await feed(campaign.row)
    expect(await campaigns.counts(campaign.id)).toMatchObject({ total: 3, queued: 2, suppressed: 1 })
  })

  describe('within a budget', () => {
    const inUsd = async () => {
      const number = await rows.linkSender()
      await rows.postgres.pool.query(`update senders set currency = 'USD' where phone_number_id = $1`, [number])
      return number
    }
    const withBudget = async (count: number, amount: string) => {
      const number = await inUsd()
      const people = Array.from({ length: count }, digits)
      const given = { sender: number, message, budget: { amount, currency: 'USD' } }
      const campaign = await campaigns.listed(given, list(people))
      await campaigns.command(campaign.id, 'start')
      return campaign
    }
    const committed = async (row: number) => {
      const read = await rows.postgres.pool.query(
        'select count(*)::int as people, coalesce(sum(micros), 0)::int as micros from campaign_reservations where campaign_id = $1',
        [row],
      )
      return read.rows[0]
    }
    const again = (row: number) =>
      rows.postgres.pool.query('update campaigns set next_feed_at = casement_now() where id = $1 and state = $2', [
        row,
        'running',
      ])

    it('hands over as many as fit, by however many feeders, and more once it is known what came of some', async () => {
      const campaign = await withBudget(300, '1.255')
      await Promise.all(Array.from({ length: 6 }, () => feed(campaign.row)))
      for (let round = 0; round < 3; round += 1) {
        await again(campaign.row)
        await Promise.all([feed(campaign.row), feed(campaign.row)])
      }
      expect(await committed(campaign.row)).toEqual({ people: 125, micros: 1_250_000 })
      expect(await campaigns.counts(campaign.id)).toMatchObject({ total: 300, queued: 125, scheduled: 175 })
      // Ten of them end without a message.
      const { rows: some } = await rows.postgres.pool.query(
        'select id from intents where campaign_id = $1 order by campaign_position limit 10',
        [campaign.row],
      )
      const ids = some.map(({ id }) => id)
      await cancelByIds(rows.postgres.db, ids, { code: 'by_request', text: 'Cancelled by request.' })
      await again(campaign.row)
      expect(await feed(campaign.row)).toEqual({ positions: 10, intents: 10 })
      await again(campaign.row)
      expect(await feed(campaign.row)).toEqual({ positions: 0, intents: 0 })
      expect(await campaigns.counts(campaign.id)).toMatchObject({ total: 300, queued: 125, cancelled: 10 })
    })

    it('keeps aside what was given up, which Meta may have all the same', async () => {
      const campaign = await withBudget(5, '0.03')
      expect(await feed(campaign.row)).toEqual({ positions: 3, intents: 3 })
      const ids = (
        await rows.postgres.pool.query('select id, phone_number_id as number from intents where campaign_id = $1', [
          campaign.row,
        ])
      ).rows as { id: IntentId; number: PhoneNumberId }[]
      const doubt = { code: 'in_doubt' as never, text: 'Nobody knows.' }
      for (const { id, number } of ids) {
        await rows.attempt(number, id, { event: 'doubt', reason: doubt, keepsTurn: false })
        await closeAttemptsOn(rows.postgres.pool, [notAccepted({ intentId: id, number: 1, delivery: 'at_most_once' })])
      }
      await again(campaign.row)
      expect(await feed(campaign.row)).toEqual({ positions: 0, intents: 0 })
      expect(await campaigns.getCampaign(CALLER, campaign.id)).toMatchObject({
        value: { state: 'paused', reason: { code: 'budget_spent' }, counts: { failed: 3, scheduled: 2 } },
      })
    })

    it('is paused where not one more fits and nothing is on its way, and goes on once it is raised', async () => {
      const campaign = await withBudget(3, '0.009')
      expect(await feed(campaign.row)).toEqual({ positions: 0, intents: 0 })
      const read = await campaigns.getCampaign(CALLER, campaign.id)
      expect(read).toMatchObject({ ok: true, value: { state: 'paused', reason: { code: 'budget_spent' } } })
      expect(await campaigns.updateCampaign(CALLER, campaign.id, { name: 'Other' })).toMatchObject({ ok: false })
      const raised = await campaigns.updateCampaign(CALLER, campaign.id, {
        budget: { amount: '0.02', currency: 'USD' },
      })
      expect(raised).toMatchObject({ ok: true, value: { budget: { amount: '0.02' } } })
      await campaigns.command(campaign.id, 'resume')
      expect(await feed(campaign.row)).toEqual({ positions: 2, intents: 2 })
      await campaigns.updateCampaign(CALLER, campaign.id, { budget: null })
      await again(campaign.row)
      expect(await feed(campaign.row)).toEqual({ positions: 1, intents: 1 })
      // For those who are on their way nothing is laid aside now.
      expect(
        await campaigns.updateCampaign(CALLER, campaign.id, { budget: { amount: '9', currency: 'USD' } }),
      ).toMatchObject({
        ok: false,
        refusal: { code: 'wrong_state', field: 'budget' },
      })
    })

    it('says so where there is no price, and starts in no other currency', async () => {
      const number = await inUsd()
      const given = { sender: number, message, budget: { amount: '1', currency: 'USD' } }
      const abroad = await campaigns.listed(given, `to\n+${digits()}\n+351910000001\n`)
      await campaigns.command(abroad.id, 'start')
      expect(await feed(abroad.row)).toEqual({ positions: 1, intents: 1 })
      await again(abroad.row)
      await feed(abroad.row)
      expect(await campaigns.getCampaign(CALLER, abroad.id)).toMatchObject({
        value: { state: 'paused', reason: { code: 'budget_unpriced' }, counts: { held: 1, scheduled: 1 } },
      })
      const other = await campaigns.listed({ ...given, budget: { amount: '1', currency: 'BRL' } }, list([digits()]))
      const refused = await campaigns.commandCampaign(CALLER, other.id, 'start', {})
      expect(refused).toMatchObject({ ok: false, refusal: { problems: [{ hint: 'budget_currency' }] } })
    })
  })

  describe('of two who turn out to be one after they were handed over', () => {
    async function merged(before: (sender: PhoneNumberId, intents: IntentId[]) => Promise<unknown>) {
      const { row, people } = await running(2)
      await feed(row)
      const { rows: found } = await rows.postgres.pool.query(
        `select i.id, i.phone_number_id, v.contact_id from campaign_intents l join intents i on i.id = l.intent_id
         join conversations v on v.id = i.conversation_id where l.campaign_id = $1 order by l.position`,
        [row],
      )
      const [first, second] = found
      await before(first.phone_number_id, [first.id, second.id])
      await inTransaction(rows.postgres.pool, async (trx) => {
        await lockAlone(trx, [first.contact_id, second.contact_id])
        await mergeContacts(trx, second.contact_id, first.contact_id)
      })
      return { sender: first.phone_number_id as PhoneNumberId, intents: [first.id, second.id] as IntentId[], people }
    }

    async function claimed(sender: PhoneNumberId) {
      const client = await rows.postgres.pool.connect()
      const claims = await claimHeads(client, [{ sender, look: 10 }], 10, [])
      client.release()
      return claims.map(({ intent, facts }) => ({ id: intent.id, isTwin: facts.isTwin }))
    }

    it('writes to the one further up', async () => {
      const { sender, intents } = await merged(async () => {})
      expect(await claimed(sender)).toEqual([{ id: intents[0], isTwin: false }])
      await rows.attempt(sender, intents[0] as IntentId, { event: 'accept' })
      expect(await claimed(sender)).toEqual([{ id: intents[1], isTwin: true }])
    })

    it('leaves it at the one that has left', async () => {
      const { sender, intents } = await merged((number, [, second]) =>
        rows.attempt(number, second as IntentId, { event: 'accept' }),
      )
      expect(await claimed(sender)).toEqual([{ id: intents[0], isTwin: true }])
    })
  })

  it('ends who was erased or opted out, and says so', async () => {
    const people = [digits(), digits(), digits()]
    const campaign = await campaigns.listed({ sender, message }, list(people))
    await rows.postgres.pool.query(
      `update campaign_recipients set recipient = '', cells = '[]' where campaign_id = $1 and position = 1`,
      [campaign.row],
    )
    const { contactId } = await rows.conversation(sender, people[1])
    await rows.postgres.pool.query(`update contacts set marketing = 'out' where id = $1`, [contactId])
    await campaigns.command(campaign.id, 'start')
    await feed(campaign.row)
    const ends = await rows.postgres.pool.query(
      'select position, state, reason_code from campaign_exceptions where campaign_id = $1 order by position',
      [campaign.row],
    )
    expect(ends.rows).toEqual([
      { position: 1, state: 'cancelled', reason_code: 'erased' },
      { position: 2, state: 'suppressed', reason_code: 'opted_out' },
    ])
    expect(await campaigns.counts(campaign.id)).toMatchObject({ total: 3, queued: 1, cancelled: 1, suppressed: 1 })
  })

  it('is ended by a cancel whatever priority somebody gave its messages', async () => {
    const campaign = await running(4)
    await feed(campaign.row)
    await rows.postgres.pool.query(
      `update intents i set priority = l.position - 1 from campaign_intents l where l.intent_id = i.id and l.campaign_id = $1`,
      [campaign.row],
    )
    await campaigns.command(campaign.id, 'cancel')
    await tend({ postgres: rows.postgres, onError })
    expect(await campaigns.counts(campaign.id)).toMatchObject({ total: 4, cancelled: 4 })
    const left = await rows.postgres.pool.query(`select state from intents where campaign_id = $1`, [campaign.row])
    expect(left.rows).toEqual(Array.from({ length: 4 }, () => ({ state: 'cancelled' })))
  })

  it('can be stopped once it was finished, where something of it goes out again', async () => {
    const campaign = await running(2)
    await feed(campaign.row)
    const { rows: links } = await rows.postgres.pool.query(
      'select l.intent_id as id, i.phone_number_id as number from campaign_intents l join intents i on i.id = l.intent_id where l.campaign_id = $1',
      [campaign.row],
    )
    const ids = links.map(({ id }) => id as IntentId)
    await inTransaction(rows.postgres.pool, (trx) => cancelByIds(trx, ids, { code: 'by_request', text: 'No.' }))
    const tended = () => tend({ postgres: rows.postgres, onError })
    await tended()
    for (const command of ['pause', 'cancel'] as const) {
      await expect(campaigns.command(campaign.id, command)).rejects.toThrow('got one that is finished')
    }
    const again = (id: IntentId) =>
      replayIntent(rows.postgres.db, { ...CALLER, id }, {
        kind: 'replay',
        reason: { code: 'by_request', text: 'Once more.' },
        facts: {},
      } as never)
    const taken = () =>
      inTransaction(rows.postgres.pool, async (_trx, client) =>
        (await claimHeads(client, [{ sender: links[0].number, look: 10 }], 10, [])).map(({ intent }) => intent.id),
      )
    await again(ids[0] as IntentId)
    expect(await campaigns.command(campaign.id, 'pause')).toBe('paused')
    await tended()
    expect(await taken()).toEqual([])
    expect(await campaigns.command(campaign.id, 'resume')).toBe('running')
    expect(await campaigns.command(campaign.id, 'cancel')).toBe('cancelled')
    await tended()
    expect(await campaigns.counts(campaign.id)).toMatchObject({ total: 2, cancelled: 2 })
    expect(await campaigns.getCampaign(CALLER, campaign.id)).toMatchObject({ value: { state: 'cancelled' } })
  })

  it('is looked after though another one cannot be', async () => {
    const [broken, sound] = [await running(1), await running(1)]
    await feed(sound.row)
    await rows.postgres.pool.query(`update campaigns set document = 'null' where id = $1`, [broken.row])
    await campaigns.command(sound.id, 'cancel')
    const failed: string[] = []
    await tend({ postgres: rows.postgres, onError: ({ message }) => void failed.push(message) })
    expect(failed).toEqual([`campaign ${broken.row} could not be looked after`])
    expect(await campaigns.counts(sound.id)).toMatchObject({ cancelled: 1 })
    await rows.postgres.pool.query('delete from campaigns where id = $1', [broken.row])
  })

  it('counts the same before and after what was counted is added up', async () => {
    const campaign = await running(3)
    await feed(campaign.row)
    for (let i = 0; i < 300; i += 1) {
      await rows.postgres.pool.query(
        `insert into campaign_moves (campaign_id, key, n) values ($1, 'scheduled', 1), ($1, 'scheduled', -1)`,
        [campaign.row],
      )
    }
    const before = await campaigns.counts(campaign.id)
    await tend({ postgres: rows.postgres, onError })
    expect(await campaigns.counts(campaign.id)).toEqual(before)
    const left = await rows.postgres.pool.query('select key, n::int from campaign_moves where campaign_id = $1', [
      campaign.row,
    ])
    expect(left.rows).toEqual([{ key: 'scheduled', n: 3 }])
  })

  it('says to everybody what is theirs by weight and language, and the same in a retry', async () => {
    const say = (body: string) => ({ message: { type: 'text', text: { body } } })
    const variants = [
      { name: 'A', ...say('A {{code}}'), languages: { pt_BR: say('A pt {{code}}') } },
      { name: 'B', weight: 2, ...say('B {{code}}') },
    ]
    const people = Array.from({ length: 60 }, digits)
    const number = await rows.linkSender()
    // Half of them are known to speak Portuguese; of some the list says otherwise.
    for (const who of people.slice(0, 30)) {
      const { contactId } = await rows.conversation(number, who)
      await rows.postgres.pool.query(`update contacts set language = 'pt' where id = $1`, [contactId])
    }
    const csv = people.map((who, i) => `+${who},${i % 4 === 0 ? '' : i},${i % 10 === 1 ? 'en' : ''}`).join('\n')
    const campaign = await campaigns.listed({ sender: number, variants }, `to,code,language\n${csv}\n`)
    await rows.postgres.pool.query(
      `update campaign_recipients set recipient = '', cells = '[]' where campaign_id = $1 and position = 60`,
      [campaign.row],
    )
    await campaigns.command(campaign.id, 'start')
    await feed(campaign.row)

    const line = z.object({ line: z.number(), to: z.string(), state: z.string(), variant: z.string().nullable() })
    const reportOf = async (id: string) => {
      const report = await campaigns.campaignRecipients(CALLER, id, 'ndjson')
      if (!report.ok) throw new Error(report.refusal.message)
      const lines = (await report.value.toArray()).join('').trimEnd().split('\n')
      return lines.map((one) => line.parse(JSON.parse(one)))
    }
    const report = await reportOf(campaign.id)
    const speaks = (i: number) => i < 30 && i % 10 !== 1
    for (const { line, variant } of report.slice(0, 59)) {
      expect(variant).toBeOneOf(speaks(line - 2) ? ['A pt_BR', 'B'] : ['A', 'B'])
    }
    expect(report[59]).toMatchObject({ state: 'cancelled', variant: null })
    const { rows: texts } = await rows.postgres.pool.query(
      `select l.position, i.message -> 'text' ->> 'body' as body from campaign_intents l join intents i on i.id = l.intent_id
       where l.campaign_id = $1`,
      [campaign.row],
    )
    for (const { position, body } of texts) {
      const named = { A: 'A', 'A pt_BR': 'A pt', B: 'B' }[report[position - 1]?.variant as string]
      expect(body).toBe(`${named} ${position - 1}`)
    }

    const read = async (id: string) => {
      const answer = await campaigns.getCampaign(CALLER, id)
      if (!answer.ok) throw new Error(answer.refusal.message)
      return answer.value as {
        counts: Record<string, number>
        variants: {
          name: string
          counts: Record<string, number>
          languages?: { pt_BR: { counts: Record<string, number> } }
        }[]
      }
    }
    const { counts, variants: side } = await read(campaign.id)
    expect(counts).toMatchObject({ total: 60, cancelled: 1, failed: 15, queued: 44 })
    const those = (matches: (one: (typeof report)[number]) => boolean) => report.filter(matches).length
    expect(side.map(({ name, counts: of }) => [name, of.total, of.failed, of.queued])).toEqual(
      ['A', 'B'].map((name) => [
        name,
        those(({ variant }) => variant?.startsWith(name) === true),
        those(({ variant, state }) => variant?.startsWith(name) === true && state === 'failed'),
        those(({ variant, state }) => variant?.startsWith(name) === true && state === 'queued'),
      ]),
    )
    expect(side[0]?.languages?.pt_BR.counts.total).toBe(those(({ variant }) => variant === 'A pt_BR'))
    expect(those(({ variant }) => variant === 'A pt_BR')).toBeGreaterThan(0)

    await campaigns.command(campaign.id, 'cancel')
    const child = await campaigns.retryCampaign(CALLER, campaign.id, {
      reasons: ['template_parameters'],
      includeUnconfirmed: false,
    })
    if (!child.ok) throw new Error(child.refusal.message)
    const again = {
      id: child.value.id as string,
      variants: JSON.parse(JSON.stringify(variants).replaceAll('{{code}}', '{{code|x}}')),
    }
    await campaigns.updateCampaign(CALLER, again.id, { variants: again.variants })
    await campaigns.command(again.id, 'start')
    const { rows: found } = await rows.postgres.pool.query('select id from campaigns where public_id = $1', [again.id])
    await feed(found[0].id)
    const byLine = new Map(report.map((one) => [one.line, one.variant]))
    const second = await reportOf(again.id)
    expect(second).toHaveLength(15)
    expect(second.map(({ variant }) => variant)).toEqual(second.map(({ line }) => byLine.get(line)))
  })

  it('pauses, and fails nobody, where its template is gone by then', async () => {
    const number = await rows.linkSender()
    const waba = await rows.wabaOf(number)
    await rows.postgres.pool.query('update wabas set templates_synced_at = now() where id = $1', [waba])
    const template = { name: 'spring', language: { code: 'en' } }
    const campaign = await campaigns.listed(
      { sender: number, message: { type: 'template', template } },
      list([digits(), digits()]),
    )
    // As if the template had gone after the start.
    await rows.postgres.pool.query(
      `update campaigns set state = 'running', next_feed_at = casement_now(), started_at = casement_now() where id = $1`,
      [campaign.row],
    )
    expect(await feed(campaign.row)).toEqual({ positions: 0, intents: 0 })
    expect(await campaigns.getCampaign(CALLER, campaign.id)).toMatchObject({
      ok: true,
      value: { state: 'paused', reason: { code: 'template_unknown' }, counts: { total: 2, scheduled: 2 } },
    })
  })
})
