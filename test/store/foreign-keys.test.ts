import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let client: pg.Client
beforeAll(async () => {
  database = await createTestDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

/*
 * Whoever deletes a row that others name has PostgreSQL look for those, each time: by an index, or through all of the table.
 */

/** Of an installation, not of its customers: they stay small, and are hardly ever deleted. */
const OF_SMALL = [
  'campaigns (parent_id)',
  'graph_objects (phone_number_id)',
  'graph_objects (waba_id)',
  'jobs (workspace)',
  'portfolios (workspace)',
  'senders (waba_id)',
  'sign_in_links (workspace)',
  'template_wishes (waba_id)',
  'wabas (portfolio_id)',
]

it('what names a row that is deleted is found by an index', async () => {
  const { rows } = await client.query<{ key: string }>(`
    select f.conrelid::regclass || ' (' || string_agg(a.attname, ', ' order by k.place) || ')' as key
    from pg_constraint f
    cross join unnest(f.conkey) with ordinality as k (attnum, place)
    join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.attnum
    where f.contype = 'f' and not exists (
      select from pg_index i
      where i.indrelid = f.conrelid
        and f.conkey <@ (string_to_array(i.indkey::text, ' ')::smallint[])[1:array_length(f.conkey, 1)]
        and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = '(' || quote_ident(a.attname) || ' IS NOT NULL)'))
    group by f.oid, f.conrelid order by 1`)
  expect(rows.map((row) => row.key)).toEqual(OF_SMALL)
})
