import type { Command } from 'commander'
import type { Check } from '../../app/doctor.ts'
import { addCommand, type Cli, type CommonOptions, present } from '../cli.ts'
import { CommandFailed, Unsuccessful } from '../failure.ts'
import { installation } from '../installation.ts'
import type { Colors } from '../terminal.ts'

export function addDoctor(program: Command, cli: Cli): void {
  addCommand(program, {
    usage: 'doctor',
    does: 'check database, lanes, clock, what is unsafe, and every sender: token, permissions, webhook subscription',
    examples: ['doctor', 'doctor --json'],
  }).action(async (options: CommonOptions) => {
    const checks = await examine(cli)
    const failed = checks.filter((check) => !check.ok).length
    present(cli, options, { ok: failed === 0, checks }, () => show(cli.terminal.colors, checks))
    if (failed > 0) throw new Unsuccessful(`${failed} of ${checks.length} checks failed`)
  })
}

async function examine(cli: Cli): Promise<Check[]> {
  const config = await installation(cli).catch((error: unknown) => {
    if (error instanceof CommandFailed && error.code === 'not_running') return error
    throw error
  })
  if (config instanceof CommandFailed) return [{ name: 'database', ok: false, detail: config.message }]
  const { doctor } = await import('../../app/doctor.ts')
  return doctor(config)
}

function show(colors: Colors, checks: readonly Check[]): string {
  const width = Math.max(...checks.map((check) => check.name.length))
  return checks
    .map(({ name, detail, ...check }) => `${verdict(colors, check)}  ${name.padEnd(width)}  ${detail}`)
    .join('\n')
}

function verdict(colors: Colors, { ok, warning }: Pick<Check, 'ok' | 'warning'>): string {
  if (!ok) return colors.red('FAIL')
  return warning ? colors.yellow('warn') : colors.green('ok  ')
}
