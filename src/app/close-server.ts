import type { Server } from 'node:http'

interface Closable {
  readonly server: Server
  close(): Promise<unknown>
}

/**
 * Answers what is under way, then closes. Node closes idle connections once, when the closing begins; one that was busy then would stay
 * open for its keep-alive time, more than a minute, with everybody waiting for it. So they are looked for until none is left.
 */
export async function closeServer(closable: Closable): Promise<void> {
  const looking = setInterval(() => closable.server.closeIdleConnections(), LOOK_EVERY_MS)
  try {
    await closable.close()
  } finally {
    clearInterval(looking)
  }
}

const LOOK_EVERY_MS = 25
