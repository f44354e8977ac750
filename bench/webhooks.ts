import { setTimeout as pause } from 'node:timers/promises'
import { acceptedMessages, type Flooded, startFlood } from './accepted-messages.ts'
import { APP_SECRET, casementEnv, type Forked, type Lab, query, walBytes } from './lab.ts'
import { medians, type Options, rounded, type Suite } from './suite.ts'

/*
 * How fast status webhooks are taken in, beside a receiver that handles them a row at a time, in the same run: first as fast as each can,
 * from the first event to the last one applied; then at a steady rate, for the time until an event is acknowledged.
 */

export const webhooks: Suite = {
  title: (options) =>
    `status webhooks: ${3 * options.messages} as fast as they go, medians of ${options.rounds} rounds; then ${options.rate} a second for ${options.seconds} s`,
  async run(lab, options, progress) {
    const capacity = new Map<Receiver, Capacity[]>()
    for (let round = 1; round <= options.rounds; round++) {
      for (const receiver of RECEIVERS) {
        if (options.only && receiver !== options.only) continue
        const measured = await measureCapacity(lab, receiver, 3 * options.messages)
        capacity.set(receiver, [...(capacity.get(receiver) ?? []), measured])
        progress(`round ${round}: ${receiver}: ${Math.round(measured.perSecond)} events/s applied`)
      }
    }
    const rows = []
    const plainPerSecond = medians(capacity.get('row at a time') ?? []).perSecond
    for (const [receiver, rounds] of capacity) {
      const { perSecond, receiverCpuMs, postgresCpuMs, walBytes: wal } = medians(rounds)
      const steady = await measureSteady(lab, receiver, options)
      progress(`${receiver}: p99 ${steady.p99.toFixed(1)} ms at ${options.rate}/s`)
      rows.push({
        '': receiver,
        'events/s': Math.round(perSecond),
        '× row at a time': rounded(perSecond / plainPerSecond),
        'receiver CPU ms/event': rounded(receiverCpuMs),
        'Postgres CPU ms/event': rounded(postgresCpuMs),
        'WAL bytes/event': Math.round(wal),
        [`ack p50 ms at ${options.rate}/s`]: rounded(steady.p50),
        'p99 ms': rounded(steady.p99),
        'max ms': rounded(steady.max),
        'last one applied after s': rounded(steady.behindS),
      })
    }
    return rows
  },
}

type Receiver = 'row at a time' | 'casement'
const RECEIVERS: readonly Receiver[] = ['row at a time', 'casement']
/** Nobody floods a process that has just started. */
const WARM_UP_S = 5
/** Only the end is waited for, so a look more costs nothing. */
const LOOK_EVERY_MS = 20

type Capacity = { perSecond: number; receiverCpuMs: number; postgresCpuMs: number; walBytes: number }

async function measureCapacity(lab: Lab, receiver: Receiver, events: number): Promise<Capacity> {
  await using station = await openStation(lab, receiver, events)
  const receiverBefore = await station.process.cpuMs()
  const postgresBefore = await lab.postgresCpuMs()
  const walBefore = await walBytes(station.databaseUrl)
  const began = performance.now()
  await station.flood(0, events, null)
  await station.applied()
  const seconds = (performance.now() - began) / 1_000
  return {
    perSecond: events / seconds,
    receiverCpuMs: ((await station.process.cpuMs()) - receiverBefore) / events,
    postgresCpuMs: ((await lab.postgresCpuMs()) - postgresBefore) / events,
    walBytes: ((await walBytes(station.databaseUrl)) - walBefore) / events,
  }
}

async function measureSteady(lab: Lab, receiver: Receiver, options: Options): Promise<Flooded & { behindS: number }> {
  const { rate, seconds } = options
  const warmUp = 3 * Math.ceil((rate * (options.warmUp ?? WARM_UP_S)) / 3)
  const events = 3 * Math.ceil((rate * seconds) / 3)
  await using station = await openStation(lab, receiver, warmUp + events)
  await station.flood(0, warmUp, rate)
  const flooded = await station.flood(warmUp, events, rate)
  const ended = performance.now()
  await station.applied()
  return { ...flooded, behindS: (performance.now() - ended) / 1_000 }
}

interface Station extends AsyncDisposable {
  databaseUrl: string
  process: Forked
  /** Events `from` to `from + events`; see `flood.ts`. */
  flood(from: number, events: number, perSecond: number | null): Promise<Flooded>
  /** Resolves when every message has its last status. */
  applied(): Promise<void>
}

async function openStation(lab: Lab, receiver: Receiver, events: number): Promise<Station> {
  const databaseUrl = await lab.freshDatabase()
  const messages = Math.ceil(events / 3)
  await (receiver === 'casement' ? acceptedMessages : prepareByHand)(databaseUrl, messages)
  const [process] = await (receiver === 'casement'
    ? lab.fork('./casement-process.ts', { ...casementEnv(lab, databaseUrl, 'redis'), BENCH_ROLE: 'api' })
    : lab.fork('./plain-receiver.ts', { BENCH_DATABASE_URL: databaseUrl, BENCH_APP_SECRET: APP_SECRET }))
  const meta = await startFlood(lab)
  const running = process.once<{ url: string }>('running')
  process.send({ kind: 'go' })
  const { url } = await running
  const unread =
    receiver === 'casement'
      ? `select 1 from webhook_events where state = 'pending' limit 1`
      : 'select 1 from plain_messages where rank < 3 limit 1'
  return {
    databaseUrl,
    process,
    async flood(from, count, perSecond) {
      return meta.flood(url, { from, events: count, perSecond })
    },
    async applied() {
      while ((await query(databaseUrl, unread)).length > 0) await pause(LOOK_EVERY_MS)
      if (receiver === 'casement') await expectAllRead(databaseUrl, messages)
    },
    async [Symbol.asyncDispose]() {
      meta.kill()
      process.kill()
    },
  }
}

async function prepareByHand(url: string, messages: number): Promise<void> {
  await query(
    url,
    `create table plain_messages (wamid text primary key, rank smallint not null default 0, status_at timestamptz) with (fillfactor = 60);
     create table plain_events (id bigint generated always as identity primary key, wamid text not null, status text not null, body jsonb not null,
       at timestamptz not null default now());
     insert into plain_messages (wamid) select 'wamid.BENCH' || n from generate_series(0, ${messages - 1}) n; analyze`,
  )
}

async function expectAllRead(url: string, messages: number): Promise<void> {
  const [row] = await query<{ read: number }>(url, `select count(*)::int as read from messages where status = 'read'`)
  if (row?.read !== messages) throw new Error(`expected ${messages} messages to be read, ${row?.read} are`)
}
