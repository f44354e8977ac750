import type { WabaId } from '../domain/ids.ts'
import { normaliseLanguage, templateStatusClass } from '../domain/template.ts'
import type { Instant } from '../domain/time.ts'
import type { GraphAnswer } from '../graph/answer.ts'
import type { WireTemplate } from '../graph/wire.ts'
import type { TemplateChange } from '../store/templates/history.ts'
import type { SyncedTemplate } from '../store/templates/placing.ts'
import type { StoredListing } from '../store/templates/sync.ts'
import { type ReconcileIo, releaseTemplateWaiters } from './reconcile-waits.ts'

export interface StoreListedIo {
  waits: Pick<ReconcileIo['waits'], 'releaseTemplate'>
  notifyDue(): Promise<void>
  /** The database's clock. */
  now(): Promise<Instant>
  /** Answers every change since the last time. What was told since `askedAt` stays, and where it differs it is named. */
  storeListed(wabaId: WabaId, page: SyncedTemplate[], askedAt: Instant): Promise<StoredListing>
}

export interface SyncTemplatesIo extends StoreListedIo {
  /** By the database's clock. */
  beginSync(wabaId: WabaId): Promise<Instant>
  /** All of an account's templates; Meta is asked for a page when it is wanted. Throws when Meta does not answer all pages. */
  listAtMeta(wabaId: WabaId): AsyncIterable<WireTemplate[]>
  /** What was not listed counts as deleted. */
  endSync(wabaId: WabaId, listed: string[], beganAt: Instant): Promise<TemplateChange[]>
}

/**
 * Reads an account's templates from Meta, and stores them page by page. Only when all pages came counts as deleted what was on none. Intents
 * that waited for a template whose matter is settled now are decided again: they leave if it can be sent, and fail with a reason if it
 * never will be. Only a change lets them go. A template that Meta lists as approved and refuses all the same would be tried forever
 * otherwise.
 */
export async function syncTemplates(io: SyncTemplatesIo, wabaId: WabaId): Promise<{ synced: number }> {
  const beganAt = await io.beginSync(wabaId)
  const ids: string[] = []
  let askedAt = beganAt
  for await (const page of io.listAtMeta(wabaId)) {
    ids.push(...page.map(({ id }) => id))
    await letGo(io, wabaId, (await io.storeListed(wabaId, page.map(toSynced), askedAt)).changes)
    // Each page is as old as the question for it.
    askedAt = await io.now()
  }
  await letGo(io, wabaId, await io.endSync(wabaId, ids, beganAt))
  return { synced: ids.length }
}

export interface RefreshTemplateIo extends StoreListedIo {
  readAtMeta(wabaId: WabaId, templateId: string): Promise<GraphAnswer<WireTemplate>>
}

export type Refreshed = { stored: boolean; askedAt: Instant; answer: GraphAnswer<WireTemplate> }

/** After a webhook of the same moment the next reading is the newer, and hardly ever comes a third. */
const READINGS = 3

/**
 * Reads a single template from Meta, as after a webhook about one that is unknown here, or after a deed of ours, whose outcome somebody
 * waits for. Again where something else was told meanwhile, for which of both is the newer can only be asked.
 */
export async function refreshTemplate(io: RefreshTemplateIo, wabaId: WabaId, templateId: string): Promise<Refreshed> {
  for (let reading = 1; ; reading++) {
    const { unclear, ...refreshed } = await readOnce(io, wabaId, templateId)
    if (!unclear || reading === READINGS) return refreshed
  }
}

async function readOnce(
  io: RefreshTemplateIo,
  wabaId: WabaId,
  templateId: string,
): Promise<Refreshed & { unclear: boolean }> {
  const askedAt = await io.now()
  const answer = await io.readAtMeta(wabaId, templateId)
  if (answer.kind !== 'ok') return { stored: false, unclear: false, askedAt, answer }
  const { changes, unclear } = await io.storeListed(wabaId, [toSynced(answer.value)], askedAt)
  await letGo(io, wabaId, changes)
  return { stored: true, unclear: unclear.length > 0, askedAt, answer }
}

export interface ForgetTemplatesIo extends Pick<StoreListedIo, 'waits' | 'notifyDue'> {
  forget(wabaId: WabaId, which: { name: string; id?: string } | { ids: string[] }): Promise<TemplateChange[]>
}

/** They were deleted at Meta: who waits for one of them is told. */
export async function forgetTemplates(
  io: ForgetTemplatesIo,
  wabaId: WabaId,
  which: Parameters<ForgetTemplatesIo['forget']>[1],
): Promise<void> {
  await letGo(io, wabaId, await io.forget(wabaId, which))
}

async function letGo(
  io: Pick<StoreListedIo, 'waits' | 'notifyDue'>,
  wabaId: WabaId,
  changes: TemplateChange[],
): Promise<void> {
  for (const change of changes) {
    if (settlesWaiting(change)) await releaseTemplateWaiters(io, wabaId, change)
  }
}

/** After an edit they may fit, or not fit, what they did before. */
function settlesWaiting({ field, was, now }: TemplateChange): boolean {
  if (field === 'components') return true
  if (field !== 'status') return false
  const after = templateStatusClass(now)
  return after !== 'waiting' && (was === null || templateStatusClass(was) !== after)
}

/** Languages come as `en_US`; webhooks say `en-US`. Quality is kept as Meta's word for it. */
export function toSynced(template: WireTemplate): SyncedTemplate {
  const { category, correct_category: correct } = template
  return {
    id: template.id,
    name: template.name,
    language: normaliseLanguage(template.language),
    category: category ?? UNKNOWN_CATEGORY,
    status: template.status,
    quality: template.quality_score?.score ?? null,
    nextCategory: correct && correct !== category ? correct : null,
    document: template,
  }
}

const UNKNOWN_CATEGORY = 'UNKNOWN'
