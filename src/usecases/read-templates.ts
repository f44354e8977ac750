import type { Purview } from '../domain/access.ts'
import type { CampaignRead } from '../store/campaigns/campaigns.ts'
import type { FlowRead } from '../store/flows/flows.ts'
import type { TemplateRow } from '../store/pg/schema.ts'
import type { TemplateRead, TemplateSelection } from '../store/templates/reads.ts'
import { type Answer, done, unknown } from './answer.ts'
import { decodeCursor, type Page, pageOf } from './paging.ts'

export interface ReadTemplatesIo {
  listTemplates(selection: TemplateSelection): Promise<TemplateRow[]>
  readTemplate(purview: Purview, id: string): Promise<TemplateInFull | null>
}

export interface TemplateInFull extends TemplateRead {
  /** Of its account's numbers, not over, and with its name somewhere in the document. */
  campaigns: CampaignRead[]
  /** Of its account's numbers or of any, with its name somewhere in the document that new runs take. */
  flows: (FlowRead & { document: unknown })[]
}

export interface TemplateQuery {
  waba_id?: string | undefined
  name?: string | undefined
  status?: string | undefined
  /** Also those that were hidden. */
  hidden?: boolean | undefined
  cursor?: string | undefined
  limit: number
}

/** By name and language, as they were last synced. */
export async function listTemplates(
  io: ReadTemplatesIo,
  purview: Purview,
  query: TemplateQuery,
): Promise<Answer<Page<TemplateRow>>> {
  const cursor = decodeCursor(query.cursor, isPlaceKey)
  if (!cursor.ok) return cursor
  const [name, language, id] = cursor.value ?? []
  const rows = await io.listTemplates({
    purview,
    wabaId: query.waba_id ?? null,
    name: query.name ?? null,
    status: query.status ?? null,
    hidden: query.hidden ?? false,
    after: name !== undefined && language !== undefined && id !== undefined ? { name, language, id } : null,
    limit: query.limit + 1,
  })
  return done(pageOf(rows, query.limit, (row) => [row.name, row.language, row.id]))
}

export async function getTemplate(io: ReadTemplatesIo, purview: Purview, id: string): Promise<Answer<TemplateInFull>> {
  const template = await io.readTemplate(purview, id)
  return template ? done(template) : unknown('template_unknown', `template ${id}`)
}

function isPlaceKey(key: readonly unknown[]): key is [name: string, language: string, id: string] {
  return key.length === 3 && key.every((value) => typeof value === 'string')
}
