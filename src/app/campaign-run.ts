import type { CampaignCommand } from '../domain/campaign/lifecycle.ts'
import { PAUSED_BY_REQUEST } from '../domain/campaign/lifecycle.ts'
import type { CampaignServices } from '../http/campaign-services.ts'
import { isUploading } from '../store/campaigns/audience.ts'
import { type CampaignFacts, lockCampaign } from '../store/campaigns/campaigns.ts'
import { countUnderWay } from '../store/campaigns/counts.ts'
import { readEstimate } from '../store/campaigns/estimates.ts'
import * as run from '../store/campaigns/run.ts'
import { DUE_CHANNEL } from '../store/intents/enqueue.ts'
import type { Db, Postgres } from '../store/pg/postgres.ts'
import { mapAnswer } from '../usecases/answer.ts'
import { commandCampaign, type RunIo, type RunTrx } from '../usecases/run-campaign.ts'
import { blockerFacts } from './campaign-facts.ts'
import { beginWatch } from './campaign-watch.ts'
import { campaignDeed } from './campaigns.ts'
import { deedsOn } from './deeds.ts'
import { currentEstimate } from './estimating.ts'

/** Tells whoever leads that a campaign was started, or goes on, or is to be cancelled. */
export const CAMPAIGNS_CHANNEL = 'casement_campaigns'

/** Campaigns, for whoever runs them. */
export function campaignRunServices(postgres: Postgres): Pick<CampaignServices, 'commandCampaign'> {
  const io = runIo(postgres)
  return {
    commandCampaign: async (caller, id, command, options) =>
      mapAnswer(await commandCampaign(io, caller, id, command, options), ({ state, checked }) => ({
        state,
        ...(checked === undefined ? {} : { checked }),
      })),
  }
}

function runIo(postgres: Postgres): RunIo {
  const deeds = deedsOn(postgres)
  return {
    async within(doer, id, command, work) {
      const answer = await deeds(
        doer,
        async (trx) => {
          const campaign = await lockCampaign(trx, doer, id)
          return campaign && work(runTrx(trx, campaign))
        },
        (commanded) => (commanded?.ok && commanded.value.moved ? campaignDeed(command, id) : null),
      )
      if (answer?.ok && answer.value.moved) {
        postgres.signals.send(CAMPAIGNS_CHANNEL)
        if (command === 'resume') postgres.signals.send(DUE_CHANNEL)
      }
      return answer
    },
  }
}

function runTrx(trx: Db, campaign: CampaignFacts): RunTrx {
  const { row } = campaign
  const commands: Record<CampaignCommand, () => Promise<boolean>> = {
    start: () => run.startCampaign(trx, row),
    pause: () => run.pauseCampaign(trx, row, PAUSED_BY_REQUEST),
    resume: () => run.resumeCampaign(trx, row),
    cancel: () => run.cancelCampaign(trx, row),
  }
  return {
    campaign,
    isUnderWay: async () => (await countUnderWay(trx, row)).underWay > 0,
    isUploading: () => isUploading(trx, row),
    blockerFacts: () => blockerFacts(trx, campaign),
    estimateBlockers: async () => currentEstimate(await readEstimate(trx, row), campaign)?.blockers ?? null,
    async command(command) {
      const moved = await commands[command]()
      if (moved && (command === 'start' || command === 'resume')) await beginWatch(trx, row)
      return moved
    },
    state: () => run.readState(trx, row),
  }
}
