import { sql } from 'kysely'
import { numbersOf, type SenderMembers } from '../../domain/campaign/senders.ts'
import type { NewsKind } from '../../domain/news.ts'
import { telling } from '../outbox/tell.ts'

/** A CTE that tells of the campaigns in the CTE `cte`, which has the columns below. @param where which of them, as SQL over `n` */
export function tellingCampaigns(kind: Extract<NewsKind, `campaign.${string}`>, cte: string, where = 'true') {
  return telling(
    kind,
    sql`
      select n.workspace, n.public_id::text as subject,
        jsonb_strip_nulls(jsonb_build_object('sender', n.phone_number_ids[1], 'reason', n.reason_code,
          'senders', case when cardinality(n.phone_number_ids) > 1 then to_jsonb(n.phone_number_ids) end)) as payload
      from ${sql.table(cte)} n where ${sql.raw(where)}`,
  )
}

/** What such a CTE returns of a row of `campaigns c`. */
export const TOLD_COLUMNS = sql`c.public_id, c.workspace, c.phone_number_ids, c.state, c.reason_code`

/** Of which numbers the news of a campaign is. */
export function tellingNumbers(document: SenderMembers): { sender: string; senders?: string[] } {
  const numbers = numbersOf(document)
  const sender = numbers[0] as string
  return numbers.length === 1 ? { sender } : { sender, senders: numbers }
}
