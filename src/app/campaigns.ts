import type { Deed } from '../domain/audit.ts'
import type { CampaignServices } from '../http/campaign-services.ts'
import * as store from '../store/campaigns/campaigns.ts'
import { tellingNumbers } from '../store/campaigns/telling.ts'
import { findSenders } from '../store/intents/enqueue.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import { type Answer, done, mapAnswer } from '../usecases/answer.ts'
import * as manage from '../usecases/manage-campaigns.ts'
import { mapPage } from '../usecases/paging.ts'
import { deedsOn } from './deeds.ts'
import { viewOfCampaign } from './views/campaign.ts'

/** Campaigns, for whoever makes them. */
export function campaignServices(
  postgres: Postgres,
): Pick<CampaignServices, 'createCampaign' | 'updateCampaign' | 'getCampaign' | 'listCampaigns'> {
  const io = manageIo(postgres)
  return {
    createCampaign: async (caller, input) => mapAnswer(await manage.createCampaign(io, caller, input), viewOfCampaign),
    updateCampaign: async (caller, id, patch) =>
      mapAnswer(await manage.updateCampaign(io, caller, id, patch), viewOfCampaign),
    getCampaign: async (caller, id) => mapAnswer(await manage.getCampaign(io, caller, id), viewOfCampaign),
    listCampaigns: async (caller, query) => mapPage(await manage.listCampaigns(io, caller, query), viewOfCampaign),
  }
}

function manageIo(postgres: Postgres): manage.ManageCampaignsIo {
  const { db } = postgres
  const deeds = deedsOn(postgres)
  return {
    portfolios: async (purview, numbers) =>
      new Map([...(await findSenders(db, purview, numbers))].map(([number, { portfolioId }]) => [number, portfolioId])),
    create: (doer, name, document) =>
      deeds(
        doer,
        (trx) => store.createCampaign(trx, { workspace: doer.workspace, name, document, createdBy: doer.actor }),
        ({ id }) => campaignDeed('create', id, tellingNumbers(document)),
      ),
    read: (purview, id) => store.readCampaign(db, purview, id),
    list: (purview, name, before, limit) => store.listCampaigns(db, purview, name, before, limit),
    change: (doer, id, change) =>
      deeds(
        doer,
        async (trx): Promise<Answer<store.CampaignRead> | null> => {
          const campaign = await store.lockCampaign(trx, doer, id)
          if (campaign === null) return null
          const changed = await change(campaign)
          return changed.ok ? done(await store.rewriteCampaign(trx, campaign, changed.value)) : changed
        },
        (changed) => (changed?.ok ? campaignDeed('update', id) : null),
      ),
  }
}

/** Never with contents: a list is of people, and a text is written to them. */
export function campaignDeed(what: string, id: string, detail: Deed['detail'] = {}): Deed {
  return { action: `campaign.${what}`, object: { kind: 'campaign', id }, detail }
}
