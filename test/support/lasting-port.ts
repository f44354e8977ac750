import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Linux gives outgoing connections, and whoever asks for any port, those from 32,768 on. */
const FROM = 12_000
const UNTIL = 32_000

/**
 * A TCP port of 127.0.0.1 for a server that goes and comes back: below those that the system gives away by itself, so that no connection of
 * a test beside has it meanwhile.
 */
export async function lastingPort(): Promise<number> {
  for (;;) {
    const port = randomInt(FROM, UNTIL)
    const server = createServer()
    try {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    } catch (error) {
      if ((error as { code?: unknown }).code === 'EADDRINUSE') continue
      throw error
    }
    server.close()
    await once(server, 'close')
    return port
  }
}
