import { type Command, Option } from 'commander'
import { PRIORITIES } from '../../domain/intent.ts'
import { SHOWN_STATES } from '../../domain/shown-state.ts'
import { addCommand, type Cli, instantOption, present, wholeNumber } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { UsageError } from '../failure.ts'
import { contactIdOf } from '../recipient.ts'
import { showIntent, showIntents } from '../show-intent.ts'
import { intentView, pageOf, read } from '../views.ts'

interface ListOptions extends ApiOptions {
  readonly state?: string
  readonly sender?: string
  readonly to?: string
  readonly since?: string
  readonly until?: string
  readonly reason?: string
  readonly find?: string
  readonly flow?: string
  readonly flowRun?: string
  readonly campaign?: string
  readonly cursor?: string
  readonly limit: number
}

interface ChangeOptions extends ApiOptions {
  readonly text?: string
  readonly sendAt?: string
  readonly expiresAt?: string
  readonly priority?: string
  readonly cancelOn?: string
}

interface SettleOptions extends ApiOptions {
  readonly sent?: true
  readonly notSent?: true
  readonly wamid?: string
}

export function addIntent(program: Command, cli: Cli): void {
  const intent = program.command('intent').description('look at intents and steer them')
  addShow(intent, cli)
  addList(intent, cli)
  addChange(intent, cli)
  addAction(intent, cli, 'cancel', 'take an intent back before it leaves')
  addAction(intent, cli, 'replay', 'try a failed, expired or cancelled intent once more')
  addSettle(intent, cli)
}

function addShow(intent: Command, cli: Cli): void {
  const command = addCommand(intent, {
    usage: 'show <id>',
    does: 'show one intent with its decisions and attempts',
    examples: ['intent show 0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10'],
  })
  withApi(command).action(async (id: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    presentIntent(cli, options, await api.get(pathOf(id)))
  })
}

function addList(intent: Command, cli: Cli): void {
  const command = addCommand(intent, {
    usage: 'list',
    does: 'list intents, newest first',
    examples: ['intent list --state held', 'intent list --to +5511987654321 --since 2026-11-22T00:00:00Z'],
  })
  withApi(command)
    .option('--state <state>', SHOWN_STATES.join(', '))
    .option('--sender <id>', 'from this phone number id')
    .option('--to <contact>', 'to this customer')
    .option('--since <time>', 'created at or after (ISO 8601)', instantOption)
    .option('--until <time>', 'created before (ISO 8601)', instantOption)
    .option('--reason <code>', 'with this reason')
    .option('--flow <name>', 'asked for by this flow')
    .option('--flow-run <id>', 'asked for by this run of a flow')
    .option('--campaign <id>', 'for a recipient of this campaign')
    .option('--find <text>', 'an exact id, wamid, idempotency key or number')
    .option('--cursor <cursor>', 'go on where the last page ended')
    .option('--limit <count>', 'at most', wholeNumber(1, 1_000), 50)
    .action(async (options: ListOptions) => {
      const { state, sender, since, until, reason, find: q, flow, flowRun: flow_run, campaign, cursor, limit } = options
      const to = options.to === undefined ? undefined : contactIdOf(options.to)
      const api = await connect(cli, options)
      const answer = await api.get('/v1/intents', {
        state,
        sender,
        to,
        since,
        until,
        reason,
        q,
        flow,
        flow_run,
        campaign,
        cursor,
        limit,
      })
      const { data, next_cursor } = read(pageOf(intentView), answer)
      present(cli, options, answer, () => showIntents(cli.terminal.colors, data))
      if (!options.json && next_cursor) cli.terminal.note(`more: --cursor ${next_cursor}`)
    })
}

function addChange(intent: Command, cli: Cli): void {
  const command = addCommand(intent, {
    usage: 'change <id>',
    does: 'change an intent that has not left',
    examples: [
      'intent change 0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10 --send-at 2026-12-01T09:00:00Z',
      'intent change 0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10 --text "Your parcel is here." --cancel-on reply',
    ],
  })
  withApi(command)
    .option('--text <text>', 'another text')
    .option('--send-at <time>', 'an ISO 8601 time, or before_close', sendAtOption)
    .option('--expires-at <time>', 'an ISO 8601 time', instantOption)
    .addOption(new Option('--priority <priority>', 'who goes first').choices(PRIORITIES))
    .option('--cancel-on <events>', 'comma list of what ends it first: reply, colleague; "" for nothing')
    .action(async (id: string, options: ChangeOptions) => {
      const { text, sendAt: send_at, expiresAt: expires_at, priority, cancelOn } = options
      const given = {
        message: text === undefined ? undefined : { type: 'text', text: { body: text } },
        send_at,
        expires_at,
        priority,
        cancel_on: cancelOn === '' ? null : cancelOn?.split(','),
      }
      const body = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
      if (Object.keys(body).length === 0) throw new UsageError('expected something to change, such as --send-at')
      const api = await connect(cli, options)
      presentIntent(cli, options, await api.patch(pathOf(id), body))
    })
}

function sendAtOption(text: string): string {
  return text === 'before_close' ? text : instantOption(text)
}

function addAction(intent: Command, cli: Cli, action: 'cancel' | 'replay', does: string): void {
  const command = addCommand(intent, {
    usage: `${action} <id>`,
    does,
    examples: [`intent ${action} 0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10`],
  })
  withApi(command).action(async (id: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    presentIntent(cli, options, await api.post(`${pathOf(id)}/${action}`))
  })
}

function addSettle(intent: Command, cli: Cli): void {
  const command = addCommand(intent, {
    usage: 'settle <id>',
    does: 'say what became of an intent in doubt',
    examples: ['intent settle 0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10 --not-sent'],
  })
  withApi(command)
    .option('--sent', 'Meta has it')
    .option('--not-sent', 'Meta does not have it')
    .option('--wamid <wamid>', 'with --sent: what Meta calls it')
    .action(async (id: string, options: SettleOptions) => {
      if (options.sent === options.notSent) throw new UsageError('expected either --sent or --not-sent')
      if (options.wamid !== undefined && !options.sent) throw new UsageError('expected --wamid only with --sent')
      const wamid = options.wamid === undefined ? {} : { wamid: options.wamid }
      const body = options.sent ? { outcome: 'sent', ...wamid } : { outcome: 'not_sent' }
      const api = await connect(cli, options)
      presentIntent(cli, options, await api.post(`${pathOf(id)}/settle`, body))
    })
}

function presentIntent(cli: Cli, options: ApiOptions, answer: unknown): void {
  present(cli, options, answer, () => showIntent(cli.terminal.colors, read(intentView, answer)))
}

function pathOf(id: string): string {
  return `/v1/intents/${encodeURIComponent(id)}`
}
