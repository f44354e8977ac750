import { Readable } from 'node:stream'
import type pg from 'pg'
import { audienceServices } from '../src/app/audience.ts'
import { campaignServices } from '../src/app/campaigns.ts'
import { allOf } from '../src/domain/access.ts'
import { NO_ORIGIN } from '../src/domain/audit.ts'
import { DEFAULT_WORKSPACE } from '../src/domain/ids.ts'
import { openPostgres, type Postgres } from '../src/store/pg/postgres.ts'
import { populate, SENDER } from './lab.ts'
import { medians, type Row, rounded, type Suite } from './suite.ts'

/*
 * What the list of a campaign costs beside a bare COPY of the same lines, which lie ready in memory: no check of a number, no look for
 * duplicates. The memory is that of the first round, before any COPY has
 * held its lines: the whole process, the benchmark's own part included. Numbers of two countries, a name and a note.
 */

const DOER = {
  ...allOf(DEFAULT_WORKSPACE),
  actor: { kind: 'key', id: '1', name: 'bench' } as const,
  origin: NO_ORIGIN,
  scopes: ['admin'],
  allowQuery: false,
}
const SAMPLED_EVERY_MS = 20

export const importing: Suite = {
  title: ({ messages }) => `import of a list of ${messages} lines`,
  async run(lab, { messages, rounds }, progress) {
    const measured = []
    for (let round = 0; round < rounds; round++) {
      const url = await lab.freshDatabase()
      await populate(url, { senders: 1, throughputMps: 80, messages: 0 })
      const postgres = openPostgres({ url, max: 4, applicationName: 'bench import', onError: () => {} })
      try {
        const { seconds, rssMib } = await importSeconds(postgres, messages)
        const copied = await copySeconds(postgres, messages)
        measured.push({ copied, seconds, rssMib })
        progress(`round ${round + 1}: ${rounded(seconds)} s, COPY ${rounded(copied)} s`)
      } finally {
        await postgres.close()
      }
    }
    const { copied, seconds } = medians(measured)
    const rssMib = measured[0]?.rssMib ?? 0
    const rows: Row[] = [
      { '': 'bare COPY', 'lines/s': Math.round(messages / copied), '× COPY': 1, 'peak RSS MiB': 0 },
      {
        '': 'casement',
        'lines/s': Math.round(messages / seconds),
        '× COPY': rounded(copied / seconds),
        'peak RSS MiB': Math.round(rssMib),
      },
    ]
    return rows
  },
}

async function importSeconds(postgres: Postgres, lines: number): Promise<{ seconds: number; rssMib: number }> {
  const message = { type: 'text', text: { body: 'Hello {{name}}' } }
  const made = await campaignServices(postgres).createCampaign(DOER, { name: 'bench', sender: SENDER, message })
  if (!made.ok) throw new Error(made.refusal.message)
  let rss = 0
  const sampling = setInterval(() => {
    rss = Math.max(rss, process.memoryUsage.rss())
  }, SAMPLED_EVERY_MS)
  const startedAt = performance.now()
  const list = { stream: Readable.from(linesOf(lines)), charset: null, defaultCountry: undefined }
  const answer = await audienceServices(postgres).importAudience(DOER, made.value.id as string, list)
  const seconds = (performance.now() - startedAt) / 1_000
  clearInterval(sampling)
  if (!answer.ok) throw new Error(answer.refusal.message)
  if (answer.value.accepted !== lines) throw new Error(`expected ${lines} to be accepted, got ${answer.value.accepted}`)
  return { seconds, rssMib: Math.max(rss, process.memoryUsage.rss()) / 1_048_576 }
}

async function copySeconds({ pool }: Postgres, lines: number): Promise<number> {
  const client = await pool.connect()
  try {
    await client.query('create table bare (recipient text, name text, note text)')
    const file = [...linesOf(lines)]
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
