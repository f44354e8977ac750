import type { Command } from 'commander'
import { z } from 'zod'
import { addressOf } from '../../app/address.ts'
import { findRunning } from '../../app/running.ts'
import type { Config } from '../../config.ts'
import { addCommand, type Cli, type CommonOptions, present } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { CommandFailed } from '../failure.ts'
import { installation } from '../installation.ts'
import { fields, table } from '../table.ts'
import { pageOf, read } from '../views.ts'

const text = z.string().nullish()
const userView = z.looseObject({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  memberships: z.array(z.looseObject({ workspace: z.string(), role: z.string() })),
  disabled: z.boolean(),
  has_totp: z.boolean(),
  last_seen_at: text,
  link: text,
  link_expires_at: text,
})

interface UserOptions extends ApiOptions {
  readonly name?: string
  readonly role?: string
  readonly workspace?: string
}

const OF_WORKSPACE = 'of another workspace; needs a key with the scope system'

/** `user`: who may sign in. All but `link` ask a running Casement. */
export function addUser(program: Command, cli: Cli): void {
  const user = program.command('user').description('invite people, and let them sign in')
  addInvite(user, cli)
  addList(user, cli)
  addDisable(user, cli)
  addLink(user, cli)
}

function addInvite(user: Command, cli: Cli): void {
  const command = addCommand(user, {
    usage: 'invite <email>',
    does: 'let somebody in; prints a link that signs them in once',
    examples: ["user invite ana@example.com --role operator --name 'Ana Example'"],
  })
  withApi(command)
    .requiredOption('--role <role>', 'viewer (reads), operator (sends), admin (everything of the workspace)')
    .option('--name <name>', 'what they are called (default: the e-mail address up to the @)')
    .option('--workspace <id>', OF_WORKSPACE)
    .action(async (email: string, options: UserOptions) => {
      const api = await connect(cli, options)
      const answer = await api.post('/v1/users', {
        email,
        name: options.name ?? email.replace(/@.*$/, ''),
        role: options.role,
        ...(options.workspace === undefined ? {} : { workspace: options.workspace }),
      })
      present(cli, options, answer, () => {
        const made = read(userView, answer)
        return fields(cli.terminal.colors, [
          ['user', made.id],
          ['role', made.memberships.map(({ workspace, role }) => `${role} of ${workspace}`).join(', ')],
          ['link', made.link ?? 'none: they are known, and sign in as ever'],
          ['until', made.link_expires_at],
        ])
      })
    })
}

function addList(user: Command, cli: Cli): void {
  const command = addCommand(user, {
    usage: 'list',
    does: 'list the people of the workspace',
    examples: ['user list', 'user list --workspace shrub --json'],
  })
  withApi(command)
    .option('--workspace <id>', OF_WORKSPACE)
    .action(async (options: UserOptions) => {
      const api = await connect(cli, options)
      const answer = await api.get('/v1/users', { workspace: options.workspace })
      present(cli, options, answer, () =>
        table(
          cli.terminal.colors,
          ['ID', 'E-MAIL', 'NAME', 'ROLE', 'SECOND FACTOR', 'LAST SEEN'],
          read(pageOf(userView), answer).data.map((one) => [
            one.id,
            one.email,
            one.name,
            one.disabled ? 'disabled' : one.memberships.map(({ role }) => role).join(','),
            one.has_totp ? 'yes' : 'no',
            one.last_seen_at,
          ]),
        ),
      )
    })
}

function addDisable(user: Command, cli: Cli): void {
  const command = addCommand(user, {
    usage: 'disable <user>',
    does: 'let somebody in no more, at once, on all processes',
    examples: ['user disable ana@example.com'],
  })
  withApi(command)
    .option('--workspace <id>', OF_WORKSPACE)
    .action(async (given: string, options: UserOptions) => {
      const api = await connect(cli, options)
      const listed = read(pageOf(userView), await api.get('/v1/users', { workspace: options.workspace })).data
      const found = listed.find(({ id, email }) => id === given || email === given.trim().toLowerCase())
      if (!found) throw new CommandFailed(`expected the e-mail address or id of somebody here, got '${given}'`)
      const query = options.workspace === undefined ? '' : `?workspace=${encodeURIComponent(options.workspace)}`
      const answer = await api.patch(`/v1/users/${found.id}${query}`, { disabled: true })
      present(cli, options, answer, () => `${found.email} is disabled`)
    })
}

function addLink(user: Command, cli: Cli): void {
  addCommand(user, {
    usage: 'link <email>',
    does: 'print a link that signs somebody in once, within 15 minutes; works on the database',
    examples: ['user link ana@example.com', 'user link ana@example.com --reset'],
  })
    .option('--reset', 'takes away their password and second factor, for who has lost them, and ends their sessions')
    .action(async (email: string, options: CommonOptions & { reset?: boolean }) => {
      const { databaseUrl, databaseDirectUrl } = await installation(cli)
      const { linkFor } = await import('../../app/at-the-machine.ts')
      const code = await linkFor(databaseDirectUrl ?? databaseUrl, email, options.reset === true)
      if (code === null) {
        throw new CommandFailed(`expected the e-mail address of somebody who was invited, got '${email}'`, {
          code: 'user_unknown',
          field: 'email',
        })
      }
      const link = `${await addressForPeople(cli.config('tool'))}/#code=${code}`
      present(cli, options, { link }, () => link)
    })
}

async function addressForPeople({ publicUrl, host, port, dataDir }: Config): Promise<string> {
  if (publicUrl !== null) return publicUrl
  const running = await findRunning(dataDir)
  return running?.url ?? addressOf(host, port)
}
