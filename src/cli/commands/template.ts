import { type Command, Option } from 'commander'
import { buildTemplateMessage, compileTemplate, type RenderedTemplate, renderTemplate } from '../../domain/template.ts'
import type { Api } from '../api.ts'
import { addCommand, type Cli, present, wholeNumber } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { CommandFailed, Unsuccessful, UsageError } from '../failure.ts'
import { templateValues } from '../parameters.ts'
import { colorState } from '../show-intent.ts'
import { fields, table } from '../table.ts'
import { isDocumentName, readDocument } from '../template-document.ts'
import type { Colors } from '../terminal.ts'
import { lintView, pageOf, read, type TemplateView, templateView } from '../views.ts'
import { addTemplateDeeds } from './template-deeds.ts'

interface ListOptions extends ApiOptions {
  readonly waba?: string
  readonly name?: string
  readonly status?: string
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
  addCreate(template, cli)
  addTemplateDeeds(template, cli)
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
    .option('--cursor <cursor>', 'go on where the last page ended')
    .option('--limit <count>', 'at most', wholeNumber(1, 1_000), 100)
    .action(async (options: ListOptions) => {
      const { waba, name, status, cursor, limit } = options
      const api = await connect(cli, options)
      const answer = await api.get('/v1/templates', { waba_id: waba, name, status, cursor, limit })
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
    present(cli, options, answer, () => `${answer.synced} templates`)
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
      const values = templateValues(options.param)
      const document = isDocumentName(nameOrFile)
        ? await readDocument(nameOrFile)
        : await findTemplate(await connect(cli, options), nameOrFile, options)
      const preview = previewOf(document, values)
      present(cli, options, preview, () => showPreview(cli.terminal.colors, preview))
    })
}

function addCreate(template: Command, cli: Cli): void {
  const command = addCommand(template, {
    usage: 'create <waba-id> <file>',
    does: 'create a template at Meta from a document (JSON or YAML); Meta reviews it',
    examples: ['template create 102290129340398 examples/templates/keep_helping.json'],
  })
  withApi(command).action(async (wabaId: string, file: string, options: ApiOptions) => {
    const document = await readDocument(file)
    const api = await connect(cli, options)
    const answer = await api.post('/v1/templates', { ...document, waba_id: wabaId })
    const created = read(templateView, answer)
    present(cli, options, answer, () =>
      fields(cli.terminal.colors, [
        ['template', created.id],
        ['name', `${created.name} (${created.language})`],
        ['status', colorState(cli.terminal.colors, created.status)],
        ['category', created.category],
      ]),
    )
  })
}

async function findTemplate(api: Api, name: string, options: PreviewOptions): Promise<Record<string, unknown>> {
  const page = read(pageOf(templateView), await api.get('/v1/templates', { name, waba_id: options.waba, limit: 1_000 }))
  const found = page.data.find((one) => one.language === options.language)
  if (found) return (await api.get(`/v1/templates/${encodeURIComponent(found.id)}`)) as Record<string, unknown>
  const languages = page.data.map((one) => one.language).join(', ')
  const known = languages ? `there is ${languages}` : 'there is none of that name'
  throw new CommandFailed(`no template ${name} in language ${options.language}: ${known}`, { code: 'not_found' })
}

/** Values that do not fit are told by the same check as at sending; without any values the variables stay visible. */
function previewOf(document: Record<string, unknown>, values: ReturnType<typeof templateValues>): RenderedTemplate {
  const { name, language, category, parameter_format, components } = document
  const definition = compileTemplate({
    name: String(name ?? ''),
    language: String(language ?? 'en'),
    category: typeof category === 'string' ? category : undefined,
    parameter_format: typeof parameter_format === 'string' ? parameter_format : undefined,
    components,
  })
  if (values === undefined) return renderTemplate(definition, [])
  const parameters = Array.isArray(values) ? [...values] : { ...(values as Record<string, string>) }
  const built = buildTemplateMessage({ name: definition.name, language: definition.language, parameters }, definition)
  if (!built.ok) throw new UsageError(built.problem.text)
  return renderTemplate(definition, built.message.type === 'template' ? (built.message.template.components ?? []) : [])
}

function showPreview(colors: Colors, preview: RenderedTemplate): string {
  const buttons = preview.buttons.map(
    (button) => `[ ${button.label} ]${button.url ? ` ${colors.dim(button.url)}` : ''}`,
  )
  const cards = (preview.cards ?? []).map((card, index) => `${colors.dim(`card ${index + 1}`)}\n${card.body}`)
  const header = preview.header === undefined ? [] : [colors.bold(preview.header)]
  const footer = preview.footer === undefined ? [] : [colors.dim(preview.footer)]
  return [...header, preview.body, ...footer, ...buttons, ...cards].join('\n')
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
