import type { Services } from '../../http/services.ts'
import { beatIntake, INTAKE_BEAT_MS } from '../../store/webhooks/intake.ts'
import { startLoop } from '../../worker/loop.ts'
import { findConsole } from '../console-build.ts'
import { type Doors, openDoors } from '../doors.ts'
import type { Closers, Shared } from './shared.ts'

export interface ApiParts {
  services: Services
  version: string
  sandboxUrl: string | null
}

/** Opens the doors of this process: all of an API's, and the one for operations of a worker's. */
export async function openApi(
  shared: Shared,
  { services, version, sandboxUrl }: ApiParts,
  closers: Closers,
): Promise<Doors> {
  const { config, log: logger, permits, postgres, roles } = shared
  const isApi = roles.includes('api')
  const board = isApi ? { queuesPlugin: (await import('../queue-board.ts')).createQueueBoard(permits) } : {}
  const consoleFolder = isApi ? findConsole(logger) : null
  const parts = { services, logger, version, sandboxUrl, consoleFolder, ...board }
  const doors = await openDoors(config, isApi, parts, (close) => closers.push(close))
  if (isApi) {
    const beating = startLoop(
      async () => {
        await beatIntake(postgres.db)
        return INTAKE_BEAT_MS
      },
      // The gap it leaves is what tells of the outage.
      () => {},
    )
    // Begun after the server and so stopped before it: while nobody can be reached, nobody is listening.
    closers.push(beating.stop)
  }
  return doors
}
