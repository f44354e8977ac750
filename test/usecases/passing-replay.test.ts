import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { JOBS, jobRunner } from '../../src/app/jobs.ts'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import { MINUTE_MS, toIso } from '../../src/domain/time.ts'
import { replayPayloads } from '../../src/store/passing/replay-payloads.ts'
import { runJobs } from '../../src/usecases/run-jobs.ts'
import { CALLER } from '../support/access.ts'
import { answers, createPassingWorld, DEAD, type PassingWorld } from '../support/passing.ts'

/* Telling again what is of a time. */

let world: PassingWorld
let sender: PhoneNumberId
let other: PhoneNumberId
const URL = 'https://one.example/hooks'
/** So that payloads are queued at all. */
const SOMEBODY = 'https://somebody.example/hooks'

beforeAll(async () => {
  world = await createPassingWorld()
  sender = await world.rows.linkSender()
  other = await world.rows.linkSender()
})
afterAll(() => world.close())
beforeEach(() => {
  world.arrivals.length = 0
  world.moods.clear()
})
afterEach(async () => {
  for (const { id } of await world.services.listEndpoints(CALLER))
    await world.services.deleteEndpoint(CALLER, id as string)
})

let written = 0
/** As time goes by, what came in before is passed on. */
async function comes(to = sender, field = 'messages'): Promise<string> {
  const id = `wamid.${++written}.`
  await world.comes(to, { messages: [{ id, from: '15550001111', type: 'text' }] }, field)
  await world.fanOut()
  await world.later(MINUTE_MS)
  return id
}
const now = async () => toIso(await world.rows.now())
const came = (url = URL) =>
  world
    .bodies(url)
    .map(
      ({ entry }) =>
        (entry as never as { changes: { value: { messages: { id: string }[] } }[] }[])[0]?.changes[0]?.value.messages[0]
          ?.id,
    )

async function pass(): Promise<void> {
  await world.fanOut()
  await world.deliver()
}

async function replay(id: string, from: string, to: string): Promise<void> {
  const range = { from, to }
  expect(await world.services.replayDeliveries(CALLER, id, range)).toMatchObject({ ok: true })
  const { postgres, optOuts } = world.rows
  const runner = jobRunner({ postgres, optOuts, onFailed: (details) => expect(details).toBeNull() })
  while (await runJobs(runner, JOBS)) {}
}

it('tells what came in the time and is wanted now, also from before the endpoint was there', async () => {
  await world.endpoint({ url: SOMEBODY, kind: 'meta' })
  await comes()
  const from = await now()
  const before = [await comes(), await comes(sender, 'calls'), await comes(other), await comes()]
  const to = await now()
  await comes()
  await pass()
  const id = await world.endpoint({ url: URL, kind: 'meta', senders: [sender], events: ['messages'] })
  const after = await comes()
  await pass()
  await replay(id, from, to)
  await world.deliver()
  expect(came()).toEqual([after, before[0], before[3]])
})

it('tells what came while it was gone, and what it was told, again', async () => {
  const id = await world.endpoint({ url: URL, kind: 'meta' })
  await world.endpoint({ url: SOMEBODY, kind: 'meta' })
  const from = await now()
  const told = await comes()
  await pass()
  world.moods.set(URL, answers(410))
  const refused = await comes()
  await pass()
  const missed = await comes()
  await pass()
  world.moods.clear()
  await world.services.resumeEndpoint(CALLER, id)
  await world.deliver()
  expect(came()).toEqual([told, refused])
  await replay(id, from, await now())
  await world.deliver()
  expect(came()).toEqual([told, refused, told, refused, missed])
})

it('tells what came while it was gone though what it refused still waits', async () => {
  const id = await world.endpoint({ url: URL, kind: 'meta' })
  await world.endpoint({ url: SOMEBODY, kind: 'meta' })
  const from = await now()
  world.moods.set(URL, answers(410))
  const refused = await comes()
  await pass()
  const missed = await comes()
  await pass()
  world.moods.set(URL, DEAD)
  await world.services.resumeEndpoint(CALLER, id)
  await replay(id, from, await now())
  await pass()
  world.moods.clear()
  await world.services.resumeEndpoint(CALLER, id)
  await world.deliver()
  expect([...new Set(came())]).toEqual([refused, missed])
})

it('tells what it did not ask for then though something else of the time still waits', async () => {
  const id = await world.endpoint({ url: URL, kind: 'meta', events: ['calls'] })
  const from = await now()
  world.moods.set(URL, DEAD)
  const waits = await comes(sender, 'calls')
  await pass()
  const unasked = await comes()
  await pass()
  await world.services.updateEndpoint(CALLER, id, { events: null })
  await replay(id, from, await now())
  world.moods.clear()
  await world.services.resumeEndpoint(CALLER, id)
  await world.deliver()
  expect([...new Set(came())]).toEqual([waits, unasked])
})

it('leaves what waits anyway, and what is about to be passed on', async () => {
  const id = await world.endpoint({ url: URL, kind: 'meta' })
  const from = await now()
  const told = await comes()
  await pass()
  world.moods.set(URL, DEAD)
  const waits = [await comes(), await comes()]
  await pass()
  await world.comes(other, { messages: [{ id: 'wamid.elsewhere', from: '15550001111', type: 'text' }] })
  const elsewhere = 'wamid.elsewhere'
  await replay(id, from, await now())
  world.moods.clear()
  await world.services.resumeEndpoint(CALLER, id)
  await pass()
  expect(came().filter((one) => one !== elsewhere)).toEqual([told, ...waits, told])
  expect(came().filter((one) => one === elsewhere)).toHaveLength(1)
})

it('goes in steps, however few fit into one', async () => {
  await world.endpoint({ url: SOMEBODY, kind: 'meta' })
  const from = Number(await world.rows.now())
  const before = [await comes(), await comes(other, 'calls'), await comes(), await comes()]
  await pass()
  const id = await world.endpoint({ url: URL, kind: 'meta', events: ['messages'] })
  const { db, pool } = world.rows.postgres
  const { rows } = await pool.query('select max(id)::text as newest from webhook_events')
  const range = { from, to: Number(await world.rows.now()), upTo: rows[0].newest }
  for (const limits of [
    { payloads: 1, bytes: 1_000_000 },
    { payloads: 100, bytes: 1 },
  ]) {
    world.arrivals.length = 0
    let at: string | null = null
    do at = (await replayPayloads(db, id, range, at, limits)).at
    while (at !== null)
    await world.deliver()
    expect(came()).toEqual([before[0], before[2], before[3]])
  }
})
