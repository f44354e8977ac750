import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { Command, CommanderError } from 'commander'
import { CannotStart } from '../app/cannot-start.ts'
import { type Cli, type CliIo, createCli } from './cli.ts'
import { addAccess } from './commands/access.ts'
import { addAudit } from './commands/audit.ts'
import { addBench } from './commands/bench.ts'
import { addBudget } from './commands/budget.ts'
import { addCampaign } from './commands/campaign.ts'
import { addContact } from './commands/contact.ts'
import { addDemo } from './commands/demo.ts'
import { addDoctor } from './commands/doctor.ts'
import { addEndpoint } from './commands/endpoint.ts'
import { addFlow } from './commands/flow.ts'
import { addIntent } from './commands/intent.ts'
import { addMigrate } from './commands/migrate.ts'
import { addCosts, addRateCard } from './commands/money.ts'
import { addRoles } from './commands/roles.ts'
import { addSandbox } from './commands/sandbox.ts'
import { addSecret } from './commands/secret.ts'
import { addSend } from './commands/send.ts'
import { addSender } from './commands/sender.ts'
import { addStart } from './commands/start.ts'
import { addTemplate } from './commands/template.ts'
import { addUser } from './commands/user.ts'
import { addWindow } from './commands/window.ts'
import { CommandFailed, type FoundProblem, outsideReason, Unsuccessful, UsageError } from './failure.ts'

export const EXIT = { done: 0, failed: 1, usage: 2 } as const

/** Runs one command line, without the name of the program, and answers its exit code. Throws nothing. */
export async function run(argv: readonly string[], io: CliIo): Promise<number> {
  const cli = createCli(io, packageVersion())
  try {
    await createProgram(cli).parseAsync(argv, { from: 'user' })
    return EXIT.done
  } catch (error) {
    return report(cli, argv, error)
  }
}

export function createProgram(cli: Cli): Command {
  const program = new Command('casement')
    .description('Outbound messaging for the WhatsApp Business (Cloud) API that knows whether a window is still open.')
    .version(cli.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => cli.terminal.print(text.trimEnd()),
      writeErr: (text) => cli.terminal.note(text.trimEnd()),
    })
    .showHelpAfterError('(add --help for usage)')
    .addHelpText('after', '\nFirst steps:\n  $ casement start\n  $ casement demo')
  for (const add of [
    addStart,
    addRoles,
    addMigrate,
    addSandbox,
    addDoctor,
    addDemo,
    addBench,
    addSend,
    addWindow,
    addIntent,
    addSender,
    addTemplate,
    addRateCard,
    addCosts,
    addBudget,
    addCampaign,
    addFlow,
    addEndpoint,
    addAccess,
    addUser,
    addAudit,
    addContact,
    addSecret,
  ]) {
    add(program, cli)
  }
  return program
}

function packageVersion(): string {
  const manifest = findPackageJSON(import.meta.url)
  return manifest === undefined ? '0.0.0' : JSON.parse(readFileSync(manifest, 'utf8')).version
}

/** With `--json`, standard output holds exactly one document, whether the command succeeded or failed. */
function report(cli: Cli, argv: readonly string[], error: unknown): number {
  const { terminal } = cli
  const { red } = terminal.noteColors
  // Commander has said already what is wrong; help and version end this way too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
  if (error instanceof UsageError) {
    terminal.note(`${red('error:')} ${error.message}`)
    return EXIT.usage
  }
  if (error instanceof Unsuccessful) {
    if (error.message) terminal.note(red(error.message))
    return EXIT.failed
  }
  const failure = failureOf(error)
  if (failure === null) {
    terminal.note(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return EXIT.failed
  }
  if (argv.includes('--json')) terminal.print(JSON.stringify({ error: documentOf(failure) }, null, 2))
  else terminal.note([`${red('error:')} ${failure.message}`, ...failure.problems.map(problemLine)].join('\n'))
  return EXIT.failed
}

/** Null for a bug, whose stack has to be seen. */
function failureOf(error: unknown): CommandFailed | null {
  if (error instanceof CommandFailed) return error
  const reason = error instanceof CannotStart ? error.message : outsideReason(error)
  return reason === null ? null : new CommandFailed(reason, { cause: error })
}

function documentOf({ code, message, field, problems }: CommandFailed): Record<string, unknown> {
  return { code, message, ...(field ? { field } : {}), ...(problems.length > 0 ? { problems } : {}) }
}

function problemLine({ path, line, column, message, hint }: FoundProblem): string {
  const place = line === undefined ? '' : column === undefined ? `line ${line}` : `line ${line}, column ${column}`
  const where = [place, path].filter((part) => part !== '').join(': ')
  const said = hint === undefined ? message : `${message} (${hint})`
  return where ? `  - ${where}: ${said}` : `  - ${said}`
}
