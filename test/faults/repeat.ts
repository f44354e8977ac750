import { setTimeout as delay } from 'node:timers/promises'

/** Again until it is true; whatever it throws meanwhile is part of the run. Rejects with the last failure. */
export async function repeat(attempt: () => Promise<boolean>, timeoutMs: number, everyMs = 100): Promise<void> {
  const deadline = performance.now() + timeoutMs
  let failure: unknown = new Error(`still false: ${attempt}`)
  while (performance.now() < deadline) {
    try {
      if (await attempt()) return
    } catch (error) {
      failure = error
    }
    await delay(everyMs)
  }
  throw failure
}
