import { sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import type { KnownVariant, TemplateBook } from '../../domain/flow/template-check.ts'
import { compileTemplate, type RawTemplate } from '../../domain/template.ts'
import { inPurview } from '../access/purview.ts'
import type { Db } from '../pg/postgres.ts'

/** Accounts of linked numbers whose templates were read, and what they have under these names. @param sender null: any number */
export async function readTemplateBook(
  db: Db,
  purview: Purview,
  sender: string | null,
  names: readonly string[],
): Promise<TemplateBook> {
  const accounts = await sql<{ id: string }>`
    select distinct w.id from senders s join wabas w on w.id = s.waba_id
    where ${inPurview('s', purview)} and s.sealed_access_token is not null and w.templates_synced_at is not null
      and (${sender}::text is null or s.phone_number_id = ${sender}) order by w.id`.execute(db)
  const wabas = accounts.rows.map(({ id }) => id)
  if (wabas.length === 0) return { wabas, variants: [] }
  const { rows } = await sql<Omit<KnownVariant, 'definition'> & { document: RawTemplate }>`
    select waba_id as waba, name, language, status, category, quality, document from templates
    where waba_id = any (${wabas}::text[]) and name = any (${names}::text[]) order by waba_id, name, language`.execute(
    db,
  )
  return {
    wabas,
    variants: rows.map(({ document, ...variant }) => ({ ...variant, definition: compileTemplate(document) })),
  }
}
