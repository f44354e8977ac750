import { sql } from 'kysely'
import type { ImportError } from '../../domain/campaign/import-error.ts'
import type { Db } from '../pg/postgres.ts'

export interface ErrorPlace {
  upload: number
  line: number
  code: string
}

export const FIRST_ERROR: ErrorPlace = { upload: 0, line: 0, code: '' }

/** Of uploads that are ready, in the order of uploads and lines. */
export async function listErrors(
  db: Db,
  row: number,
  after: ErrorPlace,
  limit: number,
): Promise<(ImportError & { upload: number })[]> {
  const { rows } = await sql<ImportError & { upload: number }>`
    select e.upload, e.line, e.recipient as "to", e.code, e.reason, e.reason_code, e.reason_values from campaign_import_errors e
    where e.campaign_id = ${row}::integer and (e.upload, e.line, e.code) > (${after.upload}::integer, ${after.line}::integer, ${after.code})
      and e.upload in (select u.id from campaign_uploads u where u.campaign_id = ${row}::integer and u.state = 'ready')
    order by e.upload, e.line, e.code limit ${limit}`.execute(db)
  return rows
}
