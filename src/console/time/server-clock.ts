import { createStore } from '../api/store.ts'

/*
 * The clock that windows are judged by. It is Casement's, which the sandbox can move, and not that of the browser; what is kept here is how
 * far the two are apart.
 */

/** Milliseconds to add to the browser's clock. */
export const clockOffset = createStore(0)

/** Epoch milliseconds by Casement's clock. */
export function serverNow(): number {
  return Date.now() + clockOffset.get()
}

/**
 * Takes what the server said. A difference that the way of an answer explains is left alone, or countdowns would stutter.
 *
 * @param now epoch milliseconds
 */
export function learnServerNow(now: number, toleranceMs = 250): void {
  const offset = now - Date.now()
  if (Math.abs(offset - clockOffset.get()) > toleranceMs) clockOffset.set(offset)
}
