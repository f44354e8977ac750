import { createHmac } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'undici'

/*
 * Meta's side of a flood of status webhooks, a process of its own: three statuses a message (sent, delivered, read), one status a payload,
 * which is what Meta mostly sends. Either as fast as they are acknowledged, or at a steady rate whatever the receiver does; then a latency
 * counts from the time the event was due, so that waiting behind a slow answer is not hidden.
 */

const { BENCH_APP_SECRET, BENCH_SENDER, BENCH_NUMBERS, BENCH_WABA, BENCH_FIRST_CONTACT } = process.env as Record<
  string,
  string
>
/** Of the steady rate: what is due is posted this often. */
const TICK_MS = 5
const CONNECTIONS = 128
const STATUSES = ['sent', 'delivered', 'read'] as const

interface Flood {
  url: string
  /** Counted from here: events of message n are 3n, 3n + 1, 3n + 2. */
  from: number
  events: number
  /** Null: as fast as they are acknowledged. */
  perSecond: number | null
}

process.on('message', (message: { kind: string } & Flood) => {
  if (message.kind === 'flood') void flood(message)
})
process.send?.({ kind: 'listening' })

async function flood({ url, from, events, perSecond }: Flood): Promise<void> {
  const { origin, pathname } = new URL(url)
  const pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1 })
  const latencies = new Float64Array(events)
  let refused = 0
  const began = performance.now()

  async function post(index: number, dueAt: number): Promise<void> {
    const body = payload(from + index)
    const signature = createHmac('sha256', BENCH_APP_SECRET as string)
      .update(body)
      .digest('hex')
    const { statusCode, body: answer } = await pool.request({
      method: 'POST',
      path: pathname,
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
      body,
    })
    await answer.dump()
    if (statusCode !== 200) refused += 1
    latencies[index] = performance.now() - dueAt
  }

  await (perSecond === null ? inTurn(events, post) : steadily(events, perSecond, began, post))
  const seconds = (performance.now() - began) / 1_000
  await pool.close()
  const sorted = latencies.toSorted()
  const at = (share: number) => sorted[Math.min(events - 1, Math.ceil(events * share) - 1)]
  process.send?.({ kind: 'flooded', seconds, refused, p50: at(0.5), p99: at(0.99), max: at(1) })
}

/** Each connection sends its next when its last was answered. */
async function inTurn(events: number, post: (index: number, dueAt: number) => Promise<void>): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (next < events) await post(next++, performance.now())
    }),
  )
}

async function steadily(
  events: number,
  perSecond: number,
  began: number,
  post: (index: number, dueAt: number) => Promise<void>,
): Promise<void> {
  const calls: Promise<void>[] = []
  while (calls.length < events) {
    const due = Math.min(events, Math.floor(((performance.now() - began) * perSecond) / 1_000))
    while (calls.length < due) calls.push(post(calls.length, began + (calls.length * 1_000) / perSecond))
    await pause(TICK_MS)
  }
  await Promise.all(calls)
}

function payload(event: number): string {
  const message = Math.floor(event / STATUSES.length)
  const waId = String(Number(BENCH_FIRST_CONTACT) + message)
  const status = {
    id: `wamid.BENCH${message}`,
    status: STATUSES[event % STATUSES.length],
    timestamp: String(Math.floor(Date.now() / 1_000)),
    recipient_id: waId,
    recipient_user_id: `US.${waId}`,
    biz_opaque_callback_data: `${intentId(message)}.1`,
    // When it was posted, for whoever gets it in the end.
    conversation: { id: `c${message}.${Date.now()}`, origin: { type: 'service' } },
    pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'service' },
  }
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: BENCH_WABA,
        changes: [
          {
            field: 'messages',
            value: {
              messaging_product: 'whatsapp',
              metadata: { display_phone_number: '15550000000', phone_number_id: numberOf(message) },
              contacts: [{ profile: { name: 'Ana' }, wa_id: waId, user_id: `US.${waId}` }],
              statuses: [status],
            },
          },
        ],
      },
    ],
  })
}

/** As the database was given them; see `accepted-messages.ts`. */
function numberOf(message: number): string {
  return String(BigInt(BENCH_SENDER as string) + BigInt(message % Number(BENCH_NUMBERS)))
}

function intentId(message: number): string {
  return `00000000-0000-7000-8000-${message.toString(16).padStart(12, '0')}`
}
