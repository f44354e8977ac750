import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type pg from 'pg'
import { openPostgres, type Postgres } from '../src/store/pg/postgres.ts'
import { casementEnv, type Forked, type Lab, populate, SENDER } from './lab.ts'
import { medians, type Row, rounded, type Suite } from './suite.ts'

/*
 * What the list of a campaign costs beside a bare COPY of the same lines, which lie ready in memory: no check of a number, no look for
 * duplicates. It goes by HTTP to a process of its own, of role api, and the memory is that of this process: before the first list, and at its
 * peak. Numbers of two countries, a name and a note.
 */

const API_KEY = 'bench-key-of-the-import-suite-0123456789'
const WATCHED_EVERY_MS = 20
const APPLICATION = 'casement'

export const importing: Suite = {
  title: ({ messages }) => `import of a list of ${messages} lines`,
  async run(lab, { messages, rounds }, progress) {
    const measured = []
    const lines = [...linesOf(messages)]
    for (let round = 0; round < rounds; round++) {
      const url = await lab.freshDatabase()
      await populate(url, { senders: 1, throughputMps: 80, messages: 0 })
      const postgres = openPostgres({ url, max: 3, applicationName: 'bench import', onError: () => {} })
      try {
        const imported = await importList(lab, url, postgres, { lines, count: messages })
        const copied = await copySeconds(postgres, lines)
        measured.push({ copied, ...imported })
        progress(`round ${round + 1}: ${rounded(imported.seconds)} s, COPY ${rounded(copied)} s`)
      } finally {
        await postgres.close()
      }
    }
    const { copied, seconds, startMib, peakMib, longestMs, cpuMs } = medians(measured)
    const rows: Row[] = [
      {
        '': 'bare COPY',
        'lines/s': Math.round(messages / copied),
        '× COPY': 1,
        'CPU µs/line': '-',
        'RSS MiB before': '-',
        'at most': '-',
        'longest transaction ms': '-',
      },
      {
        '': 'casement',
        'lines/s': Math.round(messages / seconds),
        '× COPY': rounded(copied / seconds),
        'CPU µs/line': rounded((cpuMs * 1_000) / messages),
        'RSS MiB before': Math.round(startMib),
        'at most': Math.round(peakMib),
        'longest transaction ms': Math.round(longestMs),
      },
    ]
    return rows
  },
}

interface Imported {
  seconds: number
  startMib: number
  peakMib: number
  longestMs: number
  /** Of the process that takes it in. */
  cpuMs: number
}

async function importList(
  lab: Lab,
  url: string,
  postgres: Postgres,
  { lines, count }: { lines: Buffer[]; count: number },
): Promise<Imported & Record<string, number>> {
  const [api] = await lab.fork('./casement-process.ts', {
    ...casementEnv(lab, url, 'redis'),
    CASEMENT_API_KEY: API_KEY,
    BENCH_ROLE: 'api',
  })
  try {
    const running = api.once<{ url: string }>('running')
    api.send({ kind: 'go' })
    const base = (await running).url
    const message = { type: 'text', text: { body: 'Hello {{name}}' } }
    const { id } = await call<{ id: string }>(
      `${base}/v1/campaigns`,
      'application/json',
      JSON.stringify({ name: 'bench', sender: SENDER, message }),
    )
    const startMib = await mibOf(api, 'VmRSS')
    const cpuBefore = await api.cpuMs()
    const watching = watchTransactions(postgres)
    const startedAt = performance.now()
    const { accepted } = await call<{ accepted: number }>(
      `${base}/v1/campaigns/${id}/audience`,
      'text/csv',
      Readable.toWeb(Readable.from(lines)) as ReadableStream,
    )
    const seconds = (performance.now() - startedAt) / 1_000
    const longestMs = await watching.stop()
    if (accepted !== count) throw new Error(`expected ${count} to be accepted, got ${accepted}`)
    const cpuMs = (await api.cpuMs()) - cpuBefore
    return { seconds, startMib, peakMib: await mibOf(api, 'VmHWM'), longestMs, cpuMs }
  } finally {
    api.kill()
  }
}

async function call<Answer>(url: string, type: string, body: string | ReadableStream): Promise<Answer> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': type },
    body,
    ...(typeof body === 'string' ? {} : { duplex: 'half' as const }),
  })
  if (!answer.ok) throw new Error(`expected 2xx, got ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Answer
}

/** From /proc; NaN where there is none. `VmHWM` is the most since it began. */
async function mibOf({ pid }: Forked, what: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? Number.NaN) / 1_024
}

/** The longest that a transaction of Casement is seen to last. */
function watchTransactions({ pool }: Postgres): { stop(): Promise<number> } {
  let longest = 0
  let looking: Promise<unknown> = Promise.resolve()
  const look = async () => {
    const { rows } = await pool.query<{ ms: number }>(
      `select coalesce(max(extract(epoch from clock_timestamp() - xact_start) * 1000), 0)::float8 as ms from pg_stat_activity
       where datname = current_database() and application_name like $1`,
      [`${APPLICATION}%`],
    )
    longest = Math.max(longest, rows[0]?.ms ?? 0)
  }
  const timer = setInterval(() => {
    looking = looking.then(look)
  }, WATCHED_EVERY_MS)
  return {
    async stop() {
      clearInterval(timer)
      await looking
      return longest
    },
  }
}

async function copySeconds({ pool }: Postgres, file: Buffer[]): Promise<number> {
  const client = await pool.connect()
  try {
    await client.query('create table bare (recipient text, name text, note text)')
    const startedAt = performance.now()
    await new Promise<void>((resolve, reject) => {
      const copy = new CopyIn('copy bare from stdin with (format csv, header)', file, resolve, reject)
      client.query(copy as unknown as pg.Submittable)
    })
    return (performance.now() - startedAt) / 1_000
  } finally {
    client.release()
  }
}

interface Wire {
  query(text: string): void
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
}

/** What `pg` calls while a COPY runs. */
class CopyIn {
  readonly #text: string
  readonly #chunks: Buffer[]
  readonly #done: () => void
  readonly #failed: (error: Error) => void

  constructor(text: string, chunks: Buffer[], done: () => void, failed: (error: Error) => void) {
    this.#text = text
    this.#chunks = chunks
    this.#done = done
    this.#failed = failed
  }

  submit(wire: Wire): void {
    wire.query(this.#text)
  }

  handleCopyInResponse(wire: Wire): void {
    for (const chunk of this.#chunks) wire.sendCopyFromChunk(chunk)
    wire.endCopyFrom()
  }

  handleCommandComplete(): void {}

  handleError(error: Error): void {
    this.#failed(error)
  }

  handleReadyForQuery(): void {
    this.#done()
  }
}

const LINES_AT_ONCE = 1_000

/** The same each time; numbers follow in no order, as they do in a list. */
function* linesOf(count: number): Generator<Buffer> {
  yield Buffer.from('to,name,note\n')
  for (let at = 0; at < count; at += LINES_AT_ONCE) {
    let text = ''
    for (let i = at; i < Math.min(count, at + LINES_AT_ONCE); i++) {
      const scattered = (i * 7_919) % 10_000_000
      const number = i % 4 === 0 ? `+4479${String(scattered + 10_000_000)}` : `+55119${String(80_000_000 + scattered)}`
      text += `${number},Customer ${i},ordered ${i % 9} times and liked it\n`
    }
    yield Buffer.from(text)
  }
}
