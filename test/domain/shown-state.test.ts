import { describe, expect, it } from 'vitest'
import { INTENT_STATES, type IntentState } from '../../src/domain/lifecycle.ts'
import { type ShownState, shownReason, shownState } from '../../src/domain/shown-state.ts'

const PAUSED = { state: 'paused' as const, reason: { code: 'sender_paused' as const, text: 'An operator paused it.' } }
const RESTRICTED = {
  state: 'restricted' as const,
  reason: { code: 'sender_account' as const, text: 'Token refused.', graphCode: 190 },
}
const ACTIVE = { state: 'active' as const, reason: null }

describe('the state that is shown', () => {
  it.each<[IntentState, boolean, typeof ACTIVE | typeof PAUSED | typeof RESTRICTED, ShownState]>([
    ['scheduled', false, ACTIVE, 'scheduled'],
    ['scheduled', false, PAUSED, 'scheduled'],
    ['scheduled', true, ACTIVE, 'queued'],
    ['scheduled', true, PAUSED, 'held'],
    ['scheduled', true, RESTRICTED, 'held'],
  ])('of what is %s (due: %s) is %s', (state, due, sender, shown) => {
    expect(shownState({ state, due, sender })).toBe(shown)
  })

  it.each(INTENT_STATES.filter((state) => state !== 'scheduled'))('of what is %s is as stored', (state) => {
    for (const sender of [ACTIVE, PAUSED, RESTRICTED]) expect(shownState({ state, due: true, sender })).toBe(state)
  })
})

describe('the reason that is shown', () => {
  it('of what its number keeps waiting is the number’s', () => {
    expect(shownReason({ state: 'scheduled', due: true, sender: PAUSED })).toEqual({
      code: 'sender_paused',
      text: 'An operator paused it.',
    })
    expect(shownReason({ state: 'scheduled', due: true, sender: RESTRICTED })).toEqual({
      code: 'sender_account',
      text: 'Token refused.',
      graphCode: 190,
    })
  })

  it.each<[IntentState, boolean]>([
    ['scheduled', false],
    ['held', false],
    ['in_doubt', false],
  ])('of what is %s is its own', (state, due) => {
    expect(shownReason({ state, due, sender: PAUSED })).toBeNull()
  })
})
