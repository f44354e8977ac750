import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WhenClosed } from '../../src/domain/content.ts'
import { wordsOfForecast, wordsOfWaiting } from '../../src/domain/decision/forecast-words.ts'
import { decide } from '../../src/domain/decision.ts'
import type { IntentContent, Reason } from '../../src/domain/intent.ts'
import type { PriceView } from '../../src/domain/money/price-decision.ts'
import type { MovingTime } from '../../src/domain/schedule.ts'
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, plus, SECOND_MS } from '../../src/domain/time.ts'
import { NEVER_WROTE } from '../../src/domain/window.ts'
import {
  ago,
  factsWith,
  type GivenFacts,
  intentWith,
  NOW,
  referenceTo,
  SETTINGS,
  templateFacts,
  templateIntent,
  wroteAt,
} from '../support/builders.ts'

/* Now is 12:00 UTC on the first of December. */

const downgrade: WhenClosed = { downgrade: referenceTo('order_update') }
const followUp: WhenClosed = { follow_up: referenceTo('order_update') }
const templates = { order_update: templateFacts('order_update') }
const priceOf = (amount: string): PriceView => ({
  amount,
  currency: 'EUR',
  category: 'utility',
  market: 'Portugal',
  free_because: null,
})

interface Given extends Omit<GivenFacts, 'now'> {
  at?: Instant
  /** When the customer wrote last; null: never. */
  wrote?: Instant | null
  price?: PriceView | null
  schedule?: MovingTime | null
}

function words(
  intent: Partial<IntentContent>,
  { at = NOW, wrote = null, price = null, schedule = null, ...given }: Given = {},
) {
  const content = intentWith(intent)
  const window = wrote === null ? NEVER_WROTE : wroteAt(wrote)
  const facts = factsWith({ templates, ...given, now: at, conversation: { window, ...given.conversation } })
  const decision = decide(content, facts, SETTINGS)
  const { windowMarginMs } = SETTINGS
  return wordsOfForecast({ intent: content, facts, decision, price, schedule, now: NOW, windowMarginMs })
}

/** The window closes at 14:05. */
const WROTE = ago(DAY_MS - 2 * HOUR_MS - 5 * MINUTE_MS)
const AT_14_30 = plus(NOW, 2.5 * HOUR_MS)
const EARLIER = 'a message of the customer before then, or an earlier time (before 14:04 UTC)'

describe('a forecast in words', () => {
  it.each<[string, string, string]>([
    [
      'goes as it is',
      words({}, { wrote: WROTE, price: { ...priceOf('0.000000'), free_because: 'free_tier' } }),
      'The window is open until 14:05 UTC: it will go as it is, free of charge.',
    ],
    [
      'goes as it is later',
      words({}, { wrote: ago(HOUR_MS), at: AT_14_30 }),
      'The window is open until 2026-12-02 11:00 UTC, 20 hours after this goes: it will go as it is.',
    ],
    [
      'goes as a template in its place',
      words({ whenClosed: downgrade }, { wrote: WROTE, at: AT_14_30, price: priceOf('0.040000') }),
      `The window closes at 14:05 UTC, 25 minutes before this goes: it will go as template order_update (en), about 0.04 EUR. To go as it is, it would take ${EARLIER}.`,
    ],
    [
      'finds a window that closes while it is on its way',
      words({ whenClosed: downgrade }, { wrote: WROTE, at: plus(NOW, 2 * HOUR_MS + 5 * MINUTE_MS - 10 * SECOND_MS) }),
      `The window closes at 14:05 UTC, too soon after this goes: it will go as template order_update (en). To go as it is, it would take ${EARLIER}.`,
    ],
    [
      'finds the window closed now',
      words({ whenClosed: downgrade }, { wrote: ago(27 * HOUR_MS), price: priceOf('0.006812') }),
      'The window closed at 09:00 UTC, 3 hours ago: it will go as template order_update (en), about 0.006812 EUR. To go as it is, it would take a message of the customer first.',
    ],
    [
      'finds the window closed now and leaves later',
      words({ whenClosed: downgrade }, { wrote: ago(27 * HOUR_MS), at: AT_14_30 }),
      'The window closed at 09:00 UTC, 5 hours before this goes: it will go as template order_update (en). To go as it is, it would take a message of the customer before then.',
    ],
    [
      'leaves later than any window of now can reach',
      words({ whenClosed: downgrade }, { wrote: ago(HOUR_MS), at: plus(NOW, 3 * DAY_MS) }),
      'The window closes at 2026-12-02 11:00 UTC, 2 days before this goes: it will go as template order_update (en). To go as it is, it would take a message of the customer in the 24 hours before then, or an earlier time (before 2026-12-02 10:59 UTC).',
    ],
    [
      'fails',
      words({}, { wrote: WROTE, at: AT_14_30 }),
      `The window closes at 14:05 UTC, 25 minutes before this goes: it will fail. To go as it is, it would take ${EARLIER}.`,
    ],
    [
      'fails for who never wrote',
      words({}),
      'The customer never wrote to this number, so no window is open: it will fail. To go as it is, it would take a message of the customer first.',
    ],
    [
      'waits for the window',
      words({ whenClosed: 'hold' }, { wrote: ago(27 * HOUR_MS) }),
      'The window closed at 09:00 UTC, 3 hours ago: it will wait for the customer to write. Once they do it goes as it is; else it expires at 2026-12-08 12:00 UTC.',
    ],
    [
      'will wait for the window',
      words({ whenClosed: 'hold' }, { wrote: WROTE, at: AT_14_30 }),
      `The window closes at 14:05 UTC, 25 minutes before this goes: it will wait for the customer to write. To go at its time, it would take ${EARLIER}; else it expires at 2026-12-08 12:00 UTC.`,
    ],
    [
      'asks the customer',
      words({ whenClosed: followUp }, { wrote: WROTE, at: AT_14_30, price: priceOf('12.500000') }),
      `The window closes at 14:05 UTC, 25 minutes before this goes: template order_update (en) will ask the customer to answer, about 12.50 EUR, and this waits for the answer. To go as it is, it would take ${EARLIER}.`,
    ],
    [
      'was asked for already',
      words({ whenClosed: followUp }, { conversation: { lastFollowUpAt: ago(HOUR_MS), followUpOutstanding: true } }),
      'The customer never wrote to this number, so no window is open: the customer was asked already, so it will wait for their answer. Once they do it goes as it is; else it expires at 2026-12-08 12:00 UTC.',
    ],
    [
      'may not ask again so soon',
      words({ whenClosed: followUp }, { conversation: { lastFollowUpAt: ago(HOUR_MS) } }),
      'The customer never wrote to this number, so no window is open: the customer was asked not long ago, so it will wait for the customer to write. Once they do it goes as it is; else it expires at 2026-12-08 12:00 UTC.',
    ],
    [
      'is a template',
      words(templateIntent('order_update'), { price: priceOf('0.031700') }),
      'It will go as template order_update (en), which needs no open window, about 0.0317 EUR.',
    ],
    [
      'is a template that Meta has not approved',
      words(templateIntent('order_update'), {
        templates: { order_update: templateFacts('order_update', { status: 'PENDING' }) },
      }),
      'It will wait: Template order_update (en) is PENDING at Meta; waiting for it to be approved. It goes once Meta approves the template; else it expires at 2026-12-08 12:00 UTC.',
    ],
    [
      'waits for the template in its place',
      words(
        { whenClosed: downgrade },
        {
          wrote: WROTE,
          at: AT_14_30,
          templates: { order_update: templateFacts('order_update', { status: 'PENDING' }) },
        },
      ),
      'The window closes at 14:05 UTC, 25 minutes before this goes: it will wait. Template order_update (en) is PENDING at Meta; waiting for it to be approved. It goes once Meta approves the template, or once the customer writes; else it expires at 2026-12-08 12:00 UTC.',
    ],
    [
      'has no template in its place',
      words({ whenClosed: downgrade }, { templates: {} }),
      'The customer never wrote to this number, so no window is open: it will fail. Meta knows no template order_update (en) for this account; create it or sync the templates. It would take a template that the account has, or a message of the customer.',
    ],
    [
      'is marketing to who opted out',
      words(templateIntent('order_update'), {
        contact: { marketing: 'out' },
        templates: { order_update: templateFacts('order_update', { category: 'MARKETING' }) },
      }),
      'It will not be sent: The contact opted out of marketing messages. It would take an opt-in of the contact for marketing.',
    ],
    [
      'meets a paused number',
      words({}, { wrote: WROTE, sender: { state: 'paused', reason: null } }),
      'It will wait: The sender is paused. It goes once the number is resumed; else it expires at 2026-12-08 12:00 UTC.',
    ],
    [
      'meets a paused flow',
      words({ whenClosed: 'hold' }, { wrote: ago(27 * HOUR_MS), pausedOfFlow: 'run' }),
      'It will wait: The run of the flow that asked for it is paused. It goes once the flow, or its run, is resumed; else it expires at 2026-12-08 12:00 UTC.',
    ],
    [
      'meets quiet hours',
      words({ priority: 'campaign' }, { wrote: WROTE, quietUntil: plus(NOW, HOUR_MS) }),
      'It will be put off until 13:00 UTC: Their quiet hours of the campaign end at 2026-12-01T13:00:00.000Z.',
    ],
    [
      'is over before it goes',
      words({ expiresAt: AT_14_30 }, { at: AT_14_30 }),
      'It will not go: Its time was over at 2026-12-01T14:30:00.000Z. It would take a later expires_at, or an earlier time.',
    ],
    [
      'ends on an answer that came',
      words({}, { wrote: WROTE, at: AT_14_30, answeredBy: 'reply' }),
      'It will be cancelled: The customer wrote or called before it left.',
    ],
    [
      'reaches nobody',
      words({ whenClosed: downgrade }, { contact: { unreachableUntil: plus(NOW, DAY_MS) } }),
      'It will fail: Meta could not deliver to this person not long ago; they are tried again from 2026-12-02T12:00:00.000Z, or once they write. It would take a message of the customer, or a later time.',
    ],
    [
      'moves with the window',
      words({}, { wrote: WROTE, at: plus(NOW, 2 * HOUR_MS), schedule: 'before_close' }),
      'The window is open until 14:05 UTC, 5 minutes after this goes: it will go as it is. Its time is shortly before the window closes, and moves with every message of the customer.',
    ],
    [
      'is to leave before the end of a window that is none',
      words({}, { schedule: 'before_close' }),
      'The customer never wrote to this number, so no window is open: it will fail. To go as it is, it would take a message of the customer first. Its time is shortly before the window closes: now, while none is open.',
    ],
    [
      "goes by the contact's clock",
      words({}, { wrote: WROTE, schedule: { local: '2026-12-01T09:00', time_zone: 'contact' } }),
      "The window is open until 14:05 UTC: it will go as it is. Its time is 2026-12-01 09:00 on the contact's clock, and moves with their time zone.",
    ],
    [
      'goes by the clock of a zone',
      words({}, { wrote: WROTE, schedule: { local: '2026-12-01T09:00', time_zone: 'America/Sao_Paulo' } }),
      'The window is open until 14:05 UTC: it will go as it is. Its time is 2026-12-01 09:00 in America/Sao_Paulo.',
    ],
  ])('of one that %s', (_, told, expected) => {
    expect(told).toBe(expected)
  })

  it('says no earlier time where the window closes within the minute', () => {
    const told = words({}, { wrote: ago(DAY_MS - MINUTE_MS), at: AT_14_30 })
    expect(told).toContain('before this goes: it will fail')
    expect(told).not.toContain('earlier time')
  })

  it('is one of whole sentences, whatever the facts are', () => {
    const minutes = fc.integer({ min: 0, max: 4 * 24 * 60 })
    const policy = fc.constantFrom<WhenClosed>('fail', 'hold', downgrade, followUp)
    fc.assert(
      fc.property(minutes, fc.option(minutes), policy, fc.boolean(), (later, since, whenClosed, isTemplate) => {
        const intent = isTemplate ? templateIntent('order_update') : { whenClosed }
        const wrote = since === null ? null : ago(since * MINUTE_MS)
        const told = words(intent, { wrote, at: plus(NOW, later * MINUTE_MS), price: priceOf('0.04') })
        expect(told).toMatch(/^[A-Z][^.]*\S.*\.$/)
        expect(told).not.toMatch(/undefined|null|NaN|-\d+ (second|minute|hour|day)|\.\.| {2}/)
      }),
    )
  })
})

describe('what is held, in words', () => {
  const told = (code: Reason['code'], text: string, template = false) =>
    wordsOfWaiting(template ? templateIntent('order_update') : intentWith(), { code, text }, NOW)

  it.each<[string, string]>([
    [
      told('awaiting_window', 'Waiting.'),
      'It waits for the customer to write, and goes as it is once they do; else it expires at 2026-12-08 12:00 UTC.',
    ],
    [
      told('awaiting_answer', 'Waiting.'),
      'The customer is asked to answer: it goes as it is once they write; else it expires at 2026-12-08 12:00 UTC.',
    ],
    [
      told('template_pending', 'It is PENDING.'),
      'It waits: It is PENDING. It goes once Meta approves the template, or once the customer writes; else it expires at 2026-12-08 12:00 UTC.',
    ],
    [
      told('template_pending', 'It is PENDING.', true),
      'It waits: It is PENDING. It goes once Meta approves the template; else it expires at 2026-12-08 12:00 UTC.',
    ],
    [
      told('other_responder', 'Another app answers.'),
      'It waits: Another app answers. It goes once that is over; else it expires at 2026-12-08 12:00 UTC.',
    ],
  ])('%s', (words, expected) => {
    expect(words).toBe(expected)
  })
})
