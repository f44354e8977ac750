import { sql } from 'kysely'
import type { IntentId, PhoneNumberId } from '../../domain/ids.ts'
import type { IntentState } from '../../domain/lifecycle.ts'
import { outwaitPages } from '../accounts/number-pace.ts'
import { inTransaction, type Postgres } from '../pg/postgres.ts'

/*
 * A turn is freed by the statement that ends its message. That statement may miss it where the conversation was merged in the same moment and
 * the turn has moved; then it would be held by nobody, and whatever is behind it would wait for ever. So whoever leads looks for such turns.
 */

/** States in which a message may have a turn: it is under way, or will be soon. */
const WITH_TURN = ['scheduled', 'dispatching', 'in_doubt'] satisfies IntentState[]

const LOST = sql<{ sender: PhoneNumberId; intentId: IntentId }>`
  select t.phone_number_id as sender, t.intent_id as "intentId" from turns t left join intents i on i.id = t.intent_id
  where i.id is null or i.conversation_id <> t.conversation_id or i.state <> all (${WITH_TURN}::text[])`

/**
 * Answers how many turns were freed that nobody has. Looks once more behind the rows of their numbers, so that nobody takes one meanwhile.
 * The table is as small as what is under way.
 */
export async function freeLostTurns({ db, pool }: Pick<Postgres, 'db' | 'pool'>): Promise<number> {
  const seen = await LOST.execute(db)
  if (seen.rows.length === 0) return 0
  return inTransaction(pool, async (trx, client) => {
    await outwaitPages(client, [...new Set(seen.rows.map(({ sender }) => sender))])
    const lost = await LOST.execute(trx)
    const freed = await sql`
      delete from turns where intent_id = any (${lost.rows.map(({ intentId }) => intentId)}::uuid[])`.execute(trx)
    return Number(freed.numAffectedRows ?? 0n)
  })
}
