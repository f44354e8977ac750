import { Readable } from 'node:stream'
import { audienceServices } from '../../src/app/audience.ts'
import { campaignReportServices } from '../../src/app/campaign-report.ts'
import { campaignRunServices } from '../../src/app/campaign-run.ts'
import { campaignServices } from '../../src/app/campaigns.ts'
import type { CampaignCommand } from '../../src/domain/campaign/lifecycle.ts'
import type { Postgres } from '../../src/store/pg/postgres.ts'
import { CALLER } from './access.ts'

/** Campaigns past HTTP, for suites that have a database and no server. */
export function campaignsOn(postgres: Postgres) {
  const services = {
    ...campaignServices(postgres),
    ...audienceServices(postgres),
    ...campaignRunServices(postgres),
    ...campaignReportServices(postgres),
  }
  return {
    ...services,
    /** A draft with this list; the CSV needs a header. */
    async listed(given: Record<string, unknown>, csv: string): Promise<{ id: string; row: number }> {
      const made = await services.createCampaign(CALLER, { name: 'Spring', ...given })
      if (!made.ok) throw new Error(made.refusal.message)
      const id = made.value.id as string
      const stream = Readable.from([Buffer.from(csv)])
      const read = await services.importAudience(CALLER, id, { stream, charset: null, defaultCountry: undefined })
      if (!read.ok) throw new Error(read.refusal.message)
      const { rows } = await postgres.pool.query('select id from campaigns where public_id = $1', [id])
      return { id, row: rows[0].id }
    },
    async command(id: string, command: CampaignCommand): Promise<string> {
      const answer = await services.commandCampaign(CALLER, id, command, {})
      if (!answer.ok) throw new Error(answer.refusal.message)
      return answer.value.state as string
    },
    async counts(id: string): Promise<Record<string, number> & { total: number }> {
      const answer = await services.getCampaign(CALLER, id)
      if (!answer.ok) throw new Error(answer.refusal.message)
      return answer.value.counts as Record<string, number> & { total: number }
    },
  }
}

export type CampaignsOn = ReturnType<typeof campaignsOn>
