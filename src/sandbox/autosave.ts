/** Saves some time after a change, never twice at once, and never more than a twentieth of the time. */
export type Autosave = {
  soon(): void
  /** The last save, now, whatever is pending. */
  finish(): Promise<void>
}

const PAUSE_MS = 500
const PAUSE_PER_SAVE = 20

export function createAutosave(save: () => Promise<void>, onError: (error: unknown) => void): Autosave {
  let timer: NodeJS.Timeout | null = null
  let running: Promise<void> = Promise.resolve()
  let pauseMs = PAUSE_MS

  function run(): Promise<void> {
    timer = null
    running = running.then(async () => {
      const startedAt = performance.now()
      try {
        await save()
      } catch (error) {
        onError(error)
      }
      pauseMs = Math.max(PAUSE_MS, (performance.now() - startedAt) * PAUSE_PER_SAVE)
    })
    return running
  }

  return {
    soon() {
      timer ??= setTimeout(run, pauseMs).unref()
    },
    async finish() {
      if (timer) clearTimeout(timer)
      await run()
      if (timer) clearTimeout(timer)
    },
  }
}
