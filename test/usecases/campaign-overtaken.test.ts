import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Pricing } from '../../src/app/pricing.ts'
import { scrubLists } from '../../src/store/campaigns/people.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { faultyPostgres } from '../faults/faulty-postgres.ts'
import { CALLER, HERE } from '../support/access.ts'
import { type CampaignStage, openCampaignStage } from '../support/campaign-stage.ts'
import { eventually } from '../support/signals.ts'

const message = { type: 'text', text: { body: 'Hello {{name | there}}' } }
const LOCK_NOT_AVAILABLE = '55P03'
/** Begin, the lock, and the look at the campaign: who acts before those has not overtaken anything. */
const BEFORE_READ = 3
const MONEY = {
  currency: 'USD',
  timeZone: null,
  month: '2026-11',
  freeServiceUsed: 0,
  charged: new Map(),
  international: null,
  held: new Set<string>(),
}

interface Running {
  id: string
  row: number
  people: string[]
}

describe('a round that is handed over while somebody changes its campaign', () => {
  let { rows, campaigns, digits, feed } = {} as CampaignStage
  beforeAll(async () => {
    ;({ rows, campaigns, digits, feed } = await openCampaignStage())
  })
  afterAll(() => rows.close())

  const rates = { validFrom: '2020-01-01', markets: new Map([['Brazil', { utility: 10_000n, marketing: 10_000n }]]) }
  const pricing: Pick<Pricing, 'of'> = {
    of: async (senders) => new Map(senders.map((one) => [one, { ...MONEY, book: { rates: [rates], tiers: [] } }])),
  }

  async function running(): Promise<Running> {
    const people = [digits(), digits(), digits()]
    const csv = `to,name\n${people.map((one) => `+${one},Ana`).join('\n')}\n`
    const sender = await rows.linkSender()
    await rows.postgres.pool.query(`update senders set currency = 'USD' where phone_number_id = $1`, [sender])
    const campaign = await campaigns.listed({ sender, message, budget: { amount: '1.00', currency: 'USD' } }, csv)
    await campaigns.command(campaign.id, 'start')
    return { ...campaign, people }
  }

  async function isFree(row: number): Promise<boolean> {
    const look = `select from campaigns where id = $1 for no key update nowait`
    return rows.postgres.pool.query(look, [row]).then(
      () => true,
      (error) => {
        if (error.code !== LOCK_NOT_AVAILABLE) throw error
        return false
      },
    )
  }

  async function handedOver(row: number): Promise<number> {
    const { rows: found } = await rows.postgres.pool.query(
      `select (select count(*) from intents where campaign_id = $1)::int as intents,
         (select count(*) from campaign_intents where campaign_id = $1)::int as links,
         (select count(*) from campaign_reservations where campaign_id = $1)::int as reserved, fed from campaigns where id = $1`,
      [row],
    )
    const { intents, links, reserved, fed } = found[0]
    expect([intents, links, reserved]).toEqual([fed, fed, fed])
    return fed
  }

  /**
   * Somebody acts before the `nth` statement of a round. Where the campaign's row is free, they are answered before the round goes on: nobody
   * waits for a round, or this never ends. Answers whether it was free, and how many statements there were.
   */
  async function overtaking(nth: number, act: (campaign: Running) => Promise<unknown>) {
    const campaign = await running()
    let seen = 0
    let free: boolean | null = null
    let acting: Promise<unknown> = Promise.resolve()
    const watched = faultyPostgres(rows.postgres, async (run) => {
      seen += 1
      if (seen === nth) {
        free = await isFree(campaign.row)
        acting = act(campaign)
        if (free) await acting
      }
      return run()
    })
    const { positions } = await feed(campaign.row, { postgres: watched, pricing })
    await acting
    return { campaign, positions, free: free as boolean | null, statements: seen }
  }

  const pause = ({ id }: Running) => campaigns.command(id, 'pause')
  const cancel = ({ id }: Running) => campaigns.command(id, 'cancel')
  const lower = async ({ id }: Running) => {
    const patched = await campaigns.updateCampaign(CALLER, id, { budget: { amount: '0.01', currency: 'USD' } })
    expect(patched.ok).toBe(true)
  }
  const pauseAndResume = async (one: Running) => {
    await pause(one)
    await campaigns.command(one.id, 'resume')
  }

  it.each([
    ['pauses it', pause, { total: 3, held: 3 }, { total: 3, scheduled: 3 }],
    ['cancels it', cancel, { total: 3 }, { total: 3, cancelled: 3 }],
    ['pauses and resumes it', pauseAndResume, { total: 3, queued: 3 }, { total: 3, scheduled: 3 }],
    ['lowers its budget', lower, { total: 3, queued: 3 }, { total: 3, scheduled: 3 }],
  ] as const)(
    'stands as a whole or not at all where somebody %s, who does not wait for it',
    async (_what, act, whole, none) => {
      const { statements } = await overtaking(0, act)
      const waited: number[] = []
      for (let nth = 1; nth <= statements; nth += 1) {
        const { campaign, positions, free } = await overtaking(nth, act)
        if (!free) waited.push(nth)
        const fed = await handedOver(campaign.row)
        const allowed = act === lower && nth <= BEFORE_READ ? 1 : 3
        expect([fed, positions]).toEqual(fed === 0 ? [0, 0] : [allowed, allowed])
        if (fed === 1) continue
        // Only who came while the row was held, or before it was read, has not overtaken it.
        expect(await campaigns.counts(campaign.id)).toMatchObject(fed === 0 ? none : whole)
        if (!free) expect(fed).toBe(3)
      }
      // The last few statements, with the commit: what is written of the campaign itself.
      expect(waited.at(-1)).toBe(statements)
      expect(waited).toEqual(waited.map((_, i) => (waited[0] as number) + i))
      expect(waited.length).toBeLessThanOrEqual(5)
    },
    120_000,
  )

  it('hands over again at once what a budget that was lowered leaves', async () => {
    const { campaign } = await overtaking(12, lower)
    expect(await handedOver(campaign.row)).toBe(0)
    await feed(campaign.row, { pricing })
    expect(await handedOver(campaign.row)).toBe(1)
  })

  it('makes nothing of whom an erasure has taken off the list', async () => {
    async function erasing(nth: number) {
      const campaign = await running()
      let seen = 0
      let erased = false
      let before = false
      let erasure: Promise<void> = Promise.resolve()
      const watched = faultyPostgres(rows.postgres, async (run) => {
        seen += 1
        if (seen === nth) {
          erasure = inTransaction(rows.postgres.pool, async (trx) => {
            await scrubLists(
              trx,
              HERE.workspace,
              [campaign.people[0] as string],
              { campaign: campaign.row, position: 0 },
              1_000,
            )
          }).then(() => {
            erased = true
          })
          await eventually(async () => erased || (await isWaitedFor()))
        }
        // The last that is asked for is the commit.
        before = erased
        return run()
      })
      await feed(campaign.row, { postgres: watched, pricing })
      await erasure
      return { campaign, statements: seen, before }
    }
    const { statements } = await erasing(0)
    const orders = new Set<boolean>()
    for (let nth = 1; nth <= statements; nth += 1) {
      const { campaign, before } = await erasing(nth)
      orders.add(before)
      const { rows: found } = await rows.postgres.pool.query(
        `select l.position from campaign_intents l where l.campaign_id = $1 order by 1`,
        [campaign.row],
      )
      // Whoever erases ends afterwards what they find of them; what nobody would find is a message that is made later.
      expect(found.map(({ position }) => position)).toEqual(before ? [2, 3] : [1, 2, 3])
    }
    expect(orders.size).toBe(2)
  }, 60_000)

  async function isWaitedFor(): Promise<boolean> {
    const { rows: found } = await rows.postgres.pool.query(
      `select from pg_locks l join pg_database d on d.oid = l.database where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`,
    )
    return found.length > 0
  }
})
