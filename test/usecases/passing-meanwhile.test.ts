import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PhoneNumberId, WorkspaceId } from '../../src/domain/ids.ts'
import { DAY_MS, MINUTE_MS } from '../../src/domain/time.ts'
import { createTokenVault } from '../../src/store/accounts/token-vault.ts'
import { endpointStore } from '../../src/store/passing/endpoints.ts'
import { isHeldSince, leaseClock } from '../../src/store/passing/erasure.ts'
import { deliveryRetention } from '../../src/store/passing/retention.ts'
import { mergeContacts } from '../../src/store/people/merge.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { PAGE, type PassOnIo, serveStream } from '../../src/usecases/pass-on.ts'
import { CALLER } from '../support/access.ts'
import { answers, createPassingWorld, DEAD, type PassingWorld } from '../support/passing.ts'

/* What somebody does with an endpoint while something is on its way there. */

let world: PassingWorld
let sender: PhoneNumberId
const URL = 'https://one.example/hooks'
const ELSEWHERE = 'https://elsewhere.example/hooks'

beforeAll(async () => {
  world = await createPassingWorld()
  sender = await world.rows.linkSender()
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

async function comes(...ids: string[]): Promise<void> {
  for (const id of ids) await world.comes(sender, { messages: [{ id, from: '15550001111', type: 'text' }] })
  await world.fanOut()
}
const takenAt = (url: string) =>
  world.arrivals.filter((one) => one.url === url && one.taken).map(({ body }) => /"id":"(wamid\.\w+)"/.exec(body)?.[1])
const statesOf = async (id: string) => {
  const listed = await world.services.listDeliveries(CALLER, id, { limit: 10 })
  return listed.ok ? listed.value.data.map(({ state, attempts }) => [state, (attempts as object[]).length]) : []
}

interface Payload {
  entry: { changes: { value: object }[] }[]
}

/** The first delivery there is held, and answered so when it is let go; the others are taken. */
async function underWay(status: number) {
  const [began, goesOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let first = true
  world.moods.set(URL, async () => {
    const answered = first ? status : 200
    if (first) {
      first = false
      began.resolve()
      await goesOn.promise
    }
    return { status: answered, error: null, ms: 1 }
  })
  const ended = world.deliver()
  await began.promise
  return async () => {
    goesOn.resolve()
    return ended
  }
}

describe('an endpoint whose address changes while something is on its way to the old one', () => {
  it('is not gone because the old one says so, and gets everything in order', async () => {
    const id = await world.endpoint({ url: URL, kind: 'meta' })
    await comes('wamid.a', 'wamid.b')
    const goesOn = await underWay(410)
    await world.services.updateEndpoint(CALLER, id, { url: ELSEWHERE })
    expect(await goesOn()).toEqual(['lost', 'idle'])
    expect(await world.read(id)).toMatchObject({ state: 'active', url: ELSEWHERE })
    expect(takenAt(ELSEWHERE)).toEqual(['wamid.a', 'wamid.b'])
  })

  it('is tried at once, as if it had never failed', async () => {
    const id = await world.endpoint({ url: URL, kind: 'meta' })
    await comes('wamid.c')
    world.moods.set(URL, DEAD)
    for (let tries = 0; tries < 9; tries += 1) {
      await world.deliver()
      await world.later(30 * MINUTE_MS)
    }
    await world.deliver()
    expect(await world.deliver()).toEqual([])
    await world.services.updateEndpoint(CALLER, id, { url: ELSEWHERE })
    world.moods.set(ELSEWHERE, DEAD)
    expect(await world.deliver()).toEqual(['failing'])
    world.moods.clear()
    await world.later(MINUTE_MS)
    expect(await world.deliver()).toEqual(['idle'])
    expect(takenAt(ELSEWHERE)).toEqual(['wamid.c'])
  })

  it('is not verified by what the old one answered', async () => {
    const id = await world.endpoint({ url: ELSEWHERE, kind: 'meta', verify_token: 'wrong' })
    const { db } = world.rows.postgres
    const store = endpointStore(db, createTokenVault([world.rows.secretKey]))
    await store.recordVerified(id, URL, true)
    expect(await world.read(id)).toMatchObject({ verified: false })
  })
})

describe('what was tried by somebody who lost it', () => {
  it('is noted, and does not count', async () => {
    const id = await world.endpoint({ url: URL, kind: 'meta' })
    await comes('wamid.d')
    const goesOn = await underWay(500)
    await world.services.resumeEndpoint(CALLER, id)
    expect(await world.deliver()).toEqual(['idle'])
    expect(await goesOn()).toEqual(['lost'])
    expect(await statesOf(id)).toEqual([['delivered', 2]])
    expect(await world.read(id)).toMatchObject({ state: 'active' })
  })
})

describe('an endpoint that is deleted while something is on its way', () => {
  it('is no more, and is known to an erasure until whoever delivers has said what became of it', async () => {
    const id = await world.endpoint({ url: URL, kind: 'meta' })
    await comes('wamid.e', 'wamid.f')
    const goesOn = await underWay(200)
    await world.services.deleteEndpoint(CALLER, id)
    const { db, pool } = world.rows.postgres
    const retention = deliveryRetention(db)
    while ((await retention.sweep(100)) > 0) {}
    const isHeld = async () => isHeldSince(db, 'default' as WorkspaceId, await leaseClock(db))
    expect(await isHeld()).toBe(true)
    expect(await world.deliver()).toEqual([])
    expect(await goesOn()).toEqual(['lost'])
    await world.later(2 * MINUTE_MS)
    await pool.query(`update delivery_streams set held_until = clock_timestamp() - interval '1 second'`)
    await retention.sweep(100)
    expect(await isHeld()).toBe(false)
    const { rows } = await pool.query(
      `select from webhook_endpoints where id = $1 union all select from delivery_streams where endpoint_id = $1
       union all select from deliveries where endpoint_id = $1`,
      [id],
    )
    expect(rows).toEqual([])
  })
})

describe('what Meta sent', () => {
  it('is told under the ids that a drop-in client knows also where people were merged meanwhile, and else as it came', async () => {
    await world.endpoint({ url: URL, kind: 'meta' })
    await world.endpoint({ url: ELSEWHERE, kind: 'meta', ids: 'meta' })
    const { rows } = world
    const [kept, gone] = [await rows.conversation(sender), await rows.conversation(sender)]
    const intent = await rows.intent(sender, gone.id, {
      createdBy: { ...CALLER.actor, via: 'drop_in' },
      message: { type: 'text', text: { body: 'Hi' }, biz_opaque_callback_data: 'order-17' } as never,
    })
    await rows.attempt(sender, intent, { event: 'accept' }, 'wamid.out')
    await world.comes(sender, {
      statuses: [{ id: 'wamid.out', status: 'read' }],
      messages: [
        { id: 'wamid.q', context: { id: 'wamid.out' } },
        { id: 'wamid.r', reaction: { message_id: 'wamid.out', emoji: '👍' } },
        { id: 'wamid.s', context: { id: 'wamid.other' } },
      ],
    })
    await world.fanOut()
    await inTransaction(rows.postgres.pool, (trx) => mergeContacts(trx, kept.contactId, gone.contactId))
    await world.deliver()
    const valueAt = (url: string) => (world.bodies(url)[0] as never as Payload).entry[0]?.changes[0]?.value
    const casement = { wamid: 'wamid.out', intent }
    expect(valueAt(URL)).toMatchObject({
      statuses: [{ id: intent, casement, status: 'read', biz_opaque_callback_data: 'order-17' }],
      messages: [
        { id: 'wamid.q', context: { id: intent, casement } },
        { id: 'wamid.r', reaction: { message_id: intent, casement, emoji: '👍' } },
        { id: 'wamid.s', context: { id: 'wamid.other' } },
      ],
    })
    expect(JSON.stringify(valueAt(ELSEWHERE))).not.toContain(intent)
  })

  it('is the very bytes that came, however odd', async () => {
    await world.endpoint({ url: URL, kind: 'meta' })
    const waba = await world.rows.wabaOf(sender)
    const odd = `{ "object":"whatsapp_business_account",\n"2":[1e400,-0,1.0,123456789012345678901234567890],"1":"\\ud800 \\u00e9 é 😀 \\/",
      "entry":[{"id":${waba},"changes":[{"value":{"metadata":{"phone_number_id":"${sender}"},"statuses":[{"id":"wamid.\\udfff","\\u0069":0}]},"field":"messages"}]}]\t}`
    await world.receive(odd)
    await world.fanOut()
    await world.deliver()
    expect(world.arrivals.map(({ body }) => body)).toEqual([odd])
  })
})

describe('an endpoint that was gone and is only paused', () => {
  it('is kept what happens, messages too', async () => {
    const id = await world.endpoint({ url: URL, kind: 'events', events: ['message.*'] })
    const { pool } = world.rows.postgres
    await pool.query(
      `insert into outbox (workspace, kind, subject, payload) values ('default', 'message.received', 'wamid.g', $1)`,
      [{ sender, conversation: '1' }],
    )
    await world.fanOut()
    await pool.query(`update webhook_endpoints set state = 'gone', reason_code = 'gone', reason_text = 'Gone.'`)
    await pool.query('delete from news_readers')
    await world.services.pauseEndpoint(CALLER, id)
    const { rows } = await pool.query('select topics from news_readers where id = $1', [id])
    expect(rows).toEqual([{ topics: ['message'] }])
  })
})

describe('an endpoint that takes its time', () => {
  /** Each delivery takes so long. */
  async function pagesOf(ms: number, refusedAfter = Number.POSITIVE_INFINITY): Promise<number[]> {
    let now = 0
    const pages: number[] = []
    const deliveries = Array.from({ length: 6 }, (_, index) => ({
      id: String(index + 1),
      type: '',
      text: '',
      event: null,
    }))
    let done = 0
    const io = {
      read: async () => ({
        endpoint: { id: 'one', url: URL },
        deliveries: deliveries.slice(done, done + PAGE.deliveries),
        lastId: '6',
        tries: 0,
        firstTriedAt: null,
        now: 0,
      }),
      parcels: async (_endpoint: unknown, _stream: string, some: object[]) => some.map(() => ({ id: '', body: '' })),
      secretOf: () => 'secret',
      courier: {
        async deliver() {
          now += ms
          return { status: 200, error: null, ms }
        },
      },
      async record({ tried, doneId }: { tried: object[]; doneId: string | null }) {
        pages.push(tried.length)
        done = Number(doneId)
        return pages.length < refusedAfter
      },
      elapsed: () => now,
      onTried() {},
      stopping: () => false,
    } as never as PassOnIo
    await serveStream(io, { endpoint: 'one', stream: '', lease: '' })
    return pages
  }

  it('is asked for again after a second, so that what is changed about it counts from then on', async () => {
    expect(await pagesOf(1)).toEqual([6])
    expect(await pagesOf(600)).toEqual([2, 2])
    expect(await pagesOf(5_000)).toEqual([1])
  })

  it('is left by who has lost it', async () => {
    expect(await pagesOf(1_100, 1)).toEqual([1])
  })
})

it('pauses one whose three days are over, and not one that was resumed in the moment in which they ended', async () => {
  const id = await world.endpoint({ url: URL, kind: 'meta' })
  await comes('wamid.h')
  world.moods.set(URL, answers(500))
  await world.deliver()
  await world.rows.postgres.pool.query(
    `update delivery_streams set first_tried_at = casement_now() - interval '73 hours', next_at = casement_now()
     where tries > 0`,
  )
  const goesOn = await underWay(500)
  await world.services.resumeEndpoint(CALLER, id)
  expect(await goesOn()).toEqual(['lost', 'idle'])
  expect(await world.read(id)).toMatchObject({ state: 'active' })
})

it('tells on where the clock is set back to real time', async () => {
  await world.endpoint({ url: URL, kind: 'meta' })
  await world.later(30 * DAY_MS)
  await comes('wamid.i')
  await world.deliver()
  world.moods.set(URL, DEAD)
  await comes('wamid.j')
  await world.deliver()
  world.moods.clear()
  await world.later(-30 * DAY_MS)
  await comes('wamid.k')
  await world.later(MINUTE_MS)
  await world.deliver()
  expect(takenAt(URL)).toEqual(['wamid.i', 'wamid.j', 'wamid.k'])
})
