import { type Command, InvalidArgumentError } from 'commander'
import { type Config, loadConfig, type Role } from '../config.ts'
import { CommandFailed } from './failure.ts'
import type { Terminal } from './terminal.ts'

/** What every command is given. */
export interface Cli {
  readonly terminal: Terminal
  readonly version: string
  /** Reads the environment. Lists every mistake in it and fails; warnings are noted. */
  config(role: Role): Config
}

export interface CliIo {
  readonly terminal: Terminal
  /** Default: the environment of the process. */
  readonly env?: NodeJS.ProcessEnv
}

export function createCli({ terminal, env }: CliIo, version: string): Cli {
  return {
    terminal,
    version,
    config(role) {
      const loaded = env === undefined ? loadConfig(role) : loadConfig(role, env)
      if (!loaded.ok) {
        const problems = loaded.problems.map((message) => ({ path: '', message }))
        throw new CommandFailed('the configuration has mistakes', { code: 'configuration', problems })
      }
      for (const warning of loaded.warnings) terminal.note(terminal.noteColors.yellow(`warning: ${warning}`))
      return loaded.config
    },
  }
}

export interface CommandSpec {
  /** With its arguments: `show <id>`. */
  readonly usage: string
  readonly does: string
  /** Command lines that work, without the leading `casement`. */
  readonly examples: readonly string[]
}

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: true
}

export function addCommand(parent: Command, { usage, does, examples }: CommandSpec): Command {
  const lines = examples.map((example) => `  $ casement ${example}`)
  return parent
    .command(usage)
    .description(does)
    .option('--json', 'print the result as one JSON document')
    .addHelpText('after', ['', examples.length === 1 ? 'Example:' : 'Examples:', ...lines].join('\n'))
}

/** Prints a result: the document as it is with `--json`, else for people. */
export function present(cli: Cli, options: CommonOptions, document: unknown, human: () => string): void {
  cli.terminal.print(options.json ? JSON.stringify(document, null, 2) : human())
}

/** For commander: a whole number within bounds. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`)
  }
}

export function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new InvalidArgumentError('Expected JSON.')
  }
}

export function instantOption(text: string): string {
  const at = Date.parse(text)
  if (!/^\d{4}-\d\d-\d\dT/.test(text) || Number.isNaN(at)) {
    throw new InvalidArgumentError('Expected a time such as 2026-11-23T09:00:00Z.')
  }
  return new Date(at).toISOString()
}
