import type { Command } from 'commander'
import { addCommand, type Cli, type CommonOptions, present } from '../cli.ts'
import { CommandFailed } from '../failure.ts'

export function addMigrate(program: Command, cli: Cli): void {
  addCommand(program, {
    usage: 'migrate',
    does: 'bring the schema of DATABASE_URL up to this version',
    examples: ['migrate'],
  }).action(async (options: CommonOptions) => {
    const { databaseUrl, databaseDirectUrl, lanes } = cli.config('tool')
    if (databaseUrl === null) {
      throw new CommandFailed("expected DATABASE_URL to be set: the embedded database is migrated by 'casement start'")
    }
    const { migrateAll } = await import('../../app.ts')
    const applied = await migrateAll(databaseDirectUrl ?? databaseUrl, lanes)
    present(cli, options, { applied }, () => (applied.length > 0 ? applied.join('\n') : 'nothing to do'))
  })
}
