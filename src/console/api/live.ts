import { serverNow } from '../time/server-clock.ts'
import { createStore } from './store.ts'
import { readEvents, type ServerEvent, StreamRefused } from './stream.ts'

/*
 * What happens, as it happens. One tab of the browser listens to the server and tells the others: over plain HTTP a browser has six
 * connections for all of its tabs, and the seventh would wait for ever. Which tab it is a lock decides, and when it closes the next has it.
 * Nothing is replayed: after a gap everything on screen is read again.
 */

/** `polling`: this server has no stream, or no place left in it; what is on screen is asked for every few seconds. */
export type Liveness = 'connecting' | 'live' | 'lost' | 'polling'

export const livenessStore = createStore<Liveness>('connecting')

/** The server pings each 15 s. */
const SILENCE_MS = 40_000
const RETRY_MS = 2_000
const RETRY_REFUSED_MS = 30_000
const LOCK = 'casement-events'

type Message = { kind: 'event'; event: ServerEvent } | { kind: 'liveness'; liveness: Liveness } | { kind: 'asks' }

/** @returns how to stop listening */
export function listen(workspace: string, onEvent: (event: ServerEvent) => void): () => void {
  const over = new AbortController()
  const others = new BroadcastChannel(`${LOCK}:${workspace}`)
  let leads = false
  others.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.kind === 'event') onEvent(data.event)
    else if (data.kind === 'liveness') livenessStore.set(data.liveness)
    else if (leads) tellNewcomer()
  }
  others.postMessage({ kind: 'asks' } satisfies Message)

  /** A tab that opened after the greeting: whether there is a stream, and what Casement's clock shows. */
  function tellNewcomer() {
    const liveness = livenessStore.get()
    others.postMessage({ kind: 'liveness', liveness } satisfies Message)
    const data = { now: new Date(serverNow()).toISOString() }
    if (liveness === 'live') others.postMessage({ kind: 'event', event: { type: 'clock', data } } satisfies Message)
  }

  const lead = () => {
    leads = true
    return follow(workspace, over.signal, {
      event(event) {
        onEvent(event)
        others.postMessage({ kind: 'event', event } satisfies Message)
      },
      liveness(liveness) {
        livenessStore.set(liveness)
        others.postMessage({ kind: 'liveness', liveness } satisfies Message)
      },
    })
  }
  // Over plain http from another machine a browser has no locks: each tab then listens for itself, and tells nobody.
  const locks = navigator.locks as LockManager | undefined
  if (locks === undefined) {
    others.close()
    void follow(workspace, over.signal, { event: onEvent, liveness: livenessStore.set })
  } else void locks.request(`${LOCK}:${workspace}`, { signal: over.signal }, lead).catch(() => {})
  return () => {
    over.abort()
    others.close()
  }
}

interface Tell {
  event(event: ServerEvent): void
  liveness(liveness: Liveness): void
}

async function follow(workspace: string, signal: AbortSignal, tell: Tell): Promise<void> {
  const url = `/v1/events?workspace=${encodeURIComponent(workspace)}`
  let wasLost = false
  while (!signal.aborted) {
    let pause = RETRY_MS
    const attempt = new AbortController()
    const cut = () => attempt.abort()
    // The browser knows at once that the network is gone; the stream would only fall silent.
    addEventListener('offline', cut)
    try {
      await readEvents(url, {
        signal: AbortSignal.any([signal, attempt.signal]),
        silenceMs: SILENCE_MS,
        onOpen() {
          tell.liveness('live')
          if (wasLost) tell.event({ type: 'resync', data: {} })
        },
        onEvent: tell.event,
      })
      tell.liveness('lost')
    } catch (error) {
      const isRefused = error instanceof StreamRefused
      if (isRefused) pause = RETRY_REFUSED_MS
      tell.liveness(isRefused ? 'polling' : 'lost')
    } finally {
      removeEventListener('offline', cut)
    }
    wasLost = true
    await pausing(pause, signal)
  }
}

/** Shorter where the network comes back meanwhile. */
function pausing(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer)
      removeEventListener('online', over)
      signal.removeEventListener('abort', over)
      resolve()
    }
    const timer = setTimeout(over, ms)
    addEventListener('online', over)
    signal.addEventListener('abort', over)
  })
}
