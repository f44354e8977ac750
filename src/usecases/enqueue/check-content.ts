import {
  type Message,
  type TemplateReference,
  templateOfMessage,
  templatesOf,
  type WhenClosed,
} from '../../domain/content.ts'
import type { TemplateFacts } from '../../domain/decision.ts'
import type { CancelOn, ParsedIntentRequest } from '../../domain/request.ts'
import {
  buildTemplateMessage,
  listTemplateProblems,
  misspeltContactValues,
  sampleContactValues,
  type TemplateProblem,
} from '../../domain/template.ts'
import type { SenderForEnqueue } from '../../store/intents/enqueue.ts'
import type { TemplateKey } from '../../store/templates/templates.ts'
import type { EnqueueError } from './read-request.ts'

export interface TemplateReads {
  readTemplates(keys: TemplateKey[]): Promise<Map<string, TemplateFacts>>
  templateKey(wabaId: TemplateKey['wabaId'], reference: TemplateReference): string
}

/** What its checks look at. */
export interface Content {
  request: ParsedIntentRequest
  sender: SenderForEnqueue
}

export function templateKeysOf(draft: Content): TemplateKey[] {
  return templatesUsedBy(draft).map(({ reference }) => ({ wabaId: draft.sender.wabaId, reference }))
}

function templatesUsedBy(draft: Content): { field: string; reference: TemplateReference }[] {
  const { message, when_closed: policy } = draft.request
  if (message.type === 'template') return [{ field: 'message.template.name', reference: templateOfMessage(message) }]
  if (policy === undefined)
    return templatesOf(draft.sender.defaultWhenClosed).map((reference) => ({ field: 'when_closed', reference }))
  return templatesOf(policy).map((reference) => ({ field: 'when_closed', reference }))
}

/**
 * A name Meta does not know or parameters that do not fit are the producer's mistake, and cheapest to tell now. What may change until
 * the message leaves (pending, paused, disabled) is not asked here. Accounts that were never synced are given the benefit of the doubt.
 */
export function checkTemplates(
  draft: Content,
  lookUp: (reference: TemplateReference) => TemplateFacts | null,
): EnqueueError | null {
  for (const { field, reference } of templatesUsedBy(draft)) {
    const [misspelt, ...more] = misspeltIn(draft, reference)
    if (misspelt) return misfit(misspelt.field, misspelt.text, [misspelt, ...more])
    const template = lookUp(reference)
    if (template === null) {
      if (!draft.sender.templatesSynced) continue
      const message = `expected ${field} to name a template of the account, got "${reference.name}" in language "${reference.language}"; sync the templates if it is new`
      return { status: 404, code: 'template_unknown', message, field }
    }
    const { message } = draft.request
    if (message.type === 'template') {
      const [mismatch, ...others] = listTemplateProblems(sampleContactValues(message), template.definition)
      if (mismatch) return misfit(mismatch.field, mismatch.text, [mismatch, ...others])
    } else {
      const built = buildTemplateMessage(sampleContactValues(reference), template.definition)
      if (!built.ok) return misfit(field, `Template ${reference.name}: ${built.problem.text}`, built.problems)
    }
  }
  return null
}

/** What was changed of a message that is there, checked as that of a new one. */
export async function checkContent(
  io: TemplateReads,
  { message, whenClosed, cancelOn, sender, changes }: ContentOfOne,
): Promise<EnqueueError | null> {
  const request = { message, when_closed: whenClosed, cancel_on: [...cancelOn] } as ParsedIntentRequest
  const draft: Content = { request, sender }
  if (changes.cancel_on !== undefined || changes.when_closed !== undefined || changes.message !== undefined) {
    const error = checkCancelling(draft)
    if (error) return error
  }
  if (changes.message === undefined && changes.when_closed === undefined) return null
  const templates = await io.readTemplates(templateKeysOf(draft))
  return checkTemplates(draft, (reference) => lookUp(io, templates, draft, reference))
}

export interface ContentOfOne {
  message: Message
  whenClosed: WhenClosed
  cancelOn: readonly CancelOn[]
  sender: SenderForEnqueue
  /** Only what was named is looked at anew. */
  changes: { message?: unknown; when_closed?: unknown; cancel_on?: unknown }
}

/** Who is asked to answer, and answers, is to get the message; it cannot be what ends it. */
export function checkCancelling({ request, sender }: Content): EnqueueError | null {
  if (!request.cancel_on?.includes('reply') || request.message.type === 'template') return null
  if (!asksForAnAnswer(request.when_closed ?? sender.defaultWhenClosed)) return null
  const which = request.when_closed === undefined ? "the sender's default_when_closed" : 'when_closed'
  const message = `expected cancel_on without "reply" where ${which} asks the customer to answer: their answer would cancel the message`
  return { status: 400, code: 'invalid', message, field: 'cancel_on' }
}

function asksForAnAnswer(policy: WhenClosed): boolean {
  if (typeof policy === 'string') return false
  return 'follow_up' in policy || ('when_free' in policy && 'follow_up' in policy.when_free)
}

function misspeltIn(
  { request: { message } }: Content,
  { parameters, components }: TemplateReference,
): TemplateProblem[] {
  if (message.type === 'template') return misspeltContactValues(message.template.components, 'template.components')
  return [...misspeltContactValues(parameters, 'parameters'), ...misspeltContactValues(components, 'components')]
}

function misfit(field: string, message: string, found: TemplateProblem[]): EnqueueError {
  const problems = found.map(({ field: path, text }) => ({ path, message: text }))
  return { status: 400, code: 'template_parameters', message, field, problems }
}

export function lookUp(
  io: Pick<TemplateReads, 'templateKey'>,
  templates: Map<string, TemplateFacts>,
  draft: Content,
  reference: TemplateReference,
): TemplateFacts | null {
  return templates.get(io.templateKey(draft.sender.wabaId, reference)) ?? null
}
