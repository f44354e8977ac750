import { type Command, Option } from 'commander'
import { z } from 'zod'
import { addCommand, type Cli, present, wholeNumber } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { UsageError } from '../failure.ts'
import { contactIdOf } from '../recipient.ts'
import { fields, table } from '../table.ts'
import type { Colors } from '../terminal.ts'
import { pageOf, read } from '../views.ts'

const text = z.string().nullish()
const contactView = z.looseObject({
  wa_id: text,
  user_id: text,
  username: text,
  name: text,
  language: text,
  time_zone: text,
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  marketing: text,
  utility: text,
  unreachable: z.looseObject({ since: z.string(), review_at: z.string() }).nullish(),
  consents: z
    .array(z.looseObject({ category: z.string(), state: z.string(), source: z.string(), at: z.string() }))
    .nullish(),
})
const jobView = z.looseObject({ job: z.string() })

/** `contact`: what is kept of a person. */
export function addContact(program: Command, cli: Cli): void {
  const contact = program
    .command('contact')
    .description('look at people, keep what templates need of them, hand out what is kept, and erase it')
  addShow(contact, cli)
  addList(contact, cli)
  addSet(contact, cli)
  addExport(contact, cli)
  addErase(contact, cli)
}

function addShow(contact: Command, cli: Cli): void {
  const command = addCommand(contact, {
    usage: 'show <contact>',
    does: 'show who somebody is and what they agreed to',
    examples: ['contact show +5511987654321'],
  })
  withApi(command).action(async (who: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    const answer = await api.get(pathOf(who))
    present(cli, options, answer, () => showContact(cli.terminal.colors, answer))
  })
}

interface ListOptions extends ApiOptions {
  readonly language?: string
  readonly marketing?: string
  readonly attribute: readonly string[]
  readonly cursor?: string
  readonly limit: number
}

function addList(contact: Command, cli: Cli): void {
  const command = addCommand(contact, {
    usage: 'list [words]',
    does: 'list people, the newest first: by a part of a name or number, and by what is kept of them',
    examples: ['contact list ana', 'contact list --marketing in --attribute segment=b2b'],
  })
  withApi(command)
    .option('--language <code>', 'of this language')
    .addOption(new Option('--marketing <state>', 'of this state').choices(['in', 'out', 'unknown']))
    .option('--attribute <name=value...>', 'with these attributes', [])
    .option('--cursor <cursor>', 'go on where the last page ended')
    .option('--limit <count>', 'at most', wholeNumber(1, 1_000), 100)
    .action(
      async (q: string | undefined, { language, marketing, attribute, cursor, limit, ...options }: ListOptions) => {
        const asked = Object.fromEntries(attribute.map(splitPair).map(([name, value]) => [`attribute.${name}`, value]))
        const api = await connect(cli, options)
        const answer = await api.get('/v1/contacts', { q, language, marketing, ...asked, cursor, limit })
        const { data, next_cursor } = read(pageOf(contactView), answer)
        const rows = data.map((one) => [one.wa_id ?? one.user_id, one.name, one.language, one.marketing, keptOf(one)])
        present(cli, options, answer, () =>
          table(cli.terminal.colors, ['CONTACT', 'NAME', 'LANGUAGE', 'MARKETING', 'ATTRIBUTES'], rows),
        )
        if (!options.json && next_cursor) cli.terminal.note(`more: --cursor ${next_cursor}`)
      },
    )
}

function keptOf({ attributes }: z.infer<typeof contactView>): string {
  return Object.entries(attributes ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}

interface SetOptions extends ApiOptions {
  readonly name?: string
  readonly language?: string
  readonly timeZone?: string
  readonly attribute: readonly string[]
}

function addSet(contact: Command, cli: Cli): void {
  const command = addCommand(contact, {
    usage: 'set <contact>',
    does: 'keep something of a person, whom it makes where nobody is known under this number; an empty value forgets it',
    examples: ['contact set +5511987654321 --name Ana --language pt_BR --attribute segment=b2b visits=3'],
  })
  withApi(command)
    .option('--name <name>', 'their name')
    .option('--language <code>', 'their language')
    .option('--time-zone <zone>', 'their time zone')
    .option('--attribute <name=value...>', 'numbers, true and false are kept as such', [])
    .action(async (who: string, { name, language, timeZone, attribute, ...options }: SetOptions) => {
      const given = { name, language, time_zone: timeZone }
      const profile = Object.fromEntries(
        Object.entries(given).map(([key, value]) => [key, value === '' ? null : value]),
      )
      const attributes = Object.fromEntries(attribute.map(splitPair).map(([key, value]) => [key, readValue(value)]))
      const api = await connect(cli, options)
      await api.put(pathOf(who), {})
      const answer = await api.patch(pathOf(who), { ...profile, ...(attribute.length > 0 ? { attributes } : {}) })
      present(cli, options, answer, () => showContact(cli.terminal.colors, answer))
    })
}

function splitPair(pair: string): [key: string, value: string] {
  const at = pair.indexOf('=')
  if (at < 1) throw new UsageError(`expected --attribute name=value, got '${pair}'`)
  return [pair.slice(0, at), pair.slice(at + 1)]
}

function readValue(text: string): string | number | boolean | null {
  if (text === '') return null
  if (text === 'true' || text === 'false') return text === 'true'
  // What would look otherwise when it is shown again, such as 007 or a long number, stays a text.
  return String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text
}

function addExport(contact: Command, cli: Cli): void {
  const command = addCommand(contact, {
    usage: 'export <contact>',
    does: 'print everything that is kept of a person, as JSON; needs a key with the scope admin',
    examples: ['contact export +5511987654321 > person.json'],
  })
  withApi(command).action(async (who: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    const answer = await api.get(`${pathOf(who)}/export`)
    present(cli, options, answer, () => JSON.stringify(answer, null, 2))
  })
}

function addErase(contact: Command, cli: Cli): void {
  const command = addCommand(contact, {
    usage: 'erase <contact>',
    does: "erase a person's data for good; needs a key with the scope admin",
    examples: ['contact erase +5511987654321'],
  })
  withApi(command).action(async (who: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    const answer = await api.delete(pathOf(who))
    present(cli, options, answer, () => `erasing; GET /v1/jobs/${read(jobView, answer).job} tells how far it has come`)
  })
}

function pathOf(who: string): string {
  return `/v1/contacts/${encodeURIComponent(contactIdOf(who))}`
}

function showContact(colors: Colors, answer: unknown): string {
  const { consents, unreachable, ...shown } = read(contactView, answer)
  const lines = fields(colors, [
    ['wa_id', shown.wa_id],
    ['user_id', shown.user_id],
    ['username', shown.username],
    ['name', shown.name],
    ['language', shown.language],
    ['time zone', shown.time_zone],
    ['marketing', shown.marketing],
    ['utility', shown.utility],
    ...Object.entries(shown.attributes ?? {}).map(([name, value]): [string, string] => [name, String(value)]),
    ['unreachable', unreachable && `since ${unreachable.since}, tried again from ${unreachable.review_at}`],
  ])
  if (!consents || consents.length === 0) return lines
  const rows = consents.map(({ at, category, state, source }) => [at, category, state, source])
  return `${lines}\n\n${table(colors, ['AT', 'CONSENT', 'STATE', 'SOURCE'], rows)}`
}
