import type { Command } from 'commander'
import { z } from 'zod'
import { addCommand, type Cli, instantOption, present, wholeNumber } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { table } from '../table.ts'
import { pageOf, read } from '../views.ts'

const eventView = z.looseObject({
  at: z.string(),
  actor: z.looseObject({ kind: z.string(), id: z.string().nullable(), name: z.string() }),
  address: z.string().nullish(),
  action: z.string(),
  object: z.looseObject({ kind: z.string(), id: z.string().nullable() }),
  outcome: z.string(),
})

interface AuditOptions extends ApiOptions {
  readonly who?: string
  readonly action?: string
  readonly object?: string
  readonly since?: string
  readonly until?: string
  readonly limit: number
}

const DEFAULT_LIMIT = 50

export function addAudit(program: Command, cli: Cli): void {
  const command = addCommand(program, {
    usage: 'audit',
    does: 'show who did what, the newest first; needs a key with the scope admin',
    examples: [
      'audit',
      "audit --action 'sender.*' --since 2026-11-01T00:00:00Z",
      'audit --object sender:106540352242922 --json',
    ],
  })
  withApi(command)
    .option('--who <id>', 'only what this key or person did')
    .option('--action <name>', 'such as sender.pause, or sender.*')
    .option('--object <object>', 'a kind, or kind:id; a contact by number')
    .option('--since <instant>', 'at or after', instantOption)
    .option('--until <instant>', 'before', instantOption)
    .option('--limit <n>', 'how many', wholeNumber(1, 1000), DEFAULT_LIMIT)
    .action(async (options: AuditOptions) => {
      const { who, action, object, since, until, limit } = options
      const api = await connect(cli, options)
      const answer = await api.get('/v1/audit', { who, action, object, since, until, limit })
      present(cli, options, answer, () =>
        table(
          cli.terminal.colors,
          ['AT', 'WHO', 'FROM', 'DID', 'TO', 'OUTCOME'],
          read(pageOf(eventView), answer).data.map(({ at, actor, address, action, object, outcome }) => [
            at,
            actor.id === null ? `${actor.name} (${actor.kind})` : `${actor.name} (${actor.kind} ${actor.id})`,
            address,
            action,
            object.id === null ? object.kind : `${object.kind}:${object.id}`,
            outcome,
          ]),
        ),
      )
    })
}
