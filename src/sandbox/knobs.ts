import { z } from 'zod'

const probability = z.number().min(0).max(1)
const delayMs = z.number().min(0)
const count = z.number().int().min(1)

/**
 * How the sandbox behaves. Every knob can be turned while it runs (`PATCH /sandbox/knobs`).
 * Delays are milliseconds of sandbox time, so moving the sandbox's clock forward passes them.
 */
export const knobsSchema = z.strictObject({
  /** Review time of a created or edited template. Null: it stays PENDING until somebody decides by hand. */
  templateApprovalMs: delayMs.nullable(),
  /** Time from acceptance to `sent`, from `sent` to `delivered`, and from `delivered` to `read`. */
  statusDelayMs: delayMs,
  /** Share of delivered messages that are read by themselves. */
  readShare: probability,
  /** Share of sends to unseeded numbers that end as 131026, as if the number had no WhatsApp. */
  undeliverableShare: probability,
  webhookDuplicate: probability,
  /** Share of webhook events held back until a few later ones have gone out. */
  webhookReorder: probability,
  webhookLoss: probability,
  /** Events per POST, at most. They only join when several wait. */
  webhookBatch: count,
  /** POSTs in flight. Events of one conversation always share a lane, so they keep their order. */
  webhookConcurrency: count,
  /** Tries after the first one that did not answer 200, each twice as far away as the one before. */
  webhookRetries: z.number().int().min(0),
  webhookRetryBaseMs: delayMs,
  signWebhooks: z.boolean(),
  /** A closed window refuses the call, or accepts it and reports 131047 as a `failed` status, as Meta often does. */
  windowErrorMode: z.enum(['sync', 'webhook']),
  /** Messages per rolling second and business number; a number may have its own. Inbound messages count too. */
  throughputMps: count,
  /** Headroom above the throughput before 130429, since arrivals bunch up on their way. */
  throughputTolerance: z.number().min(1),
  pairBurst: count,
  pairRefillMs: count,
  /** Distinct users a portfolio may start a conversation with in a rolling 24 hours; null is unlimited. */
  messagingLimit: count.nullable(),
  /** Meta documents no code for the messaging limit; this one is our guess. */
  messagingLimitCode: z.number().int(),
  /** Management calls per WABA and hour. Source: Meta, graph-api rate limits for WhatsApp (read 2026-11). */
  managementCallsPerHour: count,
  /** Added to every answer of the Graph API. */
  latencyMs: delayMs,
  /** Messages of the free service tier per number and calendar month of the account's zone. */
  freeServiceMessages: z.number().int().min(0),
  /**
   * What becomes of messages that have to be paid, of an account without a payment method: refused with 131042, accepted and failed with it, or
   * accepted and never heard of again. Meta documents the code, and a partner the silence.
   */
  unpaidMode: z.enum(['refuse', 'fail', 'vanish']),
  /** Whether the health of such an account tells of its payment. */
  healthTellsPayment: z.boolean(),
  /** Length of a free entry point window. Meta says "up to 7 days" since 2026-10 and 72 hours before. */
  freeEntryPointMs: delayMs,
  /** Meta does not say whether a reaction (or an unsupported message) opens the customer service window. */
  reactionsOpenWindow: z.boolean(),
  /** Marketing templates to numbers of the United States fail with 131049. */
  usMarketingBlock: z.boolean(),
  /** Whether statuses carry a conversation object for every message (v23) or only in a free entry point (v24). */
  apiVersionPayload: z.enum(['v23', 'v24']),
  /** Decides every roll of chance. Runs with the same seed and the same events repeat. */
  randomSeed: z.number().int(),
})

export type Knobs = z.infer<typeof knobsSchema>

const DAY_MS = 24 * 60 * 60 * 1000

export const DEFAULT_KNOBS: Knobs = {
  templateApprovalMs: 3_000,
  statusDelayMs: 20,
  readShare: 0,
  undeliverableShare: 0,
  webhookDuplicate: 0,
  webhookReorder: 0,
  webhookLoss: 0,
  webhookBatch: 1,
  webhookConcurrency: 8,
  webhookRetries: 8,
  webhookRetryBaseMs: 1_000,
  signWebhooks: true,
  windowErrorMode: 'sync',
  throughputMps: 80,
  throughputTolerance: 1.1,
  pairBurst: 45,
  pairRefillMs: 6_000,
  messagingLimit: null,
  messagingLimitCode: 131048,
  managementCallsPerHour: 5_000,
  latencyMs: 0,
  freeServiceMessages: 1_000,
  unpaidMode: 'fail',
  healthTellsPayment: true,
  freeEntryPointMs: 3 * DAY_MS,
  reactionsOpenWindow: false,
  usMarketingBlock: true,
  apiVersionPayload: 'v24',
  randomSeed: 1,
}
