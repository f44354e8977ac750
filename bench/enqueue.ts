import pg from 'pg'
import { type Casement, createCasement } from '../src/index.ts'
import { casementEnv, FIRST_CONTACT, type Lab, populate, query, SENDER } from './lab.ts'
import { medians, type Options, rounded, type Suite } from './suite.ts'

/*
 * How many commits a second producers make: eight clients, each with one intent under way, to people that are known. Nothing is sent
 * meanwhile. A commit with a NOTIFY in it takes a lock of the whole server until its WAL is on disk, so this shows which commits have one.
 */

const CLIENTS = 8
const API_KEY = 'bench-key-of-the-enqueueing-suite-0123456789'
/** Commits that are made before the clock runs: connections, plans, caches. */
const WARM_UP = 200

interface Candidate {
  name: string
  /** Of the database: a `pg_notify` of our own in front of the server's, which does nothing. */
  deaf?: true
  /** One commit of one client. */
  open(place: Place): Promise<(client: number, index: number) => Promise<void>>
}

interface Place {
  lab: Lab
  url: string
  closers: (() => Promise<void>)[]
}

const CANDIDATES: Candidate[] = [
  { name: 'HTTP, without NOTIFY', deaf: true, open: overHttp },
  { name: 'HTTP', open: overHttp },
  { name: '{trx, notify: false}', open: (place) => insideTransactions(place, false) },
  { name: '{trx}', open: (place) => insideTransactions(place, true) },
]

export const enqueue: Suite = {
  title: ({ messages, rounds }) => `enqueueing ${messages} intents, ${CLIENTS} clients, median of ${rounds}`,
  async run(lab, options, progress) {
    const measured = new Map<string, { perSecond: number }[]>(CANDIDATES.map(({ name }) => [name, []]))
    for (let round = 0; round < options.rounds; round++) {
      for (const candidate of CANDIDATES) {
        if (options.only && !candidate.name.startsWith(options.only)) continue
        const perSecond = await measure(lab, candidate, options)
        progress(`${candidate.name}: ${Math.round(perSecond)} commits/s`)
        measured.get(candidate.name)?.push({ perSecond })
      }
    }
    const figures = [...measured]
      .filter(([, rounds]) => rounds.length > 0)
      .map(([name, rounds]) => ({ name, ...medians(rounds) }))
    const baseOf = (name: string) =>
      figures.find((one) => one.name === (name.startsWith('HTTP') ? 'HTTP, without NOTIFY' : '{trx, notify: false}'))
    return figures.map(({ name, perSecond }) => ({
      '': name,
      'commits/s': Math.round(perSecond),
      '× without NOTIFY': rounded(perSecond / (baseOf(name)?.perSecond as number)),
    }))
  },
}

async function measure(lab: Lab, { deaf, open }: Candidate, { messages }: Options): Promise<number> {
  const url = await lab.freshDatabase()
  const warmUp = Math.min(WARM_UP, messages)
  await populate(url, { messages: messages + warmUp, throughputMps: 80, intents: false })
  if (deaf) await deafen(url)
  const place: Place = { lab, url, closers: [] }
  try {
    const commit = await open(place)
    await byClients(0, warmUp, commit)
    const began = performance.now()
    await byClients(warmUp, warmUp + messages, commit)
    return messages / ((performance.now() - began) / 1_000)
  } finally {
    for (const close of place.closers.reverse()) await close()
  }
}

/** The same statements, and nobody is told anything. */
async function deafen(url: string): Promise<void> {
  await query(
    url,
    `create schema deaf;
     create function deaf.pg_notify(text, text) returns void language sql as 'select';
     do $$ begin execute format('alter database %I set search_path = deaf, pg_catalog, public', current_database()); end $$`,
  )
}

async function byClients(from: number, to: number, commit: (client: number, index: number) => Promise<void>) {
  let next = from
  const client = async (which: number) => {
    for (let index = next++; index < to; index = next++) await commit(which, index)
  }
  await Promise.all(Array.from({ length: CLIENTS }, (_, which) => client(which)))
}

const intentTo = (index: number) => ({
  sender: SENDER,
  to: `+${FIRST_CONTACT + index}`,
  message: { type: 'text' as const, text: { body: 'Your parcel is on its way.' } },
})

async function overHttp({ lab, url, closers }: Place) {
  const env = { ...casementEnv(lab, url, 'redis'), CASEMENT_API_KEY: API_KEY, BENCH_ROLE: 'api' }
  const [api] = await lab.fork('./casement-process.ts', env)
  closers.push(async () => api.kill())
  const running = api.once<{ url: string }>('running')
  api.send({ kind: 'go' })
  const { url: base } = await running
  const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' }
  return async (_client: number, index: number) => {
    const answer = await fetch(`${base}/v1/intents`, { method: 'POST', headers, body: JSON.stringify(intentTo(index)) })
    if (answer.status !== 202) throw new Error(`expected 202, got ${answer.status} ${await answer.text()}`)
    await answer.arrayBuffer()
  }
}

async function insideTransactions({ url, closers }: Place, notify: boolean) {
  const casement: Casement = await createCasement({ databaseUrl: url })
  closers.push(() => casement.close())
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      closers.push(() => client.end())
      return client
    }),
  )
  return async (which: number, index: number) => {
    const client = clients[which] as pg.Client
    await client.query('begin')
    await casement.enqueue(intentTo(index), { trx: client, notify })
    await client.query('commit')
  }
}
