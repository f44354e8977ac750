import { setTimeout as pause } from 'node:timers/promises'
import { acceptedMessages, type Flood, type Flooded, startFlood } from './accepted-messages.ts'
import { casementEnv, type Forked, type Lab } from './lab.ts'
import { medians, type Row, rounded, type Suite } from './suite.ts'

/*
 * What passing on costs whoever does not want it: how long status webhooks take to be acknowledged without endpoints, and with three of
 * which one is dead and one is slow. Then how fast two that are well are told, three times as long. Then how fast one is told of a single
 * number, by how long it takes to answer: what is of one number goes one after the other.
 */

export const passingOn: Suite = {
  title: (options) =>
    `passing on: ${options.rate} statuses a second for ${options.seconds} s of ${options.numbers} numbers, medians of ${options.rounds} rounds; two endpoints: once, for ${3 * options.seconds} s; one number: once, for about ${options.seconds / 2} s each`,
  async run(lab, options, progress) {
    const rounds = new Map<Candidate, Measured[]>()
    for (let round = 1; round <= options.rounds; round++) {
      for (const candidate of ['none', 'well, dead, slow'] as const) {
        if (options.only && candidate !== options.only) continue
        const measured = await measure(lab, ENDPOINTS[candidate], options)
        rounds.set(candidate, [...(rounds.get(candidate) ?? []), measured])
        progress(`round ${round}: ${candidate}: acknowledged within ${measured.p99.toFixed(1)} ms (p99)`)
      }
    }
    if (!options.only || options.only === 'two') {
      rounds.set('two', [await measure(lab, ENDPOINTS.two, { ...options, seconds: 3 * options.seconds })])
    }
    const without = medians(rounds.get('none') ?? []).p99
    const rows = [...rounds].map(([candidate, measured]) => rowOf(candidate, medians(measured), without))
    if (options.only && options.only !== 'turns') return rows
    for (const ms of ANSWERS_AFTER_MS) {
      const measured = await measureTurns(lab, ms, options.seconds / 2)
      progress(`one number, answered after ${ms} ms: ${measured.perSecond.toFixed(0)} a second`)
      rows.push(rowOf(`one number, answered after ${ms} ms`, measured, Number.NaN))
    }
    return rows
  },
}

type Candidate = 'none' | 'well, dead, slow' | 'two'
/** Where they lead; `dead` is a port on which nobody listens. */
const ENDPOINTS: Record<Candidate, readonly string[]> = {
  none: [],
  'well, dead, slow': ['/well', 'dead', '/slow'],
  two: ['/well', '/well-too'],
}
const ANSWERS_AFTER_MS = [0, 5, 20, 100]
const KEY = 'bench-key-of-32-characters-or-more'
const WARM_UP_S = 5
const LOOK_EVERY_MS = 50

/** Of deliveries: to those that are well; NaN where there are none. */
type Measured = Omit<Flooded, 'seconds'> & {
  perSecond: number
  deliveredP50: number
  deliveredP99: number
  apiCpuMs: number
  workerCpuMs: number
  postgresCpuMs: number
}

interface Load {
  warmUp: number | null
  rate: number
  seconds: number
  numbers: number
}

async function measure(lab: Lab, endpoints: readonly string[], load: Load): Promise<Measured> {
  const { rate, seconds, numbers } = load
  const warmUp = Math.ceil(rate * (load.warmUp ?? WARM_UP_S))
  const events = Math.ceil(rate * seconds)
  await using station = await openStation(lab, endpoints, Math.ceil((warmUp + events) / 3), numbers)
  const { api, worker, receivers, meta, url, well } = station
  await meta.flood(url, { from: 0, events: warmUp, perSecond: rate })
  for (const path of well) await toldOf(receivers, path, warmUp)
  const restarted = receivers.once('restarted')
  receivers.send({ kind: 'restart' })
  await restarted
  const before = await cpuOf(lab, api, worker)
  const flooded = await meta.flood(url, { from: warmUp, events, perSecond: rate })
  const told = await Promise.all(well.map((path) => toldOf(receivers, path, events)))
  const after = await cpuOf(lab, api, worker)
  const spent = after.map((ms, index) => (ms - (before[index] as number)) / events) as [number, number, number]
  return {
    ...flooded,
    perSecond: Math.min(...told.map((one) => one.events / one.seconds)),
    deliveredP50: Math.max(...told.map(({ p50 }) => p50)),
    deliveredP99: Math.max(...told.map(({ p99 }) => p99)),
    apiCpuMs: spent[0],
    workerCpuMs: spent[1],
    postgresCpuMs: spent[2],
  }
}

/** Most of it waits from the beginning, so what is measured is how fast turns follow one another. */
async function measureTurns(lab: Lab, answersAfterMs: number, seconds: number): Promise<Measured> {
  const events = Math.ceil((seconds * 1_000) / (answersAfterMs + 2))
  const path = `/well-after-${answersAfterMs}`
  await using station = await openStation(lab, [path], Math.ceil(events / 3) + 1, 1)
  const { receivers, meta, url } = station
  await meta.flood(url, { from: 0, events, perSecond: null })
  const { events: first, seconds: since } = await toldOf(receivers, path, 1)
  const { seconds: until } = await toldOf(receivers, path, events)
  return { ...NOT_MEASURED, perSecond: (events - first) / (until - since) }
}

const NOT_MEASURED: Measured = {
  p50: Number.NaN,
  p99: Number.NaN,
  max: Number.NaN,
  perSecond: Number.NaN,
  deliveredP50: Number.NaN,
  deliveredP99: Number.NaN,
  apiCpuMs: Number.NaN,
  workerCpuMs: Number.NaN,
  postgresCpuMs: Number.NaN,
}

interface Told {
  events: number
  deliveries: number
  p50: number
  p99: number
  seconds: number
}

/** Resolves when every event has come. One that never comes is a bug, and ends the run after a minute in which nothing did. */
async function toldOf(receivers: Forked, path: string, events: number): Promise<Told> {
  for (let seen = -1, since = performance.now(); ; await pause(LOOK_EVERY_MS)) {
    const answer = receivers.once<Told>('told')
    receivers.send({ kind: 'tell', path })
    const told = await answer
    if (told.events >= events) return told
    if (told.events > seen) [seen, since] = [told.events, performance.now()]
    if (performance.now() - since > 60_000) throw new Error(`${path} got ${seen} of ${events} events`)
  }
}

async function cpuOf(lab: Lab, ...processes: Forked[]): Promise<number[]> {
  return [...(await Promise.all(processes.map((one) => one.cpuMs()))), await lab.postgresCpuMs()]
}

interface Station extends AsyncDisposable {
  api: Forked
  worker: Forked
  receivers: Forked
  meta: Flood
  url: string
  /** Paths of the endpoints that answer at once. */
  well: string[]
}

async function openStation(
  lab: Lab,
  endpoints: readonly string[],
  messages: number,
  numbers: number,
): Promise<Station> {
  const databaseUrl = await lab.freshDatabase()
  await acceptedMessages(databaseUrl, messages, numbers)
  await lab.forgetLanes()
  const env = {
    ...casementEnv(lab, databaseUrl, 'redis'),
    CASEMENT_API_KEY: KEY,
    OUTBOUND_HOSTS: '127.0.0.1',
  }
  const [receivers, { port, deadPort }] = (await lab.fork('./endpoints.ts', {})) as [
    Forked,
    { port: number; deadPort: number },
  ]
  const meta = await startFlood(lab, numbers)
  const [api] = await lab.fork('./casement-process.ts', { ...env, BENCH_ROLE: 'api' })
  const [worker] = await lab.fork('./casement-process.ts', { ...env, BENCH_ROLE: 'worker' })
  const [{ url }] = await Promise.all([running(api), running(worker)])
  for (const path of endpoints) {
    await addEndpoint(url, path === 'dead' ? `http://127.0.0.1:${deadPort}/` : `http://127.0.0.1:${port}${path}`)
  }
  return {
    api,
    worker,
    receivers,
    meta,
    url,
    well: endpoints.filter((path) => path.startsWith('/well')),
    async [Symbol.asyncDispose]() {
      for (const one of [meta, api, worker, receivers]) one.kill()
    },
  }
}

function running(casement: Forked): Promise<{ url: string }> {
  const started = casement.once<{ url: string }>('running')
  casement.send({ kind: 'go' })
  return started
}

async function addEndpoint(url: string, to: string): Promise<void> {
  const answer = await fetch(`${url}/v1/webhook-endpoints`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url: to, kind: 'meta' }),
  })
  if (answer.status !== 201) throw new Error(`expected 201, got ${answer.status}: ${await answer.text()}`)
}

function rowOf(candidate: string, measured: Measured, withoutP99: number): Row {
  /** Empty where there is nothing to compare with, or nobody is told. */
  const known = (value: number) => (Number.isFinite(value) ? rounded(value) : '')
  return {
    endpoints: candidate,
    'ack p50 ms': known(measured.p50),
    'p99 ms': known(measured.p99),
    'max ms': known(measured.max),
    'p99 × none': known(measured.p99 / withoutP99),
    'p99 ms more': known(measured.p99 - withoutP99),
    'delivered/s': known(measured.perSecond),
    'delivered after p50 ms': known(measured.deliveredP50),
    'p99 ms after': known(measured.deliveredP99),
    'api CPU ms/event': known(measured.apiCpuMs),
    'worker CPU ms/event': known(measured.workerCpuMs),
    'Postgres CPU ms/event': known(measured.postgresCpuMs),
  }
}
