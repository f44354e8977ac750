import { pageTransaction } from '../../src/app/pages.ts'
import type { DecisionSettings } from '../../src/domain/decision.ts'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import { ensurePace } from '../../src/store/accounts/number-pace.ts'
import { createHeadFinder } from '../../src/store/intents/head-finder.ts'
import type { Postgres } from '../../src/store/pg/postgres.ts'
import { type Page, type PageTrx, takePage } from '../../src/usecases/spend-permit.ts'

export interface PageMoments {
  /** Its heads are read, and nothing of it is on record. */
  claimed?(): Promise<unknown>
  /** All of it is written, and its transaction has not ended. */
  taken?(trx: PageTrx): Promise<unknown>
}

/** Takes a page of these numbers as a worker does, whatever their pace; nothing is sent. */
export async function takePageOf(
  postgres: Postgres,
  settings: DecisionSettings,
  numbers: readonly PhoneNumberId[],
  { claimed = async () => {}, taken = async () => {} }: PageMoments = {},
): Promise<Page> {
  await ensurePace(postgres.pool, [...numbers])
  await postgres.pool.query(`update number_pace set next_at = 'epoch' where phone_number_id = any ($1)`, [numbers])
  const ready = async () => ({ kind: 'ready' as const, send: () => Promise.reject(new Error('nothing is sent here')) })
  const transaction = pageTransaction(
    postgres,
    createHeadFinder(() => performance.now()),
    ready as never,
    () => {},
  )
  const io = {
    transaction: ((work: Parameters<typeof transaction>[0]) =>
      transaction(async (trx) => {
        const page = await work({
          ...trx,
          async claimHeads(...asked) {
            const heads = await trx.claimHeads(...asked)
            await claimed()
            return heads
          },
        })
        await taken(trx)
        return page
      })) as typeof transaction,
    newOpening: () => crypto.randomUUID(),
    startStopwatch: () => () => 0,
    elapsed: () => 0,
  }
  const served = numbers.map((sender) => ({ sender, look: 50, knownDue: true }))
  return takePage(io, settings, served, 50, [])
}
