import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { WorkspaceId } from '../../src/domain/ids.ts'
import { listDeliveries } from '../../src/store/passing/deliveries.ts'
import { forgetDeliveries } from '../../src/store/passing/erasure.ts'
import { deliveryRetention } from '../../src/store/passing/retention.ts'
import { leaseStreams, readStreamPages, recordStreams } from '../../src/store/passing/streams.ts'
import type { Db } from '../../src/store/pg/postgres.ts'
import { createRows, type Rows } from '../support/rows.ts'

/* With a week of deliveries behind them, claims and lists read what they need by the key, and what is done touches no index. */

const ENDPOINT = randomUUID()
let rows: Rows

beforeAll(async () => {
  rows = await createRows()
  const { db } = rows.postgres
  await sql`
    insert into webhook_endpoints (id, workspace, url, kind, sealed_secret, created_by)
    values (${ENDPOINT}::uuid, 'default', 'https://one.example', 'events', 'v2', '{}')`.execute(db)
  await sql`
    insert into deliveries (endpoint_id, stream, type, event_id, subject, payload, at, state)
    select ${ENDPOINT}::uuid, (n % 10)::text, 'message.read', n::text, 'wamid.' || n, '{}', now(), 'delivered'
    from generate_series(1, 50000) n order by n`.execute(db)
  await sql`
    insert into delivery_streams (endpoint_id, stream, last_id, done_id)
    select endpoint_id, stream, max(id), max(id) - 1000 from deliveries group by 1, 2`.execute(db)
  await sql`analyze`.execute(db)
})
afterAll(() => rows.close())

/** Rows of `deliveries` that were read by a scan of all of it, and whether one was made. */
async function reads(trx: Db): Promise<{ scans: number; hot: number; updated: number; fetched: number }> {
  const { rows: found } = await sql<{ scans: number; hot: number; updated: number; fetched: number }>`
    select seq_scan::int as scans, n_tup_hot_upd::int as hot, n_tup_upd::int as updated, idx_tup_fetch::int as fetched
    from pg_stat_xact_user_tables where relname = 'deliveries'`.execute(trx)
  return found[0] as { scans: number; hot: number; updated: number; fetched: number }
}

async function measured(run: (trx: Db) => Promise<unknown>) {
  return rows.postgres.db.transaction().execute(async (trx) => {
    const before = await reads(trx)
    await run(trx)
    const after = await reads(trx)
    return { scans: after.scans - before.scans, fetched: after.fetched - before.fetched, hot: after.hot - before.hot }
  })
}

it.each<[string, number, (db: Db) => Promise<unknown>]>([
  [
    'lists the newest',
    1_100,
    (db) => listDeliveries(db, { endpoint: ENDPOINT, state: null, before: null, limit: 100 }),
  ],
  [
    'lists what was delivered',
    1_100,
    (db) => listDeliveries(db, { endpoint: ENDPOINT, state: 'delivered', before: null, limit: 100 }),
  ],
  [
    'lists those that failed',
    20,
    (db) => listDeliveries(db, { endpoint: ENDPOINT, state: 'failed', before: null, limit: 100 }),
  ],
  ['finds that nothing is old', 20, (db) => deliveryRetention(db).sweep(1_000)],
])('%s by the key', async (_what, most, run) => {
  const { scans, fetched } = await measured(run)
  expect(scans).toBe(0)
  expect(fetched).toBeLessThanOrEqual(most)
})

it('leases, reads and records a turn by the key, and touches no index of the deliveries', async () => {
  const { scans, fetched, hot } = await measured(async (trx) => {
    const [leased] = await leaseStreams(
      trx,
      { lease: randomUUID(), holder: randomUUID() },
      { streams: 1, perEndpoint: 1, less: [] },
    )
    if (!leased) throw new Error('expected a stream to be due')
    const [page] = await readStreamPages(trx, [leased], { deliveries: 50, bytes: 100_000 })
    expect(page?.deliveries).toHaveLength(50)
    const tried = page?.deliveries.map(({ id }) => ({ id, state: 'delivered' as const, attempt: ATTEMPT })) ?? []
    const doneId = tried.at(-1)?.id ?? null
    expect(await recordStreams(trx, [{ ...leased, doneId, tried, dropped: [], next: { kind: 'keep' } }])).toEqual([
      true,
    ])
  })
  expect(scans).toBe(0)
  expect(fetched).toBeLessThanOrEqual(150)
  expect(hot).toBe(50)
})

it('takes what is about somebody out in the order of the key, whatever the ids look like as text', async () => {
  const at = { endpoint: ENDPOINT, stream: '', id: '0' }
  const { place } = await forgetDeliveries(rows.postgres.db, 'default' as WorkspaceId, [], at, 4_000)
  const { rows: last } = await rows.postgres.pool.query(
    `select id::text as last from deliveries where endpoint_id = $1 and stream = '0' order by id offset 3999 limit 1`,
    [ENDPOINT],
  )
  expect(place).toEqual({ endpoint: ENDPOINT, stream: '0', id: last[0].last })
})

const ATTEMPT = { at: 0, status: 200, error: null, ms: 1 }
