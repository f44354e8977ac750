import type { Doer } from '../domain/audit.ts'
import { classify } from '../domain/failure.ts'
import type { WabaId } from '../domain/ids.ts'
import { normaliseLanguage } from '../domain/template.ts'
import { lintTemplate } from '../domain/template-lint.ts'
import type { Instant } from '../domain/time.ts'
import type { GraphAnswer } from '../graph/answer.ts'
import type { CreatedTemplate } from '../graph/wire.ts'
import type { SyncedTemplate } from '../store/templates/placing.ts'
import { type Answer, done, type Refusal, refused } from './answer.ts'
import { refusalOf } from './graph-refusal.ts'
import { adviceOnTemplate } from './template-refusals.ts'

export interface CreateTemplateIo {
  create(wabaId: WabaId, document: object): Promise<GraphAnswer<CreatedTemplate>>
  /** The database's clock. */
  now(): Promise<Instant>
  store(doer: Doer, wabaId: WabaId, template: SyncedTemplate, askedAt: Instant): Promise<void>
}

/** A template document as the Cloud API takes it. */
export type TemplateDocument = Record<string, unknown>

/**
 * Asks Meta only for what can be right. The template is stored as Meta answered: the category may differ from the one asked for.
 * Answers the template's id.
 */
export async function createTemplate(
  io: CreateTemplateIo,
  doer: Doer,
  wabaId: WabaId,
  document: TemplateDocument,
): Promise<Answer<string>> {
  const { problems } = lintTemplate(document)
  if (problems.length > 0) {
    const message = 'expected a template document that Meta would accept, see problems'
    return refused({ status: 422, code: 'template_invalid', message, problems })
  }
  const askedAt = await io.now()
  const answer = await io.create(wabaId, document)
  if (answer.kind !== 'ok') return refused(refusalOfTemplate(answer))
  const { id, status, category } = answer.value
  const asked = document as { name: string; language: string; category: string }
  const stored = {
    id,
    name: asked.name,
    language: normaliseLanguage(asked.language),
    category: category ?? asked.category.toUpperCase(),
    status: status ?? 'PENDING',
    quality: null,
  }
  await io.store(doer, wabaId, { ...stored, document: { ...document, ...stored } }, askedAt)
  return done(id)
}

/** The account has a template of this name in this language. Source: Meta, support/error-codes (read 2026-11). */
const NAME_TAKEN = 2388024

/**
 * Meta's own words are worth more than ours where the document is at fault, and ours say what to do; an account problem is not the caller's
 * to mend here.
 */
export function refusalOfTemplate(answer: Exclude<GraphAnswer<unknown>, { kind: 'ok' }>): Refusal {
  const refusal = refusalOf(answer)
  if (answer.kind !== 'refused') return refusal
  const advice = adviceOnTemplate(answer.error.subcode)
  const message = advice === null ? refusal.message : `${refusal.message} ${advice}`
  if (classify(answer.error).class === 'account') return { ...refusal, message }
  if (answer.error.subcode === NAME_TAKEN) return { status: 409, code: 'template_exists', message, field: 'name' }
  return { status: 422, code: 'graph_refused', message, problems: [{ path: '', message }] }
}
