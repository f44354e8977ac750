import { readFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { z } from 'zod'
import { flowNameOf } from '../../usecases/read-flow.ts'
import { addCommand, type Cli, jsonValue, present } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { CommandFailed, messageOf } from '../failure.ts'
import { isId } from '../named.ts'
import { colorState } from '../show-intent.ts'
import { fields, table } from '../table.ts'
import type { Colors } from '../terminal.ts'
import { pageOf, read } from '../views.ts'

/* Flows on a running Casement: written, started, looked at. */

const text = z.string().nullish()
const outcomes = z.record(z.string(), z.number())
const flowView = z.looseObject({
  name: z.string(),
  state: z.string(),
  version: z.number(),
  sender: text,
  state_at: text,
})
const flowInFull = flowView.extend({
  versions: z.array(z.looseObject({ version: z.number(), at: z.string(), by: z.string() })),
  counts: z.looseObject({ waiting: z.number(), ended: outcomes }),
  steps: z.array(z.looseObject({ id: z.string(), waiting: z.number(), passed: z.number(), left: outcomes })),
})
const runView = z.looseObject({
  id: z.string(),
  flow: z.string(),
  version: z.number(),
  contact: z.looseObject({ wa_id: text, user_id: text }),
  state: z.string(),
  reason: text,
  outcome: text,
  step: z.string(),
  due_at: text,
  started_at: z.string(),
})
const runInFull = runView.extend({
  history: z.array(
    z.looseObject({ at: z.string(), kind: z.string(), step: text, detail: z.looseObject({ text: z.string() }) }),
  ),
})
const deployedView = z.looseObject({
  version: z.number(),
  warnings: z.array(z.looseObject({ path: z.string(), message: z.string(), line: z.number().optional() })),
})

export function addFlowRuns(flow: Command, cli: Cli): void {
  addApply(flow, cli)
  addList(flow, cli)
  addShow(flow, cli)
  addRuns(flow, cli)
  addStart(flow, cli)
  addStop(flow, cli)
  addAction(flow, cli, 'pause', 'begin nothing and go on with nothing; what stops a run still does')
  addAction(flow, cli, 'resume', 'go on; what is overdue comes one after the other')
}

function addApply(flow: Command, cli: Cli): void {
  const command = addCommand(flow, {
    usage: 'apply <file>',
    does: 'write a flow, or its next version, under the name that it says; the same text changes nothing',
    examples: ['flow apply examples/flows/abandoned_quote.yaml', 'flow apply my.yaml --on-edit migrate'],
  })
  withApi(command)
    .addOption(
      new Option(
        '--on-edit <what>',
        'of live runs (default: as the file says, else they finish on their version)',
      ).choices(['finish', 'migrate', 'end']),
    )
    .action(async (file: string, options: ApiOptions & { onEdit?: string }) => {
      const source = await readFile(file, 'utf8').catch((cause) => {
        throw new CommandFailed(`cannot read ${file}: ${messageOf(cause)}`, { code: 'unreadable', cause })
      })
      const name = flowNameOf(source)
      if (name === null)
        throw new CommandFailed(`expected ${file} to say its name: "flow: my_flow"`, { code: 'flow_invalid' })
      const api = await connect(cli, options)
      const query = options.onEdit === undefined ? '' : `?on_edit=${options.onEdit}`
      const answer = await api.put(`/v1/flows/${name}${query}`, source)
      const { version, warnings } = read(deployedView, answer)
      present(cli, options, answer, () =>
        [
          `${name}: version ${version}`,
          ...warnings.map((one) => `${file}${one.line ? `:${one.line}` : ''}: warning: ${one.path}: ${one.message}`),
        ].join('\n'),
      )
    })
}

function addList(flow: Command, cli: Cli): void {
  const command = addCommand(flow, { usage: 'list', does: 'list the flows', examples: ['flow list'] })
  withApi(command).action(async (options: ApiOptions) => {
    const answer = await (await connect(cli, options)).get('/v1/flows', { limit: 1_000 })
    const { colors } = cli.terminal
    present(cli, options, answer, () =>
      table(
        colors,
        ['NAME', 'STATE', 'VERSION', 'SENDER'],
        read(pageOf(flowView), answer).data.map((one) => [
          one.name,
          colorState(colors, one.state),
          one.version,
          one.sender ?? 'any',
        ]),
      ),
    )
  })
}

function addShow(flow: Command, cli: Cli): void {
  const command = addCommand(flow, {
    usage: 'show <name-or-run>',
    does: 'show a flow with its counts, or one run with what happened in it and why',
    examples: ['flow show abandoned_quote', 'flow show 0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a99'],
  })
  withApi(command).action(async (name: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    const { colors } = cli.terminal
    // Names of flows have no hyphens.
    if (isId(name)) {
      const answer = await api.get(`/v1/flow-runs/${name}`)
      return present(cli, options, answer, () => showRun(colors, read(runInFull, answer)))
    }
    const answer = await api.get(`/v1/flows/${encodeURIComponent(name)}`)
    return present(cli, options, answer, () => showFlow(colors, read(flowInFull, answer)))
  })
}

function showFlow(colors: Colors, flow: z.infer<typeof flowInFull>): string {
  const ended = countsText(flow.counts.ended)
  const head = fields(colors, [
    ['name', flow.name],
    ['state', colorState(colors, flow.state)],
    ['version', `${flow.version}, ${flow.versions[0]?.at ?? ''} by ${flow.versions[0]?.by ?? ''}`],
    ['runs', `${flow.counts.waiting} under way${ended ? `; ended: ${ended}` : ''}`],
  ])
  const steps = table(
    colors,
    ['STEP', 'IN IT', 'WENT ON', 'ENDED THERE'],
    flow.steps.map((step) => [step.id, step.waiting, step.passed, countsText(step.left)]),
  )
  return `${head}\n\n${steps}`
}

function countsText(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([outcome, n]) => `${outcome} ${n}`)
    .join(', ')
}

function showRun(colors: Colors, run: z.infer<typeof runInFull>): string {
  const head = fields(colors, [
    ['run', run.id],
    ['flow', `${run.flow}, version ${run.version}`],
    ['contact', run.contact.wa_id ?? run.contact.user_id],
    ['state', colorState(colors, run.state)],
    ['step', run.step],
    ['outcome', run.outcome],
    ['reason', run.reason],
    ['due', run.due_at],
  ])
  const lines = run.history.map(
    ({ at, kind, step, detail }) => `${at}  ${step ?? ''}  ${colors.bold(kind)}  ${colors.dim(detail.text)}`,
  )
  return [head, '', ...lines].join('\n')
}

function addRuns(flow: Command, cli: Cli): void {
  const command = addCommand(flow, {
    usage: 'runs <name>',
    does: 'list the runs of a flow, newest first',
    examples: ['flow runs abandoned_quote', 'flow runs abandoned_quote --state waiting'],
  })
  withApi(command)
    .addOption(new Option('--state <state>', 'only these').choices(['waiting', 'paused', 'ended']))
    .action(async (name: string, options: ApiOptions & { state?: string }) => {
      const api = await connect(cli, options)
      const answer = await api.get(`/v1/flows/${encodeURIComponent(name)}/runs`, { state: options.state })
      const { colors } = cli.terminal
      present(cli, options, answer, () =>
        table(
          colors,
          ['RUN', 'CONTACT', 'STATE', 'STEP', 'DUE', 'OUTCOME'],
          read(pageOf(runView), answer).data.map((run) => [
            run.id,
            run.contact.wa_id ?? run.contact.user_id,
            colorState(colors, run.state),
            run.step,
            run.due_at,
            run.outcome,
          ]),
        ),
      )
    })
}

function addStart(flow: Command, cli: Cli): void {
  const command = addCommand(flow, {
    usage: 'start <name> <sender> <to>',
    does: 'start a run of a flow whose triggers have "api"',
    examples: [`flow start abandoned_quote 106540352242922 +5511987654321 --data '{"quote":"Q-17"}'`],
  })
  withApi(command)
    .option('--data <json>', 'what the flow declares under data', jsonValue)
    .action(async (name: string, sender: string, to: string, options: ApiOptions & { data?: unknown }) => {
      const api = await connect(cli, options)
      const data = options.data === undefined ? {} : { data: options.data }
      const answer = await api.post(`/v1/flows/${encodeURIComponent(name)}/runs`, { sender, to, ...data })
      present(cli, options, answer, () => read(z.looseObject({ id: z.string() }), answer).id)
    })
}

function addStop(flow: Command, cli: Cli): void {
  const command = addCommand(flow, {
    usage: 'stop <run>',
    does: 'end a run; what of it has not left does not leave',
    examples: ['flow stop 0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a99'],
  })
  withApi(command).action(async (run: string, options: ApiOptions) => {
    const answer = await (await connect(cli, options)).post(`/v1/flow-runs/${encodeURIComponent(run)}/stop`)
    present(cli, options, answer, () => showRun(cli.terminal.colors, read(runInFull, answer)))
  })
}

function addAction(flow: Command, cli: Cli, what: 'pause' | 'resume', does: string): void {
  const command = addCommand(flow, {
    usage: `${what} <name-or-run>`,
    does: `of a flow, or of one run: ${does}`,
    examples: [`flow ${what} abandoned_quote`],
  })
  withApi(command).action(async (name: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    const { colors } = cli.terminal
    if (isId(name)) {
      const answer = await api.post(`/v1/flow-runs/${name}/${what}`)
      return present(cli, options, answer, () => showRun(colors, read(runInFull, answer)))
    }
    const answer = await api.post(`/v1/flows/${encodeURIComponent(name)}/${what}`)
    return present(cli, options, answer, () => {
      const one = read(flowView, answer)
      return `${one.name}: ${colorState(colors, one.state)}`
    })
  })
}
