import { flushCompileCache } from 'node:module'
import type { Terminal } from './terminal.ts'

export interface Lifetime {
  /** Everything that runs, in reverse order. */
  stop(): Promise<void>
  /** Resolves when it cannot go on. Default: never. */
  readonly lost?: Promise<Error>
  /** Milliseconds that stopping may take, all parts together. */
  readonly budgetMs: number
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const

/**
 * Serves until a signal comes, then stops. Answers true when all stopped well and in time. A second signal, or the end of the
 * budget, ends the process at once: rows and attempts are in the database, so nothing is lost by it.
 */
export async function serveUntilSignal(terminal: Terminal, { stop, lost, budgetMs }: Lifetime): Promise<boolean> {
  const asked = Promise.withResolvers<{ signal: (typeof SIGNALS)[number] } | { error: Error }>()
  let first = true
  const listeners = SIGNALS.map((signal) => {
    const listener = () => {
      if (!first) process.exit(128 + SIGNAL_NUMBERS[signal])
      first = false
      asked.resolve({ signal })
    }
    process.on(signal, listener)
    return { signal, listener }
  })
  // For the next start, however this one ends: whoever is killed writes nothing.
  flushCompileCache()
  void lost?.then((error) => asked.resolve({ error }))
  try {
    const why = await asked.promise
    first = false
    if ('error' in why) terminal.note(`${why.error.message}; stopping`)
    else terminal.note(`${why.signal}: stopping, once more to end at once`)
    return (await stopWithin(terminal, stop, budgetMs)) && !('error' in why)
  } finally {
    for (const { signal, listener } of listeners) process.off(signal, listener)
  }
}

async function stopWithin(terminal: Terminal, stop: () => Promise<void>, budgetMs: number): Promise<boolean> {
  const late = setTimeout(() => {
    terminal.note(`not stopped within ${budgetMs / 1000} s; ending`)
    process.exit(1)
  }, budgetMs)
  try {
    await stop()
    terminal.note('stopped')
    return true
  } catch (error) {
    terminal.note(`stopping failed: ${error instanceof Error ? error.message : String(error)}`)
    return false
  } finally {
    clearTimeout(late)
  }
}
