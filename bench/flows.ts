import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { flowMemory } from '../src/app/flow-io.ts'
import { flowServices } from '../src/app/flows.ts'
import { createTicker } from '../src/app/ticking.ts'
import { createTokenVault } from '../src/store/accounts/token-vault.ts'
import { optOutBook } from '../src/store/people/opt-outs.ts'
import { openPostgres } from '../src/store/pg/postgres.ts'
import { tickFlows } from '../src/usecases/flows/tick-flows.ts'
import { DOER, replyLatencies, rssOf } from './campaigns.ts'
import { casementEnv, FIRST_CONTACT, type Forked, type Lab, populate, query, SECRET, SENDER, WABA } from './lab.ts'
import { median, type Options, percentile, type Row, rounded, type Suite } from './suite.ts'

/*
 * What flows cost. Runs that are all due in one second, with a step that sends nothing, on one worker, while replies of others leave. Runs that
 * wait for days, ten times as many: what a worker and PostgreSQL do in a minute with and without them. And messages of customers who are in no
 * flow, with no flow and with a thousand of them. Rounds of what is compared alternate.
 */

export const flows: Suite = {
  title: ({ messages, rounds, seconds }) =>
    `flows: ${messages} runs due at once; ${10 * messages} runs that wait, for ${seconds} s; messages with and without ${flowsIn(messages)} flows; medians of ${rounds} rounds`,
  async run(lab, options, progress) {
    const parts: Record<string, () => Promise<Row[]>> = {
      due: () => due(lab, options),
      waiting: () => waiting(lab, options, progress),
      inbound: () => inbound(lab, options, progress),
    }
    const rows: Row[] = []
    for (const [name, part] of Object.entries(parts)) {
      if (options.only && name !== options.only) continue
      rows.push(...(await part()))
    }
    return rows
  },
}

/** Who writes, and is in no flow. */
const OTHERS = 1_000
const flowsIn = (messages: number) => Math.min(1_000, messages)

interface Measured {
  seconds: number
  processMs: number
  postgresMs: number
  transactions: number
}

function rowOf(name: string, measured: Measured, more: Row = {}): Row {
  return {
    '': name,
    seconds: rounded(measured.seconds),
    'process CPU s': rounded(measured.processMs / 1_000),
    'Postgres CPU s': rounded(measured.postgresMs / 1_000),
    'CPU × without': '-',
    transactions: measured.transactions,
    'RSS MiB before': '-',
    'RSS MiB, most': '-',
    'held MiB before': '-',
    'held MiB after': '-',
    'replies p99 ms': '-',
    ...more,
  }
}

const WAITS = `
flow: waits
purpose: service
triggers: [api]
steps:
  - { id: rest, wait: 1h }
  - { id: note, set: { data.seen: true } }
  - { id: more, wait: 9d }
data: { seen: boolean? }
`

/** How soon after all is ready they are due; milliseconds. */
const DUE_AFTER_MS = 2_000

async function due(lab: Lab, { messages, rate, seconds, mps }: Options): Promise<Row[]> {
  const url = await freshDatabase(lab, messages + OTHERS, mps)
  await runsOf(url, messages)
  const worker = await started(lab, url, 'worker')
  const looked = new pg.Client({ connectionString: url })
  await looked.connect()
  try {
    const heldBefore = await worker.heldMib()
    const before = await rssOf(worker)
    const spent = await spending(lab, url, worker)
    const began = Date.now() + DUE_AFTER_MS
    // In the run itself its time is counted from when its step began.
    await query(url, `update flow_runs set due_at = to_timestamp(${began / 1_000}); analyze flow_runs`)
    const replies = replyLatencies(lab, url, OTHERS, Math.ceil(rate * seconds), rate)
    let most = before
    for (;;) {
      const left = await looked.query(
        `select from flow_runs where state = 'waiting' and not rests and due_at <= to_timestamp(${began / 1_000}) limit 1`,
      )
      most = Math.max(most, await rssOf(worker))
      if (left.rowCount === 0) break
      await pause(50)
    }
    const took = (Date.now() - began) / 1_000
    const measured = await spent()
    const [moved] = await query<{ n: number }>(url, `select count(*)::int as n from flow_runs where step = 'more'`)
    if (moved?.n !== messages) throw new Error(`expected ${messages} runs to have gone on, ${moved?.n} have`)
    const heldAfter = await worker.heldMib()
    const latencies = (await replies).toSorted((a, b) => a - b)
    return [
      rowOf(
        `${messages} due at once`,
        { ...measured, seconds: took },
        {
          'RSS MiB before': Math.round(before),
          'RSS MiB, most': Math.round(most),
          'held MiB before': rounded(heldBefore),
          'held MiB after': rounded(heldAfter),
          'replies p99 ms': rounded(percentile(latencies, 0.99)),
        },
      ),
    ]
  } finally {
    await looked.end()
    worker.kill()
  }
}

async function waiting(lab: Lab, options: Options, progress: (line: string) => void): Promise<Row[]> {
  const { messages, rounds, seconds, mps, warmUp } = options
  const runs = 10 * messages
  const urls = {
    'no runs': await freshDatabase(lab, OTHERS, mps),
    [`${runs} runs`]: await freshDatabase(lab, runs + OTHERS, mps),
  }
  await runsOf(urls['no runs'], 1)
  await query(urls['no runs'], 'delete from flow_runs')
  await runsOf(urls[`${runs} runs`] as string, runs)
  for (const url of Object.values(urls)) await query(url, 'vacuum (analyze)')
  return compared(rounds, urls, progress, async (url) => {
    const worker = await started(lab, url, 'worker')
    try {
      await pause((warmUp ?? 10) * 1_000)
      const spent = await spending(lab, url, worker)
      await pause(seconds * 1_000)
      return await spent()
    } finally {
      worker.kill()
    }
  })
}

async function inbound(lab: Lab, options: Options, progress: (line: string) => void): Promise<Row[]> {
  const { messages, rounds, mps } = options
  const count = Math.max(30, Math.ceil(messages / 25))
  const urls = {
    'no flow': await freshDatabase(lab, OTHERS, mps),
    [`${flowsIn(messages)} flows`]: await freshDatabase(lab, OTHERS, mps),
  }
  await deploy(
    urls[`${flowsIn(messages)} flows`] as string,
    Array.from({ length: flowsIn(messages) }, (_, n) => wordFlow(n)),
  )
  return compared(rounds, urls, progress, async (url) => {
    const api = await started(lab, url, 'api')
    try {
      // Flows are read when the first message comes.
      await applied(url, OTHERS)
      const spent = await spending(lab, url, api)
      await applied(url, count)
      return await spent()
    } finally {
      api.kill()
    }
  })
}

/** Each begins by words of its own, as support flows do. */
const wordFlow = (n: number) => `
flow: word_${n}
purpose: service
triggers: [ inbound: { text: [ "word ${n}", "words ${n}" ] }, inbound: { prefix: "order ${n}:" } ]
steps:
  - { id: hand, hand_over: { team: desk } }
`

async function compared(
  rounds: number,
  urls: Record<string, string>,
  progress: (line: string) => void,
  measure: (url: string) => Promise<Measured>,
): Promise<Row[]> {
  const all = new Map<string, Measured[]>()
  for (let round = 1; round <= rounds; round++) {
    for (const [name, url] of Object.entries(urls)) {
      const measured = await measure(url)
      all.set(name, [...(all.get(name) ?? []), measured])
      progress(`round ${round}: ${name}: ${Math.round(measured.processMs)} and ${measured.postgresMs} ms`)
    }
  }
  const cpuOf = (measured: Measured) => measured.processMs + measured.postgresMs
  const without = median((all.values().next().value as Measured[]).map(cpuOf))
  return [...all].map(([name, measured]) => {
    const of = (value: (one: Measured) => number) => median(measured.map(value))
    const medians = {
      seconds: of((one) => one.seconds),
      processMs: of((one) => one.processMs),
      postgresMs: of((one) => one.postgresMs),
      transactions: of((one) => one.transactions),
    }
    return rowOf(name, medians, { 'CPU × without': rounded(of(cpuOf) / without) })
  })
}

/** From now on until it is called. */
async function spending(lab: Lab, url: string, process: Forked): Promise<() => Promise<Measured>> {
  const read = async () => {
    const [row] = await query<{ n: number }>(
      url,
      'select (xact_commit + xact_rollback)::float8 as n from pg_stat_database where datname = current_database()',
    )
    return {
      at: performance.now(),
      processMs: await process.cpuMs(),
      postgresMs: await lab.postgresCpuMs(),
      transactions: row?.n ?? 0,
    }
  }
  const before = await read()
  return async () => {
    const after = await read()
    return {
      seconds: (after.at - before.at) / 1_000,
      processMs: after.processMs - before.processMs,
      postgresMs: after.postgresMs - before.postgresMs,
      transactions: after.transactions - before.transactions,
    }
  }
}

async function freshDatabase(lab: Lab, people: number, mps: number): Promise<string> {
  const url = await lab.freshDatabase()
  await lab.forgetLanes()
  await populate(url, { throughputMps: mps, messages: people, intents: false })
  return url
}

async function started(lab: Lab, url: string, role: 'api' | 'worker'): Promise<Forked> {
  const [process] = await lab.fork('./casement-process.ts', { ...casementEnv(lab, url, 'redis'), BENCH_ROLE: role })
  const running = process.once('running')
  process.send({ kind: 'go' })
  await running
  return process
}

async function deploy(url: string, documents: readonly string[]): Promise<void> {
  await onFlows(url, async ({ services }) => {
    for (const document of documents) {
      const name = /^flow: (\w+)/m.exec(document)?.[1] as string
      const deployed = await services.deployFlow(DOER, { name, document })
      if (!deployed.ok) throw new Error(deployed.refusal.message)
    }
  })
}

/** A run for so many people, each in its first wait since an hour ago, and due in nine days. */
async function runsOf(url: string, count: number): Promise<void> {
  await deploy(url, [WAITS])
  await onFlows(url, async ({ services, ticker }) => {
    const started = await services.startFlow(DOER, 'waits', { sender: SENDER, to: `+${FIRST_CONTACT}`, data: {} })
    if (!started.ok) throw new Error(started.refusal.message)
    while ((await tickFlows(ticker)).more);
    await query(
      url,
      `insert into flow_runs (id, workspace, flow_id, version, phone_number_id, conversation_id, contact_id, step, due_at, seq, run)
         select gen_random_uuid(), r.workspace, r.flow_id, r.version, r.phone_number_id, v.id, v.contact_id, r.step, now() + interval '9 days', r.seq,
           r.run || jsonb_build_object('enteredAt', (r.run ->> 'enteredAt')::bigint - 3600000)
         from conversations v join contacts c on c.id = v.contact_id join flow_runs r on r.id = '${started.value.id}'::uuid
         where c.wa_id::bigint >= ${FIRST_CONTACT + OTHERS} order by v.id limit ${count};
       delete from flow_runs where id = '${started.value.id}'::uuid;
       analyze`,
    )
  })
}

async function onFlows(
  url: string,
  work: (on: { services: ReturnType<typeof flowServices>; ticker: ReturnType<typeof createTicker> }) => Promise<void>,
): Promise<void> {
  const postgres = openPostgres({ url, max: 2, applicationName: 'bench flows', onError: () => {} })
  const memory = flowMemory()
  try {
    const optOuts = optOutBook(createTokenVault([Buffer.from(SECRET, 'hex')]))
    const ticker = createTicker(postgres, memory, (_run, error) => {
      throw error
    })
    await work({ services: flowServices({ postgres, optOuts, flows: memory }), ticker })
  } finally {
    await postgres.close()
  }
}

/** So many messages of customers who are in no flow, all there at once. */
async function applied(url: string, count: number): Promise<void> {
  const payloads = Array.from({ length: count }, (_, n) => payload(n))
  await query(
    url,
    `insert into webhook_events (payload) select * from jsonb_array_elements_text('${JSON.stringify(payloads)}');
     notify casement_inbox`,
  )
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    while ((await client.query(`select from webhook_events where state = 'pending' limit 1`)).rowCount) await pause(20)
  } finally {
    await client.end()
  }
  const [row] = await query<{ failed: number }>(
    url,
    `select count(*)::int as failed from webhook_events where state = 'failed'`,
  )
  if (row?.failed !== 0) throw new Error(`${row?.failed} messages could not be applied`)
}

function payload(n: number): string {
  const from = String(FIRST_CONTACT + (n % OTHERS))
  const metadata = { display_phone_number: '15550000000', phone_number_id: SENDER }
  const value = {
    messaging_product: 'whatsapp',
    metadata,
    contacts: [{ wa_id: from, profile: { name: 'A customer' } }],
    messages: [
      {
        id: `wamid.${randomUUID()}`,
        from,
        timestamp: String(Math.floor(Date.now() / 1_000)),
        type: 'text',
        text: { body: 'Hello there' },
      },
    ],
  }
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: WABA, changes: [{ field: 'messages', value }] }],
  })
}
