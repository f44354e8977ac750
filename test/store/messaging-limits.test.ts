import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ContactId } from '../../src/domain/ids.ts'
import { DAY_MS, plus } from '../../src/domain/time.ts'
import { readMessagingLimits, reserveMessagingLimit } from '../../src/store/messaging-limits.ts'
import { createRows, type Rows } from '../support/rows.ts'

let rows: Rows
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())

async function portfolio(limit: number | null, strangers: number): Promise<{ id: string; contacts: ContactId[] }> {
  const id = rows.digits()
  await rows.postgres.db.insertInto('portfolios').values({ id, messaging_limit: limit }).execute()
  const sender = await rows.linkSender({ portfolio: id })
  const contacts: ContactId[] = []
  for (let made = 0; made < strangers; made++) contacts.push((await rows.conversation(sender)).contactId)
  return { id, contacts }
}

const reserve = (id: string, contact: ContactId) => reserveMessagingLimit(rows.postgres.pool, id, contact)

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
