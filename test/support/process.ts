import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { eventually, whenEmitted } from './signals.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/casement.js', import.meta.url))

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A real `casement` process. Declare it with `await using`, and it is gone at the end of the test, however that ends. */
export interface CasementProcess extends AsyncDisposable {
  readonly pid: number
  /** Lines so far. */
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
  readonly exited: Promise<Exit>
  /** The first line of either output, past or to come, that matches. Rejects with all output when it exits before. */
  line(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>
  kill(signal: NodeJS.Signals): Promise<Exit>
}

export interface CasementOptions {
  /** All of the environment, beside what Node itself needs: nothing of the developer's own leaks in. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

const LINE_TIMEOUT_MS = 20_000

export function startCasement(args: readonly string[], { env = {}, cwd }: CasementOptions = {}): CasementProcess {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, NODE_COMPILE_CACHE, HOME: tmpdir(), NO_COLOR: '1', ...env },
    ...(cwd === undefined ? {} : { cwd }),
  })
  if (child.pid === undefined) throw new Error(`cannot start ${process.execPath}`)
  const output = new EventEmitter()
  const stdout: string[] = []
  const stderr: string[] = []
  for (const [stream, lines] of [
    [child.stdout, stdout],
    [child.stderr, stderr],
  ] as const) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      output.emit('line')
    })
  }
  let ended: Exit | null = null
  const exited = once(child, 'close').then(([code, signal]): Exit => {
    ended = { code, signal }
    output.emit('end')
    return ended
  })
  const everything = (): string => [...stdout, ...stderr].join('\n')
  return {
    pid: child.pid,
    stdout,
    stderr,
    exited,
    async line(pattern, timeoutMs = LINE_TIMEOUT_MS) {
      const look = (): { found: RegExpExecArray | null } => {
        const found = [...stdout, ...stderr].map((line) => pattern.exec(line)).find((match) => match !== null)
        if (found) return { found }
        if (ended) return { found: null }
        throw new Error(`casement ${args.join(' ')} printed no line like ${pattern} yet:\n${everything()}`)
      }
      const { found } = await eventually(look, { on: whenEmitted(output, 'line', 'end'), timeoutMs })
      if (found) return found
      throw new Error(`casement ${args.join(' ')} ended without a line like ${pattern}:\n${everything()}`)
    },
    kill(signal) {
      child.kill(signal)
      return exited
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Runs a command to its end. */
export async function runCasement(
  args: readonly string[],
  options: CasementOptions = {},
): Promise<Exit & { stdout: string; stderr: string }> {
  await using running = startCasement(args, options)
  const exit = await running.exited
  return { ...exit, stdout: running.stdout.join('\n'), stderr: running.stderr.join('\n') }
}
