import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PhoneNumberId, WabaId } from '../../src/domain/ids.ts'
import { type Instant, plus } from '../../src/domain/time.ts'
import { managementPausedForMs, pauseCalls, pauseManagement, slowSender } from '../../src/store/accounts/pace.ts'
import { HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

const MINUTE_MS = 60_000

let rows: Rows
let sender: PhoneNumberId
let waba: WabaId
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())
beforeEach(async () => {
  sender = await rows.linkSender()
  waba = await rows.wabaOf(sender)
})

const db = () => rows.postgres.db
/** Throttled by an attempt that began so long ago; what is known of it is known now, or then. */
async function throttle(agoMs = 0, known: 'now' | 'then' = 'now'): Promise<number | null> {
  const startedAt = plus((await rows.now()) as Instant, -agoMs)
  return db()
    .transaction()
    .execute((trx) => slowSender(trx, sender, startedAt, known === 'then' ? startedAt : null))
}
/** As if the last throttle were this much older. */
const later = (ms: number) =>
  sql`update senders set slowed_at = slowed_at - ${ms} * interval '1 millisecond' where phone_number_id = ${sender}`.execute(
    db(),
  )
const read = async () => (await rows.senders.get(HERE, sender)) ?? expect.fail('expected the sender')

describe('a sender that was throttled (P6)', () => {
  it('is shown at its lower rate, and recovers', async () => {
    expect(await throttle()).toBe(56)
    expect(await read()).toMatchObject({ throughputMps: 80, effectiveMps: 56, slowedSince: expect.any(Number) })
    await later(10_000)
    expect(await read()).toMatchObject({ effectiveMps: 64 })
    await later(20_000)
    expect(await read()).toMatchObject({ effectiveMps: 80, slowedSince: null })
  })

  it('is slowed once by a burst, on however many machines it is met', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => throttle(50)))
    expect(answers.filter((mps) => mps !== null)).toEqual([56])
    expect((await read()).effectiveMps).toBe(56)
  })

  it('is slowed further when the lower rate is throttled too', async () => {
    await throttle()
    await later(3_000)
    expect(await throttle()).toBe(39)
  })

  it('is not slowed by a report of long ago', async () => {
    await throttle(3 * MINUTE_MS, 'then')
    expect((await read()).effectiveMps).toBe(80)
  })

  it('keeps its state, its token and their version', async () => {
    const version = () =>
      db()
        .selectFrom('senders')
        .select(['state', 'updated_at'])
        .where('phone_number_id', '=', sender)
        .executeTakeFirst()
    const before = await version()
    await throttle()
    expect(await version()).toEqual(before)
  })
})

describe('an account whose calls are paused', () => {
  it('concerns all its linked numbers, and no other account', async () => {
    const sibling = await rows.linkSender({ waba })
    const unlinked = await rows.linkSender({ waba })
    await rows.senders.unlink(HERE, unlinked)
    expect(await pauseCalls(db(), waba, MINUTE_MS)).toEqual([sender, sibling].toSorted())
    expect((await read()).callsPausedUntil).toBeGreaterThan(await rows.now())
  })

  it('is over in time, by itself', async () => {
    await rows.intent(sender, (await rows.conversation(sender)).id)
    await pauseCalls(db(), waba, MINUTE_MS)
    await sql`update wabas set calls_paused_until = now() where id = ${waba}`.execute(db())
    expect((await read()).callsPausedUntil).toBeNull()
  })

  it('is paused once by a burst, longer by a longer time, and shorter by nothing', async () => {
    expect(await pauseCalls(db(), waba, 10 * MINUTE_MS)).toEqual([sender])
    expect(await pauseCalls(db(), waba, 10.5 * MINUTE_MS)).toEqual([])
    expect(await pauseCalls(db(), waba, MINUTE_MS)).toEqual([])
    expect(await pauseCalls(db(), waba, 20 * MINUTE_MS)).toEqual([sender])
    const { callsPausedUntil } = await read()
    expect(callsPausedUntil).toBeGreaterThan((await rows.now()) + 19 * MINUTE_MS)
  })

  it('is not paused by a report of long ago', async () => {
    await pauseCalls(db(), waba, 10 * MINUTE_MS, plus((await rows.now()) as Instant, -11 * MINUTE_MS))
    expect((await read()).callsPausedUntil).toBeNull()
  })

  it('reads no templates either, while a pause of that alone stops no message', async () => {
    expect(await managementPausedForMs(db(), waba)).toBe(0)
    await pauseManagement(db(), waba, MINUTE_MS)
    expect((await read()).callsPausedUntil).toBeNull()
    const management = await managementPausedForMs(db(), waba)
    expect(management).toBeGreaterThan(MINUTE_MS - 5_000)
    expect(management).toBeLessThanOrEqual(MINUTE_MS)
    await pauseManagement(db(), waba, 1_000)
    expect(await managementPausedForMs(db(), waba)).toBeGreaterThan(MINUTE_MS - 5_000)
    await pauseCalls(db(), waba, 10 * MINUTE_MS)
    expect(await managementPausedForMs(db(), waba)).toBeGreaterThan(9 * MINUTE_MS)
  })
})
