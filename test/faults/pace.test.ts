import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageTransaction } from '../../src/app/pages.ts'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import { ensurePace, moveLateSlots, pausePace } from '../../src/store/accounts/number-pace.ts'
import { claimHeads } from '../../src/store/intents/claim.ts'
import { HOT_PATH_SETTINGS, openPostgres, type Postgres } from '../../src/store/pg/postgres.ts'
import type { ReadySend } from '../../src/usecases/dispatch-intent.ts'
import { leave, type PageIo, takePage } from '../../src/usecases/spend-permit.ts'
import { createDesk, type Desk } from '../../src/worker/desk.ts'
import { SETTINGS } from '../support/builders.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { eventually } from '../support/signals.ts'

/* The pace of numbers that several processes serve together, with a disk that stands still now and then (P6). */

const PROCESSES = 3
const RUN_MS = 4_000
const RATES = [1, 5, 20, 80, 1_000]

let rows: Rows
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())

/** One message for each of so many people, due now. */
async function campaign(mps: number, messages: number): Promise<PhoneNumberId> {
  const sender = await rows.linkSender()
  const { pool } = rows.postgres
  await pool.query('update senders set throughput_mps = $2 where phone_number_id = $1', [sender, mps])
  await pool.query(
    `with people as (
       insert into contacts (workspace, wa_id) select 'default', '1' || ($1::bigint * 100000 + n)::text from generate_series(1, $2::int) n returning id
     ), talks as (
       insert into conversations (workspace, phone_number_id, contact_id, window_opened_at, last_inbound_at) select 'default', $3, id, now(), now() from people
       returning id
     )
     insert into intents (id, workspace, phone_number_id, conversation_id, priority, delivery, release, message, when_closed, state, send_at, due_at, expires_at)
     select gen_random_uuid(), 'default', $3, id, 3, 'at_least_once', 'all', '{"type":"text","text":{"body":"Hello"}}', '"hold"', 'scheduled', now(), now(),
       now() + interval '1 day' from talks`,
    [Number(sender) % 1_000_000, messages, sender],
  )
  await ensurePace(pool, [sender])
  return sender
}

/** A pool whose commits stand still now and then, before they reach the server or after they were done. */
function stumbling(postgres: Postgres, stallMs: number): Postgres {
  if (stallMs === 0) return postgres
  let commits = 0
  const connect = postgres.pool.connect.bind(postgres.pool)
  const pool = new Proxy(postgres.pool, {
    get(target, key) {
      if (key !== 'connect') {
        const value = Reflect.get(target, key)
        return typeof value === 'function' ? value.bind(target) : value
      }
      return async () => {
        const client = await connect()
        const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>
        const stalled = async (...args: unknown[]) => {
          if (args[0] !== 'commit' || ++commits % 9 !== 0) return query(...args)
          if (commits % 2 === 0) await delay(stallMs)
          const done = await query(...args)
          if (commits % 2 === 1) await delay(stallMs)
          return done
        }
        return { query: stalled, release: (lost?: boolean) => client.release(lost) }
      }
    },
  })
  return { ...postgres, pool }
}

const READY: ReadySend = { kind: 'ready', send: async () => ({ kind: 'unsent', why: 'broken', cause: '' }) }

interface Left {
  at: number
  sender: PhoneNumberId
  conversation: string
}

function startDesk(hot: Postgres, numbers: PhoneNumberId[], left: Left[]): Desk {
  const elapsed = () => performance.now()
  const io: PageIo = {
    transaction: pageTransaction(
      hot,
      claimHeads,
      async () => READY,
      () => {},
    ),
    newOpening: randomUUID,
    startStopwatch() {
      const began = elapsed()
      return () => elapsed() - began
    },
    elapsed,
  }
  const desk = createDesk({
    concurrency: 200,
    maxShifts: 100,
    takePage: (served, room, without) => takePage(io, SETTINGS, served, room, without),
    leave(page) {
      const io = {
        elapsed,
        moveLateSlots: (late: Parameters<typeof moveLateSlots>[1]) => moveLateSlots(hot.pool, late),
        sleep: (ms: number) => delay(ms),
        send: ({ claim }: (typeof page.opened)[number]) => {
          left.push({ at: elapsed(), sender: claim.sender.phoneNumberId, conversation: claim.recipient.conversationId })
          setImmediate(() => desk.callEnded(claim.sender.phoneNumberId))
        },
        notSent: ({ claim }: (typeof page.opened)[number]) => desk.callEnded(claim.sender.phoneNumberId),
      }
      void leave(io, page, 5_000)
    },
    settle: async () => [],
    isPassing: () => false,
    onError: (error) => {
      throw error
    },
    onLockedOut() {},
    onRoom() {},
  })
  for (const number of numbers) void desk.serve(number)
  return desk
}

/** What leaves of these numbers while several processes serve them, until `during` is over. */
async function serveTogether(
  numbers: PhoneNumberId[],
  stallMs: number,
  during: (left: Left[]) => Promise<void>,
): Promise<Left[]> {
  const pools = Array.from({ length: PROCESSES }, () =>
    openPostgres({
      url: rows.databaseUrl,
      max: 4,
      applicationName: 'pace',
      settings: HOT_PATH_SETTINGS,
      onError: () => {},
    }),
  )
  const left: Left[] = []
  const desks = pools.map((pool) => startDesk(stumbling(pool, stallMs), numbers, left))
  await during(left)
  await Promise.all(desks.map((desk) => desk.close()))
  await Promise.all(pools.map((pool) => pool.close()))
  return left
}

function mostInASecond(times: number[]): number {
  let most = 0
  let from = 0
  for (const [index, at] of times.entries()) {
    while ((times[from] as number) <= at - 1_000) from += 1
    most = Math.max(most, index - from + 1)
  }
  return most
}

describe('the pace of numbers that several processes serve', () => {
  it.each([0, 200, 1_500])(
    'is kept in every rolling second when a commit takes %i ms longer now and then',
    async (stallMs) => {
      const numbers = new Map<PhoneNumberId, number>()
      for (const mps of RATES) numbers.set(await campaign(mps, Math.min(mps * 6, 4_000)), mps)
      const left = await serveTogether([...numbers.keys()], stallMs, () => delay(RUN_MS))

      const bySender = Map.groupBy(left, ({ sender }) => sender)
      for (const [sender, mps] of numbers) {
        const times = (bySender.get(sender) ?? []).map(({ at }) => at).sort((a, b) => a - b)
        if (process.env.CASEMENT_TEST_LOG)
          console.info({ stallMs, mps, share: times.length / (RUN_MS / 1_000) / mps, most: mostInASecond(times) / mps })
        expect(mostInASecond(times), `messages of a number of ${mps}/s in its busiest second`).toBeLessThanOrEqual(
          Math.floor(mps * 1.1),
        )
        expect(times.length).toBeGreaterThan(0)
      }
      expect(new Set(left.map(({ conversation }) => conversation)).size).toBe(left.length)
    },
    60_000,
  )

  it('follows a throughput that is changed meanwhile, and pauses that overlap', async () => {
    const changes: [from: number, to: number][] = [
      [5, 1],
      [80, 20],
      [20, 80],
      [1_000, 250],
    ]
    const numbers = new Map<PhoneNumberId, [number, number]>()
    for (const [from, to] of changes) numbers.set(await campaign(from, 2_000), [from, to])
    const paused = await campaign(250, 1_000)
    let changedAt = 0
    let [pausedAt, pausedUntil] = [0, 0]
    const left = await serveTogether([...numbers.keys(), paused], 200, async (soFar) => {
      await eventually(() => soFar.some(({ sender }) => sender === paused))
      for (const [sender, [, to]] of numbers)
        await rows.postgres.pool.query('update senders set throughput_mps = $2 where phone_number_id = $1', [
          sender,
          to,
        ])
      changedAt = performance.now()
      pausedUntil = performance.now() + 1_000
      await Promise.all([1_000, 300, 800].map((ms) => pausePace(rows.postgres.pool, paused, ms)))
      pausedAt = performance.now()
      await delay(RUN_MS / 2)
    })
    // A page that was begun before may go on until its messages have left, or moved.
    const settledMs = 500
    const timesOf = (wanted: PhoneNumberId) => left.filter(({ sender }) => sender === wanted).map(({ at }) => at)
    for (const [sender, [from, to]] of numbers) {
      const times = timesOf(sender).sort((a, b) => a - b)
      expect(mostInASecond(times), `${from}/s that became ${to}/s`).toBeLessThanOrEqual(Math.max(from, to) * 1.1)
      const after = times.filter((at) => at > changedAt + settledMs)
      expect(mostInASecond(after), `${to}/s that was ${from}/s`).toBeLessThanOrEqual(Math.floor(to * 1.1))
      expect(after.length).toBeGreaterThan(0)
    }
    expect(timesOf(paused).filter((at) => at > pausedAt + settledMs && at < pausedUntil)).toEqual([])
    expect(timesOf(paused).some((at) => at >= pausedUntil)).toBe(true)
  }, 60_000)
})
