import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { feedOn, retimeStarts } from '../../src/app/feeding.ts'
import type { IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { HOUR_MS, type Instant, MINUTE_MS, plus } from '../../src/domain/time.ts'
import { claimHeads } from '../../src/store/intents/claim.ts'
import { readFactsAt } from '../../src/store/intents/dispatch-facts.ts'
import { expireIntents } from '../../src/store/intents/waiting.ts'
import type { Postgres } from '../../src/store/pg/postgres.ts'
import { faultyPostgres } from '../faults/faulty-postgres.ts'
import { CALLER } from '../support/access.ts'
import { type CampaignsOn, campaignsOn } from '../support/lists.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { eventually } from '../support/signals.ts'

const SETTINGS = { windowMarginMs: 0, followUpCooldownMs: 0, requireOptIn: false, recipientReviewMs: 0 }
const message = { type: 'text', text: { body: 'Hello' } }
const LOST = Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' })

/** By the clock in London all year, that of a zone which never changes its clocks. */
const clockIn = (at: Instant) => new Date(at).toISOString().slice(11, 16)
const wall = (at: Instant) => new Date(at).toISOString().slice(0, 19)

describe('turns of a campaign', () => {
  let rows: Rows
  let campaigns: CampaignsOn
  let now: Instant
  beforeAll(async () => {
    rows = await createRows()
    campaigns = campaignsOn(rows.postgres)
    now = await rows.now()
  })
  afterEach(() => setClock(0))
  afterAll(() => rows.close())

  let next = 0
  const digits = () => `551193${String(++next).padStart(7, '0')}`
  const setClock = (aheadMs: number) =>
    rows.postgres.pool.query(
      `create or replace function casement_now() returns timestamptz language sql stable parallel safe
       as $$select now() + interval '${aheadMs} milliseconds'$$`,
    )

  /** Somebody in each of these zones, in this order. */
  async function running(zones: string[], given: object) {
    const sender = await rows.linkSender()
    const csv = `to,time_zone\n${zones.map((zone) => `+${digits()},${zone}`).join('\n')}\n`
    const campaign = await campaigns.listed({ sender, message, ...given }, csv)
    await campaigns.command(campaign.id, 'start')
    return { ...campaign, sender }
  }

  const feed = (row: number, postgres: Postgres = rows.postgres) =>
    feedOn({ postgres, optOuts: rows.optOuts, settings: SETTINGS, pricing: { of: async () => new Map() } }, row)

  async function handedOver(row: number): Promise<number[]> {
    const { rows: found } = await rows.postgres.pool.query(
      'select position from campaign_intents where campaign_id = $1 order by position',
      [row],
    )
    return found.map(({ position }) => position)
  }

  /** Quiet in UTC for the next hour, and not in Tokyo. */
  const quiet = () => ({
    quiet_hours: { from: clockIn(plus(now, -HOUR_MS)), to: clockIn(plus(now, HOUR_MS)) },
  })

  it('go past whoever sleeps, and come back to them', async () => {
    const { id, row } = await running(['UTC', 'Asia/Tokyo', 'UTC', 'Asia/Tokyo', 'UTC'], quiet())
    expect(await feed(row)).toEqual({ positions: 5, intents: 2 })
    expect(await handedOver(row)).toEqual([2, 4])
    expect(await campaigns.counts(id)).toMatchObject({ total: 5, queued: 2, scheduled: 3 })
    expect(await feed(row)).toEqual({ positions: 0, intents: 0 })
    const { rows: found } = await rows.postgres.pool.query(
      `select next_feed_at > casement_now() + interval '50 minutes' as sleeps from campaigns where id = $1`,
      [row],
    )
    expect(found).toEqual([{ sleeps: true }])

    await setClock(HOUR_MS)
    expect(await feed(row)).toEqual({ positions: 3, intents: 3 })
    expect(await handedOver(row)).toEqual([1, 2, 3, 4, 5])
    expect(await campaigns.counts(id)).toMatchObject({ total: 5, queued: 5 })
    expect(await feed(row)).toEqual({ positions: 0, intents: 0 })
  })

  it('go by the zone of the contact before that of the list', async () => {
    const { id, row, sender } = await running(['UTC', 'UTC'], quiet())
    const { contactId } = await rows.conversation(sender, `551193${String(next).padStart(7, '0')}`)
    await rows.postgres.pool.query(`update contacts set time_zone = 'Asia/Tokyo' where id = $1`, [contactId])
    await feed(row)
    expect(await handedOver(row)).toEqual([2])

    // They moved while the other's turn came: it is asked anew.
    await rows.postgres.pool.query(`update contacts set time_zone = 'Asia/Kolkata' where wa_id = $1`, [
      `551193${String(next - 1).padStart(7, '0')}`,
    ])
    await setClock(HOUR_MS)
    await feed(row)
    expect(await campaigns.counts(id)).toMatchObject({ total: 2, queued: 2 })
  })

  it('end with the campaign, and wait with it', async () => {
    const { id, row } = await running(['UTC', 'UTC'], quiet())
    await feed(row)
    await campaigns.command(id, 'pause')
    await setClock(HOUR_MS)
    expect(await feed(row)).toEqual({ positions: 0, intents: 0 })
    expect(await campaigns.counts(id)).toMatchObject({ total: 2, scheduled: 2 })
    await campaigns.command(id, 'resume')
    expect(await feed(row)).toEqual({ positions: 2, intents: 2 })

    const other = await running(['UTC', 'UTC', 'Asia/Tokyo'], quiet())
    await setClock(0)
    await feed(other.row)
    await campaigns.command(other.id, 'cancel')
    expect(await campaigns.counts(other.id)).toMatchObject({ total: 3, queued: 1, cancelled: 2 })
  })

  it('lose nobody and double nobody, whichever statement is lost as they come back', async () => {
    let statements = 0
    const lose = async (nth: number, happens: boolean): Promise<void> => {
      const { id, row } = await running(['UTC', 'Asia/Tokyo', 'UTC'], quiet())
      await feed(row)
      await setClock(HOUR_MS)
      let seen = 0
      const faulty = faultyPostgres(rows.postgres, async (run) => {
        seen += 1
        if (seen !== nth) return run()
        if (happens) await run()
        throw LOST
      })
      if (nth === 0) await feed(row, faulty)
      else await expect(feed(row, faulty)).rejects.toThrow()
      if (nth === 0) statements = seen
      await eventually(async () => {
        await feed(row)
        return (await campaigns.counts(id)).queued === 3
      })
      expect(await handedOver(row)).toEqual([1, 2, 3])
      await setClock(0)
    }
    await lose(0, false)
    expect(statements).toBeGreaterThan(8)
    for (let nth = 1; nth <= statements; nth += 1) await lose(nth, false)
    // The commit happened, and nobody was told.
    await lose(statements, true)
  }, 60_000)

  it('are asked for again as a message leaves: what was handed over in the evening waits for the morning', async () => {
    const { row, sender } = await running(['Asia/Tokyo', 'Asia/Tokyo'], quiet())
    await feed(row)
    await rows.postgres.pool.query(`update contacts set time_zone = 'UTC' where wa_id = $1`, [
      `551193${String(next).padStart(7, '0')}`,
    ])
    const client = await rows.postgres.pool.connect()
    const claims = await claimHeads(client, [{ sender: sender as PhoneNumberId, look: 10 }], 10, [])
    client.release()
    const free = Math.floor(plus(now, HOUR_MS) / MINUTE_MS) * MINUTE_MS
    expect(claims.map(({ facts }) => facts.quietUntil)).toEqual([null, free])
    // A forecast asks by the clock of the time at which it is to go.
    const asleep = claims[1]?.intent.id as IntentId
    const quietAt = async (at: Instant) => (await readFactsAt(rows.postgres.pool, asleep, at))?.claim.facts.quietUntil
    expect([await quietAt(now), await quietAt(plus(now, 2 * HOUR_MS))]).toEqual([free, null])
  })

  it('leave the room to others: who waits for the morning is not ahead of anybody', async () => {
    const { id, row } = await running(Array(900).fill('Asia/Tokyo'), quiet())
    await feed(row)
    await rows.postgres.pool.query(
      `update intents set due_at = casement_now() + interval '8 hours', reason_code = 'quiet_hours', reason_text = 'Night.' where campaign_id = $1`,
      [row],
    )
    expect(await feed(row)).toEqual({ positions: 400, intents: 400 })
    expect(await campaigns.counts(id)).toMatchObject({ total: 900, queued: 400, scheduled: 500 })
  })

  it('are no more of whom opted out or was erased while they slept', async () => {
    const { id, row, sender } = await running(['UTC', 'UTC', 'UTC'], quiet())
    await feed(row)
    const { contactId } = await rows.conversation(sender, `551193${String(next).padStart(7, '0')}`)
    await rows.postgres.pool.query(`update contacts set marketing = 'out' where id = $1`, [contactId])
    await rows.postgres.pool.query(
      `update campaign_recipients set recipient = '', cells = '[]' where campaign_id = $1 and position = 1`,
      [row],
    )
    await setClock(HOUR_MS)
    expect(await feed(row)).toEqual({ positions: 3, intents: 1 })
    expect(await campaigns.counts(id)).toMatchObject({ total: 3, queued: 1, cancelled: 1, suppressed: 1 })
  })

  it('come after a pause that outlasted those before, who expire', async () => {
    const { id, row } = await running(Array(5).fill('Asia/Tokyo'), { max_mps: 1, valid_for: '10m' })
    expect(await feed(row)).toEqual({ positions: 3, intents: 3 })
    await campaigns.command(id, 'pause')
    await setClock(HOUR_MS)
    expect(await campaigns.counts(id)).toMatchObject({ total: 5, held: 3, scheduled: 2 })
    await expireIntents(rows.postgres.db, 100)
    expect(await campaigns.counts(id)).toMatchObject({ total: 5, expired: 3, scheduled: 2 })
    await campaigns.command(id, 'resume')
    await feed(row)
    expect(await handedOver(row)).toEqual([1, 2, 3, 4, 5])
    expect(await campaigns.counts(id)).toMatchObject({ total: 5, expired: 3 })
  })

  it('come one after the other where the campaign has a pace of its own', async () => {
    const { id, row } = await running(Array(30).fill('Asia/Tokyo'), { max_mps: 5 })
    expect(await feed(row)).toEqual({ positions: 11, intents: 11 })
    expect(await feed(row)).toEqual({ positions: 0, intents: 0 })
    await setClock(1_000)
    const { intents } = await feed(row)
    expect([intents >= 5, intents <= 11]).toEqual([true, true])
    await setClock(60_000)
    while ((await feed(row)).intents > 0) {}
    await setClock(120_000)
    await feed(row)
    expect(await handedOver(row)).toHaveLength(30)
    const { rows: found } = await rows.postgres.pool.query(
      `select min(gap) >= interval '199 milliseconds' as spaced, bool_and(lifetime = interval '7 days') as valid from (
         select due_at - lag(due_at) over (order by due_at) as gap, expires_at - send_at as lifetime from intents where campaign_id = $1) i`,
      [row],
    )
    expect(found).toEqual([{ spaced: true, valid: true }])
    expect((await campaigns.counts(id)).total).toBe(30)
  })

  describe('at a time on each wall', () => {
    const ZONES = ['UTC', 'Asia/Tokyo', 'America/Phoenix']
    const at = (late?: string) => ({
      send_at: { local: wall(plus(now, -MINUTE_MS)), time_zone: 'recipient' },
      ...(late === undefined ? {} : { late }),
    })

    it('write to whom it was over for at once, and to the others then', async () => {
      const { id, row } = await running(ZONES, at())
      expect(await feed(row)).toEqual({ positions: 3, intents: 2 })
      expect(await handedOver(row)).toEqual([1, 2])
      await setClock(7 * HOUR_MS)
      expect(await feed(row)).toEqual({ positions: 1, intents: 1 })
      expect(await campaigns.counts(id)).toMatchObject({ total: 3, queued: 3 })
    })

    it('or the next day, where the campaign says so', async () => {
      const { row } = await running(ZONES, at('tomorrow'))
      expect(await feed(row)).toEqual({ positions: 3, intents: 0 })
      await setClock(7 * HOUR_MS)
      await feed(row)
      expect(await handedOver(row)).toEqual([3])
      await setClock(24 * HOUR_MS)
      await feed(row)
      expect(await handedOver(row)).toEqual([1, 2, 3])
    })

    it('or never', async () => {
      const { id, row } = await running(ZONES, at('skip'))
      expect(await feed(row)).toEqual({ positions: 3, intents: 0 })
      expect(await campaigns.counts(id)).toMatchObject({ total: 3, suppressed: 2, scheduled: 1 })
      await setClock(7 * HOUR_MS)
      await feed(row)
      expect(await handedOver(row)).toEqual([3])
    })

    it('move with a wall whose clocks are changed otherwise than was known when they were written', async () => {
      const sender = await rows.linkSender()
      const at = { local: '2031-06-01T10:00', time_zone: 'America/Sao_Paulo' }
      const { id, row } = await campaigns.listed({ sender, message, send_at: at }, `to\n+${digits()}\n`)
      await campaigns.command(id, 'start')
      const read = async () => {
        const answer = await campaigns.getCampaign(CALLER, id)
        return answer.ok && answer.value.begins_at
      }
      expect(await read()).toBe('2031-06-01T13:00:00.000Z')
      // As a server reckoned that thought of summer time there.
      await rows.postgres.pool.query(
        `update campaigns set send_at = send_at - interval '1 hour', begin_by = begin_by - interval '1 hour' where id = $1`,
        [row],
      )
      await retimeStarts(rows.postgres.db)
      expect(await read()).toBe('2031-06-01T13:00:00.000Z')
    })

    it('begin once it is that time in the east of the world', async () => {
      const local = wall(plus(now, 15 * HOUR_MS))
      const early = await running(ZONES, { send_at: { local, time_zone: 'recipient' } })
      const { rows: found } = await rows.postgres.pool.query('select state, send_at from campaigns where id = $1', [
        early.row,
      ])
      expect(found).toEqual([{ state: 'scheduled', send_at: Date.parse(`${local}Z`) - 14 * HOUR_MS }])
    })
  })
})
