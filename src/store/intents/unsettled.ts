import { sql } from 'kysely'
import type { IntentId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'

/** Whether each attempt's outcome is still unknown: it is open, or in doubt. */
export async function readUnsettled(db: Db, attempts: { intentId: IntentId; number: number }[]): Promise<boolean[]> {
  const { rows } = await sql<{ ord: string }>`
    select a.ord
    from unnest(${attempts.map((one) => one.intentId)}::uuid[], ${attempts.map((one) => one.number)}::smallint[])
      with ordinality as a (id, number, ord)
    join attempts t on t.intent_id = a.id and t.number = a.number
    where t.outcome is null or t.outcome = 'in_doubt'`.execute(db)
  const unsettled = new Set(rows.map(({ ord }) => Number(ord)))
  return attempts.map((_, index) => unsettled.has(index + 1))
}
