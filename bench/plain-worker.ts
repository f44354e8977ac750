import { Worker } from 'bullmq'
import { Redis } from 'ioredis'
import pg from 'pg'
import { Pool } from 'undici'

/**
 * (b) The plain hand-written worker: for every message one query for the window, one insert, the POST, one update. What a careful team
 * writes in an afternoon; it doubles and loses messages when it is killed.
 */
const { BENCH_REDIS_URL, BENCH_GRAPH_URL, BENCH_DATABASE_URL, BENCH_CONCURRENCY } = process.env as Record<
  string,
  string
>

const graph = new Pool(BENCH_GRAPH_URL as string, { connections: Number(BENCH_CONCURRENCY), pipelining: 1 })
const database = new pg.Pool({ connectionString: BENCH_DATABASE_URL as string, max: 20 })
const worker = new Worker(
  'bench-plain',
  async (job) => {
    const window = await database.query(
      "select last_inbound_at > now() - interval '24 hours' as open from plain_contacts where wa_id = $1",
      [job.data.to],
    )
    if (!window.rows[0]?.open) return
    const inserted = await database.query(
      "insert into plain_messages (wa_id, body, status) values ($1, $2, 'sending') returning id",
      [job.data.to, 'Your parcel is on its way.'],
    )
    const { body } = await graph.request({
      method: 'POST',
      path: '/v25.0/1000/messages',
      headers: { 'content-type': 'application/json', authorization: 'Bearer bench' },
      body: JSON.stringify({
        messaging_product: 'whatsapp',
        to: job.data.to,
        type: 'text',
        text: { body: 'Your parcel is on its way.' },
      }),
    })
    const answer = (await body.json()) as { messages: { id: string }[] }
    await database.query("update plain_messages set status = 'sent', wamid = $2, sent_at = now() where id = $1", [
      inserted.rows[0].id,
      answer.messages[0]?.id,
    ])
  },
  {
    connection: new Redis(BENCH_REDIS_URL as string, { maxRetriesPerRequest: null }),
    concurrency: Number(BENCH_CONCURRENCY),
    autorun: false,
  },
)
process.on('message', ({ kind }: { kind: string }) => {
  if (kind === 'go') void worker.run()
})
process.send?.({ kind: 'listening' })
