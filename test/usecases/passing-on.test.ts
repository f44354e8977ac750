import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import { HOUR_MS, SECOND_MS } from '../../src/domain/time.ts'
import { passPayloads } from '../../src/store/passing/pass-payloads.ts'
import { CALLER } from '../support/access.ts'
import { answers, createPassingWorld, DEAD, type PassingWorld, payloadOf } from '../support/passing.ts'

let world: PassingWorld
let sender: PhoneNumberId
let other: PhoneNumberId
const URL = 'https://one.example/hooks'
const OTHER = 'https://two.example/hooks'

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
  const endpoints = await world.services.listEndpoints(CALLER)
  for (const { id } of endpoints) await world.services.deleteEndpoint(CALLER, id as string)
})

let written = 0
/** A customer's message, as Meta tells it; the text is its number. */
async function message(to = sender): Promise<string> {
  const text = String(++written)
  const one = {
    from: '5511987654321',
    id: `wamid.${text}`,
    timestamp: '1790000000',
    type: 'text',
    text: { body: text },
  }
  await world.comes(to, { messages: [one] })
  return text
}

async function pass(): Promise<string[]> {
  await world.fanOut()
  return world.deliver()
}

/** Texts of the messages that came, in the order of their coming. */
function texts(url = URL): string[] {
  return world.bodies(url).flatMap((body) => {
    const [entry] = body.entry as { changes: { value: { messages?: { text: { body: string } }[] } }[] }[]
    return entry?.changes.flatMap(({ value }) => value.messages?.map(({ text }) => text.body) ?? []) ?? []
  })
}

const sorted = (all: string[]) => all.toSorted((a, b) => Number(a) - Number(b))

async function deliveries(id: string, state?: 'pending' | 'delivered' | 'failed') {
  const listed = await world.services.listDeliveries(CALLER, id, { state, limit: 100 })
  if (!listed.ok) throw new Error(listed.refusal.message)
  return listed.value.data as { id: string; state: string; next_at: string | null; attempts: object[] }[]
}

describe('what Meta sent', () => {
  it('goes on as it came, in order, to those who want it', async () => {
    const id = await world.endpoint({ url: URL, kind: 'meta' })
    await world.endpoint({ url: OTHER, kind: 'meta', senders: [other] })
    const came = [await message(), await message(), await message()]
    await pass()
    expect(texts()).toEqual(came)
    expect(texts(OTHER)).toEqual([])
    const { rows } = await world.rows.postgres.pool.query('select payload from webhook_events order by id desc limit 3')
    expect(world.arrivals.map(({ body }) => body)).toEqual(rows.map(({ payload }) => payload).reverse())
    expect(await deliveries(id)).toMatchObject(came.map(() => ({ state: 'delivered', attempts: [{ status: 200 }] })))
  })

  it('goes number by number where it is of several, and to nobody of a number that is not linked', async () => {
    await world.endpoint({ url: URL, kind: 'meta', senders: [sender] })
    await world.endpoint({ url: OTHER, kind: 'meta' })
    const of = (number: string) => ({
      field: 'messages',
      value: { metadata: { phone_number_id: number }, statuses: [] },
    })
    const waba = await world.rows.wabaOf(sender)
    await world.receive(payloadOf(waba, [of(sender), of(other), of('999')]))
    await pass()
    const numbers = (url: string) =>
      world.bodies(url).map((body) => {
        const [entry] = body.entry as { changes: { value: { metadata: { phone_number_id: string } } }[] }[]
        return entry?.changes.map(({ value }) => value.metadata.phone_number_id)
      })
    expect(numbers(URL)).toEqual([[sender]])
    expect(numbers(OTHER)).toHaveLength(2)
    expect(numbers(OTHER)).toEqual(expect.arrayContaining([[sender], [other]]))
  })

  it('goes once it is applied, so that what is told is known here, and no later than five seconds after it came', async () => {
    const round = () => passPayloads(world.rows.postgres.pool, { payloads: 100, bytes: 1_000_000 })
    await world.endpoint({ url: URL, kind: 'meta' })
    const first = await message()
    expect(await round()).toMatchObject({ taken: 0, waits: true })
    await world.applied()
    const second = await message()
    expect(await round()).toMatchObject({ taken: 1, waits: true })
    await world.later(5 * SECOND_MS)
    expect(await round()).toMatchObject({ taken: 1, waits: false })
    await world.deliver()
    expect(texts()).toEqual([first, second])
  })

  it('is not queued while nobody wants it', async () => {
    await message()
    const { rows } = await world.rows.postgres.pool.query('select from payloads_to_pass')
    expect(rows).toEqual([])
  })
})

describe('a delivery that fails', () => {
  it('is tried again before later ones of its number, and holds up no other number', async () => {
    const id = await world.endpoint({ url: URL, kind: 'meta' })
    const [bad, after, elsewhere] = [await message(), await message(), await message(other)]
    world.moods.set(URL, ({ body }) => answers(body.includes(`wamid.${bad}"`) ? 500 : 200)({ id: '', body }))
    expect((await pass()).sort()).toEqual(['failing', 'idle'])
    expect(texts()).toEqual([elsewhere])
    expect(await deliveries(id, 'failed')).toMatchObject([{ attempts: [{ status: 500, error: 'answered 500' }] }])
    expect(await deliveries(id, 'pending')).toHaveLength(1)
    expect(await world.deliver()).toEqual([])

    world.moods.clear()
    await world.later(6_000)
    await world.deliver()
    expect(texts()).toEqual([elsewhere, bad, after])
    expect(await deliveries(id, 'delivered')).toHaveLength(3)
  })

  it('is passed by where somebody says so, and stays in the list', async () => {
    const id = await world.endpoint({ url: URL, kind: 'meta' })
    const [bad, after] = [await message(), await message()]
    world.moods.set(URL, ({ body }) => answers(body.includes(`wamid.${bad}"`) ? 500 : 200)({ id: '', body }))
    await pass()
    const [failed] = await deliveries(id, 'failed')
    const [waits] = await deliveries(id, 'pending')
    const skip = (one: string | undefined) => world.services.skipDelivery(CALLER, id, one ?? '')
    expect(await skip(waits?.id)).toMatchObject({ refusal: { status: 409, code: 'delivery_not_failing' } })
    expect(await skip('999999')).toMatchObject({ refusal: { status: 404 } })
    expect(await skip(failed?.id)).toMatchObject({ value: { state: 'failed', next_at: null } })
    expect(await skip(failed?.id)).toMatchObject({ refusal: { status: 409 } })
    await world.deliver()
    expect(texts()).toEqual([after])
    expect((await deliveries(id)).map(({ state }) => state)).toEqual(['delivered', 'failed'])
    expect(await deliveries(id, 'delivered')).toHaveLength(1)
    world.moods.clear()
    await world.services.replayDelivery(CALLER, id, failed?.id as string)
    await world.deliver()
    expect(texts()).toEqual([after, bad])
  })

  it('pauses its endpoint after three days, and what is kept goes when that is resumed', async () => {
    const id = await world.endpoint({ url: URL, kind: 'meta' })
    const well = await world.endpoint({ url: OTHER, kind: 'meta' })
    world.moods.set(URL, DEAD)
    const came = [await message(), await message(other)]
    await pass()
    let hours = 0
    for (; (await world.read(id)).state === 'active' && hours < 90; hours += 3) {
      await world.later(3 * HOUR_MS)
      if (hours === 12) came.push(await message())
      await pass()
    }
    expect(hours).toBeGreaterThanOrEqual(72)
    expect(hours).toBeLessThan(78)
    expect(await world.read(id)).toMatchObject({ state: 'paused', reason: { code: 'failing' } })
    expect((await deliveries(id)).map((one) => one.next_at)).toEqual([null, null, null])
    expect(await world.read(well)).toMatchObject({ state: 'active' })
    expect(sorted(texts(OTHER))).toEqual(came)

    world.moods.clear()
    came.push(await message())
    await pass()
    expect(texts()).toEqual([])
    await world.services.resumeEndpoint(CALLER, id)
    await world.deliver()
    expect(sorted(texts())).toEqual(came)
    expect(await world.read(id)).toMatchObject({ state: 'active', reason: null })
  })

  it('ends it where it says that it is gone', async () => {
    const id = await world.endpoint({ url: URL, kind: 'meta' })
    world.moods.set(URL, answers(410))
    await message()
    expect(await pass()).toEqual(['given up'])
    expect(await world.read(id)).toMatchObject({ state: 'gone', reason: { code: 'gone' } })
    await message()
    await pass()
    expect(world.arrivals).toHaveLength(1)
    const { rows } = await world.rows.postgres.pool.query(
      `select action, detail from audit_events where object_id = $1`,
      [id],
    )
    expect(rows).toContainEqual({ action: 'endpoint.pause', detail: expect.objectContaining({ state: 'gone' }) })
  })
})

describe('an endpoint', () => {
  it('gets nothing while it is paused, and then what was kept', async () => {
    const id = await world.endpoint({ url: URL, kind: 'meta' })
    await world.services.pauseEndpoint(CALLER, id)
    const came = [await message(), await message()]
    expect(await pass()).toEqual([])
    await world.services.resumeEndpoint(CALLER, id)
    await world.deliver()
    expect(texts()).toEqual(came)
  })

  it('gets what it got again, one and all of a time', async () => {
    const id = await world.endpoint({ url: URL, kind: 'meta' })
    const came = [await message(), await message()]
    await pass()
    const [, first] = await deliveries(id)
    expect(await world.services.replayDelivery(CALLER, id, first?.id as string)).toMatchObject({
      ok: true,
      value: { state: 'pending', numbers: [sender] },
    })
    await world.deliver()
    expect(texts()).toEqual([...came, came[0]])
  })

  it('is seen by a key for its numbers and by no other, and hears only of them', async () => {
    const limited = { ...CALLER, senders: [sender] }
    const mine = await world.endpoint({ url: URL, kind: 'meta' }, limited)
    const all = await world.endpoint({ url: OTHER, kind: 'meta' })
    expect((await world.services.listEndpoints(limited)).map(({ id }) => id)).toEqual([mine])
    expect(await world.services.getEndpoint(limited, all)).toMatchObject({ ok: false, refusal: { status: 404 } })
    expect(await world.services.updateEndpoint(limited, mine, { senders: null })).toMatchObject({
      value: { senders: [sender] },
    })
    expect(await world.services.updateEndpoint(limited, mine, { senders: [other] })).toMatchObject({
      refusal: { field: 'senders.0' },
    })
    await message(other)
    const own = await message()
    await pass()
    expect(texts()).toEqual([own])
  })

  it('shows its secret once, and whether it answered the handshake', async () => {
    const made = await world.services.createEndpoint(CALLER, { url: URL, kind: 'meta', verify_token: 'right' })
    expect(made).toMatchObject({ value: { verified: true, secret: expect.stringMatching(/^[0-9a-f]{64}$/) } })
    const wrong = await world.services.createEndpoint(CALLER, { url: URL, kind: 'meta', verify_token: 'wrong' })
    expect(wrong).toMatchObject({ value: { verified: false } })
    const events = await world.services.createEndpoint(CALLER, { url: URL, kind: 'events' })
    expect(events).toMatchObject({ value: { verified: null, secret: expect.stringMatching(/^whsec_/) } })
    for (const one of await world.services.listEndpoints(CALLER)) expect(one).not.toHaveProperty('secret')
  })

  it('is not looked at for ever because of what went before it could be told', async () => {
    await world.endpoint({ url: URL, kind: 'meta' })
    await message()
    await world.fanOut()
    await world.rows.postgres.pool.query('delete from deliveries')
    expect(await world.deliver()).toEqual(['idle'])
    const next = await message()
    await pass()
    expect(texts()).toEqual([next])
  })

  it.each([
    [{ url: 'http://one.example', kind: 'meta' }, 'url'],
    [{ url: URL, kind: 'events', events: ['intent.exploded'] }, 'events.0'],
    [{ url: URL, kind: 'meta', events: ['Messages!'] }, 'events.0'],
    [{ url: URL, kind: 'meta', senders: ['999'] }, 'senders.0'],
    [{ url: URL, kind: 'events', secret: 'whsec_short' }, 'secret'],
    [{ url: URL, kind: 'meta', secret: 'short' }, 'secret'],
    [{ url: URL, kind: 'events', verify_token: 'x' }, 'verify_token'],
    [{ url: URL, kind: 'events', ids: 'meta' }, 'ids'],
  ] as const)('is refused as %j', async (request, field) => {
    expect(await world.services.createEndpoint(CALLER, request)).toMatchObject({
      ok: false,
      refusal: { status: 400, field, message: expect.stringContaining(`expected ${field}`) },
    })
  })

  it('can be tried out at once, whatever its state', async () => {
    const id = await world.endpoint({ url: URL, kind: 'meta', verify_token: 'right' })
    await world.services.pauseEndpoint(CALLER, id)
    expect(await world.services.testEndpoint(CALLER, id)).toMatchObject({ value: { delivered: true, status: 200 } })
    world.moods.set(URL, DEAD)
    expect(await world.services.testEndpoint(CALLER, id)).toMatchObject({
      value: { delivered: false, status: null, error: 'ECONNREFUSED' },
    })
  })
})
