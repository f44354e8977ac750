import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide } from '../../src/domain/decision.ts'
import { DAY_MS, HOUR_MS, type Instant, latest, MINUTE_MS, plus, SECOND_MS } from '../../src/domain/time.ts'
import {
  CUSTOMER_SERVICE_WINDOW_MS,
  confirmFreeEntryPoint,
  type EntryEvidence,
  FREE_ENTRY_POINT_ESTIMATE_MS,
  type FreeEntryPoint,
  type FreeEntryPointReport,
  freeEntryPointOf,
  freeEntryPointStateAt,
  isFreeEntryPointOpen,
  isWindowOpen,
  NEVER_WROTE,
  NO_FREE_ENTRY_POINT,
  recordDelivery,
  recordEntry,
  recordInbound,
  recordRefutation,
  refuteFreeEntryPoint,
  replyBy,
  STAMP_TOLERANCE_MS,
  type WindowRecord,
  windowExpiresAt,
} from '../../src/domain/window.ts'
import {
  ago,
  at,
  factsWith,
  intentWith,
  NOW,
  referenceTo,
  SETTINGS,
  templateFacts,
  templateIntent,
  wroteAt,
} from '../support/builders.ts'

const templates = { greeting: templateFacts('greeting') }

function templateGoes(window: WindowRecord): boolean {
  return (
    decide(templateIntent('greeting'), factsWith({ conversation: { window }, templates }), SETTINGS).kind === 'send'
  )
}

/** The record after these messages of the customer, each taken in as it was written. */
function recordOf(...stamps: Instant[]): WindowRecord {
  return stamps.reduce((record, stamp) => recordInbound(record, stamp, stamp), NEVER_WROTE)
}

describe('customer service window', () => {
  const cases: [name: string, record: WindowRecord, freeForm: boolean][] = [
    ['W1 nothing was ever received', NEVER_WROTE, false],
    ['W3 a message a second ago', recordOf(ago(SECOND_MS)), true],
    ['W4 a message 13 hours ago', recordOf(ago(13 * HOUR_MS)), true],
    ['W5 a message exactly 24 hours ago', recordOf(ago(DAY_MS)), false],
    ['W5 a message one millisecond less than 24 hours ago', recordOf(ago(DAY_MS - 1)), true],
    ['W5 a message one millisecond more than 24 hours ago', recordOf(ago(DAY_MS + 1)), false],
    ['W6 a message 25 hours ago', recordOf(ago(25 * HOUR_MS)), false],
    ['W8 messages 10 days and 6 hours ago', recordOf(ago(10 * DAY_MS), ago(6 * HOUR_MS)), true],
    ['W9 a message 2 days ago', recordOf(ago(2 * DAY_MS)), false],
    ['W10 a message now, but Meta refused (131047)', recordRefutation(wroteAt(NOW), NOW), false],
    ['W13 an old row without a stamp', { openedAt: ago(HOUR_MS), lastInboundAt: null, refutedAt: null }, false],
  ]

  for (const [name, record, freeForm] of cases) {
    it(`${name}: a template goes, free-form ${freeForm ? 'goes too' : 'does not'}`, () => {
      expect(isWindowOpen(record, NOW)).toBe(freeForm)
      expect(templateGoes(record)).toBe(true)
    })
  }

  it('W2, G7 is not opened by what we send', () => {
    const delivered = recordDelivery(NO_FREE_ENTRY_POINT, ago(HOUR_MS), ago(HOUR_MS))
    const conversation = { freeEntryPoint: delivered }
    expect(decide(intentWith(), factsWith({ conversation }), SETTINGS).kind).toBe('fail')
  })

  it('W7 is neither closed nor extended by our answer', () => {
    const freeEntryPoint = recordDelivery(NO_FREE_ENTRY_POINT, ago(HOUR_MS), ago(HOUR_MS))
    const answered = (now: Instant) =>
      decide(
        intentWith(),
        factsWith({ now, conversation: { window: wroteAt(ago(6 * HOUR_MS)), freeEntryPoint } }),
        SETTINGS,
      )
    expect(answered(NOW).kind).toBe('send')
    expect(answered(plus(NOW, 18 * HOUR_MS)).kind).toBe('fail')
  })

  it('W11, P1 closes early by the margin, to the millisecond', () => {
    const record = wroteAt(ago(DAY_MS - MINUTE_MS))
    expect(isWindowOpen(record, NOW, MINUTE_MS - 1)).toBe(true)
    expect(isWindowOpen(record, NOW, MINUTE_MS)).toBe(false)
    expect(isWindowOpen(record, NOW, MINUTE_MS + 1)).toBe(false)
  })

  it('W12 expires 24 hours after the newest message', () => {
    expect(windowExpiresAt(recordOf(ago(2 * HOUR_MS), ago(HOUR_MS)))).toBe(plus(NOW, 23 * HOUR_MS))
    expect(windowExpiresAt(NEVER_WROTE)).toBeNull()
  })

  it('G1 does not grow when the same message comes twice', () => {
    const once = recordOf(ago(HOUR_MS))
    expect(recordInbound(once, ago(HOUR_MS), NOW)).toEqual(once)
  })

  it('G2 does not move back when an older message arrives late', () => {
    const newer = recordOf(ago(HOUR_MS))
    expect(recordInbound(newer, ago(5 * HOUR_MS), NOW)).toEqual(newer)
  })

  it('G3 closes by the clock although nothing happened to the record', () => {
    const record = wroteAt(ago(DAY_MS - 2 * SECOND_MS))
    expect(isWindowOpen(record, NOW)).toBe(true)
    expect(isWindowOpen(record, plus(NOW, 2 * SECOND_MS))).toBe(false)
  })

  it('G5 of one number knows nothing of another, for records are values', () => {
    const first = Object.freeze({ ...NEVER_WROTE })
    const second = recordInbound(first, NOW, NOW)
    expect(isWindowOpen(second, NOW)).toBe(true)
    expect(isWindowOpen(first, NOW)).toBe(false)
  })

  it.each([
    ['the clocks go forward', '2026-03-29T00:30:00+01:00', '2026-03-30T01:30:00+02:00'],
    ['the clocks go back', '2026-10-25T00:30:00+02:00', '2026-10-25T23:30:00+01:00'],
  ])('G8 lasts 24 hours also when %s', (_name, wrote, closes) => {
    expect(windowExpiresAt(wroteAt(at(wrote)))).toBe(at(closes))
  })

  it('counts a late webhook from the stamp, not from its arrival', () => {
    const record = recordInbound(NEVER_WROTE, ago(23 * HOUR_MS), NOW)
    expect(windowExpiresAt(record)).toBe(plus(NOW, HOUR_MS))
  })

  it('believes a stamp up to the tolerance ahead of our clock and not beyond', () => {
    expect(recordInbound(NEVER_WROTE, plus(NOW, STAMP_TOLERANCE_MS), NOW).lastInboundAt).not.toBeNull()
    expect(recordInbound(NEVER_WROTE, plus(NOW, STAMP_TOLERANCE_MS + 1), NOW)).toEqual(NEVER_WROTE)
  })

  it('remembers since when it is open, and starts anew once it was closed', () => {
    const kept = recordOf(ago(30 * HOUR_MS), ago(7 * HOUR_MS))
    expect(kept.openedAt).toBe(ago(30 * HOUR_MS))
    const anew = recordOf(ago(30 * HOUR_MS), ago(6 * HOUR_MS))
    expect(anew.openedAt).toBe(ago(6 * HOUR_MS))
  })

  it('is reopened by a message newer than the refusal, and by no other', () => {
    const refused = recordRefutation(wroteAt(ago(HOUR_MS)), ago(MINUTE_MS))
    expect(isWindowOpen(recordInbound(refused, ago(2 * MINUTE_MS), NOW), NOW)).toBe(false)
    const reopened = recordInbound(refused, ago(SECOND_MS), NOW)
    expect(isWindowOpen(reopened, NOW)).toBe(true)
    expect(reopened.openedAt).toBe(ago(SECOND_MS))
  })

  it('is not touched by a refusal of an attempt older than the newest message', () => {
    const record = recordRefutation(wroteAt(ago(MINUTE_MS)), ago(HOUR_MS))
    expect(windowExpiresAt(record)).toBe(plus(ago(MINUTE_MS), DAY_MS))
  })

  const stamps = fc.array(fc.integer({ min: 0, max: 200 * 3_600 }), { minLength: 1, maxLength: 20 })
  const withOrder = stamps.chain((list) => {
    const doubled = [...list, ...list]
    return fc.tuple(fc.constant(list), fc.shuffledSubarray(doubled, { minLength: doubled.length }))
  })
  const stampOf = (seconds: number) => plus(ago(300 * HOUR_MS), seconds * SECOND_MS)

  it('P4 ends alike for messages in any order, each twice', () => {
    fc.assert(
      fc.property(withOrder, ([inOrder, shuffled]) => {
        const fold = (list: number[]) =>
          list.reduce((record, seconds) => recordInbound(record, stampOf(seconds), NOW), NEVER_WROTE)
        const [one, other] = [fold([...inOrder].sort((a, b) => a - b)), fold(shuffled)]
        expect(other.lastInboundAt).toBe(one.lastInboundAt)
        expect(windowExpiresAt(other)).toBe(windowExpiresAt(one))
      }),
    )
  })

  it('P4 ends alike for messages and refusals in any order', () => {
    const events = fc.array(fc.tuple(fc.boolean(), fc.nat(200 * 3_600)), { minLength: 1, maxLength: 20 })
    const orders = events.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    )
    const fold = (list: [boolean, number][]) =>
      list.reduce(
        (record, [isRefusal, seconds]) =>
          isRefusal ? recordRefutation(record, stampOf(seconds)) : recordInbound(record, stampOf(seconds), NOW),
        NEVER_WROTE,
      )
    fc.assert(
      fc.property(orders, ([one, other]) => {
        expect(windowExpiresAt(fold(other))).toBe(windowExpiresAt(fold(one)))
      }),
    )
  })

  it('P4 never moves backwards, whatever message comes next', () => {
    fc.assert(
      fc.property(stamps, (list) => {
        let record = NEVER_WROTE
        let expiresAt = plus(ago(400 * HOUR_MS), 0)
        for (const seconds of list) {
          record = recordInbound(record, stampOf(seconds), NOW)
          const next = windowExpiresAt(record) as Instant
          expect(next).toBeGreaterThanOrEqual(expiresAt)
          expiresAt = next
        }
      }),
    )
  })

  it('is open exactly from the stamp to 24 hours later, whatever the instant', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 0, max: 2 * DAY_MS }), (epochMs, elapsed) => {
        const wrote = epochMs as Instant
        expect(isWindowOpen(wroteAt(wrote), plus(wrote, elapsed))).toBe(elapsed < CUSTOMER_SERVICE_WINDOW_MS)
      }),
    )
  })
})

/** What happens to the two clocks of one conversation; every event as its webhook reports it. */
type Happening =
  | { click: Instant }
  | { wrote: Instant }
  | { sent: Instant; delivered: Instant }
  | { priced: FreeEntryPointReport }
  | { charged: Instant }

interface Clocks {
  window: WindowRecord
  entry: FreeEntryPoint
}

function happen({ window, entry }: Clocks, event: Happening): Clocks {
  if ('click' in event) {
    return {
      window: recordInbound(window, event.click, event.click),
      entry: recordEntry(entry, event.click, event.click),
    }
  }
  if ('wrote' in event) return { window: recordInbound(window, event.wrote, event.wrote), entry }
  if ('sent' in event) return { window, entry: recordDelivery(entry, event.sent, event.delivered) }
  if ('priced' in event) return { window, entry: confirmFreeEntryPoint(entry, event.priced) }
  return { window, entry: refuteFreeEntryPoint(entry, event.charged) }
}

function clocksAfter(events: Happening[]): Clocks {
  return events.reduce(happen, { window: NEVER_WROTE, entry: NO_FREE_ENTRY_POINT })
}

/** When the ad was clicked. */
const T = at('2026-12-01T10:00:00Z')
const t = (hours: number, ms = 0) => plus(T, hours * HOUR_MS + ms)
const answeredAfter = (hours: number, ms = 0): Happening => ({
  sent: t(hours, ms - SECOND_MS),
  delivered: t(hours, ms),
})
const pricedAt = (hours: number, expiresAt: Instant | null, conversationId: string | null = 'a'): Happening => ({
  priced: { at: t(hours), expiresAt, conversationId },
})

interface EntryCase {
  events: Happening[]
  now: Instant
  state: FreeEntryPoint['state']
  open: boolean
  freeForm: boolean
  /** Where the case says when it ends. */
  expiresAt?: Instant | null
}

/* F14 (two spellings), F15 (unknown words) and F16 (no pricing at all) are questions of reading: see the tests of the webhooks. */
const ENTRY_CASES: Record<string, EntryCase> = {
  'F1 a message that came through no ad': {
    events: [{ wrote: T }, answeredAfter(1)],
    now: t(2),
    state: 'none',
    open: false,
    freeForm: true,
    expiresAt: null,
  },
  'F2 answered after an hour: 72 hours from the answer, not from the click': {
    events: [{ click: T }, answeredAfter(1)],
    now: t(2),
    state: 'estimated',
    open: true,
    freeForm: true,
    expiresAt: t(73),
  },
  'F3 not answered yet': { events: [{ click: T }], now: t(2), state: 'possible', open: false, freeForm: true },
  'F4 answered after one millisecond less than 24 hours': {
    events: [{ click: T }, answeredAfter(24, -1)],
    now: t(24),
    state: 'estimated',
    open: true,
    freeForm: false,
    expiresAt: t(96, -1),
  },
  'F4 answered after exactly 24 hours': {
    events: [{ click: T }, answeredAfter(24)],
    now: t(25),
    state: 'none',
    open: false,
    freeForm: false,
  },
  'F5 answered after 24 hours and one millisecond': {
    events: [{ click: T }, answeredAfter(24, 1)],
    now: t(25),
    state: 'none',
    open: false,
    freeForm: false,
  },
  'F6 Meta names a shorter end': {
    events: [{ click: T }, answeredAfter(1), pricedAt(1, t(40))],
    now: t(41),
    state: 'confirmed',
    open: false,
    freeForm: false,
    expiresAt: t(40),
  },
  'F6 Meta names a longer end: seven days': {
    events: [{ click: T }, answeredAfter(1), pricedAt(1, t(169))],
    now: t(168),
    state: 'confirmed',
    open: true,
    freeForm: false,
    expiresAt: t(169),
  },
  'F7 the end that Meta named is past, and no estimate revives it': {
    events: [{ click: T }, pricedAt(1, t(2)), answeredAfter(3)],
    now: t(4),
    state: 'confirmed',
    open: false,
    freeForm: true,
    expiresAt: t(2),
  },
  'F8 a message before the estimate was charged: the estimate stays': {
    events: [{ click: T }, answeredAfter(1), { charged: t(0, 1) }],
    now: t(2),
    state: 'estimated',
    open: true,
    freeForm: true,
  },
  'F8 a message inside the estimate was charged: it was wrong': {
    events: [{ click: T }, answeredAfter(1), { charged: t(2) }],
    now: t(3),
    state: 'refused',
    open: false,
    freeForm: true,
  },
  'F8 a confirmation is not taken back by a charge': {
    events: [{ click: T }, answeredAfter(1), pricedAt(1, t(73)), { charged: t(2) }],
    now: t(3),
    state: 'confirmed',
    open: true,
    freeForm: true,
  },
  'F9 a late status of the same window carries an earlier end': {
    events: [{ click: T }, pricedAt(2, t(80)), pricedAt(1, t(70))],
    now: t(75),
    state: 'confirmed',
    open: true,
    freeForm: false,
    expiresAt: t(80),
  },
  'F9 a late status of the same window names no end': {
    events: [{ click: T }, pricedAt(2, t(80)), pricedAt(1, null)],
    now: t(79),
    state: 'confirmed',
    open: true,
    freeForm: false,
    expiresAt: t(80),
  },
  'F10 window closed by a millisecond, free entry point open: templates only': {
    events: [{ click: T }, answeredAfter(12)],
    now: t(24, 1),
    state: 'estimated',
    open: true,
    freeForm: false,
  },
  'F11 both open': {
    events: [{ click: T }, answeredAfter(1)],
    now: t(23),
    state: 'estimated',
    open: true,
    freeForm: true,
  },
  'F12 window open, no free entry point': {
    events: [{ wrote: T }],
    now: t(1),
    state: 'none',
    open: false,
    freeForm: true,
  },
  'F13 both closed': {
    events: [{ click: T }, answeredAfter(1)],
    now: t(73),
    state: 'estimated',
    open: false,
    freeForm: false,
    expiresAt: t(73),
  },
  'F17 a second click inside the estimate keeps the first': {
    events: [{ click: T }, answeredAfter(1), { click: t(50) }, answeredAfter(51)],
    now: t(51),
    state: 'estimated',
    open: true,
    freeForm: true,
    expiresAt: t(73),
  },
  'F17 Meta reports a newer window: it starts afresh': {
    events: [{ click: T }, pricedAt(1, t(73), 'a'), { click: t(50) }, pricedAt(51, t(60), 'b')],
    now: t(59),
    state: 'confirmed',
    open: true,
    freeForm: true,
    expiresAt: t(60),
  },
  'F17 a late status of the older window does not bring it back': {
    events: [
      { click: T },
      pricedAt(1, t(73), 'a'),
      { click: t(80) },
      pricedAt(81, t(153), 'b'),
      pricedAt(2, t(73), 'a'),
    ],
    now: t(90),
    state: 'confirmed',
    open: true,
    freeForm: true,
    expiresAt: t(153),
  },
  'F17 a late status of a window that ended before the click confirms nothing': {
    events: [{ click: T }, pricedAt(1, t(73), 'a'), { click: t(80) }, pricedAt(2, t(73), 'a'), answeredAfter(81)],
    now: t(90),
    state: 'estimated',
    open: true,
    freeForm: true,
    expiresAt: t(153),
  },
  'F17 a second click once the first one ended opens anew': {
    events: [{ click: T }, answeredAfter(1), { click: t(73) }, answeredAfter(74)],
    now: t(75),
    state: 'estimated',
    open: true,
    freeForm: true,
    expiresAt: t(146),
  },
}

describe('free entry point', () => {
  it.each(Object.entries(ENTRY_CASES))('%s', (_name, { events, now, state, open, freeForm, expiresAt }) => {
    const { window, entry } = clocksAfter(events)
    expect(freeEntryPointStateAt(entry, now)).toBe(state)
    expect(isFreeEntryPointOpen(entry, now)).toBe(open)
    expect(isWindowOpen(window, now)).toBe(freeForm)
    if (expiresAt !== undefined) expect(entry.expiresAt).toBe(expiresAt)
  })

  it('follows the reference timeline of the two clocks', () => {
    const click = at('2026-12-01T10:00:00Z')
    let { window, entry } = clocksAfter([{ click }])
    expect(isWindowOpen(window, click)).toBe(true)
    expect(freeEntryPointStateAt(entry, click)).toBe('possible')
    expect(replyBy(entry)).toBe(at('2026-12-02T10:00:00Z'))

    const delivered = at('2026-12-01T22:00:00Z')
    entry = recordDelivery(entry, plus(delivered, -2 * SECOND_MS), delivered)
    const ends = at('2026-12-04T22:00:00Z')
    expect(entry).toMatchObject({ state: 'estimated', openedAt: delivered, expiresAt: ends })
    expect(isFreeEntryPointOpen(entry, plus(delivered, -1))).toBe(false)
    expect(isFreeEntryPointOpen(entry, delivered)).toBe(true)

    const closes = at('2026-12-02T10:00:00Z')
    expect(isWindowOpen(window, plus(closes, -1))).toBe(true)
    expect(isWindowOpen(window, closes)).toBe(false)
    expect(templateGoes(window)).toBe(true)
    expect(isFreeEntryPointOpen(entry, closes)).toBe(true)

    const writesAgain = at('2026-12-03T15:00:00Z')
    ;({ window, entry } = happen({ window, entry }, { wrote: writesAgain }))
    expect(isWindowOpen(window, at('2026-12-04T14:59:59.999Z'))).toBe(true)
    expect(isWindowOpen(window, at('2026-12-04T15:00:00Z'))).toBe(false)

    expect(entry.expiresAt).toBe(ends)
    expect(isFreeEntryPointOpen(entry, plus(ends, -1))).toBe(true)
    expect(isFreeEntryPointOpen(entry, ends)).toBe(false)
  })

  it('is none when nobody answered within 24 hours, from that millisecond on', () => {
    const { entry } = clocksAfter([{ click: T }])
    expect(freeEntryPointStateAt(entry, t(24, -1))).toBe('possible')
    expect(freeEntryPointStateAt(entry, t(24))).toBe('none')
  })

  it('still opens when the delivery in time is reported late', () => {
    const { entry } = clocksAfter([{ click: T }])
    expect(freeEntryPointStateAt(entry, t(30))).toBe('none')
    expect(isFreeEntryPointOpen(recordDelivery(entry, t(22), t(23)), t(30))).toBe(true)
  })

  it('is not opened by a message sent before the click', () => {
    expect(clocksAfter([{ click: T }, { sent: t(0, -1), delivered: t(1) }]).entry.state).toBe('possible')
  })

  it('keeps the answer when the webhook of an earlier second click comes after it', () => {
    const { entry } = clocksAfter([{ click: T }, answeredAfter(2), { click: t(1) }])
    expect(entry).toMatchObject({ state: 'estimated', openedAt: t(2), expiresAt: t(74) })
  })

  it('counts from the newest click while nobody answered', () => {
    expect(replyBy(clocksAfter([{ click: T }, { click: t(5) }]).entry)).toBe(t(29))
    expect(replyBy(clocksAfter([{ click: t(5) }, { click: T }]).entry)).toBe(t(29))
  })

  it('estimates 72 hours when Meta confirms without an end and no estimate is there', () => {
    const { entry } = clocksAfter([pricedAt(1, null)])
    expect(entry).toMatchObject({
      state: 'confirmed',
      openedAt: t(1),
      expiresAt: plus(t(1), FREE_ENTRY_POINT_ESTIMATE_MS),
    })
  })

  it('is confirmed even after a charge had refused the estimate', () => {
    const { entry } = clocksAfter([{ click: T }, answeredAfter(1), { charged: t(2) }, pricedAt(3, t(73))])
    expect(entry.state).toBe('confirmed')
    expect(isFreeEntryPointOpen(entry, t(4))).toBe(true)
  })

  it('opens at the earliest delivery, whichever is reported first', () => {
    expect(clocksAfter([{ click: T }, answeredAfter(3), answeredAfter(2)]).entry.openedAt).toBe(t(2))
    expect(clocksAfter([{ click: T }, answeredAfter(2), answeredAfter(3)]).entry.openedAt).toBe(t(2))
  })

  it('P4 opens at the same instant for deliveries reported in any order, each twice', () => {
    const sends = fc.array(fc.record({ sent: fc.integer({ min: -60, max: 1_800 }), took: fc.nat(300) }), {
      maxLength: 12,
    })
    const orders = sends.chain((list) => {
      const doubled = [...list, ...list]
      return fc.tuple(fc.constant(list), fc.shuffledSubarray(doubled, { minLength: doubled.length }))
    })
    fc.assert(
      fc.property(orders, ([one, other]) => {
        const entryAfter = (list: typeof one) =>
          clocksAfter([
            { click: T },
            ...list.map(({ sent, took }) => ({
              sent: t(0, sent * MINUTE_MS),
              delivered: t(0, (sent + took) * MINUTE_MS),
            })),
          ]).entry
        expect(entryAfter(other)).toEqual(entryAfter(one))
      }),
    )
  })

  it('P4 is made by the same evidence in any order', () => {
    const stamp = fc.integer({ min: -100, max: 300 }).map((hours) => t(hours))
    const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
    const answer = fc.record({
      sentAt: stamp,
      deliveredAt: optional(stamp),
      charged: fc.boolean(),
      report: optional(
        fc.record({ at: stamp, expiresAt: optional(stamp), conversationId: optional(fc.constantFrom('a', 'b')) }),
      ),
    })
    // Stamps are unlike each other: of what happened in the same second nobody knows the order.
    const evidence = fc.record({
      entered: fc.uniqueArray(stamp, { maxLength: 3 }),
      answers: fc.uniqueArray(answer, { maxLength: 5, selector: ({ sentAt }) => sentAt }),
    })
    const distinct = ({ entered, answers }: EntryEvidence) => {
      const stamps = [...entered, ...answers.flatMap((a) => [a.deliveredAt, a.charged ? a.sentAt : null, a.report?.at])]
      const told = stamps.filter((one) => typeof one === 'number')
      return new Set(told).size === told.length
    }
    const orders = evidence.filter(distinct).chain(({ entered, answers }) =>
      fc.tuple(
        fc.constant({ entered, answers }),
        fc.record({
          entered: fc.shuffledSubarray(entered, { minLength: entered.length }),
          answers: fc.shuffledSubarray(answers, { minLength: answers.length }),
        }),
      ),
    )
    fc.assert(
      fc.property(orders, ([one, other]) => {
        expect(freeEntryPointOf(other, t(400))).toEqual(freeEntryPointOf(one, t(400)))
      }),
    )
  })

  it('P4 counts what is told in the wrong order: the answer before the click, the charge before the answer', () => {
    const answer = { sentAt: t(1), deliveredAt: t(2), charged: false, report: null }
    expect(freeEntryPointOf({ entered: [T], answers: [answer] }, t(3))).toMatchObject({
      state: 'estimated',
      openedAt: t(2),
    })
    const charged = { sentAt: t(4), deliveredAt: null, charged: true, report: null }
    expect(freeEntryPointOf({ entered: [T], answers: [charged, answer] }, t(5)).state).toBe('refused')
    expect(freeEntryPointOf({ entered: [t(50), T], answers: [answer] }, t(60))).toMatchObject({
      state: 'estimated',
      enteredAt: T,
    })
  })

  describe('of which the first answer was priced as something else', () => {
    const first = { sentAt: t(1), deliveredAt: t(2), charged: true, report: null }
    const second = { sentAt: t(3), deliveredAt: t(4), charged: false, report: null }

    it('is refused with its delivery, whatever is answered after it', () => {
      expect(freeEntryPointOf({ entered: [T], answers: [{ ...first, deliveredAt: null }] }, t(5)).state).toBe(
        'possible',
      )
      for (const answers of [[first], [first, second], [second, first]]) {
        const entry = freeEntryPointOf({ entered: [T], answers }, t(5))
        expect(entry).toMatchObject({ state: 'refused', openedAt: t(2) })
        expect(isFreeEntryPointOpen(entry, t(5))).toBe(false)
      }
    })

    it('is refused although a later answer was delivered before it', () => {
      const slow = { ...first, deliveredAt: t(6) }
      expect(freeEntryPointOf({ entered: [T], answers: [slow, second] }, t(7)).state).toBe('refused')
      expect(freeEntryPointOf({ entered: [T], answers: [second, { ...slow, deliveredAt: null }] }, t(7)).state).toBe(
        'refused',
      )
    })

    it('stays open where it is a message before the click that was charged', () => {
      const before = { sentAt: t(0, -SECOND_MS), deliveredAt: t(1), charged: true, report: null }
      expect(freeEntryPointOf({ entered: [T], answers: [before, second] }, t(5)).state).toBe('estimated')
    })

    it('is confirmed all the same when Meta says so of a later message', () => {
      const report = { at: t(4), expiresAt: t(80), conversationId: 'c1' }
      expect(freeEntryPointOf({ entered: [T], answers: [first, { ...second, report }] }, t(5))).toMatchObject({
        state: 'confirmed',
        expiresAt: t(80),
      })
    })

    it('opens anew after another click', () => {
      const later = { sentAt: t(31), deliveredAt: t(32), charged: false, report: null }
      expect(freeEntryPointOf({ entered: [T, t(30)], answers: [first, later] }, t(33))).toMatchObject({
        state: 'estimated',
        enteredAt: t(30),
      })
    })

    it('is refused when one of two answers of the same second was', () => {
      const same = { ...first, charged: false, deliveredAt: t(2, SECOND_MS) }
      for (const answers of [
        [first, same],
        [same, first],
      ]) {
        expect(freeEntryPointOf({ entered: [T], answers }, t(5)).state).toBe('refused')
      }
    })
  })

  it('P4 ends in the newer window for reports of two windows in any order', () => {
    const report = (id: string, from: number) =>
      fc.record({
        conversationId: fc.constant(id),
        at: fc.integer({ min: from, max: from + 70 }).map((h) => t(h)),
        expiresAt: fc.integer({ min: from + 72, max: from + 168 }).map((h) => t(h)),
      })
    const reports = fc
      .tuple(fc.array(report('a', 0), { maxLength: 5 }), fc.array(report('b', 80), { minLength: 1, maxLength: 5 }))
      .chain(([older, newer]) => {
        const all = [...older, ...newer]
        return fc.tuple(fc.constant(newer), fc.shuffledSubarray(all, { minLength: all.length }))
      })
    fc.assert(
      fc.property(reports, ([newer, shuffled]) => {
        const { entry } = clocksAfter(shuffled.map((priced) => ({ priced })))
        expect(entry.metaConversationId).toBe('b')
        expect(entry.expiresAt).toBe(newer.map((one) => one.expiresAt).reduce(latest))
        expect(entry.openedAt).toBe(Math.min(...newer.map((one) => one.at)))
      }),
    )
  })

  it('P1 never lets free-form go, whatever Meta reports of it', () => {
    const hours = fc.integer({ min: -200, max: 200 })
    const happening: fc.Arbitrary<Happening> = fc.oneof(
      hours.map((h) => ({ sent: t(h), delivered: t(h, SECOND_MS) })),
      hours.map((h) => ({ charged: t(h) })),
      fc
        .tuple(hours, fc.option(hours), fc.option(fc.constantFrom('a', 'b')))
        .map(([h, end, id]) => pricedAt(h, end === null ? null : t(end), id)),
    )
    const policies = fc.constantFrom(
      'fail' as const,
      'hold' as const,
      { downgrade: referenceTo('greeting') },
      { follow_up: referenceTo('greeting') },
      { when_free: { downgrade: referenceTo('greeting') }, otherwise: 'hold' as const },
    )
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 10 }), hours, policies, (events, hour, whenClosed) => {
        const { window, entry } = clocksAfter([{ click: t(-300) }, ...events])
        const facts = factsWith({ now: t(hour), conversation: { window, freeEntryPoint: entry }, templates })
        const decision = decide(intentWith({ whenClosed, expiresAt: t(1_000) }), facts, SETTINGS)
        expect(decision.kind).not.toBe('send')
        if ('message' in decision) expect(decision.message.type).toBe('template')
      }),
    )
  })
})
