import type { Listener } from '../store/pg/listener.ts'
import { isPassingDatabaseError } from '../store/pg/postgres.ts'
import { INBOX_CHANNEL } from '../store/webhooks/events.ts'
import { applyWebhooks } from '../usecases/apply-webhook.ts'
import { type LearnInbox, learnIdentities } from '../usecases/learn-identities.ts'
import { type ClaimLimits, restingPayloads, type WebhookInbox } from '../usecases/webhook-inbox.ts'
import { type Loop, startLoop } from '../worker/loop.ts'
import type { Metrics } from './metrics.ts'

export interface ApplyingDeps {
  inbox: WebhookInbox
  learning: LearnInbox
  listener: Listener
  metrics: Metrics
  log: Record<'warn' | 'error', (details: object, message: string) => void>
}

/** Of one round of one process. More payloads than these gain nothing, and others can take them. */
const LIMITS: ClaimLimits = { payloads: 100, bytes: 8 * 1024 * 1024 }
const LEARNT_AT_ONCE = 200
const IDLE_MS = 1_000

/** Every process applies what has been stored. */
export function startApplying({ inbox, learning, listener, metrics, log }: ApplyingDeps): Loop {
  const resting = restingPayloads()
  const loop = startLoop(
    async () => {
      const now = performance.now()
      const round = await applyWebhooks(inbox, LIMITS, resting.at(now))
      await learnIdentities(learning, LEARNT_AT_ONCE)
      metrics.webhooks.inc(round.applied)
      metrics.webhooksFailed.inc(round.failed)
      metrics.webhooksLeft.inc(round.left.length)
      resting.left(round.left, performance.now(), round.slow)
      return round.more ? 0 : Math.min(IDLE_MS, resting.msUntilNext(performance.now()))
    },
    (error) => {
      metrics.webhookErrors.inc()
      if (isPassingDatabaseError(error)) log.warn({ err: error }, 'applying webhooks broke off, tried again')
      else log.error({ err: error }, 'applying webhooks failed')
    },
  )
  listener.on(INBOX_CHANNEL, () => loop.wake())
  return loop
}
