import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ContactId } from '../../src/domain/ids.ts'
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, plus } from '../../src/domain/time.ts'
import {
  forgetUses,
  readMessagingLimits,
  reserveMessagingLimit,
  setMessagingLimit,
} from '../../src/store/accounts/messaging-limits.ts'
import { moveClock } from '../../src/store/pg/move-clock.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { HERE } from '../support/access.ts'
import { at } from '../support/builders.ts'
import { createRows, type Rows } from '../support/rows.ts'

let rows: Rows
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())

async function portfolio(limit: number | null, strangers: number): Promise<{ id: string; contacts: ContactId[] }> {
  const id = rows.digits()
  await rows.postgres.db
    .insertInto('portfolios')
    .values({ id, workspace: HERE.workspace, messaging_limit: limit })
    .execute()
  const sender = await rows.linkSender({ portfolio: id })
  const contacts: ContactId[] = []
  for (let made = 0; made < strangers; made++) contacts.push((await rows.conversation(sender)).contactId)
  return { id, contacts }
}

const reserveAll = (id: string, contacts: ContactId[]) =>
  inTransaction(rows.postgres.pool, (_trx, client) =>
    reserveMessagingLimit(
      client,
      contacts.map((contactId) => ({ portfolioId: id, contactId })),
    ),
  )
let aheadMs = 0
async function pass(ms: number): Promise<void> {
  aheadMs += ms
  await moveClock(rows.databaseUrl, aheadMs)
}

const reserve = async (id: string, contact: ContactId) => (await reserveAll(id, [contact]))[0]

async function countUses(id: string): Promise<number> {
  const { rows: counted } = await sql<{ count: number }>`
    select count(*)::int as count from messaging_limit_uses where portfolio_id = ${id}`.execute(rows.postgres.db)
  return counted[0]?.count ?? 0
}

describe('the messaging limit (P6)', () => {
  it('is never passed, however many workers take the last places at once', async () => {
    const { id, contacts } = await portfolio(5, 20)
    const taken = await Promise.all(contacts.map((contact) => reserve(id, contact)))
    expect(taken.filter(Boolean)).toHaveLength(5)
    expect(await countUses(id)).toBe(5)
  })

  it('is never passed by pages that take several places at once', async () => {
    const { id, contacts } = await portfolio(5, 12)
    const pages = [contacts.slice(0, 4), contacts.slice(2, 8), contacts.slice(6, 12)]
    const taken = (await Promise.all(pages.map((page) => reserveAll(id, page)))).flat()
    expect(taken.filter(Boolean).length).toBeGreaterThanOrEqual(5)
    expect(await countUses(id)).toBe(5)
  })

  it('counts a person once who is written to twice in one page', async () => {
    const { id, contacts } = await portfolio(1, 2)
    const [first, second] = contacts as [ContactId, ContactId]
    expect(await reserveAll(id, [first, second, first])).toEqual([true, false, true])
  })

  it('counts a person once', async () => {
    const { id, contacts } = await portfolio(1, 2)
    const [first, second] = contacts as [ContactId, ContactId]
    expect([await reserve(id, first), await reserve(id, first), await reserve(id, second)]).toEqual([true, true, false])
  })

  it('frees a place after 24 hours', async () => {
    const { id, contacts } = await portfolio(1, 2)
    const [first, second] = contacts as [ContactId, ContactId]
    await reserve(id, first)
    await pass(DAY_MS - MINUTE_MS)
    expect(await reserve(id, second)).toBe(false)
    await pass(2 * MINUTE_MS)
    expect(await reserve(id, second)).toBe(true)
    expect(await reserve(id, first)).toBe(false)
  })

  it('is what counting everybody says, at most a minute late (a model)', { timeout: 120_000 }, async () => {
    const step = fc.oneof(
      fc.array(fc.nat(11), { minLength: 1, maxLength: 5 }).map((people) => ({ people, passMs: 0 })),
      fc
        .constantFrom(1_000, 40_000, 20 * MINUTE_MS, 7 * HOUR_MS, DAY_MS - MINUTE_MS)
        .map((passMs) => ({ people: [] as number[], passMs })),
    )
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.array(step, { maxLength: 25 }), async (limit, steps) => {
        const { id, contacts } = await portfolio(limit, 12)
        const lastAt = new Map<ContactId, Instant>()
        const counting = (now: Instant, lateMs: number) =>
          [...lastAt.values()].filter((last) => last > now - DAY_MS - lateMs).length
        for (const { people, passMs } of steps) {
          if (passMs > 0) await pass(passMs)
          if (people.length === 0) continue
          const asked = people.map((which) => contacts[which] as ContactId)
          const before = await rows.now()
          const taken = await reserveAll(id, asked)
          const now = await rows.now()
          const isNew = (contact: ContactId) => (lastAt.get(contact) ?? 0) <= before - DAY_MS
          const news = new Set(asked.filter(isNew)).size
          // Refused is only who is new, and only where there was no room by the count of those whose minute is not over.
          const refused = asked.filter((_, index) => !taken[index])
          for (const contact of refused) expect(isNew(contact)).toBe(true)
          if (refused.length > 0) expect(counting(before, MINUTE_MS) + news).toBeGreaterThan(limit)
          for (const [index, contact] of asked.entries()) if (taken[index]) lastAt.set(contact, now)
          expect(counting(now, 0)).toBeLessThanOrEqual(limit)
        }
      }),
      { numRuns: 12 },
    )
  })

  it('forgets who counts no more, and nobody else', async () => {
    const { id, contacts } = await portfolio(5, 4)
    await reserveAll(id, contacts.slice(0, 2))
    await pass(2 * DAY_MS + MINUTE_MS)
    await reserveAll(id, contacts.slice(2))
    while ((await forgetUses(rows.postgres.db, 1)) > 0);
    expect(await countUses(id)).toBe(2)
    const [use] = (
      await readMessagingLimits(rows.postgres.pool, [
        { portfolioId: id, contactId: contacts[3] as ContactId, limit: 5 },
      ])
    ).values()
    expect(use).toMatchObject({ used: 2, counted: true })
  })

  it('refuses nobody where there is none', async () => {
    const { id, contacts } = await portfolio(null, 3)
    expect(await Promise.all(contacts.map((contact) => reserve(id, contact)))).toEqual([true, true, true])
  })

  it('is read with who is counted and when a place frees', async () => {
    const { id, contacts } = await portfolio(2, 2)
    const [first, second] = contacts as [ContactId, ContactId]
    const before = await rows.now()
    await reserve(id, first)
    const uses = await readMessagingLimits(rows.postgres.pool, [
      { portfolioId: id, contactId: first, limit: 2 },
      { portfolioId: id, contactId: second, limit: 2 },
    ])
    expect(uses.get(`${id} ${first}`)).toMatchObject({ limit: 2, used: 1, counted: true })
    expect(uses.get(`${id} ${second}`)).toMatchObject({ limit: 2, used: 1, counted: false })
    expect(uses.get(`${id} ${second}`)?.freesAt).toBeGreaterThanOrEqual(plus(before, DAY_MS))
  })
})

describe('what Meta tells of the messaging limit (P6)', () => {
  const [noon, later] = [at('2026-11-20T12:00:00Z'), at('2026-11-20T13:00:00Z')]

  async function limitAfter(...news: [limit: number | null, told: Instant | null][]): Promise<number | null> {
    const waba = await rows.wabaOf(await rows.linkSender())
    for (const [limit, told] of news) await setMessagingLimit(rows.postgres.db, waba, limit, told)
    const { messaging_limit } = await rows.postgres.db
      .selectFrom('portfolios')
      .select('messaging_limit')
      .where('id', '=', waba)
      .executeTakeFirstOrThrow()
    return messaging_limit
  }

  it('counts by its stamp and not by when it comes', async () => {
    expect(await limitAfter([250, noon], [2_000, later])).toBe(2_000)
    expect(await limitAfter([2_000, later], [250, noon], [2_000, later])).toBe(2_000)
    expect(await limitAfter([null, later], [250, noon])).toBeNull()
  })

  it('counts as of now without a stamp, and no longer than that with one that lies ahead', async () => {
    expect(await limitAfter([250, null], [2_000, later])).toBe(250)
    expect(await limitAfter([250, at('2096-01-01T00:00:00Z')], [2_000, null])).toBe(2_000)
  })

  it('is the lower of two of the same second', async () => {
    expect(await limitAfter([2_000, noon], [250, noon])).toBe(250)
    expect(await limitAfter([250, noon], [2_000, noon])).toBe(250)
    expect(await limitAfter([250, noon], [null, noon])).toBe(250)
    expect(await limitAfter([null, noon], [250, noon])).toBe(250)
  })

  it('does not undo what an operator set later', async () => {
    const sender = await rows.linkSender()
    const waba = await rows.wabaOf(sender)
    await rows.senders.update(HERE, sender, { messagingLimit: 100 })
    await setMessagingLimit(rows.postgres.db, waba, 2_000, noon)
    expect((await rows.senders.get(HERE, sender))?.messagingLimit).toBe(100)
  })
})
