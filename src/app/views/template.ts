import { toIso } from '../../domain/time.ts'
import type { TemplateRow } from '../../store/pg/schema.ts'

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
  }
}
