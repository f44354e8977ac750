import { sql } from 'kysely'
import type { PhoneNumberId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'

/*
 * What a campaign has spent, and what is laid aside for whoever was handed over and of whom it is not known yet what came. Read by whoever
 * hands over: nobody else lays anything aside.
 */

export interface Committed {
  /** In millionths, all of them: what messages cost that have left. */
  spent: bigint
  /**
   * For those that have not, for those of which nobody has told whether they were really free, and for those that were given up: Meta may have them
   * all the same, and say so when the rest is spent.
   */
  reserved: bigint
  /** Some of that may be given back: so many are under way, and of so many it is not told. */
  underWay: number
  untold: number
}

/**
 * In one snapshot. Found by where what is under way stands in the indexes, which is no more than may be handed over ahead and what waits; for
 * whatever is counted and not found there the dearest counts that was ever laid aside.
 */
export async function readCommitted(
  trx: Db,
  row: number,
  numbers: readonly PhoneNumberId[],
  currency: string,
): Promise<Committed> {
  const { rows } = await sql<{ spent: string; reserved: string; under_way: string; untold: string }>`
    with found as (
      select i.campaign_position as position from intents i
      where i.phone_number_id = any (${numbers}::text[]) and i.priority = 3 and i.due_at is not null and i.campaign_id = ${row}::integer
      union
      select i.campaign_position from intents i
      where i.phone_number_id = any (${numbers}::text[]) and i.waits_kind is not null and i.campaign_id = ${row}::integer
      union
      select i.campaign_position from intents i
      where i.phone_number_id = any (${numbers}::text[]) and i.doubted_at is not null and i.campaign_id = ${row}::integer
      union
      select i.campaign_position from turns t join intents i on i.id = t.intent_id
      where t.phone_number_id = any (${numbers}::text[]) and t.priority = 3 and i.state = 'dispatching' and i.campaign_id = ${row}::integer
    ), laid as (
      select count(*) as n, coalesce(sum(r.micros), 0) as micros
      from found f join campaign_reservations r on r.campaign_id = ${row}::integer and r.position = f.position
    ), counted as (
      select coalesce(sum(n) filter (where key = 'cost:' || ${currency}::text), 0) as spent,
        coalesce(sum(n) filter (where key = 'untold'), 0) as untold,
        coalesce(sum(n) filter (where key = 'failed:unconfirmed'), 0) as given_up,
        coalesce(sum(n) filter (where key in ('scheduled', 'dispatching', 'in_doubt')), 0) as moving,
        coalesce(sum(n) filter (where key in ('scheduled', 'dispatching', 'in_doubt') or key like 'held:%'), 0) as waiting
      from campaign_moves where campaign_id = ${row}::integer
    )
    select c.spent::text as spent, (l.micros + (greatest(c.waiting - l.n, 0) + c.untold + c.given_up) * g.dearest_micros)::text as reserved,
      c.moving::text as under_way, c.untold::text as untold
    from counted c, laid l, campaigns g where g.id = ${row}::integer`.execute(trx)
  const [read] = rows as [(typeof rows)[number]]
  return {
    spent: BigInt(read.spent),
    reserved: BigInt(read.reserved),
    underWay: Number(read.under_way),
    untold: Number(read.untold),
  }
}

export interface Reservation {
  position: number
  micros: bigint
}

export async function reserve(trx: Db, row: number, some: readonly Reservation[]): Promise<void> {
  if (some.length === 0) return
  const micros = some.map((one) => String(one.micros))
  await sql`
    insert into campaign_reservations (campaign_id, position, micros)
    select ${row}::integer, * from unnest(${some.map((one) => one.position)}::integer[], ${micros}::bigint[])`.execute(
    trx,
  )
  await sql`
    update campaigns set short_since = null, dearest_micros = greatest(dearest_micros, (select max(m) from unnest(${micros}::bigint[]) m))
    where id = ${row}::integer`.execute(trx)
}

/** Nothing fits any more. */
export async function markShort(trx: Db, row: number): Promise<void> {
  await sql`update campaigns set short_since = coalesce(short_since, casement_now()) where id = ${row}::integer`.execute(
    trx,
  )
}
