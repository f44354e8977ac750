import { setTimeout as delay } from 'node:timers/promises'

const POLL_MS = 250
/** A look costs the server something too, often in this very process: most of the time belongs to the work that is watched. */
const PAUSE_PER_LOOK = 4

/** Looks again and again until the answer is true. False when the time is over: the comparison at the end will say what lacks. */
export async function until(check: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const lookedAt = performance.now()
    if (await check()) return true
    if (performance.now() >= deadline) return false
    await delay(Math.max(POLL_MS, PAUSE_PER_LOOK * (performance.now() - lookedAt)))
  }
}

/** Runs a task for each item, `width` at a time, in order of the items. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  task: (item: T, index: number) => Promise<void>,
) {
  let next = 0
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) await task(items[index] as T, index)
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker))
}
