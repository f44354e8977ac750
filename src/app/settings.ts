import type { Config } from '../config.ts'
import { DAY_MS, HOUR_MS } from '../domain/time.ts'
import type { DispatchSettings } from '../usecases/dispatch-intent.ts'
import type { DoubtSettings } from '../usecases/settle-doubt.ts'

/** A configuration in which everything is decided: nothing is left to be started or generated. */
export type ResolvedConfig = Config & {
  readonly databaseUrl: string
  readonly graphApiUrl: string
  readonly secretKeys: readonly Buffer[]
}

export interface AppSettings extends DispatchSettings {
  doubt: DoubtSettings
  /** An attempt that is open for longer than this belongs to a worker that is gone; milliseconds. */
  attemptLeaseMs: number
}

/**
 * Between `open` and the end of the request lie two waits for a connection and the request itself, each as long as the timeout at most.
 * The slack covers the rest: old facts, the pauses between connecting again, recording the answer.
 */
const LEASE_TIMEOUTS = 3
const LEASE_SLACK_MS = 10_000
/** Facts older than this are not acted on, however large the margin. */
const FACTS_GOOD_FOR_MS = 5_000

export function settingsOf(config: ResolvedConfig): AppSettings {
  return {
    windowMarginMs: config.windowMarginMs,
    followUpCooldownMs: config.followUpCooldownH * HOUR_MS,
    requireOptIn: config.requireOptIn,
    recipientReviewMs: config.recipientReviewDays * DAY_MS,
    factsGoodForMs: Math.min(FACTS_GOOD_FOR_MS, Math.max(1_000, config.windowMarginMs / 2)),
    doubt: { graceMs: config.doubtGraceMs, maxMs: config.doubtMaxMs },
    attemptLeaseMs: LEASE_TIMEOUTS * config.graphTimeoutMs + LEASE_SLACK_MS,
  }
}
