import type { CampaignCommand } from '../domain/campaign/lifecycle.ts'
import { PAUSED_BY_REQUEST } from '../domain/campaign/lifecycle.ts'
import { type TemplateReference, templateOfMessage, templatesOf, type WhenClosed } from '../domain/content.ts'
import type { PhoneNumberId } from '../domain/ids.ts'
import type { CampaignServices } from '../http/campaign-services.ts'
import { isUploading } from '../store/campaigns/audience.ts'
import { type CampaignRead, lockCampaign } from '../store/campaigns/campaigns.ts'
import { readShapes } from '../store/campaigns/feeding.ts'
import * as run from '../store/campaigns/run.ts'
import { DUE_CHANNEL, findSenders } from '../store/intents/enqueue.ts'
import { type Db, type Postgres, queryableOn } from '../store/pg/postgres.ts'
import { readTemplates, templateKey } from '../store/templates/templates.ts'
import { mapAnswer } from '../usecases/answer.ts'
import { commandCampaign, type RunIo, type RunTrx } from '../usecases/run-campaign.ts'
import { campaignDeed } from './campaigns.ts'
import { deedsOn } from './deeds.ts'

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

function runTrx(trx: Db, campaign: CampaignRead): RunTrx {
  const { row } = campaign
  const commands: Record<CampaignCommand, () => Promise<boolean>> = {
    start: () => run.startCampaign(trx, row),
    pause: () => run.pauseCampaign(trx, row, PAUSED_BY_REQUEST),
    resume: () => run.resumeCampaign(trx, row),
    cancel: () => run.cancelCampaign(trx, row),
  }
  return {
    campaign,
    isUploading: () => isUploading(trx, row),
    blockerFacts: () => blockerFacts(trx, campaign),
    command: (command) => commands[command](),
    state: () => run.readState(trx, row),
  }
}

async function blockerFacts(trx: Db, { row, document, total, workspace }: CampaignRead) {
  const number = document.sender as PhoneNumberId
  const sender = (await findSenders(trx, { workspace, senders: null }, [number])).get(number) ?? null
  const shapes = await readShapes(trx, row)
  const policy = (document.when_closed as WhenClosed | undefined) ?? sender?.defaultWhenClosed ?? 'fail'
  const message = document.message as Parameters<typeof templateOfMessage>[0]
  const references = message.type === 'template' ? [templateOfMessage(message)] : templatesOf(policy)
  const wabaId = sender?.wabaId
  const templates =
    wabaId === undefined
      ? new Map<string, never>()
      : await readTemplates(
          queryableOn(trx),
          references.map((reference) => ({ wabaId, reference })),
        )
  return {
    document,
    total,
    columns: shapes.map(({ columns }) => columns),
    sender: sender && {
      state: sender.state,
      reason: sender.reasonText,
      defaultWhenClosed: sender.defaultWhenClosed,
      templatesSynced: sender.templatesSynced,
    },
    template: (reference: TemplateReference) =>
      (wabaId === undefined ? null : templates.get(templateKey(wabaId, reference))) ?? null,
  }
}
