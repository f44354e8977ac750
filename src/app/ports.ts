import { once } from 'node:events'
import { createServer } from 'node:net'
import { CannotStart } from './cannot-start.ts'

/** An address that something is going to listen on, and the setting that chooses its port. */
export interface Place {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly setting: 'PORT' | 'SANDBOX_PORT' | 'WEBHOOK_PORT' | 'WORKER_PORT'
}

/** Before anything is started for nothing. Throws `CannotStart` with the setting to change; another may still be quicker afterwards. */
export async function expectFree(places: readonly Place[]): Promise<void> {
  for (const place of places) {
    if (place.port === 0) continue
    const server = createServer()
    const listening = once(server, 'listening')
    server.listen(place.port, place.host)
    await namingPort(place, listening)
    server.close()
    await once(server, 'close')
  }
}

/** Says which setting to change when the port is taken. */
export async function namingPort<T>({ host, port, setting }: Place, listening: Promise<T>): Promise<T> {
  try {
    return await listening
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause
    throw new CannotStart(`port ${port} of ${host} is taken: stop what listens there, or set ${setting}`, { cause })
  }
}
