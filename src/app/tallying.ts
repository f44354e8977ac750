import type { PhoneNumberId } from '../domain/ids.ts'
import { createRollingMinute } from '../domain/rolling-minute.ts'
import { SECOND_MS } from '../domain/time.ts'
import { tellFigures } from '../store/accounts/number-figures.ts'
import { type Postgres, within } from '../store/pg/postgres.ts'
import { startLoop } from '../worker/loop.ts'

export interface TallyDeps {
  postgres: Postgres
  /** Under which it tells. */
  process: string
  onError(error: Error): void
}

/** What this process counts of the numbers it serves. */
export interface Tally {
  left(sender: PhoneNumberId): void
  pairLimited(sender: PhoneNumberId): void
  /** Tells what is left to tell. */
  stop(): Promise<void>
}

const TELL_EVERY_MS = 5 * SECOND_MS

export function startTally({ postgres, process, onError }: TallyDeps): Tally {
  const minute = createRollingMinute<PhoneNumberId>(() => performance.now())
  let met = new Map<PhoneNumberId, number>()
  let hadToldSome = false

  async function tell(): Promise<void> {
    const left = minute.counts()
    if (left.size === 0 && met.size === 0 && !hadToldSome) return
    const pairLimited = met
    met = new Map()
    try {
      await within(postgres.db, (trx) => tellFigures(trx, process, { left, pairLimited }))
      hadToldSome = left.size > 0
    } catch (error) {
      for (const [sender, times] of pairLimited) met.set(sender, (met.get(sender) ?? 0) + times)
      throw error
    }
  }

  const loop = startLoop(async () => {
    await tell()
    return TELL_EVERY_MS
  }, onError)
  return {
    left: minute.note,
    pairLimited: (sender) => void met.set(sender, (met.get(sender) ?? 0) + 1),
    async stop() {
      await loop.stop()
      await tell().catch(onError)
    },
  }
}
