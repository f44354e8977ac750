import { type RawBuilder, sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import type { WhenClosed } from '../../domain/content.ts'
import type { SenderState } from '../../domain/decision.ts'
import type { PhoneNumberId, WabaId } from '../../domain/ids.ts'
import type { Reason, ReasonCode } from '../../domain/intent.ts'
import type { Budget } from '../../domain/money/budget.ts'
import { FREE_SERVICE_MESSAGES } from '../../domain/money/price.ts'
import { effectiveMps, slowedSince } from '../../domain/throughput.ts'
import { type Instant, instant } from '../../domain/time.ts'
import { inPurview } from '../access/purview.ts'
import type { Db } from '../pg/postgres.ts'
import { freesAtOf, usesOf } from './messaging-limits.ts'
import { leftInAMinute, pairLimitedInADay } from './number-figures.ts'
import { type QualityChange, qualityHistory } from './number-quality.ts'
import { paceOf } from './pace.ts'

/** A linked number, with what is said of its account and portfolio. */
export interface Sender {
  phoneNumberId: PhoneNumberId
  wabaId: WabaId
  portfolioId: string
  displayPhoneNumber: string | null
  verifiedName: string | null
  /** Messages per second that Meta grants. */
  throughputMps: number
  /** What of it may leave now: less for a while after Meta throttled the number. */
  effectiveMps: number
  slowedSince: Instant | null
  /** How many left in the last minute, as workers told a few seconds ago. */
  leftInAMinute: number
  /** How often the pair limit was met, by the hour. */
  pairLimitedInADay: number
  /** Meta's word; null: not read yet. The history is what it became, and when that was read, newest first. */
  quality: string | null
  qualityHistory: QualityChange[]
  /** Meta throttled the account: none of its numbers calls until then. Null when they may. */
  callsPausedUntil: Instant | null
  /** Distinct contacts per rolling 24 h outside a window; shared by all numbers of the portfolio. Null: unlimited. */
  messagingLimit: number | null
  /** How many count against it now, and when the first of them does not any more; null: nobody does. */
  messagingLimitUsed: number
  messagingLimitFreesAt: Instant | null
  /** When a webhook of the number was stored last, as far as it was noted. */
  webhookSeenAt: Instant | null
  /** Stored webhooks of the number that could not be applied; 100 at most. */
  webhookFailed: number
  defaultWhenClosed: WhenClosed
  state: SenderState
  reason: Reason | null
  reasonSince: Instant | null
  /** Its own, or its account's; null while Meta has not told. */
  currency: string | null
  timeZone: string | null
  budget: Budget | null
  freeServiceLeft: number
  createdAt: Instant
}

/** In the month that it is in the zone of the number's account. */
const freeServiceUsed = sql<string>`(
  select coalesce(sum(c.free_service), 0)::text from (
    select workspace, phone_number_id, day, free_service from costs union all select workspace, phone_number_id, day, free_service from cost_deltas) c
  where c.workspace = senders.workspace and c.phone_number_id = senders.phone_number_id
    and c.day >= date_trunc('month', casement_now() at time zone coalesce(senders.time_zone, wabas.time_zone, 'UTC'))::date)`

/** Null when it is not linked, or not for this caller to see. */
export async function readSender(db: Db, purview: Purview, id: PhoneNumberId): Promise<Sender | null> {
  return (await readSenders(db, purview, id))[0] ?? null
}

/** All that are linked, the oldest first, or only the one asked for. */
export function readSenders(db: Db, purview: Purview, id?: PhoneNumberId): Promise<Sender[]> {
  const seen = inPurview('senders', purview)
  return readLinked(db, id === undefined ? seen : sql<boolean>`${seen} and senders.phone_number_id = ${id}`)
}

/** Those of them that are the caller's to see, linked or not any more. */
export function readKnownSenders(db: Db, purview: Purview, ids: readonly PhoneNumberId[]): Promise<Sender[]> {
  return readWhere(
    db,
    sql<boolean>`${inPurview('senders', purview)} and senders.phone_number_id = any (${ids}::text[])`,
  )
}

/** Of every workspace: for who looks after the installation. */
export function readAllSenders(db: Db): Promise<Sender[]> {
  return readLinked(db, sql<boolean>`true`)
}

function readLinked(db: Db, where: RawBuilder<boolean>): Promise<Sender[]> {
  return readWhere(db, sql<boolean>`${where} and senders.sealed_access_token is not null`)
}

async function readWhere(db: Db, where: RawBuilder<boolean>): Promise<Sender[]> {
  const rows = await db
    .selectFrom('senders')
    .innerJoin('wabas', 'wabas.id', 'senders.waba_id')
    .innerJoin('portfolios', 'portfolios.id', 'wabas.portfolio_id')
    .selectAll('senders')
    .select(['portfolios.id as portfolio_id', 'portfolios.messaging_limit', 'wabas.calls_paused_until'])
    .select(sql<Instant>`casement_now()`.as('now'))
    .select(sql<number>`${sql.raw(usesOf('portfolios.id'))}`.as('limit_used'))
    .select(sql<Instant | null>`${sql.raw(freesAtOf('portfolios.id'))}`.as('limit_frees_at'))
    // Never of another workspace that had the number before.
    .select(
      sql<Instant | null>`(
        select greatest(h.told_at, least(h.caused_at, casement_now())) from webhook_channels h
        where h.phone_number_id = senders.phone_number_id and greatest(h.told_at, h.caused_at) >= senders.created_at)`.as(
        'webhook_seen_at',
      ),
    )
    // Of the index of what failed, which is little.
    .select(
      sql<number>`(
        select count(*)::integer from (
          select from webhook_events e
          where e.state = 'failed' and e.workspace = senders.workspace and senders.phone_number_id = any (e.numbers) limit 100) e)`.as(
        'webhook_failed',
      ),
    )
    .select(['wabas.currency as account_currency', 'wabas.time_zone as account_zone'])
    .select(freeServiceUsed.as('free_service'))
    .select(leftInAMinute.as('left_1m'))
    .select(pairLimitedInADay.as('pair_limited_24h'))
    .select(qualityHistory.as('quality_history'))
    .where(where)
    .orderBy('senders.created_at')
    .orderBy('senders.phone_number_id')
    .execute()
  return rows.map((row) => ({
    phoneNumberId: row.phone_number_id as PhoneNumberId,
    wabaId: row.waba_id as WabaId,
    portfolioId: row.portfolio_id,
    displayPhoneNumber: row.display_phone_number,
    verifiedName: row.verified_name,
    throughputMps: row.throughput_mps,
    effectiveMps: effectiveMps(paceOf(row), row.now),
    slowedSince: slowedSince(paceOf(row), row.now),
    leftInAMinute: row.left_1m,
    pairLimitedInADay: row.pair_limited_24h,
    quality: row.quality,
    qualityHistory: row.quality_history.map(({ at, score }) => ({ at: instant(Date.parse(at)), score })),
    callsPausedUntil:
      row.calls_paused_until !== null && row.calls_paused_until > row.now ? row.calls_paused_until : null,
    messagingLimit: row.messaging_limit,
    messagingLimitUsed: row.limit_used,
    messagingLimitFreesAt: row.limit_frees_at,
    webhookSeenAt: row.webhook_seen_at,
    webhookFailed: row.webhook_failed,
    defaultWhenClosed: row.default_when_closed,
    state: row.state,
    reason: row.reason_code && reasonOf(row.reason_code, row.reason_text, row.reason_graph_code),
    reasonSince: row.reason_since,
    currency: row.currency ?? row.account_currency,
    timeZone: row.time_zone ?? row.account_zone,
    budget: row.budget,
    freeServiceLeft: Math.max(0, FREE_SERVICE_MESSAGES - Number(row.free_service)),
    createdAt: row.created_at,
  }))
}

/** Why a sender cannot send, out of its columns. */
export function reasonOf(code: ReasonCode, text: string | null, graphCode: number | null): Reason {
  return { code, text: text ?? '', ...(graphCode === null ? {} : { graphCode }) }
}
