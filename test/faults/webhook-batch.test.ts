import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { replayWebhookEvent } from '../../src/store/webhooks/event-reads.ts'
import { HERE } from '../support/access.ts'
import { payloadOf, status } from './webhook-items.ts'
import { wamidOf } from './webhook-scripts.ts'
import { createWorld, type World } from './webhook-world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

it('takes a batch apart for its poison payloads, applies the rest, and the poison too once it is cured', async () => {
  const { db } = world.rows.postgres
  const nowS = Math.floor(Date.now() / 1_000)
  const accepted = { setup: 'accepted', sentAs: 'free_form', startedAt: nowS - 60 } as const
  await world.begin({ beganAt: nowS - 120, invited: [], messages: Array.from({ length: 5 }, () => accepted) })
  const delivered = (message: number) => payloadOf([status(nowS, wamidOf(message), 'delivered')])
  await sql`create function poison() returns trigger language plpgsql as $$ begin raise exception 'poisoned'; end $$`.execute(
    db,
  )
  await sql`
    create trigger poison before update on messages for each row when (new.wamid = ${sql.lit(wamidOf(2))}) execute function poison()`.execute(
    db,
  )

  await world.receive([delivered(0), '<html>', delivered(1), delivered(2), delivered(3), delivered(2), delivered(4)])
  await world.apply(200)
  expect(await statuses()).toEqual(['delivered', 'delivered', null, 'delivered', 'delivered'])
  expect(await keptAside()).toEqual([
    { id: '2', error: expect.stringContaining('JSON') },
    { id: '4', error: 'poisoned' },
    { id: '6', error: 'poisoned' },
  ])

  await sql`drop trigger poison on messages`.execute(db)
  for (const id of ['2', '4', '6']) await replayWebhookEvent(db, HERE, id)
  await world.apply(200)
  expect(await statuses()).toEqual(Array.from({ length: 5 }, () => 'delivered'))
  expect(await keptAside()).toEqual([{ id: '2', error: expect.stringContaining('JSON') }])
})

async function statuses(): Promise<(string | null)[]> {
  const { db } = world.rows.postgres
  const rows = await db.selectFrom('messages').select('status').orderBy('wamid').execute()
  return rows.map((row) => row.status)
}

async function keptAside(): Promise<{ id: string; error: string | null }[]> {
  const { db } = world.rows.postgres
  return db.selectFrom('webhook_events').select(['id', 'error']).where('state', '=', 'failed').orderBy('id').execute()
}
