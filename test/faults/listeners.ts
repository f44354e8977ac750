import { createHmac } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { isOver } from '../../src/domain/lifecycle.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import type { Fleet } from './fleet.ts'
import { repeat } from './repeat.ts'
import type { StoredIntent } from './verdict.ts'

/*
 * Two programs that are told of everything while everything is killed: a bot gets what Meta sent, a shop what became of each intent. Now and
 * then they refuse. Beside them is one that does not answer; and in the long form one that takes its time, to which not all has come in the end, but
 * nothing in another order and nothing left out: something is on its way to it whenever somebody dies, for which each erasure then waits. What the oracle believes is what came, and what the inbox and the intents are in the end.
 */

/** Lists hold a word on each; a run is good when all are empty (P12). */
export interface Hearsay {
  /** Never came. */
  untold: string[]
  /** Came first before what happened before it. */
  disordered: string[]
  /** Came with a signature that is not the endpoint's. */
  unsigned: string[]
  /** How many came, what came again not counted. */
  heard: number
  /** How many of the shop's came again, by their ids. */
  repeated: number
}

export const HEARSAY = ['untold', 'disordered', 'unsigned'] as const

/** As it stands in the inbox in the end. */
export interface StoredPayload {
  id: string
  payload: string
  /** Epoch milliseconds. */
  receivedAt: number
}

export interface Told {
  body: string
  /** `webhook-id`, where there is one. */
  id: string | null
}

/** Two that came in so short a time may have been stored beside each other, and then neither was first; milliseconds. */
const TOGETHER_MS = 5_000

/** What was not told, or in another order than it happened. `told` in the order of its coming, what was refused left out. */
export function judgePayloads(
  stored: readonly StoredPayload[],
  told: readonly Told[],
): Pick<Hearsay, 'untold' | 'disordered'> {
  const firstAt = new Map<string, number>()
  for (const [index, { body }] of told.entries()) if (!firstAt.has(body)) firstAt.set(body, index)
  const verdict: Pick<Hearsay, 'untold' | 'disordered'> = { untold: [], disordered: [] }
  let newest: { at: number; one: StoredPayload } | null = null
  // Meta repeats what it got no answer to: of two alike the first counts.
  const seen = new Set<string>()
  for (const one of stored) {
    if (seen.has(one.payload)) continue
    seen.add(one.payload)
    const at = firstAt.get(one.payload)
    if (at === undefined) {
      verdict.untold.push(`webhook ${one.id}`)
      continue
    }
    if (newest !== null && at < newest.at && one.receivedAt - newest.one.receivedAt > TOGETHER_MS) {
      verdict.disordered.push(`webhook ${one.id} before ${newest.one.id}`)
    }
    if (newest === null || at > newest.at) newest = { at, one }
  }
  return verdict
}

/** The same of somebody who was not told all yet: up to the newest that they were told. */
export function judgeBeginning(
  stored: readonly StoredPayload[],
  told: readonly Told[],
): Pick<Hearsay, 'untold' | 'disordered'> {
  const bodies = new Set(told.map(({ body }) => body))
  const once = new Map(stored.toReversed().map((one) => [one.payload, one]))
  const first = stored.filter((one) => once.get(one.payload) === one)
  const newest = first.findLastIndex(({ payload }) => bodies.has(payload))
  const since = (first[newest]?.receivedAt ?? 0) - TOGETHER_MS
  const { untold, disordered } = judgePayloads(first.slice(0, newest + 1), told)
  const recent = new Set(first.filter(({ receivedAt }) => receivedAt > since).map(({ id }) => `webhook ${id}`))
  return { untold: untold.filter((one) => !recent.has(one)), disordered }
}

/** Of each intent its end, and what was told of it in the order in which it was written. */
export function judgeNews(
  intents: readonly StoredIntent[],
  told: readonly Told[],
): Pick<Hearsay, 'untold' | 'disordered'> {
  const verdict: Pick<Hearsay, 'untold' | 'disordered'> = { untold: [], disordered: [] }
  const events = told.map(({ id, body }) => ({ id: BigInt((id ?? '').replace('evt_', '')), ...JSON.parse(body) }))
  const byIntent = Map.groupBy(events, ({ data }) => data.id as string)
  for (const { id, state } of intents) {
    const ofIntent = byIntent.get(id) ?? []
    const once = new Set<bigint>()
    const first = ofIntent.filter((event) => !once.has(event.id) && once.add(event.id))
    if (isOver(state) && !first.some(({ type }) => type === `intent.${state}`))
      verdict.untold.push(`intent ${id} ${state}`)
    const turned = first.findIndex((event, index) => index > 0 && event.id < (first[index - 1]?.id ?? 0n))
    if (turned !== -1)
      verdict.disordered.push(`intent ${id}: ${first.map(({ id, type }) => `${id} ${type}`).join(', ')}`)
  }
  return verdict
}

export interface Listeners {
  /** Resolves when nothing waits for them any more. */
  caughtUp(database: pg.Pool, timeoutMs: number): Promise<void>
  hearsay(database: pg.Pool, intents: readonly StoredIntent[]): Promise<Hearsay>
  close(): Promise<void>
}

/** Few, since what was refused holds up all of the one number for some seconds. */
const REFUSALS = 2
const EVERY = 300
/** Of who takes their time; a slow one, as the worker counts. */
const SLOW_MS = 1_200

/** @param withSlow with one that takes its time */
export async function startListeners(fleet: Fleet, withSlow: boolean): Promise<Listeners> {
  const [bot, shop, slow] = [await listen(), await listen(), await listen(SLOW_MS)]
  const ofBot = await subscribe(fleet, { url: bot.receiver.url, kind: 'meta', ids: 'meta' })
  const ofShop = await subscribe(fleet, { url: shop.receiver.url, kind: 'events', events: ['intent.*'] })
  const ofSlow = withSlow ? await subscribe(fleet, { url: slow.receiver.url, kind: 'meta' }) : null
  // Port 9 is for who throws away what comes; nobody listens there.
  await subscribe(fleet, { url: 'http://127.0.0.1:9/', kind: 'meta' })
  const since = Date.now()

  return {
    caughtUp: (database, timeoutMs) =>
      repeat(async () => {
        const { rows } = await database.query(
          `select 1 from payloads_to_pass union all select 1 from outbox union all
           select 1 from delivery_streams where last_id > done_id and endpoint_id = any ($1::uuid[]) limit 1`,
          [[ofBot.id, ofShop.id]],
        )
        return rows.length === 0
      }, timeoutMs),

    async hearsay(database, intents) {
      // What was taken out for an erased person is not what came.
      const { rows } = await database.query<StoredPayload>(
        `select id::text as id, payload, extract(epoch from received_at)::float8 * 1000 as "receivedAt" from webhook_events
         where error is null and workspace = 'default' and received_at > to_timestamp($1 / 1000.0) order by id`,
        [since],
      )
      const verdicts = [
        judgePayloads(rows, bot.taken),
        judgeNews(intents, shop.taken),
        judgeBeginning(rows, slow.taken),
      ]
      return {
        untold: verdicts.flatMap(({ untold }) => untold),
        disordered: verdicts.flatMap(({ disordered }) => disordered),
        heard: new Set([...bot.taken, ...shop.taken].map(({ id, body }) => id ?? body)).size,
        repeated: shop.taken.length - new Set(shop.taken.map(({ id }) => id)).size,
        unsigned: [
          ...bot.forged(signedAsMeta(ofBot.secret)),
          ...shop.forged(signedAsStandard(ofShop.secret)),
          ...slow.forged(signedAsMeta(ofSlow?.secret ?? '')),
        ],
      }
    },

    async close() {
      for (const { receiver } of [bot, shop, slow]) await receiver.close()
    },
  }
}

type Request = Parameters<NonNullable<Parameters<typeof startReceiver>[0]>>[0]

async function listen(takesMs = 0) {
  const requests: Request[] = []
  const taken: Told[] = []
  const receiver: Receiver = await startReceiver((request) => {
    requests.push(request)
    if (requests.length % EVERY === 0 && requests.length <= REFUSALS * EVERY) return 503
    taken.push({ body: request.body, id: (request.headers['webhook-id'] as string | undefined) ?? null })
    return takesMs === 0 ? 200 : delay(takesMs, 200)
  })
  const forged = (isSigned: (request: Request) => boolean) =>
    requests.filter((request) => !isSigned(request)).map(({ body }) => body.slice(0, 100))
  return { receiver, taken, forged }
}

async function subscribe(fleet: Fleet, endpoint: object): Promise<{ id: string; secret: string }> {
  const made = await fleet.api('POST', '/v1/webhook-endpoints', endpoint)
  if (made.status !== 201) throw new Error(`expected 201 for the endpoint, got ${JSON.stringify(made)}`)
  return made.body as { id: string; secret: string }
}

const signedAsMeta =
  (secret: string) =>
  ({ headers, body }: Request) =>
    headers['x-hub-signature-256'] === `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

function signedAsStandard(secret: string) {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  return ({ headers, body }: Request) => {
    const text = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(text).digest('base64')}`
  }
}
