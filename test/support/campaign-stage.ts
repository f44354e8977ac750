import { feedOn } from '../../src/app/feeding.ts'
import type { Pricing } from '../../src/app/pricing.ts'
import type { DecisionSettings } from '../../src/domain/decision.ts'
import type { Postgres } from '../../src/store/pg/postgres.ts'
import { type CampaignsOn, campaignsOn } from './lists.ts'
import { createRows, type Rows } from './rows.ts'

export const SETTINGS: DecisionSettings & { recipientReviewMs: number } = {
  windowMarginMs: 0,
  followUpCooldownMs: 0,
  requireOptIn: false,
  recipientReviewMs: 0,
}

/** Nothing is known of what anything costs. */
export const UNPRICED: Pick<Pricing, 'of'> = { of: async () => new Map() }

/** What suites of what is handed over begin with: a database of their own, and campaigns in it. */
export interface CampaignStage {
  rows: Rows
  campaigns: CampaignsOn
  /** Of somebody whom nobody has written to. */
  digits(): string
  some(count: number): string[]
  /** One round, as whoever leads hands over. */
  feed(row: number, given?: { postgres?: Postgres; pricing?: Pick<Pricing, 'of'> }): ReturnType<typeof feedOn>
}

export async function openCampaignStage(): Promise<CampaignStage> {
  const rows = await createRows()
  let next = 0
  const digits = () => `551193${String(++next).padStart(7, '0')}`
  return {
    rows,
    campaigns: campaignsOn(rows.postgres),
    digits,
    some: (count) => Array.from({ length: count }, digits),
    feed: (row, { postgres = rows.postgres, pricing = UNPRICED } = {}) =>
      feedOn({ postgres, optOuts: rows.optOuts, settings: SETTINGS, pricing }, row),
  }
}
