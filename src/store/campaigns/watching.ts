import { sql } from 'kysely'
import type { CampaignDocument } from '../../domain/campaign/document.ts'
import type { Watch, Watched } from '../../domain/campaign/watch.ts'
import type { WhenClosed } from '../../domain/content.ts'
import type { PhoneNumberId, WabaId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'

/* What a running campaign is watched by, see domain/campaign/watch.ts. */

export interface WatchedCampaign {
  document: CampaignDocument
  watched: Watch | null
  /** Those of its numbers that are linked; one at least. */
  numbers: WatchedNumber[]
}

export interface WatchedNumber {
  sender: PhoneNumberId
  wabaId: WabaId
  defaultWhenClosed: WhenClosed
  /** Why it is restricted; null: it is not. */
  restricted: string | null
  quality: string | null
  limit: number | null
}

/** False where it runs no more, or somebody else has it. Nobody else watches or moves it until the end of the transaction. */
export async function lockToWatch(trx: Db, row: number): Promise<boolean> {
  const { rows } = await sql`
    select from campaigns where id = ${row}::integer and state = 'running' for no key update skip locked`.execute(trx)
  return rows.length > 0
}

/** Null where none of its numbers is linked any more. */
export async function readWatched(trx: Db, row: number): Promise<WatchedCampaign | null> {
  const { rows } = await sql<WatchedNumber & Pick<WatchedCampaign, 'document' | 'watched'>>`
    select c.document, c.watched, s.phone_number_id as sender, s.waba_id as "wabaId", s.default_when_closed as "defaultWhenClosed", s.quality,
      p.messaging_limit as "limit", case when s.state = 'restricted' then coalesce(s.reason_text, '') end as restricted
    from campaigns c join senders s on s.phone_number_id = any (c.phone_number_ids) and s.workspace = c.workspace and s.sealed_access_token is not null
    join wabas w on w.id = s.waba_id join portfolios p on p.id = w.portfolio_id
    where c.id = ${row}::integer order by array_position(c.phone_number_ids, s.phone_number_id)`.execute(trx)
  const [first] = rows
  if (first === undefined) return null
  const { document, watched } = first
  return { document, watched, numbers: rows.map(({ document: _, watched: __, ...number }) => number) }
}

/** What became of its messages by Meta's word. Who ended before anything was asked of Meta is no outcome. */
export async function readOutcomes(trx: Db, row: number): Promise<Pick<Watched, 'sent' | 'failed' | 'waits'>> {
  const { rows } = await sql<{ kind: string; code: string; n: number }>`
    select split_part(key, ':', 1) as kind, split_part(key, ':', 3) as code, sum(n)::integer as n
    from campaign_moves
    where campaign_id = ${row}::integer and (key = 'sent' or key like 'failed:%:%' or key like 'held:%:%')
    group by 1, 2`.execute(trx)
  const of = (kind: string) => rows.filter((one) => one.kind === kind && one.n > 0)
  const byCode = (kind: string) => Object.fromEntries(of(kind).map(({ code, n }) => [code, n]))
  return { sent: of('sent')[0]?.n ?? 0, failed: byCode('failed'), waits: byCode('held') }
}

export async function readCategories(
  trx: Db,
  wabaId: WabaId,
  templates: readonly { name: string; language: string }[],
): Promise<{ name: string; language: string; category: string }[]> {
  if (templates.length === 0) return []
  const { rows } = await sql<{ name: string; language: string; category: string }>`
    select distinct t.name, t.language, t.category from templates t
    join unnest(${templates.map(({ name }) => name)}::text[], ${templates.map(({ language }) => language)}::text[]) as a (name, language)
      using (name, language)
    where t.waba_id = ${wabaId}`.execute(trx)
  return rows
}

/** Only what changed is written: a campaign that stands still writes nothing. */
export async function keepWatch(trx: Db, row: number, watch: Watch): Promise<void> {
  await sql`update campaigns set watched = ${JSON.stringify(watch)}::jsonb
    where id = ${row}::integer and watched is distinct from ${JSON.stringify(watch)}::jsonb`.execute(trx)
}
