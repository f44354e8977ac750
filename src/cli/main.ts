import { run } from './program.ts'
import { processTerminal } from './terminal.ts'

/** How long a finished command may still hold the process up with something it forgot to close. */
const LINGER_MS = 3_000

/** The command line: takes `process.argv` as it is, and leaves the exit code (0 done, 1 failed, 2 wrong usage) on the process. */
export async function main(argv: string[]): Promise<void> {
  process.exitCode = await run(argv.slice(2), { terminal: processTerminal() })
  setTimeout(() => process.exit(), LINGER_MS).unref()
}
