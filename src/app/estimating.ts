import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Purview } from '../domain/access.ts'
import type { DecisionSettings } from '../domain/decision.ts'
import type { PhoneNumberId } from '../domain/ids.ts'
import type { CampaignServices } from '../http/campaign-services.ts'
import { withPlace } from '../store/accounts/messaging-limits.ts'
import { readAcquaintances } from '../store/campaigns/acquaintances.ts'
import { type CampaignRead, readCampaign } from '../store/campaigns/campaigns.ts'
import * as store from '../store/campaigns/estimates.ts'
import { readLines, readShapes } from '../store/campaigns/feeding.ts'
import { readConversationStates } from '../store/conversations/ensure.ts'
import { findSenders } from '../store/intents/enqueue.ts'
import { countMarketing } from '../store/intents/marketing.ts'
import type { OptOutBook } from '../store/people/opt-outs.ts'
import { readProfiles } from '../store/people/profiles.ts'
import { findOwners } from '../store/people/resolve.ts'
import { databaseNow } from '../store/pg/clock.ts'
import { type Postgres, queryableOn } from '../store/pg/postgres.ts'
import { readTemplates, templateKey } from '../store/templates/templates.ts'
import { type Answer, done, refused } from '../usecases/answer.ts'
import { type EstimateIo, estimateCampaign } from '../usecases/estimate-campaign.ts'
import type { Estimate } from '../usecases/estimate-summary.ts'
import { unknownCampaign } from '../usecases/manage-campaigns.ts'
import { blockerFacts } from './campaign-facts.ts'
import type { Pricing } from './pricing.ts'

export interface EstimatingDeps {
  postgres: Postgres
  optOuts: OptOutBook
  pricing: Pick<Pricing, 'of'>
  settings: DecisionSettings
  onError(error: Error): void
}

/** Windows close and prices change: what was counted longer ago is counted again for whoever asks. */
const FRESH_S = 600
/** Whoever asks for a small list waits for it. */
const PATIENCE_MS = 1_500

/** The estimate of the list as it is; null where there is none, or it is too old. */
export function currentEstimate(
  kept: store.KeptEstimate | null,
  { audience_version }: Pick<CampaignRead, 'audience_version'>,
): Estimate | null {
  if (kept === null || kept.result === null || kept.version !== audience_version || kept.ageS > FRESH_S) return null
  return kept.result as Estimate
}

/** Counting goes on when whoever asked is gone, and ends with the process; then somebody else begins anew. */
export function createEstimator(deps: EstimatingDeps) {
  const { db } = deps.postgres
  const io = estimateIo(deps)
  const running = new Set<Promise<void>>()
  let stopped = false

  async function count(campaign: CampaignRead, lease: string): Promise<void> {
    try {
      const told = async (read: number) => !stopped && (await store.renewEstimate(db, campaign.row, lease, read))
      const estimate = await estimateCampaign(io, deps.settings, campaign, told)
      if (estimate !== null) await store.finishEstimate(db, campaign.row, lease, estimate)
      else await store.dropEstimate(db, campaign.row, lease)
    } catch (error) {
      deps.onError(new Error(`the estimate of campaign ${campaign.id} failed`, { cause: error }))
      await store.dropEstimate(db, campaign.row, lease).catch(() => {})
    }
  }

  async function begin(campaign: CampaignRead): Promise<void> {
    const lease = randomUUID()
    if (!(await store.beginEstimate(db, campaign.row, campaign.audience_version, campaign.total, lease))) return
    const counting = count(campaign, lease).finally(() => running.delete(counting))
    running.add(counting)
    const enough = new AbortController()
    await Promise.race([counting, delay(PATIENCE_MS, undefined, { signal: enough.signal }).catch(() => {})])
    enough.abort()
  }

  async function estimate(purview: Purview, id: string) {
    const campaign = await readCampaign(db, purview, id)
    if (campaign === null) return unknownCampaign<Record<string, unknown>>(id)
    const kept = await store.readEstimate(db, campaign.row)
    if (campaign.state !== 'draft' && campaign.state !== 'scheduled') return ofStarted(campaign, kept)
    if (currentEstimate(kept, campaign) === null && !(kept?.isCounted && kept.version === campaign.audience_version)) {
      await begin(campaign)
    }
    const version = campaign.audience_version
    const now = await store.readEstimate(db, campaign.row)
    const ready = currentEstimate(now, campaign)
    if (ready !== null) return done({ version, state: 'ready', ...ready })
    return done({ version, state: 'computing', done: now?.done ?? 0, total: campaign.total })
  }

  return {
    services: { estimateCampaign: estimate } satisfies Pick<CampaignServices, 'estimateCampaign'>,
    async stop(): Promise<void> {
      stopped = true
      await Promise.all(running)
    },
  }
}

/** What was counted before it began; nothing is counted any more. */
function ofStarted({ id, state }: CampaignRead, kept: store.KeptEstimate | null): Answer<Record<string, unknown>> {
  if (kept?.result) return done({ version: kept.version, state: 'ready', ...(kept.result as Estimate) })
  const message = `expected campaign ${id} to be a draft, got one that is ${state} and was never estimated`
  return refused({ status: 409, code: 'wrong_state', message })
}

function estimateIo({ postgres: { db }, optOuts, pricing }: EstimatingDeps): EstimateIo {
  const client = queryableOn(db)
  return {
    now: () => databaseNow(db),
    findSenders: (purview, senders) => findSenders(db, purview, senders),
    readProfiles: (ids) => readProfiles(client, ids),
    readTemplates: (keys) => readTemplates(client, keys),
    templateKey,
    money: (senders) => pricing.of(senders),
    shapes: (row) => readShapes(db, row),
    lines: (row, after, limit) => readLines(db, row, after, limit),
    findOwners: (workspace, ids) => findOwners(db, workspace, ids),
    findOptedOut: (workspace, ids) => optOuts.find(db, workspace, ids),
    states: (pairs) => readConversationStates(db, pairs),
    withPlace: (portfolioId, contacts) => withPlace(client, portfolioId, contacts),
    countMarketing: (asked) => countMarketing(client, asked),
    acquaintances: (numbers, contacts, now, marginMs) => readAcquaintances(db, numbers, contacts, now, marginMs),
    blockerFacts: (campaign) => blockerFacts(db, campaign),
    pace: (sender: PhoneNumberId) => store.readSendingPace(db, sender),
    lists: (row) => store.readListCounts(db, row),
    templateHealth: ({ wabaId }, references) => store.readTemplateQuality(db, wabaId, references),
  }
}
