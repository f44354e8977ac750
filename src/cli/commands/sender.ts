import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import type { Command } from 'commander'
import { addCommand, type Cli, jsonValue, present, wholeNumber } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { Unsuccessful, UsageError } from '../failure.ts'
import { colorState } from '../show-intent.ts'
import { fields, table } from '../table.ts'
import type { Colors } from '../terminal.ts'
import { pageOf, read, type SenderChecksView, type SenderView, senderChecksView, senderView } from '../views.ts'

interface LinkOptions extends ApiOptions {
  readonly waba: string
  readonly accessToken?: string
  readonly accessTokenFile?: string
  readonly displayPhoneNumber?: string
  readonly verifiedName?: string
  readonly portfolio?: string
  readonly throughput?: number
  readonly messagingLimit?: number
  readonly whenClosed?: unknown
}

export function addSender(program: Command, cli: Cli): void {
  const sender = program.command('sender').description('link the phone numbers you send from, and steer them')
  addLink(sender, cli)
  addList(sender, cli)
  addShow(sender, cli)
  addCheck(sender, cli)
  addAction(sender, cli, 'pause', 'stop sending; what is due waits')
  addAction(sender, cli, 'resume', 'go on sending after a pause or a restriction')
  addUnlink(sender, cli)
}

function addLink(sender: Command, cli: Cli): void {
  const command = addCommand(sender, {
    usage: 'link <phone-number-id>',
    does: 'link a number, or change one that is linked; its templates are synced',
    examples: ['sender link 106540352242922 --waba 102290129340398 --access-token-file token.txt --throughput 80'],
  })
  withApi(command)
    .requiredOption('--waba <id>', 'the WhatsApp Business Account the number belongs to')
    .option('--access-token <token>', 'with whatsapp_business_messaging and whatsapp_business_management')
    .option(
      '--access-token-file <file>',
      'read it from a file instead, or from standard input (-): it stays out of `ps`',
    )
    .option('--display-phone-number <number>', 'as customers see it')
    .option('--verified-name <name>', 'as customers see it')
    .option('--portfolio <id>', 'the business portfolio, which shares one messaging limit')
    .option('--throughput <messages>', 'per second (default: 80)', wholeNumber(1, 1_000))
    .option(
      '--messaging-limit <contacts>',
      'distinct customers per 24 h (default: unlimited)',
      wholeNumber(1, 2 ** 31 - 1),
    )
    .option('--when-closed <policy>', 'fail, hold, or JSON (default: hold)', (text) =>
      text === 'fail' || text === 'hold' ? text : jsonValue(text),
    )
    .action(async (id: string, options: LinkOptions) => {
      const body = {
        phone_number_id: id,
        waba_id: options.waba,
        ...settingsOf(options),
        access_token: await tokenOf(options),
      }
      const api = await connect(cli, options)
      presentSender(cli, options, await api.post('/v1/senders', body))
    })
}

function settingsOf(options: LinkOptions): Record<string, unknown> {
  const settings = {
    display_phone_number: options.displayPhoneNumber,
    verified_name: options.verifiedName,
    portfolio_id: options.portfolio,
    throughput_mps: options.throughput,
    messaging_limit: options.messagingLimit,
    default_when_closed: options.whenClosed,
  }
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
}

async function tokenOf({ accessToken, accessTokenFile }: LinkOptions): Promise<string> {
  if ((accessToken === undefined) === (accessTokenFile === undefined)) {
    throw new UsageError('expected either --access-token or --access-token-file')
  }
  if (accessTokenFile === undefined) return accessToken as string
  const text = accessTokenFile === '-' ? await readAll(process.stdin) : await readFile(accessTokenFile, 'utf8')
  return text.trim()
}

function addList(sender: Command, cli: Cli): void {
  const command = addCommand(sender, { usage: 'list', does: 'list the linked numbers', examples: ['sender list'] })
  withApi(command).action(async (options: ApiOptions) => {
    const api = await connect(cli, options)
    const answer = await api.get('/v1/senders')
    const { data } = read(pageOf(senderView), answer)
    present(cli, options, answer, () => showSenders(cli.terminal.colors, data))
  })
}

function addShow(sender: Command, cli: Cli): void {
  const command = addCommand(sender, {
    usage: 'show <phone-number-id>',
    does: 'show one linked number',
    examples: ['sender show 106540352242922'],
  })
  withApi(command).action(async (id: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    presentSender(cli, options, await api.get(pathOf(id)))
  })
}

function addCheck(sender: Command, cli: Cli): void {
  const command = addCommand(sender, {
    usage: 'check <phone-number-id>',
    does: 'look at what stands in the way of a linked number: token, permissions, health, subscription, webhooks',
    examples: ['sender check 106540352242922'],
  })
  withApi(command).action(async (id: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    const answer = await api.post('/v1/senders/check', { id })
    const { checks } = read(senderChecksView, answer)
    present(cli, options, answer, () => showChecks(cli.terminal.colors, checks))
    const failed = checks.filter(({ state }) => state === 'fail').length
    if (failed > 0) throw new Unsuccessful(`${failed} of ${checks.length} checks failed`)
  })
}

function showChecks(colors: Colors, checks: SenderChecksView['checks']): string {
  const marks: Record<string, string> = {
    ok: colors.green('ok  '),
    warn: colors.yellow('warn'),
    fail: colors.red('FAIL'),
  }
  const width = Math.max(...checks.map(({ name }) => name.length))
  return checks.map(({ name, state, text }) => `${marks[state] ?? state}  ${name.padEnd(width)}  ${text}`).join('\n')
}

function addAction(sender: Command, cli: Cli, action: 'pause' | 'resume', does: string): void {
  const command = addCommand(sender, {
    usage: `${action} <phone-number-id>`,
    does,
    examples: [`sender ${action} 106540352242922`],
  })
  withApi(command).action(async (id: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    presentSender(cli, options, await api.post(`${pathOf(id)}/${action}`))
  })
}

function addUnlink(sender: Command, cli: Cli): void {
  const command = addCommand(sender, {
    usage: 'unlink <phone-number-id>',
    does: 'forget a number and its access token; its history stays',
    examples: ['sender unlink 106540352242922'],
  })
  withApi(command).action(async (id: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    await api.delete(pathOf(id))
    present(cli, options, { phone_number_id: id, unlinked: true }, () => `unlinked ${id}`)
  })
}

function presentSender(cli: Cli, options: ApiOptions, answer: unknown): void {
  present(cli, options, answer, () => showSender(cli.terminal.colors, read(senderView, answer)))
}

function showSender(colors: Colors, sender: SenderView): string {
  return fields(colors, [
    ['sender', sender.phone_number_id],
    ['state', colorState(colors, sender.state)],
    ['reason', sender.reason ? `${sender.reason.code}: ${sender.reason.text} (since ${sender.reason.since})` : null],
    ['number', sender.display_phone_number],
    ['name', sender.verified_name],
    ['WABA', sender.waba_id],
    ['portfolio', sender.portfolio_id],
    ['throughput', throughputOf(sender)],
    ['calls', sender.calls_paused_until ? `paused by Meta until ${sender.calls_paused_until}` : null],
    ['messaging limit', sender.messaging_limit ? `${sender.messaging_limit} customers per 24 h` : 'unlimited'],
    ['when closed', JSON.stringify(sender.default_when_closed)],
    ['charged in', sender.currency ? `${sender.currency}, by the days of ${sender.time_zone ?? 'UTC'}` : null],
    ['free replies', sender.free_service_left == null ? null : `${sender.free_service_left} left this month`],
    ['budget', sender.budget ? `${sender.budget.amount} ${sender.budget.currency} a month` : null],
  ])
}

function throughputOf({ throughput_mps, throughput }: SenderView): string | null {
  if (!throughput_mps) return null
  const slowed = throughput?.slowed_since
  return slowed
    ? `${throughput.effective_mps} of ${throughput_mps} per second (slowed by Meta ${slowed})`
    : `${throughput_mps} per second`
}

function showSenders(colors: Colors, senders: readonly SenderView[]): string {
  const rows = senders.map((sender) => [
    sender.phone_number_id,
    colorState(colors, sender.state),
    sender.reason?.code,
    sender.display_phone_number,
    sender.verified_name,
    sender.waba_id,
    sender.throughput_mps,
  ])
  return table(colors, ['sender', 'state', 'reason', 'number', 'name', 'WABA', 'per second'], rows)
}

function pathOf(id: string): string {
  return `/v1/senders/${encodeURIComponent(id)}`
}
