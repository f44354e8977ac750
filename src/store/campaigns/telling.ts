import { sql } from 'kysely'
import type { NewsKind } from '../../domain/news.ts'
import { telling } from '../outbox/tell.ts'

/** A CTE that tells of the campaigns in the CTE `cte`, which has the columns below. @param where which of them, as SQL over `n` */
export function tellingCampaigns(kind: Extract<NewsKind, `campaign.${string}`>, cte: string, where = 'true') {
  return telling(
    kind,
    sql`
      select n.workspace, n.public_id::text as subject,
        jsonb_strip_nulls(jsonb_build_object('sender', n.phone_number_id, 'reason', n.reason_code)) as payload
      from ${sql.table(cte)} n where ${sql.raw(where)}`,
  )
}

/** What such a CTE returns of a row of `campaigns c`. */
export const TOLD_COLUMNS = sql`c.public_id, c.workspace, c.phone_number_id, c.state, c.reason_code`
