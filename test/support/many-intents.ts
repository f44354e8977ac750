import { sql } from 'kysely'
import type { ContactId } from '../../src/domain/ids.ts'
import type { Db } from '../../src/store/pg/postgres.ts'

const INTENTS_PER_PERSON = 5
const AT_ONCE = 500_000

/**
 * A past of intents, one a second and the last one now, written by SQL: nine tenths are over, of the last tenth half are for later, a
 * quarter is due and a quarter held. People are dealt to the numbers in turn, and every fiftieth message goes to the first of them, who is
 * answered. Everybody's name is their number in words of the kind that people search by.
 */
export async function seedIntents(
  db: Db,
  workspace: string,
  senders: readonly string[],
  count: number,
  progress: (done: number) => void = () => {},
): Promise<ContactId> {
  const people = Math.max(1, Math.floor(count / INTENTS_PER_PERSON))
  const { rows } = await sql<{ first: string }>`
    with people as (
      insert into contacts (workspace, wa_id, name)
      select ${workspace}, (15000000000 + n)::text, 'Person ' || (array['Ana', 'Bea', 'Caio', 'Duda', 'Enzo'])[n % 5 + 1] || ' ' || n
      from generate_series(0, ${people}::integer - 1) n returning id, wa_id
    )
    select id::text as first from people order by id limit 1`.execute(db)
  const first = rows[0]?.first as ContactId
  await sql`
    insert into conversations (workspace, phone_number_id, contact_id, window_opened_at, last_inbound_at)
    select ${workspace}, (${senders}::text[])[(n % ${senders.length}::integer) + 1], ${first}::bigint + n,
      case when n % 3 > 0 then now() - n * interval '5 seconds' end, case when n % 3 > 0 then now() - n * interval '5 seconds' end
    from generate_series(0, ${people}::integer - 1) n`.execute(db)
  const { rows: talks } = await sql<{ first: string }>`
    select id::text as first from conversations where contact_id = ${first}::bigint`.execute(db)
  for (let from = 1; from <= count; from += AT_ONCE) {
    const to = Math.min(count, from + AT_ONCE - 1)
    await insertIntents(db, workspace, talks[0]?.first as string, { from, to, count, people, numbers: senders })
    progress(to)
  }
  return first
}

interface Chunk {
  from: number
  to: number
  count: number
  people: number
  numbers: readonly string[]
}

async function insertIntents(db: Db, workspace: string, firstTalk: string, chunk: Chunk): Promise<void> {
  const { from, to, count, people, numbers } = chunk
  await sql`
    insert into intents (id, workspace, phone_number_id, conversation_id, priority, delivery, release, message, when_closed, state,
      reason_code, reason_text, send_at, due_at, expires_at, state_at, waits_kind, doubted_at, wamid, sent_as, created_at)
    select uuidv7(at - now()), ${workspace}, (${numbers}::text[])[(person % ${numbers.length}::integer) + 1], ${firstTalk}::bigint + person,
      n % 4, 'at_least_once', 'all', '{"type":"text","text":{"body":"Your parcel is on its way."}}', '"hold"', state,
      case state when 'held' then 'awaiting_window' when 'failed' then 'graph_refused' when 'expired' then 'expired'
        when 'cancelled' then 'by_request' when 'suppressed' then 'opted_out' end,
      case when state in ('held', 'failed', 'expired', 'cancelled', 'suppressed') then 'So it is.' end, at,
      case when state = 'scheduled' then case when n % 4 = 2 then at else now() + interval '1 day' end end,
      now() + interval '7 days', at, case when state = 'held' then 'window' end, case when state = 'in_doubt' then at end,
      case when state = 'sent' then 'wamid.' || n end, case when state = 'sent' then 'free_form' end, at
    from (
      select n, now() - (${count}::integer - n) * interval '1 second' as at,
        case when n % 50 = 0 then 0 else n % ${people}::integer end as person,
        case
          when n % 10000 = 7 then 'in_doubt'
          when n > ${count}::bigint * 9 / 10 then case when n % 4 = 3 then 'held' else 'scheduled' end
          when n % 100 < 80 then 'sent' when n % 100 < 88 then 'failed' when n % 100 < 93 then 'expired' when n % 100 < 98 then 'cancelled'
          else 'suppressed' end as state
      from generate_series(${from}::integer, ${to}::integer) n
    ) story`.execute(db)
}

/** Whole-table scans of a table by this session since it last told the statistics, and rows read of it in any way. */
export async function readOf(trx: Db, table: string): Promise<{ scans: number; read: number }> {
  const { rows } = await sql<{ scans: number; read: number }>`
    select seq_scan::int as scans, (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read
    from pg_stat_xact_user_tables where relname = ${table}`.execute(trx)
  return rows[0] ?? { scans: 0, read: 0 }
}
