import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { openLab } from './lab.ts'
import type { Options, Row } from './suite.ts'
import { SUITES } from './suites.ts'

/*
 * npm run bench [-- suite… --option value…]: each suite prints one table, or one line of JSON with --json. Without a suite: throughput.
 * PostgreSQL is durable in all of them (fsync and synchronous_commit on; only the pool of lanes on PostgreSQL commits asynchronously).
 */

const OPTIONS = {
  messages: { type: 'string' },
  rounds: { type: 'string' },
  concurrency: { type: 'string' },
  seconds: { type: 'string' },
  'warm-up': { type: 'string' },
  rate: { type: 'string' },
  numbers: { type: 'string' },
  mps: { type: 'string' },
  processes: { type: 'string' },
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

function optionsFrom(defaults: Options): Options {
  const number = <Default extends number | null>(
    name: Exclude<keyof typeof OPTIONS, 'only' | 'json'>,
    otherwise: Default,
  ) => {
    const given = values[name]
    if (given === undefined) return otherwise
    if (!(Number(given) > 0)) refuse(`expected --${name} to be a positive number, got ${given}`)
    return Number(given)
  }
  return {
    messages: number('messages', defaults.messages),
    rounds: number('rounds', defaults.rounds),
    concurrency: number('concurrency', defaults.concurrency),
    seconds: number('seconds', defaults.seconds),
    warmUp: number('warm-up', defaults.warmUp),
    rate: number('rate', defaults.rate),
    numbers: number('numbers', defaults.numbers),
    mps: number('mps', defaults.mps),
    processes: number('processes', defaults.processes),
    only: values.only,
  }
}

function printed(title: string, rows: Row[]): string {
  const head = Object.keys(rows[0] ?? {})
  const table = new Table({ head })
  for (const row of rows) table.push(head.map((column) => row[column] ?? ''))
  return `${title}, ${cpus().length} cores\n${table}\n`
}
