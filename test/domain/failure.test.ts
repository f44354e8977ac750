import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classify, type Failure, type GraphErrorFacts, isThrottle, reasonOf } from '../../src/domain/failure.ts'
import { FAILURE_CLASSES } from '../../src/domain/failure-class.ts'
import { FAILURE_CODES } from '../../src/domain/failure-codes.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts'

function facts(given: Partial<GraphErrorFacts>): GraphErrorFacts {
  return { code: null, subcode: null, isTransient: false, httpStatus: 400, details: null, via: 'sync', ...given }
}

type Row = [code: number, class_: Failure['class'], retry: Failure['retry'], reason: Failure['reasonCode']]

/** Every code a send may meet, in the order of Meta's page. */
const SEND_CODES: Row[] = [
  [0, 'account', 'after_event', 'sender_account'],
  [1, 'ambiguous', 'now', 'graph_transient'],
  [2, 'transient', 'now', 'graph_transient'],
  [3, 'account', 'after_event', 'sender_account'],
  [4, 'throttle_account', 'later', 'throughput'],
  [10, 'account', 'after_event', 'sender_account'],
  [17, 'throttle_account', 'later', 'throughput'],
  [32, 'throttle_account', 'later', 'throughput'],
  [33, 'account', 'after_event', 'sender_account'],
  [100, 'payload', 'never', 'graph_refused'],
  [102, 'account', 'after_event', 'sender_account'],
  [104, 'account', 'after_event', 'sender_account'],
  [190, 'account', 'after_event', 'sender_account'],
  [192, 'recipient', 'never', 'recipient_unreachable'],
  [200, 'account', 'after_event', 'sender_account'],
  [250, 'account', 'after_event', 'sender_account'],
  [299, 'account', 'after_event', 'sender_account'],
  [368, 'account', 'after_event', 'sender_account'],
  [613, 'throttle_account', 'later', 'throughput'],
  [80007, 'throttle_account', 'later', 'throughput'],
  [80008, 'throttle_account', 'later', 'throughput'],
  [130403, 'recipient', 'never', 'recipient_blocked'],
  [130429, 'throttle_sender', 'later', 'throughput'],
  [130472, 'recipient', 'never', 'capped'],
  [130497, 'recipient_country', 'never', 'country_blocked'],
  [131000, 'transient', 'now', 'graph_transient'],
  [131005, 'account', 'after_event', 'sender_account'],
  [131008, 'payload', 'never', 'graph_refused'],
  [131009, 'payload', 'never', 'graph_refused'],
  [131016, 'transient', 'now', 'graph_transient'],
  [131021, 'recipient', 'never', 'recipient_unreachable'],
  [131026, 'recipient', 'never', 'recipient_unreachable'],
  [131030, 'recipient', 'never', 'recipient_unreachable'],
  [131031, 'account', 'after_event', 'sender_account'],
  [131037, 'account', 'after_event', 'sender_account'],
  [131042, 'account', 'after_event', 'payment_missing'],
  [131044, 'feature', 'never', 'graph_refused'],
  [131045, 'account', 'after_event', 'sender_account'],
  [131047, 'window_closed', 'after_event', 'window_closed'],
  [131048, 'account', 'after_event', 'sender_account'],
  [131049, 'recipient_later', 'later', 'recipient_capped'],
  [131050, 'recipient_marketing', 'never', 'opted_out'],
  [131051, 'payload', 'never', 'graph_refused'],
  [131052, 'not_a_send', 'never', 'graph_refused'],
  [131053, 'media', 'now', 'graph_transient'],
  [131055, 'route', 'never', 'graph_refused'],
  [131056, 'throttle_pair', 'later', 'pair_limit'],
  [131057, 'throttle_sender', 'later', 'throughput'],
  [131058, 'payload', 'never', 'graph_refused'],
  [131059, 'not_a_send', 'never', 'graph_refused'],
  [131060, 'not_a_send', 'never', 'graph_refused'],
  [131061, 'route', 'never', 'graph_refused'],
  [131062, 'route', 'never', 'graph_refused'],
  [131063, 'route', 'never', 'graph_refused'],
  [131064, 'messaging_limit', 'later', 'utility_restricted'],
  [131065, 'route', 'never', 'graph_refused'],
  [132000, 'template_parameters', 'never', 'template_parameters'],
  [132001, 'template', 'never', 'template_unknown'],
  [132005, 'template_parameters', 'never', 'template_parameters'],
  [132007, 'template', 'never', 'template_disabled'],
  [132008, 'template_parameters', 'never', 'template_parameters'],
  [132012, 'template_parameters', 'never', 'template_parameters'],
  [132015, 'template', 'after_event', 'template_paused'],
  [132016, 'template', 'never', 'template_disabled'],
  [132018, 'template_parameters', 'never', 'template_parameters'],
  [132068, 'template', 'never', 'template_disabled'],
  [132069, 'template_later', 'later', 'template_paused'],
  [133010, 'account', 'after_event', 'sender_account'],
  [134011, 'feature', 'never', 'graph_refused'],
  [134100, 'route', 'never', 'graph_refused'],
  [134101, 'template_later', 'later', 'template_pending'],
  [134102, 'feature', 'never', 'graph_refused'],
  [135000, 'payload', 'never', 'graph_refused'],
  [137000, 'identity', 'never', 'identity_changed'],
  [139200, 'feature', 'never', 'graph_refused'],
  [2494100, 'throttle_sender', 'later', 'throughput'],
]

describe('classify', () => {
  it.each(SEND_CODES)('knows %i as %s, retried %s, reason %s', (code, expected, retry, reason) => {
    const failure = classify(facts({ code }))
    expect(failure).toMatchObject({ code, class: expected, retry, reasonCode: reason })
  })

  it.each([131020, 131041, 131208, 133000, 133016, 138006, 138018, 139002, 139101, 147005, 200006, 2388040, 2593107])(
    'knows %i as a code no send should meet',
    (code) => {
      expect(classify(facts({ code }))).toMatchObject({ class: 'not_a_send', retry: 'never' })
    },
  )

  it.each([0, 102, 104, 190])('cures %i with a new token', (code) => {
    expect(classify(facts({ code })).cure).toBe('new_token')
  })

  it.each([3, 10, 33, 210, 131005, 131031, 131037, 131042, 131045, 133010])('cures %i by an operator', (code) => {
    expect(classify(facts({ code })).cure).toBe('operator')
  })

  it.each([368, 131048])('cures %i by time', (code) => {
    expect(classify(facts({ code })).cure).toBe('time')
  })

  it.each([
    [130429, SECOND_MS],
    [131057, MINUTE_MS],
    [2494100, MINUTE_MS],
    [132069, HOUR_MS],
    [134101, 10 * MINUTE_MS],
    [131049, 24 * HOUR_MS],
  ])('lets %i wait at least %i ms', (code, minDelayMs) => {
    expect(classify(facts({ code })).minDelayMs).toBe(minDelayMs)
  })

  it('tries a marketing cap once more and then calls the person capped', () => {
    const failure = classify(facts({ code: 131049, via: 'webhook' }))
    expect(failure.maxAttempts).toBe(2)
    expect(reasonOf(failure, 1).code).toBe('recipient_capped')
    expect(reasonOf(failure, 2)).toEqual({ code: 'capped', text: failure.text, graphCode: 131049 })
  })

  it('takes the subcode of 100 where it has a meaning of its own', () => {
    expect(classify(facts({ code: 100, subcode: 33 }))).toMatchObject({ class: 'account', cure: 'operator', code: 100 })
    expect(classify(facts({ code: 100, subcode: 2388024 })).class).toBe('not_a_send')
    expect(classify(facts({ code: 100, subcode: 2018001 })).class).toBe('payload')
  })

  it('reads a missing object out of the details of 100', () => {
    const details = "Unsupported post request. Object with ID '105' does not exist, cannot be loaded"
    expect(classify(facts({ code: 100, details })).class).toBe('account')
    expect(classify(facts({ code: 100, details: 'Media id 7 does not exist' })).class).toBe('payload')
  })

  it('gives a refusal that Meta calls transient a few more tries, and its own reason afterwards', () => {
    const failure = classify(facts({ code: 131009, isTransient: true }))
    expect(failure).toMatchObject({ class: 'transient', retry: 'now', maxAttempts: 3, reasonCode: 'graph_transient' })
    expect(reasonOf(failure, 3).code).toBe('graph_refused')
  })

  it('does not restrict a sender for an account error that Meta calls transient', () => {
    expect(classify(facts({ code: 10, isTransient: true }))).toMatchObject({ class: 'transient', cure: null })
  })

  it('keeps a throttle a throttle when Meta calls it transient', () => {
    expect(classify(facts({ code: 131056, isTransient: true })).class).toBe('throttle_pair')
  })

  it('tries an unknown code once more when it was the answer to a request', () => {
    expect(classify(facts({ code: 139999 }))).toMatchObject({ class: 'unknown', retry: 'now', maxAttempts: 2 })
  })

  it.each([139999, 1])('never repeats %i after Meta had accepted the message', (code) => {
    const failure = classify(facts({ code, via: 'webhook', httpStatus: null }))
    expect(failure).toMatchObject({ retry: 'never', maxAttempts: 1, reasonCode: 'graph_refused' })
  })

  it('repeats 131000 less often after Meta had accepted the message', () => {
    expect(classify(facts({ code: 131000 })).maxAttempts).toBe(3)
    expect(classify(facts({ code: 131000, via: 'webhook' })).maxAttempts).toBe(2)
  })

  it('takes 429 for a throttle when the code says nothing', () => {
    expect(classify(facts({ httpStatus: 429 })).class).toBe('throttle_sender')
    expect(classify(facts({ code: 139999, httpStatus: 429 })).class).toBe('throttle_sender')
    expect(classify(facts({ code: 190, httpStatus: 429 })).class).toBe('account')
  })

  it('names the HTTP status when there is no code', () => {
    expect(classify(facts({ httpStatus: 404 }))).toMatchObject({ class: 'unknown', code: null })
    expect(classify(facts({ httpStatus: 404 })).text).toContain('404')
  })

  it.each([
    [130429, 'sender_too_fast'],
    [131057, null],
    [2494100, null],
    [80007, null],
    [80008, 'management_limit'],
    [131026, 'recipient_unreachable'],
    [131049, null],
    [132001, null],
    [132015, 'template_paused'],
    [132016, 'template_disabled'],
  ])('takes %i for a proof of %s', (code, proves) => {
    for (const via of ['sync', 'webhook'] as const) expect(classify(facts({ code, via })).proves).toBe(proves)
  })

  it('takes a 429 without a code for a number that is too fast', () => {
    expect(classify(facts({ httpStatus: 429 })).proves).toBe('sender_too_fast')
  })

  it('takes nothing for a proof that Meta calls transient', () => {
    for (const code of [131026, 132016]) expect(classify(facts({ code, isTransient: true })).proves).toBeNull()
  })

  it('has for every code a sentence that ends', () => {
    for (const { text } of Object.values(FAILURE_CODES)) expect(text).toMatch(/^[A-Z].{15,160}\.$/)
  })

  it('is total and says nothing contradictory', () => {
    const code = fc.oneof(fc.constant(null), fc.integer(), fc.constantFrom(...Object.keys(FAILURE_CODES).map(Number)))
    const anyFacts = fc.record({
      code,
      subcode: code,
      isTransient: fc.boolean(),
      httpStatus: fc.option(fc.integer({ min: 100, max: 599 })),
      details: fc.option(fc.string()),
      via: fc.constantFrom('sync' as const, 'webhook' as const),
    })
    fc.assert(
      fc.property(anyFacts, (given) => {
        const failure = classify(given)
        expect(Object.keys(FAILURE_CLASSES)).toContain(failure.class)
        expect(failure.maxAttempts).toBeGreaterThanOrEqual(1)
        expect(failure.retry === 'never').toBe(failure.maxAttempts === 1)
        if (failure.retry === 'later') expect(failure.minDelayMs).toBeGreaterThan(0)
        expect(failure.cure !== null).toBe(failure.class === 'account')
      }),
    )
  })
})

describe('isThrottle', () => {
  it('is true for what slows down more than one message', () => {
    expect([4, 130429, 131056, 131057, 80007].every((code) => isThrottle(classify(facts({ code }))))).toBe(true)
    expect([131049, 131064, 132069, 2].some((code) => isThrottle(classify(facts({ code }))))).toBe(false)
  })
})
