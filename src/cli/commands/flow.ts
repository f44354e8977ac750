import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import { flowJsonSchema } from '../../domain/flow/schema.ts'
import type { Exploration } from '../../domain/flow/simulate/explore.ts'
import type { Simulation } from '../../domain/flow/simulate/simulate.ts'
import type { TranscriptLine } from '../../domain/flow/simulate/transcript.ts'
import { type LocatedProblem, readFlow } from '../../usecases/read-flow.ts'
import { exploreFlow, type SimulatedFlow, simulateFlow } from '../../usecases/simulate-flow.ts'
import { addCommand, type Cli, present, wholeNumber } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { CommandFailed, messageOf, Unsuccessful } from '../failure.ts'
import { isDocumentName, readDocument } from '../template-document.ts'
import type { Colors } from '../terminal.ts'
import { read } from '../views.ts'
import { addFlowRuns } from './flow-runs.ts'

/* Flows: without a server what is wrong with a document, and what it does to a scripted customer; with one, flow-runs.ts. */

interface JsonOption {
  readonly json?: true
}

/** A document may have more to play than anybody waits for. */
const EXPLORED_FOR_MS = 60_000

interface SimulateOptions extends JsonOption {
  readonly script: string
  readonly templates?: string
  readonly explore?: true
  readonly waits: number
}

export function addFlow(program: Command, cli: Cli): void {
  const flow = program.command('flow').description('flows: check them, play them through, and run them')
  addCheck(flow, cli)
  addSimulate(flow, cli)
  addSchema(flow, cli)
  addFlowRuns(flow, cli)
}

function addCheck(flow: Command, cli: Cli): void {
  const command = addCommand(flow, {
    usage: 'check <file>',
    does: 'list what is wrong with a flow (YAML or JSON), each with its line, with exit code 1, and what it may come to; with --url also what a running Casement would say, whose templates it knows',
    examples: [
      'flow check examples/flows/abandoned_quote.yaml',
      'flow check examples/flows/abandoned_quote.yaml --url http://localhost:3000',
    ],
  })
  withApi(command).action(async (file: string, options: ApiOptions) => {
    const text = await readText(file)
    const { problems, warnings, migration } =
      options.url === undefined ? { ...readFlow(text), migration: null } : await checkedBy(cli, options, text)
    const lines = [
      ...problems.map((one) => lineOf(file, one)),
      ...warnings.map((one) => lineOf(file, one, 'warning: ')),
      ...vanishingOf(migration),
    ]
    present(cli, options, { problems, warnings, ...(options.url !== undefined && { migration }) }, () =>
      lines.length > 0 ? lines.join('\n') : 'no problems',
    )
    if (!options.json && options.url === undefined) {
      cli.terminal.note('without a server (--url): templates, numbers and other flows were not looked at')
    }
    if (problems.length > 0) throw new Unsuccessful('')
  })
}

const located = z.array(
  z.looseObject({
    path: z.string(),
    line: z.number().optional(),
    column: z.number().optional(),
    message: z.string(),
    hint: z.string().optional(),
  }),
)
const migrationView = z.looseObject({
  vanishing: z.array(z.looseObject({ step: z.string(), runs: z.number() })),
  moved: z.record(z.string(), z.string()),
  removed: z.string().nullable(),
})
type Migration = z.infer<typeof migrationView>
const checkView = z.looseObject({ problems: located, warnings: located, migration: migrationView.nullish() })

/** Where live runs went, did they migrate, from steps that are there no more. */
function vanishingOf(migration: Migration | null | undefined): string[] {
  const { vanishing = [], moved = {}, removed = null } = migration ?? {}
  return vanishing.map(({ step, runs }) => {
    const to = moved[step] ?? removed
    const said = to === 'end' ? 'they end' : to === 'finish' ? 'they finish on their version' : `they go on in ${to}`
    const where = to === null ? 'say where they went by `moved` or `removed`, else it is refused' : said
    return `${runs} live runs are in ${step}, which is there no more; with --on-edit migrate: ${where}`
  })
}

async function checkedBy(cli: Cli, options: ApiOptions, text: string) {
  const api = await connect(cli, options)
  const bytes = Buffer.byteLength(text)
  const answer = await api.upload('/v1/flows/check', {
    type: 'application/yaml',
    bytes,
    stream: new Blob([text]).stream(),
  })
  return read(checkView, answer)
}

function addSimulate(flow: Command, cli: Cli): void {
  addCommand(flow, {
    usage: 'simulate <file>',
    does: 'play a flow against a scripted customer in virtual time; exit code 1 when something else happens than the script expects',
    examples: [
      'flow simulate examples/flows/abandoned_quote.yaml --script examples/flows/abandoned_quote.script.yaml --templates examples/templates',
      'flow simulate examples/flows/feedback.yaml --script examples/flows/feedback.script.yaml --explore',
    ],
  })
    .requiredOption('--script <file>', 'how it starts, what the customer does, what is expected (YAML or JSON)')
    .option('--templates <file-or-folder>', 'documents of the templates that may be sent; without it, any may')
    .option(
      '--explore',
      'begin as the script does, and play all that a customer may do then: every end, what would not leave, steps nobody comes to',
    )
    .option('--waits <number>', 'with --explore: at how many waits they do something', wholeNumber(1, 20), 4)
    .action(async (file: string, options: SimulateOptions) => {
      const [document, script] = await Promise.all([readText(file), readText(options.script)])
      const templates = options.templates === undefined ? null : await readTemplates(options.templates)
      const playable = <T>(played: { ok: true; value: T } | Unplayable): T => {
        if (played.ok) return played.value
        const where = played.of === 'script' ? options.script : file
        const problems = played.problems.map((one) => ({ path: one.path, message: lineOf(where, one) }))
        throw new CommandFailed('nothing was played', { code: 'flow_invalid', problems })
      }
      if (options.explore) {
        const until = performance.now() + EXPLORED_FOR_MS
        const mayGoOn = () => performance.now() < until
        const explored = playable(exploreFlow(document, script, templates, options.waits, mayGoOn))
        present(cli, options, explored, () => showExploration(cli.terminal.colors, explored))
        return
      }
      const value = playable(simulateFlow(document, script, templates))
      present(cli, options, value, () => showSimulation(cli.terminal.colors, value))
      if (value.expect && !value.expect.met)
        throw new Unsuccessful(options.json ? '' : ['not as expected:', ...value.expect.diff].join('\n'))
    })
}

type Unplayable = Extract<SimulatedFlow, { ok: false }>

function addSchema(flow: Command, cli: Cli): void {
  addCommand(flow, {
    usage: 'schema',
    does: 'print the JSON Schema of flows, for editors that complete and underline',
    examples: ['flow schema > flow.schema.json'],
  }).action(() => cli.terminal.print(JSON.stringify(flowJsonSchema(), null, 2)))
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new CommandFailed(`cannot read ${file}: ${messageOf(cause)}`, { code: 'unreadable', cause })
  }
}

async function readTemplates(path: string): Promise<Record<string, unknown>[]> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    (cause) => {
      throw new CommandFailed(`cannot read ${path}: ${messageOf(cause)}`, { code: 'unreadable', cause })
    },
  )
  const files = isFolder ? (await readdir(path)).filter(isDocumentName).map((name) => join(path, name)) : [path]
  return Promise.all(files.map((one) => readDocument(one)))
}

/** As it was found here, or told by a server. */
type Shown = 'path' | 'line' | 'column' | 'message' | 'hint'
type Problem = { [Part in Shown]?: LocatedProblem[Part] | undefined }

function lineOf(file: string, { path, line, column, message, hint }: Problem, prefix = ''): string {
  const place = line === undefined ? file : `${file}:${line}:${column}`
  return `${place}: ${prefix}${path ? `${path}: ` : ''}${message}${hint ? ` (${hint})` : ''}`
}

function showSimulation(colors: Colors, { transcript, ended, expect }: Simulation): string {
  const end = ended ? `ended ${ended.outcome}` : 'not ended: it waits for something that the script does not bring'
  const met = expect === null ? [] : [expect.met ? colors.green('as expected') : colors.red('not as expected')]
  return [...transcript.map((line) => showLine(colors, line)), end, ...met].join('\n')
}

function showExploration(colors: Colors, { endings, unsent, unreached, plays, complete }: Exploration): string {
  const way = (did: readonly string[]) => colors.dim(`  ${did.length === 0 ? 'at once' : did.join(', ')}`)
  return [
    ...endings.map(({ outcome, ways, way: did }) => `${colors.bold(outcome ?? 'waits on')} (${ways})${way(did)}`),
    ...unsent.map(({ step, why, way: did }) => `${step} ${colors.red('does not leave')}: ${why}${way(did)}`),
    ...unreached.map((step) => `${step} ${colors.red('is never come to')}`),
    `${plays} plays${complete ? '' : '; there are more ways'}`,
  ].join('\n')
}

function showLine(colors: Colors, { local, step, what, text, as, price, window, why }: TranscriptLine): string {
  const kind = [as, price].filter(Boolean).join(', ')
  const state = window.open ? `window until ${window.expires_at?.slice(5, 16).replace('T', ' ')}Z` : 'window closed'
  const said = text === '' ? '' : ` "${text}"`
  return `${local}  ${step ?? 'customer'}  ${colors.bold(what)}${kind ? ` (${kind})` : ''}${said}${why ? colors.dim(`  ${why}`) : ''}${colors.dim(`  [${state}]`)}`
}
