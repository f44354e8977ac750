import { isDeepStrictEqual } from 'node:util'
import { compileTemplate, isDeletedStatus, type RawTemplate, templateStatusClass } from '../../domain/template.ts'
import type { Instant } from '../../domain/time.ts'
import type { TemplateRow } from '../pg/schema.ts'
import { keyOf, type TemplateChange, type TemplateField } from './history.ts'

/*
 * What Meta lists, stored page by page, so that an account with thousands of templates needs the memory of one page. A reading is as old as
 * the moment in which Meta was asked: whatever was told, read or done since then stays. Where the reading says otherwise, which of the two is
 * the newer cannot be known, and the template is read once more.
 */

/** A template as Meta listed it, or as it answered to a creation. */
export interface SyncedTemplate {
  id: string
  name: string
  language: string
  category: string
  status: string
  quality: string | null
  /** The category that Meta announced, where it did. */
  nextCategory?: string | null
  /** What Meta says of its status, where a refusal proves another; null: the same. */
  metaStatus?: string | null
  document: unknown
}

/** What becomes of a page. */
export interface Placed {
  stored: SyncedTemplate[]
  changes: TemplateChange[]
  /** Ids of others that had the name. */
  replaced: string[]
  /** Ids that have to be read once more. */
  unclear: string[]
}

/**
 * @param page each of another name or language
 * @param known the rows of these names
 * @param deletedSince templates were deleted since Meta was asked, of which some may have been unknown here
 */
export function placePage(
  page: SyncedTemplate[],
  known: TemplateRow[],
  askedAt: Instant,
  deletedSince: boolean,
): Placed {
  const rows = new Map(known.map((row) => [nameOf(row), row]))
  const placed: Placed = { stored: [], changes: [], replaced: [], unclear: [] }
  for (const template of page) {
    const row = rows.get(nameOf(template)) ?? null
    const lives = row !== null && !isDeletedStatus(row.status)
    if (row?.id === template.id) placeKnown(placed, row, template, askedAt)
    // What is being deleted takes nobody's place.
    else if (lives && isDeletedStatus(template.status)) continue
    else if (row === null ? deletedSince : lives && isSince(row, askedAt)) placed.unclear.push(template.id)
    else {
      // Deleted and created again under the same name: Meta gave it a new id, and the old history goes with the old one.
      if (row !== null) placed.replaced.push(row.id)
      placed.changes.push(...changesOf(row, template))
      placed.stored.push(template)
    }
  }
  return placed
}

/** Of a name that comes twice, which happens while one is being deleted, the last that lives counts. */
export function onePerName(listed: SyncedTemplate[]): SyncedTemplate[] {
  const page = new Map<string, SyncedTemplate>()
  for (const template of listed) {
    const other = page.get(nameOf(template))
    if (other === undefined || isDeletedStatus(other.status) || !isDeletedStatus(template.status)) {
      page.set(nameOf(template), template)
    }
  }
  return [...page.values()]
}

function placeKnown(placed: Placed, row: TemplateRow, listed: SyncedTemplate, askedAt: Instant): void {
  const now = withNewer(listed, row, askedAt)
  placed.changes.push(...changesOf(row, now), ...changesWithin(row, now))
  placed.stored.push(now)
  if (isOther(staysRefused(listed, row, askedAt) ? { ...listed, status: now.status } : listed, now)) {
    placed.unclear.push(row.id)
  }
}

/** Whether it was read, or told of, since then. */
export function isSince({ status_at, document_at }: TemplateRow, askedAt: Instant): boolean {
  return [status_at, document_at].some((at) => at !== null && at >= askedAt)
}

/**
 * Meta refused it again after it had listed it as approved: another listing that says so ends nothing, only a message that goes does, or news.
 */
function staysRefused(listed: SyncedTemplate, known: TemplateRow, askedAt: Instant): boolean {
  if (known.probe_at === null || isTold(known, 'status', askedAt)) return false
  return templateStatusClass(listed.status) === 'usable'
}

function isTold(known: TemplateRow, field: TemplateField | 'document', askedAt: Instant): boolean {
  const at = known[`${field}_at`]
  return at !== null && at >= askedAt
}

function withNewer(listed: SyncedTemplate, known: TemplateRow, askedAt: Instant): SyncedTemplate {
  const told = (field: TemplateField | 'document') => isTold(known, field, askedAt)
  const refused = staysRefused(listed, known, askedAt)
  return {
    ...listed,
    status: told('status') || refused ? known.status : listed.status,
    metaStatus: told('status') ? known.meta_status : refused ? listed.status : null,
    category: told('category') ? known.category : listed.category,
    quality: told('quality') ? known.quality : listed.quality,
    nextCategory: told('category') ? known.next_category : (listed.nextCategory ?? null),
    document: told('document') ? known.document : listed.document,
  }
}

/** In what a message, or whoever sends it, has to know. */
function isOther(a: SyncedTemplate, b: SyncedTemplate): boolean {
  const fields = ['status', 'category', 'quality'] as const
  return fields.some((field) => a[field] !== b[field]) || !isDeepStrictEqual(compiledOf(a, a), compiledOf(b, a))
}

export function changesOf(was: TemplateRow | null, now: SyncedTemplate): TemplateChange[] {
  const fields = ['status', 'category', 'quality'] as const
  return fields.flatMap((field) => {
    const value = now[field]
    if (value === null || was?.[field] === value) return []
    return [{ id: now.id, name: now.name, language: now.language, field, was: was?.[field] ?? null, now: value }]
  })
}

/** Of one that stays the same template: what a message has to fit, and what is announced. */
function changesWithin(was: TemplateRow, now: SyncedTemplate): TemplateChange[] {
  const changes: TemplateChange[] = []
  const [before, after] = [compiledOf(was, now), compiledOf(now, now)]
  if (!isDeepStrictEqual(before, after)) {
    changes.push({ ...keyOf(was), field: 'components', was: before.body.text, now: after.body.text })
  }
  const { nextCategory = null } = now
  if (nextCategory !== null && nextCategory !== was.next_category) {
    changes.push({ ...keyOf(was), field: 'next_category', was: was.next_category, now: nextCategory })
  }
  return changes
}

function compiledOf(
  { document }: { document: unknown },
  { name, language, category }: SyncedTemplate,
): ReturnType<typeof compileTemplate> {
  return compileTemplate({ ...(document as RawTemplate), name, language, category })
}

function nameOf({ name, language }: { name: string; language: string }): string {
  return `${name} ${language}`
}
