import { type Command, Option } from 'commander'
import { z } from 'zod'
import { addCommand, type Cli, present } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { UsageError } from '../failure.ts'
import { fields } from '../table.ts'
import { read } from '../views.ts'

const budgetView = z.looseObject({
  amount: z.string(),
  currency: z.string(),
  warn_at: z.number(),
  hold: z.array(z.string()),
})
const holderView = z.looseObject({ budget: budgetView.nullish() })
const meView = z.looseObject({ workspace: z.string() })

interface BudgetOptions extends ApiOptions {
  readonly sender?: string
  readonly warnAt?: number
  readonly hold?: string[]
}

/** `budget`: what a workspace, or one number, may spend in a month. */
export function addBudget(program: Command, cli: Cli): void {
  const budget = program.command('budget').description('what a workspace, or a number, may spend in a month')
  const showing = addCommand(budget, {
    usage: 'show',
    does: 'show the budget of the workspace, or of a number',
    examples: ['budget show', 'budget show --sender 106540352242922'],
  })
  withApi(ofSender(showing)).action((options: BudgetOptions) => run(cli, options, undefined))

  const setting = addCommand(budget, {
    usage: 'set <amount> <currency>',
    does: 'set it; what is of a held category waits once it is spent',
    examples: [
      'budget set 500 USD',
      'budget set 100.00 EUR --sender 106540352242922 --warn-at 0.9 --hold marketing,utility',
    ],
  })
  withApi(ofSender(setting))
    .addOption(
      new Option('--warn-at <share>', 'the share of it at which there is an event (default: 0.8)').argParser(share),
    )
    .addOption(
      new Option(
        '--hold <categories>',
        'what waits: of marketing, utility, authentication, and service for free-form (default: marketing)',
      ).argParser((text: string) => text.split(',').map((category) => category.trim())),
    )
    .action((amount: string, currency: string, options: BudgetOptions) => {
      const { warnAt, hold } = options
      const budget = {
        amount,
        currency,
        ...(warnAt === undefined ? {} : { warn_at: warnAt }),
        ...(hold ? { hold } : {}),
      }
      return run(cli, options, budget)
    })

  const removing = addCommand(budget, {
    usage: 'remove',
    does: 'spend without a budget; what waits for it goes on',
    examples: ['budget remove', 'budget remove --sender 106540352242922'],
  })
  withApi(ofSender(removing)).action((options: BudgetOptions) => run(cli, options, null))
}

function ofSender(command: Command): Command {
  return command.option('--sender <phone-number-id>', 'of this number (default: of the workspace)')
}

function share(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value > 0 && value <= 1)) {
    throw new UsageError(`expected --warn-at to be a share above 0 and up to 1, such as 0.8, got ${text}`)
  }
  return value
}

/** @param budget to set; null: none; undefined: only shows it */
async function run(cli: Cli, options: BudgetOptions, budget: object | null | undefined): Promise<void> {
  const api = await connect(cli, options)
  const path =
    options.sender === undefined
      ? `/v1/workspaces/${encodeURIComponent(read(meView, await api.get('/v1/me')).workspace)}`
      : `/v1/senders/${encodeURIComponent(options.sender)}`
  const answer = budget === undefined ? await api.get(path) : await api.patch(path, { budget })
  const known = read(holderView, answer).budget ?? null
  present(cli, options, { budget: known }, () =>
    known === null
      ? 'there is no budget'
      : fields(cli.terminal.colors, [
          ['budget', `${known.amount} ${known.currency} a month`],
          ['warns at', `${Math.round(known.warn_at * 100)} %`],
          ['then holds', known.hold.join(', ') || 'nothing'],
        ]),
  )
}
