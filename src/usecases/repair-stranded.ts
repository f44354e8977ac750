import type { PhoneNumberId } from '../domain/ids.ts'
import type { Wake } from '../queue/lanes.ts'

/*
 * What a lane forgot. A Redis that was wiped, a job lost between two systems, a worker that died before
 * it opened an attempt: the row says `queued` and nobody works on it. Its job is added again under the same id; a lane that still has it
 * ignores the second.
 */

export interface RepairIo {
  longQueued(): Promise<(Wake & { sender: PhoneNumberId })[]>
  wake(sender: PhoneNumberId, wakes: Wake[]): Promise<void>
}

export interface RepairRound {
  rewoken: number
}

export async function repairStranded(io: RepairIo): Promise<RepairRound> {
  const lanes = [...Map.groupBy(await io.longQueued(), (wake) => wake.sender)]
  // A lane that is away keeps nothing else waiting. What should stand in it is found again by the next sweep.
  const woken = await Promise.allSettled(
    lanes.map(([sender, wakes]) => io.wake(sender, wakes).then(() => wakes.length)),
  )
  const rewoken = woken.reduce((sum, lane) => sum + (lane.status === 'fulfilled' ? lane.value : 0), 0)
  return { rewoken }
}
