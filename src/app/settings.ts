import type { Config } from '../config.ts'
import { attemptLeaseMs } from '../config-rules.ts'
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
  /** Null: what is over is kept for ever. */
  retentionDays: number | null
}

/**
 * Facts older than this are not acted on, however large the margin. The whole way counts: from the reading of the facts over a full pool,
 * the opening of the attempt, a connection that is slow to come and the tries in the call, to the first byte, where the age is looked at
 * for the last time. What is left of the margin is for the way to Meta:
 *
 *   WINDOW_MARGIN_MS   facts to first byte   left for the request to land
 *   30 s (default)     5 s                   25 s
 *   2 s                1 s                   1 s
 *
 * Below two seconds no such promise is made: the age would be shorter than a busy database takes.
 */
const FACTS_GOOD_FOR_MS = 5_000

export function settingsOf(config: ResolvedConfig): AppSettings {
  return {
    windowMarginMs: config.windowMarginMs,
    followUpCooldownMs: config.followUpCooldownH * HOUR_MS,
    requireOptIn: config.requireOptIn,
    recipientReviewMs: config.recipientReviewDays * DAY_MS,
    factsGoodForMs: Math.min(FACTS_GOOD_FOR_MS, Math.max(1_000, config.windowMarginMs / 2)),
    doubt: { graceMs: config.doubtGraceMs, maxMs: config.doubtMaxMs },
    retentionDays: config.retentionDays,
    attemptLeaseMs: attemptLeaseMs(config.graphTimeoutMs),
  }
}
