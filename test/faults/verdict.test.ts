import { describe, expect, it } from 'vitest'
import type { SendRecord } from '../../src/sandbox/sandbox.ts'
import type { Merge, Person } from './cast.ts'
import { ACROSS, type Asked, CHARGES, compare, type StoredIntent, type Verdict } from './verdict.ts'

/* The oracle of the kill run finds each fault that it is there for, and nothing in a run that was good. */

const PERSON: Person = {
  addresses: ['551190001', 'BR.1'],
  phone: { wa_id: '551190001' },
  merge: null,
  optOut: null,
  erasure: null,
}
const MERGE: Merge = { kind: 'shows their number', round: 1, toldAt: 1_000, seenAt: 2_000 }

const asked = (key: string, more: Partial<Asked> = {}): Asked => ({
  key,
  intent: `id-${key}`,
  kind: 'message',
  person: PERSON,
  orders: ['one'],
  across: null,
  ...more,
})
const stored = (key: string, seq: number, more: Partial<StoredIntent> = {}): StoredIntent => ({
  id: `id-${key}`,
  seq,
  key,
  priority: 'reply',
  delivery: 'at_least_once',
  state: 'sent',
  wamid: `wamid-${key}`,
  reason: null,
  firstTriedAt: 0,
  decided: '',
  ...more,
})
const send = (key: string, seq: number, more: Partial<SendRecord> = {}) =>
  ({
    seq,
    at: new Date(seq).toISOString(),
    to: '+551190001',
    recipient: null,
    wamid: `wamid-${key}`,
    opaque: `id-${key}.1`,
    outcome: 'accepted',
    code: null,
    ...more,
  }) as SendRecord

function chargesOf(verdict: Verdict): string[] {
  return CHARGES.filter((charge) => verdict[charge].length > 0)
}

const judged = (one: Asked[], two: StoredIntent[], three: SendRecord[]) => chargesOf(compare(one, two, three))
const ERASED: Person = { ...PERSON, erasure: { round: 1, endedAt: 500 } }
const opposite = (across: Merge, firstTriedAt: number): string[] =>
  judged(
    [asked('a', { orders: [`x${ACROSS}`], across }), asked('b', { orders: [`x${ACROSS}`], across })],
    [stored('a', 1, { firstTriedAt }), stored('b', 2, { firstTriedAt: 2_500 })],
    [send('b', 3_000), send('a', 3_001)],
  )

describe('the verdict', () => {
  it('is good where all was sent once, in order', () => {
    expect(judged([asked('a'), asked('b')], [stored('a', 1), stored('b', 2)], [send('a', 1), send('b', 2)])).toEqual([])
  })

  it.each<[string, string[]]>([
    ['what was never stored', judged([asked('a')], [], [])],
    ['what still waits', judged([asked('a')], [stored('a', 1, { state: 'held' })], [])],
    ['what failed', judged([asked('a')], [stored('a', 1, { state: 'failed', reason: 'token_unreadable' })], [])],
    ['what is called sent and was not', judged([asked('a')], [stored('a', 1)], [])],
  ])('calls lost %s', (_what, charges) => {
    expect(charges).toEqual(['lost'])
  })

  it('calls doubled what was accepted twice', () => {
    expect(judged([asked('a')], [stored('a', 1)], [send('a', 1), send('a', 2)])).toEqual(['doubled'])
  })

  it('calls misjudged what failed though Meta has it, unless Meta could not deliver it', () => {
    const failed = stored('a', 1, { state: 'failed', reason: 'recipient_unreachable' })
    expect(judged([asked('a')], [failed], [send('a', 1)])).toEqual(['misjudged'])
    expect(judged([asked('a')], [failed], [send('a', 1, { code: 131026 })])).toEqual([])
  })

  it('knows the order of one conversation, and none of two', () => {
    const intents = [stored('a', 1), stored('b', 2)]
    const sends = [send('b', 1), send('a', 2)]
    expect(judged([asked('a'), asked('b')], intents, sends)).toEqual(['inverted'])
    expect(judged([asked('a'), asked('b', { orders: ['two'] })], intents, sends)).toEqual([])
  })

  it('knows the order across a merge, but for what was under way in it', () => {
    expect(opposite(MERGE, 2_500)).toEqual(['inverted'])
    expect(opposite(MERGE, 1_500)).toEqual([])
  })

  it('calls unheeded an offer that was accepted, and lost one that is not known to be suppressed', () => {
    const offer = asked('a', { kind: 'offer' })
    expect(judged([offer], [stored('a', 1)], [send('a', 1)])).toEqual(['unheeded'])
    expect(judged([offer], [stored('a', 1, { state: 'held' })], [])).toEqual(['lost'])
    expect(judged([offer], [stored('a', 1, { state: 'suppressed' })], [])).toEqual([])
  })

  it('takes the erased to be neither lost nor there, and never written to again', () => {
    const gone = asked('a', { kind: 'to be erased', person: ERASED })
    expect(judged([gone], [], [])).toEqual([])
    expect(judged([gone], [], [send('a', 1)])).toEqual([])
    expect(judged([gone], [stored('a', 1)], [send('a', 1)])).toEqual(['misjudged'])
    expect(judged([gone], [], [send('a', 1), send('a', 2)])).toEqual(['doubled'])
    expect(judged([gone], [], [send('a', 501, { outcome: 'refused' })])).toEqual(['afterErasure'])
    expect(judged([gone], [], [send('a', 501, { to: null, recipient: 'BR.1' })])).toEqual(['afterErasure'])
  })
})
