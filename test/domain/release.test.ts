import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WhenClosed } from '../../src/domain/content.ts'
import type { IntentId } from '../../src/domain/ids.ts'
import type { Release } from '../../src/domain/intent.ts'
import { planRelease, type WaitingIntent } from '../../src/domain/release.ts'
import type { Said } from '../../src/domain/words.ts'
import { referenceTo } from '../support/builders.ts'

const invite = { ...referenceTo('keep_helping'), decline: ['No, thanks!', 'DECLINED'] }
const declining: WhenClosed = { follow_up: invite }

function waiting(
  seq: number,
  given: Partial<Pick<WaitingIntent, 'release' | 'whenClosed' | 'invited'>> = {},
): WaitingIntent {
  return {
    id: idOf(seq),
    seq: BigInt(seq),
    release: 'all',
    whenClosed: 'hold',
    invited: false,
    followUpId: null,
    ...given,
  }
}

function idOf(seq: number): IntentId {
  return `intent ${seq}` as IntentId
}

const NOTHING: Said = { typed: null, tapped: null }
const tapped = (label: string | null, payload: string | null = null): Said => ({
  typed: null,
  tapped: { label, payload },
})
const typed = (text: string): Said => ({ typed: text, tapped: null })

describe('planRelease', () => {
  it('does nothing when nobody waits', () => {
    expect(planRelease([], tapped('No, thanks!'))).toEqual({ release: [], declined: [], superseded: [] })
  })

  it('P5 lets all go in the order they were enqueued, however they were read', () => {
    const plan = planRelease([waiting(3), waiting(1), waiting(10), waiting(2)], NOTHING)
    expect(plan.release).toEqual([1, 2, 3, 10].map(idOf))
  })

  it('lets the newest go alone when it is meant to be the only one', () => {
    const plan = planRelease([waiting(1), waiting(2), waiting(3, { release: 'latest' })], NOTHING)
    expect(plan).toEqual({ release: [idOf(3)], declined: [], superseded: [idOf(1), idOf(2)] })
  })

  it('keeps what was enqueued after the one that is meant to be the only one', () => {
    const plan = planRelease([waiting(1), waiting(2, { release: 'latest' }), waiting(3)], NOTHING)
    expect(plan).toEqual({ release: [idOf(2), idOf(3)], declined: [], superseded: [idOf(1)] })
  })

  it('takes the newest of several that are each meant to be the only one', () => {
    const list = [1, 2, 3].map((seq) => waiting(seq, { release: 'latest' }))
    expect(planRelease(list, NOTHING)).toEqual({ release: [idOf(3)], declined: [], superseded: [idOf(1), idOf(2)] })
  })

  const declines: [name: string, said: Said, whenClosed: WhenClosed, declined: boolean][] = [
    ['by the label', tapped('No, thanks!'), declining, true],
    ['by the payload', tapped('Not now', 'DECLINED'), declining, true],
    ['by an alternate', tapped('No, thanks!'), { follow_up: [referenceTo('first'), invite] }, true],
    ['inside when_free', tapped('No, thanks!'), { when_free: { follow_up: invite }, otherwise: 'hold' }, true],
    ['not by another button', tapped('Yes, please'), declining, false],
    ['by its words, typed', typed('no thanks'), declining, true],
    ['by the payload, typed', typed('Declined.'), declining, true],
    ['not by a message that only holds the words', typed('No, thanks! I would rather call.'), declining, false],
    ['not by a picture or a call', NOTHING, declining, false],
    ['not by a reply without label and payload', tapped(null), declining, false],
    ['not where the words belong to a downgrade', tapped('No, thanks!'), { downgrade: invite }, false],
    ['not where no follow-up was asked for', tapped('No, thanks!'), 'hold', false],
  ]

  it.each(declines)('is declined or not: %s', (_name, said, whenClosed, declined) => {
    const plan = planRelease([waiting(1, { whenClosed })], said)
    expect(plan.declined).toEqual(declined ? [idOf(1)] : [])
    expect(plan.release).toEqual(declined ? [] : [idOf(1)])
  })

  it('lets the others go when one is declined', () => {
    const plan = planRelease([waiting(1), waiting(2, { whenClosed: declining }), waiting(3)], tapped('No, thanks!'))
    expect(plan).toEqual({ release: [idOf(1), idOf(3)], declined: [idOf(2)], superseded: [] })
  })

  it('declines every invitation on STOP and lets go what waited for the window alone', () => {
    const plan = planRelease([waiting(1), waiting(2, { invited: true }), waiting(3)], typed('STOP'), true)
    expect(plan).toEqual({ release: [idOf(1), idOf(3)], declined: [idOf(2)], superseded: [] })
  })

  it('is not superseded by one that was declined', () => {
    const declined = waiting(2, { release: 'latest', whenClosed: declining })
    const plan = planRelease([waiting(1), declined], tapped('No, thanks!'))
    expect(plan).toEqual({ release: [idOf(1)], declined: [idOf(2)], superseded: [] })
  })

  it('gives every intent exactly one fate and supersedes only what is older than all that goes', () => {
    const one = fc.record({
      seq: fc.integer({ min: 1, max: 1_000 }),
      release: fc.constantFrom<Release>('all', 'latest'),
      whenClosed: fc.constantFrom<WhenClosed>('hold', declining),
    })
    const list = fc.uniqueArray(one, { selector: ({ seq }) => seq, maxLength: 15 })
    fc.assert(
      fc.property(
        list,
        fc.constantFrom(NOTHING, tapped('No, thanks!'), typed('no thanks'), tapped('Yes')),
        (intents, said) => {
          const plan = planRelease(
            intents.map(({ seq, ...given }) => waiting(seq, given)),
            said,
          )
          const fates = [...plan.release, ...plan.declined, ...plan.superseded]
          expect(fates.toSorted()).toEqual(intents.map(({ seq }) => idOf(seq)).toSorted())
          const seqOf = (id: IntentId) => Number(id.split(' ')[1])
          expect(plan.release.map(seqOf)).toEqual(plan.release.map(seqOf).toSorted((a, b) => a - b))
          const oldestGoing = Math.min(...plan.release.map(seqOf))
          for (const id of plan.superseded) expect(seqOf(id)).toBeLessThan(oldestGoing)
          if (plan.declined.length < intents.length) expect(plan.release.length).toBeGreaterThan(0)
        },
      ),
    )
  })
})
