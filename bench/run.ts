import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { appliers } from './appliers.ts'
import { enqueue } from './enqueue.ts'
import { footprint } from './footprint.ts'
import { openLab } from './lab.ts'
import { lists } from './lists.ts'
import { passingOn } from './passing-on.ts'
import { replies } from './replies.ts'
import { scaleOut } from './scale-out.ts'
import type { Options, Row, Suite } from './suite.ts'
import { templates } from './templates.ts'
import { throughput } from './throughput.ts'
import { webhooks } from './webhooks.ts'

/*
 * npm run bench [-- suite… --option value…]: each suite prints one table, or one line of JSON with --json. Without a suite: throughput.
 * PostgreSQL is durable in all of them (fsync and synchronous_commit on; only the pool of lanes on PostgreSQL commits asynchronously).
 */

const SUITES: Record<string, { suite: Suite; defaults: Partial<Options> }> = {
  throughput: { suite: throughput, defaults: { messages: 20_000 } },
  'scale-out': { suite: scaleOut, defaults: { messages: 20_000, concurrency: 40 } },
  webhooks: { suite: webhooks, defaults: { messages: 10_000, rate: 3_000, seconds: 60 } },
  appliers: { suite: appliers, defaults: { messages: 1_500 } },
  'passing-on': { suite: passingOn, defaults: { rate: 500, seconds: 20, rounds: 5 } },
  replies: { suite: replies, defaults: { messages: 200_000, rate: 20, seconds: 30 } },
  enqueue: { suite: enqueue, defaults: { messages: 4_000 } },
  footprint: { suite: footprint, defaults: { messages: 20_000 } },
  lists: { suite: lists, defaults: { messages: 10_000_000, rounds: 30 } },
  templates: { suite: templates, defaults: { messages: 6_000 } },
}

const OPTIONS = {
  messages: { type: 'string' },
  rounds: { type: 'string' },
  concurrency: { type: 'string' },
  seconds: { type: 'string' },
  rate: { type: 'string' },
  numbers: { type: 'string' },
  mps: { type: 'string' },
  only: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

/** Exit code 2, as for every wrong usage. */
function refuse(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(2)
}

const { values, positionals } = readArguments()

function readArguments() {
  try {
    return parseArgs({ allowPositionals: true, options: OPTIONS })
  } catch (error) {
    return refuse((error as Error).message)
  }
}

const names = positionals.length === 0 ? ['throughput'] : positionals
for (const name of names) {
  if (!SUITES[name]) refuse(`expected one of ${Object.keys(SUITES).join(', ')}, got ${name}`)
}
for (const name of names) {
  const { suite, defaults } = SUITES[name] as (typeof SUITES)[string]
  const options = optionsFrom(defaults)
  // A lab of its own for each: what one leaves in PostgreSQL's memory and in its log is not measured in the next.
  await using lab = await openLab()
  const rows = await suite.run(lab, options, (line) => process.stderr.write(`${line}\n`))
  process.stdout.write(
    values.json ? `${JSON.stringify({ suite: name, ...options, rows })}\n` : printed(suite.title(options), rows),
  )
}

function optionsFrom(defaults: Partial<Options>): Options {
  const number = (
    name: 'messages' | 'rounds' | 'concurrency' | 'seconds' | 'rate' | 'numbers' | 'mps',
    otherwise: number,
  ) => {
    const given = values[name]
    const value = given === undefined ? (defaults[name] ?? otherwise) : Number(given)
    if (!(value > 0)) refuse(`expected --${name} to be a positive number, got ${given}`)
    return value
  }
  return {
    messages: number('messages', 20_000),
    rounds: number('rounds', 3),
    concurrency: number('concurrency', 200),
    seconds: number('seconds', 30),
    rate: number('rate', 100),
    numbers: number('numbers', 8),
    mps: number('mps', 1_000),
    only: values.only,
  }
}

function printed(title: string, rows: Row[]): string {
  const head = Object.keys(rows[0] ?? {})
  const table = new Table({ head })
  for (const row of rows) table.push(head.map((column) => row[column] ?? ''))
  return `${title}, ${cpus().length} cores\n${table}\n`
}
