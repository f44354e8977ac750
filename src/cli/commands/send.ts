import { setTimeout as delay } from 'node:timers/promises'
import { type Command, Option } from 'commander'
import { PRIORITIES } from '../../domain/intent.ts'
import type { Api } from '../api.ts'
import { addCommand, type Cli, instantOption, jsonValue, present, wholeNumber } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { Unsuccessful, UsageError } from '../failure.ts'
import { bodyComponents, templateValues } from '../parameters.ts'
import { recipientOf } from '../recipient.ts'
import { showEnqueued, showIntent } from '../show-intent.ts'
import { enqueuedView, type IntentView, intentView, read } from '../views.ts'

interface SendOptions extends ApiOptions {
  readonly template?: string
  readonly language: string
  readonly param: readonly string[]
  readonly whenClosed?: unknown
  readonly sendAt?: SendAtOption
  readonly timeZone?: string
  readonly cancelOn?: string[]
  readonly expiresAt?: string
  readonly priority?: string
  readonly idempotencyKey?: string
  readonly wait?: true
  readonly timeout: number
}

const POLL_MS = 200

export function addSend(program: Command, cli: Cli): void {
  const command = addCommand(program, {
    usage: 'send <sender> <to> [text]',
    does: 'enqueue one message, a text or a template',
    examples: [
      'send 106540352242922 +5511987654321 "Hello Ana" --wait',
      'send 106540352242922 +5511987654321 --template keep_helping --param user=Ana your_name=Sam company="Lucky Shrub"',
      'send 106540352242922 +5511987654321 "Any news?" --send-at 2026-12-01T09:00 --time-zone contact --cancel-on reply,colleague',
      `send 106540352242922 5511987654321 "It is ready" --when-closed '{"downgrade":{"name":"hello_world","language":"en_US"}}'`,
    ],
  })
  withApi(command)
    .option('--template <name>', 'send this template instead of a text')
    .option('--language <code>', 'of the template', 'en')
    .option('--param <name=value...>', 'values of the template; 1=value for {{1}}', [])
    .option('--when-closed <policy>', 'fail, hold, or JSON as in the API (default: of the sender)', policy)
    .option(
      '--send-at <time>',
      'not before this time (ISO 8601), or before-close: the last safe moment of the window',
      sendAt,
    )
    .option('--time-zone <zone>', 'of a --send-at without one, such as 2026-12-01T09:00; contact: that of the customer')
    .option('--cancel-on <events>', 'comma list of what ends it first: reply, colleague', events)
    .option('--expires-at <time>', 'give up after this time (ISO 8601)', instantOption)
    .addOption(new Option('--priority <priority>', 'who goes first (default: reply)').choices(PRIORITIES))
    .option('--idempotency-key <key>', 'the same key again answers the first intent')
    .option('--wait', 'wait until it is sent or over; exit code 1 unless it was sent')
    .option('--timeout <seconds>', 'how long to wait', wholeNumber(1, 86_400), 30)
    .action((sender: string, to: string, text: string | undefined, options: SendOptions) =>
      send(cli, sender, to, text, options),
    )
}

type SendAtOption = 'before_close' | { instant: string } | { local: string }

function sendAt(text: string): SendAtOption {
  if (/^before[-_]close$/.test(text)) return 'before_close'
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text) ? { local: text } : { instant: instantOption(text) }
}

/** A time without a zone is one of the zone that is named, or of this machine's. */
function sendAtOf({ sendAt: at, timeZone }: SendOptions): { send_at?: unknown } {
  if (timeZone !== undefined) {
    if (typeof at === 'object' && 'local' in at) return { send_at: { local: at.local, time_zone: timeZone } }
    throw new UsageError('expected --time-zone only together with a --send-at without one, such as 2026-12-01T09:00')
  }
  if (at === undefined || at === 'before_close') return at === undefined ? {} : { send_at: at }
  return { send_at: 'local' in at ? instantOption(at.local) : at.instant }
}

function events(text: string): string[] {
  return text.split(',').map((event) => event.trim())
}

function policy(text: string): unknown {
  return text === 'fail' || text === 'hold' ? text : jsonValue(text)
}

async function send(cli: Cli, sender: string, to: string, text: string | undefined, options: SendOptions) {
  const request = {
    sender,
    to: recipientOf(to),
    message: messageOf(text, options),
    ...(options.whenClosed === undefined ? {} : { when_closed: options.whenClosed }),
    ...sendAtOf(options),
    ...(options.cancelOn === undefined ? {} : { cancel_on: options.cancelOn }),
    ...(options.expiresAt === undefined ? {} : { expires_at: options.expiresAt }),
    ...(options.priority === undefined ? {} : { priority: options.priority }),
    ...(options.idempotencyKey === undefined ? {} : { idempotency_key: options.idempotencyKey }),
  }
  const api = await connect(cli, options)
  const answer = await api.post('/v1/intents', request)
  const { id } = read(enqueuedView, answer)
  if (!options.wait) {
    present(cli, options, answer, () => showEnqueued(cli.terminal.colors, read(enqueuedView, answer)))
    return
  }
  const final = await waitForEnd(cli, api, id, options.timeout * 1000)
  const intent = read(intentView, final)
  present(cli, options, final, () => showIntent(cli.terminal.colors, intent))
  if (intent.state !== 'sent') throw new Unsuccessful(endOf(intent, options.timeout))
}

function messageOf(text: string | undefined, { template, language, param }: SendOptions): object {
  if (template === undefined) {
    if (text === undefined) throw new UsageError('expected a text or --template')
    if (param.length > 0) throw new UsageError('expected --param only together with --template')
    return { type: 'text', text: { body: text } }
  }
  if (text !== undefined) throw new UsageError('expected either a text or --template, got both')
  const components = bodyComponents(templateValues(param))
  const parts = components.length > 0 ? { components } : {}
  return { type: 'template', template: { name: template, language: { code: language }, ...parts } }
}

const OVER = new Set(['sent', 'failed', 'expired', 'cancelled', 'suppressed'])

/** Notes every new state on the way. Answers the last look when the time is over. */
async function waitForEnd(cli: Cli, api: Api, id: string, timeoutMs: number): Promise<unknown> {
  const deadline = performance.now() + timeoutMs
  let noted = ''
  for (;;) {
    const answer = await api.get(`/v1/intents/${id}`)
    const intent = read(intentView, answer)
    const line = intent.reason ? `${intent.state}: ${intent.reason.text}` : intent.state
    if (line !== noted) cli.terminal.note(cli.terminal.noteColors.dim(line))
    noted = line
    if (OVER.has(intent.state) || performance.now() >= deadline) return answer
    await delay(POLL_MS)
  }
}

function endOf(intent: IntentView, timeoutS: number): string {
  return OVER.has(intent.state) ? `not sent: ${intent.state}` : `not sent after ${timeoutS} s, still ${intent.state}`
}
