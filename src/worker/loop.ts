/**
 * Runs a step again and again: at once while it says so, else after the milliseconds it answers, or earlier when woken. One step at a
 * time; a step that throws is reported and tried again after a growing pause.
 */
export interface Loop {
  /** Something happened: look now. A wake during a step makes the next one follow at once. */
  wake(): void
  /** Resolves when the step under way is done. */
  stop(): Promise<void>
}

const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5_000

export function startLoop(step: () => Promise<number>, onError: (error: Error) => void): Loop {
  let woken = false
  let stopped = false
  let interrupt: (() => void) | null = null
  let pauseMs = FIRST_PAUSE_MS

  async function run(): Promise<void> {
    while (!stopped) {
      woken = false
      const waitMs = await attempt()
      if (stopped || woken || waitMs <= 0) continue
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs)
        interrupt = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      interrupt = null
    }
  }

  async function attempt(): Promise<number> {
    try {
      const waitMs = await step()
      pauseMs = FIRST_PAUSE_MS
      return waitMs
    } catch (error) {
      onError(error as Error)
      const waitMs = pauseMs
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
      // A wake cannot cure what failed.
      woken = false
      return waitMs
    }
  }

  const running = run()
  return {
    wake() {
      woken = true
      interrupt?.()
    },
    async stop() {
      stopped = true
      interrupt?.()
      await running
    },
  }
}
