import type { Sandbox } from '../sandbox/sandbox.ts'
import { clockAheadMs } from '../store/pg/clock.ts'
import { moveClock } from '../store/pg/move-clock.ts'
import { openPostgres } from '../store/pg/postgres.ts'

/**
 * Brings the clock of the database and the built-in sandbox's together, when both are there: to the one that is further ahead, since
 * windows move forward only. They differ where one was moved and the process ended before the other was, or where one was kept and the
 * other made anew.
 */
export async function joinClocks(databaseUrl: string, sandbox: Sandbox): Promise<void> {
  const ahead = Math.max(await readClock(databaseUrl), sandbox.clockOffsetMs())
  await moveClock(databaseUrl, ahead)
  if (ahead > sandbox.clockOffsetMs()) await sandbox.advance(ahead - sandbox.clockOffsetMs())
}

async function readClock(databaseUrl: string): Promise<number> {
  const postgres = openPostgres({ url: databaseUrl, max: 1, applicationName: 'casement clock', onError: () => {} })
  try {
    return await clockAheadMs(postgres.db)
  } finally {
    await postgres.close()
  }
}
