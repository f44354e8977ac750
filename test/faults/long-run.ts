import { parseArgs } from 'node:util'
import { hasRedisServer } from '../support/redis-server.ts'
import { CAMPAIGN_CHARGES, type CampaignRunReport, campaignKillRun } from './campaign-run.ts'
import type { Engine } from './fleet.ts'
import { FLOW_CHARGES, type FlowRunReport, flowKillRun } from './flow-run.ts'
import { type KillRunReport, killRun } from './kill-run.ts'
import { HEARSAY } from './listeners.ts'
import { CHARGES } from './verdict.ts'

/*
 * The long form of kill.test.ts, campaign-kill.test.ts and flow-kill.test.ts, for before a release:
 * `npm run test:faults [-- --engine redis --intents 20000 --people 20000 --runs 10000 --kills 21 --seed 7 --only campaigns]`. Exits 1 unless nothing
 * was lost, doubled, misjudged or sent out of order, nobody was written to who must not be, those who listen were told everything, and a campaign
 * was looked at a thousand times and always added up.
 */

const { values } = parseArgs({
  options: {
    engine: { type: 'string', multiple: true, default: ['postgres', 'redis'] },
    intents: { type: 'string', default: '20000' },
    kills: { type: 'string', default: '21' },
    people: { type: 'string', default: '20000' },
    pauses: { type: 'string', default: '50' },
    loss: { type: 'string', default: '0.1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    runs: { type: 'string', default: '10000' },
    only: { type: 'string' },
    quiet: { type: 'boolean', default: false },
  },
})

/** At least, at a campaign. */
const LOOKS = 1_000
const onProgress = (line: string) => {
  if (!values.quiet) console.error(line)
}
const reports: KillRunReport[] = []
const campaigns: CampaignRunReport[] = []
const flows: FlowRunReport[] = []
const wants = (what: 'messages' | 'campaigns' | 'flows') => values.only === undefined || values.only === what
for (const engine of values.engine as Engine[]) {
  if (engine === 'redis' && !(await hasRedisServer())) throw new Error('expected redis-server on the PATH')
  if (wants('messages')) await killMessages(engine)
  if (wants('campaigns')) await killCampaign(engine)
  if (wants('flows')) await killFlows(engine)
}
process.exitCode = reports.every(isGood) && campaigns.every(isGoodCampaign) && flows.every(isGoodFlow) ? 0 : 1

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

async function killCampaign(engine: Engine): Promise<void> {
  const report = await campaignKillRun({
    engine,
    people: Number(values.people),
    kills: Math.ceil(Number(values.kills) / 2),
    pauses: Number(values.pauses),
    numbers: 2,
    seed: Number(values.seed),
    throughputMps: 200,
    quiescenceMs: 1_800_000,
    onProgress,
  })
  campaigns.push(report)
  const { seed, people, kills, onItsWay, pauses, looks, seconds, counts, accepted } = report
  console.log(`\na campaign to ${people} people from two numbers, lanes on ${engine}, seed ${seed}: ${seconds} s`)
  console.log(`  ${kills} kills, ${onItsWay} of them on its way, ${pauses} pauses, ${looks} looks`)
  console.log(`  counts        ${JSON.stringify(counts)}, accepted ${accepted.join(' and ')}`)
  printCharges(CAMPAIGN_CHARGES, report)
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
  printCharges(FLOW_CHARGES, report)
}

function isGoodCampaign(report: CampaignRunReport): boolean {
  return report.looks >= LOOKS && CAMPAIGN_CHARGES.every((charge) => report[charge].length === 0)
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
  printCharges([...CHARGES, ...HEARSAY, 'died'], report)
}

function printCharges<Charge extends string>(
  charges: readonly Charge[],
  report: Readonly<Record<Charge, readonly unknown[]>>,
): void {
  for (const name of charges) {
    console.log(`  ${name.padEnd(13)} ${report[name].length}`)
    for (const line of report[name].slice(0, 20)) console.log(`    ${line}`)
  }
}
