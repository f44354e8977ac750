import pg from 'pg'
import { CLOCK_AHEAD, ClockMoved, MOVING_LOCK, REAL_TIME_LOCK } from './clock.ts'
import { retryingPassing } from './postgres.ts'

/*
 * Moving the clock: `casement_now()` is made anew as `now()` and an interval. PostgreSQL puts its body in the place of every call when it
 * plans, and plans again what was prepared, in all sessions.
 *
 * What is due, open or over jumps with the clock, for that is what it is moved for. What is under way is not older for it: an attempt
 * whose request is on the wire, a doubt in its grace, the beat of the webhook intake. Those stamps are shifted by the same distance, so
 * their ages stay what they are. The tables are locked first, so that no statement that reads the old clock can write into them after.
 *
 * Stamps of Meta's are not touched, and windows only ever move forward. After a move back, which nobody makes but with
 * `migrate --reset-clock`, a window that a customer opened in the time ahead stays as it was told: open until 24 hours after that stamp.
 */

/** Tells every process that the clock was moved: whoever waits for a time looks again. */
export const CLOCK_CHANNEL = 'casement_clock'

export interface ClockMove {
  /** Before, in milliseconds ahead of real time. */
  from: number
  to: number
}

/**
 * Sets the clock to so many milliseconds ahead of real time. Repeating it changes nothing. Throws `ClockMoved` while some process keeps
 * real time, because it works for Meta.
 */
export function moveClock(databaseUrl: string, aheadMs: number): Promise<ClockMove> {
  if (!Number.isSafeInteger(aheadMs)) throw new RangeError(`expected whole milliseconds ahead, got ${aheadMs}`)
  return retryingPassing(async () => {
    const client = new pg.Client({ connectionString: databaseUrl, application_name: 'casement clock' })
    client.on('error', () => {})
    await client.connect()
    try {
      return await moveOn(client, aheadMs)
    } finally {
      await client.end()
    }
  })
}

/** The session ends whatever happens, and with it a transaction that failed. */
async function moveOn(client: pg.Client, aheadMs: number): Promise<ClockMove> {
  await client.query('begin')
  await client.query(`select pg_advisory_xact_lock(${MOVING_LOCK})`)
  const asked = `select pg_try_advisory_xact_lock(${REAL_TIME_LOCK}) as free, ${CLOCK_AHEAD} as ahead`
  const { rows } = await client.query<{ free: boolean; ahead: number }>(asked)
  const { free, ahead } = rows[0] as { free: boolean; ahead: number }
  if (ahead === aheadMs) {
    await client.query('rollback')
    return { from: ahead, to: aheadMs }
  }
  if (!free) {
    throw new ClockMoved(
      'the clock of this database cannot be moved: a process that sends to a Graph API other than the built-in sandbox runs on it',
    )
  }
  await client.query(
    'lock table intents, attempts, webhook_channels, webhook_intake, news, news_readers in share row exclusive mode',
  )
  const body = aheadMs === 0 ? 'select now()' : `select now() + interval '${aheadMs} milliseconds'`
  await client.query(
    `create or replace function casement_now() returns timestamptz language sql stable parallel safe as $$${body}$$`,
  )
  const shifts = aheadMs < ahead ? [...SHIFTS, ...BACK_SHIFTS] : SHIFTS
  for (const shift of shifts) await client.query(shift, [`${aheadMs - ahead} milliseconds`])
  await client.query(`notify ${CLOCK_CHANNEL}`)
  await client.query('commit')
  return { from: ahead, to: aheadMs }
}

/** Served by the indexes of turns and of doubts. */
const UNDER_WAY = `(i.state = 'dispatching' and i.id in (select intent_id from turns) or i.doubted_at is not null)`

const SHIFTS = [
  `update attempts a set started_at = a.started_at + $1::interval from intents i
   where i.id = a.intent_id and i.attempts = a.number and ${UNDER_WAY}`,
  `update intents i set state_at = i.state_at + $1::interval, doubted_at = i.doubted_at + $1::interval where ${UNDER_WAY}`,
  // Compared with the start of attempts: which of the two came first stays as it was.
  `update webhook_channels set caused_at = caused_at + $1::interval, told_at = told_at + $1::interval,
     awaiting_since = awaiting_since + $1::interval, missed_since = missed_since + $1::interval, revived_at = revived_at + $1::interval,
     caught_up_at = caught_up_at + $1::interval, ahead_at = ahead_at + $1::interval`,
  `update webhook_intake set alive_at = alive_at + $1::interval, missed_since = missed_since + $1::interval,
     revived_at = revived_at + $1::interval, caught_up_at = caught_up_at + $1::interval`,
  `update news set at = at + $1::interval`,
  `update news_readers set seen_at = seen_at + $1::interval`,
]

/** What goes on from where it stood would else wait until real time is there. */
const BACK_SHIFTS = [
  `update delivery_streams set next_at = next_at + $1::interval, first_tried_at = first_tried_at + $1::interval`,
  `update payloads_to_pass set again_at = again_at + $1::interval`,
  `update told_windows set closing_to = closing_to + $1::interval, ended_to = ended_to + $1::interval`,
]
