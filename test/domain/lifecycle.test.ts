import { describe, expect, it } from 'vitest'
import {
  INTENT_EVENTS,
  INTENT_STATES,
  type IntentEvent,
  type IntentState,
  isOver,
  LIFECYCLE,
  statesThatTake,
} from '../../src/domain/lifecycle.ts'

/** Where each event leads and which states take it, written down a second time so that a slip in the table shows. */
const EVENTS: Record<IntentEvent, { to: IntentState; from: IntentState[] }> = {
  open: { to: 'dispatching', from: ['scheduled'] },
  hold: { to: 'held', from: ['scheduled', 'dispatching', 'in_doubt'] },
  release: { to: 'scheduled', from: ['held'] },
  defer: { to: 'scheduled', from: ['scheduled'] },
  retry: { to: 'scheduled', from: ['dispatching', 'in_doubt'] },
  accept: { to: 'sent', from: INTENT_STATES.filter((state) => state !== 'sent') },
  doubt: { to: 'in_doubt', from: ['dispatching'] },
  fail: { to: 'failed', from: ['scheduled', 'dispatching', 'held', 'in_doubt'] },
  expire: { to: 'expired', from: ['scheduled', 'held'] },
  suppress: { to: 'suppressed', from: ['scheduled', 'dispatching', 'held', 'in_doubt'] },
  cancel: { to: 'cancelled', from: ['scheduled', 'held'] },
  fail_delivery: { to: 'failed', from: ['dispatching', 'in_doubt', 'sent'] },
  reopen: { to: 'scheduled', from: ['dispatching', 'in_doubt', 'sent'] },
  replay: { to: 'scheduled', from: ['failed', 'expired', 'cancelled'] },
}

/** What may still happen to an intent that is over. */
const AFTERLIFE: Record<
  Extract<IntentState, 'sent' | 'failed' | 'expired' | 'cancelled' | 'suppressed'>,
  IntentEvent[]
> = {
  sent: ['fail_delivery', 'reopen'],
  failed: ['accept', 'replay'],
  expired: ['accept', 'replay'],
  cancelled: ['accept', 'replay'],
  suppressed: ['accept'],
}

function takenBy(state: IntentState): IntentEvent[] {
  return INTENT_EVENTS.filter((event) => LIFECYCLE[state][event] !== null)
}

describe('lifecycle', () => {
  it('has a cell for every state and event, and no other', () => {
    expect(Object.keys(LIFECYCLE).sort()).toEqual([...INTENT_STATES].sort())
    for (const state of INTENT_STATES) expect(Object.keys(LIFECYCLE[state]).sort()).toEqual([...INTENT_EVENTS].sort())
  })

  it.each(INTENT_EVENTS)('leads %s to one state, from exactly the states that take it', (event) => {
    const { to, from } = EVENTS[event]
    expect(statesThatTake(event)).toEqual(from)
    for (const state of from) expect(LIFECYCLE[state][event]).toBe(to)
  })

  // A deferral only moves the time.
  it.each(INTENT_EVENTS.filter((event) => event !== 'defer'))('ignores %s when it comes twice', (event) => {
    expect(LIFECYCLE[EVENTS[event].to][event]).toBeNull()
  })

  it.each(Object.entries(AFTERLIFE))('P2 leaves %s only by %j', (state, events) => {
    expect(isOver(state as IntentState)).toBe(true)
    expect(takenBy(state as IntentState)).toEqual(events)
  })

  it.each(INTENT_STATES.filter((state) => !isOver(state)))('P2 lets %s end', (state) => {
    expect(takenBy(state).some((event) => isOver(EVENTS[event].to))).toBe(true)
  })

  it('reaches every state from scheduled', () => {
    const reached = new Set<IntentState>(['scheduled'])
    for (const state of reached) {
      for (const event of takenBy(state)) reached.add(EVENTS[event].to)
    }
    expect([...reached].sort()).toEqual([...INTENT_STATES].sort())
  })

  it('P3 opens an attempt only of what is scheduled, so that a message that is out is never sent beside itself', () => {
    expect(statesThatTake('open')).toEqual(['scheduled'])
  })

  it('P3 keeps whoever waits from taking an intent that is out with Meta', () => {
    for (const state of ['dispatching', 'in_doubt'] as const) {
      for (const event of ['cancel', 'expire', 'open', 'release', 'replay', 'defer'] as const) {
        expect(LIFECYCLE[state][event], `${state} × ${event}`).toBeNull()
      }
    }
  })
})
