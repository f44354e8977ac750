import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PhoneNumberId, Wamid } from '../../src/domain/ids.ts'
import { readMoving } from '../../src/store/campaigns/campaigns.ts'
import { closeEachOn } from '../../src/store/intents/attempts.ts'
import { claimHeads } from '../../src/store/intents/claim.ts'
import { findDoubts, findStranded } from '../../src/store/intents/doubts.ts'
import { demands } from '../../src/store/intents/supply.ts'
import { expireIntents } from '../../src/store/intents/waiting.ts'
import { type Db, HOT_PATH_SETTINGS, openPostgres, type Postgres, queryableOn } from '../../src/store/pg/postgres.ts'
import { createRows, type Rows } from '../support/rows.ts'

/** Enough for PostgreSQL to prefer an index where it has one, and to mistake "some are due" for "any will do". */
const CAMPAIGN = 20_000

describe('behind a long campaign that is due', () => {
  let rows: Rows
  let sender: PhoneNumberId

  beforeAll(async () => {
    rows = await createRows()
    sender = await rows.linkSender()
    await sql`
      with people as (
        insert into contacts (workspace, wa_id) select 'default', (17770000000 + n)::text from generate_series(1, ${CAMPAIGN}) n returning id
      ), talks as (
        insert into conversations (workspace, phone_number_id, contact_id) select 'default', ${sender}, id from people returning id
      )
      insert into intents (id, workspace, phone_number_id, conversation_id, priority, delivery, release, message, when_closed, state, send_at, due_at, expires_at)
      select gen_random_uuid(), 'default', ${sender}, id, 3, 'at_most_once', 'all', '{"type":"text","text":{"body":"Hello"}}', '"hold"', 'scheduled',
        now(), now(), now() + interval '1 day' from talks`.execute(rows.postgres.db)
    await sql`analyze`.execute(rows.postgres.db)
  })
  afterAll(() => rows.close())

  it.each<[string, (db: Db) => Promise<unknown>]>([
    ['finds the numbers with work', (db) => demands(queryableOn(db))],
    ['ends what is beyond its time', (db) => expireIntents(db, 5_000)],
    ['finds attempts whose worker is gone', (db) => findStranded(db, 40_000, 5_000)],
    ['finds doubts to judge', (db) => findDoubts(db, 120_000, 5_000)],
    [
      'finds the campaigns of messages that something was told of',
      (db) =>
        readMoving(
          db,
          ['default'],
          [],
          Array.from({ length: 1_000 }, () => randomUUID()),
          Array.from({ length: 100 }, (_, i) => String(i + 1)),
        ),
    ],
  ])('%s without reading the whole table', async (_what, run) => {
    const scans = await rows.postgres.db.transaction().execute(async (trx) => {
      const before = await scansOfIntents(trx)
      await run(trx)
      return (await scansOfIntents(trx)) - before
    })
    expect(scans).toBe(0)
  })

  it.each([
    [
      'attempts',
      `insert into attempts (intent_id, number, sent_as, decision) select id, 1, 'free_form', '{}' from intents limit 1`,
      `outcome = 'refused', finished_at = now() where number = 1`,
    ],
    [
      'messages',
      `insert into messages (wamid, conversation_id) select 'wamid.1', id from conversations limit 1`,
      `status = 'delivered', delivered_at = now() where wamid = 'wamid.1'`,
    ],
    [
      'pair_buckets',
      `insert into pair_buckets (conversation_id, empties_at) select id, now() from conversations limit 1`,
      `empties_at = now()`,
    ],
    [
      'contacts',
      `insert into contacts (workspace, wa_id) values ('default', '15550000000')`,
      `marketing = 'out', updated_at = now() where wa_id = '15550000000'`,
    ],
  ])('updates %s in place, without touching an index', async (table, insert, set) => {
    const hot = await rows.postgres.db.transaction().execute(async (trx) => {
      const told = async () => {
        const { rows: stats } = await sql<{ hot: number }>`
          select n_tup_hot_upd::int as hot from pg_stat_xact_user_tables where relname = ${table}`.execute(trx)
        return stats[0]?.hot ?? 0
      }
      await sql.raw(insert).execute(trx)
      const before = await told()
      await sql.raw(`update ${table} set ${set}`).execute(trx)
      return (await told()) - before
    })
    expect(hot).toBe(1)
  })

  it('touches no index between the attempt and its answer', async () => {
    const { id: conversation } = await rows.conversation(sender)
    const id = await rows.intent(sender, conversation)
    const { number } = await rows.open(sender, id)
    const client = await rows.postgres.pool.connect()
    try {
      await client.query('begin')
      const hot = async () => {
        const { rows: stats } = await client.query<{ hot: number }>(
          `select n_tup_hot_upd::int as hot from pg_stat_xact_user_tables where relname = 'intents'`,
        )
        return stats[0]?.hot ?? 0
      }
      const before = await hot()
      const answer = { outcome: 'accepted' as const, httpStatus: 200, error: null, wamid: 'wamid.hot' as Wamid }
      expect(await closeEachOn(client, [{ intentId: id, number, ...answer, next: { event: 'accept' } }])).toEqual([
        true,
      ])
      expect((await hot()) - before).toBe(1)
    } finally {
      await client.query('rollback')
      client.release()
    }
  })
})

describe('with many numbers that have a little due', () => {
  const NUMBERS = 200
  const DUE_OF_EACH = 80
  let rows: Rows
  let hot: Postgres
  const senders: PhoneNumberId[] = []

  beforeAll(async () => {
    rows = await createRows()
    hot = openPostgres({
      url: rows.databaseUrl,
      max: 1,
      applicationName: 'hot',
      settings: HOT_PATH_SETTINGS,
      onError: () => {},
    })
    const first = await rows.linkSender()
    const { rows: linked } = await sql<{ id: PhoneNumberId }>`
      insert into senders (workspace, phone_number_id, waba_id, sealed_access_token, throughput_mps)
      select workspace, (phone_number_id::bigint * 1000 + n)::text, waba_id, sealed_access_token, 80
      from senders cross join generate_series(1, ${NUMBERS}::integer) n where phone_number_id = ${first}
      returning phone_number_id as id`.execute(rows.postgres.db)
    senders.push(...linked.map(({ id }) => id))
    await sql`
      with people as (
        insert into contacts (workspace, wa_id)
        select 'default', (17780000000 + n)::text from generate_series(1, ${NUMBERS * DUE_OF_EACH}::integer) n returning id
      ), talks as (
        insert into conversations (workspace, phone_number_id, contact_id)
        select 'default', (${senders}::text[])[id % ${NUMBERS}::integer + 1], id from people returning id, phone_number_id
      )
      insert into intents (id, workspace, phone_number_id, conversation_id, priority, delivery, release, message, when_closed, state, send_at, due_at, expires_at)
      select gen_random_uuid(), 'default', phone_number_id, id, 0, 'at_least_once', 'all', '{"type":"text","text":{"body":"Hello"}}', '"hold"', 'scheduled',
        now(), now(), now() + interval '1 day' from talks`.execute(rows.postgres.db)
    await sql`analyze`.execute(rows.postgres.db)
  })
  afterAll(async () => {
    await hot.close()
    await rows.close()
  })

  it('reads as much of each as may leave, and not all that is due', async () => {
    const asked = senders.slice(0, 30).map((sender) => ({ sender, look: 4 }))
    const client = await hot.pool.connect()
    try {
      await client.query('begin')
      const claims = await claimHeads(client, asked, 90, [])
      expect(claims).toHaveLength(90)
      const { rows: stats } = await client.query<{ fetched: number }>(
        `select idx_tup_fetch::int as fetched from pg_stat_xact_user_tables where relname = 'intents'`,
      )
      // Those that were looked at, and the facts of those that were chosen.
      expect(stats[0]?.fetched).toBeLessThanOrEqual(30 * 4 + 90)
    } finally {
      await client.query('rollback')
      client.release()
    }
  })
})

/** By this session, since it last told the statistics. */
async function scansOfIntents(trx: Db): Promise<number> {
  const { rows } = await sql<{ scans: number }>`
    select seq_scan::int as scans from pg_stat_xact_user_tables where relname = 'intents'`.execute(trx)
  return rows[0]?.scans ?? 0
}
