import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ContactId } from '../../src/domain/ids.ts'
import { DAY_MS, type Instant, plus } from '../../src/domain/time.ts'
import {
  readMessagingLimits,
  reserveMessagingLimit,
  setMessagingLimit,
} from '../../src/store/accounts/messaging-limits.ts'
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
    await sql`update messaging_limit_uses set at = at - interval '24 hours' where portfolio_id = ${id}`.execute(
      rows.postgres.db,
    )
    expect(await reserve(id, second)).toBe(true)
    expect(await reserve(id, first)).toBe(false)
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
