import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { zoneOfContact } from '../../src/domain/contact-zone.ts'
import { momentOf, movedTimes, type Schedule, type ScheduleFacts, sendAtSchema } from '../../src/domain/schedule.ts'
import { DAY_MS, HOUR_MS, instant, MINUTE_MS, plus, toIso } from '../../src/domain/time.ts'
import { NEVER_WROTE, recordInbound } from '../../src/domain/window.ts'
import { NOW, wroteAt } from '../support/builders.ts'

const MARGIN_MS = 30_000
const facts = (given: Partial<ScheduleFacts> = {}): ScheduleFacts => ({
  contactZone: null,
  waId: '5511987654321',
  bsuid: null,
  senderZone: null,
  window: NEVER_WROTE,
  windowMarginMs: MARGIN_MS,
  ...given,
})
const nine = (time_zone: string, day = '2026-12-02') => ({ local: `${day}T09:00`, time_zone })
const iso = (asked: ReturnType<typeof nine>, given = {}) => toIso(momentOf(asked, facts(given), NOW) ?? instant(0))

describe('a local time', () => {
  it.each([
    ['is one of the zone that is named', nine('Europe/Lisbon'), {}, '2026-12-02T09:00:00.000Z'],
    ["is the contact's", nine('contact'), { contactZone: 'Asia/Kolkata' }, '2026-12-02T03:30:00.000Z'],
    ['else the likely one of the number', nine('contact'), {}, '2026-12-02T12:00:00.000Z'],
    [
      "which is the sender's where it lies there",
      nine('contact'),
      { senderZone: 'America/Manaus' },
      '2026-12-02T13:00:00.000Z',
    ],
    ["else the sender's", nine('contact'), { waId: null, senderZone: 'Asia/Tokyo' }, '2026-12-02T00:00:00.000Z'],
    ['or by the country of a BSUID', nine('contact'), { waId: null, bsuid: 'IN.1' }, '2026-12-02T03:30:00.000Z'],
    [
      'that does not exist moves forward',
      { local: '2027-03-14T02:30', time_zone: 'America/New_York' },
      {},
      '2027-03-14T07:30:00.000Z',
    ],
    [
      'that comes twice is the first',
      { local: '2027-11-07T01:30', time_zone: 'America/New_York' },
      {},
      '2027-11-07T05:30:00.000Z',
    ],
  ])('%s', (_what, asked, given, at) => expect(iso(asked, given)).toBe(at))

  it('is refused where no calendar or map has it, by the member', () => {
    const problems = (asked: unknown) => sendAtSchema.safeParse(asked).success
    expect(problems({ local: '2026-02-30T09:00', time_zone: 'UTC' })).toBe(false)
    expect(problems({ local: '2026-12-01 09:00', time_zone: 'UTC' })).toBe(false)
    expect(problems({ local: '2026-12-01T09:00Z', time_zone: 'UTC' })).toBe(false)
    expect(problems({ local: '2026-12-01T09:00', time_zone: '+03:00' })).toBe(false)
    expect(problems({ local: '2026-12-01T09:00' })).toBe(false)
    expect(problems('tomorrow')).toBe(false)
  })

  it('of nobody is UTC', () => {
    expect(zoneOfContact({ contactZone: 'Mars/Olympus', waId: null, bsuid: null, senderZone: null })).toBe('UTC')
  })
})

describe('before the window closes', () => {
  const closes = (ms: number) => plus(NOW, ms)
  it('is two minutes before the margin', () => {
    const window = wroteAt(plus(NOW, -DAY_MS + HOUR_MS))
    expect(momentOf('before_close', facts({ window }), NOW)).toBe(closes(HOUR_MS - MARGIN_MS - 2 * MINUTE_MS))
  })
  it('is nothing where none is open for so long', () => {
    expect(momentOf('before_close', facts(), NOW)).toBeNull()
    const window = wroteAt(plus(NOW, -DAY_MS + 2 * MINUTE_MS))
    expect(momentOf('before_close', facts({ window }), NOW)).toBeNull()
  })
})

describe('what moves', () => {
  const life: Schedule = { sendAt: nine('contact'), lifetimeMs: 7 * DAY_MS }
  const sendAt = instant(Date.parse('2026-12-02T12:00:00Z'))
  const times = { sendAt, dueAt: sendAt, expiresAt: plus(sendAt, 7 * DAY_MS) }

  it('goes with the zone, and its end with it', () => {
    const moved = movedTimes(times, life, facts({ contactZone: 'America/Los_Angeles' }), NOW)
    const to = instant(Date.parse('2026-12-02T17:00:00Z'))
    expect(moved).toEqual({ sendAt: to, dueAt: to, expiresAt: plus(to, 7 * DAY_MS) })
  })
  it('is due now where its time has passed', () => {
    const now = instant(Date.parse('2026-12-02T10:00:00Z'))
    const moved = movedTimes(times, life, facts({ contactZone: 'Europe/Lisbon' }), now)
    expect(moved).toMatchObject({ sendAt: now, dueAt: now })
  })
  it('is never pulled before what it was put off to', () => {
    const dueAt = plus(sendAt, HOUR_MS)
    const now = plus(sendAt, MINUTE_MS)
    const moved = movedTimes({ ...times, dueAt }, life, facts({ contactZone: 'America/Manaus' }), now)
    expect(moved).toMatchObject({ sendAt: plus(sendAt, HOUR_MS), dueAt })
    expect(movedTimes({ ...times, dueAt }, life, facts({ contactZone: 'Europe/Lisbon' }), now)).toBeNull()
  })
  it('stays inside an end that its producer gave', () => {
    const expiresAt = plus(sendAt, HOUR_MS)
    const own = { ...life, lifetimeMs: null }
    const moved = movedTimes({ ...times, expiresAt }, own, facts({ contactZone: 'America/Los_Angeles' }), NOW)
    expect(moved).toMatchObject({ sendAt: plus(expiresAt, -MINUTE_MS), expiresAt })
  })

  it('never leaves what its rows must satisfy, and comes to rest', () => {
    const minutes = fc.integer({ min: -3 * 1_440, max: 3 * 1_440 })
    const wrote = fc.option(fc.integer({ min: -2 * 1_440, max: 0 }), { nil: null })
    fc.assert(
      fc.property(
        minutes,
        minutes,
        fc.integer({ min: 1, max: 9_999 }),
        wrote,
        fc.boolean(),
        (send, put, lasts, at, own) => {
          const from = plus(NOW, send * MINUTE_MS)
          const given = {
            sendAt: from,
            dueAt: plus(from, Math.max(0, put) * MINUTE_MS),
            expiresAt: plus(from, lasts * MINUTE_MS),
          }
          const schedule: Schedule = { sendAt: 'before_close', lifetimeMs: own ? null : lasts * MINUTE_MS }
          const window = at === null ? NEVER_WROTE : recordInbound(NEVER_WROTE, plus(NOW, at * MINUTE_MS), NOW)
          const moved = movedTimes(given, schedule, facts({ window }), NOW)
          if (moved === null) return
          expect(moved.expiresAt).toBeGreaterThan(moved.sendAt)
          expect(moved.dueAt).toBeGreaterThanOrEqual(moved.sendAt)
          if (given.dueAt > given.sendAt) expect(moved.dueAt).toBeGreaterThanOrEqual(given.dueAt)
          expect(movedTimes(moved, schedule, facts({ window }), NOW)).toBeNull()
        },
      ),
    )
  })
})
