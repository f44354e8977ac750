import type pg from 'pg'
import type { ConversationId, IntentId, PhoneNumberId, Wamid } from '../../domain/ids.ts'
import type { Delivery } from '../../domain/intent.ts'
import type { IntentState } from '../../domain/lifecycle.ts'
import type { PriceRecord } from '../../domain/money/price-decision.ts'
import type { ToldPrice } from '../../domain/money/told-price.ts'
import { MESSAGE_STATUSES, rank } from '../../domain/status.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import { prepared } from '../pg/postgres.ts'
import type { AttemptOutcome } from '../pg/schema.ts'
import { MESSAGE_VARIANT } from './counting.ts'
import { SUBSTITUTE } from './opening-record.ts'
import { PRICE_COLUMNS, priceColumnsOf } from './price-columns.ts'
import { statusesHeard, tellStatuses } from './told-statuses.ts'

/** What a status webhook is about, as far as we know it: one of our attempts. */
export interface KnownAttempt {
  intentId: IntentId
  number: number
  outcome: AttemptOutcome | null
  sentAs: 'free_form' | 'template'
  startedAt: Instant
  wamid: Wamid | null
  sender: PhoneNumberId
  conversationId: ConversationId
  delivery: Delivery
  retries: number
  state: IntentState
  attempts: number
  followUpOf: IntentId | null
  /** What it was expected to cost. */
  price: PriceRecord | null
  /** Of the recipient of which campaign it is. */
  campaign: MessageCampaign | null
}

export interface MessageCampaign {
  row: number
  variant: number | null
}

interface AttemptRow {
  campaign: MessageCampaign | null
  intent_id: IntentId
  number: number
  outcome: AttemptOutcome | null
  sent_as: 'free_form' | 'template'
  started_at: Instant
  wamid: Wamid | null
  phone_number_id: PhoneNumberId
  conversation_id: ConversationId
  delivery: Delivery
  retries: number
  state: IntentState
  attempts: number
  follow_up_of: IntentId | null
  price: PriceRecord | null
}

const selectAttempts = prepared<AttemptRow>(
  'status_attempts',
  `select a.intent_id, a.number, a.outcome, a.sent_as, a.started_at, a.wamid, i.phone_number_id, i.conversation_id, i.delivery, i.retries,
     i.state, i.attempts, i.follow_up_of, a.decision -> 'price' as price,
     case when i.campaign_id is not null then json_build_object('row', i.campaign_id, 'variant', ${MESSAGE_VARIANT}) end as campaign
   from unnest($1::uuid[], $2::smallint[]) as asked (id, number)
   join attempts a on a.intent_id = asked.id and a.number = asked.number
   join intents i on i.id = a.intent_id`,
)

/** By `<intent id>.<number>`. */
export async function findAttempts(
  client: pg.PoolClient,
  asked: { intentId: IntentId; number: number }[],
): Promise<Map<string, KnownAttempt>> {
  if (asked.length === 0) return new Map()
  const rows = await selectAttempts(client, [asked.map((one) => one.intentId), asked.map((one) => one.number)])
  return new Map(
    rows.map((row) => [
      `${row.intent_id}.${row.number}`,
      {
        intentId: row.intent_id,
        number: row.number,
        outcome: row.outcome,
        sentAs: row.sent_as,
        startedAt: row.started_at,
        wamid: row.wamid,
        sender: row.phone_number_id,
        conversationId: row.conversation_id,
        delivery: row.delivery,
        retries: row.retries,
        state: row.state,
        attempts: row.attempts,
        followUpOf: row.follow_up_of,
        price: row.price,
        campaign: row.campaign,
      },
    ]),
  )
}

/** Which of our attempts these wamids belong to, for statuses that do not carry our id. */
export async function findMessageAttempts(
  client: pg.PoolClient,
  wamids: Wamid[],
): Promise<Map<Wamid, { intentId: IntentId; number: number }>> {
  if (wamids.length === 0) return new Map()
  const { rows } = await client.query<{ wamid: Wamid; intent_id: IntentId; attempt: number }>(
    'select wamid, intent_id, attempt from messages where wamid = any ($1) and intent_id is not null and attempt is not null',
    [wamids],
  )
  return new Map(rows.map((row) => [row.wamid, { intentId: row.intent_id, number: row.attempt }]))
}

/** All statuses of one message that came in one batch, folded; instants are Meta's. */
export interface MessageUpdate {
  wamid: Wamid
  intentId: IntentId
  attempt: number
  conversationId: ConversationId
  sentAs: 'free_form' | 'template'
  status: 'sent' | 'delivered' | 'read' | 'failed' | null
  sentAt: Instant | null
  deliveredAt: Instant | null
  readAt: Instant | null
  failedAt: Instant | null
  error: unknown
  /** Stamp of the status that told the error; null with an error: none, and any other telling is newer. */
  errorAt: Instant | null
  pricing: unknown
  pricingAt: Instant | null
  /** What it was expected to cost, and of which campaign it is, for a message that is not there yet. */
  price?: PriceRecord | null
  campaign?: MessageCampaign | null
  /** What `pricing` comes to; goes and stays with it. */
  told?: ToldPrice | null
}

const BY_RANK = MESSAGE_STATUSES.toSorted((a, b) => rank(a) - rank(b)).map((status) => `'${status}'`)
const RANK = (column: string) => `array_position(array[${BY_RANK.join(', ')}], ${column})`

/** Whether what is told now is newer than what is known. Of two tellings of one second the greater text, so that their order does not matter. */
const IS_NEWER = (column: 'error' | 'pricing') => `
  excluded.${column} is not null and (m.${column} is null
    or (coalesce(excluded.${column}_at, '-infinity'), excluded.${column}::text collate "C")
       > (coalesce(m.${column}_at, '-infinity'), m.${column}::text collate "C"))`

/**
 * Flows that listen for messages like these; none, and nothing is looked up. A flow's own messages are none of those it begins by. What is
 * not known of a message is when it left: it did when it was delivered.
 */
const BEGINS = `
  insert into flow_begins (flow_id, trigger, intent_id, of, name, since, due_at)
  select l.flow_id, l.trigger, f.intent_id, l.of, l.name, x.since, x.since + l.after_ms * interval '1 millisecond'
  from folded f
  join intents i on i.id = f.intent_id
  left join flow_runs r on r.id = i.flow_run_id
  join flow_listens l on l.workspace = i.workspace and l.flow_id is distinct from r.flow_id
  cross join lateral (select case l.trigger
    when 'campaign' then coalesce(f.sent_at, f.delivered_at, f.read_at) else coalesce(f.delivered_at, f.read_at) end as since) x
  where exists (select from flow_listens) and f.status in ('sent', 'delivered', 'read') and x.since is not null and l.name = case l.of
    when 'campaign' then (select c.name from campaigns c where c.id = f.campaign_id and i.campaign_position is not null)
    when 'flow' then (select o.name from flows o where o.id = r.flow_id)
    else coalesce(i.message -> 'template' ->> 'name', (
      select ${SUBSTITUTE} from attempts a where a.intent_id = f.intent_id and a.number = f.attempt)) end
  on conflict (flow_id, trigger, intent_id) do nothing`

interface Folded {
  wamid: Wamid
  intent_id: IntentId
  conversation_id: ConversationId
  status: string | null
  after_all: boolean
  /** It was not there before. */
  fresh: boolean
}

const upsertMessages = prepared<Folded>(
  'upsert_messages',
  `with folded as (
     insert into messages as m (wamid, intent_id, attempt, conversation_id, sent_as, status, sent_at, delivered_at, read_at, failed_at, error, error_at, pricing, pricing_at,
       told_type, told_category, actual_micros, accepted_at, campaign_id, campaign_variant, ${PRICE_COLUMNS})
     -- a status that tells of it first may come hours later
     select a.wamid, a.intent_id, a.attempt, a.conversation_id, a.sent_as, a.status, a.sent_at, a.delivered_at, a.read_at, a.failed_at, a.error, a.error_at,
       a.pricing, a.pricing_at, a.told_type, a.told_category, a.actual_micros,
       least(casement_now(), a.sent_at, a.delivered_at, a.read_at, a.failed_at), a.campaign_id, a.campaign_variant, ${priceColumnsOf('a.price')}
     from unnest($1::text[], $2::uuid[], $3::smallint[], $4::bigint[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[],
       $9::timestamptz[], $10::timestamptz[], $11::jsonb[], $12::timestamptz[], $13::jsonb[], $14::timestamptz[], $16::text[], $17::text[], $18::bigint[], $19::jsonb[],
       $20::integer[], $21::smallint[])
       as a (wamid, intent_id, attempt, conversation_id, sent_as, status, sent_at, delivered_at, read_at, failed_at, error, error_at, pricing, pricing_at,
         told_type, told_category, actual_micros, price, campaign_id, campaign_variant)
     on conflict (wamid) do update set
       status = case when m.status is null or ${RANK('excluded.status')} > ${RANK('m.status')} then coalesce(excluded.status, m.status) else m.status end,
       sent_at = least(m.sent_at, excluded.sent_at),
       delivered_at = least(m.delivered_at, excluded.delivered_at),
       read_at = least(m.read_at, excluded.read_at),
       failed_at = least(m.failed_at, excluded.failed_at),
       error = case when ${IS_NEWER('error')} then excluded.error else m.error end,
       error_at = case when ${IS_NEWER('error')} then excluded.error_at else m.error_at end,
       pricing = case when ${IS_NEWER('pricing')} then excluded.pricing else m.pricing end,
       pricing_at = case when ${IS_NEWER('pricing')} then excluded.pricing_at else m.pricing_at end,
       told_type = case when ${IS_NEWER('pricing')} then excluded.told_type else m.told_type end,
       told_category = case when ${IS_NEWER('pricing')} then excluded.told_category else m.told_category end,
       actual_micros = case when ${IS_NEWER('pricing')} then excluded.actual_micros else m.actual_micros end
     returning wamid, intent_id, attempt, conversation_id, campaign_id, sent_at, delivered_at, read_at, status, m.xmax = 0 as fresh,
       status in ('delivered', 'read') and (failed_at is not null or error is not null) as after_all
   ), poked as (
     insert into flow_pokes (run_id) select r.id from folded f join flow_runs r on r.watches = f.intent_id where f.status <> 'sent'
   ), begins as (${BEGINS})
   select wamid, intent_id, conversation_id, status, after_all, fresh from folded where after_all or fresh or $15::boolean`,
)

/** No intent of the last day is deleted for its age; only of others it is asked. */
const AGED = `(lpad(to_hex((extract(epoch from casement_now() - interval '1 day') * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid`

/** Each is locked until the transaction ends, or is gone: whoever deletes it waits for this, and then looks for what was added, or has done so. */
const selectOfGone = prepared<{ wamid: Wamid }>(
  'messages_of_gone',
  `select f.wamid from unnest($1::text[], $2::bigint[], $3::uuid[]) as f (wamid, conversation_id, intent_id)
   left join lateral (select v.id from conversations v where v.id = f.conversation_id for key share) v on true
   left join lateral (select i.id from intents i where i.id = f.intent_id and f.intent_id < ${AGED} for key share) i on true
   where v.id is null or (i.id is null and f.intent_id < ${AGED})`,
)

/**
 * What was added to the conversation of somebody who was erased since it was read is gone with them, and so is what was added to an intent
 * that was deleted for its age.
 */
async function forgetGone(client: pg.PoolClient, fresh: Folded[]): Promise<void> {
  if (fresh.length === 0) return
  // In the order in which whoever locks several conversations does.
  const inOrder = fresh.toSorted((a, b) => Number(BigInt(a.conversation_id) - BigInt(b.conversation_id)))
  const gone = await selectOfGone(client, [
    inOrder.map((row) => row.wamid),
    inOrder.map((row) => row.conversation_id),
    inOrder.map((row) => row.intent_id),
  ])
  if (gone.length > 0) {
    await client.query('delete from messages where wamid = any ($1)', [gone.map((row) => row.wamid)])
  }
}

/**
 * Folds statuses into their messages. Statuses only go forward (P4): the same set of statuses ends alike in any order, any number of
 * times. The rank is the domain's (`STATUS_RANK`); a failure yields to a later delivery.
 *
 * Answers which of them were delivered although they had been reported as failed. Told by the rows themselves, locked by now, and not by
 * what was read before: another applier may have taken in the failure meanwhile.
 */
export async function foldStatuses(client: pg.PoolClient, updates: MessageUpdate[]): Promise<Set<Wamid>> {
  if (updates.length === 0) return new Set()
  const inOrder = [...updates].sort((a, b) => (a.wamid < b.wamid ? -1 : 1))
  const date = (at: Instant | null) => (at === null ? null : toDate(at))
  const json = (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value))
  const before = await statusesHeard(
    client,
    updates.map((update) => update.wamid),
  )
  const rows = await upsertMessages(client, [
    inOrder.map((u) => u.wamid),
    inOrder.map((u) => u.intentId),
    inOrder.map((u) => u.attempt),
    inOrder.map((u) => u.conversationId),
    inOrder.map((u) => u.sentAs),
    inOrder.map((u) => u.status),
    inOrder.map((u) => date(u.sentAt)),
    inOrder.map((u) => date(u.deliveredAt)),
    inOrder.map((u) => date(u.readAt)),
    inOrder.map((u) => date(u.failedAt)),
    inOrder.map((u) => json(u.error)),
    inOrder.map((u) => date(u.errorAt)),
    inOrder.map((u) => json(u.pricing)),
    inOrder.map((u) => date(u.pricingAt)),
    before !== null,
    inOrder.map((u) => u.told?.type ?? null),
    inOrder.map((u) => u.told?.category ?? null),
    inOrder.map((u) => (u.told?.actual == null ? null : String(u.told.actual))),
    inOrder.map((u) => json(u.price)),
    inOrder.map((u) => u.campaign?.row ?? null),
    inOrder.map((u) => u.campaign?.variant ?? null),
  ])
  await forgetGone(
    client,
    rows.filter((row) => row.fresh),
  )
  if (before !== null) {
    await tellStatuses(
      client,
      rows
        .filter(({ wamid, status }) => status !== null && status !== (before.get(wamid) ?? null))
        .map((row) => row.wamid),
    )
  }
  return new Set(rows.filter((row) => row.after_all).map((row) => row.wamid))
}
