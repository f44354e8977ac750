import type { Command } from 'commander'
import { addCommand, type Cli, present } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { showTemplate } from '../show-template.ts'
import { read, templateView } from '../views.ts'

/* What is done to one template that exists, by its id. */

const DEEDS = [
  ['unpause', 'end a pause by pacing at Meta; other pauses end by themselves'],
  ['archive', 'put a template into the archive at Meta, which is emptied after 28 days'],
  ['unarchive', 'take a template out of the archive'],
  ['hide', 'leave a template out of lists; it can be sent all the same'],
  ['unhide', 'show a template in lists again'],
] as const

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

  for (const [deed, does] of DEEDS) {
    const command = addCommand(template, {
      usage: `${deed} <template-id>`,
      does,
      examples: [`template ${deed} 1689556908129831`],
    })
    withApi(command).action(async (id: string, options: ApiOptions) => {
      const api = await connect(cli, options)
      const answer = await api.post(`${pathOf(id)}/${deed}`, {})
      present(cli, options, answer, () => showTemplate(cli.terminal.colors, read(templateView, answer)))
    })
  }

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
