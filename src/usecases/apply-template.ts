import type { WabaId } from '../domain/ids.ts'
import { isDeletedStatus, statusOfEvent, templateStatusClass } from '../domain/template.ts'
import type { Instant } from '../domain/time.ts'
import type { TemplateCategoryEvent, TemplateEvent, TemplateStatusEvent } from '../graph/webhook-event.ts'

/** Whose name is in the language, and what it was. */
export interface ChangedTemplate {
  wabaId: WabaId
  name: string
  language: string
  was: string | null
  now: string
  /** What was known may be the newer: Meta is to be asked. */
  doubtful: boolean
}

/** `unclear`: as doubtful, and what was known stays until then. */
type NoChange = 'unknown' | 'older' | 'unclear'

/** Reads and writes of one transaction. */
export type TemplateNewsIo = {
  templates: {
    change(
      templateId: string,
      field: 'status' | 'category' | 'quality',
      value: string,
      detail: unknown,
      at: Instant | null,
    ): Promise<ChangedTemplate | NoChange>
    announceCategory(
      templateId: string,
      category: { today: string | null; next: string; from: Instant | null },
      detail: unknown,
      at: Instant | null,
    ): Promise<'announced' | 'doubtful' | NoChange>
    /** One was deleted that is unknown here: a listing that is on its way may have it. */
    noteDeletion(wabaId: WabaId): Promise<void>
    /** It is to be read from Meta: it is unknown here, or other than here. */
    look(wabaId: WabaId, templateId: string): Promise<void>
  }
  intents: {
    releaseForTemplate(wabaId: WabaId, name: string, language: string): Promise<number>
  }
}

/**
 * What Meta tells of a template. One that is unknown here was made elsewhere, and is read; so is one whose texts are others. Answers whether
 * an intent fell due.
 */
export async function applyTemplateEvent(io: TemplateNewsIo, event: TemplateEvent): Promise<boolean> {
  const { templateId, wabaId } = event
  if (templateId === null) return false
  const look = async () => {
    if (wabaId !== null) await io.templates.look(wabaId, templateId)
  }
  switch (event.kind) {
    case 'template_status':
      return applyStatus(io, templateId, event, look)
    case 'template_quality':
      if (event.quality !== null) {
        const changed = await io.templates.change(templateId, 'quality', event.quality, event.body, event.at)
        if (mustLook(changed)) await look()
      }
      return false
    case 'template_category':
      if (mustLook(await applyCategory(io, templateId, event))) await look()
      return false
    case 'template_components':
      await look()
      return false
    case 'template_misfiled':
      // To be watched only, says Meta: `template_category_update` tells when something changes.
      return false
  }
}

/** It is unknown here, or who is right is not known. */
function mustLook(told: ChangedTemplate | NoChange | 'announced' | 'doubtful' | null): boolean {
  if (told === null) return false
  return typeof told === 'string' ? ['unknown', 'unclear', 'doubtful'].includes(told) : told.doubtful
}

/**
 * A template that may go now lets go who waited for it; one that never will, too: they are decided again, and told. Also when its status
 * is no news: the webhook that paused it may have been lost, and then they wait because Meta refused it. What was in review may have been
 * edited, in words that nobody told us, or that Meta wrote itself.
 */
async function applyStatus(
  io: TemplateNewsIo,
  templateId: string,
  { status: event, category, body, at, wabaId }: TemplateStatusEvent,
  look: () => Promise<void>,
): Promise<boolean> {
  const status = statusOfEvent(event)
  if (status === null) {
    await look()
    return false
  }
  const change = () => io.templates.change(templateId, 'status', status, body, at)
  let changed = await change()
  if (changed === 'unknown' && isDeletedStatus(status)) {
    // Nothing is to be read of it, and a page that lists it all the same may be stored until this is noted.
    if (wabaId !== null) await io.templates.noteDeletion(wabaId)
    changed = await change()
    if (changed === 'unknown') return false
  }
  if (mustLook(changed)) await look()
  if (typeof changed === 'string') return false
  if (category !== null) await io.templates.change(templateId, 'category', category, body, at)
  const statusClass = templateStatusClass(status)
  if (statusClass === 'usable' && changed.was !== null && templateStatusClass(changed.was) !== 'usable') await look()
  if (statusClass === 'waiting') return false
  return (await io.intents.releaseForTemplate(changed.wabaId, changed.name, changed.language)) > 0
}

async function applyCategory(
  io: TemplateNewsIo,
  templateId: string,
  { category, upcomingCategory, upcomingFrom, body, at }: TemplateCategoryEvent,
): Promise<ChangedTemplate | NoChange | 'announced' | 'doubtful' | null> {
  if (upcomingCategory !== null) {
    const announced = { today: category, next: upcomingCategory, from: upcomingFrom }
    return io.templates.announceCategory(templateId, announced, body, at)
  }
  return category === null ? null : io.templates.change(templateId, 'category', category, body, at)
}
