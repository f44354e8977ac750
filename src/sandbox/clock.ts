/** Time in the sandbox: milliseconds since the Unix epoch, UTC. It is moved forward only. */
export type SandboxClock = {
  now(): number
  advance(ms: number): void
  /** The offset after advancing by this; a RangeError where that is not possible. */
  offsetAfter(ms: number): number
  /** How far the sandbox has been moved ahead of the clock beneath it. */
  offsetMs(): number
}

/** All moves together: ten years, so that every stamp stays one that databases and JSON can hold. */
const LONGEST_OFFSET_MS = 3_650 * 86_400_000

export function createClock(base: () => number, offsetMs = 0): SandboxClock {
  let offset = offsetMs
  function offsetAfter(ms: number): number {
    if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`expected milliseconds to advance by, got ${ms}`)
    const after = offset + Math.round(ms)
    if (after > LONGEST_OFFSET_MS) throw new RangeError('expected the clock to stay within ten years of real time')
    return after
  }

  return {
    now: () => base() + offset,
    advance(ms) {
      offset = offsetAfter(ms)
    },
    offsetAfter,
    offsetMs: () => offset,
  }
}
