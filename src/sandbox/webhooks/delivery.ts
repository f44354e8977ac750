import { request } from 'undici'
import type { SandboxClock } from '../clock.ts'
import type { Knobs } from '../knobs.ts'
import { chance, hash32, roll } from '../random.ts'
import type { Json, WabaRecord } from '../records.ts'
import type { Scheduler } from '../scheduler.ts'
import { mayBeNear, nearAgent } from './near.ts'
import { asciiJson, signature } from './sign.ts'

/** One change on its way to the webhook. Events with the same `orderKey` travel in order. */
export type WebhookEvent = { seq: number; waba: WabaRecord; field: string; value: Json; at: number; orderKey: string }

type Parcel = { url: string; events: WebhookEvent[]; tries: number }

export type DeliveryStats = {
  /** Changes the sandbox had to report. */
  events: number
  lost: number
  duplicated: number
  reordered: number
  /** Changes nobody listens for: no url, or the WABA has no subscribed app. */
  unheard: number
  /** POSTs answered 200, answered otherwise (or not at all), and given up. */
  delivered: number
  refused: number
  abandoned: number
}

export type WebhookLog = {
  at: string
  url: string
  fields: string[]
  events: number
  status: number | null
  tries: number
}

const ANSWER_WITHIN_MS = 10_000
const LOG_LENGTH = 500

export type WebhookDelivery = {
  report(waba: WabaRecord, field: string, value: Json, orderKey: string): void
  setUrl(url: string | null): void
  stats(): DeliveryStats
  log(): WebhookLog[]
  /** Resolves when nothing waits, travels or is to be tried again. */
  idle(): Promise<void>
  stop(): Promise<void>
}

/**
 * Carries changes to the webhook: signed, at least once, in lanes by conversation, with the losses, doubles and
 * disorder the knobs ask for. Only HTTP 200 counts; the rest is tried again at doubling distances.
 */
export function createDelivery(io: {
  clock: SandboxClock
  scheduler: Scheduler
  knobs: Knobs
  appSecret: string
  url: string | null
}): WebhookDelivery {
  const lanes = new Map<number, { waiting: Parcel[]; busy: boolean }>()
  const heldBack: { event: WebhookEvent; until: number }[] = []
  const log: WebhookLog[] = []
  const stats: DeliveryStats = {
    events: 0,
    lost: 0,
    duplicated: 0,
    reordered: 0,
    unheard: 0,
    delivered: 0,
    refused: 0,
    abandoned: 0,
  }
  const hangUp = new AbortController()
  const agent = nearAgent(ANSWER_WITHIN_MS)
  let url = io.url
  let unfinished = 0
  let idleWaiters: (() => void)[] = []

  function report(waba: WabaRecord, field: string, value: Json, orderKey: string): void {
    if (hangUp.signal.aborted) return
    stats.events += 1
    const event: WebhookEvent = { seq: stats.events, waba, field, value, at: io.clock.now(), orderKey }
    const { randomSeed, webhookLoss, webhookDuplicate, webhookReorder } = io.knobs
    if (chance(webhookLoss, randomSeed, `loss/${event.seq}`)) {
      stats.lost += 1
      letGo(event.seq)
      return
    }
    if (chance(webhookReorder, randomSeed, `reorder/${event.seq}`)) {
      holdBack(event)
    } else {
      post(event)
    }
    if (chance(webhookDuplicate, randomSeed, `duplicate/${event.seq}`)) {
      stats.duplicated += 1
      post(event)
    }
    letGo(event.seq)
  }

  /** Waits for one to three later events, or a moment when none come. */
  function holdBack(event: WebhookEvent): void {
    stats.reordered += 1
    unfinished += 1
    heldBack.push({ event, until: event.seq + 1 + Math.floor(3 * roll(io.knobs.randomSeed, `until/${event.seq}`)) })
    io.scheduler.after(250, () => letGo(Number.POSITIVE_INFINITY, event))
  }

  function letGo(seq: number, only?: WebhookEvent): void {
    const due = heldBack.filter((held) => held.until <= seq && (!only || held.event === only))
    for (const held of due) {
      heldBack.splice(heldBack.indexOf(held), 1)
      post(held.event)
      finish(1)
    }
  }

  function post(event: WebhookEvent): void {
    const target = event.waba.callbackUrl ?? url
    if (!target || !event.waba.subscribed) {
      stats.unheard += 1
      return
    }
    unfinished += 1
    const laneNumber = hash32(0, event.orderKey) % io.knobs.webhookConcurrency
    const lane = lanes.get(laneNumber) ?? { waiting: [], busy: false }
    lanes.set(laneNumber, lane)
    const last = lane.waiting.at(-1)
    if (last && last.url === target && last.tries === 0 && last.events.length < io.knobs.webhookBatch) {
      last.events.push(event)
    } else {
      lane.waiting.push({ url: target, events: [event], tries: 0 })
    }
    if (!lane.busy) void run(lane)
  }

  async function run(lane: { waiting: Parcel[]; busy: boolean }): Promise<void> {
    lane.busy = true
    for (let parcel = lane.waiting.shift(); parcel; parcel = lane.waiting.shift()) await deliver(lane, parcel)
    lane.busy = false
  }

  async function deliver(lane: { waiting: Parcel[]; busy: boolean }, parcel: Parcel): Promise<void> {
    const status = await send(parcel)
    if (hangUp.signal.aborted) return
    remember(parcel, status)
    if (status === 200) {
      stats.delivered += 1
      finish(parcel.events.length)
      return
    }
    stats.refused += 1
    if (parcel.tries >= io.knobs.webhookRetries) {
      stats.abandoned += 1
      finish(parcel.events.length)
      return
    }
    const waitMs = io.knobs.webhookRetryBaseMs * 2 ** parcel.tries
    parcel.tries += 1
    // Later events of the lane go ahead meanwhile, as they do at Meta: a retry is one of the ways order gets lost.
    io.scheduler.after(waitMs, () => {
      lane.waiting.push(parcel)
      if (!lane.busy) void run(lane)
    })
  }

  /** The HTTP status of the answer; null when there was none. */
  async function send(parcel: Parcel): Promise<number | null> {
    if (!mayBeNear(parcel.url)) return null
    const body = asciiJson({ object: 'whatsapp_business_account', entry: entriesOf(parcel.events) })
    try {
      const answer = await request(parcel.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'facebookexternalua',
          ...(io.knobs.signWebhooks ? { 'x-hub-signature-256': signature(body, io.appSecret) } : {}),
        },
        body,
        dispatcher: agent,
        signal: hangUp.signal,
      })
      await answer.body.dump()
      return answer.statusCode
    } catch {
      return null
    }
  }

  function remember(parcel: Parcel, status: number | null): void {
    log.push({
      at: new Date(io.clock.now()).toISOString(),
      url: parcel.url,
      fields: [...new Set(parcel.events.map((event) => event.field))],
      events: parcel.events.length,
      status,
      tries: parcel.tries + 1,
    })
    if (log.length > LOG_LENGTH) log.shift()
  }

  function finish(events: number): void {
    unfinished -= events
    if (unfinished > 0) return
    for (const wake of idleWaiters) wake()
    idleWaiters = []
  }

  return {
    report,
    setUrl(next) {
      url = next
    },
    stats: () => ({ ...stats }),
    log: () => [...log],
    idle: () => (unfinished === 0 ? Promise.resolve() : new Promise((resolve) => idleWaiters.push(resolve))),
    async stop() {
      hangUp.abort()
      unfinished = 0
      finish(0)
      await agent.destroy()
    },
  }
}

/** One entry per WABA, one change per event. Messages carry their own times; the other fields carry the entry's. */
function entriesOf(events: WebhookEvent[]): Json[] {
  const entries = new Map<string, { id: string; time?: number; changes: Json[] }>()
  for (const event of events) {
    const entry = entries.get(event.waba.id) ?? { id: event.waba.id, changes: [] }
    if (event.field !== 'messages') entry.time = Math.floor(event.at / 1000)
    entry.changes.push({ field: event.field, value: event.value })
    entries.set(event.waba.id, entry)
  }
  return [...entries.values()]
}
