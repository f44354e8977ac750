import { readFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { z } from 'zod'
import { addCommand, type Cli, present } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { CommandFailed, messageOf } from '../failure.ts'
import { fields, table } from '../table.ts'
import { pageOf, read } from '../views.ts'

const rateCardView = z.looseObject({
  id: z.string(),
  kind: z.string(),
  currency: z.string(),
  valid_from: z.string(),
  markets: z.number(),
})

const sums = {
  currency: z.string().nullable(),
  messages: z.number(),
  billable: z.number(),
  free: z.number(),
  untold: z.number(),
  unpriced: z.number(),
  expected: z.string(),
  actual: z.string(),
}
const costsView = z.looseObject({
  rows: z.array(z.looseObject({ key: z.string(), ...sums })),
  total: z.array(z.looseObject(sums)),
})

interface ImportOptions extends ApiOptions {
  readonly validFrom: string
}

interface CostsOptions extends ApiOptions {
  readonly from?: string
  readonly to?: string
  readonly by: string
}

export function addRateCard(program: Command, cli: Cli): void {
  const rateCard = program.command('rate-card').description("Meta's price lists")
  const importing = addCommand(rateCard, {
    usage: 'import <file>',
    does: "import one of Meta's CSV files as it is: the rates or the volume tiers of a currency",
    examples: ['rate-card import usd-rates.csv --valid-from 2026-10-01'],
  })
  withApi(importing)
    .requiredOption('--valid-from <day>', 'the first day on which its prices count')
    .action(async (name: string, options: ImportOptions) => {
      const file = await readFile(name).catch((cause: unknown) => {
        throw new CommandFailed(`${name} could not be read: ${messageOf(cause)}`, { cause })
      })
      const api = await connect(cli, options)
      const path = `/v1/rate-cards?valid_from=${encodeURIComponent(options.validFrom)}`
      const stream = new Blob([Uint8Array.from(file)]).stream()
      const answer = await api.upload(path, { type: 'text/csv', bytes: file.byteLength, stream })
      present(cli, options, answer, () => {
        const card = read(rateCardView, answer)
        return fields(cli.terminal.colors, [
          ['id', card.id],
          ['kind', card.kind],
          ['currency', card.currency],
          ['valid from', card.valid_from],
          ['markets', String(card.markets)],
        ])
      })
    })

  const listing = addCommand(rateCard, { usage: 'list', does: 'list the rate cards', examples: ['rate-card list'] })
  withApi(listing).action(async (options: ApiOptions) => {
    const api = await connect(cli, options)
    const answer = await api.get('/v1/rate-cards')
    present(cli, options, answer, () =>
      table(
        cli.terminal.colors,
        ['ID', 'KIND', 'CURRENCY', 'VALID FROM', 'MARKETS'],
        read(pageOf(rateCardView), answer).data.map((card) => [
          card.id,
          card.kind,
          card.currency,
          card.valid_from,
          String(card.markets),
        ]),
      ),
    )
  })
}

export function addCosts(program: Command, cli: Cli): void {
  const command = addCommand(program, {
    usage: 'costs',
    does: 'what messages cost: expected when they left, and by what Meta told',
    examples: ['costs', 'costs --from 2026-11-01 --to 2026-11-30 --by category'],
  })
  withApi(command)
    .option('--from <day>', 'the first day (default: the first of this month)')
    .option('--to <day>', 'the last day, included (default: today)')
    .addOption(
      new Option('--by <key>', 'a row for each').choices(['day', 'sender', 'category', 'market']).default('day'),
    )
    .action(async (options: CostsOptions) => {
      const { from, to, by } = options
      const api = await connect(cli, options)
      const answer = await api.get('/v1/costs', { from, to, by })
      present(cli, options, answer, () => {
        const { rows, total } = read(costsView, answer)
        const line = (key: string, sum: (typeof total)[number]) => [
          key,
          sum.currency ?? '?',
          ...[sum.messages, sum.billable, sum.free, sum.untold, sum.unpriced].map(String),
          sum.expected,
          sum.actual,
        ]
        return table(
          cli.terminal.colors,
          [by.toUpperCase(), 'CURRENCY', 'MESSAGES', 'BILLABLE', 'FREE', 'UNTOLD', 'UNPRICED', 'EXPECTED', 'ACTUAL'],
          [...rows.map((row) => line(row.key, row)), ...total.map((sum) => line('total', sum))],
        )
      })
    })
}
