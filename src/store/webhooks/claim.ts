import type pg from 'pg'
import { type Instant, instant } from '../../domain/time.ts'

/*
 * Who applies which payload. A claim is an advisory lock per payload, held by an open transaction that does nothing else; the effects
 * are committed by other transactions meanwhile. So it costs no write, ends with the process that holds it, works behind a pooler, and
 * holds back no vacuum, for between its statements the transaction has no snapshot. A column with a lease was the other way: it writes
 * every payload once more, and after a crash what was claimed waits for the lease.
 */

/** The first of the two numbers of the lock; any other user of advisory locks in the database has to choose another. */
export const CLAIM_LOCK_CLASS = 1_667_331_955
/** Payloads that are looked at for one claim: others' claims are passed by. */
const LOOKED_AT = 2_000

export interface ClaimedEvent {
  id: string
  payload: string
  receivedAt: Instant
  /** A number it speaks of went to another workspace since. */
  elsewhere: boolean
}

export interface EventClaim {
  payloads: ClaimedEvent[]
  /** There may be more. */
  more: boolean
  release(): Promise<void>
}

/** The oldest pending payloads that nobody else has claimed; `bytes` bounds them all together, but one is always taken. */
export async function claimEvents(
  pool: pg.Pool,
  limits: { payloads: number; bytes: number },
  except: string[],
): Promise<EventClaim> {
  const client = await pool.connect()
  const end = async () => {
    const lost = await client.query('rollback').then(
      () => false,
      () => true,
    )
    client.release(lost)
  }
  try {
    await client.query('begin')
    const locked = await client.query<{ id: string; bytes: number }>(
      `select id, bytes from (
         select id, octet_length(payload) as bytes from webhook_events
         where state = 'pending' and id <> all ($1::bigint[]) order by id limit ${LOOKED_AT}
       ) oldest
       where pg_try_advisory_xact_lock(${CLAIM_LOCK_CLASS}, (id & 2147483647)::integer) limit $2`,
      [except, limits.payloads],
    )
    const ids = withinBytes(locked.rows, limits.bytes)
    // Read behind the locks: who had one of them before may have applied it after the look above.
    const { rows } = await client.query<{ id: string; payload: string; received_at: number; elsewhere: boolean }>(
      `select id, payload, floor(extract(epoch from received_at) * 1000)::float8 as received_at,
         exists (select from senders s where s.phone_number_id = any (e.numbers) and s.workspace <> e.workspace) as elsewhere
       from webhook_events e where id = any ($1::bigint[]) and state = 'pending' order by id`,
      [ids],
    )
    return {
      payloads: rows.map(({ received_at, ...row }) => ({ ...row, receivedAt: instant(received_at) })),
      more: ids.length < locked.rows.length || locked.rows.length === limits.payloads,
      release: end,
    }
  } catch (error) {
    await end()
    throw error
  }
}

function withinBytes(found: { id: string; bytes: number }[], bytes: number): string[] {
  let total = 0
  const ids: string[] = []
  for (const one of found) {
    total += one.bytes
    if (ids.length > 0 && total > bytes) break
    ids.push(one.id)
  }
  return ids
}
