import { parseArgs } from 'node:util'
import { hasRedisServer } from '../support/redis-server.ts'
import type { Engine } from './fleet.ts'
import { type KillRunReport, killRun } from './kill-run.ts'
import { HEARSAY } from './listeners.ts'
import { CHARGES } from './verdict.ts'

/*
 * The long form of kill.test.ts, for before a release: `npm run test:faults [-- --engine redis --intents 20000 --kills 21 --seed 7]`.
 * Exits 1 unless nothing was lost, doubled, misjudged or sent out of order, and nobody was written to who must not be, and those who
 * listen were told everything.
 */

const { values } = parseArgs({
  options: {
    engine: { type: 'string', multiple: true, default: ['postgres', 'redis'] },
    intents: { type: 'string', default: '20000' },
    kills: { type: 'string', default: '21' },
    loss: { type: 'string', default: '0.1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    quiet: { type: 'boolean', default: false },
  },
})

const reports: KillRunReport[] = []
for (const engine of values.engine as Engine[]) {
  if (engine === 'redis' && !(await hasRedisServer())) throw new Error('expected redis-server on the PATH')
  const report = await killRun({
    engine,
    intents: Number(values.intents),
    kills: Number(values.kills),
    responseLoss: Number(values.loss),
    seed: Number(values.seed),
    doubtGraceMs: 20_000,
    doubtMaxMs: 120_000,
    quiescenceMs: 240_000,
    slowListener: true,
    onProgress: (line) => {
      if (!values.quiet) console.error(line)
    },
  })
  reports.push(report)
  print(report)
}
process.exitCode = reports.every(isGood) ? 0 : 1

function isGood(report: KillRunReport): boolean {
  return [...CHARGES, ...HEARSAY, 'died' as const].every((charge) => report[charge].length === 0)
}

function print(report: KillRunReport): void {
  const {
    engine,
    seed,
    intents,
    kills,
    seconds,
    accepted,
    unconfirmed,
    undelivered,
    states,
    busiestSecond,
    heard,
    repeated,
  } = report
  const killed = Object.values(kills).reduce((sum, count) => sum + count, 0)
  console.log(`\nlanes on ${engine}, seed ${seed}: ${intents} intents, ${killed} kills, ${seconds} s`)
  console.log(`  killed        ${JSON.stringify(kills)}`)
  console.log(`  states        ${JSON.stringify(states)}`)
  console.log(
    `  accepted      ${accepted}, most in one second ${busiestSecond}, unconfirmed ${unconfirmed}, undelivered ${undelivered}, told ${heard}, of the news ${repeated} again`,
  )
  for (const name of [...CHARGES, ...HEARSAY, 'died'] as const) {
    console.log(`  ${name.padEnd(13)} ${report[name].length}`)
    for (const line of report[name].slice(0, 20)) console.log(`    ${line}`)
  }
}
