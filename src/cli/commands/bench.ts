import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { addCommand, type Cli } from '../cli.ts'
import { Unsuccessful, UsageError } from '../failure.ts'

const SCRIPT = fileURLToPath(new URL('../../../bench/run.ts', import.meta.url))

/** Measures on a checkout only: the published package has no bench/. Options are those of bench/run.ts. */
export function addBench(program: Command, _cli: Cli): void {
  addCommand(program, {
    usage: 'bench [options...]',
    does: 'measure the throughput of this machine (needs a checkout)',
    examples: ['bench'],
  })
    .allowUnknownOption()
    .action(async (words: string[], options: { json?: true }) => {
      if (!existsSync(SCRIPT)) throw new UsageError('bench needs a checkout of the repository: bench/ is not published')
      const args = [...words, ...(options.json ? ['--json'] : [])]
      const child = spawn(process.execPath, [SCRIPT, ...args], { stdio: 'inherit' })
      const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
      if (code === 2) throw new UsageError('expected suites and options of the bench, got what is said above')
      if (code !== 0) throw new Unsuccessful(`bench ended with ${signal ?? `exit code ${code}`}`)
    })
}
