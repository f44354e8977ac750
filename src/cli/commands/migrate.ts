import type { Command } from 'commander'
import { addCommand, type Cli, type CommonOptions, present } from '../cli.ts'
import { CommandFailed } from '../failure.ts'

interface MigrateOptions extends CommonOptions {
  readonly resetClock?: true
}

export function addMigrate(program: Command, cli: Cli): void {
  addCommand(program, {
    usage: 'migrate',
    does: 'bring the schema of DATABASE_URL up to this version',
    examples: ['migrate', 'migrate --reset-clock'],
  })
    .option('--reset-clock', 'also set the clock of the database back to real time, which a sandbox moved')
    .action((options: MigrateOptions) => migrate(cli, options))
}

async function migrate(cli: Cli, options: MigrateOptions): Promise<void> {
  const { databaseUrl, databaseDirectUrl, lanes } = cli.config('tool')
  if (databaseUrl === null) {
    throw new CommandFailed("expected DATABASE_URL to be set: the embedded database is migrated by 'casement start'")
  }
  const url = databaseDirectUrl ?? databaseUrl
  const { migrateAll, resetClock } = await import('../../app.ts')
  const { recordHere } = await import('../../app/at-the-machine.ts')
  const applied = await migrateAll(url, lanes)
  if (applied.length > 0) {
    await recordHere(url, { action: 'schema.migrate', object: { kind: 'schema', id: null }, detail: { applied } })
  }
  const done: string[] = [...applied]
  let clock_back_ms: number | undefined
  if (options.resetClock) {
    clock_back_ms = await resetClock(url)
    if (clock_back_ms !== 0) {
      done.push(`the clock was set back by ${clock_back_ms} ms`)
      await recordHere(url, {
        action: 'clock.reset',
        object: { kind: 'clock', id: null },
        detail: { back_ms: clock_back_ms },
      })
    }
  }
  const document = { applied, ...(clock_back_ms === undefined ? {} : { clock_back_ms }) }
  present(cli, options, document, () => (done.length > 0 ? done.join('\n') : 'nothing to do'))
}
