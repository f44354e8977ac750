/** Tells listeners that something changed, at most every `quietMs`, and costs nothing while nobody listens. */
export type Changes = {
  notify(): void
  /** Returns how to stop listening. */
  listen(listener: () => void): () => void
  stop(): void
}

export function createChanges(quietMs: number): Changes {
  const listeners = new Set<() => void>()
  let timer: NodeJS.Timeout | null = null
  return {
    notify() {
      if (timer || listeners.size === 0) return
      timer = setTimeout(() => {
        timer = null
        for (const listener of listeners) listener()
      }, quietMs)
    },
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    stop() {
      if (timer) clearTimeout(timer)
      listeners.clear()
    },
  }
}
