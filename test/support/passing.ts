import { randomUUID } from 'node:crypto'
import { endpointServices } from '../../src/app/endpoints.ts'
import { passOnIo } from '../../src/app/passing-on.ts'
import { createReceiver } from '../../src/app/receiving.ts'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import type { Caller } from '../../src/http/services.ts'
import { createTokenVault } from '../../src/store/accounts/token-vault.ts'
import { fanOutEvents } from '../../src/store/outbox/outbox.ts'
import { passEvents } from '../../src/store/passing/fan-out.ts'
import { passPayloads } from '../../src/store/passing/pass-payloads.ts'
import { leaseStreams } from '../../src/store/passing/streams.ts'
import { moveClock } from '../../src/store/pg/move-clock.ts'
import type { Postgres } from '../../src/store/pg/postgres.ts'
import type { Courier, Parcel, Tried } from '../../src/usecases/courier.ts'
import type { EndpointRequest } from '../../src/usecases/manage-endpoints.ts'
import { type Served, serveStream } from '../../src/usecases/pass-on.ts'
import { CALLER } from './access.ts'
import { createRows, type Rows } from './rows.ts'

/** What came to an endpoint. */
export interface Arrival extends Parcel {
  url: string
  taken: boolean
}

/** How an address answers. */
export type Mood = (parcel: Parcel) => Promise<Tried> | Tried

export const WELL: Mood = () => ({ status: 200, error: null, ms: 1 })
export const DEAD: Mood = () => ({ status: null, error: 'ECONNREFUSED', ms: 1 })
export const answers =
  (status: number): Mood =>
  () => ({ status, error: null, ms: 1 })

/** Passing on, step by step, to addresses that are made up. */
export interface PassingWorld {
  rows: Rows
  services: ReturnType<typeof endpointServices>
  arrivals: Arrival[]
  /** By address; WELL, where nothing is said. */
  moods: Map<string, Mood>
  /** Made by CALLER, or by a key for some numbers. Answers the id. */
  endpoint(request: Partial<EndpointRequest> & Pick<EndpointRequest, 'url' | 'kind'>, caller?: Caller): Promise<string>
  read(id: string): Promise<Record<string, unknown>>
  /** A webhook comes in, of the number's account. */
  comes(sender: PhoneNumberId, value: object, field?: string): Promise<void>
  receive(payload: string): Promise<void>
  /** As if what came in had been applied; nothing here applies. */
  applied(): Promise<void>
  /** Whoever leads puts it all into the queues, once it is applied. */
  fanOut(postgres?: Postgres): Promise<void>
  /** Everything that is due, until nothing is; answers how each turn ended. */
  deliver(postgres?: Postgres, holder?: string): Promise<Served[]>
  bodies(url: string): Record<string, unknown>[]
  /** Moves the clock on. */
  later(ms: number): Promise<void>
  close(): Promise<void>
}

const ROOM = { streams: 64, perEndpoint: 16, less: [] }

/** @param rows in whose database; a new one's, where none are given */
export async function createPassingWorld(given?: Rows): Promise<PassingWorld> {
  const rows = given ?? (await createRows())
  const vault = createTokenVault([rows.secretKey])
  const arrivals: Arrival[] = []
  const moods = new Map<string, Mood>()
  let aheadMs = 0
  const courier: Courier = {
    async deliver({ url }, parcel) {
      const tried = await (moods.get(url) ?? WELL)(parcel)
      arrivals.push({ url, ...parcel, taken: tried.status !== null && tried.status < 300 })
      return tried
    },
    ask: () => Promise.reject(new Error('expected no call of a flow')),
    handshake: async (_url, token) => token === 'right',
  }
  const log = { info() {}, warn() {} }
  const services = endpointServices({
    postgres: rows.postgres,
    vault,
    courier,
    problemWithUrl: (url) => (url.startsWith('https://') ? null : 'to be an https:// address'),
    wake() {},
  })
  const ioOn = (postgres: Postgres) => ({
    ...passOnIo({ postgres, vault, courier, log, settings: { windowMarginMs: 30_000 }, listener: null as never }),
    jitter: () => 1,
    onTried() {},
    stopping: () => false,
  })
  const receive = createReceiver(rows.postgres)

  async function deliver(postgres = rows.postgres, holder: string = randomUUID()): Promise<Served[]> {
    const ends: Served[] = []
    for (;;) {
      const leased = await leaseStreams(postgres.db, { lease: randomUUID(), holder }, ROOM)
      if (leased.length === 0) return ends
      ends.push(...(await Promise.all(leased.map((stream) => serveStream(ioOn(postgres), stream)))))
    }
  }

  async function applied(): Promise<void> {
    await rows.postgres.pool.query(`update webhook_events set state = 'applied' where state = 'pending'`)
  }

  return {
    rows,
    services,
    arrivals,
    moods,
    async endpoint(request, caller = CALLER) {
      const made = await services.createEndpoint(caller, request)
      if (!made.ok) throw new Error(made.refusal.message)
      return made.value.id as string
    },
    async read(id) {
      const found = await services.getEndpoint(CALLER, id)
      if (!found.ok) throw new Error(found.refusal.message)
      return found.value
    },
    async comes(sender, value, field = 'messages') {
      const metadata = { display_phone_number: '15550000000', phone_number_id: sender }
      await receive(payloadOf(await rows.wabaOf(sender), [{ field, value: { metadata, ...value } }]))
    },
    receive,
    applied,
    async fanOut(postgres = rows.postgres) {
      await applied()
      while ((await passPayloads(postgres.pool, { payloads: 100, bytes: 1_000_000 })).taken > 0) {}
      while ((await fanOutEvents(postgres.pool, 1_000, passEvents)).taken > 0) {}
    },
    deliver,
    bodies: (url) => arrivals.filter((one) => one.url === url && one.taken).map(({ body }) => JSON.parse(body)),
    async later(ms) {
      aheadMs += ms
      await moveClock(rows.databaseUrl, aheadMs)
    },
    close: rows.close,
  }
}

export function payloadOf(waba: string, changes: object[]): string {
  return JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: waba, changes }] })
}
