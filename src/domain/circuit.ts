import { MINUTE_MS, SECOND_MS } from './time.ts'

/*
 * The circuit of one sender: when Graph is away, its lane stands still on all machines instead of trying every message. What opens the
 * lane again is time; the first messages after the pause are the probe, and what they meet decides whether the next pause is longer.
 */

export interface Circuit {
  /** Calls in a row that Graph did not answer. */
  failures: number
  /** Process clock, milliseconds: calls that began before this belong to the outage that the last pause answered. */
  pausedUntilMs: number
}

export const CLOSED_CIRCUIT: Circuit = { failures: 0, pausedUntilMs: 0 }

/** Fewer are bad luck: a reset connection takes all its neighbours with it. */
const FAILURES_TO_OPEN = 10
const FIRST_PAUSE_MS = SECOND_MS
const LONGEST_PAUSE_MS = MINUTE_MS

/** Graph answered, whatever it said. */
export function afterAnswer(): Circuit {
  return CLOSED_CIRCUIT
}

/**
 * Graph did not answer. `pauseMs` is how long the lane should stand still from now, or null while it need not, or stands still already.
 *
 * @param nowMs process clock; measures durations only
 */
export function afterSilence(circuit: Circuit, nowMs: number): { circuit: Circuit; pauseMs: number | null } {
  if (nowMs < circuit.pausedUntilMs) return { circuit, pauseMs: null }
  const failures = circuit.failures + 1
  if (failures < FAILURES_TO_OPEN) return { circuit: { ...circuit, failures }, pauseMs: null }
  const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - FAILURES_TO_OPEN))
  return { circuit: { failures, pausedUntilMs: nowMs + pauseMs }, pauseMs }
}
