import type { Purview } from '../domain/access.ts'
import type { Doer } from '../domain/audit.ts'
import type { WabaId } from '../domain/ids.ts'
import { lintTemplate } from '../domain/template-lint.ts'
import { DAY_MS, type Instant, plus, toIso } from '../domain/time.ts'
import type { GraphAnswer } from '../graph/answer.ts'
import type { Archived, Success } from '../graph/wire.ts'
import type { TemplateRow } from '../store/pg/schema.ts'
import { type Answer, done, invalid, refused, unknown } from './answer.ts'
import { refusalOfTemplate, type TemplateDocument } from './create-template.ts'

/* What is done to a template that exists: edits, deletion, and the end of a pause. Meta is asked first; what it agreed to is known at once. */

export type TemplateCommand = 'edit' | 'delete' | 'unpause' | 'archive' | 'unarchive' | 'hide' | 'unhide'

export interface ManageTemplatesIo {
  now(): Promise<Instant>
  readTemplate(purview: Purview, id: string): Promise<{ row: TemplateRow } | null>
  /** When it was edited by us, since then; the oldest first. */
  editsSince(id: string, since: Instant): Promise<Instant[]>
  edit(wabaId: WabaId, id: string, patch: object): Promise<GraphAnswer<Success>>
  remove(wabaId: WabaId, template: { id: string; name: string }): Promise<GraphAnswer<Success>>
  unpause(wabaId: WabaId, id: string): Promise<GraphAnswer<Success>>
  archive(wabaId: WabaId, id: string, to: 'archive' | 'unarchive'): Promise<GraphAnswer<Archived>>
  /** False where it was not held for its category. Into the audit log and the template's history, too. */
  endCategoryHold(doer: Doer, id: string): Promise<boolean>
  /** False where Meta does not refuse it although it lists it as approved. Into the audit log and the template's history, too. */
  endRefusal(doer: Doer, id: string): Promise<boolean>
  /** Who waits for it is decided again. */
  letGo(wabaId: WabaId, template: { name: string; language: string }): Promise<void>
  /** Whether lists leave it out. Into the audit log and the template's history, too. */
  setHidden(doer: Doer, id: string, hidden: boolean): Promise<void>
  /** Into the audit log and the template's history. */
  recordCommand(doer: Doer, id: string, command: TemplateCommand): Promise<void>
  /** As Meta has it now; where it does not answer, that is left for later. */
  readAgain(wabaId: WabaId, id: string): Promise<void>
  forgotten(wabaId: WabaId, id: string): Promise<void>
}

export interface TemplatePatch {
  components?: unknown
  category?: string | undefined
  message_send_ttl_seconds?: number | undefined
}

/** Whose content Meta lets edit; of a disabled one its pages say both, so Meta is asked. Source: Meta, template-management (read 2026-11). */
const EDITABLE = ['APPROVED', 'REJECTED', 'PAUSED', 'DISABLED']
/** Of the content of an approved one. */
const EDITS_PER_DAY = 1
const EDITS_PER_MONTH = 10
const MONTH_MS = 30 * DAY_MS

/**
 * Its components whole, or its time to live. A category is never edited: Meta would put an approved template back into review, and which one
 * it is decides what a message costs.
 */
export async function editTemplate(
  io: ManageTemplatesIo,
  doer: Doer,
  id: string,
  patch: TemplatePatch,
): Promise<Answer<null>> {
  const found = await io.readTemplate(doer, id)
  if (!found) return noTemplate(id)
  const { row } = found
  const { category, ...changes } = patch
  if (category !== undefined && category.toUpperCase() !== row.category) {
    return invalid('category', `expected category to stay ${row.category}: make a new template for another one`)
  }
  if (Object.values(changes).every((value) => value === undefined)) {
    return invalid('components', 'expected components or message_send_ttl_seconds to be there')
  }
  if (!EDITABLE.includes(row.status)) {
    const message = `expected a template that is ${EDITABLE.join(', ')} to be edited, got one that is ${row.status}`
    return refused({ status: 409, code: 'wrong_state', message })
  }
  const misfit = lintEdit(row, changes)
  if (!misfit.ok) return misfit
  const limited = row.status === 'APPROVED' ? await editLimit(io, id) : null
  if (limited) return limited
  const answer = await io.edit(row.waba_id as WabaId, id, changes)
  if (answer.kind !== 'ok') return refused(refusalOfTemplate(answer))
  await io.recordCommand(doer, id, 'edit')
  await io.readAgain(row.waba_id as WabaId, id)
  return done(null)
}

/** As the whole that it will be. */
function lintEdit(row: TemplateRow, changes: TemplatePatch): Answer<null> {
  const { name, language, category } = row
  const { parameter_format, components } = row.document as TemplateDocument
  const whole = { name, language, category, ...(parameter_format ? { parameter_format } : {}), components, ...changes }
  const edited = ['components', 'message_send_ttl_seconds']
  const problems = lintTemplate(whole).problems.filter(({ path }) => edited.some((member) => path.startsWith(member)))
  if (problems.length === 0) return done(null)
  const message = 'expected an edit that Meta would accept, see problems'
  return refused({ status: 422, code: 'template_invalid', message, problems })
}

async function editLimit(io: ManageTemplatesIo, id: string): Promise<Answer<null> | null> {
  const now = await io.now()
  const edits = await io.editsSince(id, plus(now, -MONTH_MS))
  const ofDay = edits.filter((at) => at > now - DAY_MS)
  const free = [
    ofDay.length >= EDITS_PER_DAY ? plus(ofDay.at(-EDITS_PER_DAY) as Instant, DAY_MS) : null,
    edits.length >= EDITS_PER_MONTH ? plus(edits.at(-EDITS_PER_MONTH) as Instant, MONTH_MS) : null,
  ].filter((at) => at !== null)
  if (free.length === 0) return null
  const retryAt = toIso(Math.max(...free) as Instant)
  const message = `expected at most ${EDITS_PER_DAY} edit of an approved template in 24 hours and ${EDITS_PER_MONTH} in 30 days; the next may be made at ${retryAt}`
  return refused({ status: 409, code: 'edit_limit', message, retryAt })
}

/** One language of it. Messages that wait for it are told. */
export async function deleteTemplate(io: ManageTemplatesIo, doer: Doer, id: string): Promise<Answer<null>> {
  const found = await io.readTemplate(doer, id)
  if (!found) return noTemplate(id)
  const { row } = found
  if (row.status === 'DISABLED') {
    const message = 'expected a template that is not DISABLED: Meta deletes none that is'
    return refused({ status: 409, code: 'wrong_state', message })
  }
  const answer = await io.remove(row.waba_id as WabaId, row)
  if (answer.kind !== 'ok') return refused(refusalOfTemplate(answer))
  await io.recordCommand(doer, id, 'delete')
  await io.forgotten(row.waba_id as WabaId, id)
  return done(null)
}

/**
 * After a pause by pacing, which does not end by itself, others do; or after ours, when Meta had changed the category, or refused it although
 * it lists it as approved.
 */
export async function unpauseTemplate(io: ManageTemplatesIo, doer: Doer, id: string): Promise<Answer<null>> {
  const found = await io.readTemplate(doer, id)
  if (!found) return noTemplate(id)
  const wabaId = found.row.waba_id as WabaId
  if (await io.endCategoryHold(doer, id)) {
    await io.letGo(wabaId, found.row)
    if (found.row.status !== 'PAUSED') return done(null)
  }
  if (await io.endRefusal(doer, id)) {
    await io.letGo(wabaId, found.row)
    return done(null)
  }
  const answer = await io.unpause(wabaId, id)
  if (answer.kind !== 'ok') return refused(refusalOfTemplate(answer))
  if (!answer.value.success) {
    const why = typeof answer.value.reason === 'string' ? answer.value.reason : 'it gave no reason'
    return refused({ status: 409, code: 'wrong_state', message: `Meta did not end the pause: ${why}` })
  }
  await io.recordCommand(doer, id, 'unpause')
  await io.readAgain(wabaId, id)
  return done(null)
}

/**
 * Into Meta's archive, from which nothing is sent and which is emptied after 28 days, or out of it. Who waits for it is told. Source:
 * Meta, templates/template-archival (read 2026-11).
 */
export async function archiveTemplate(
  io: ManageTemplatesIo,
  doer: Doer,
  id: string,
  to: 'archive' | 'unarchive',
): Promise<Answer<null>> {
  const found = await io.readTemplate(doer, id)
  if (!found) return noTemplate(id)
  const wabaId = found.row.waba_id as WabaId
  const answer = await io.archive(wabaId, id, to)
  if (answer.kind !== 'ok') return refused(refusalOfTemplate(answer))
  const why = answer.value.failed_templates?.[id]
  if (why !== undefined) {
    const message = `Meta did not ${to} it: ${typeof why === 'string' ? why : JSON.stringify(why)}`
    return refused({ status: 409, code: 'wrong_state', message })
  }
  await io.recordCommand(doer, id, to)
  await io.readAgain(wabaId, id)
  return done(null)
}

/** Lists leave it out, as Meta's samples that nobody sends. Nothing else changes. */
export async function hideTemplate(
  io: ManageTemplatesIo,
  doer: Doer,
  id: string,
  hidden: boolean,
): Promise<Answer<null>> {
  if (!(await io.readTemplate(doer, id))) return noTemplate(id)
  await io.setHidden(doer, id, hidden)
  return done(null)
}

function noTemplate(id: string): Answer<never> {
  return unknown('template_unknown', `template ${id}`)
}
