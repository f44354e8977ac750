import { parseArgs } from 'node:util'
import { hasRedisServer } from '../support/redis-server.ts'
import type { Engine } from './fleet.ts'
import { FLOW_CHARGES, type FlowRunReport, flowKillRun } from './flow-run.ts'
import { type KillRunReport, killRun } from './kill-run.ts'
import { HEARSAY } from './listeners.ts'
import { CHARGES } from './verdict.ts'

/*
 * The long form of kill.test.ts and flow-kill.test.ts, for before a release:
 * `npm run test:faults [-- --engine redis --intents 20000 --runs 10000 --kills 21 --seed 7 --only flows]`. Exits 1 unless nothing was lost, doubled, misjudged or sent out of order, and nobody was written to who must not be, and those who
 * listen were told everything.
 */

const { values } = parseArgs({
  options: {
    engine: { type: 'string', multiple: true, default: ['postgres', 'redis'] },
    intents: { type: 'string', default: '20000' },
    kills: { type: 'string', default: '21' },
    loss: { type: 'string', default: '0.1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    runs: { type: 'string', default: '10000' },
    only: { type: 'string' },
    quiet: { type: 'boolean', default: false },
  },
})

const onProgress = (line: string) => {
  if (!values.quiet) console.error(line)
}
const reports: KillRunReport[] = []
const flows: FlowRunReport[] = []
for (const engine of values.engine as Engine[]) {
  if (engine === 'redis' && !(await hasRedisServer())) throw new Error('expected redis-server on the PATH')
  if (values.only !== 'flows') await killMessages(engine)
  if (values.only !== 'messages') await killFlows(engine)
}
process.exitCode = reports.every(isGood) && flows.every(isGoodFlow) ? 0 : 1

async function killMessages(engine: Engine): Promise<void> {
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
    onProgress,
  })
  reports.push(report)
  print(report)
}

async function killFlows(engine: Engine): Promise<void> {
  const report = await flowKillRun({
    engine,
    runs: Number(values.runs),
    kills: Number(values.kills),
    seed: Number(values.seed),
    throughputMps: 400,
    toTheEnd: true,
    quiescenceMs: 600_000,
    onProgress,
  })
  flows.push(report)
  const { seed, runs, kills, outcomes } = report
  console.log(`\n${runs} runs of a flow, lanes on ${engine}, seed ${seed}: ${kills} kills, ${JSON.stringify(outcomes)}`)
  for (const name of FLOW_CHARGES) {
    console.log(`  ${name.padEnd(13)} ${report[name].length}`)
    for (const line of report[name].slice(0, 20)) console.log(`    ${line}`)
  }
}

function isGoodFlow(report: FlowRunReport): boolean {
  return FLOW_CHARGES.every((charge) => report[charge].length === 0)
}

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
