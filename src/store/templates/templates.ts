import { normaliseLanguage, type TemplateReference } from '../../domain/content.ts'
import type { TemplateFacts } from '../../domain/decision.ts'
import type { IntentId, WabaId } from '../../domain/ids.ts'
import { compileTemplate, type RawTemplate, type TemplateDefinition } from '../../domain/template.ts'
import { prepared, type Queryable } from '../pg/postgres.ts'

export interface TemplateKey {
  wabaId: WabaId
  reference: TemplateReference
}

export function templateKey(wabaId: WabaId, reference: TemplateReference): string {
  return `${wabaId} ${reference.name} ${normaliseLanguage(reference.language)}`
}

interface FoundTemplate {
  id: string
  waba_id: WabaId
  name: string
  language: string
  category: string
  status: string
  held: boolean
  was_usable: boolean
  meta_status: string | null
  refused: boolean
  probe_intent_id: IntentId | null
  reviewed: boolean
  /** As text: a caller's client may read JSON in its own way, and most are compiled already. */
  document: string
}

const selectTemplates = prepared<FoundTemplate>(
  'dispatch_templates',
  `select t.id, t.waba_id, t.name, t.language, t.category, t.status, t.category_held_at is not null as held,
     t.was_usable, t.meta_status, t.probe_at is not null as refused, t.probe_intent_id, p.reviewed_at is not null as reviewed, t.document::text as document
   from (select distinct * from unnest($1::text[], $2::text[], $3::text[]) as asked (waba_id, name, language)) asked
   join templates t on t.waba_id = asked.waba_id and t.name = asked.name and t.language = asked.language
   join wabas w on w.id = t.waba_id
   join portfolios p on p.id = w.portfolio_id`,
)

/** With the message that may try it although Meta refused it, and what Meta says of its status. */
export type FoundFacts = TemplateFacts & { probe: { intentId: IntentId; status: string } | null }

/** As one message sees it: the one that tries it finds it as Meta lists it. */
export function factsFor(intentId: IntentId, found: FoundFacts | undefined): TemplateFacts | null {
  if (found?.probe?.intentId !== intentId) return found ?? null
  return { ...found, status: found.probe.status, refusedThoughListed: false, portfolioReviewed: false }
}

/** The templates that exist among those asked for, by `templateKey`. Status and category are read fresh every time. */
export async function readTemplates(client: Queryable, keys: TemplateKey[]): Promise<Map<string, FoundFacts>> {
  const found = new Map<string, FoundFacts>()
  if (keys.length === 0) return found
  const rows = await selectTemplates(client, [
    keys.map((key) => key.wabaId),
    keys.map((key) => key.reference.name),
    keys.map((key) => normaliseLanguage(key.reference.language)),
  ])
  for (const row of rows) {
    const facts = {
      id: row.id,
      definition: compiledFrom(row.document),
      status: row.status,
      category: row.category,
      heldForCategory: row.held,
      reviewedBefore: row.was_usable,
      refusedThoughListed: row.refused,
      portfolioReviewed: row.reviewed,
      probe: row.probe_intent_id === null ? null : { intentId: row.probe_intent_id, status: row.meta_status as string },
    }
    found.set(templateKey(row.waba_id, row), facts)
  }
  return found
}

/** By their text, so that it does not matter whose they are, or which database's. */
const compiled = new Map<string, TemplateDefinition>()
const MOST_COMPILED = 10_000

/** Compiling costs more than reading, and a document seldom changes. */
function compiledFrom(document: string): TemplateDefinition {
  const known = compiled.get(document)
  if (known !== undefined) return known
  if (compiled.size >= MOST_COMPILED) compiled.clear()
  const definition = compileTemplate(JSON.parse(document) as RawTemplate)
  compiled.set(document, definition)
  return definition
}
