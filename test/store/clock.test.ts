import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { DAY_MS, HOUR_MS, plus } from '../../src/domain/time.ts'
import { findDoubts, findStranded } from '../../src/store/intents/doubts.ts'
import { demands } from '../../src/store/intents/supply.ts'
import { expireIntents } from '../../src/store/intents/waiting.ts'
import { clockAheadMs, goesToSandbox, keepRealTime, keepSandbox } from '../../src/store/pg/clock.ts'
import { CLOCK_CHANNEL, moveClock } from '../../src/store/pg/move-clock.ts'
import { prepared } from '../../src/store/pg/postgres.ts'
import { beatIntake, LONGEST_CATCHING_UP_MS } from '../../src/store/webhooks/intake.ts'
import { createTestDatabase } from '../support/database.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { eventually, whenNotified } from '../support/signals.ts'

const LEASE_MS = 40_000
const GRACE_MS = 60_000

let rows: Rows
beforeAll(async () => {
  rows = await createRows()
})
afterEach(async () => {
  // Before the clock is set back: some of them keep it where it is.
  for (const client of sessions.splice(0)) await client.end()
  await move(0)
})
afterAll(() => rows.close())

const move = (aheadMs: number) => moveClock(rows.databaseUrl, aheadMs)
const ahead = () => clockAheadMs(rows.postgres.db)

const sessions: pg.Client[] = []

async function session(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: rows.databaseUrl, application_name: 'a session' })
  await client.connect()
  sessions.push(client)
  return client
}

async function intentOf(overrides: Parameters<Rows['intent']>[2] = {}) {
  const sender = await rows.linkSender()
  const conversation = await rows.conversation(sender)
  return { sender, conversation, id: await rows.intent(sender, conversation.id, overrides) }
}

describe('the one clock', () => {
  it('is a sandbox’s while a process of it lives, in this database alone', async () => {
    const elsewhere = await createTestDatabase()
    onTestFinished(() => elsewhere.drop())
    const other = new pg.Client({ connectionString: elsewhere.url })
    await other.connect()
    await keepSandbox(other)
    expect(await goesToSandbox(rows.postgres.db)).toBe(false)
    await other.end()
    const [one, two] = [await session(), await session()]
    for (const client of [one, two]) await keepSandbox(client)
    await one.end()
    expect(await goesToSandbox(rows.postgres.db)).toBe(true)
    await two.end()
    await eventually(async () => expect(await goesToSandbox(rows.postgres.db)).toBe(false))
  })

  it.each([
    ['as it is', 0],
    ['moved ahead by a day', DAY_MS],
    ['moved back by a day', -DAY_MS],
  ])('is a condition of the index, %s', async (_, aheadMs) => {
    await move(aheadMs)
    const client = await session()
    await client.query(
      'set enable_seqscan = off; set enable_bitmapscan = off; set plan_cache_mode = force_generic_plan',
    )
    const text = `select id from intents where phone_number_id = $1 and priority = $2 and due_at <= casement_now() order by due_at`
    await client.query(`prepare due_now (text, smallint) as ${text}`)
    const plan = await client.query<{ 'QUERY PLAN': string }>(`explain execute due_now ('1', 0::smallint)`)
    const lines = plan.rows.map((row) => row['QUERY PLAN'])
    const condition = lines.find((line) => line.includes('Index Cond')) ?? lines.join('\n')
    expect(condition).toContain('(due_at <= ')
    expect(condition).toContain('now()')
    expect(lines.join('\n')).not.toContain('casement_now')
  })

  it('moves for statements that were prepared before', async () => {
    const client = await session()
    const now = prepared<{ now: Date }>('the_time', 'select casement_now() as now')
    const before = (await now(client, []))[0]?.now as Date
    await move(DAY_MS)
    const after = (await now(client, []))[0]?.now as Date
    expect(after.getTime() - before.getTime()).toBeGreaterThanOrEqual(DAY_MS)
  })

  it('stands where it was set, however many set it at once', async () => {
    await Promise.all([1, 2, 3, 4, 5, 6].map(() => move(DAY_MS)))
    expect(await ahead()).toBe(DAY_MS)
  })

  it('tells everybody that it moved, and nobody when it did not', async () => {
    const heard = await whenNotified(rows.databaseUrl, CLOCK_CHANNEL)
    onTestFinished(() => heard.close())
    await move(HOUR_MS)
    await eventually(() => expect(heard.payloads).toHaveLength(1), { on: heard })
    expect(await move(HOUR_MS)).toEqual({ from: HOUR_MS, to: HOUR_MS })
    await move(2 * HOUR_MS)
    await eventually(() => expect(heard.payloads).toHaveLength(2), { on: heard })
  })

  it('refuses to move by parts of a millisecond, or by nothing that is a number', () => {
    expect(() => move(0.5)).toThrow(RangeError)
    expect(() => move(Number.NaN)).toThrow(RangeError)
  })
})

describe('whoever sends to Meta', () => {
  it('keeps the clock from being moved, for as long as the session lasts', async () => {
    const client = await session()
    await keepRealTime(client)
    await expect(move(DAY_MS)).rejects.toThrow(/cannot be moved: a process that sends/)
    expect(await ahead()).toBe(0)
    await sessions.pop()?.end()
    await move(DAY_MS)
    expect(await ahead()).toBe(DAY_MS)
  })

  it('is told of a clock that was moved, and how to set it back', async () => {
    await move(3 * DAY_MS)
    await expect(keepRealTime(await session())).rejects.toThrow(/stands 3 days ahead.*migrate --reset-clock/)
  })
})

describe('a move of the clock', () => {
  it('brings forward what is due and ends what is over', async () => {
    const { db } = rows.postgres
    const now = await rows.now()
    const { id, sender } = await intentOf({ sendAt: plus(now, HOUR_MS), expiresAt: plus(now, 3 * HOUR_MS) })
    const dueInMs = async () => (await demands(rows.postgres.pool)).find((one) => one.sender === sender)?.dueInMs
    expect(await dueInMs()).toBeGreaterThan(0)
    await move(2 * HOUR_MS)
    expect(await dueInMs()).toBeLessThanOrEqual(0)
    expect(await expireIntents(db, 100)).toBe(0)
    await move(4 * HOUR_MS)
    await expireIntents(db, 100)
    const { state } = await db.selectFrom('intents').select('state').where('id', '=', id).executeTakeFirstOrThrow()
    expect(state).toBe('expired')
  })

  it.each([
    ['ahead', DAY_MS],
    ['back', -DAY_MS],
  ])('by a day %s strands no attempt that is under way, and does find it when its worker is gone', async (_, ms) => {
    const { db } = rows.postgres
    const { sender, id } = await intentOf()
    await rows.open(sender, id)
    await move(ms)
    const stranded = async () => (await findStranded(db, LEASE_MS, 100)).map((one) => one.intentId)
    expect(await stranded()).not.toContain(id)
    await sql`update intents set state_at = state_at - ${LEASE_MS} * interval '1 millisecond' where id = ${id}`.execute(
      db,
    )
    expect(await stranded()).toContain(id)
  })

  it.each([
    ['ahead', DAY_MS],
    ['back', -DAY_MS],
  ])('by a day %s does not age a doubt, nor make its channel speak', async (_, ms) => {
    const { db } = rows.postgres
    const { sender, id } = await intentOf()
    await sql`
      insert into webhook_channels (phone_number_id, caused_at)
      values (${sender}, casement_now() - interval '1 minute')`.execute(db)
    await rows.attempt(sender, id, { event: 'doubt', keepsTurn: true, reason: { code: 'in_doubt', text: 'Lost.' } })
    await beatIntake(db)
    await move(ms)
    await beatIntake(db)
    const doubt = async (olderThanMs: number) =>
      (await findDoubts(db, olderThanMs, 100)).find((one) => one.intentId === id)
    expect(await doubt(GRACE_MS)).toBeUndefined()
    const seen = await doubt(0)
    expect(seen?.ageMs).toBeLessThan(GRACE_MS)
    expect(seen?.silentMs).toBeLessThan(GRACE_MS)
    expect(seen?.channelAlive).toBe(false)
  })

  it.each([
    ['ahead', DAY_MS],
    ['back', -DAY_MS],
  ])('by a day %s is no outage of the intake, and hides none', async (_, ms) => {
    const { db } = rows.postgres
    await beatIntake(db)
    await sql`update webhook_intake set alive_at = alive_at - interval '30 seconds', missed_since = missed_since - interval '30 seconds',
      caught_up_at = caught_up_at - interval '30 seconds'`.execute(db)
    await move(ms)
    await beatIntake(db)
    const catchingUpMs = async () => {
      const { rows: found } = await sql<{ ms: number }>`
        select (extract(epoch from caught_up_at - casement_now()) * 1000)::float8 as ms from webhook_intake`.execute(db)
      return found[0]?.ms as number
    }
    expect(await catchingUpMs()).toBeGreaterThan(29_000)
    expect(await catchingUpMs()).toBeLessThan(LONGEST_CATCHING_UP_MS / 2)
  })

  it('waits for a beat that reads the clock, and the next beat finds no gap', async () => {
    const { db, pool } = rows.postgres
    await beatIntake(db)
    await sql`update webhook_intake set caught_up_at = casement_now() - interval '1 minute'`.execute(db)
    const beating = await pool.connect()
    await beating.query('begin; update webhook_intake set alive_at = casement_now()')
    let moved = false
    const moving = move(DAY_MS).then(() => {
      moved = true
    })
    await eventually(async () => {
      const waiting = await sql`select from pg_stat_activity where application_name = 'casement clock'
        and datname = current_database() and wait_event_type = 'Lock'`.execute(db)
      return waiting.rows.length > 0
    })
    expect(moved).toBe(false)
    await beating.query('commit')
    beating.release()
    await moving
    await beatIntake(db)
    const late = await sql`select from webhook_intake where caught_up_at > casement_now()`.execute(db)
    expect(late.rows).toEqual([])
  })
})
