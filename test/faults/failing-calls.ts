import type { SendAnswer } from '../../src/graph/answer.ts'
import type { Fate } from './faulty-postgres.ts'

/* One call to the outside fails. */

export const MODES = [
  'fails before it takes effect',
  'fails after it took effect',
  'is the last before the worker dies',
  'is done when the worker dies',
] as const
export type Mode = (typeof MODES)[number]

/** Fails call number `n` (from 1); after a death every later call fails too. Counts the calls. */
export function fateOf(n: number, mode: Mode) {
  const counter = { calls: 0, answerLost: false }
  let dead = false
  const lost = () => Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' })
  const fate: Fate = async (run) => {
    if (dead) throw new Error('the worker is dead')
    counter.calls += 1
    if (counter.calls !== n) return run()
    switch (mode) {
      case 'fails before it takes effect':
        throw lost()
      case 'fails after it took effect':
        await run()
        throw lost()
      case 'is the last before the worker dies':
        dead = true
        throw new Error('the worker died')
      case 'is done when the worker dies':
        dead = true
        await run()
        throw new Error('the worker died')
    }
  }
  /** A call to Meta has no connection to lose but its own: its answer says that nobody knows. */
  const graph = async (send: () => Promise<SendAnswer>): Promise<SendAnswer> => {
    try {
      return await fate(send)
    } catch (error) {
      if (dead) throw error
      counter.answerLost = true
      return { kind: 'uncertain', why: 'reset', httpStatus: null }
    }
  }
  return { counter, fate, graph }
}
