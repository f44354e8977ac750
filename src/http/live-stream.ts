import type { ServerResponse } from 'node:http'

/*
 * Server-sent events to one reader. What a reader does not take in waits here within a bound; beyond it nothing more waits, and once they have
 * taken in what does they are told that they missed something. Who takes in nothing for long is cut.
 */

export interface StreamLimits {
  /** Bytes that wait for a reader. */
  mostBytes: number
  /** How long a reader may take in nothing while something waits; milliseconds. */
  patienceMs: number
}

const LIMITS: StreamLimits = { mostBytes: 64 * 1024, patienceMs: 30_000 }
/** How soon a browser comes back; milliseconds. */
const RETRY_MS = 2_000
const MISSED = 'event: resync\ndata: {}\n\n'

export function eventStream(response: ServerResponse, { mostBytes, patienceMs }: StreamLimits = LIMITS) {
  /** Bytes that the socket has not taken. */
  let waiting = 0
  let missed = false
  let patience: NodeJS.Timeout | null = null
  response.on('close', () => {
    if (patience) clearTimeout(patience)
  })
  write(`retry: ${RETRY_MS}\n\n`)

  function write(text: string): void {
    if (missed || response.destroyed || response.writableEnded) return
    const bytes = Buffer.byteLength(text)
    // What waits is taken in first; then they are told.
    missed = waiting > 0 && waiting + bytes > mostBytes
    if (missed) return
    waiting += bytes
    patience ??= setTimeout(() => response.destroy(), patienceMs).unref()
    response.write(text, () => taken(bytes))
  }

  function taken(bytes: number): void {
    waiting -= bytes
    if (waiting > 0) return void patience?.refresh()
    if (patience) clearTimeout(patience)
    patience = null
    if (!missed) return
    missed = false
    write(MISSED)
  }

  return {
    /** @param data in one line, as JSON is */
    send: (event: string, data: string) => write(`event: ${event}\ndata: ${data}\n\n`),
    resync: () => write(MISSED),
    ping: () => write(': ping\n\n'),
    end: () => void response.end(),
  }
}
