import type { Command } from 'commander'
import { resolveConfig } from '../../app/resolve.ts'
import type { Role } from '../../app.ts'
import { addCommand, type Cli, type CommonOptions, present } from '../cli.ts'
import { CommandFailed, Unsuccessful } from '../failure.ts'
import { openLog } from '../logging.ts'
import { serveUntilSignal } from '../shutdown.ts'

/** Beyond the longest request under way: recording its answer, giving jobs back, closing connections. */
export const STOP_SLACK_MS = 20_000

export function addRoles(program: Command, cli: Cli): void {
  addRole(program, cli, 'api', 'serve the HTTP API and webhooks (any number; needs DATABASE_URL)')
  addRole(program, cli, 'worker', 'send what is due (any number; needs DATABASE_URL)')
}

function addRole(program: Command, cli: Cli, role: Role, does: string): void {
  addCommand(program, { usage: role, does, examples: [role] }).action((options: CommonOptions) =>
    serve(cli, role, options),
  )
}

async function serve(cli: Cli, role: Role, options: CommonOptions): Promise<void> {
  const asked = cli.config(role)
  const config = await resolveConfig(asked)
  const { SchemaMismatch, startApp } = await import('../../app.ts')
  const logger = openLog(config.logLevel)
  const sandboxed = asked.graphApiUrl === null
  const starting = startApp({ config, roles: [role], logger, version: cli.version, sandboxed })
  const app = await starting.catch((cause: unknown) => {
    throw cause instanceof SchemaMismatch ? new CommandFailed(cause.message, { code: 'schema', cause }) : cause
  })
  present(cli, options, { role, url: app.url }, () => (app.url ? `${role} at ${app.url}` : `${role} is running`))
  const budgetMs = config.graphTimeoutMs + STOP_SLACK_MS
  if (!(await serveUntilSignal(cli.terminal, { stop: app.stop, budgetMs }))) throw new Unsuccessful('')
}
