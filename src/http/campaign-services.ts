import type { CampaignInput } from '../usecases/manage-campaigns.ts'
import type { Answer, Caller, Page, View } from './services.ts'

/** What the HTTP API asks about campaigns, see services.ts. */
export interface CampaignServices {
  createCampaign(caller: Caller, input: CampaignInput): Promise<Answer<View>>
  updateCampaign(caller: Caller, id: string, patch: Record<string, unknown>): Promise<Answer<View>>
  getCampaign(caller: Caller, id: string): Promise<Answer<View>>
  /** Newest first. */
  listCampaigns(caller: Caller, query: { cursor?: string | undefined; limit: number }): Promise<Answer<Page<View>>>
}
