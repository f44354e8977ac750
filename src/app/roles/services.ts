import { verifySignature } from '../../graph/webhook.ts'
import { sameSecret } from '../../http/same-secret.ts'
import type { Services } from '../../http/services.ts'
import { TokenVaultError } from '../../store/accounts/token-vault.ts'
import { OptOutsUnreadable } from '../../store/people/opt-outs.ts'
import { isPassingDatabaseError } from '../../store/pg/postgres.ts'
import { audienceServices } from '../audience.ts'
import { audienceCopying } from '../audience-copying.ts'
import { campaignReportServices } from '../campaign-report.ts'
import { campaignRunServices } from '../campaign-run.ts'
import { campaignServices } from '../campaigns.ts'
import { endpointServices } from '../endpoints.ts'
import { batchRecorder, enqueueOn } from '../enqueueing.ts'
import { createEstimator } from '../estimating.ts'
import { flowServices } from '../flows.ts'
import { forecastOn } from '../forecasting.ts'
import { createLiveFeed } from '../live-feed.ts'
import { createManagement } from '../management.ts'
import { moneyServices } from '../money.ts'
import { PASSING_CHANNEL } from '../passing-on.ts'
import { createPatience } from '../patience.ts'
import { createReceiver } from '../receiving.ts'
import { viewOfSetUp } from '../set-up.ts'
import type { createTemplateSync } from '../template-sync.ts'
import type { Closers, Shared } from './shared.ts'

/** What entry points call, and what they have in common with a worker. */
export async function createServices(
  shared: Shared,
  version: string,
  closers: Closers,
): Promise<{ services: Services; templateSync: ReturnType<typeof createTemplateSync> }> {
  const { config, settings, log: logger, metrics, postgres, optOuts, courier, pricing } = shared
  const { templateSync, tellRefusals, ...management } = await createManagement({
    ...shared,
    logger,
    bootstrapKeys: config.apiKeys,
    metaAppId: config.metaAppId,
  })
  closers.push(templateSync.settled, tellRefusals)
  const live = createLiveFeed({
    postgres,
    listener: shared.listener,
    windowMarginMs: settings.windowMarginMs,
    version,
    onError: (error) => logger.warn({ err: error }, 'telling those who look failed, tried again'),
  })
  closers.push(live.close)
  const setUp = {
    verifyToken: config.metaVerifyToken,
    hasAppSecret: config.metaAppSecrets.length > 0,
    isSandbox: shared.sandboxed,
  }
  const receive = createReceiver(postgres)
  const estimator = createEstimator({
    ...shared,
    onError: (error) => logger.warn({ err: error }, 'an estimate failed; whoever asks again begins another'),
  })
  const patience = createPatience({
    onError: (error) => logger.warn({ err: error }, 'a list was not copied; whoever asks again begins another'),
  })
  closers.push(estimator.stop, patience.stop)
  const services: Services = {
    ...management,
    ...moneyServices(postgres, pricing),
    ...campaignServices(postgres),
    ...campaignRunServices(postgres),
    ...campaignReportServices(postgres, patience),
    ...estimator.services,
    ...audienceServices(postgres),
    ...audienceCopying(postgres, patience),
    ...flowServices(shared),
    ...endpointServices({
      ...shared,
      problemWithUrl: courier.problemWithUrl,
      wake: () => postgres.signals.send(PASSING_CHANNEL),
    }),
    joinLive: live.join,
    setup: (caller, base) => viewOfSetUp(postgres.db, setUp, caller, base),
    forecastIntent: (caller, input) => forecastOn(postgres, settings, pricing, caller, input),
    enqueue: (caller, inputs) => enqueueOn(postgres, optOuts, settings, caller, inputs, undefined, pricing),
    enqueueBatch: (caller, inputs) =>
      enqueueOn(postgres, optOuts, settings, caller, inputs, batchRecorder(caller), pricing),
    verifyToken: (token) => config.metaVerifyToken !== null && sameSecret(token, config.metaVerifyToken),
    async receiveWebhook(raw, signature) {
      if (!verifySignature(raw, signature, config.metaAppSecrets)) return false
      await receive(raw.toString('utf8'))
      return true
    },
    // Another process may have the secret that opens them: what passes there is no failure of the request's.
    isAway: (error) =>
      isPassingDatabaseError(error) || error instanceof OptOutsUnreadable || error instanceof TokenVaultError,
    notReady: () => notReady(shared),
    metrics: async () => ({ contentType: metrics.registry.contentType, body: await metrics.registry.metrics() }),
  }
  return { services, templateSync }
}

/** Why this process should get no work, in words for an operator. */
async function notReady({ postgres, backend, optOuts, tokens }: Shared): Promise<string[]> {
  const checks: [string, Promise<void>][] = [
    ['the database does not answer', postgres.ping()],
    [`the lanes (${backend.kind}) do not answer`, backend.ping()],
    [
      'the opt-outs of erased contacts cannot be looked up: CASEMENT_SECRET does not open their key',
      readable(optOuts.check(postgres.db)),
    ],
  ]
  const results = await Promise.allSettled(checks.map(([, check]) => check))
  const reasons = checks.flatMap(([reason], i) => (results[i]?.status === 'rejected' ? [reason] : []))
  const locked = tokens.unready()
  return locked === null ? reasons : [...reasons, locked]
}

/** Whether the secret fits; that the database is away is told by its own check. */
async function readable(check: Promise<void>): Promise<void> {
  await check.catch((error) => {
    if (error instanceof OptOutsUnreadable) throw error
  })
}
