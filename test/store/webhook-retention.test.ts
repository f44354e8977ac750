import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { instant } from '../../src/domain/time.ts'
import { eventRetention } from '../../src/store/webhooks/retention.ts'
import { findUnapplied } from '../../src/store/webhooks/unapplied.ts'
import { readOf } from '../support/many-intents.ts'
import { createRows, type Rows } from '../support/rows.ts'

let rows: Rows
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())
beforeEach(async () => {
  await sql`truncate webhook_events restart identity`.execute(rows.postgres.db)
})

type Stored = [state: string, receivedDaysAgo: number, appliedDaysAgo?: number]

async function store(...events: Stored[]): Promise<void> {
  for (const [state, received, applied = received] of events) {
    await sql`
      insert into webhook_events (payload, state, received_at, applied_at)
      values ('{}', ${state}, now() - ${received} * interval '1 day',
        case when ${state} = 'applied' then now() - ${applied} * interval '1 day' end)`.execute(rows.postgres.db)
  }
}

const kept = async () =>
  (await rows.postgres.db.selectFrom('webhook_events').select('id').orderBy('id').execute()).map(({ id }) => Number(id))

describe('old payloads', () => {
  it('go 14 days after they were applied, and 90 days after they failed', async () => {
    await store(
      ['failed', 91],
      ['applied', 20],
      ['failed', 20],
      ['pending', 20],
      ['applied', 20, 1],
      ['applied', 15],
      ['applied', 13],
    )
    await eventRetention(rows.postgres.db).sweep(100)
    expect(await kept()).toEqual([3, 4, 5, 7])
  })

  it('go some at a time, from where the last time ended', async () => {
    await store(['applied', 20], ['failed', 19], ['applied', 18], ['applied', 17], ['applied', 1])
    const retention = eventRetention(rows.postgres.db)
    expect([await retention.sweep(2), await retention.sweep(2), await retention.sweep(2)]).toEqual([1, 2, 0])
    expect(await kept()).toEqual([2, 5])
  })

  it('are looked at from the start again after a while, for some were passed by', async () => {
    await store(['pending', 20], ['applied', 20], ['applied', 1])
    let now = 0
    const retention = eventRetention(rows.postgres.db, () => now)
    await retention.sweep(100)
    await sql`update webhook_events set state = 'applied', applied_at = now() - interval '15 days' where id = 1`.execute(
      rows.postgres.db,
    )
    await retention.sweep(100)
    expect(await kept()).toEqual([1, 3])
    now = 3_600_001
    await retention.sweep(100)
    expect(await kept()).toEqual([3])
  })

  it('cost a look at a few rows while there are none', async () => {
    await sql`insert into webhook_events (payload, state, applied_at) select '{}', 'applied', now() from generate_series(1, 5000)`.execute(
      rows.postgres.db,
    )
    await sql`analyze webhook_events`.execute(rows.postgres.db)
    const read = await rows.postgres.db.transaction().execute(async (trx) => {
      const before = await readOf(trx, 'webhook_events')
      await eventRetention(trx).sweep(5_000)
      return (await readOf(trx, 'webhook_events')).read - before.read
    })
    expect(read).toBeLessThan(100)
  })
})

describe('what is not applied', () => {
  it('is told by number: what is pending, and what failed since', async () => {
    const { db } = rows.postgres
    await sql`
      insert into webhook_events (payload, state, numbers, received_at) values
        ('', 'pending', '{1,2}', now() - interval '1 minute'), ('', 'pending', '{3}', now()), ('', 'pending', '{}', now() - interval '1 minute'),
        ('', 'failed', '{4}', now() - interval '1 minute'), ('', 'failed', '{5}', now() - interval '1 hour'),
        ('', 'failed', null, now() - interval '1 minute'), ('', 'applied', '{6}', now() - interval '1 minute')`.execute(
      db,
    )
    const found = await findUnapplied(db, instant(Date.now() - 600_000))
    expect(found.map(({ sender, pending }) => [sender, pending]).sort()).toEqual(
      [
        ['1', true],
        ['2', true],
        ['4', false],
        [null, false],
      ].sort(),
    )
  })
})
