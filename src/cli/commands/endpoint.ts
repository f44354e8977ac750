import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import { type Command, Option } from 'commander'
import { z } from 'zod'
import type { Api } from '../api.ts'
import { addCommand, type Cli, present, wholeNumber } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { Unsuccessful, UsageError } from '../failure.ts'
import { idOf } from '../named.ts'
import { colorState } from '../show-intent.ts'
import { fields, table } from '../table.ts'
import type { Colors } from '../terminal.ts'
import { pageOf, read, reasonView } from '../views.ts'

const text = z.string().nullish()
const endpointView = z.looseObject({
  id: z.string(),
  url: z.string(),
  kind: z.string(),
  senders: z.array(z.string()).nullish(),
  events: z.array(z.string()).nullish(),
  ids: text,
  state: z.string(),
  verified: z.boolean().nullish(),
  reason: reasonView.nullish(),
  secret: text,
})
type EndpointView = z.infer<typeof endpointView>

const testView = z.looseObject({
  delivered: z.boolean(),
  status: z.number().nullable(),
  ms: z.number(),
  error: text,
})

interface AddOptions extends ApiOptions {
  readonly kind: string
  readonly senders?: string[]
  readonly events?: string[]
  readonly ids?: string
  readonly secretFile?: string
  readonly verifyToken?: string
}

export function addEndpoint(program: Command, cli: Cli): void {
  const endpoint = program.command('endpoint').description('programs that are told, over HTTP, what happens')
  addAdd(endpoint, cli)
  addList(endpoint, cli)
  addTest(endpoint, cli)
  addAction(endpoint, cli, 'pause', 'deliver nothing for now; what happens is kept for 14 days')
  addAction(endpoint, cli, 'resume', 'deliver again, what was kept first')
  addRemove(endpoint, cli)
  addDeliveries(endpoint, cli)
  addReplay(endpoint, cli)
  addSkip(endpoint, cli)
}

function addAdd(endpoint: Command, cli: Cli): void {
  const command = addCommand(endpoint, {
    usage: 'add <url>',
    does: 'have what happens told to a program; the secret is shown once',
    examples: [
      'endpoint add https://shop.example/casement --kind events --events intent.*,message.received',
      'endpoint add https://bot.example/webhook --kind meta --senders 106540352242922 --verify-token hello-bot',
    ],
  })
  withApi(command)
    .addOption(
      new Option('--kind <kind>', "meta: what Meta sent, in Meta's shape; events: Casement's own news")
        .choices(['meta', 'events'])
        .makeOptionMandatory(),
    )
    .option('--senders <ids>', 'only of these numbers, with commas between (default: all)', listed)
    .option('--events <names>', "Meta's fields, or names and prefix.*, with commas between (default: all)", listed)
    .addOption(
      new Option('--ids <whose>', "of messages that came through the drop-in: their client's ids, or Meta's").choices([
        'casement',
        'meta',
      ]),
    )
    .option('--secret-file <file>', 'a secret of your own, from a file or from standard input (-)')
    .option('--verify-token <token>', "what Meta's verification of a callback is tried with")
    .action(async (url: string, options: AddOptions) => {
      const { kind, senders, events, ids, verifyToken: verify_token } = options
      const given = { senders, events, ids, verify_token, secret: await secretOf(options) }
      const body = {
        url,
        kind,
        ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
      }
      const api = await connect(cli, options)
      presentEndpoint(cli, options, await api.post('/v1/webhook-endpoints', body))
    })
}

async function secretOf({ secretFile }: AddOptions): Promise<string | undefined> {
  if (secretFile === undefined) return undefined
  const given = secretFile === '-' ? await readAll(process.stdin) : await readFile(secretFile, 'utf8')
  return given.trim()
}

function addList(endpoint: Command, cli: Cli): void {
  const command = addCommand(endpoint, { usage: 'list', does: 'list the endpoints', examples: ['endpoint list'] })
  withApi(command).action(async (options: ApiOptions) => {
    const api = await connect(cli, options)
    const answer = await api.get('/v1/webhook-endpoints')
    const { colors } = cli.terminal
    present(cli, options, answer, () =>
      table(
        colors,
        ['ID', 'STATE', 'KIND', 'URL', 'EVENTS', 'SENDERS', 'REASON'],
        read(pageOf(endpointView), answer).data.map((one) => [
          one.id,
          colorState(colors, one.state),
          one.kind,
          one.url,
          one.events?.join(',') ?? 'all',
          one.senders?.join(',') ?? 'all',
          one.reason?.code,
        ]),
      ),
    )
  })
}

function addTest(endpoint: Command, cli: Cli): void {
  const command = addCommand(endpoint, {
    usage: 'test <id-or-url>',
    does: 'deliver something that did not happen, at once',
    examples: ['endpoint test 0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a12'],
  })
  withApi(command).action(async (given: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    const answer = await api.post(`${await pathOf(api, given)}/test`)
    const { delivered, status, ms, error } = read(testView, answer)
    present(
      cli,
      options,
      answer,
      () => `${delivered ? 'delivered' : 'not delivered'}: ${error ?? `answered ${status}`}, ${ms} ms`,
    )
    if (!delivered) throw new Unsuccessful('')
  })
}

function addAction(endpoint: Command, cli: Cli, action: 'pause' | 'resume', does: string): void {
  const command = addCommand(endpoint, {
    usage: `${action} <id-or-url>`,
    does,
    examples: [`endpoint ${action} 0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a12`],
  })
  withApi(command).action(async (given: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    presentEndpoint(cli, options, await api.post(`${await pathOf(api, given)}/${action}`))
  })
}

function addRemove(endpoint: Command, cli: Cli): void {
  const command = addCommand(endpoint, {
    usage: 'remove <id-or-url>',
    does: 'delete an endpoint, and what waits for it',
    examples: ['endpoint remove 0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a12'],
  })
  withApi(command).action(async (given: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    const id = await endpointIdOf(api, given)
    await api.delete(`/v1/webhook-endpoints/${id}`)
    present(cli, options, { id, removed: true }, () => `removed ${id}`)
  })
}

const deliveryView = z.looseObject({
  id: z.string(),
  state: z.string(),
  created_at: text,
  next_at: text,
  type: z.string(),
  numbers: z.array(z.string()),
  attempts: z.array(z.looseObject({ status: z.number().nullish(), error: text })),
})

function addDeliveries(endpoint: Command, cli: Cli): void {
  const command = addCommand(endpoint, {
    usage: 'deliveries <id-or-url>',
    does: 'list what was, or is to be, delivered, newest first',
    examples: ['endpoint deliveries 0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a12 --state failed'],
  })
  withApi(command)
    .addOption(new Option('--state <state>').choices(['pending', 'delivered', 'failed']))
    .option('--limit <count>', 'most of them (default: 100)', wholeNumber(1, 1_000))
    .action(async (given: string, options: ApiOptions & { state?: string; limit?: number }) => {
      const api = await connect(cli, options)
      const answer = await api.get(`${await pathOf(api, given)}/deliveries`, {
        state: options.state,
        limit: options.limit,
      })
      const { colors } = cli.terminal
      present(cli, options, answer, () =>
        table(
          colors,
          ['ID', 'STATE', 'TYPE', 'NUMBERS', 'MADE', 'TRIES', 'LAST', 'NEXT'],
          read(pageOf(deliveryView), answer).data.map((one) => [
            one.id,
            colorState(colors, one.state),
            one.type,
            one.numbers.join(','),
            one.created_at,
            String(one.attempts.length),
            one.attempts.at(-1)?.error ?? one.attempts.at(-1)?.status?.toString(),
            one.next_at,
          ]),
        ),
      )
    })
}

interface ReplayOptions extends ApiOptions {
  readonly delivery?: string
  readonly from?: string
  readonly to?: string
}

function addReplay(endpoint: Command, cli: Cli): void {
  const command = addCommand(endpoint, {
    usage: 'replay <id-or-url>',
    does: 'deliver again, one delivery or what is of a time',
    examples: [
      'endpoint replay 0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a12 --delivery 17',
      'endpoint replay 0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a12 --from 2026-11-22T09:00:00Z --to 2026-11-22T10:00:00Z',
    ],
  })
  withApi(command)
    .option('--delivery <id>', 'only this one')
    .option('--from <instant>', 'what is from then on')
    .option('--to <instant>', 'and before then')
    .action(async (given: string, options: ReplayOptions) => {
      const { delivery, from, to } = options
      const isRange = from !== undefined && to !== undefined
      if ((delivery === undefined) !== isRange || (!isRange && (from ?? to) !== undefined)) {
        throw new UsageError('expected either --delivery, or --from and --to')
      }
      const api = await connect(cli, options)
      const answer = isRange
        ? await api.post(`${await pathOf(api, given)}/replay`, { from, to })
        : await api.post(`${await pathOf(api, given)}/deliveries/${encodeURIComponent(delivery as string)}/replay`)
      present(cli, options, answer, () =>
        isRange
          ? `replaying as job ${read(z.looseObject({ job: z.string() }), answer).job}`
          : `to be delivered again as ${read(deliveryView, answer).id}`,
      )
    })
}

function addSkip(endpoint: Command, cli: Cli): void {
  const command = addCommand(endpoint, {
    usage: 'skip <id-or-url> <delivery>',
    does: 'pass by a delivery that fails, for what waits behind it',
    examples: ['endpoint skip 0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a12 17'],
  })
  withApi(command).action(async (given: string, delivery: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    const answer = await api.post(`${await pathOf(api, given)}/deliveries/${encodeURIComponent(delivery)}/skip`)
    present(cli, options, answer, () => `passed by ${read(deliveryView, answer).id}`)
  })
}

function presentEndpoint(cli: Cli, options: ApiOptions, answer: unknown): void {
  present(cli, options, answer, () => showEndpoint(cli.terminal.colors, read(endpointView, answer)))
}

function showEndpoint(colors: Colors, endpoint: EndpointView): string {
  const { id, state, reason, url, kind, senders, events, ids, verified, secret } = endpoint
  return fields(colors, [
    ['endpoint', id],
    ['state', colorState(colors, state)],
    ['reason', reason ? `${reason.code}: ${reason.text}` : null],
    ['url', url],
    ['kind', kind],
    ['senders', senders?.join(', ') ?? 'all'],
    ['events', events?.join(', ') ?? 'all'],
    ['ids', kind === 'meta' ? ids : null],
    ['verified', verified == null ? null : verified ? 'yes' : 'no: it did not answer the handshake'],
    ['secret', secret],
  ])
}

/** By its id, or by its URL where no other has the same. */
function endpointIdOf(api: Api, given: string): Promise<string> {
  return idOf(given, {
    what: 'endpoint',
    by: 'URL',
    list: 'endpoint list',
    find: async (url) =>
      read(pageOf(endpointView), await api.get('/v1/webhook-endpoints')).data.filter((one) => one.url === url),
  })
}

async function pathOf(api: Api, given: string): Promise<string> {
  return `/v1/webhook-endpoints/${await endpointIdOf(api, given)}`
}

function listed(given: string): string[] {
  const values = given
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  if (values.length === 0) throw new UsageError('expected at least one value between the commas, got none')
  return values
}
