import { sql } from 'kysely'
import type { NewsKind } from '../../domain/news.ts'
import { isHeard, telling } from '../outbox/tell.ts'

/** CTEs that tell of the runs in the CTE `cte`, which has columns of `flow_runs` and `more`, what there is to say besides. */
export function tellingRuns(kind: Extract<NewsKind, `flow.${string}`>, cte: string, where = 'true') {
  return telling(
    kind,
    sql`
      select n.workspace, n.id::text as subject, jsonb_build_object('sender', n.phone_number_id, 'conversation', n.conversation_id::text,
        'flow', (select name from flows where id = n.flow_id)) || n.more as payload
      from ${sql.table(cte)} n where ${sql.raw(where)} and ${sql.raw(isHeard('flow'))}`,
  )
}

/** What such a CTE returns of a row of `flow_runs`. */
export const TOLD_COLUMNS = sql`r.id, r.workspace, r.phone_number_id, r.conversation_id, r.flow_id, r.state`
