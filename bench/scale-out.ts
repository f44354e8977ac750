import { casementEnv, type Forked, type Lab, type LaneKind, populate } from './lab.ts'
import { medians, rounded, type Suite } from './suite.ts'

/*
 * What a second and a fourth worker process add. Graph answers after 100 ms, as it does over a network, and each process has few calls in
 * flight, so that one process is bound by its concurrency; more processes add until a shared resource is full, here the cores.
 */

export const scaleOut: Suite = {
  title: (options) =>
    `worker processes: ${options.messages} messages, ${options.concurrency} in flight each, Graph answers after ${LATENCY_MS} ms, medians of ${options.rounds} rounds`,
  async run(lab, options, progress) {
    const results = new Map<string, Measured[]>()
    for (let round = 1; round <= options.rounds; round++) {
      for (const lanes of ['redis', 'postgres'] as const) {
        if (options.only && lanes !== options.only) continue
        for (const workers of WORKERS.filter((count) => count <= options.processes)) {
          const name = `${workers} worker${workers > 1 ? 's' : ''}, lanes on ${lanes === 'redis' ? 'Redis' : 'PostgreSQL'}`
          const measured = await measure(lab, lanes, workers, options.messages, options.concurrency)
          results.set(name, [...(results.get(name) ?? []), measured])
          progress(`round ${round}: ${name}: ${Math.round(measured.perSecond)} messages/s`)
        }
      }
    }
    let one = Number.NaN
    return [...results].map(([name, rounds]) => {
      const { perSecond, busyCores } = medians(rounds)
      if (name.startsWith('1 ')) one = perSecond
      return {
        '': name,
        'messages/s': Math.round(perSecond),
        '× 1 worker': rounded(perSecond / one),
        'cores busy with workers and Postgres': rounded(busyCores),
      }
    })
  },
}

const WORKERS = [1, 2, 4]
const LATENCY_MS = 100
/** Lanes spread over several numbers, none of which is bound by its own rate. */
const SENDERS = 8
const THROUGHPUT_MPS = 1_000

type Measured = { perSecond: number; busyCores: number }

async function measure(
  lab: Lab,
  lanes: LaneKind,
  workers: number,
  messages: number,
  concurrency: number,
): Promise<Measured> {
  const url = await lab.freshDatabase()
  await lab.forgetLanes()
  await populate(url, { messages, senders: SENDERS, throughputMps: THROUGHPUT_MPS })
  const processes: Forked[] = []
  try {
    for (let i = 0; i < workers; i++) {
      const [worker] = await lab.fork('./casement-process.ts', {
        ...casementEnv(lab, url, lanes),
        BENCH_ROLE: 'worker',
        DISPATCH_CONCURRENCY: String(concurrency),
      })
      processes.push(worker)
    }
    const cpuMs = async () =>
      (await Promise.all([lab.postgresCpuMs(), ...processes.map((worker) => worker.cpuMs())])).reduce((a, b) => a + b)
    const before = await cpuMs()
    const { done } = await lab.expect(messages, { latencyMs: LATENCY_MS })
    for (const worker of processes) worker.send({ kind: 'go' })
    const { seconds } = await done
    return { perSecond: messages / seconds, busyCores: ((await cpuMs()) - before) / (seconds * 1_000) }
  } finally {
    for (const worker of processes) worker.kill()
  }
}
