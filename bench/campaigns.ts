import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { campaignRunServices } from '../src/app/campaign-run.ts'
import { campaignServices } from '../src/app/campaigns.ts'
import { allOf } from '../src/domain/access.ts'
import { NO_ORIGIN } from '../src/domain/audit.ts'
import { DEFAULT_WORKSPACE } from '../src/domain/ids.ts'
import { createCasement } from '../src/index.ts'
import { openPostgres, type Postgres } from '../src/store/pg/postgres.ts'
import { casementEnv, FIRST_CONTACT, type Forked, type Lab, populate, query, SENDER, WABA } from './lab.ts'
import { ticking } from './replies.ts'
import { median, type Options, percentile, type Row, rounded, type Suite } from './suite.ts'

/*
 * What a campaign costs, whatever its size: the first of a long list beside all of a short one, and beside the same messages by
 * `POST /v1/intents/batch`, to people who are known and have an open window. CPU is that of the worker, PostgreSQL and the API, from where the
 * processes run and nothing was asked of them yet. While the long one runs its progress is read, replies of the same number are enqueued by
 * the library, and it is paused and cancelled; each in a process of its own, as an API is. The last rows are the short one with a template, with a
 * cap of how many of those anybody gets, and from two numbers of half the pace. What a worker holds is read after a collection of everything, of the
 * long one also on its way: as a process lives, V8 takes memory that it need not, so what it has of the machine says little of that.
 */

export const DOER = {
  ...allOf(DEFAULT_WORKSPACE),
  actor: { kind: 'key', id: '1', name: 'bench' } as const,
  origin: NO_ORIGIN,
  scopes: ['admin'],
  allowQuery: false,
}
const API_KEY = 'bench-key-of-the-campaigns-suite-0123456789'
const TEXT = 'Your parcel is on its way.'
const TEMPLATE = 'offer'
/** That a campaign may be ahead of what has left. */
const AHEAD = 12_000
/** It is not over while it is looked at. */
const LEAST_LONG = 20_000
const LOOKS = 20
/** Parts of what is measured of a long one. */
const LOOKED_INTO = [0.1, 0.5]
const BATCH = 1_000

export const campaigns: Suite = {
  title: (options) => `a campaign of ${options.messages}, a number of ${options.mps} messages/s`,
  async run(lab, options, progress) {
    const { messages } = options
    const long = Math.max(messages, LEAST_LONG)
    const short = Math.max(Math.ceil(messages / 100), Math.min(messages, 20))
    const first = Math.max(Math.ceil(messages / 10), Math.min(messages, 30))
    const asTemplate = { message: { type: 'template', template: { name: TEMPLATE, language: { code: 'en' } } } }
    const capped = { ...asTemplate, frequency_cap: { messages: 2, days: 7 } }
    const halves = { ...options, mps: options.mps / 2 }
    const candidates: [string, () => Promise<Measured>][] = [
      [`all of ${short}`, () => measureCampaign(lab, options, short, short)],
      [`the first ${first} of ${long}`, () => measureCampaign(lab, options, long, first)],
      [`${short} by batches`, () => measureBatches(lab, options, short)],
      [`all of ${short}, a template`, () => measureCampaign(lab, options, short, short, asTemplate)],
      [`all of ${short}, a template, capped`, () => measureCampaign(lab, options, short, short, capped)],
      [`all of ${short}, two numbers`, () => measureCampaign(lab, halves, short, short, {}, 2)],
    ]
    const rows: Row[] = []
    for (const [name, measure] of candidates) {
      if (options.only && !name.includes(options.only)) continue
      const { seconds, count, cpuMs, rssMib, heldMib, behind } = await measure()
      progress(`${name}: ${rounded(count / seconds)} messages/s`)
      rows.push({
        '': name,
        'messages/s': rounded(count / seconds),
        'CPU ms/message': rounded(cpuMs / count),
        'worker RSS MiB': Math.round(rssMib),
        'holds MiB': heldMib.map(rounded).join(', '),
        ...(behind ?? {
          'progress ms': '-',
          'replies p50 ms': '-',
          'replies p99 ms': '-',
          'pause ms': '-',
          'cancel ms': '-',
        }),
      })
    }
    return rows
  },
}

interface Measured {
  /** Messages that came to the stub, and seconds between the first and the last. */
  count: number
  seconds: number
  /** Of all processes together. */
  cpuMs: number
  rssMib: number
  /** Of the worker, after a collection: of a long run at each of `LOOKED_INTO`, and at the end. */
  heldMib: number[]
  behind?: Row
}

async function measureCampaign(
  lab: Lab,
  options: Options,
  listed: number,
  count: number,
  given: object = {},
  numbers = 1,
): Promise<Measured> {
  const people = Math.min(listed, count + AHEAD)
  const url = await freshDatabase(lab, options, people, numbers)
  const postgres = openPostgres({ url, max: 2, applicationName: 'bench campaigns', onError: () => {} })
  const worker = await started(lab, url, 'worker')
  try {
    const id = await draft(postgres, listed, given, numbers)
    const milestones = listed === count ? [] : LOOKED_INTO.map((part) => Math.ceil(part * count))
    const measured = await measure(lab, [worker], count, () => command(postgres, id, 'start'), milestones)
    if (listed === count) return measured
    return { ...measured, behind: await whileItRuns(lab, options, { url, people, postgres, id }) }
  } finally {
    worker.kill()
    await postgres.close()
  }
}

async function measureBatches(lab: Lab, options: Options, count: number): Promise<Measured> {
  const url = await freshDatabase(lab, options, count)
  const [worker, api] = [await started(lab, url, 'worker'), await started(lab, url, 'api')]
  try {
    return await measure(lab, [worker, api], count, () => enqueueAll(api.url, count))
  } finally {
    worker.kill()
    api.kill()
  }
}

async function freshDatabase(lab: Lab, { mps }: Options, people: number, numbers = 1): Promise<string> {
  const url = await lab.freshDatabase()
  await lab.forgetLanes()
  await populate(url, { senders: numbers, throughputMps: mps, messages: people, intents: false })
  await query(
    url,
    `insert into templates (id, waba_id, name, language, category, status, document)
     values ('1', '${WABA}', '${TEMPLATE}', 'en', 'MARKETING', 'APPROVED', '{"name":"${TEMPLATE}","language":"en","components":[{"type":"BODY","text":"${TEXT}"}]}')`,
  )
  return url
}

async function started(lab: Lab, url: string, role: 'api' | 'worker'): Promise<Forked & { url: string }> {
  const env = { ...casementEnv(lab, url, 'redis'), CASEMENT_API_KEY: API_KEY, BENCH_ROLE: role }
  const [process] = await lab.fork('./casement-process.ts', env)
  const running = process.once<{ url: string }>('running')
  process.send({ kind: 'go' })
  return { ...process, url: (await running).url }
}

/** @param processes the worker first */
async function measure(
  lab: Lab,
  processes: readonly [Forked, ...Forked[]],
  count: number,
  begin: () => Promise<unknown>,
  milestones: readonly number[] = [],
): Promise<Measured> {
  const cpuMs = async () => {
    const each = await Promise.all([lab.postgresCpuMs(), ...processes.map((one) => one.cpuMs())])
    return each.reduce((sum, ms) => sum + ms, 0)
  }
  const before = await cpuMs()
  const { done, reached } = await lab.expect(count, { milestones })
  const [worker] = processes
  const onItsWay = reached.map((milestone) => milestone.then(() => worker.heldMib()))
  await begin()
  const { seconds } = await done
  const spent = (await cpuMs()) - before
  const rssMib = await rssOf(worker)
  return { count, seconds, cpuMs: spent, rssMib, heldMib: [...(await Promise.all(onItsWay)), await worker.heldMib()] }
}

/** A draft with a list of people who are known, as an upload would have left it. */
async function draft(postgres: Postgres, listed: number, given: object, numbers: number): Promise<string> {
  const made = await campaignServices(postgres).createCampaign(DOER, {
    name: 'bench',
    ...(numbers === 1
      ? { sender: SENDER }
      : { senders: Array.from({ length: numbers }, (_, n) => ({ sender: String(BigInt(SENDER) + BigInt(n)) })) }),
    message: { type: 'text', text: { body: TEXT } },
    when_closed: 'fail',
    ...given,
  })
  if (!made.ok) throw new Error(made.refusal.message)
  const id = made.value.id as string
  const { pool } = postgres
  const { rows } = await pool.query(
    'update campaigns set total = $2, audience_version = 1 where public_id = $1 returning id',
    [id, listed],
  )
  const row = rows[0].id
  await pool.query(
    `insert into campaign_uploads (campaign_id, id, header, to_column, state, first_position, last_position, rows, accepted)
     values ($1, 1, '{to,name}', 0, 'ready', 1, $2::integer, $2::integer, $2::integer)`,
    [row, listed],
  )
  await pool.query(
    `insert into campaign_recipients (campaign_id, position, upload, line, recipient, cells)
     select $1, n, 1, n + 1, ($3::bigint + n)::text, '["+' || ($3::bigint + n) || '","Customer ' || n || '"]' from generate_series(1, $2::integer) n`,
    [row, listed, FIRST_CONTACT - 1],
  )
  await pool.query(`select brin_summarize_new_values('campaign_recipients_position')`)
  return id
}

async function command(postgres: Postgres, id: string, what: 'start' | 'pause' | 'resume' | 'cancel'): Promise<number> {
  const began = performance.now()
  const answer = await campaignRunServices(postgres).commandCampaign(DOER, id, what, {})
  const ms = performance.now() - began
  if (!answer.ok) throw new Error(answer.refusal.message)
  return ms
}

/** As somebody sees it who reads, writes and stops meanwhile. */
async function whileItRuns(
  lab: Lab,
  { rate, seconds }: Options,
  { url, people, postgres, id }: { url: string; people: number; postgres: Postgres; id: string },
): Promise<Row> {
  const looks: number[] = []
  for (let look = 0; look < LOOKS; look++) {
    const began = performance.now()
    await campaignServices(postgres).getCampaign(DOER, id)
    looks.push(performance.now() - began)
  }
  const latencies = (await replyLatencies(lab, url, people, rate * seconds, rate)).toSorted((a, b) => a - b)
  const pauses: number[] = []
  for (let nth = 0; nth < LOOKS / 4; nth++) {
    pauses.push(await command(postgres, id, 'pause'))
    await command(postgres, id, 'resume')
    await pause(50)
  }
  return {
    'progress ms': rounded(median(looks)),
    'replies p50 ms': rounded(percentile(latencies, 0.5)),
    'replies p99 ms': rounded(percentile(latencies, 0.99)),
    'pause ms': rounded(Math.max(...pauses)),
    'cancel ms': rounded(await command(postgres, id, 'cancel')),
  }
}

/** From the commit of a reply of the same number until the stub has read it. */
export async function replyLatencies(
  lab: Lab,
  url: string,
  people: number,
  count: number,
  rate: number,
): Promise<number[]> {
  const casement = await createCasement({ databaseUrl: url })
  try {
    const arrivedAt = new Map<number, number>()
    lab.onMark((mark, at) => arrivedAt.set(mark, at))
    await lab.expect(Number.POSITIVE_INFINITY)
    const committedAt: number[] = []
    await ticking(count, rate, async (index) => {
      await casement.enqueue({
        sender: SENDER,
        to: `+${FIRST_CONTACT + (index % people)}`,
        message: { type: 'text', text: { body: `mark ${index}` } },
        priority: 'reply',
      })
      committedAt[index] = performance.timeOrigin + performance.now()
    })
    for (let looked = 0; arrivedAt.size < committedAt.length && looked < 300; looked++) await pause(100)
    if (arrivedAt.size < committedAt.length)
      throw new Error(`${committedAt.length - arrivedAt.size} replies never came`)
    return committedAt.map((at, index) => Math.max(0, (arrivedAt.get(index) as number) - at))
  } finally {
    await casement.close()
  }
}

async function enqueueAll(base: string, count: number): Promise<void> {
  const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' }
  for (let at = 0; at < count; at += BATCH) {
    const intents = Array.from({ length: Math.min(BATCH, count - at) }, (_, i) => ({
      sender: SENDER,
      to: `+${FIRST_CONTACT + at + i}`,
      message: { type: 'text', text: { body: TEXT } },
      when_closed: 'fail',
      priority: 'campaign',
    }))
    const answer = await fetch(`${base}/v1/intents/batch`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ intents }),
    })
    if (answer.status !== 200) throw new Error(`expected 200, got ${answer.status} ${await answer.text()}`)
    await answer.arrayBuffer()
  }
}

/** From /proc; NaN where there is none. */
export async function rssOf({ pid }: Forked): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1_024
}
