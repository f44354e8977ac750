import { setTimeout as pause } from 'node:timers/promises'
import { createCasement } from '../src/index.ts'
import { casementEnv, FIRST_CONTACT, type Lab, type LaneKind, populate, query, SENDER } from './lab.ts'
import { type Options, percentile, rounded, type Suite } from './suite.ts'

/*
 * How long a reply takes from its commit to the Graph server, while a campaign of the same number runs (P10) and from a number that has been
 * idle. The campaign is due as a whole; the replies come one by one, at a steady rate, from a producer that uses the library.
 */

export const replies: Suite = {
  title: (options) =>
    `replies behind a campaign of ${options.messages}: ${options.rate} a second for ${options.seconds} s, from commit to Graph`,
  async run(lab, options, progress) {
    const rows = []
    for (const lanes of ['redis', 'postgres'] as const) {
      const where = `lanes on ${lanes === 'redis' ? 'Redis' : 'PostgreSQL'}`
      for (const { throughputMps, idle } of NUMBERS) {
        if (options.only && !`${lanes} ${idle ? 'idle' : throughputMps}`.startsWith(options.only)) continue
        const name = idle ? `idle number, ${where}` : `${throughputMps} messages/s, ${where}`
        const { latencies, campaignPerSecond } = await measure(
          lab,
          lanes,
          throughputMps,
          idle ? IDLE(options) : options,
        )
        const sorted = latencies.toSorted((a, b) => a - b)
        progress(`${name}: p99 ${percentile(sorted, 0.99).toFixed(1)} ms of ${sorted.length}`)
        rows.push({
          'sender, lanes': name,
          replies: sorted.length,
          'p50 ms': rounded(percentile(sorted, 0.5)),
          'p99 ms': rounded(percentile(sorted, 0.99)),
          'max ms': rounded(percentile(sorted, 1)),
          'campaign messages/s meanwhile': Math.round(campaignPerSecond),
        })
      }
    }
    return rows
  },
}

/** The default of a number, and an upgraded one. */
const NUMBERS = [
  { throughputMps: 80, idle: false },
  { throughputMps: 1_000, idle: false },
  { throughputMps: 80, idle: true },
]
/** Twenty numbers in turn, each idle for four seconds before its reply: longer than a worker goes on looking after it. */
const IDLE = ({ seconds, warmUp }: Options): Campaign => ({ messages: 400, rate: 5, seconds, warmUp, idleNumbers: 20 })

interface Campaign extends Pick<Options, 'messages' | 'rate' | 'seconds' | 'warmUp'> {
  /** There is no campaign, and so many numbers. */
  idleNumbers?: number
}

/** The campaign runs before the first reply is measured. */
const WARM_UP_S = 3

async function measure(
  lab: Lab,
  lanes: LaneKind,
  throughputMps: number,
  { messages, rate, seconds, warmUp, idleNumbers = 0 }: Campaign,
): Promise<{ latencies: number[]; campaignPerSecond: number }> {
  const url = await lab.freshDatabase()
  await lab.forgetLanes()
  await populate(url, {
    messages,
    throughputMps,
    priority: 3,
    ...(idleNumbers > 0 ? { senders: idleNumbers, intents: false } : {}),
  })
  const [worker] = await lab.fork('./casement-process.ts', { ...casementEnv(lab, url, lanes), BENCH_ROLE: 'worker' })
  const casement = await createCasement({ databaseUrl: url })
  try {
    const arrivedAt = new Map<number, number>()
    lab.onMark((mark, at) => arrivedAt.set(mark, at))
    await lab.expect(Number.POSITIVE_INFINITY)
    const running = worker.once('running')
    worker.send({ kind: 'go' })
    await running
    await pause(1_000 * (warmUp ?? WARM_UP_S))

    const committedAt: number[] = []
    const sentBefore = await countSent(url)
    const began = performance.now()
    await ticking(rate * seconds, rate, async (index) => {
      const person = messages - 1 - (index % messages)
      await casement.enqueue({
        // The number that populate dealt this person to.
        sender: String(BigInt(SENDER) + BigInt(idleNumbers > 0 ? (person + 1) % idleNumbers : 0)),
        to: `+${FIRST_CONTACT + person}`,
        message: { type: 'text', text: { body: `mark ${index}` } },
        priority: 'reply',
      })
      committedAt[index] = performance.timeOrigin + performance.now()
    })
    const elapsedS = (performance.now() - began) / 1_000
    const campaignPerSecond = idleNumbers > 0 ? 0 : ((await countSent(url)) - sentBefore) / elapsedS - rate
    for (let looked = 0; arrivedAt.size < committedAt.length && looked < 30; looked++) await pause(1_000)
    if (arrivedAt.size < committedAt.length)
      throw new Error(`${committedAt.length - arrivedAt.size} replies never came`)
    // A reply may leave in the instant between the commit and the producer hearing of it.
    const latencies = committedAt.map((at, index) => Math.max(0, (arrivedAt.get(index) as number) - at))
    return { latencies, campaignPerSecond }
  } finally {
    await casement.close()
    worker.kill()
  }
}

/** Calls `each` at `perSecond`, `times` times, each at its own time whatever the others take; resolves when all are done. */
export async function ticking(times: number, perSecond: number, each: (index: number) => Promise<void>): Promise<void> {
  const calls: Promise<void>[] = []
  const began = performance.now()
  for (let index = 0; index < times; index++) {
    const at = began + ((index + 1) * 1_000) / perSecond
    await pause(Math.max(0, at - performance.now()))
    calls.push(each(index))
  }
  await Promise.all(calls)
}

async function countSent(url: string): Promise<number> {
  const [row] = await query<{ sent: number }>(url, 'select count(*)::int as sent from attempts')
  return row?.sent ?? 0
}
