import type { Command } from 'commander'
import type { Role } from '../../app.ts'
import { addCommand, type Cli, type CommonOptions, present } from '../cli.ts'
import { Unsuccessful } from '../failure.ts'
import { openLog } from '../logging.ts'
import { resolveConfig } from '../resolve.ts'
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
  const config = await resolveConfig(cli.config(role))
  const { startApp } = await import('../../app.ts')
  const app = await startApp({ config, roles: [role], logger: openLog(config.logLevel), version: cli.version })
  present(cli, options, { role, url: app.url }, () => (app.url ? `${role} at ${app.url}` : `${role} is running`))
  const budgetMs = config.graphTimeoutMs + STOP_SLACK_MS
  if (!(await serveUntilSignal(cli.terminal, { stop: app.stop, budgetMs }))) throw new Unsuccessful('')
}
