import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classify, type FailureClass, type GraphErrorFacts } from '../../src/domain/failure.ts'
import { FAILURE_CLASSES } from '../../src/domain/failure-class.ts'
import { FAILURE_CODES } from '../../src/domain/failure-codes.ts'
import type { Wamid } from '../../src/domain/ids.ts'
import type { ReasonCode } from '../../src/domain/intent.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts'
import type { SendAnswer } from '../../src/graph/answer.ts'
import {
  type AnsweredAttempt,
  type Consequence,
  type Interpretation,
  interpretAnswer,
  type SideEffect,
} from '../../src/usecases/interpret-answer.ts'

const FIRST: AnsweredAttempt = {
  number: 1,
  retries: 0,
  delivery: 'at_least_once',
  sentAs: 'free_form',
  substitute: false,
}

function errorOf(code: number | null, given: Partial<GraphErrorFacts> = {}): GraphErrorFacts {
  return { code, subcode: null, isTransient: false, httpStatus: 400, details: null, via: 'sync', ...given }
}

function refused(code: number | null, given: Partial<GraphErrorFacts> = {}): SendAnswer {
  return { kind: 'refused', error: errorOf(code, given), httpStatus: 400 }
}

function throttled(code: number, retryAfterS: number | null = null): SendAnswer {
  return { kind: 'throttled', error: errorOf(code), httpStatus: 400, retryAfterS }
}

/** What follows, without jitter. */
function judge(answer: SendAnswer, given: Partial<AnsweredAttempt> = {}): Interpretation {
  return interpretAnswer(answer, { ...FIRST, ...given }, 0)
}

describe('interpretAnswer, by the kind of answer', () => {
  interface Row {
    answer: SendAnswer
    outcome: Interpretation['outcome']
    httpStatus: number | null
    event: Consequence['event']
  }

  const KINDS: Record<SendAnswer['kind'], Row> = {
    accepted: {
      answer: {
        kind: 'accepted',
        wamid: 'wamid.A' as Wamid,
        waId: null,
        userId: null,
        messageStatus: null,
        httpStatus: 200,
      },
      outcome: 'accepted',
      httpStatus: 200,
      event: 'accept',
    },
    refused: { answer: refused(131026), outcome: 'refused', httpStatus: 400, event: 'fail' },
    throttled: { answer: throttled(130429), outcome: 'throttled', httpStatus: 400, event: 'retry' },
    unsent: {
      answer: { kind: 'unsent', why: 'too_late', cause: 'it was too late' },
      outcome: 'unreachable',
      httpStatus: null,
      event: 'retry',
    },
    intercepted: {
      answer: { kind: 'intercepted', httpStatus: 407, retryAfterS: null },
      outcome: 'unreachable',
      httpStatus: 407,
      event: 'retry',
    },
    unreachable: {
      answer: { kind: 'unreachable', cause: 'ECONNREFUSED' },
      outcome: 'unreachable',
      httpStatus: null,
      event: 'retry',
    },
    uncertain: {
      answer: { kind: 'uncertain', why: 'timeout', httpStatus: null },
      outcome: 'in_doubt',
      httpStatus: null,
      event: 'doubt',
    },
  }

  it.each(Object.entries(KINDS))(
    'records %s and says what follows',
    (_kind, { answer, outcome, httpStatus, event }) => {
      const judged = judge(answer)
      expect(judged).toMatchObject({ outcome, httpStatus })
      expect(judged.next.event).toBe(event)
      expect(judged.error === null).toBe(event === 'accept')
    },
  )

  it('keeps the wamid of an accepted message and of no other', () => {
    for (const { answer } of Object.values(KINDS)) {
      expect(judge(answer).wamid).toBe(answer.kind === 'accepted' ? 'wamid.A' : null)
    }
  })

  it('notes that Meta holds a message for quality, and no other status', () => {
    const effectsOf = (messageStatus: string | null) => {
      const accepted = KINDS.accepted.answer as Extract<SendAnswer, { kind: 'accepted' }>
      return judge({ ...accepted, messageStatus }).effects
    }
    expect(effectsOf('held_for_quality_assessment')).toEqual([{ kind: 'note_held' }])
    expect([null, 'accepted', 'news'].flatMap(effectsOf)).toEqual([])
  })

  it('touches nobody else when a message was accepted, lost or never left', () => {
    for (const kind of ['accepted', 'uncertain', 'unreachable', 'intercepted'] as const)
      expect(judge(KINDS[kind].answer).effects).toEqual([])
  })

  it.each(['timeout', 'reset', 'http_5xx', 'unreadable', 'no_message_id'] as const)(
    'P3 leaves a message in doubt whose answer was lost: %s',
    (why) => {
      const judged = judge({
        kind: 'uncertain',
        why,
        httpStatus: why === 'http_5xx' ? 502 : null,
        detail: 'socket closed',
      })
      expect(judged.next).toMatchObject({ event: 'doubt', keepsTurn: true, reason: { code: 'in_doubt' } })
      expect(judged.error).toEqual({ why, details: 'socket closed' })
    },
  )

  it('keeps no turn for a doubt that will never be sent again', () => {
    const answer = KINDS.uncertain.answer
    expect(judge(answer, { delivery: 'at_most_once' }).next).toMatchObject({ event: 'doubt', keepsTurn: false })
  })

  it('tries again without spending a try when nothing left, slower each time', () => {
    const waits = [1, 2, 3, 4].map((number) => {
      const { next } = interpretAnswer(KINDS.unreachable.answer, { ...FIRST, number }, 1)
      expect(next).toMatchObject({
        event: 'retry',
        keepsTurn: true,
        countsAsRetry: false,
        reason: { code: 'graph_transient' },
      })
      return next.event === 'retry' ? next.dueInMs : 0
    })
    expect(waits).toEqual([2, 4, 8, 16].map((s) => s * SECOND_MS))
  })

  it.each(['unreachable', 'intercepted'] as const)('never gives up by itself on a Graph that is %s', (kind) => {
    const { next } = judge(KINDS[kind].answer, { number: 10_000, retries: 4 })
    expect(next).toMatchObject({ event: 'retry', keepsTurn: true, countsAsRetry: false })
  })

  it('waits as long as whoever answered in the place of Meta asks, and so does the lane', () => {
    const judged = judge({ kind: 'intercepted', httpStatus: 403, retryAfterS: 90 })
    expect(judged.next).toMatchObject({ event: 'retry', dueInMs: 90 * SECOND_MS })
    expect(judged.effects).toEqual([{ kind: 'pause_lane', forMs: 90 * SECOND_MS }])
  })

  it('goes slower after a 429 whoever said it, and spends no try', () => {
    const judged = judge({ kind: 'intercepted', httpStatus: 429, retryAfterS: null })
    expect(judged).toMatchObject({
      outcome: 'throttled',
      next: { event: 'retry', countsAsRetry: false, reason: { code: 'throughput' } },
    })
    expect(judged.effects.map((effect) => effect.kind)).toEqual(['slow_sender', 'pause_lane'])
  })
})

describe('interpretAnswer, by the class of failure', () => {
  interface Row {
    /** A code of this class. */
    code: number
    follows: {
      event: Consequence['event']
      reason: ReasonCode
      dueInMs?: number
      keepsTurn?: boolean
      countsAsRetry?: boolean
      heldFor?: string
    }
    effects: SideEffect['kind'][]
  }
  const passing = { event: 'retry', keepsTurn: true, countsAsRetry: true, reason: 'graph_transient' } as const
  const waiting = { event: 'retry', countsAsRetry: false } as const
  const over = (reason: ReasonCode) => ({ event: 'fail', reason }) as const
  const suppressed = (reason: ReasonCode) => ({ event: 'suppress', reason }) as const

  const CLASSES: Record<FailureClass, Row> = {
    transient: { code: 131016, follows: { ...passing, dueInMs: SECOND_MS }, effects: [] },
    throttle_sender: {
      code: 130429,
      follows: { ...waiting, keepsTurn: true, reason: 'throughput', dueInMs: SECOND_MS },
      effects: ['slow_sender', 'pause_lane'],
    },
    throttle_pair: {
      code: 131056,
      follows: { ...waiting, keepsTurn: true, reason: 'pair_limit', dueInMs: SECOND_MS },
      effects: [],
    },
    throttle_account: {
      code: 80007,
      follows: { ...waiting, keepsTurn: true, reason: 'throughput', dueInMs: MINUTE_MS },
      effects: ['pause_account'],
    },
    messaging_limit: {
      code: 131064,
      follows: { ...waiting, keepsTurn: false, reason: 'utility_restricted', dueInMs: HOUR_MS },
      effects: [],
    },
    recipient_later: {
      code: 131049,
      follows: {
        event: 'retry',
        keepsTurn: false,
        countsAsRetry: true,
        reason: 'recipient_capped',
        dueInMs: 24 * HOUR_MS,
      },
      effects: [],
    },
    window_closed: {
      code: 131047,
      follows: { ...waiting, keepsTurn: true, reason: 'awaiting_window', dueInMs: 0 },
      effects: ['refute_window'],
    },
    responder: {
      code: 131070,
      follows: { event: 'hold', heldFor: 'responder', reason: 'other_responder', dueInMs: 15 * MINUTE_MS },
      effects: [],
    },
    recipient: { code: 131026, follows: over('recipient_unreachable'), effects: ['mark_unreachable'] },
    recipient_marketing: { code: 131050, follows: suppressed('opted_out'), effects: ['stop_marketing'] },
    recipient_country: { code: 130497, follows: suppressed('country_blocked'), effects: [] },
    template: { code: 132001, follows: over('template_unknown'), effects: ['sync_templates'] },
    template_later: {
      code: 134101,
      follows: { ...waiting, keepsTurn: false, reason: 'template_pending', dueInMs: 10 * MINUTE_MS },
      effects: [],
    },
    template_parameters: { code: 132000, follows: over('template_parameters'), effects: ['sync_templates'] },
    account: {
      code: 131042,
      follows: { ...waiting, keepsTurn: true, reason: 'sender_account', dueInMs: 0 },
      effects: ['restrict_sender'],
    },
    feature: { code: 131044, follows: over('graph_refused'), effects: [] },
    payload: { code: 131009, follows: over('graph_refused'), effects: [] },
    media: { code: 131053, follows: { ...passing, dueInMs: 5 * SECOND_MS }, effects: [] },
    ambiguous: { code: 1, follows: { ...passing, dueInMs: SECOND_MS }, effects: [] },
    route: { code: 131055, follows: over('graph_refused'), effects: [] },
    identity: { code: 137000, follows: over('identity_changed'), effects: [] },
    not_a_send: { code: 131052, follows: over('graph_refused'), effects: [] },
    unknown: { code: 987654, follows: { ...passing, dueInMs: 5 * SECOND_MS }, effects: ['report_unknown'] },
  }

  it('tries the other spelling of a number once, whatever was tried before, and then follows the rule', () => {
    const judgedOf = (untriedSpelling: boolean) => judge(refused(131030), { retries: 4, untriedSpelling }).next
    expect(judgedOf(true)).toMatchObject({ event: 'retry', dueInMs: 0, keepsTurn: true, countsAsRetry: false })
    expect(judgedOf(false)).toMatchObject({ event: 'fail', reason: { code: 'recipient_unreachable' } })
  })

  it.each(Object.entries(CLASSES))('follows the rule of %s', (failureClass, { code, follows, effects }) => {
    expect(classify(errorOf(code)).class).toBe(failureClass)
    const judged = judge(refused(code))
    const { reason, ...rest } = follows
    expect(judged.next).toMatchObject({ ...rest, reason: { code: reason, graphCode: code } })
    expect(judged.effects.map((effect) => effect.kind)).toEqual(effects)
  })

  const bounded = (Object.keys(CLASSES) as FailureClass[])
    .map((failureClass) => ({ failureClass, maxAttempts: FAILURE_CLASSES[failureClass].maxAttempts }))
    .filter(({ maxAttempts }) => Number.isFinite(maxAttempts))

  it.each(bounded)('makes no more than $maxAttempts attempts for $failureClass', ({ failureClass, maxAttempts }) => {
    const { code } = CLASSES[failureClass]
    let retries = 0
    for (let number = 1; number <= maxAttempts; number++) {
      const { next } = judge(refused(code), { number, retries })
      expect(next.event === 'retry').toBe(number < maxAttempts)
      if (next.event === 'retry' && next.countsAsRetry) retries += 1
    }
  })

  const EXHAUSTED: [failureClass: FailureClass, retries: number, follows: Row['follows']][] = [
    ['transient', 4, over('attempts_exhausted')],
    ['media', 1, over('graph_refused')],
    ['ambiguous', 2, over('graph_refused')],
    ['unknown', 1, over('graph_refused')],
    ['recipient_later', 1, suppressed('capped')],
  ]

  it.each(EXHAUSTED)('says why %s is over after %i retries', (failureClass, retries, { event, reason }) => {
    const judged = judge(refused(CLASSES[failureClass].code), { number: retries + 1, retries })
    expect(judged.next).toMatchObject({ event, reason: { code: reason } })
  })

  it('suppresses a person in an experiment of Meta', () => {
    expect(judge(refused(130472)).next).toMatchObject({ event: 'suppress', reason: { code: 'capped' } })
  })

  it('decides again about a paused template, which is paused for everybody, and spends no try', () => {
    const judged = judge(refused(132015), { sentAs: 'template' })
    expect(judged.next).toMatchObject({ event: 'retry', dueInMs: SECOND_MS, keepsTurn: false, countsAsRetry: false })
    expect(judged.next).toMatchObject({ reason: { code: 'template_paused' } })
    expect(judge(refused(132015), { sentAs: 'free_form' }).next).toMatchObject({ event: 'hold' })
    expect(judged.effects).toEqual([{ kind: 'refuse_template', status: 'PAUSED' }])
  })

  it('fails for a disabled template, which is disabled for everybody', () => {
    const judged = judge(refused(132016), { sentAs: 'template' })
    expect(judged.next).toMatchObject({ event: 'fail', reason: { code: 'template_disabled' } })
    expect(judged.effects).toEqual([{ kind: 'refuse_template', status: 'DISABLED' }])
  })

  it.each([132015, 132016])('lets another alternate go when %i stops a substitute, and ends at some time', (code) => {
    const substitute = { sentAs: 'template', substitute: true } as const
    for (let retries = 0; retries < 10; retries++) {
      const { next } = judge(refused(code), { ...substitute, retries })
      expect(next).toMatchObject({ event: 'retry', dueInMs: 0, keepsTurn: true, countsAsRetry: true })
    }
    expect(judge(refused(code), { ...substitute, retries: 10 }).next.event).not.toBe('retry')
  })

  it.each([132001, 132007, 132068])('has the templates read again after %i, which says too little', (code) => {
    const judged = judge(refused(code), { sentAs: 'template', substitute: true })
    expect(judged.next.event).toBe('fail')
    expect(judged.effects).toEqual([{ kind: 'sync_templates' }])
  })

  it('takes nobody for unreachable whom another code is about', () => {
    const codes = [192, 130403, 130472, 131021, 131030]
    expect(codes.flatMap((code) => judge(refused(code)).effects)).toEqual([])
    expect(judge(refused(131026, { isTransient: true })).effects).toEqual([])
  })

  it('fails a template that Meta calls outside the window, for there is nothing left to decide', () => {
    const judged = judge(refused(131047), { sentAs: 'template' })
    expect(judged.next).toMatchObject({ event: 'fail', reason: { code: 'window_closed' } })
    expect(judged.effects).toEqual([])
  })

  it('decides again at once after the first refusal of a window, and slows down after that', () => {
    const waits = [1, 2, 3].map((number) => {
      const { next } = interpretAnswer(refused(131047), { ...FIRST, number }, 1)
      return next.event === 'retry' ? next.dueInMs : null
    })
    expect(waits).toEqual([0, 4 * SECOND_MS, 8 * SECOND_MS])
  })

  it.each([
    [190, true],
    [0, true],
    [368, false],
    [131031, false],
  ])('restricts the sender on %i; a new token lifts it: %s', (code, curedByToken) => {
    const [effect] = judge(refused(code)).effects
    expect(effect).toMatchObject({
      kind: 'restrict_sender',
      curedByToken,
      reason: { code: 'sender_account', graphCode: code },
    })
  })

  it('tries an account error again that Meta itself calls transient', () => {
    const judged = judge(refused(131042, { isTransient: true }))
    expect(judged.next.event).toBe('retry')
    expect(judged.effects).toEqual([])
  })

  it('hands an unknown code over with all that Graph said', () => {
    const error = errorOf(987654, { details: 'something new' })
    const judged = judge({ kind: 'refused', error, httpStatus: 400 })
    expect(judged.effects).toEqual([{ kind: 'report_unknown', error }])
    expect(judged.error).toEqual(error)
  })
})

describe('interpretAnswer, on throttles', () => {
  const THROTTLES = Object.entries({ throttle_sender: 130429, throttle_pair: 131056, throttle_account: 80007 })

  it.each(THROTTLES)('P6 spends no try and never gives up on %s', (_name, code) => {
    for (const number of [1, 10, 1_000]) {
      const { next } = judge(throttled(code), { number, retries: 4 })
      expect(next).toMatchObject({ event: 'retry', countsAsRetry: false })
    }
  })

  it.each(THROTTLES)('P5 keeps the turn through any wait of %s', (_name, code) => {
    expect(judge(throttled(code, 3_600), { number: 50 }).next).toMatchObject({ event: 'retry', keepsTurn: true })
  })

  it('waits 4^X seconds for a pair, although no try is spent', () => {
    const waits = [1, 2, 3, 4].map((number) => judge(throttled(131056), { number }).next)
    expect(waits.map((next) => next.event === 'retry' && next.dueInMs)).toEqual(
      [1, 4, 16, 64].map((s) => s * SECOND_MS),
    )
  })

  it('pauses the lane for as long as the message waits, Retry-After included', () => {
    const judged = interpretAnswer(throttled(130429, 7), FIRST, 0.5)
    const wait = judged.next.event === 'retry' ? judged.next.dueInMs : 0
    expect(wait).toBeGreaterThanOrEqual(7 * SECOND_MS)
    expect(judged.effects).toEqual([{ kind: 'slow_sender' }, { kind: 'pause_lane', forMs: wait }])
  })

  it.each([131057, 2494100])('pauses for a maintenance (%i) without going slower afterwards', (code) => {
    const judged = judge(throttled(code))
    expect(judged.effects).toEqual([{ kind: 'pause_lane', forMs: MINUTE_MS }])
  })

  it.each([4, 17, 32, 613, 80007])('pauses all numbers of the account for the time that %i asks for', (code) => {
    const judged = judge(throttled(code, 12 * 60))
    expect(judged.next).toMatchObject({ event: 'retry', dueInMs: 12 * MINUTE_MS })
    expect(judged.effects).toEqual([{ kind: 'pause_account', calls: 'all', forMs: 12 * MINUTE_MS }])
  })

  it('pauses an account for an hour at most', () => {
    const [effect] = interpretAnswer(throttled(80007, 86_400), FIRST, 1).effects
    expect(effect).toEqual({ kind: 'pause_account', calls: 'all', forMs: HOUR_MS })
  })

  it('stops no other message for a limit of the management (80008), and does not hammer', () => {
    const judged = judge(throttled(80008, 12 * 60))
    expect(judged.next).toMatchObject({ event: 'retry', dueInMs: 12 * MINUTE_MS })
    expect(judged.effects).toEqual([
      { kind: 'pause_account', calls: 'management', forMs: 12 * MINUTE_MS },
      { kind: 'pause_lane', forMs: SECOND_MS },
    ])
  })

  it('does not pause the lane for one pair', () => {
    expect(judge(throttled(131056)).effects).toEqual([])
  })
})

describe('interpretAnswer, on anything', () => {
  const codes = fc.oneof(
    fc.constantFrom(...Object.keys(FAILURE_CODES).map(Number)),
    fc.integer({ min: -1, max: 3_000_000 }),
    fc.constant(null),
  )
  const attempts: fc.Arbitrary<AnsweredAttempt> = fc.record({
    number: fc.integer({ min: 1, max: 10_000 }),
    retries: fc.nat(100),
    delivery: fc.constantFrom('at_least_once', 'at_most_once'),
    sentAs: fc.constantFrom('free_form', 'template'),
    substitute: fc.boolean(),
  })

  it('never takes a refusal for success or doubt, and gives every wait an end and every verdict a reason', () => {
    fc.assert(
      fc.property(
        codes,
        fc.boolean(),
        attempts,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (code, isTransient, attempt, jitter) => {
          const { next, wamid, outcome } = interpretAnswer(refused(code, { isTransient }), attempt, jitter)
          expect(outcome).toBe('refused')
          expect(wamid).toBeNull()
          expect(['retry', 'hold', 'fail', 'suppress']).toContain(next.event)
          if (next.event === 'accept') return
          expect(next.reason.code).not.toBe('')
          expect(next.reason.text).not.toBe('')
          if (next.event !== 'retry') return
          expect(Number.isInteger(next.dueInMs)).toBe(true)
          expect(next.dueInMs).toBeGreaterThanOrEqual(0)
          expect(next.dueInMs).toBeLessThanOrEqual(27 * HOUR_MS)
        },
      ),
    )
  })
})
