import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { casementEnv, FIRST_CONTACT, type Lab, populate, query } from './lab.ts'
import { median, medians, type Options, rounded, type Suite } from './suite.ts'

/*
 * How fast one worker process sends, beside two others on the same machine in the same run, against the same stub Graph server. What is
 * measured is the time between the first and the last message at the stub, and the CPU.
 *
 *   (a) floor     a BullMQ worker that only POSTs
 *   (b) plain     a hand-written worker: query the window, insert, POST, update
 *   (c) casement  one worker process: relay, decision, attempts and records; lanes on Redis, then on PostgreSQL
 *
 * Rounds alternate, and a ratio is the median of those of each round, because the machine's speed drifts.
 */

export const throughput: Suite = {
  title: ({ messages, concurrency, rounds, numbers, mps }) =>
    `one worker process: ${messages} messages, ${EACH} to each person, from ${numbers} numbers of ${mps}/s, ${concurrency} in flight, ${rounds} rounds`,
  async run(lab, options, progress) {
    const results = new Map<Candidate, Measured[]>()
    for (let round = 1; round <= options.rounds; round++) {
      for (const candidate of CANDIDATES) {
        if (options.only && !candidate.startsWith(options.only)) continue
        const measured = await measure(lab, candidate, options)
        results.set(candidate, [...(results.get(candidate) ?? []), measured])
        progress(`round ${round}: ${candidate}: ${Math.round(measured.perSecond)} messages/s`)
      }
    }
    return [...results].map(([candidate, rounds]) => {
      const { perSecond, workerCpuMs, postgresCpuMs } = medians(rounds)
      return {
        '': candidate,
        'messages/s': Math.round(perSecond),
        'worker CPU ms/message': rounded(workerCpuMs),
        'Postgres CPU ms/message': rounded(postgresCpuMs),
        '× floor': rounded(times(rounds, results.get('floor'))),
        '× plain': rounded(times(rounds, results.get('plain'))),
      }
    })
  },
}

/** The median of each round's ratio: a machine that is slow for a while is slow for both. */
function times(rounds: Measured[], others: Measured[] = []): number {
  return median(rounds.map(({ perSecond }, round) => perSecond / (others[round]?.perSecond ?? Number.NaN)))
}

type Candidate = 'floor' | 'plain' | 'casement' | 'casement on PostgreSQL lanes'
const CANDIDATES: readonly Candidate[] = ['floor', 'plain', 'casement', 'casement on PostgreSQL lanes']
/** Messages to each person, the second of which may not leave before the first is over. */
const EACH = 2

type Measured = { perSecond: number; workerCpuMs: number; postgresCpuMs: number }

async function measure(lab: Lab, candidate: Candidate, options: Options): Promise<Measured> {
  const { messages, concurrency, numbers, mps } = options
  const url = await lab.freshDatabase()
  await lab.forgetLanes()
  const byHand = candidate === 'floor' || candidate === 'plain'
  if (byHand) await prepareByHand(lab, candidate, url, messages)
  else await populate(url, { messages, each: EACH, senders: numbers, throughputMps: mps })

  const [worker] = await (byHand
    ? lab.fork(`./${candidate}-worker.ts`, {
        BENCH_REDIS_URL: lab.redis.url,
        BENCH_GRAPH_URL: lab.graphUrl,
        BENCH_DATABASE_URL: url,
        BENCH_CONCURRENCY: String(concurrency),
      })
    : lab.fork('./casement-process.ts', {
        ...casementEnv(lab, url, candidate === 'casement' ? 'redis' : 'postgres'),
        BENCH_ROLE: 'worker',
        DISPATCH_CONCURRENCY: String(concurrency),
      }))
  try {
    const postgresBefore = await lab.postgresCpuMs()
    const { done } = await lab.expect(messages)
    worker.send({ kind: 'go' })
    const { seconds } = await done
    const workerMs = await worker.cpuMs()
    const postgresMs = (await lab.postgresCpuMs()) - postgresBefore
    return {
      perSecond: messages / seconds,
      workerCpuMs: workerMs / messages,
      postgresCpuMs: postgresMs / messages,
    }
  } finally {
    worker.kill()
  }
}

async function prepareByHand(lab: Lab, candidate: Candidate, url: string, messages: number): Promise<void> {
  await query(
    url,
    `create table plain_contacts (wa_id text primary key, last_inbound_at timestamptz not null);
     create table plain_messages (id bigint generated always as identity primary key, wa_id text not null, body text not null,
       status text not null, wamid text, sent_at timestamptz, created_at timestamptz not null default now());
     create index plain_messages_wamid on plain_messages (wamid);
     insert into plain_contacts select (${FIRST_CONTACT - 1} + n)::text, now() from generate_series(1, ${Math.ceil(messages / EACH)}) n; analyze`,
  )
  const connection = new Redis(lab.redis.url, { maxRetriesPerRequest: null })
  const queue = new Queue(`bench-${candidate}`, { connection })
  for (let from = 0; from < messages; from += 5_000) {
    await queue.addBulk(
      Array.from({ length: Math.min(5_000, messages - from) }, (_, i) => ({
        name: 'send',
        data: { to: String(FIRST_CONTACT + Math.floor((from + i) / EACH)) },
        opts: { removeOnComplete: true, removeOnFail: true },
      })),
    )
  }
  await queue.close()
  connection.disconnect()
}
