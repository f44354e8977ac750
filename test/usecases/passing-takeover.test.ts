import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { PhoneNumberId, WorkspaceId } from '../../src/domain/ids.ts'
import { tellDesk } from '../../src/store/intents/supply.ts'
import { isHeldSince, leaseClock } from '../../src/store/passing/erasure.ts'
import { createPassingWorld, type PassingWorld } from '../support/passing.ts'

/* Somebody else goes on with what a process has leased that does not tell any more that it is there; should it only have stood still, too. */

let world: PassingWorld
let sender: PhoneNumberId
const URL = 'https://one.example/hooks'

beforeAll(async () => {
  world = await createPassingWorld()
  sender = await world.rows.linkSender()
  await world.endpoint({ url: URL, kind: 'meta' })
})
afterAll(() => world.close())
beforeEach(() => {
  world.arrivals.length = 0
})

async function comeIn(ids: string[]): Promise<void> {
  for (const id of ids) await world.comes(sender, { messages: [{ id, from: '15550001111', type: 'text' }] })
  await world.fanOut()
}

const came = (ids: string[]) => world.arrivals.flatMap(({ body }) => ids.filter((id) => body.includes(`"${id}"`)))
const pool = () => world.rows.postgres.pool

/** A process that stands still in its delivery of one of these, until it is let go. */
async function standsStill(id: string) {
  const holder = randomUUID()
  await tellDesk(pool(), holder, [], [])
  const [stands, goesOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let once = true
  world.moods.set(URL, async ({ body }) => {
    if (once && body.includes(`"${id}"`)) {
      once = false
      stands.resolve()
      await goesOn.promise
    }
    return { status: 200, error: null, ms: 1 }
  })
  const ended = world.deliver(undefined, holder)
  await stands.promise
  return { holder, goOn: goesOn.resolve, ended }
}

const fallsSilent = (holder: string) =>
  pool().query(`update desks set at = clock_timestamp() - interval '6 seconds' where id = $1`, [holder])

it('leaves its streams to a process that is there', async () => {
  const ids = ['wamid.a', 'wamid.b']
  await comeIn(ids)
  const one = await standsStill('wamid.a')
  expect(await world.deliver()).toEqual([])
  one.goOn()
  expect(await one.ended).toEqual(['idle'])
  expect(came(ids)).toEqual(ids)
})

it('goes on where one fell silent; everything comes, and first in order, though both deliver', async () => {
  const ids = ['wamid.1', 'wamid.2', 'wamid.3', 'wamid.4']
  await comeIn(ids)
  const one = await standsStill('wamid.2')
  await fallsSilent(one.holder)
  expect(await world.deliver()).toEqual(['idle'])
  expect([...new Set(came(ids))]).toEqual(['wamid.1', 'wamid.2', 'wamid.3', 'wamid.4'])
  one.goOn()
  expect(await one.ended).toEqual(['lost'])
  const late = ['wamid.5']
  await comeIn(late)
  await world.deliver()
  expect(came(late)).toEqual(late)
})

it('is known to an erasure as somebody who may still hold what it has read', async () => {
  const workspace = 'default' as WorkspaceId
  await comeIn(['wamid.x'])
  const one = await standsStill('wamid.x')
  await fallsSilent(one.holder)
  await world.deliver()
  const { db } = world.rows.postgres
  const now = await leaseClock(db)
  expect(await isHeldSince(db, workspace, now)).toBe(true)
  await pool().query(`update delivery_streams set held_until = clock_timestamp() - interval '1 second'`)
  expect(await isHeldSince(db, workspace, now)).toBe(false)
  one.goOn()
  await one.ended
})
