import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, type Instant, instant, MINUTE_MS, plus } from '../../src/domain/time.ts'
import * as sessions from '../../src/store/access/sessions.ts'
import * as users from '../../src/store/access/users.ts'
import { HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

const NOW = instant(Date.parse('2026-11-29T12:00:00Z'))

describe('sessions and links', () => {
  let rows: Rows
  beforeAll(async () => {
    rows = await createRows()
  })
  afterAll(() => rows.close())

  const db = () => rows.postgres.db
  async function somebody(): Promise<string> {
    const member = {
      workspace: HERE.workspace,
      email: `${randomUUID()}@example.com`,
      name: 'Ana',
      role: 'viewer',
    } as const
    return ((await users.addMember(db(), member)) as { id: string }).id
  }
  const begin = async (userId: string, now = NOW) =>
    sessions.createSession(db(), { userId, now, csrfSecret: 'x', address: '127.0.0.1', userAgent: 'Firefox' })
  const isThere = async (token: string, now: Instant) => (await sessions.findSession(db(), token, now)) !== null

  it('end when they were not used for 12 hours', async () => {
    const { token } = await begin(await somebody())
    expect(await isThere(token, plus(NOW, 12 * HOUR_MS - 1))).toBe(true) // which used it
    expect(await isThere(token, plus(NOW, 23 * HOUR_MS))).toBe(true)
    expect(await isThere(token, plus(NOW, 35 * HOUR_MS))).toBe(false)
  })

  it('end after seven days, however they are used', async () => {
    const { token } = await begin(await somebody())
    for (let now = NOW; now < plus(NOW, 7 * DAY_MS); now = plus(now, 11 * HOUR_MS))
      expect(await isThere(token, now)).toBe(true)
    expect(await isThere(token, plus(NOW, 7 * DAY_MS))).toBe(false)
  })

  it('say when they end', async () => {
    const { token } = await begin(await somebody())
    const endsAt = async (now: Instant) => (await sessions.findSession(db(), token, now))?.expiresAt
    expect(await endsAt(NOW)).toBe(plus(NOW, 12 * HOUR_MS))
    for (let hours = 11; hours < 164; hours += 11) await endsAt(plus(NOW, hours * HOUR_MS))
    expect(await endsAt(plus(NOW, 164 * HOUR_MS))).toBe(plus(NOW, 7 * DAY_MS))
  })

  it('are listed to their owner, and ended by nobody else', async () => {
    const [ana, sam] = [await somebody(), await somebody()]
    const { id, token } = await begin(ana)
    expect((await sessions.listSessions(db(), ana, NOW)).map((one) => one.id)).toEqual([id])
    expect(await sessions.listSessions(db(), sam, NOW)).toEqual([])
    expect(await sessions.endSession(db(), sam, id)).toBe(false)
    expect(await isThere(token, NOW)).toBe(true)
    expect(await sessions.endSession(db(), ana, id)).toBe(true)
    expect(await isThere(token, NOW)).toBe(false)
  })

  it('a link is good once, and until its end', async () => {
    const ana = await somebody()
    const link = () =>
      sessions.createLink(db(), { userId: ana, workspace: null, expiresAt: plus(NOW, 15 * MINUTE_MS) }, NOW)
    const take = (code: string, now: Instant) => sessions.takeLink(db(), code, now)
    const code = await link()
    const both = await Promise.all([take(code, NOW), take(code, NOW)])
    expect(both.filter((one) => one !== null)).toEqual([{ userId: ana }])
    expect(await take(code, NOW)).toBeNull()
    expect(await take(await link(), plus(NOW, 15 * MINUTE_MS))).toBeNull()
    expect(await take('x'.repeat(43), NOW)).toBeNull()
  })

  it('a code’s step is used once, whoever else tries it at the same time, and no older one after it', async () => {
    const ana = await somebody()
    const tries = await Promise.all([1, 2, 3].map(() => users.useTotpStep(db(), ana, 100)))
    expect(tries.filter(Boolean)).toHaveLength(1)
    expect(await users.useTotpStep(db(), ana, 99)).toBe(false)
    expect(await users.useTotpStep(db(), ana, 101)).toBe(true)
  })
})
