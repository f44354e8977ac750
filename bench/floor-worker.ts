import { Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { Pool } from 'undici'

/** (a) The floor: a BullMQ worker that only POSTs. No database, no window, no record of what was sent. */
const { BENCH_REDIS_URL, BENCH_GRAPH_URL, BENCH_CONCURRENCY } = process.env as Record<string, string>

const graph = new Pool(BENCH_GRAPH_URL as string, { connections: Number(BENCH_CONCURRENCY), pipelining: 1 })
const worker = new Worker(
  'bench-floor',
  async (job) => {
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
    await body.json()
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
