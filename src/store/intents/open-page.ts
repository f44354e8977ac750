import type { ConversationId, IntentId, PhoneNumberId } from '../../domain/ids.ts'
import { PAIR_REFILL_MS } from '../../domain/limits.ts'
import type { Instant } from '../../domain/time.ts'
import { NEXT_AT } from '../accounts/number-pace.ts'
import { SERVER_CLOCK } from '../pg/clock.ts'
import { prepared, type Queryable } from '../pg/postgres.ts'
import { CAMPAIGN_LETS_GO } from './campaign-gate.ts'
import type { Locked } from './claim.ts'
import { isTwin } from './dispatch-facts.ts'
import { FLOW_LETS_GO } from './flow-gate.ts'
import type { RecordedDecision } from './intents.ts'
import { toOpeningRecord } from './opening-record.ts'
import { transition } from './transitions.ts'

export interface OpenAttempt {
  intentId: IntentId
  /** Whose the page read it as. */
  conversationId: ConversationId
  /** Others of its campaign may be the same person, on a page of another number. */
  isShared?: boolean
  sentAs: 'free_form' | 'template'
  decision: RecordedDecision
  /** A UUID of this opening, by which whoever opened it finds it again should the answer be lost. */
  opening?: string
}

export interface OpenedAttempt {
  number: number
  /** The database's clock. */
  startedAt: Instant
}

/** The slots that a page took of one number: the first of them and where the next page goes on, in microseconds since the epoch. */
export interface Slots {
  sender: PhoneNumberId
  count: number
  nextUs: number
  /** Microseconds until then. */
  waitUs: number
}

interface OpenedRow {
  ord: string | null
  number: number | null
  has_turn: boolean | null
  now: Instant
  phone_number_id: PhoneNumberId | null
  count: number | null
  next_us: number | null
  wait_us: number | null
}

/*
 * Open: the fence. The guarded transition scheduled -> dispatching, the turn, the attempt's row, the pair bucket and the number's pace, in one
 * statement and before the network call. `dispatching` therefore means exactly: an attempt is open and its request may have left. Only under
 * the rows of the numbers, see claim.ts; who is cancelled meanwhile is not found.
 */
const openAttempts = prepared<OpenedRow>(
  'open_page',
  transition({
    asked: `asked as (
      select * from unnest($1::uuid[], $2::text[], $3::jsonb[], $4::uuid[], $8::bigint[], $9::bool[]) with ordinality
        as a (id, sent_as, decision, opening, conversation_id, shared, ord))`,
    event: 'open',
    // Not what was changed since the page read it, nor what has become somebody else's: they may want none, and have messages before it.
    guard: `(i.conversation_id = a.conversation_id
      or (select g.merged_into from conversations g where g.id = i.conversation_id) = a.conversation_id)
      and i.due_at <= casement_now() and coalesce(i.changed_at < casement_now(), true) and ${CAMPAIGN_LETS_GO} and ${FLOW_LETS_GO}
      and not (a.shared and ${isTwin('(select v.contact_id from conversations v where v.id = i.conversation_id)')})`,
    set: { attempts: 'i.attempts + 1', sent_as: 'a.sent_as' },
    returning: ['i.attempts as number', 'a.ord', 'a.sent_as', 'a.decision', 'a.opening'],
    told: false,
    also: `
      taken as (
        insert into turns as t (phone_number_id, priority, conversation_id, intent_id)
        select phone_number_id, priority, conversation_id, id from moved
        on conflict (phone_number_id, priority, conversation_id) do update set intent_id = excluded.intent_id where t.intent_id = excluded.intent_id
        returning t.intent_id
      ), bucket as (
        insert into pair_buckets as b (conversation_id, empties_at, campaigned)
        select conversation_id, casement_now() + count(*) * interval '${PAIR_REFILL_MS} milliseconds', bool_or(campaign_position is not null) from moved
        group by conversation_id order by conversation_id
        on conflict (conversation_id) do update
          set empties_at = greatest(b.empties_at, casement_now()) + (excluded.empties_at - casement_now()),
            campaigned = b.campaigned or excluded.campaigned
      ), opened as (
        insert into attempts (intent_id, number, sent_as, decision, opening) select id, number, sent_as, decision, opening from moved
      ), paced as (
        update number_pace n set next_at =
          greatest(${NEXT_AT}, ${SERVER_CLOCK} - l.credit_us * interval '1 microsecond') + c.count * l.interval_us * interval '1 microsecond'
        from unnest($5::text[], $6::float8[], $7::float8[]) as l (phone_number_id, interval_us, credit_us)
        join (select phone_number_id, count(*)::int as count from moved group by 1) c using (phone_number_id)
        where n.phone_number_id = l.phone_number_id
        returning n.phone_number_id, c.count, (extract(epoch from n.next_at) * 1000000)::float8 as next_us,
          (extract(epoch from n.next_at - ${SERVER_CLOCK}) * 1000000)::float8 as wait_us
      )`,
    select: `
      select ord, number, id in (select intent_id from taken) as has_turn, casement_now() as now,
        null as phone_number_id, null::int as count, null::float8 as next_us, null::float8 as wait_us from moved
      union all
      select null, null, null, casement_now(), phone_number_id, count, next_us, wait_us from paced`,
  }),
)

/**
 * Two people of one list, each another number's, turn out to be one while both numbers take their pages: neither page sees what the other opens,
 * nor the merge. So the conversations are held until the commit, by a statement of its own: a merge that comes later waits for what is opened and
 * is seen by whoever looks next, and one that was before is seen as these are opened. Within one number its pages come one after the other.
 */
const holdShared = prepared<{ id: ConversationId }>(
  'hold_shared',
  `select v.id from conversations v where v.id = any ($1::bigint[]) order by v.id for key share`,
)

export interface OpenedPage {
  /** In the order asked; null where somebody cancelled in between, or it was merged into another conversation. */
  opened: (OpenedAttempt | null)[]
  slots: Slots[]
}

export async function openPage(
  client: Queryable,
  items: readonly OpenAttempt[],
  locked: readonly Locked[],
): Promise<OpenedPage> {
  const shared = items.filter((item) => item.isShared).map((item) => item.conversationId)
  if (shared.length > 0) await holdShared(client, [shared])
  const rows = await openAttempts(client, [
    items.map((item) => item.intentId),
    items.map((item) => item.sentAs),
    items.map((item) => JSON.stringify(toOpeningRecord(item.decision))),
    items.map((item) => item.opening ?? null),
    locked.map((l) => l.sender),
    locked.map((l) => l.spacing.intervalUs),
    locked.map((l) => l.spacing.creditUs),
    items.map((item) => item.conversationId),
    items.map((item) => item.isShared ?? false),
  ])
  const page: OpenedPage = { opened: items.map(() => null), slots: [] }
  for (const row of rows) {
    if (row.ord === null) page.slots.push(toSlots(row))
    else if (row.has_turn) page.opened[Number(row.ord) - 1] = { number: row.number as number, startedAt: row.now }
    // Two conversations became one in between, and both had something under way.
    else throw new Error(`the turn of ${items[Number(row.ord) - 1]?.intentId} is held by another`)
  }
  return page
}

function toSlots({ phone_number_id, count, next_us, wait_us }: OpenedRow): Slots {
  return {
    sender: phone_number_id as PhoneNumberId,
    count: count as number,
    nextUs: next_us as number,
    waitUs: wait_us as number,
  }
}
