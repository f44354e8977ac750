import { randomUUID } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import { HOUR_MS, MINUTE_MS } from '../../src/domain/time.ts'
import { tellDesk } from '../../src/store/intents/supply.ts'
import { CALLER } from '../support/access.ts'
import { createPassingWorld, type PassingWorld } from '../support/passing.ts'
import { SEED } from '../support/seed.ts'
import { seededRandom } from './random.ts'

/*
 * Random histories of an endpoint: webhooks come in, are handed out, delivered by several processes of which some fall silent and go on all the
 * same, refused, replayed, while the endpoint is paused and resumed and time goes by. In the end everything has come, and of each number first
 * in the order in which it came in (P12).
 */

const URL = 'https://bot.example/hooks'
const HISTORIES = 6
const EVENTS = 60

let world: PassingWorld
let numbers: PhoneNumberId[]
let endpoint: string
let written = 0

beforeAll(async () => {
  world = await createPassingWorld()
  numbers = [await world.rows.linkSender(), await world.rows.linkSender()]
  endpoint = await world.endpoint({ url: URL, kind: 'meta' })
})
afterAll(() => world.close())

async function history(seed: number): Promise<{ expected: string[][]; came: string[][]; refused: number }> {
  const random = seededRandom(seed)
  const { pool } = world.rows.postgres
  const expected = new Map<PhoneNumberId, string[]>(numbers.map((number) => [number, []]))
  const flights: Promise<unknown>[] = []
  const holders = [randomUUID(), randomUUID()]
  let isWell = false
  let refused = 0
  world.arrivals.length = 0
  world.moods.set(URL, async () => {
    for (let waits = isWell ? 0 : random.below(40); waits > 0; waits -= 1) await turn()
    if (isWell || random.below(10) > 0) return { status: 200, error: null, ms: 1 }
    refused += 1
    return { status: random.pick([500, 429, 302]), error: null, ms: 1 }
  })

  const events: Record<string, () => Promise<unknown>> = {
    async comes() {
      const number = random.pick(numbers)
      const id = `wamid.${++written}.`
      await world.comes(number, { messages: [{ id, from: '15550001111', type: 'text' }] })
      expected.get(number)?.push(id)
    },
    handOut: () => world.fanOut(),
    async serve() {
      const holder = random.pick(holders)
      await tellDesk(pool, holder, [], [])
      flights.push(world.deliver(undefined, holder))
    },
    async fallSilent() {
      const which = random.below(holders.length)
      await pool.query(`update desks set at = clock_timestamp() - interval '6 seconds' where id = $1`, [holders[which]])
      holders[which] = randomUUID()
    },
    pause: () => world.services.pauseEndpoint(CALLER, endpoint),
    resume: () => world.services.resumeEndpoint(CALLER, endpoint),
    timeGoesBy: () => world.later(MINUTE_MS),
    async replay() {
      const listed = await world.services.listDeliveries(CALLER, endpoint, { limit: 20 })
      if (!listed.ok || listed.value.data.length === 0) return
      const { id } = random.pick(listed.value.data) as { id: string }
      await world.services.replayDelivery(CALLER, endpoint, id)
    },
  }
  const likely = ['comes', 'comes', 'comes', 'handOut', 'serve', 'serve', 'serve', 'fallSilent', 'timeGoesBy', 'resume']
  for (let count = 0; count < EVENTS; count += 1) {
    const name = random.below(10) > 0 ? random.pick(likely) : random.pick(['pause', 'replay'])
    await events[name]?.()
  }

  isWell = true
  await Promise.all(flights)
  await world.services.resumeEndpoint(CALLER, endpoint)
  await world.fanOut()
  await world.later(HOUR_MS)
  // Streams of who fell silent may be leased still, by the server's own clock.
  await pool.query(
    `update delivery_streams set leased_until = clock_timestamp() - interval '1 second' where lease is not null`,
  )
  await world.deliver()
  const came = numbers.map((number) => {
    const ids = new Set(expected.get(number))
    const taken = world.arrivals.filter((one) => one.taken).flatMap(({ body }) => /wamid\.\d+\./.exec(body) ?? [])
    return [...new Set(taken.filter((id) => ids.has(id)))]
  })
  return { expected: [...expected.values()], came, refused }
}

it('tells everything, and first in order, whatever happens', { timeout: 120_000 }, async () => {
  let refusals = 0
  for (let seed = SEED; seed < SEED + HISTORIES; seed += 1) {
    const { expected, came, refused } = await history(seed)
    expect(came, `seed ${seed}`).toEqual(expected)
    refusals += refused
  }
  expect(refusals).toBeGreaterThan(0)
})
