import type { WabaId } from '../domain/ids.ts'
import { normaliseLanguage, templateStatusClass } from '../domain/template.ts'
import type { Instant } from '../domain/time.ts'
import type { WireTemplate } from '../graph/wire.ts'
import type { SyncedTemplate, TemplateChange } from '../store/templates/templates.ts'
import { type ReconcileIo, releaseTemplateWaiters } from './reconcile-waits.ts'

export interface SyncTemplatesIo {
  waits: Pick<ReconcileIo['waits'], 'releaseTemplate'>
  notifyDue(): Promise<void>
  /** The database's clock. */
  now(): Promise<Instant>
  /** All of an account's templates. Throws when Meta does not answer all pages. */
  listAtMeta(wabaId: WabaId): AsyncIterable<WireTemplate>
  /** Answers every change of status, category and quality since the last time. What was told since `askedAt` stays. */
  storeTemplates(wabaId: WabaId, listed: SyncedTemplate[], askedAt: Instant): Promise<TemplateChange[]>
}

/**
 * Reads an account's templates from Meta; all or nothing is stored, because what Meta no longer lists counts as deleted. Intents that
 * waited for a template whose matter is settled now are decided again: they leave if it can be sent, and fail with a reason if it never
 * will be. Only a change lets them go. A template that Meta lists as approved and refuses all the same would be tried forever otherwise.
 */
export async function syncTemplates(io: SyncTemplatesIo, wabaId: WabaId): Promise<{ synced: number }> {
  const askedAt = await io.now()
  const listed: SyncedTemplate[] = []
  for await (const template of io.listAtMeta(wabaId)) listed.push(toSynced(template))
  const changes = await io.storeTemplates(wabaId, listed, askedAt)
  for (const change of changes) {
    if (settlesWaiting(change)) await releaseTemplateWaiters(io, wabaId, change)
  }
  return { synced: listed.length }
}

function settlesWaiting({ field, was, now }: TemplateChange): boolean {
  if (field !== 'status') return false
  const after = templateStatusClass(now)
  return after !== 'waiting' && (was === null || templateStatusClass(was) !== after)
}

/** Languages come as `en_US`; webhooks say `en-US`. Quality is kept as Meta's word for it. */
export function toSynced(template: WireTemplate): SyncedTemplate {
  return {
    id: template.id,
    name: template.name,
    language: normaliseLanguage(template.language),
    category: template.category ?? UNKNOWN_CATEGORY,
    status: template.status,
    quality: template.quality_score?.score ?? null,
    document: template,
  }
}

const UNKNOWN_CATEGORY = 'UNKNOWN'
