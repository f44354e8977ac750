import { Redis } from 'ioredis'
import { createCasement } from '../src/index.ts'
import { casementEnv, FIRST_CONTACT, type Lab, type LaneKind, populate, query, SENDER, walBytes } from './lab.ts'
import { type Row, rounded, type Suite } from './suite.ts'

/*
 * What a message costs and leaves behind: bytes of WAL while it is enqueued and while it is sent, bytes of tables with their indexes
 * afterwards, and what the lanes hold in Redis while all of it is due. Not a speed, so one round is enough.
 */

export const footprint: Suite = {
  title: (options) => `footprint of a message, ${options.messages} of them due at once`,
  async run(lab, options, progress) {
    const rows: Row[] = []
    for (const lanes of ['redis', 'postgres'] as const) {
      if (options.only && lanes !== options.only) continue
      for (const senders of SENDERS) {
        const name = `${senders} number${senders > 1 ? 's' : ''}, lanes on ${lanes === 'redis' ? 'Redis' : 'PostgreSQL'}`
        rows.push({ '': name, ...(await measure(lab, lanes, senders, options.messages)) })
        progress(name)
      }
    }
    return rows
  },
}

const SENDERS = [1, 20]
/** Of an upgraded number; with several numbers the machine is the limit. */
const THROUGHPUT_MPS = 1_000
const BATCH = 1_000
const SAMPLE_EVERY_MS = 50

async function measure(lab: Lab, lanes: LaneKind, senders: number, messages: number): Promise<Row> {
  const url = await lab.freshDatabase()
  await lab.forgetLanes()
  const redis = new Redis(lab.redis.url)
  await populate(url, { messages, senders, throughputMps: THROUGHPUT_MPS, intents: false })
  const walPerMessage = async (run: () => Promise<unknown>) => {
    const before = await walBytes(url)
    await run()
    return Math.round(((await walBytes(url)) - before) / messages)
  }
  const enqueued = await walPerMessage(() => enqueueAll(url, senders, messages))

  const [worker] = await lab.fork('./casement-process.ts', { ...casementEnv(lab, url, lanes), BENCH_ROLE: 'worker' })
  const emptyBytes = await redisBytes(redis)
  const cpuBefore = await redisCpuMs(redis)
  let mostBytes = 0
  const sampling = setInterval(() => {
    void redisBytes(redis).then((bytes) => {
      mostBytes = Math.max(mostBytes, bytes)
    })
  }, SAMPLE_EVERY_MS)
  try {
    const sent = await walPerMessage(async () => {
      const { done } = await lab.expect(messages)
      worker.send({ kind: 'go' })
      await done
    })
    const perMessage = await tableBytes(url, messages)
    return {
      'WAL bytes, enqueueing': enqueued,
      'WAL bytes, sending': sent,
      ...perMessage,
      'Redis KiB at most': lanes === 'redis' ? Math.round((mostBytes - emptyBytes) / 1_024) : '-',
      'Redis CPU ms': lanes === 'redis' ? rounded(((await redisCpuMs(redis)) - cpuBefore) / messages) : '-',
    }
  } finally {
    clearInterval(sampling)
    worker.kill()
    redis.disconnect()
  }
}

async function enqueueAll(url: string, senders: number, messages: number): Promise<void> {
  const casement = await createCasement({ databaseUrl: url })
  try {
    for (let from = 0; from < messages; from += BATCH) {
      await casement.enqueueMany(
        Array.from({ length: Math.min(BATCH, messages - from) }, (_, i) => ({
          sender: String(Number(SENDER) + ((from + i + 1) % senders)),
          to: `+${FIRST_CONTACT + from + i}`,
          message: { type: 'text' as const, text: { body: 'Your parcel is on its way.' } },
        })),
      )
    }
  } finally {
    await casement.close()
  }
}

/** With indexes and TOAST. */
async function tableBytes(url: string, messages: number): Promise<Row> {
  const rows = await query<{ name: string; bytes: string }>(
    url,
    `select name, pg_total_relation_size(name)::text as bytes from unnest(array['intents', 'attempts', 'messages']) as t (name)`,
  )
  return Object.fromEntries(rows.map(({ name, bytes }) => [`${name} bytes`, Math.round(Number(bytes) / messages)]))
}

async function redisBytes(redis: Redis): Promise<number> {
  return Number(/used_memory_dataset:(\d+)/.exec(await redis.info('memory'))?.[1])
}

/** User and system time of the server so far. */
async function redisCpuMs(redis: Redis): Promise<number> {
  const seconds = [...(await redis.info('cpu')).matchAll(/^used_cpu_(?:user|sys):([\d.]+)/gm)].map(([, value]) =>
    Number(value),
  )
  return 1_000 * seconds.reduce((sum, value) => sum + value, 0)
}
