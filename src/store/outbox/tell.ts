import { type RawBuilder, sql } from 'kysely'
import type { NewsItem, NewsKind, Topic } from '../../domain/news.ts'
import type { Db } from '../pg/postgres.ts'
import { READER_GONE_AFTER_MS } from './outbox.ts'

/* How an event gets into the outbox: in the transaction that makes it true, or in its statement. */

export async function tell(trx: Db, items: readonly NewsItem[]): Promise<void> {
  if (items.length === 0) return
  await trx
    .insertInto('outbox')
    .values(items.map(({ payload, ...item }) => ({ ...item, payload: JSON.stringify(payload) })))
    .execute()
}

/** As a CTE: `select workspace, subject, payload from …`, told as `kind`. */
export function telling(kind: NewsKind, events: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`insert into outbox (workspace, kind, subject, payload) select workspace, ${kind}::text, subject, payload from (${events}) e`
}

/**
 * Whether anybody listens to this, as SQL. For what is told only then. A program that begins to listen waits for the transactions that
 * may not have seen it (`beginReading`).
 */
export function isHeard(topic: Topic): string {
  return isReadBy(topic, 'true')
}

/** The same of programs at this moment alone: endpoints are there for ever. */
export function isLookedAt(topic: Topic): string {
  return isReadBy(topic, `seen_at < 'infinity'`)
}

function isReadBy(topic: Topic, whom: string): string {
  return `exists (select from news_readers where seen_at > casement_now() - ${READER_GONE_AFTER_MS} * interval '1 millisecond'
    and '${topic}' = any (topics) and ${whom})`
}
