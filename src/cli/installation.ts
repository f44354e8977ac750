import { resolveConfig } from '../app/resolve.ts'
import { findRunning } from '../app/running.ts'
import type { ResolvedConfig } from '../app/settings.ts'
import type { Cli } from './cli.ts'
import { CommandFailed } from './failure.ts'

/** For commands that work on the database: that of the environment, or of the Casement that runs on the data directory. */
export async function installation(cli: Cli): Promise<ResolvedConfig> {
  const config = cli.config('tool')
  if (config.databaseUrl !== null) return resolveConfig(config)
  const running = await findRunning(config.dataDir)
  if (running === null) {
    throw new CommandFailed(
      `no Casement runs on ${config.dataDir}, and DATABASE_URL is not set; start one with: npx casement start`,
      { code: 'not_running' },
    )
  }
  const { databaseUrl, sandboxUrl } = running
  return resolveConfig(config, { databaseUrl, ...(sandboxUrl ? { sandboxUrl } : {}) })
}
