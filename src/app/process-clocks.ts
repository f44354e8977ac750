import type { Clocks } from '../domain/stopwatch.ts'

/** Measures durations only; what is due or over is judged by the database's clock. */
export const PROCESS_CLOCKS: Clocks = { monotonic: () => performance.now(), wall: () => Date.now() }
