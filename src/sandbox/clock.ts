/** Time in the sandbox: milliseconds since the Unix epoch, UTC. `advance` moves it forward only. */
export type SandboxClock = {
  now(): number
  advance(ms: number): void
  /** How far the sandbox has been moved ahead of the clock beneath it. */
  offsetMs(): number
}

export function createClock(base: () => number, offsetMs = 0): SandboxClock {
  let offset = offsetMs
  return {
    now: () => base() + offset,
    advance(ms) {
      if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`expected milliseconds to advance by, got ${ms}`)
      offset += ms
    },
    offsetMs: () => offset,
  }
}
