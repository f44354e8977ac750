import { toIso } from '../../domain/time.ts'
import type { TemplateRow } from '../../store/pg/schema.ts'
import type { TemplateEvent } from '../../store/templates/reads.ts'

/** Meta's own members come first, so that ours, which webhooks keep fresh between two syncs, win. */
export function viewOfTemplate(row: TemplateRow): Record<string, unknown> {
  return {
    ...(row.document as object),
    id: row.id,
    waba_id: row.waba_id,
    name: row.name,
    language: row.language,
    category: row.category,
    status: row.status,
    quality: row.quality,
    synced_at: toIso(row.synced_at),
    category_change:
      row.next_category === null
        ? null
        : { at: row.next_category_from === null ? null : toIso(row.next_category_from), to: row.next_category },
  }
}

/** With all that was told of it, oldest first. */
export function viewOfTemplateInFull({ row, history }: { row: TemplateRow; history: TemplateEvent[] }) {
  const quality = history.filter((event) => event.field === 'quality')
  return {
    ...viewOfTemplate(row),
    quality_history: quality.map(({ at, now }) => ({ at, score: now })),
    history,
  }
}
