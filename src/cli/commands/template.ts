import { type Command, Option } from 'commander'
import { viewOfPreview } from '../../app/views/template.ts'
import {
  buildTemplateMessage,
  type RenderedTemplate,
  renderTemplate,
  type TemplateDefinition,
} from '../../domain/template.ts'
import { compileDocument } from '../../usecases/preview-template.ts'
import { addCommand, type Cli, present, wholeNumber } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { Unsuccessful, UsageError } from '../failure.ts'
import { type TemplateValues, templateValues } from '../parameters.ts'
import { colorState } from '../show-intent.ts'
import { showPreview } from '../show-template.ts'
import { table } from '../table.ts'
import { isDocumentName, readDocument } from '../template-document.ts'
import type { Colors } from '../terminal.ts'
import {
  libraryView,
  lintView,
  type PreviewView,
  pageOf,
  previewView,
  read,
  type TemplateView,
  templateView,
} from '../views.ts'
import { addTemplateDeeds } from './template-deeds.ts'
import { addTemplateWrites } from './template-write.ts'

interface ListOptions extends ApiOptions {
  readonly waba?: string
  readonly name?: string
  readonly status?: string
  readonly hidden?: true
  readonly cursor?: string
  readonly limit: number
}

interface PreviewOptions extends ApiOptions {
  readonly language: string
  readonly waba?: string
  readonly param: readonly string[]
}

const STATUSES = ['APPROVED', 'PENDING', 'REJECTED', 'PAUSED', 'DISABLED', 'ARCHIVED', 'IN_APPEAL', 'DELETED']

export function addTemplate(program: Command, cli: Cli): void {
  const template = program.command('template').description('list, check and create templates')
  addList(template, cli)
  addSync(template, cli)
  addLint(template, cli)
  addPreview(template, cli)
  addTemplateWrites(template, cli)
  addTemplateDeeds(template, cli)
  addLibrary(template, cli)
}

function addList(template: Command, cli: Cli): void {
  const command = addCommand(template, {
    usage: 'list',
    does: 'list templates as they were last synced',
    examples: ['template list --status APPROVED', 'template list --name keep_helping --json'],
  })
  withApi(command)
    .option('--waba <id>', 'of this WhatsApp Business Account')
    .option('--name <name>', 'of this name')
    .addOption(new Option('--status <status>', 'in this status').choices(STATUSES))
    .option('--hidden', 'also those that were hidden')
    .option('--cursor <cursor>', 'go on where the last page ended')
    .option('--limit <count>', 'at most', wholeNumber(1, 1_000), 100)
    .action(async (options: ListOptions) => {
      const { waba, name, status, hidden, cursor, limit } = options
      const api = await connect(cli, options)
      const answer = await api.get('/v1/templates', { waba_id: waba, name, status, hidden, cursor, limit })
      const { data, next_cursor } = read(pageOf(templateView), answer)
      present(cli, options, answer, () => showTemplates(cli.terminal.colors, data))
      if (!options.json && next_cursor) cli.terminal.note(`more: --cursor ${next_cursor}`)
    })
}

function addSync(template: Command, cli: Cli): void {
  const command = addCommand(template, {
    usage: 'sync <waba-id>',
    does: "read an account's templates from Meta now",
    examples: ['template sync 102290129340398'],
  })
  withApi(command).action(async (wabaId: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    const answer = (await api.post('/v1/templates/sync', { waba_id: wabaId })) as { synced: number }
    present(cli, options, answer, () => `${answer.synced} ${answer.synced === 1 ? 'template' : 'templates'}`)
  })
}

function addLint(template: Command, cli: Cli): void {
  const command = addCommand(template, {
    usage: 'lint <file>',
    does: 'list what Meta would refuse in a template document (JSON or YAML), with exit code 1, and what it may object to',
    examples: ['template lint examples/templates/keep_helping.json'],
  })
  withApi(command).action(async (file: string, options: ApiOptions) => {
    const document = await readDocument(file)
    const api = await connect(cli, options)
    const answer = await api.post('/v1/templates/lint', document)
    const { problems, warnings } = read(lintView, answer)
    const line = ({ path, message }: { path: string; message: string }) => `${path || file}: ${message}`
    const lines = [...problems.map(line), ...warnings.map((one) => `warning: ${line(one)}`)]
    present(cli, options, answer, () => (lines.length > 0 ? lines.join('\n') : 'no problems'))
    if (problems.length > 0) throw new Unsuccessful('')
  })
}

function addPreview(template: Command, cli: Cli): void {
  const command = addCommand(template, {
    usage: 'preview <name-or-file>',
    does: 'show what the customer would read, from a synced template or a document (a name that ends in .json, .yaml or .yml)',
    examples: [
      'template preview keep_helping --param user=Ana your_name=Sam company="Lucky Shrub"',
      'template preview order_update.json --param 1=Ana 2=#17',
    ],
  })
  withApi(command)
    .option('--language <code>', 'of the template', 'en')
    .option('--waba <id>', 'of this WhatsApp Business Account')
    .option('--param <name=value...>', 'values; what has none stays visible as {{name}}', [])
    .action(async (nameOrFile: string, options: PreviewOptions) => {
      const { language, waba, param } = options
      const stored = async () => {
        const api = await connect(cli, options)
        const asked = { name: nameOrFile, language, waba_id: waba, parameters: templateValues(param) }
        return read(previewView, await api.post('/v1/templates/preview', asked))
      }
      const preview = isDocumentName(nameOrFile) ? await previewFile(nameOrFile, param) : await stored()
      present(cli, options, preview, () => showPreview(cli.terminal.colors, preview))
    })
}

/** Of a document no server is asked. Values that do not fit are told by the same check as at sending. */
async function previewFile(file: string, param: readonly string[]): Promise<PreviewView> {
  const values = templateValues(param)
  const definition = compileDocument(await readDocument(file))
  return viewOfPreview(values === undefined ? renderTemplate(definition, []) : fillIn(definition, values))
}

function fillIn(definition: TemplateDefinition, values: TemplateValues): RenderedTemplate {
  const parameters = Array.isArray(values) ? [...values] : { ...(values as Record<string, string>) }
  const { name, language } = definition
  const built = buildTemplateMessage({ name, language, parameters }, definition)
  if (!built.ok) throw new UsageError(built.problem.text)
  return renderTemplate(definition, built.message.type === 'template' ? (built.message.template.components ?? []) : [])
}

interface LibraryOptions extends ApiOptions {
  readonly language?: string
}

function addLibrary(template: Command, cli: Cli): void {
  const command = addCommand(template, {
    usage: 'library [words]',
    does: "search Meta's ready-made templates; one that is made from them is approved at once",
    examples: ['template library delivery --language en_US'],
  })
  withApi(command)
    .option('--language <code>', 'in this language')
    .action(async (search: string | undefined, { language, ...options }: LibraryOptions) => {
      const api = await connect(cli, options)
      const answer = await api.get('/v1/templates/library', { search, language })
      const { data } = read(pageOf(libraryView), answer)
      const rows = data.map((one) => [one.name, one.language, one.topic, one.body])
      present(cli, options, answer, () => table(cli.terminal.colors, ['name', 'language', 'topic', 'text'], rows))
    })
}

function showTemplates(colors: Colors, templates: readonly TemplateView[]): string {
  const rows = templates.map((one) => [
    one.name,
    one.language,
    one.category,
    colorState(colors, one.status),
    one.quality,
    one.waba_id,
    one.id,
  ])
  return table(colors, ['template', 'language', 'category', 'status', 'quality', 'WABA', 'id'], rows)
}
