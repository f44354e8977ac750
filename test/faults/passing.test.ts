import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { ConversationId, PhoneNumberId, Wamid } from '../../src/domain/ids.ts'
import { insertInbound } from '../../src/store/conversations/conversations.ts'
import type { Postgres } from '../../src/store/pg/postgres.ts'
import { createPassingWorld, type PassingWorld } from '../support/passing.ts'
import { type Fate, faultyPostgres } from './faulty-postgres.ts'

/*
 * The process dies after every statement and after every delivery, from the outbox and the inbox to the endpoints. Another one takes over
 * once the leases have ended: everything has come everywhere, at least once, and first in order (P12).
 */

const META = 'https://bot.example/hooks'
const EVENTS = 'https://shop.example/hooks'

let world: PassingWorld
let sender: PhoneNumberId
let other: PhoneNumberId
let conversations: Map<PhoneNumberId, ConversationId>
let written = 0

beforeAll(async () => {
  world = await createPassingWorld()
  sender = await world.rows.linkSender()
  other = await world.rows.linkSender()
  await world.endpoint({ url: META, kind: 'meta' })
  await world.endpoint({ url: EVENTS, kind: 'events', events: ['message.*'] })
  conversations = new Map()
  for (const number of [sender, other]) conversations.set(number, (await world.rows.conversation(number)).id)
})
afterAll(() => world.close())
beforeEach(() => {
  world.arrivals.length = 0
})

/** What comes in: of each number some messages, told by Meta and by the outbox. Answers their ids by number. */
async function comeIn(): Promise<Map<PhoneNumberId, string[]>> {
  const ids = new Map<PhoneNumberId, string[]>([
    [sender, []],
    [other, []],
  ])
  const at = await world.rows.now()
  for (const number of [sender, other, sender]) {
    const wamid = `wamid.${++written}.`
    ids.get(number)?.push(wamid)
    await world.comes(number, { messages: [{ id: wamid, from: '15550001111', type: 'text', text: { body: wamid } }] })
    const inbound = { wamid: wamid as Wamid, conversationId: conversations.get(number) as ConversationId }
    await insertInbound(world.rows.postgres.db, { ...inbound, type: 'text', at, body: {} })
  }
  return ids
}

async function passAll(postgres: Postgres): Promise<void> {
  await world.fanOut(postgres)
  await world.deliver(postgres)
}

/** Dies when `n` calls to the outside are done. */
function death(n: number) {
  const counter = { calls: 0 }
  const fate: Fate = async (run) => {
    if (counter.calls >= n) throw new Error('the process is dead')
    counter.calls += 1
    const result = await run()
    if (counter.calls >= n) throw new Error('the process died')
    return result
  }
  return { counter, fate }
}

async function tried(n: number): Promise<number> {
  world.arrivals.length = 0
  const came = await comeIn()
  const { counter, fate } = death(n)
  // A delivery that is made is made, whatever becomes of whoever made it.
  for (const url of [META, EVENTS]) world.moods.set(url, () => fate(async () => ({ status: 200, error: null, ms: 1 })))
  await passAll(faultyPostgres(world.rows.postgres, fate)).catch(() => {})
  world.moods.clear()
  await world.rows.postgres.pool.query(
    `update delivery_streams set leased_until = clock_timestamp() - interval '1 second' where leased_until is not null`,
  )
  await passAll(world.rows.postgres)

  const last = came.get(sender)?.at(-1) as string
  for (const url of [META, EVENTS]) {
    for (const [number, ids] of came) {
      const arrived = world.arrivals
        .filter((one) => one.url === url)
        .flatMap(({ body }) => ids.filter((id) => body.includes(`"${id}"`)))
      expect([...new Set(arrived)], `${url} of ${number}, dead after ${n}, up to ${last}`).toEqual(ids)
    }
  }
  return counter.calls
}

async function left(): Promise<unknown[]> {
  const { rows } = await world.rows.postgres.pool.query(
    `select 'stream' from delivery_streams where last_id > done_id or lease is not null
     union all select 'payload' from payloads_to_pass union all select 'delivery' from deliveries where state <> 'delivered'`,
  )
  return rows
}

it('loses nothing and overtakes nothing, wherever the process dies', { timeout: 300_000 }, async () => {
  const all = await tried(Number.POSITIVE_INFINITY)
  expect(await left()).toEqual([])
  expect(all).toBeGreaterThan(20)
  for (let n = 0; n <= all; n++) await tried(n)
  expect(await left()).toEqual([])
})
