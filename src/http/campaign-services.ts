import type { Readable } from 'node:stream'
import type { AudienceSource } from '../domain/campaign/audience-source.ts'
import type { CampaignCommand } from '../domain/campaign/lifecycle.ts'
import type { ListFormat } from '../usecases/import-audience.ts'
import type { CampaignInput, CampaignsQuery } from '../usecases/manage-campaigns.ts'
import type { Answer, Caller, Page, View } from './services.ts'

/** What the HTTP API asks about campaigns, see services.ts. */
export interface CampaignServices {
  createCampaign(caller: Caller, input: CampaignInput): Promise<Answer<View>>
  updateCampaign(caller: Caller, id: string, patch: Record<string, unknown>): Promise<Answer<View>>
  getCampaign(caller: Caller, id: string): Promise<Answer<View>>
  /** Newest first. */
  listCampaigns(caller: Caller, query: CampaignsQuery): Promise<Answer<Page<View>>>
  /** What it will come to; `state` says whether that is counted still. Of the list as it is, and begun where nobody has. */
  estimateCampaign(caller: Caller, id: string): Promise<Answer<View>>
  /** Start, pause, resume, cancel. */
  commandCampaign(
    caller: Caller,
    id: string,
    command: CampaignCommand,
    options: { estimateVersion?: number | undefined },
  ): Promise<Answer<View>>
  /** What became of everybody on its list, as it streams. */
  campaignRecipients(caller: Caller, id: string, format: 'csv' | 'ndjson'): Promise<Answer<Readable>>
  campaignFailures(caller: Caller, id: string): Promise<Answer<View>>
  /** A child for those who were not reached. */
  retryCampaign(
    caller: Caller,
    id: string,
    wish: { reasons: string[]; includeUnconfirmed: boolean },
  ): Promise<Answer<View>>
  /** A list streams in. `charset` as its sender names it; null: what the file says itself, or UTF-8. */
  importAudience(
    caller: Caller,
    id: string,
    list: { stream: Readable; charset: string | null; defaultCountry: string | undefined; format?: ListFormat },
  ): Promise<Answer<View>>
  /** A list of who is known here. `state` says whether all of it is there: a long one comes after the answer. */
  copyAudience(caller: Caller, id: string, source: AudienceSource): Promise<Answer<View>>
  /** Its lists, and what comes in. */
  listAudience(caller: Caller, id: string): Promise<Answer<View>>
  /** CSV of what was wrong with lines of all uploads. */
  audienceErrors(caller: Caller, id: string): Promise<Answer<Readable>>
}
