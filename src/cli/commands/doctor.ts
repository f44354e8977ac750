import type { Command } from 'commander'
import type { Check } from '../../app/doctor.ts'
import { resolveConfig } from '../../app/resolve.ts'
import { findRunning } from '../../app/running.ts'
import { addCommand, type Cli, type CommonOptions, present } from '../cli.ts'
import { Unsuccessful } from '../failure.ts'
import type { Colors } from '../terminal.ts'

export function addDoctor(program: Command, cli: Cli): void {
  addCommand(program, {
    usage: 'doctor',
    does: 'check database, lanes, clock, and every sender: token, permissions, webhook subscription',
    examples: ['doctor', 'doctor --json'],
  }).action(async (options: CommonOptions) => {
    const checks = await examine(cli)
    const failed = checks.filter((check) => !check.ok).length
    present(cli, options, { ok: failed === 0, checks }, () => show(cli.terminal.colors, checks))
    if (failed > 0) throw new Unsuccessful(`${failed} of ${checks.length} checks failed`)
  })
}

async function examine(cli: Cli): Promise<Check[]> {
  const config = cli.config('tool')
  const running = config.databaseUrl === null ? await findRunning(config.dataDir) : null
  if (config.databaseUrl === null && running === null) {
    const detail = `no Casement runs on ${config.dataDir}, and DATABASE_URL is not set; start one with: npx casement start`
    return [{ name: 'database', ok: false, detail }]
  }
  const own = running
    ? { databaseUrl: running.databaseUrl, ...(running.sandboxUrl ? { sandboxUrl: running.sandboxUrl } : {}) }
    : {}
  const { doctor } = await import('../../app/doctor.ts')
  return doctor(await resolveConfig(config, own))
}

function show(colors: Colors, checks: readonly Check[]): string {
  const width = Math.max(...checks.map((check) => check.name.length))
  return checks
    .map(
      ({ name, ok, detail }) => `${ok ? colors.green('ok  ') : colors.red('FAIL')}  ${name.padEnd(width)}  ${detail}`,
    )
    .join('\n')
}
