import { sql } from 'kysely'
import type { CampaignState } from '../../domain/campaign/lifecycle.ts'
import type { ContactId, PhoneNumberId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import { shownReasonColumn, shownStateColumn } from '../intents/shown.ts'
import type { Db } from '../pg/postgres.ts'

/* What became of each recipient: the list, beside it what was handed over, beside that the message; all by their keys. */

export interface RecipientRead {
  position: number
  upload: number
  line: number
  recipient: string
  cells: string[]
  /** Which of the campaign's messages; null: nobody has asked that yet, or there is one for everybody. */
  variant: number | null
  /** Null: they were not handed over, or their message is not kept any more. */
  state: string | null
  /** A message of theirs was made. */
  had_message: boolean
  /** Of the campaign, in the same moment. */
  campaign_state: CampaignState
  reason_code: string | null
  reason_text: string | null
  sent_as: string | null
  /** The number that writes to them; null: there is no message. */
  sender: string | null
  wamid: string | null
  sent_at: Instant | null
  delivered_at: Instant | null
  read_at: Instant | null
  replied_at: Instant | null
  tapped_at: Instant | null
  stopped_at: Instant | null
  /** Millionths. */
  cost: string | null
}

/** As the counts have it: what has failed was not answered. */
const ofSent = (column: string) =>
  sql`case when m.status is distinct from 'failed' then ${sql.ref(`m.${column}`)} end as ${sql.ref(column)}`

/** The next of the list, each as it stood in one moment. @param limit not beyond its total: behind that are lists that are coming in, or did not */
export async function readRecipients(db: Db, row: number, after: number, limit: number): Promise<RecipientRead[]> {
  const { rows } = await sql<RecipientRead>`
    select r.position, r.upload, r.line, r.recipient, r.cells::json as cells, coalesce(x.variant, i.campaign_variant) as variant,
      l.intent_id is not null as had_message, c.state as campaign_state, coalesce(x.state, ${shownStateColumn}) as state, coalesce(x.reason_code, ${shownReasonColumn}) as reason_code,
      coalesce(x.reason_text, i.reason_text) as reason_text, i.sent_as, i.wamid, i.phone_number_id as sender,
      coalesce(m.sent_at, m.accepted_at) as sent_at, m.delivered_at, m.read_at,
      ${ofSent('replied_at')}, ${ofSent('tapped_at')}, ${ofSent('stopped_at')},
      coalesce(m.actual_micros, m.expected_micros) as cost
    from campaigns c join campaign_recipients r on r.campaign_id = c.id
    left join campaign_exceptions x on x.campaign_id = r.campaign_id and x.position = r.position
    left join campaign_intents l on l.campaign_id = r.campaign_id and l.position = r.position
    left join intents i on i.id = l.intent_id
    left join senders s on s.phone_number_id = i.phone_number_id
    left join messages m on m.wamid = i.wamid
    where c.id = ${row}::integer and r.position between ${after + 1}::integer and ${after + limit}::integer
    order by r.position`.execute(db)
  return rows
}

/** Its numbers, as they are linked now. */
export async function readNumbersOf(
  db: Db,
  row: number,
): Promise<{ sender: PhoneNumberId; zone: string | null; portfolio: string }[]> {
  const { rows } = await sql<{ sender: PhoneNumberId; zone: string | null; portfolio: string }>`
    select s.phone_number_id as sender, coalesce(s.time_zone, w.time_zone) as zone, w.portfolio_id as portfolio
    from campaigns c join senders s on s.phone_number_id = any (c.phone_number_ids) and s.workspace = c.workspace
    join wabas w on w.id = s.waba_id where c.id = ${row}::integer
    order by array_position(c.phone_number_ids, s.phone_number_id)`.execute(db)
  return rows
}

/** Of those of these people of whom it is known. */
export async function readOwnZones(db: Db, contacts: readonly ContactId[]): Promise<Map<ContactId, string>> {
  const { rows } = await sql<{ id: ContactId; zone: string }>`
    select id::text as id, time_zone as zone from contacts where id = any (${contacts}::bigint[]) and time_zone is not null`.execute(
    db,
  )
  return new Map(rows.map(({ id, zone }) => [id, zone]))
}
