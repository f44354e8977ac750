import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { casementEnv, FIRST_CONTACT, type Forked, type Lab, populate, query, SENDER, WABA } from './lab.ts'
import { medians, type Row, rounded, type Suite } from './suite.ts'

/*
 * What a second and a third process add where webhooks are applied: they should help, and at the least do no harm. All of them
 * are up before the inbox fills, in one statement. The messages are of few customers, so that the processes meet each other's people all the time;
 * in the mixed form two statuses of each customer's message come along. An applier waits for a lock less long than the server waits before it
 * looks for deadlocks, so a lock that was given up counts as one.
 */

export const appliers: Suite = {
  title: (options) =>
    `appliers: ${options.messages} inbound messages of ${CUSTOMERS} customers, medians of ${options.rounds} rounds`,
  async run(lab, options, progress) {
    const results = new Map<string, Measured[]>()
    for (let round = 1; round <= options.rounds; round++) {
      for (const kind of KINDS) {
        if (options.only && kind !== options.only) continue
        for (const processes of PROCESSES.filter((count) => count <= options.processes)) {
          const name = `${kind}, ${processes} process${processes > 1 ? 'es' : ''}`
          const measured = await measure(lab, kind, processes, options.messages)
          results.set(name, [...(results.get(name) ?? []), measured])
          progress(
            `round ${round}: ${name}: ${measured.seconds.toFixed(2)} s, CPU ${measured.cpuS.toFixed(1)} s, ${measured.deadlocks} deadlocks, ${measured.left} left`,
          )
        }
      }
    }
    let one: Measured | null = null
    return [...results].map(([name, rounds]): Row => {
      const measured = medians(rounds)
      if (name.includes(', 1 ')) one = measured
      const { seconds, cpuS, left } = measured
      return {
        '': name,
        seconds: rounded(seconds),
        '× 1 process': rounded(seconds / (one?.seconds ?? Number.NaN)),
        'CPU s': rounded(cpuS),
        'CPU × 1 process': rounded(cpuS / (one?.cpuS ?? Number.NaN)),
        'deadlocks, most': Math.max(...rounds.map((measured) => measured.deadlocks)),
        'left for later': left,
      }
    })
  },
}

const KINDS = ['inbound', 'mixed'] as const
const PROCESSES = [1, 2, 3]
const CUSTOMERS = 60
const LOOK_EVERY_MS = 20

type Measured = { seconds: number; cpuS: number; deadlocks: number; left: number }

async function measure(lab: Lab, kind: (typeof KINDS)[number], count: number, messages: number): Promise<Measured> {
  const url = await lab.freshDatabase()
  await populate(url, { messages: CUSTOMERS, throughputMps: 80, intents: false })
  if (kind === 'mixed') await sendEach(url, messages)
  const processes: Forked[] = []
  try {
    for (let i = 0; i < count; i++) {
      const [applier] = await lab.fork('./casement-process.ts', {
        ...casementEnv(lab, url, 'redis'),
        BENCH_ROLE: 'api',
      })
      processes.push(applier)
    }
    const urls = await Promise.all(
      processes.map(async (applier) => {
        const running = applier.once<{ url: string }>('running')
        applier.send({ kind: 'go' })
        return (await running).url
      }),
    )
    const payloads = Array.from({ length: messages }, (_, n) => [
      inbound(n),
      ...(kind === 'mixed' ? [status(n, 'sent'), status(n, 'delivered')] : []),
    ]).flat()
    const cpuMs = async () =>
      (await Promise.all([lab.postgresCpuMs(), ...processes.map((applier) => applier.cpuMs())])).reduce((a, b) => a + b)
    const cpuBefore = await cpuMs()
    const began = performance.now()
    await query(
      url,
      `insert into webhook_events (payload) select * from jsonb_array_elements_text('${JSON.stringify(payloads).replaceAll("'", "''")}');
       notify casement_inbox`,
    )
    await untilApplied(url)
    const seconds = (performance.now() - began) / 1_000
    const cpuS = ((await cpuMs()) - cpuBefore) / 1_000
    await expectAllApplied(url, messages)
    const told = await Promise.all(urls.map(async (one) => (await fetch(`${one}/metrics`)).text()))
    const total = (metric: RegExp) => told.reduce((sum, text) => sum + counted(text, metric), 0)
    return {
      seconds,
      cpuS,
      deadlocks: total(/^casement_webhook_clashes_total.* (\S+)$/gm),
      left: total(/^casement_webhooks_left_total (\S+)$/gm),
    }
  } finally {
    for (const applier of processes) applier.kill()
  }
}

/** Over one connection, for opening one costs the server more than applying a message. */
async function untilApplied(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    while ((await client.query(`select from webhook_events where state = 'pending' limit 1`)).rowCount) {
      await pause(LOOK_EVERY_MS)
    }
  } finally {
    await client.end()
  }
}

/** A message of ours to each customer in turn, accepted a moment ago. */
async function sendEach(url: string, messages: number): Promise<void> {
  await query(
    url,
    `create temporary table numbered as
       select n, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid as id, v.id as conversation_id, '${WAMID}' || n as wamid
       from generate_series(0, ${messages - 1}) n
       join contacts c on c.wa_id = (${FIRST_CONTACT} + n % ${CUSTOMERS})::text join conversations v on v.contact_id = c.id;
     insert into intents (id, workspace, phone_number_id, conversation_id, priority, delivery, release, message, when_closed, state, send_at,
         expires_at, attempts, sent_as, wamid)
       select id, 'default', '${SENDER}', conversation_id, 0, 'at_least_once', 'all', '{"type":"text","text":{"body":"Hello"}}', '"hold"', 'sent',
         now(), now() + interval '7 days', 1, 'free_form', wamid from numbered;
     insert into attempts (intent_id, number, sent_as, decision, finished_at, outcome, http_status, wamid)
       select id, 1, 'free_form', '{}', now(), 'accepted', 200, wamid from numbered;
     insert into messages (wamid, intent_id, attempt, conversation_id, sent_as) select wamid, id, 1, conversation_id, 'free_form' from numbered;
     analyze`,
  )
}

const WAMID = 'wamid.APPLIERS'
const NOW_S = () => String(Math.floor(Date.now() / 1_000))
const customerOf = (n: number) => String(FIRST_CONTACT + (n % CUSTOMERS))

function inbound(n: number): string {
  return payloadOf({
    contacts: [{ wa_id: customerOf(n), profile: { name: 'A customer' } }],
    messages: [
      { id: `wamid.INBOUND${n}`, from: customerOf(n), timestamp: NOW_S(), type: 'text', text: { body: 'Hello' } },
    ],
  })
}

function status(n: number, told: string): string {
  return payloadOf({
    statuses: [{ id: `${WAMID}${n}`, status: told, timestamp: NOW_S(), recipient_id: customerOf(n) }],
  })
}

function payloadOf(value: object): string {
  const metadata = { display_phone_number: '15550000000', phone_number_id: SENDER }
  const change = { field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } }
  return JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: WABA, changes: [change] }] })
}

async function expectAllApplied(url: string, messages: number): Promise<void> {
  const [row] = await query<{ kept: number; failed: number }>(
    url,
    `select (select count(*)::int from inbound_messages) as kept,
       (select count(*)::int from webhook_events where state = 'failed') as failed`,
  )
  if (row?.kept !== messages || row.failed > 0)
    throw new Error(`expected ${messages} messages and no failure, got ${JSON.stringify(row)}`)
}

function counted(text: string, metric: RegExp): number {
  return [...text.matchAll(metric)].reduce((sum, [, value]) => sum + Number(value), 0)
}
