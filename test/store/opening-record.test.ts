import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { windowOpenWords } from '../../src/domain/decision/usual-words.ts'
import { ofOpeningRecord, toOpeningRecord } from '../../src/store/intents/opening-record.ts'

type Decision = Parameters<typeof toOpeningRecord>[0]
type Written = { kind: string; price?: unknown; reason: { code: 'window_open'; text?: string }; facts: object }

const UNTIL = '2026-12-01T10:50:25.439Z'

const opening = fc.record(
  {
    window_expires_at: fc.constantFrom(UNTIL, '2026-12-02T00:00:00.000Z'),
    messaging_limit: fc.integer(),
    sender: fc.constantFrom('active', 'paused'),
    marketing: fc.constantFrom('unknown', 'in', 'out'),
    free_entry_point: fc.constantFrom('none', 'open'),
    attempts: fc.integer({ min: 0, max: 9 }),
  },
  { requiredKeys: ['sender', 'marketing', 'free_entry_point', 'attempts'] },
)
const reasons = fc.record(
  {
    code: fc.constantFrom('window_open', 'template_allowed', 'window_closed'),
    text: fc.constantFrom(
      windowOpenWords(UNTIL),
      windowOpenWords(null),
      'An approved template may go at any time.',
      '',
    ),
    graphCode: fc.integer(),
  },
  { requiredKeys: ['code', 'text'] },
)

/** As PostgreSQL gives it back. */
const stored = (decision: Decision) => JSON.parse(JSON.stringify(toOpeningRecord(decision))) as Written

describe('the decision that opened an attempt', () => {
  it('is read as it was, whatever of it was not written', () => {
    fc.assert(
      fc.property(fc.constantFrom('send', 'downgrade'), reasons, opening, (kind, reason, facts) => {
        const written = stored({ kind, reason, facts } as Decision)
        expect(written.kind).toBe(kind)
        expect(ofOpeningRecord(written.reason, written.facts as Record<string, unknown>)).toEqual({ reason, facts })
      }),
    )
  })

  it('has nothing written that is so with nearly every message', () => {
    const facts = {
      now: UNTIL,
      window_expires_at: UNTIL,
      sender: 'active',
      marketing: 'unknown',
      free_entry_point: 'none',
      attempts: 0,
    }
    const decision: Decision = { kind: 'send', reason: { code: 'window_open', text: windowOpenWords(UNTIL) }, facts }
    expect(stored(decision)).toEqual({
      kind: 'send',
      reason: { code: 'window_open' },
      facts: { now: UNTIL, window_expires_at: UNTIL },
    })
  })
})
