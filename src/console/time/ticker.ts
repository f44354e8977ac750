import { useSyncExternalStore } from 'react'
import { clockOffset, serverNow } from './server-clock.ts'

/*
 * One timer for every countdown on the page. It runs while somebody watches, at the turn of each of the server's seconds; a component is
 * drawn again only when what it makes of the instant is another value than before.
 */

const SECOND_MS = 1_000
const watchers = new Set<() => void>()
let timer: ReturnType<typeof setTimeout> | null = null

function tick(): void {
  for (const watcher of watchers) watcher()
  timer = watchers.size === 0 ? null : setTimeout(tick, SECOND_MS - (serverNow() % SECOND_MS))
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher)
  timer ??= setTimeout(tick, SECOND_MS - (serverNow() % SECOND_MS))
  const leaveClock = clockOffset.subscribe(watcher)
  return () => {
    watchers.delete(watcher)
    leaveClock()
    if (watchers.size > 0 || timer === null) return
    clearTimeout(timer)
    timer = null
  }
}

/** A sleeping tab's timers are late: what is seen again is drawn anew at once. */
if (typeof document !== 'undefined') {
  document.addEventListener('visibilitychange', () => {
    for (const watcher of watchers) watcher()
  })
}

/** What `read` makes of the server's instant (epoch milliseconds), kept up to date. A string, a number, a boolean or null. */
export function useTicking<T extends string | number | boolean | null>(read: (now: number) => T): T {
  return useSyncExternalStore(subscribe, () => read(serverNow()))
}
