import { sql } from 'kysely'
import { MESSAGING_LIMIT_PERIOD_MS, placesOfCampaigns } from '../../domain/limits.ts'
import type { Instant } from '../../domain/time.ts'
import { freesAtOf, usesOf } from '../accounts/messaging-limits.ts'
import type { Db } from '../pg/postgres.ts'

export interface Places {
  free: number
  /** When the next that is taken now is free again; null: none is taken. */
  freesAt: Instant | null
}

/** "plac" */
const LOCK = 0x706c6163

/**
 * Of numbers that were unlinked, or are paused or restricted, nothing leaves, nor of a campaign that is paused: what waits there may do so for days and
 * keeps no place from others. Once it goes on it waits for places as everybody does, and nothing more is handed over before it has them.
 */
const CAN_SEND = `s.state = 'active' and s.sealed_access_token is not null`
const GOES_ON = `not exists (select from campaigns g where g.id = i.campaign_id and g.state = 'paused')`

/** Of each number of the portfolio: what campaigns handed over that leaves next, but for what waits for a place. */
const COMING = sql.raw(`
  from senders s join wabas w on w.id = s.waba_id and ${CAN_SEND}
  join intents i on i.phone_number_id = s.phone_number_id and i.priority in (2, 3) and i.due_at <= casement_now() + interval '10 seconds'
    and i.campaign_id is not null and i.reason_code is distinct from 'messaging_limit' and ${GOES_ON}`)

const OPEN = sql.raw(`coalesce(v.last_inbound_at > casement_now() - interval '1 day'
  and (v.window_refuted_at is null or v.window_refuted_at < v.last_inbound_at), false)`)

const PERIOD = sql.raw(`interval '${MESSAGING_LIMIT_PERIOD_MS} milliseconds'`)

/**
 * Places that the campaigns of a portfolio have left: of the limit without what is left to others, those that nobody has or is on the way to. Until
 * the transaction ends nobody else counts them so, or two who hand over would both give away the last.
 *
 * @param wanted where there are as many for certain, no more is counted
 * @returns null: unlimited
 */
export async function freePlaces(trx: Db, portfolioId: string, wanted: number): Promise<Places | null> {
  const limited = await sql<{ limit: number | null }>`
    select messaging_limit as "limit" from portfolios where id = ${portfolioId}`.execute(trx)
  const limit = limited.rows[0]?.limit ?? null
  if (limit === null) return null
  await sql`select pg_advisory_xact_lock(${LOCK}::integer, hashtext(${portfolioId}))`.execute(trx)
  const { rows } = await sql<{ used: number; freesAt: Instant | null; waiting: number; coming: number }>`
    select ${sql.raw(usesOf('p.id'))} as used, ${sql.raw(freesAtOf('p.id'))} as "freesAt",
      (select count(*)::integer from senders s join wabas w on w.id = s.waba_id cross join lateral (
        select 1 from intents i where i.phone_number_id = s.phone_number_id
          and i.reason_code = 'messaging_limit' and i.reason_graph_code is null and i.due_at is not null and ${sql.raw(GOES_ON)} limit ${limit}) one
        where w.portfolio_id = p.id and ${sql.raw(CAN_SEND)}) as waiting,
      (select count(*)::integer ${COMING} where w.portfolio_id = p.id) as coming
    from portfolios p where p.id = ${portfolioId}`.execute(trx)
  const { used, freesAt, waiting, coming } = rows[0] as (typeof rows)[number]
  const left = placesOfCampaigns(limit) - used - waiting
  if (left - coming >= wanted || left <= 0) return { free: Math.max(0, left - coming), freesAt }
  // Of those on the way some have a place, or need none.
  const exact = await sql<{ n: number }>`
    select count(distinct v.contact_id)::integer as n ${COMING} join conversations v on v.id = i.conversation_id
    where w.portfolio_id = ${portfolioId} and not ${OPEN} and not exists (
      select from messaging_limit_uses u where u.portfolio_id = ${portfolioId} and u.contact_id = v.contact_id and u.at > casement_now() - ${PERIOD})`.execute(
    trx,
  )
  return { free: Math.max(0, left - (exact.rows[0]?.n ?? 0)), freesAt }
}
