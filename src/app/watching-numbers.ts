import type { WabaId } from '../domain/ids.ts'
import { HOUR_MS, SECOND_MS } from '../domain/time.ts'
import type { GraphClient } from '../graph/client.ts'
import { accountsToRead, recordNumbers } from '../store/accounts/number-quality.ts'
import type { SenderStore } from '../store/accounts/senders.ts'
import type { Listener } from '../store/pg/listener.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import { type Loop, startLoop } from '../worker/loop.ts'
import { templateCalls } from './template-calls.ts'

export interface NumberWatchDeps {
  postgres: Postgres
  listener: Pick<Listener, 'tryLead'>
  senders: SenderStore
  graph: GraphClient
  log: Record<'warn', (details: object, message: string) => void>
  onError(error: Error): void
}

/** Meta's rating covers seven days, and every call counts against the account's hour. */
const READ_EVERY_MS = 6 * HOUR_MS
const LOOK_EVERY_MS = 5 * SECOND_MS
const AT_ONCE = 20

/** Whoever leads reads how Meta rates the numbers: when an account is new, when Meta tells that something changed, and now and then. */
export function startNumberWatch({ postgres, listener, senders, graph, log, onError }: NumberWatchDeps): Loop {
  const { db } = postgres
  const calls = templateCalls(db, senders, graph)

  async function read(wabaId: WabaId): Promise<void> {
    const answer = await calls.numbers(wabaId).catch((error: Error) => {
      log.warn({ waba: wabaId, err: error }, 'the numbers of the account could not be read')
      return null
    })
    const told = answer?.kind === 'ok' ? answer.value : []
    await recordNumbers(
      db,
      wabaId,
      told.map((number) => ({
        id: number.id,
        quality: number.quality_rating ?? null,
        displayPhoneNumber: number.display_phone_number ?? null,
        verifiedName: number.verified_name ?? null,
      })),
    )
  }

  return startLoop(async () => {
    if (!(await listener.tryLead())) return LOOK_EVERY_MS
    const accounts = await accountsToRead(db, READ_EVERY_MS, AT_ONCE)
    await Promise.all(accounts.map(read))
    return accounts.length === AT_ONCE ? 0 : LOOK_EVERY_MS
  }, onError)
}
