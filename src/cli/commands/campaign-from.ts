import { type Command, InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import type { Api } from '../api.ts'
import { showImport } from '../campaign-views.ts'
import { addCommand, type Cli, present } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { CommandFailed } from '../failure.ts'
import { read } from '../views.ts'
import { campaignIdOf, pathOf } from './campaign-run.ts'

const EXAMPLE = '0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10'
const OTHER = '0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a11'
const LOOK_AGAIN_MS = 500

/** Lists that are made of who is known, where no file comes in. */
export function addCampaignSources(campaign: Command, cli: Cli): void {
  addFromContacts(campaign, cli)
  addFromCampaign(campaign, cli)
}

interface ContactsOptions extends ApiOptions {
  readonly q?: string
  readonly language?: string
  readonly marketing?: string
  readonly attribute?: Readonly<Record<string, string>>
  readonly sender?: string
  readonly column?: readonly string[]
}

function addFromContacts(campaign: Command, cli: Cli): void {
  const command = addCommand(campaign, {
    usage: 'import-contacts <campaign>',
    does: 'add contacts to the list of a draft: all of them, or those of whom all this is known',
    examples: [`campaign import-contacts ${EXAMPLE} --marketing in --attribute segment=b2b --column name city`],
  })
  withApi(command)
    .option('--q <text>', 'part of a name, username, number or BSUID')
    .option('--language <code>', 'as it was set, such as pt_BR')
    .addOption(new Option('--marketing <consent>', 'what they agreed to').choices(['in', 'out', 'unknown']))
    .option('--attribute <name=value>', 'of an attribute; again for more, which all have to fit', attributeIn)
    .option('--sender <id>', 'who has a conversation with this number')
    .option('--column <name...>', 'of the list: name, language, time_zone, or attributes; name where none is said')
    .action(
      async (given: string, { q, language, marketing, attribute, sender, column, ...options }: ContactsOptions) => {
        const filter = { q, language, marketing, attribute, sender, columns: column }
        await copied(cli, given, options, () => ({ from_contacts: filter }))
      },
    )
}

function attributeIn(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('expected a name, = and a value, such as segment=b2b')
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}

interface CampaignOptions extends ApiOptions {
  readonly state?: readonly string[]
  readonly reason?: readonly string[]
  readonly delivered?: boolean
  readonly read?: boolean
}

function addFromCampaign(campaign: Command, cli: Cli): void {
  const command = addCommand(campaign, {
    usage: 'import-recipients <campaign> <other>',
    does: 'add recipients of another campaign to the list of a draft: all of them, or those whose message came to this',
    examples: [`campaign import-recipients ${EXAMPLE} ${OTHER} --state sent --no-read`],
  })
  withApi(command)
    .option('--state <state...>', 'sent, failed, expired, cancelled, suppressed')
    .option('--reason <code...>', 'as `campaign report` names them')
    .option('--delivered', 'whose message was delivered')
    .option('--no-delivered', 'whose message was not')
    .option('--read', 'who read it')
    .option('--no-read', 'who did not')
    .action(
      async (
        given: string,
        other: string,
        { state: states, reason: reasons, delivered, read, ...options }: CampaignOptions,
      ) => {
        await copied(cli, given, options, async (api) => ({
          from_campaign: { id: await campaignIdOf(api, other), states, reasons, delivered, read },
        }))
      },
    )
}

const uploadView = z.looseObject({
  upload: z.number(),
  state: z.string(),
  rows: z.number(),
  accepted: z.number(),
  duplicates: z.number(),
  invalid: z.number(),
})
const begunView = z.looseObject({ upload: z.number(), state: z.string() })
const uploadsView = z.looseObject({ data: z.array(uploadView) })

async function copied(
  cli: Cli,
  given: string,
  options: ApiOptions,
  sourceOf: (api: Api) => object | Promise<object>,
): Promise<void> {
  const api = await connect(cli, options)
  const id = await campaignIdOf(api, given)
  const source = await sourceOf(api)
  const answer = await api.post(`${pathOf(id)}/audience`, source)
  const { upload, state } = read(begunView, answer)
  const whole = state === 'loading' ? await whenThere(api, id, upload) : answer
  present(cli, options, whole, () =>
    showImport(cli.terminal.colors, { errors: [], errors_truncated: false, ...(whole as object) }, id),
  )
}

/** A long list takes a while, and is copied whoever looks. */
async function whenThere(api: Api, id: string, upload: number): Promise<z.infer<typeof uploadView>> {
  for (;;) {
    const found = read(uploadsView, await api.get(`${pathOf(id)}/audience`)).data.find((one) => one.upload === upload)
    if (found?.state === 'ready') return found
    if (found?.state !== 'loading') {
      throw new CommandFailed(`the list of campaign ${id} broke off, and nothing of it is there; try again`, {
        code: 'broken_off',
      })
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
}
