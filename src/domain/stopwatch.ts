/** Two clocks of one process, in milliseconds, each since a beginning of its own. */
export interface Clocks {
  monotonic(): number
  wall(): number
}

/**
 * Milliseconds since now, by whichever of the two clocks says more. The monotonic one stands still while a machine is suspended, and the
 * wall clock may be set back: what is trusted for a while must not outlive it because one of them missed the time.
 */
export function startStopwatch(clocks: Clocks): () => number {
  const monotonic = clocks.monotonic()
  const wall = clocks.wall()
  return () => Math.max(clocks.monotonic() - monotonic, clocks.wall() - wall)
}
