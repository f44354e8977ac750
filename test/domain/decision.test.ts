import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WhenClosed } from '../../src/domain/content.ts'
import {
  type Consent,
  type Decision,
  type DecisionKind,
  type DecisionSettings,
  decide,
  type SenderState,
  type TemplateFacts,
} from '../../src/domain/decision.ts'
import { type IntentContent, PRIORITIES, type ReasonCode } from '../../src/domain/intent.ts'
import type { MessagingLimitUse } from '../../src/domain/limits.ts'
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, plus, SECOND_MS, toIso } from '../../src/domain/time.ts'
import {
  FREE_ENTRY_POINT_STATES,
  type FreeEntryPoint,
  isWindowOpen,
  NEVER_WROTE,
  NO_FREE_ENTRY_POINT,
  recordRefutation,
  type WindowRecord,
} from '../../src/domain/window.ts'
import {
  ago,
  CLOSED_WINDOW,
  factsWith,
  type GivenFacts,
  intentWith,
  NOW,
  OPEN_FREE_ENTRY_POINT,
  OPEN_WINDOW,
  referenceTo,
  SETTINGS,
  templateFacts,
  templateIntent,
  wroteAt,
} from '../support/builders.ts'

type Verdict = `${DecisionKind} ${ReasonCode}`

function verdict(decision: Decision): Verdict {
  return `${decision.kind} ${decision.reason.code}`
}

function verdictOn(intent: IntentContent, given: GivenFacts = {}, settings: Partial<DecisionSettings> = {}): Verdict {
  return verdict(decide(intent, factsWith(given), { ...SETTINGS, ...settings }))
}

const templates = { greeting: templateFacts('greeting') }
const downgrade: WhenClosed = { downgrade: referenceTo('greeting') }
const followUp: WhenClosed = { follow_up: referenceTo('greeting') }

const closesIn = (ms: number) => wroteAt(plus(NOW, ms - DAY_MS))

describe('policy × window × free entry point', () => {
  const WINDOWS = {
    'never wrote': { record: NEVER_WROTE, open: false },
    open: { record: OPEN_WINDOW, open: true },
    'closes one millisecond after the margin': { record: closesIn(SETTINGS.windowMarginMs + 1), open: true },
    'closes at the margin': { record: closesIn(SETTINGS.windowMarginMs), open: false },
    'closes within the margin': { record: closesIn(SECOND_MS), open: false },
    'closed this millisecond': { record: closesIn(0), open: false },
    closed: { record: CLOSED_WINDOW, open: false },
    'refuted by 131047': { record: recordRefutation(OPEN_WINDOW, ago(SECOND_MS)), open: false },
  } satisfies Record<string, { record: WindowRecord; open: boolean }>

  const ENTRIES = { none: NO_FREE_ENTRY_POINT, open: OPEN_FREE_ENTRY_POINT } satisfies Record<string, FreeEntryPoint>

  type Policy =
    | 'fail'
    | 'hold'
    | 'downgrade'
    | 'follow_up'
    | 'when_free downgrade, otherwise hold'
    | 'when_free downgrade, otherwise fail'
    | 'when_free follow_up, otherwise hold'
    | 'when_free follow_up, otherwise fail'

  const POLICIES: Record<Policy, WhenClosed> = {
    fail: 'fail',
    hold: 'hold',
    downgrade,
    follow_up: followUp,
    'when_free downgrade, otherwise hold': { when_free: downgrade, otherwise: 'hold' },
    'when_free downgrade, otherwise fail': { when_free: downgrade, otherwise: 'fail' },
    'when_free follow_up, otherwise hold': { when_free: followUp, otherwise: 'hold' },
    'when_free follow_up, otherwise fail': { when_free: followUp, otherwise: 'fail' },
  }

  const DOWNGRADED = 'downgrade window_closed_downgraded'
  const FOLLOWED_UP = 'follow_up window_closed_followed_up'

  /** While the window is open every policy sends; this is what happens when it is not. */
  const CLOSED: Record<Policy, Record<keyof typeof ENTRIES, Verdict>> = {
    fail: { none: 'fail window_closed', open: 'fail window_closed' },
    hold: { none: 'hold awaiting_window', open: 'hold awaiting_window' },
    downgrade: { none: DOWNGRADED, open: DOWNGRADED },
    follow_up: { none: FOLLOWED_UP, open: FOLLOWED_UP },
    'when_free downgrade, otherwise hold': { none: 'hold awaiting_window', open: DOWNGRADED },
    'when_free downgrade, otherwise fail': { none: 'fail window_closed', open: DOWNGRADED },
    'when_free follow_up, otherwise hold': { none: 'hold awaiting_window', open: FOLLOWED_UP },
    'when_free follow_up, otherwise fail': { none: 'fail window_closed', open: FOLLOWED_UP },
  }

  const cells = Object.entries(POLICIES).flatMap(([policy, whenClosed]) =>
    Object.entries(WINDOWS).flatMap(([window, { record, open }]) =>
      Object.entries(ENTRIES).map(([entry, freeEntryPoint]) => {
        const expected = open ? 'send window_open' : CLOSED[policy as Policy][entry as keyof typeof ENTRIES]
        return { policy, window, entry, whenClosed, conversation: { window: record, freeEntryPoint }, expected }
      }),
    ),
  )

  it.each(cells)(
    '$policy, window $window, free entry point $entry: $expected',
    ({ whenClosed, conversation, expected }) => {
      expect(verdictOn(intentWith({ whenClosed }), { conversation, templates })).toBe(expected)
    },
  )

  it.each(Object.entries(WINDOWS))('lets a template go although the window is: %s', (_name, { record }) => {
    expect(verdictOn(templateIntent('greeting'), { conversation: { window: record }, templates })).toBe(
      'send template_allowed',
    )
  })

  const ENTRY_STATES: Record<FreeEntryPoint['state'], Verdict> = {
    none: 'hold awaiting_window',
    possible: 'hold awaiting_window',
    estimated: DOWNGRADED,
    confirmed: DOWNGRADED,
    refused: 'hold awaiting_window',
  }

  it.each(Object.entries(ENTRY_STATES))('takes a free entry point that is %s for what it is', (state, expected) => {
    const freeEntryPoint = { ...OPEN_FREE_ENTRY_POINT, state: state as FreeEntryPoint['state'] }
    const intent = intentWith({ whenClosed: { when_free: downgrade, otherwise: 'hold' } })
    expect(verdictOn(intent, { conversation: { freeEntryPoint }, templates })).toBe(expected)
  })
})

describe('templates', () => {
  type Sort =
    | 'usable'
    | 'pending'
    | 'paused'
    | 'appealed'
    | 'pending again'
    | 'of a new status'
    | 'refused though listed'
    | 'of a reviewed portfolio'
    | 'rejected'
    | 'disabled'
    | 'unknown'
    | 'not fitting'

  const FOUND: Record<Sort, TemplateFacts | null> = {
    usable: templateFacts('greeting'),
    pending: templateFacts('greeting', { status: 'PENDING' }),
    'pending again': { ...templateFacts('greeting', { status: 'PENDING' }), reviewedBefore: true },
    paused: templateFacts('greeting', { status: 'PAUSED' }),
    'refused though listed': { ...templateFacts('greeting', { status: 'PAUSED' }), refusedThoughListed: true },
    'of a reviewed portfolio': { ...templateFacts('greeting'), portfolioReviewed: true },
    appealed: templateFacts('greeting', { status: 'IN_APPEAL' }),
    'of a new status': templateFacts('greeting', { status: 'CONTEMPLATED' }),
    rejected: templateFacts('greeting', { status: 'REJECTED' }),
    disabled: templateFacts('greeting', { status: 'DISABLED' }),
    unknown: null,
    'not fitting': templateFacts('greeting', { body: 'Hello {{1}}, about {{2}}' }),
  }

  const PROBLEMS: Record<Exclude<Sort, 'usable'>, Verdict> = {
    pending: 'hold template_pending',
    'pending again': 'hold template_review',
    'refused though listed': 'hold portfolio_review',
    'of a reviewed portfolio': 'hold portfolio_review',
    paused: 'hold template_paused',
    appealed: 'hold template_review',
    'of a new status': 'hold template_pending',
    rejected: 'fail template_disabled',
    disabled: 'fail template_disabled',
    unknown: 'fail template_unknown',
    'not fitting': 'fail template_parameters',
  }

  const USES = {
    'a template message': templateIntent('greeting'),
    'a downgrade': intentWith({ whenClosed: downgrade }),
    'a follow-up': intentWith({ whenClosed: followUp }),
    'a downgrade when free': intentWith({ whenClosed: { when_free: downgrade, otherwise: 'fail' } }),
  }

  const cells = Object.entries(USES).flatMap(([use, intent]) =>
    Object.entries(PROBLEMS).map(([sort, expected]) => ({ use, sort, intent, expected })),
  )

  it.each(cells)('$use with a template that is $sort: $expected', ({ intent, sort, expected }) => {
    const conversation = { freeEntryPoint: OPEN_FREE_ENTRY_POINT }
    expect(verdictOn(intent, { conversation, templates: { greeting: FOUND[sort as Sort] } })).toBe(expected)
  })

  it("does not look at the policy's template while free-form may go", () => {
    expect(verdictOn(intentWith({ whenClosed: downgrade }), { conversation: { window: OPEN_WINDOW } })).toBe(
      'send window_open',
    )
  })

  it('names the template a held intent waits for', () => {
    const decision = decide(
      intentWith({ whenClosed: downgrade }),
      factsWith({ templates: { greeting: FOUND.paused } }),
      SETTINGS,
    )
    expect(decision).toMatchObject({
      kind: 'hold',
      heldFor: 'template',
      template: { name: 'greeting', language: 'en' },
    })
  })

  it('sends the filled template of a downgrade, and counts it as outside the window', () => {
    const decision = decide(intentWith({ whenClosed: downgrade }), factsWith({ templates }), SETTINGS)
    expect(decision).toMatchObject({
      kind: 'downgrade',
      reference: { name: 'greeting' },
      outsideWindow: true,
      message: {
        type: 'template',
        template: { name: 'greeting', components: [{ type: 'body', parameters: [{ text: 'Ana' }] }] },
      },
    })
  })

  const ALTERNATES: [
    name: string,
    found: Record<string, TemplateFacts | null>,
    expected: Verdict,
    chosen: string | null,
  ][] = [
    ['the first, when all are usable', { a: FOUND.usable, b: FOUND.usable }, 'downgrade window_closed_downgraded', 'a'],
    [
      'the first usable one, past one that waits',
      { a: FOUND.paused, b: FOUND.usable },
      'downgrade window_closed_downgraded',
      'b',
    ],
    [
      'the first usable one, past one that is gone',
      { a: FOUND.disabled, b: FOUND.usable },
      'downgrade window_closed_downgraded',
      'b',
    ],
    [
      'the first usable one, past one it does not fit',
      { a: FOUND['not fitting'], b: FOUND.usable },
      'downgrade window_closed_downgraded',
      'b',
    ],
    [
      'the first usable one, past one nobody knows',
      { a: null, b: FOUND.usable },
      'downgrade window_closed_downgraded',
      'b',
    ],
    ['to wait rather than to fail', { a: FOUND.disabled, b: FOUND.pending }, 'hold template_pending', null],
    ['to wait for the first that may come back', { a: FOUND.paused, b: FOUND.pending }, 'hold template_paused', null],
    [
      'to fail for the first reason when none can come back',
      { a: FOUND['not fitting'], b: null },
      'fail template_parameters',
      null,
    ],
  ]

  it.each(ALTERNATES)('of two alternates chooses %s', (_name, found, expected, chosen) => {
    const whenClosed = { downgrade: [referenceTo('a'), referenceTo('b')] }
    const decision = decide(intentWith({ whenClosed }), factsWith({ templates: found }), SETTINGS)
    expect(verdict(decision)).toBe(expected)
    expect(decision.kind === 'downgrade' ? decision.reference.name : null).toBe(chosen)
  })
})

describe('what comes first', () => {
  const everythingWrong: GivenFacts = {
    sender: { state: 'restricted', reason: null },
    contact: { marketing: 'out' },
    messagingLimit: { limit: 0, used: 0, counted: false, freesAt: null },
    conversation: { pairEmptiesAt: plus(NOW, DAY_MS) },
  }

  it.each([
    ['a template', templateIntent('promo', { expiresAt: NOW })],
    ['a template nobody knows', templateIntent('gone', { expiresAt: NOW })],
    ['free-form', intentWith({ priority: 'campaign', expiresAt: NOW })],
  ])('expires %s whatever else is true', (_name, intent) => {
    expect(
      verdictOn(intent, {
        ...everythingWrong,
        templates: { promo: templateFacts('promo', { category: 'MARKETING' }) },
      }),
    ).toBe('expire expired')
  })

  it('expires in the very millisecond, and not the one before', () => {
    const facts = { conversation: { window: OPEN_WINDOW } }
    expect(verdictOn(intentWith({ expiresAt: NOW }), facts)).toBe('expire expired')
    expect(verdictOn(intentWith({ expiresAt: plus(NOW, 1) }), facts)).toBe('send window_open')
  })

  const SENDERS: Record<SenderState, Verdict | null> = {
    active: null,
    paused: 'hold sender_paused',
    restricted: 'hold sender_account',
  }
  const INTENTS: [name: string, intent: IntentContent, active: Verdict][] = [
    ['free-form in an open window', intentWith(), 'send window_open'],
    ['a template', templateIntent('greeting'), 'send template_allowed'],
    ['a template nobody knows', templateIntent('gone'), 'fail template_unknown'],
  ]
  const senderCells = Object.entries(SENDERS).flatMap(([state, held]) =>
    INTENTS.map(([name, intent, active]) => ({ state: state as SenderState, name, intent, expected: held ?? active })),
  )

  it.each(senderCells)('W16 with a sender that is $state, $name: $expected', ({ state, intent, expected }) => {
    const given: GivenFacts = { sender: { state, reason: null }, conversation: { window: OPEN_WINDOW }, templates }
    expect(verdictOn(intent, given)).toBe(expected)
  })

  it('passes on why the sender is restricted', () => {
    const reason = { code: 'sender_account' as const, text: 'Meta locked the account.', graphCode: 131031 }
    expect(decide(intentWith(), factsWith({ sender: { state: 'restricted', reason } }), SETTINGS).reason).toEqual(
      reason,
    )
  })

  it('P7 suppresses marketing of a paused sender at once', () => {
    const given: GivenFacts = {
      ...everythingWrong,
      sender: { state: 'paused', reason: null },
      templates: { promo: templateFacts('promo', { category: 'MARKETING' }) },
    }
    expect(verdictOn(templateIntent('promo'), given)).toBe('suppress opted_out')
    expect(verdictOn(intentWith({ priority: 'campaign' }), given)).toBe('suppress opted_out')
  })
})

describe('consent', () => {
  type Category = 'MARKETING' | 'UTILITY' | 'AUTHENTICATION'
  type Answer = 'goes' | 'opted_out' | 'no_consent'

  /** What the contact said, of marketing and of utility alike; then whether templates need consent. */
  const CONSENT: Record<Consent, Record<'free' | 'required', Record<Category, Answer>>> = {
    unknown: {
      free: { MARKETING: 'goes', UTILITY: 'goes', AUTHENTICATION: 'goes' },
      required: { MARKETING: 'no_consent', UTILITY: 'no_consent', AUTHENTICATION: 'goes' },
    },
    in: {
      free: { MARKETING: 'goes', UTILITY: 'goes', AUTHENTICATION: 'goes' },
      required: { MARKETING: 'goes', UTILITY: 'goes', AUTHENTICATION: 'goes' },
    },
    out: {
      free: { MARKETING: 'opted_out', UTILITY: 'goes', AUTHENTICATION: 'goes' },
      required: { MARKETING: 'opted_out', UTILITY: 'no_consent', AUTHENTICATION: 'goes' },
    },
  }

  const WAYS: Record<string, { intent: IntentContent; goes: Verdict }> = {
    'a template message': { intent: templateIntent('greeting'), goes: 'send template_allowed' },
    'a downgrade': { intent: intentWith({ whenClosed: downgrade }), goes: 'downgrade window_closed_downgraded' },
    'a follow-up': { intent: intentWith({ whenClosed: followUp }), goes: 'follow_up window_closed_followed_up' },
  }

  const cells = Object.entries(CONSENT).flatMap(([consent, byNeed]) =>
    Object.entries(byNeed).flatMap(([need, byCategory]) =>
      Object.entries(byCategory).flatMap(([category, answer]) =>
        Object.entries(WAYS).map(([way, { intent, goes }]) => {
          const expected: Verdict = answer === 'goes' ? goes : `suppress ${answer}`
          return { way, consent: consent as Consent, need, category, intent, expected }
        }),
      ),
    ),
  )

  it.each(cells)('W15 $way, $category, consent $consent and $need: $expected', (cell) => {
    const { consent, need, category, intent, expected } = cell
    const given: GivenFacts = {
      contact: { marketing: consent, utility: consent },
      templates: { greeting: templateFacts('greeting', { category }) },
    }
    expect(verdictOn(intent, given, { requireOptIn: need === 'required' })).toBe(expected)
  })

  it('W9, W14 lets a template go after two silent days to who opted in, and free-form not', () => {
    const given: GivenFacts = {
      contact: { utility: 'in' },
      conversation: { window: wroteAt(ago(2 * DAY_MS)) },
      templates,
    }
    expect(verdictOn(templateIntent('greeting'), given, { requireOptIn: true })).toBe('send template_allowed')
    expect(verdictOn(intentWith(), given, { requireOptIn: true })).toBe('fail window_closed')
  })

  it('G10, P7 with marketing stopped and the window open: replies and utility go, marketing does not', () => {
    const given: GivenFacts = {
      contact: { marketing: 'out' },
      conversation: { window: OPEN_WINDOW },
      templates: { ...templates, promo: templateFacts('promo', { category: 'MARKETING' }) },
    }
    expect(verdictOn(intentWith(), given)).toBe('send window_open')
    expect(verdictOn(templateIntent('greeting'), given)).toBe('send template_allowed')
    expect(verdictOn(templateIntent('promo'), given)).toBe('suppress opted_out')
    expect(verdictOn(intentWith({ priority: 'campaign' }), given)).toBe('suppress opted_out')
  })

  it('P7 reads the category of now: a utility template that Meta made marketing is suppressed', () => {
    const greeting = templateFacts('greeting', { category: 'marketing' })
    expect(verdictOn(templateIntent('greeting'), { contact: { marketing: 'out' }, templates: { greeting } })).toBe(
      'suppress opted_out',
    )
  })
})

describe('limits', () => {
  const full: MessagingLimitUse = { limit: 250, used: 250, counted: false, freesAt: plus(NOW, HOUR_MS) }
  type Use = 'without' | 'with a place' | 'full' | 'full, this user counted'
  const USES: Record<Use, MessagingLimitUse | null> = {
    without: null,
    'with a place': { ...full, used: 249 },
    full,
    'full, this user counted': { ...full, counted: true },
  }
  const WINDOWS = { open: OPEN_WINDOW, 'about to close': closesIn(SECOND_MS), closed: CLOSED_WINDOW }
  const goes = {
    open: 'send template_allowed',
    'about to close': 'send template_allowed',
    closed: 'send template_allowed',
  } as const
  const waits = { ...goes, 'about to close': 'defer messaging_limit', closed: 'defer messaging_limit' } as const
  const MESSAGING: Record<Use, Record<keyof typeof WINDOWS, Verdict>> = {
    without: goes,
    'with a place': goes,
    full: waits,
    'full, this user counted': goes,
  }

  const cells = Object.entries(MESSAGING).flatMap(([use, byWindow]) =>
    Object.entries(byWindow).map(([window, expected]) => ({ use, window, expected })),
  )

  it.each(cells)('P6 messaging limit $use, window $window: $expected', ({ use, window, expected }) => {
    const conversation = { window: WINDOWS[window as keyof typeof WINDOWS] }
    const given: GivenFacts = { messagingLimit: USES[use as Use], conversation, templates }
    expect(verdictOn(templateIntent('greeting'), given)).toBe(expected)
  })

  it('a second message of a campaign to one person is suppressed, whatever else there is', () => {
    const given: GivenFacts = { conversation: { window: OPEN_WINDOW }, isTwin: true, quietUntil: plus(NOW, HOUR_MS) }
    expect(verdictOn(intentWith({}), given)).toBe('suppress duplicate')
  })

  it('is held for the budget of the month in which it goes', () => {
    const counts = { book: { rates: [], tiers: [] }, freeServiceUsed: 0, charged: new Map(), international: null }
    const zone = { currency: 'BRL', timeZone: 'America/Sao_Paulo' }
    const money = { ...counts, ...zone, month: '2026-11', held: new Set(['service']) }
    const at = (now: Instant) =>
      decide(intentWith({}), factsWith({ money, now, conversation: { window: wroteAt(ago(20 * HOUR_MS)) } }), SETTINGS)
    expect(at(ago(9 * HOUR_MS + 1))).toMatchObject({ heldFor: 'budget' })
    expect(at(ago(9 * HOUR_MS))).toMatchObject({ kind: 'send' })
  })

  it.each(['flow', 'run'] as const)('is held while its %s is paused, unless it ends by itself', (pausedOfFlow) => {
    const given: GivenFacts = { conversation: { window: OPEN_WINDOW }, templates, pausedOfFlow }
    for (const intent of [intentWith({}), templateIntent('greeting'), templateIntent('gone')]) {
      expect(verdictOn(intent, given)).toBe('hold flow_paused')
    }
    expect(decide(intentWith({}), factsWith(given), SETTINGS)).toMatchObject({ heldFor: 'flow' })
    expect(verdictOn(intentWith({}), { ...given, answeredBy: 'reply' })).toBe('cancel answered')
    expect(verdictOn(intentWith({ expiresAt: NOW }), given)).toBe('expire expired')
    expect(verdictOn(intentWith({}), { ...given, pausedOfFlow: null })).toBe('send window_open')
  })

  it.each([
    ['a template', templateIntent('greeting'), CLOSED_WINDOW],
    ['a downgrade', intentWith({ whenClosed: downgrade }), CLOSED_WINDOW],
    ['free-form', intentWith({}), OPEN_WINDOW],
  ])(
    'quiet hours of the campaign put %s off to their end, and no verdict that sends nothing',
    (_what, intent, window) => {
      const given: GivenFacts = { conversation: { window }, templates, quietUntil: plus(NOW, HOUR_MS) }
      expect(decide(intent, factsWith(given), SETTINGS)).toMatchObject({
        kind: 'defer',
        until: plus(NOW, HOUR_MS),
        reason: { code: 'quiet_hours' },
      })
      expect(verdictOn(intent, { ...given, quietUntil: NOW })).not.toBe('defer quiet_hours')
      expect(verdictOn(templateIntent('gone'), given)).not.toBe('defer quiet_hours')
    },
  )

  it('P6 holds a downgrade back by the messaging limit also while the window is about to close', () => {
    const given: GivenFacts = { messagingLimit: full, conversation: { window: closesIn(SECOND_MS) }, templates }
    expect(verdictOn(intentWith({ whenClosed: downgrade }), given)).toBe('defer messaging_limit')
  })

  it('says which templates take a place of the messaging limit', () => {
    const takesPlace = (window: WindowRecord) => {
      const decision = decide(templateIntent('greeting'), factsWith({ conversation: { window }, templates }), SETTINGS)
      return decision.kind === 'send' && decision.outsideWindow
    }
    expect(takesPlace(OPEN_WINDOW)).toBe(false)
    expect(takesPlace(closesIn(SECOND_MS))).toBe(true)
    expect(takesPlace(CLOSED_WINDOW)).toBe(true)
  })

  it('does not hold free-form in an open window back by the messaging limit', () => {
    expect(verdictOn(intentWith(), { messagingLimit: full, conversation: { window: OPEN_WINDOW } })).toBe(
      'send window_open',
    )
  })

  it('asks by a follow-up whatever the limits, for the invitation meets them itself', () => {
    const given: GivenFacts = { messagingLimit: full, conversation: { pairEmptiesAt: plus(NOW, HOUR_MS) }, templates }
    expect(verdictOn(intentWith({ whenClosed: followUp }), given)).toBe('follow_up window_closed_followed_up')
  })

  it.each([
    ['free-form', intentWith()],
    ['a template', templateIntent('greeting')],
  ])('P6 defers %s to the instant the pair limit allows, and keeps its turn', (_name, intent) => {
    const conversation = { window: OPEN_WINDOW, pairEmptiesAt: plus(NOW, 300 * SECOND_MS) }
    expect(decide(intent, factsWith({ conversation, templates }), SETTINGS)).toMatchObject({
      kind: 'defer',
      until: plus(NOW, 36 * SECOND_MS),
      keepsTurn: true,
      reason: { code: 'pair_limit' },
    })
  })

  it('defers a downgrade by the pair limit', () => {
    const given: GivenFacts = { conversation: { pairEmptiesAt: plus(NOW, 300 * SECOND_MS) }, templates }
    expect(verdictOn(intentWith({ whenClosed: downgrade }), given)).toBe('defer pair_limit')
  })

  it('gives up its turn while the portfolio has no place, for replies need none', () => {
    const decision = decide(templateIntent('greeting'), factsWith({ messagingLimit: full, templates }), SETTINGS)
    expect(decision).toMatchObject({ kind: 'defer', until: full.freesAt, keepsTurn: false })
  })

  it.each([
    ['messaging', HOUR_MS, 'defer messaging_limit', HOUR_MS],
    ['pair', SECOND_MS, 'defer pair_limit', 36 * SECOND_MS],
  ] as const)('defers once to the later of both limits: %s', (_name, freesInMs, expected, waitMs) => {
    const messagingLimit = { ...full, freesAt: plus(NOW, freesInMs) }
    const given: GivenFacts = { messagingLimit, conversation: { pairEmptiesAt: plus(NOW, 300 * SECOND_MS) }, templates }
    const decision = decide(templateIntent('greeting'), factsWith(given), SETTINGS)
    expect(verdict(decision)).toBe(expected)
    expect(decision).toMatchObject({ until: plus(NOW, waitMs) })
  })

  it('G3 decides by the window of the moment it leaves, not of the moment it was enqueued', () => {
    const given: GivenFacts = { conversation: { window: closesIn(MINUTE_MS) }, templates }
    const intent = intentWith({ whenClosed: downgrade })
    expect(verdictOn(intent, given)).toBe('send window_open')
    expect(verdictOn(intent, { ...given, now: plus(NOW, MINUTE_MS) })).toBe('downgrade window_closed_downgraded')
  })

  it('G4 sends the template when the window closes while the pair limit keeps free-form waiting', () => {
    const conversation = { window: closesIn(32 * SECOND_MS), pairEmptiesAt: plus(NOW, 270 * SECOND_MS) }
    const intent = intentWith({ whenClosed: downgrade })
    const first = decide(intent, factsWith({ conversation, templates }), SETTINGS)
    expect(verdict(first)).toBe('defer pair_limit')
    const now = first.kind === 'defer' ? first.until : NOW
    expect(verdictOn(intent, { now, conversation, templates })).toBe('downgrade window_closed_downgraded')
  })

  it('G4 does not start free-form with two seconds left', () => {
    expect(verdictOn(intentWith(), { conversation: { window: closesIn(2 * SECOND_MS) } })).toBe('fail window_closed')
  })
})

describe('follow-ups', () => {
  const asked = (agoMs: number, followUpOutstanding: boolean) => ({ lastFollowUpAt: ago(agoMs), followUpOutstanding })
  const CASES: [name: string, conversation: GivenFacts['conversation'], expected: Verdict][] = [
    ['asks when nobody asked before', {}, 'follow_up window_closed_followed_up'],
    ['joins the invitation that is out', asked(HOUR_MS, true), 'hold awaiting_answer'],
    ['only waits when the customer was asked not long ago', asked(HOUR_MS, false), 'hold awaiting_window'],
    ['joins until the last millisecond of the cooldown', asked(DAY_MS - 1, true), 'hold awaiting_answer'],
    ['only waits until the last millisecond of the cooldown', asked(DAY_MS - 1, false), 'hold awaiting_window'],
    ['asks again after the cooldown', asked(DAY_MS, false), 'follow_up window_closed_followed_up'],
    [
      'asks again after the cooldown although the first was not answered',
      asked(DAY_MS, true),
      'follow_up window_closed_followed_up',
    ],
  ]

  it.each(CASES)('%s', (_name, conversation, expected) => {
    expect(verdictOn(intentWith({ whenClosed: followUp }), { conversation: conversation ?? {}, templates })).toBe(
      expected,
    )
  })

  const UNUSABLE: [name: string, template: TemplateFacts | null][] = [
    ['paused', templateFacts('greeting', { status: 'PAUSED' })],
    ['disabled', templateFacts('greeting', { status: 'DISABLED' })],
    ['deleted', null],
  ]

  it.each(UNUSABLE)('joins the invitation that is out although its template is %s by now', (_name, greeting) => {
    const given: GivenFacts = { conversation: asked(HOUR_MS, true), templates: { greeting } }
    expect(verdictOn(intentWith({ whenClosed: followUp }), given)).toBe('hold awaiting_answer')
  })

  it('carries the invitation ready to be sent', () => {
    const decision = decide(intentWith({ whenClosed: followUp }), factsWith({ templates }), SETTINGS)
    expect(decision).toMatchObject({
      kind: 'follow_up',
      reference: { name: 'greeting' },
      message: { type: 'template', template: { name: 'greeting', language: { code: 'en' } } },
    })
  })
})

describe('a person whom nothing reaches', () => {
  const unreachableUntil = plus(NOW, DAY_MS)
  const contact = { unreachableUntil }

  it.each([
    ['free-form that would wait', intentWith({ whenClosed: 'hold' })],
    ['free-form with a substitute', intentWith({ whenClosed: downgrade })],
    ['free-form that would invite', intentWith({ whenClosed: followUp })],
    ['a template', templateIntent('greeting')],
    ['a template nobody knows', templateIntent('nothing')],
  ])('gets nothing outside an open window: %s', (_what, intent) => {
    for (const window of [NEVER_WROTE, CLOSED_WINDOW]) {
      const decision = decide(intent, factsWith({ contact, templates, conversation: { window } }), SETTINGS)
      expect(verdict(decision)).toBe('fail recipient_unreachable')
      expect(decision.reason.text).toContain(toIso(unreachableUntil))
    }
  })

  it('is tried all the same where somebody waits: codes, transactional messages and the invitations of these', () => {
    const given = {
      contact,
      templates: {
        ...templates,
        code: templateFacts('code', { category: 'AUTHENTICATION' }),
        late: templateFacts('late', { category: 'authentication' }),
      },
    }
    expect(verdictOn(templateIntent('code'), given)).toBe('send template_allowed')
    expect(verdictOn(templateIntent('late'), given)).toBe('send template_allowed')
    const transactional = { priority: 'transactional' as const }
    expect(verdictOn(templateIntent('greeting', transactional), given)).toBe('send template_allowed')
    expect(verdictOn(intentWith({ ...transactional, whenClosed: downgrade }), given)).toBe(
      'downgrade window_closed_downgraded',
    )
    expect(verdictOn(intentWith({ ...transactional, whenClosed: 'hold' }), given)).toBe('hold awaiting_window')
    const invitation = { priority: 'follow_up' as const, invitesFor: 'transactional' as const }
    expect(verdictOn(templateIntent('greeting', invitation), given)).toBe('send template_allowed')
    const other = { priority: 'follow_up' as const, invitesFor: 'reply' as const }
    expect(verdictOn(templateIntent('greeting', other), given)).toBe('fail recipient_unreachable')
  })

  it('is tried in an open window: who writes is there', () => {
    const given = { contact, templates, conversation: { window: OPEN_WINDOW } }
    expect(verdictOn(intentWith(), given)).toBe('send window_open')
    expect(verdictOn(templateIntent('greeting'), given)).toBe('send template_allowed')
  })

  it('is tried again from the review date', () => {
    const given = { contact, templates, now: unreachableUntil }
    expect(verdictOn(templateIntent('greeting'), given)).toBe('send template_allowed')
    expect(verdictOn(templateIntent('greeting'), { ...given, now: plus(unreachableUntil, -1) })).toBe(
      'fail recipient_unreachable',
    )
  })

  it('is tried always where nobody is to be left alone', () => {
    const off = { recipientReviewMs: 0 }
    expect(verdictOn(templateIntent('greeting'), { contact, templates }, off)).toBe('send template_allowed')
  })

  it('who opted out is left alone for that, and a sender that cannot send says nothing about them', () => {
    const marketing = { greeting: templateFacts('greeting', { category: 'MARKETING' }) }
    expect(
      verdictOn(templateIntent('greeting'), { contact: { ...contact, marketing: 'out' }, templates: marketing }),
    ).toBe('suppress opted_out')
    const sender = { state: 'paused' as const, reason: null }
    expect(verdictOn(templateIntent('greeting'), { contact, templates, sender })).toBe('hold sender_paused')
  })
})

describe('an account that Meta throttled', () => {
  const callsPausedUntil = plus(NOW, 10 * MINUTE_MS)

  it.each([
    ['a reply in an open window', intentWith(), OPEN_WINDOW],
    ['a template', templateIntent('greeting'), CLOSED_WINDOW],
    ['a substitute', intentWith({ whenClosed: downgrade }), CLOSED_WINDOW],
  ])('puts off %s until it may call again, in its turn', (_what, intent, window) => {
    const decision = decide(intent, factsWith({ callsPausedUntil, templates, conversation: { window } }), SETTINGS)
    expect(decision).toMatchObject({
      kind: 'defer',
      until: callsPausedUntil,
      keepsTurn: true,
      reason: { code: 'throughput' },
    })
  })

  it('may call in the moment the pause ends', () => {
    const given = { callsPausedUntil, now: callsPausedUntil, conversation: { window: OPEN_WINDOW } }
    expect(verdictOn(intentWith(), given)).toBe('send window_open')
  })

  it('makes nobody wait for what would not be called anyway', () => {
    expect(verdictOn(intentWith(), { callsPausedUntil })).toBe('fail window_closed')
    expect(verdictOn(intentWith({ whenClosed: 'hold' }), { callsPausedUntil })).toBe('hold awaiting_window')
    const disabled = { greeting: templateFacts('greeting', { status: 'DISABLED' }) }
    expect(verdictOn(templateIntent('greeting'), { callsPausedUntil, templates: disabled })).toBe(
      'fail template_disabled',
    )
  })

  it('is put off once, to the latest of all limits', () => {
    const messagingLimit = { limit: 1, used: 1, counted: false, freesAt: plus(NOW, HOUR_MS) }
    const given = { callsPausedUntil, templates, messagingLimit }
    expect(decide(templateIntent('greeting'), factsWith(given), SETTINGS)).toMatchObject({ until: plus(NOW, HOUR_MS) })
    const later = { ...given, callsPausedUntil: plus(NOW, 2 * HOUR_MS) }
    expect(decide(templateIntent('greeting'), factsWith(later), SETTINGS)).toMatchObject({
      until: plus(NOW, 2 * HOUR_MS),
      keepsTurn: true,
    })
  })
})

describe('decide, on anything', () => {
  const around = fc.integer({ min: -10 * DAY_MS, max: 10 * DAY_MS }).map((ms) => plus(NOW, ms))
  const maybe = fc.option(around)
  const withinTheHour = fc.integer({ min: -HOUR_MS, max: HOUR_MS }).map((ms) => plus(NOW, ms))
  const names = fc.constantFrom('a', 'b', 'c')
  const reference = names.map(referenceTo)
  const alternates = fc.oneof(reference, fc.array(reference, { minLength: 1, maxLength: 3 }))
  const going: fc.Arbitrary<Extract<WhenClosed, { downgrade: unknown } | { follow_up: unknown }>> = fc.oneof(
    alternates.map((list) => ({ downgrade: list })),
    alternates.map((list) => ({ follow_up: list })),
  )
  const policies: fc.Arbitrary<WhenClosed> = fc.oneof(
    fc.constantFrom('fail' as const, 'hold' as const),
    going,
    fc.record({ when_free: going, otherwise: fc.constantFrom('hold' as const, 'fail' as const) }),
  )
  const intents: fc.Arbitrary<IntentContent> = fc
    .tuple(fc.option(names), policies, fc.constantFrom(...PRIORITIES), around)
    .map(([template, whenClosed, priority, expiresAt]) =>
      template === null
        ? intentWith({ whenClosed, priority, expiresAt })
        : templateIntent(template, { priority, expiresAt }),
    )
  const template = fc
    .record({
      status: fc.constantFrom('APPROVED', 'PENDING', 'PAUSED', 'REJECTED', 'DISABLED', '', '__proto__'),
      category: fc.oneof(fc.constantFrom('MARKETING', 'UTILITY', 'AUTHENTICATION', 'marketing'), fc.string()),
      body: fc.constantFrom('Hello {{1}}', 'Hello {{name}}', 'Hello', 'Hello {{1}} {{2}}', ''),
    })
    .map((given) => templateFacts('a', given))
  const consent = fc.constantFrom<Consent>('unknown', 'in', 'out')
  const facts = fc.record({
    sender: fc.record({
      state: fc.constantFrom<SenderState>('active', 'paused', 'restricted'),
      reason: fc.constant(null),
    }),
    contact: fc.record({ marketing: consent, utility: consent }),
    conversation: fc.record({
      window: fc.record({ openedAt: maybe, lastInboundAt: maybe, refutedAt: maybe }),
      freeEntryPoint: fc.record({
        state: fc.constantFrom(...FREE_ENTRY_POINT_STATES),
        enteredAt: maybe,
        openedAt: maybe,
        expiresAt: maybe,
        metaConversationId: fc.constant(null),
      }),
      pairEmptiesAt: fc.option(withinTheHour),
      lastFollowUpAt: maybe,
      followUpOutstanding: fc.boolean(),
    }),
    messagingLimit: fc.option(fc.record({ limit: fc.nat(3), used: fc.nat(3), counted: fc.boolean(), freesAt: maybe })),
    templates: fc.record({ a: fc.option(template), b: fc.option(template), c: fc.option(template) }),
  })
  const settings: fc.Arbitrary<DecisionSettings> = fc.record({
    windowMarginMs: fc.nat(5 * MINUTE_MS),
    followUpCooldownMs: fc.nat(2 * DAY_MS),
    requireOptIn: fc.boolean(),
    recipientReviewMs: fc.constantFrom(0, 30 * DAY_MS),
  })

  it('always answers, with a reason somebody can read', () => {
    fc.assert(
      fc.property(intents, facts, settings, (intent, given, chosen) => {
        const decision = decide(intent, factsWith(given), chosen)
        expect(decision.reason.code).not.toBe('')
        expect(decision.reason.text).toMatch(/\.$/)
        expect(decision.reason.text).not.toMatch(/undefined|null|NaN|unknown/)
      }),
      { numRuns: 1_000 },
    )
  })

  it('P1 sends free-form only while the window stays open for the margin', () => {
    fc.assert(
      fc.property(intents, facts, settings, (intent, given, chosen) => {
        const { conversation, now, ...rest } = factsWith(given)
        const decision = decide(intent, { conversation, now, ...rest }, chosen)
        if (!('message' in decision) || decision.message.type === 'template') return
        expect(decision.kind).toBe('send')
        expect(isWindowOpen(conversation.window, now, chosen.windowMarginMs)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it('P7 sends nothing of category marketing, and no campaign, to who opted out', () => {
    fc.assert(
      fc.property(intents, facts, settings, (intent, given, chosen) => {
        const known = factsWith({ ...given, contact: { ...given.contact, marketing: 'out' } })
        const decision = decide(intent, known, chosen)
        if (!('message' in decision)) return
        if (decision.message.type === 'template') {
          const { name, language } = decision.message.template
          expect(known.template({ name, language: language.code })?.category).not.toMatch(/^marketing$/i)
        } else expect(intent.priority).not.toBe('campaign')
      }),
      { numRuns: 1_000 },
    )
  })

  it('P6 defers into the future and, when nothing changed until then, not a second time', () => {
    const use = fc.option(
      fc.record({ limit: fc.nat(3), used: fc.nat(3), counted: fc.boolean(), freesAt: withinTheHour }),
    )
    fc.assert(
      fc.property(intents, facts, use, settings, (intent, given, messagingLimit, chosen) => {
        const conversation = { ...given.conversation, window: CLOSED_WINDOW }
        const decision = decide(intent, factsWith({ ...given, messagingLimit, conversation }), chosen)
        if (decision.kind !== 'defer') return
        expect(decision.until).toBeGreaterThan(NOW)
        const then = decide(
          intent,
          factsWith({ ...given, messagingLimit, conversation, now: decision.until as Instant }),
          chosen,
        )
        expect(then.kind).not.toBe('defer')
      }),
      { numRuns: 1_000 },
    )
  })
})
