import type { PhoneNumberId } from '../domain/ids.ts'
import type { Wake } from '../queue/lanes.ts'

/*
 * The sweeper: what a lane forgot and what time has ended. A Redis that was wiped, a job lost between two systems, a worker that died before
 * it opened an attempt: the row says `queued` and nobody works on it. Its job is added again under the same id; a lane that still has it
 * ignores the second.
 */

export interface RepairIo {
  longQueued(): Promise<(Wake & { sender: PhoneNumberId })[]>
  wake(sender: PhoneNumberId, wakes: Wake[]): Promise<void>
  expireHeld(): Promise<number>
}

export interface RepairRound {
  rewoken: number
  expired: number
}

export async function repairStranded(io: RepairIo): Promise<RepairRound> {
  const stranded = await io.longQueued()
  for (const [sender, wakes] of Map.groupBy(stranded, (wake) => wake.sender)) await io.wake(sender, wakes)
  return { rewoken: stranded.length, expired: await io.expireHeld() }
}
