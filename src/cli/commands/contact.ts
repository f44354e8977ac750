import type { Command } from 'commander'
import { z } from 'zod'
import { addCommand, type Cli, present } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { contactIdOf } from '../recipient.ts'
import { fields, table } from '../table.ts'
import { read } from '../views.ts'

const text = z.string().nullish()
const contactView = z.looseObject({
  wa_id: text,
  user_id: text,
  username: text,
  name: text,
  language: text,
  time_zone: text,
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
    .description('look at people, hand out what is kept of them, and erase them')
  addShow(contact, cli)
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
    present(cli, options, answer, () => {
      const { colors } = cli.terminal
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
        ['unreachable', unreachable && `since ${unreachable.since}, tried again from ${unreachable.review_at}`],
      ])
      if (!consents || consents.length === 0) return lines
      const rows = consents.map(({ at, category, state, source }) => [at, category, state, source])
      return `${lines}\n\n${table(colors, ['AT', 'CONSENT', 'STATE', 'SOURCE'], rows)}`
    })
  })
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
