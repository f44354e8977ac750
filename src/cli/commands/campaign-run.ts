import type { Command } from 'commander'
import { z } from 'zod'
import type { Api } from '../api.ts'
import { campaignView, showCampaign, showEstimate } from '../campaign-views.ts'
import { addCommand, type Cli, present, wholeNumber } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { idOf } from '../named.ts'
import { progressBar } from '../progress-bar.ts'
import { table } from '../table.ts'
import { pageOf, read } from '../views.ts'

const EXAMPLE = '0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10'
const LOOK_AGAIN_MS = 500
/** That are listed where a name is not enough. */
const NAMESAKES = 20

/** What is asked of a campaign once it has its list. */
export function addCampaignRun(campaign: Command, cli: Cli): void {
  addEstimate(campaign, cli)
  addStart(campaign, cli)
  addDeed(campaign, cli, 'pause', 'stop a campaign within two seconds; what is on its way goes its way')
  addDeed(campaign, cli, 'resume', 'let a paused campaign go on where it stood')
  addDeed(campaign, cli, 'cancel', 'end a campaign for good; whom nothing was sent to is cancelled')
  addFailures(campaign, cli)
  addRetry(campaign, cli)
}

const computing = z.looseObject({ state: z.string(), done: z.number().nullish(), total: z.number().nullish() })

function addEstimate(campaign: Command, cli: Cli): void {
  const command = addCommand(campaign, {
    usage: 'estimate <campaign>',
    does: 'show what a draft will come to: recipients by fate, what stands in the way, price and time',
    examples: [`campaign estimate ${EXAMPLE}`],
  })
  withApi(command).action(async (given: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    const answer = await estimated(cli, api, `${pathOf(await campaignIdOf(api, given))}/estimate`)
    present(cli, options, answer, () => showEstimate(cli.terminal.colors, answer))
  })
}

/** A long list takes a while. */
async function estimated(cli: Cli, api: Api, path: string): Promise<unknown> {
  let bar: ReturnType<typeof progressBar> | null = null
  for (;;) {
    const answer = await api.get(path)
    const { state, done, total } = read(computing, answer)
    if (state !== 'computing') {
      bar?.done()
      return answer
    }
    bar ??= progressBar(cli.terminal, 'counting', total ?? 0, String)
    bar.at(done ?? 0)
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
}

interface StartOptions extends ApiOptions {
  readonly estimateVersion?: number
}

function addStart(campaign: Command, cli: Cli): void {
  const command = addCommand(campaign, {
    usage: 'start <campaign>',
    does: 'start a campaign; again changes nothing. What stands in the way is listed',
    examples: [`campaign start ${EXAMPLE}`, `campaign start ${EXAMPLE} --estimate-version 2`],
  })
  withApi(command)
    .option('--estimate-version <version>', 'of the estimate that was looked at', wholeNumber(0, 2_147_483_647))
    .action(async (given: string, { estimateVersion, ...options }: StartOptions) => {
      const api = await connect(cli, options)
      const body = estimateVersion === undefined ? {} : { estimate_version: estimateVersion }
      const answer = await api.post(`${pathOf(await campaignIdOf(api, given))}/start`, body)
      const { state, checked } = read(commanded, answer)
      present(cli, options, answer, () => (checked ? state : `${state}; no current estimate was looked at`))
    })
}

const commanded = z.looseObject({ state: z.string(), checked: z.boolean().nullish() })

function addDeed(campaign: Command, cli: Cli, deed: 'pause' | 'resume' | 'cancel', does: string): void {
  const command = addCommand(campaign, { usage: `${deed} <campaign>`, does, examples: [`campaign ${deed} ${EXAMPLE}`] })
  withApi(command).action(async (given: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    const answer = await api.post(`${pathOf(await campaignIdOf(api, given))}/${deed}`)
    present(cli, options, answer, () => read(commanded, answer).state)
  })
}

const failuresView = z.looseObject({
  data: z.array(
    z.looseObject({
      reason: z.string(),
      graph_code: z.number().nullish(),
      count: z.number(),
      hint: z.string().nullish(),
      retryable: z.boolean().nullish(),
    }),
  ),
})

function addFailures(campaign: Command, cli: Cli): void {
  const command = addCommand(campaign, {
    usage: 'failures <campaign>',
    does: 'show why recipients were not reached, by reason, and what to do',
    examples: [`campaign failures ${EXAMPLE}`],
  })
  withApi(command).action(async (given: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    const answer = await api.get(`${pathOf(await campaignIdOf(api, given))}/failures`)
    present(cli, options, answer, () => {
      const rows = read(failuresView, answer).data.map(({ reason, graph_code, count, retryable, hint }) => [
        reason,
        graph_code,
        count,
        retryable ? 'yes' : 'no',
        hint,
      ])
      return table(cli.terminal.colors, ['REASON', 'GRAPH CODE', 'COUNT', 'RETRY', 'HINT'], rows)
    })
  })
}

interface RetryOptions extends ApiOptions {
  readonly reason: readonly string[]
  readonly includeUnconfirmed?: true
}

function addRetry(campaign: Command, cli: Cli): void {
  const command = addCommand(campaign, {
    usage: 'retry <campaign>',
    does: 'make a draft of those who were not reached for these reasons',
    examples: [`campaign retry ${EXAMPLE} --reason attempts_exhausted expired`],
  })
  withApi(command)
    .requiredOption('--reason <code...>', 'as `campaign failures` names them')
    .option('--include-unconfirmed', 'also whom a second message may reach twice')
    .action(async (given: string, { reason, includeUnconfirmed, ...options }: RetryOptions) => {
      const api = await connect(cli, options)
      const unconfirmed = includeUnconfirmed ? { include_unconfirmed: true } : {}
      const answer = await api.post(`${pathOf(await campaignIdOf(api, given))}/retry`, {
        reasons: reason,
        ...unconfirmed,
      })
      read(campaignView, answer)
      present(cli, options, answer, () => showCampaign(cli.terminal.colors, answer))
    })
}

export function pathOf(id: string): string {
  return `/v1/campaigns/${id}`
}

/** By its id or its name, before anything is asked of it. */
export function campaignIdOf(api: Api, given: string): Promise<string> {
  return idOf(given, {
    what: 'campaign',
    by: 'name',
    list: 'campaign list',
    find: async (name) => read(pageOf(campaignView), await api.get('/v1/campaigns', { name, limit: NAMESAKES })).data,
  })
}
