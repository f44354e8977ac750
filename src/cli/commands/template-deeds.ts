import type { Command } from 'commander'
import { addCommand, type Cli, present } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { colorState } from '../show-intent.ts'
import { fields } from '../table.ts'
import type { Colors } from '../terminal.ts'
import { read, type TemplateView, templateView } from '../views.ts'

/* What is done to one template that exists, by its id. */

export function addTemplateDeeds(template: Command, cli: Cli): void {
  const show = addCommand(template, {
    usage: 'show <template-id>',
    does: 'show a template with its history',
    examples: ['template show 1689556908129831', 'template show 1689556908129831 --json'],
  })
  withApi(show).action(async (id: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    const answer = await api.get(pathOf(id))
    present(cli, options, answer, () => showTemplate(cli.terminal.colors, read(templateView, answer)))
  })

  const unpause = addCommand(template, {
    usage: 'unpause <template-id>',
    does: 'end a pause by pacing at Meta; other pauses end by themselves',
    examples: ['template unpause 1689556908129831'],
  })
  withApi(unpause).action(async (id: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    const answer = await api.post(`${pathOf(id)}/unpause`, {})
    present(cli, options, answer, () => showTemplate(cli.terminal.colors, read(templateView, answer)))
  })

  const remove = addCommand(template, {
    usage: 'delete <template-id>',
    does: 'delete one language of a template at Meta; its name is locked for 30 days',
    examples: ['template delete 1689556908129831'],
  })
  withApi(remove).action(async (id: string, options: ApiOptions) => {
    const api = await connect(cli, options)
    await api.delete(pathOf(id))
    present(cli, options, { deleted: id }, () => `deleted ${id}`)
  })
}

function pathOf(id: string): string {
  return `/v1/templates/${encodeURIComponent(id)}`
}

function showTemplate(colors: Colors, template: TemplateView): string {
  const { category_change: change, history } = template
  const told = (history ?? []).map(
    ({ at, field, was, now }) => `${at}  ${field}: ${was === null ? '' : `${was} → `}${now}`,
  )
  const rows: [string, string | null | undefined][] = [
    ['template', template.id],
    ['name', `${template.name} (${template.language})`],
    ['status', colorState(colors, template.status)],
    [
      'category',
      change ? `${template.category}, ${change.to} from ${change.at ?? 'a day not told'}` : template.category,
    ],
    ['quality', template.quality],
  ]
  return [fields(colors, rows), ...told].join('\n')
}
