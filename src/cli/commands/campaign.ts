import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { Readable } from 'node:stream'
import type { Command } from 'commander'
import { parse } from 'csv-parse/sync'
import type { Api } from '../api.ts'
import { campaignView, showCampaign, showCampaigns, showImport } from '../campaign-views.ts'
import { addCommand, type Cli, present, wholeNumber } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { CommandFailed, messageOf } from '../failure.ts'
import { mebibytes, progressBar } from '../progress-bar.ts'
import { readDocument } from '../template-document.ts'
import { pageOf, read } from '../views.ts'
import { addCampaignSources } from './campaign-from.ts'
import { addCampaignRun, campaignIdOf, pathOf } from './campaign-run.ts'

/** `campaign`: one message to a list of people. */
export function addCampaign(program: Command, cli: Cli): void {
  const campaign = program.command('campaign').description('write one message to a list of people')
  addCreate(campaign, cli)
  addImport(campaign, cli)
  addCampaignSources(campaign, cli)
  addErrors(campaign, cli)
  addStatus(campaign, cli)
  addList(campaign, cli)
  addCampaignRun(campaign, cli)
  addReport(campaign, cli)
}

interface ListOptions extends ApiOptions {
  readonly audience?: string
  readonly defaultCountry?: string
  readonly charset?: string
}

function addCreate(campaign: Command, cli: Cli): void {
  const command = addCommand(campaign, {
    usage: 'create <file>',
    does: 'begin a campaign from a document (YAML or JSON), as a draft, with a list where one is given',
    examples: ['campaign create examples/spring.yaml --audience examples/spring.csv'],
  })
  withApi(command)
    .option('--audience <file>', 'CSV of whom it is for, as for `campaign import`')
    .action(async (file: string, options: ListOptions) => {
      const document = await readDocument(file, 'name, sender and message')
      const list = options.audience === undefined ? null : await sizeOf(options.audience)
      const api = await connect(cli, options)
      const answer = await api.post('/v1/campaigns', document)
      const { id } = read(campaignView, answer)
      if (list === null) {
        present(cli, options, answer, () => showCampaign(cli.terminal.colors, answer))
        return
      }
      const audience = await importList(cli, api, id, options.audience as string, options)
      const made = await api.get(pathOf(id))
      present(cli, options, { ...(made as object), audience }, () =>
        [showCampaign(cli.terminal.colors, made), showImport(cli.terminal.colors, audience, id)].join('\n\n'),
      )
    })
}

function addImport(campaign: Command, cli: Cli): void {
  const command = addCommand(campaign, {
    usage: 'import <campaign> <file>',
    does: 'add a list (CSV with a header, or .json, .ndjson; `to` is the number) to a draft; more add, and everybody is on it once',
    examples: [
      'campaign import Spring examples/spring.csv --default-country BR',
      'campaign import 0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10 more.ndjson',
    ],
  })
  withApi(command)
    .option('--default-country <code>', 'of numbers without a country code, such as BR')
    .option('--charset <name>', 'how the file is written, where it is not UTF-8 and does not say so')
    .action(async (given: string, file: string, options: ListOptions) => {
      const api = await connect(cli, options)
      const id = await campaignIdOf(api, given)
      const answer = await importList(cli, api, id, file, options)
      present(cli, options, answer, () => showImport(cli.terminal.colors, answer, id))
    })
}

/** By the ending of a file; everything else is CSV. */
const TYPES: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.ndjson': 'application/x-ndjson',
  '.jsonl': 'application/x-ndjson',
}

async function importList(
  cli: Cli,
  api: Api,
  id: string,
  file: string,
  { defaultCountry, charset }: ListOptions,
): Promise<unknown> {
  const bytes = await sizeOf(file)
  const bar = progressBar(cli.terminal, 'uploading', bytes, mebibytes)
  let sent = 0
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      sent += chunk.byteLength
      bar.at(sent)
      controller.enqueue(chunk)
    },
  })
  const stream = (Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>).pipeThrough(counted)
  const kind = TYPES[extname(file).toLowerCase()] ?? 'text/csv'
  const type = charset === undefined ? kind : `${kind}; charset=${charset}`
  const query = defaultCountry === undefined ? '' : `?default_country=${encodeURIComponent(defaultCountry)}`
  try {
    return await api.upload(`${pathOf(id)}/audience${query}`, { type, bytes, stream })
  } finally {
    bar.done()
  }
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new CommandFailed(`cannot read ${file}: ${messageOf(cause)}`, { code: 'unreadable', cause })
  })
  if (found.isFile()) return found.size
  throw new CommandFailed(`expected ${file} to be a file`, { code: 'unreadable' })
}

function addErrors(campaign: Command, cli: Cli): void {
  const command = addCommand(campaign, {
    usage: 'errors <campaign>',
    does: 'print what was wrong with lines of its lists, as CSV',
    examples: ['campaign errors 0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10 > errors.csv'],
  })
  withApi(command).action(async (given: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    await showCsv(cli, api, `${pathOf(await campaignIdOf(api, given))}/audience/errors.csv`, options)
  })
}

/** As it comes, however long it is; with `--json` as one document. */
export async function showCsv(cli: Cli, api: Api, path: string, options: ApiOptions): Promise<void> {
  if (!options.json) return api.download(path, cli.terminal.write)
  const pieces: string[] = []
  await api.download(path, async (text) => void pieces.push(text))
  present(cli, options, { data: parse(pieces.join(''), { columns: true }) }, () => '')
}

function addReport(campaign: Command, cli: Cli): void {
  const command = addCommand(campaign, {
    usage: 'report <campaign>',
    does: 'print what became of every recipient, with the columns of its lists, as CSV',
    examples: ['campaign report 0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10 > report.csv'],
  })
  withApi(command).action(async (given: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    await showCsv(cli, api, `${pathOf(await campaignIdOf(api, given))}/recipients.csv`, options)
  })
}

function addStatus(campaign: Command, cli: Cli): void {
  const command = addCommand(campaign, {
    usage: 'status <campaign>',
    does: 'show where a campaign stands, and what became of how many',
    examples: ['campaign status 0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10'],
  })
  withApi(command).action(async (given: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    const answer = await api.get(pathOf(await campaignIdOf(api, given)))
    present(cli, options, answer, () => showCampaign(cli.terminal.colors, answer))
  })
}

interface PageOptions extends ApiOptions {
  readonly cursor?: string
  readonly limit: number
}

function addList(campaign: Command, cli: Cli): void {
  const command = addCommand(campaign, {
    usage: 'list',
    does: 'list campaigns, the newest first',
    examples: ['campaign list'],
  })
  withApi(command)
    .option('--cursor <cursor>', 'go on where the last page ended')
    .option('--limit <count>', 'at most', wholeNumber(1, 1_000), 100)
    .action(async ({ cursor, limit, ...options }: PageOptions) => {
      const api = await connect(cli, options)
      const answer = await api.get('/v1/campaigns', { cursor, limit })
      const { data, next_cursor } = read(pageOf(campaignView), answer)
      present(cli, options, answer, () => showCampaigns(cli.terminal.colors, data))
      if (!options.json && next_cursor) cli.terminal.note(`more: --cursor ${next_cursor}`)
    })
}
