import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createPricing } from '../../src/app/pricing.ts'
import { holdForBudget } from '../../src/domain/decision/budget.ts'
import type { DispatchFacts } from '../../src/domain/decision.ts'
import type { IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { localDay, monthOf } from '../../src/domain/money/local-day.ts'
import { HOUR_MS, type Instant, SECOND_MS, toIso } from '../../src/domain/time.ts'
import { releaseByIds } from '../../src/store/intents/waiting.ts'
import { needlessForBudget, readBudgets, recordBudgetLevel } from '../../src/store/money/budgets.ts'
import { foldCosts } from '../../src/store/money/costs.ts'
import { readMoney, recordAccount } from '../../src/store/money/money.ts'
import { openPostgres, type Postgres } from '../../src/store/pg/postgres.ts'
import { watchBudgets } from '../../src/usecases/watch-budgets.ts'
import { at } from '../support/builders.ts'
import { createRows, type Rows } from '../support/rows.ts'

let rows: Rows
let tokyo: PhoneNumberId
let angeles: PhoneNumberId
beforeAll(async () => {
  rows = await createRows()
  tokyo = await linkIn('Asia/Tokyo')
  angeles = await linkIn('America/Los_Angeles')
})
beforeEach(async () => {
  await sql`truncate costs, cost_deltas, budget_levels, outbox`.execute(rows.postgres.db)
  await sql`update workspaces set budget = null`.execute(rows.postgres.db)
  await sql`update senders set budget = null`.execute(rows.postgres.db)
})
afterAll(() => rows.close())

async function linkIn(timeZone: string | null): Promise<PhoneNumberId> {
  const sender = await rows.linkSender()
  await recordAccount(rows.postgres.db, await rows.wabaOf(sender), { currency: 'USD', timeZone })
  return sender
}

/** The one clock stands still there. */
async function itIs(instant: Instant): Promise<void> {
  await sql
    .raw(
      `create or replace function casement_now() returns timestamptz language sql stable parallel safe as $$select '${toIso(instant)}'::timestamptz$$`,
    )
    .execute(rows.postgres.db)
}

async function budget(of: PhoneNumberId | '', amount: string, hold = ['marketing']): Promise<void> {
  const value = JSON.stringify({ amount, currency: 'USD', warn_at: 0.8, hold })
  if (of === '')
    await sql`update workspaces set budget = ${value}::jsonb where id = 'default'`.execute(rows.postgres.db)
  else await sql`update senders set budget = ${value}::jsonb where phone_number_id = ${of}`.execute(rows.postgres.db)
}

/** In whole units; less than nothing where something was free after all. */
async function spent(sender: PhoneNumberId, day: string, units: number): Promise<void> {
  await sql`
    insert into cost_deltas (workspace, phone_number_id, day, category, market, currency, messages, untold, billable, free, free_service, charged,
      unpriced, expected_micros, expected_untold_micros, actual_micros)
    values ('default', ${sender}, ${day}::date, 'marketing', 'Brazil', 'USD', 1, 0, 1, 0, 0, 1, 0, 0, 0, ${units * 1_000_000})`.execute(
    rows.postgres.db,
  )
}

/** As whoever leads does it. */
async function look(db = rows.postgres.db, read = readBudgets): Promise<void> {
  await foldCosts(db, 2)
  await watchBudgets({
    read: () => read(db),
    record: async (state, level, change) => void (await recordBudgetLevel(db, state, level, change)),
    release: async () => releaseByIds(db, await needlessForBudget(db, 100)),
    notifyDue: async () => {},
  })
}

async function told(): Promise<string[]> {
  const { rows: found } = await sql<{ event: string }>`
    select kind || ' ' || (payload ->> 'month') || ' ' || (payload ->> 'spent') as event from outbox where kind like 'budget.%' order by id`.execute(
    rows.postgres.db,
  )
  return found.map(({ event }) => event)
}

const held = async (sender: PhoneNumberId) => (await readMoney(rows.postgres.db, [sender]))[0]?.held

describe('a budget of numbers in several zones', () => {
  it('counts each month whole, while one number is in the next already', async () => {
    await budget('', '100')
    await spent(tokyo, '2026-11-20', 100)
    await itIs(at('2026-11-30T16:00:00Z'))
    await look()
    // In Los Angeles it is November still, whose budget was spent in Tokyo.
    expect([await held(tokyo), await held(angeles)]).toEqual([[], ['marketing']])
    expect(await told()).toEqual(['budget.spent 2026-11 100.000000'])
    await spent(tokyo, '2026-12-01', 85)
    await look()
    expect([await held(tokyo), await held(angeles)]).toEqual([[], ['marketing']])
    await itIs(at('2026-12-01T08:00:01Z'))
    await look()
    expect([await held(tokyo), await held(angeles)]).toEqual([[], []])
    await spent(angeles, '2026-12-01', 15)
    await look()
    expect([await held(tokyo), await held(angeles)]).toEqual([['marketing'], ['marketing']])
    expect(await told()).toEqual([
      'budget.spent 2026-11 100.000000',
      'budget.warned 2026-12 85.000000',
      'budget.spent 2026-12 100.000000',
    ])
  })

  it('is not spent in a month for what was spent in the one before', async () => {
    await budget('', '100')
    await spent(angeles, '2026-11-20', 100)
    await itIs(at('2026-11-30T16:00:00Z'))
    await look()
    expect([await held(tokyo), await held(angeles)]).toEqual([[], ['marketing']])
    await itIs(at('2026-12-01T12:00:00Z'))
    await look()
    expect(await told()).toEqual(['budget.spent 2026-11 100.000000'])
  })

  it('is of the month that it is by the clock of the number, to the second', async () => {
    const zones = [
      'Pacific/Kiritimati',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'America/St_Johns',
      'Pacific/Pago_Pago',
      null,
    ]
    const numbers = await Promise.all(zones.map(async (zone) => ({ zone, sender: await linkIn(zone) })))
    for (const { sender } of numbers) await budget(sender, '1')
    for (const midnight of [
      '2026-11-30T10:00:00Z',
      '2026-11-30T13:00:00Z',
      '2026-11-30T18:15:00Z',
      '2026-12-01T00:00:00Z',
      '2026-12-01T03:30:00Z',
      '2026-12-01T11:00:00Z',
    ]) {
      for (const ms of [-SECOND_MS, 0]) {
        const now = (at(midnight) + ms) as Instant
        await itIs(now)
        const inTheirs = (zone: string | null) => monthOf(localDay(now, zone))
        const read = await readMoney(
          rows.postgres.db,
          numbers.map(({ sender }) => sender),
        )
        const months = new Map(read.map(({ sender, month }) => [sender, month]))
        const states = new Map((await readBudgets(rows.postgres.db)).map((state) => [state.sender, state.month]))
        for (const { zone, sender } of numbers) {
          expect([zone, months.get(sender), states.get(sender)]).toEqual([zone, inTheirs(zone), inTheirs(zone)])
        }
      }
    }
  })
})

describe('a level that is reached', () => {
  beforeEach(() => itIs(at('2026-11-15T12:00:00Z')))

  it('is told once, whatever turns out to be free, and again once the budget was raised', async () => {
    await budget(angeles, '100')
    for (const units of [90, -20, 20, 10, -5, 5, -50, 50]) {
      await spent(angeles, '2026-11-10', units)
      await look()
    }
    expect(await told()).toEqual(['budget.warned 2026-11 90.000000', 'budget.spent 2026-11 100.000000'])
    await budget(angeles, '200')
    await look()
    expect(await held(angeles)).toEqual([])
    for (const units of [60, -30, 70]) {
      await spent(angeles, '2026-11-10', units)
      await look()
    }
    expect((await told()).slice(2)).toEqual(['budget.warned 2026-11 160.000000', 'budget.spent 2026-11 200.000000'])
  })

  it('is told once where two processes believe that they lead', async () => {
    await budget('', '100')
    await spent(angeles, '2026-11-10', 100)
    for (const _round of [1, 2]) {
      let reading = 2
      const both = Promise.withResolvers<void>()
      const together = async (db: typeof rows.postgres.db) => {
        const states = await readBudgets(db)
        if (--reading === 0) both.resolve()
        await both.promise
        return states
      }
      await Promise.all([look(rows.postgres.db, together), look(rows.postgres.db, together)])
      expect(await told()).toHaveLength(1)
    }
  })

  it('holds nobody any more once the budget is taken away, in no month', async () => {
    await budget('', '100')
    await spent(tokyo, '2026-11-10', 100)
    await itIs(at('2026-11-30T16:00:00Z'))
    await look()
    await sql`update workspaces set budget = null`.execute(rows.postgres.db)
    await look()
    await itIs(at('2026-11-15T12:00:00Z'))
    expect([await held(tokyo), await held(angeles)]).toEqual([[], []])
    expect(await readBudgets(rows.postgres.db)).toEqual([])
  })
})

describe('who waits for a budget', () => {
  async function waiting(sender: PhoneNumberId): Promise<IntentId> {
    const { id: conversation } = await rows.conversation(sender)
    const id = await rows.intent(sender, conversation, { expiresAt: at('2027-12-01T00:00:00Z') })
    await rows.hold(id, { kind: 'budget' })
    return id
  }
  const needless = () => needlessForBudget(rows.postgres.db, 100)

  it('is decided again with the month of their own number, also where something is spent in that already', async () => {
    await itIs(at('2026-11-30T14:00:00Z'))
    await budget('', '100')
    await budget(angeles, '10', ['utility'])
    await spent(angeles, '2026-11-20', 10)
    await look()
    await itIs(at('2026-11-30T16:00:00Z'))
    await spent(tokyo, '2026-12-01', 100)
    await look()
    await itIs(at('2026-11-30T20:00:00Z'))
    const id = await waiting(angeles)
    expect(await needless()).toEqual([])
    await itIs(at('2026-12-01T08:00:00Z'))
    expect(await needless()).toEqual([id])
    expect(await releaseByIds(rows.postgres.db, [id])).toBe(1)
  })

  it('is asked once more where they were held by what was known before a change', async () => {
    const began = at('2026-11-15T12:00:00Z')
    await itIs(began)
    await budget(angeles, '10', ['utility', 'marketing'])
    await spent(angeles, '2026-11-10', 10)
    await look()
    await itIs((began + HOUR_MS) as Instant)
    await budget(angeles, '10', ['marketing'])
    await look()
    // By a process that knows nothing of it for some seconds.
    await itIs((began + HOUR_MS + 4 * SECOND_MS) as Instant)
    const id = await waiting(angeles)
    expect(await needless()).toEqual([])
    await itIs((began + HOUR_MS + 120 * SECOND_MS) as Instant)
    expect(await needless()).toEqual([id])
    await releaseByIds(rows.postgres.db, [id])
    await rows.hold(id, { kind: 'budget' })
    expect(await needless()).toEqual([])
    await releaseByIds(rows.postgres.db, [id])
  })
})

describe('two processes that dispatch', () => {
  let another: Postgres
  beforeAll(() => {
    another = openPostgres({ url: rows.databaseUrl, max: 2, applicationName: 'another', onError: () => {} })
  })
  afterAll(() => another.close())

  const PRICE = {
    day: '2026-11-15',
    category: 'marketing',
    market: 'Brazil',
    currency: 'USD',
    amount: '1.000000',
    free_because: null,
  }
  const HALF_LOOK_MS = 2_500
  /** Of a look, and of what a process keeps of prices: see docs/costs.md. */
  const KNOWN_WITHIN = 4

  it.each([['of the workspace', ''] as const, ['of their number', 'number'] as const])(
    'overspend a budget %s by what leaves until they know, and by nothing more',
    async (_what, scope) => {
      await itIs(at('2026-11-15T12:00:00Z'))
      const steps = fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { minLength: 12, maxLength: 14 })
      await fc.assert(
        fc.asyncProperty(steps, fc.integer({ min: 1, max: 6 }), async (steps, amount) => {
          await sql`truncate costs, cost_deltas, budget_levels, outbox`.execute(rows.postgres.db)
          await budget(scope === '' ? '' : angeles, String(amount))
          let elapsed = 0
          const processes = [rows.postgres, another].map((postgres) =>
            createPricing(postgres, { elapsed: () => elapsed }),
          )
          let sent = 0
          let crossed: number | null = null
          for (const [step, counts] of steps.entries()) {
            const sends = counts.flatMap((count, i) => Array.from({ length: count }, () => processes[i]))
            const left = await Promise.all(sends.map((pricing) => dispatch(pricing as (typeof processes)[number])))
            const leaving = left.filter(Boolean).length
            if (crossed !== null && step > crossed + KNOWN_WITHIN) expect(leaving).toBe(0)
            sent += leaving
            if (crossed === null && sent >= amount) crossed = step
            elapsed += HALF_LOOK_MS
            if (step % 2 === 1) await look()
          }
          const [state] = await readBudgets(rows.postgres.db)
          expect(state?.spent).toBe(BigInt(sent) * 1_000_000n)
          expect((await told()).filter((event) => event.startsWith('budget.spent')).length).toBeLessThanOrEqual(1)
        }),
        { numRuns: 3 },
      )
    },
    60_000,
  )

  /** Whoever opens attempts has the number to themselves. */
  let turn: Promise<unknown> = Promise.resolve()

  /** Whether it left. */
  async function dispatch(pricing: ReturnType<typeof createPricing>): Promise<boolean> {
    const money = (await pricing.of([angeles])).get(angeles) ?? null
    if (holdForBudget('marketing', { money } as DispatchFacts) !== null) return false
    const { id: conversation } = await rows.conversation(angeles)
    const id = await rows.intent(angeles, conversation)
    turn = turn.then(() => rows.open(angeles, id))
    await turn
    await sql`update attempts set decision = decision || ${JSON.stringify({ price: PRICE })}::jsonb where intent_id = ${id}::uuid`.execute(
      rows.postgres.db,
    )
    await rows.closeAttempt(id, 1, { event: 'accept' })
    return true
  }
})
