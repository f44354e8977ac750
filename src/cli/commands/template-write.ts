import type { Command } from 'commander'
import type { Api } from '../api.ts'
import { addCommand, type Cli, present, wholeNumber } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { Unsuccessful } from '../failure.ts'
import { followTemplate } from '../follow-template.ts'
import { withUploadedSamples } from '../samples.ts'
import { showTemplate } from '../show-template.ts'
import { readDocument } from '../template-document.ts'
import { read, templateView } from '../views.ts'

interface FollowOptions extends ApiOptions {
  readonly wait: boolean
  readonly timeout: number
}

/** What Meta reviews: a new template, or another text of one. */
export function addTemplateWrites(template: Command, cli: Cli): void {
  addCreate(template, cli)
  addEdit(template, cli)
}

function withFollowing(command: Command): Command {
  return withApi(command)
    .option('--no-wait', 'do not wait for what Meta decides')
    .option('--timeout <seconds>', 'how long to wait', wholeNumber(1, 604_800), 86_400)
}

function addCreate(template: Command, cli: Cli): void {
  const command = addCommand(template, {
    usage: 'create <waba-id> <file>',
    does: 'create a template at Meta from a document (JSON or YAML), and wait for its review; exit code 1 unless it is approved. Where header_handle names a file or an address, that is uploaded first',
    examples: [
      'template create 102290129340398 examples/templates/keep_helping.json',
      'template create 102290129340398 offer.yaml --no-wait',
    ],
  })
  withFollowing(command).action(async (wabaId: string, file: string, options: FollowOptions) => {
    const document = await readDocument(file)
    const api = await connect(cli, options)
    const ready = await withUploadedSamples(api, wabaId, document, file, cli.terminal.note)
    const answer = await api.post('/v1/templates', { ...ready, waba_id: wabaId })
    const { category } = read(templateView, answer)
    if (category && typeof document.category === 'string' && category !== document.category.toUpperCase()) {
      cli.terminal.note(`Meta made it ${category}, which is another price: ${document.category} was asked for`)
    }
    await follow(cli, api, answer, options)
  })
}

/** Everything of a document that an edit may hold; its name, language and category stay. */
const EDITED = ['components', 'message_send_ttl_seconds', 'category']

function addEdit(template: Command, cli: Cli): void {
  const command = addCommand(template, {
    usage: 'edit <template-id> <file>',
    does: 'give a template the texts of a document (JSON or YAML), and wait for its review; an approved one once in 24 hours',
    examples: ['template edit 1689556908129831 examples/templates/keep_helping.json'],
  })
  withFollowing(command).action(async (id: string, file: string, options: FollowOptions) => {
    const document = await readDocument(file)
    const api = await connect(cli, options)
    const path = `/v1/templates/${encodeURIComponent(id)}`
    const { waba_id } = read(templateView, await api.get(path))
    const ready = await withUploadedSamples(api, waba_id ?? '', document, file, cli.terminal.note)
    const patch = Object.fromEntries(Object.entries(ready).filter(([name]) => EDITED.includes(name)))
    await follow(cli, api, await api.patch(path, patch), options)
  })
}

async function follow(cli: Cli, api: Api, answer: unknown, options: FollowOptions): Promise<void> {
  const written = read(templateView, answer)
  if (!options.wait) {
    present(cli, options, answer, () => showTemplate(cli.terminal.colors, written))
    return
  }
  const last = await followTemplate(cli, api, written.id, options.timeout * 1_000)
  present(cli, options, last.answer, () => showTemplate(cli.terminal.colors, last.template))
  const { status } = last.template
  if (!last.decided) throw new Unsuccessful(`not decided after ${options.timeout} s, still ${status}`)
  if (status !== 'APPROVED') throw new Unsuccessful(`not approved: ${status}`)
}
