import type { Command } from 'commander'
import { z } from 'zod'
import { addCommand, type Cli, instantOption, present } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { UsageError } from '../failure.ts'
import { fields, table } from '../table.ts'
import { pageOf, read } from '../views.ts'

const text = z.string().nullish()
const workspaceView = z.looseObject({ id: z.string(), name: z.string(), created_at: text })
const keyView = z.looseObject({
  id: z.string(),
  key: text,
  prefix: z.string(),
  name: z.string(),
  workspace: z.string(),
  scopes: z.array(z.string()),
  senders: z.array(z.string()).nullish(),
  expires_at: text,
  last_used_at: text,
})

interface KeyOptions extends ApiOptions {
  readonly scopes?: string[]
  readonly senders?: string[]
  readonly expires?: string
  readonly allowQuery?: boolean
  readonly workspace?: string
}

/** `workspace` and `key`: who may use a running Casement. */
export function addAccess(program: Command, cli: Cli): void {
  const workspace = program.command('workspace').description('make workspaces, each of which sees only its own')
  addWorkspaceCreate(workspace, cli)
  addWorkspaceList(workspace, cli)
  const key = program.command('key').description('make and revoke API keys')
  addKeyCreate(key, cli)
  addKeyList(key, cli)
  addKeyRevoke(key, cli)
}

function addWorkspaceCreate(workspace: Command, cli: Cli): void {
  const command = addCommand(workspace, {
    usage: 'create <name>',
    does: 'make a workspace; needs a key with the scope system',
    examples: ["workspace create 'Lucky Shrub'", "workspace create 'Lucky Shrub' --id shrub"],
  })
  withApi(command)
    .option('--id <id>', 'lower-case letters, digits and dashes (default: made of the name)')
    .action(async (name: string, options: ApiOptions & { id?: string }) => {
      const api = await connect(cli, options)
      const body = options.id === undefined ? { name } : { id: options.id, name }
      const answer = await api.post('/v1/workspaces', body)
      present(cli, options, answer, () => `workspace ${read(workspaceView, answer).id}`)
    })
}

function addWorkspaceList(workspace: Command, cli: Cli): void {
  const command = addCommand(workspace, {
    usage: 'list',
    does: 'list all workspaces; needs a key with the scope system',
    examples: ['workspace list --json'],
  })
  withApi(command).action(async (options: ApiOptions) => {
    const api = await connect(cli, options)
    const answer = await api.get('/v1/workspaces')
    present(cli, options, answer, () =>
      table(
        cli.terminal.colors,
        ['WORKSPACE', 'NAME', 'SINCE'],
        read(pageOf(workspaceView), answer).data.map(({ id, name, created_at: since }) => [id, name, since]),
      ),
    )
  })
}

const SCOPES = 'read, send, templates, campaigns, admin, system'

function addKeyCreate(key: Command, cli: Cli): void {
  const command = addCommand(key, {
    usage: 'create <name>',
    does: 'make an API key; it is shown once',
    examples: [
      'key create shop --scopes send',
      'key create partner --scopes send,templates --senders 106540352242922 --expires 2027-01-01T00:00:00Z',
    ],
  })
  withApi(command)
    .requiredOption('--scopes <scopes>', `what it may do, with commas between: ${SCOPES}`, listed)
    .option('--senders <ids>', 'numbers that it sees and uses, with commas between (default: all)', listed)
    .option('--expires <instant>', 'when it ends, such as 2027-01-01T00:00:00Z (default: never)', instantOption)
    .option('--allow-query', 'lets the drop-in take it as ?access_token=')
    .option('--workspace <id>', 'of another workspace; needs a key with the scope system')
    .action(async (name: string, options: KeyOptions) => {
      const api = await connect(cli, options)
      const answer = await api.post('/v1/api-keys', {
        name,
        scopes: options.scopes,
        ...(options.senders === undefined ? {} : { senders: options.senders }),
        ...(options.expires === undefined ? {} : { expires_at: options.expires }),
        ...(options.allowQuery === undefined ? {} : { allow_query: options.allowQuery }),
        ...(options.workspace === undefined ? {} : { workspace: options.workspace }),
      })
      present(cli, options, answer, () => {
        const made = read(keyView, answer)
        return fields(cli.terminal.colors, [
          ['key', made.key],
          ['id', made.id],
          ['workspace', made.workspace],
          ['scopes', made.scopes.join(', ')],
          ['senders', made.senders?.join(', ')],
          ['expires', made.expires_at],
        ])
      })
    })
}

function addKeyList(key: Command, cli: Cli): void {
  const command = addCommand(key, {
    usage: 'list',
    does: 'list the API keys that are not revoked',
    examples: ['key list', 'key list --workspace shrub --json'],
  })
  withApi(command)
    .option('--workspace <id>', 'of another workspace; needs a key with the scope system')
    .action(async (options: KeyOptions) => {
      const api = await connect(cli, options)
      const answer = await api.get('/v1/api-keys', { workspace: options.workspace })
      present(cli, options, answer, () =>
        table(
          cli.terminal.colors,
          ['ID', 'NAME', 'BEGINS', 'SCOPES', 'SENDERS', 'EXPIRES', 'LAST USED'],
          read(pageOf(keyView), answer).data.map((one) => [
            one.id,
            one.name,
            one.prefix,
            one.scopes.join(','),
            one.senders?.join(','),
            one.expires_at,
            one.last_used_at,
          ]),
        ),
      )
    })
}

function addKeyRevoke(key: Command, cli: Cli): void {
  const command = addCommand(key, {
    usage: 'revoke <id>',
    does: 'end an API key at once, on all processes',
    examples: ['key revoke 7'],
  })
  withApi(command)
    .option('--workspace <id>', 'of another workspace; needs a key with the scope system')
    .action(async (id: string, options: KeyOptions) => {
      const api = await connect(cli, options)
      const query = options.workspace === undefined ? '' : `?workspace=${encodeURIComponent(options.workspace)}`
      await api.delete(`/v1/api-keys/${encodeURIComponent(id)}${query}`)
      present(cli, options, { revoked: id }, () => `key ${id} is revoked`)
    })
}

function listed(given: string): string[] {
  const values = given
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  if (values.length === 0) throw new UsageError('expected at least one value between the commas, got none')
  return values
}
