import { sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import type { IntentId } from '../../domain/ids.ts'
import { inPurview } from '../access/purview.ts'
import type { Db } from '../pg/postgres.ts'

/**
 * Those of a bulk job that it has changed, newest first. Each of its deeds is written into the intent's decisions with the job's id.
 *
 * @param before only ids below this one
 */
export async function changedByJob(
  db: Db,
  purview: Purview,
  job: string,
  { before, limit }: { before: IntentId | null; limit: number },
): Promise<IntentId[]> {
  const { rows } = await sql<{ id: IntentId }>`
    select distinct d.intent_id as id from decisions d join intents i on i.id = d.intent_id
    where d.facts ->> 'job' = ${job} and (${before}::uuid is null or d.intent_id < ${before}::uuid) and ${inPurview('i', purview)}
    order by d.intent_id desc limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}
