import { setTimeout as delay } from 'node:timers/promises'

/** Whoever asks for something short waits for it; what takes longer goes on when their request was answered, until the process ends. */
export interface Patience {
  /** Null where it goes on. Rejects with what it rejects with while somebody waits. */
  wait<T>(work: Promise<T>, what: string): Promise<T | null>
  /** The process ends: what goes on is to give up. */
  isStopped(): boolean
  stop(): Promise<void>
}

const PATIENCE_MS = 1_500

export function createPatience({
  onError,
  patienceMs = PATIENCE_MS,
}: {
  onError(error: Error): void
  patienceMs?: number | undefined
}): Patience {
  const running = new Set<Promise<unknown>>()
  let stopped = false
  return {
    async wait(work, what) {
      const settled = work
        .then(
          () => {},
          (error) => onError(new Error(`${what} failed`, { cause: error })),
        )
        .finally(() => running.delete(settled))
      running.add(settled)
      const enough = new AbortController()
      const waited = delay(patienceMs, null, { signal: enough.signal }).catch(() => null)
      return Promise.race([work, waited]).finally(() => enough.abort())
    },
    isStopped: () => stopped,
    async stop() {
      stopped = true
      await Promise.all(running)
    },
  }
}

/** For who waits for all of it. */
export const ENDLESS: Patience = { wait: (work) => work, isStopped: () => false, stop: async () => {} }
