import { messageSchema, normaliseLanguage } from '../content.ts'
import { listTemplateProblems, type TemplateDefinition, templateStatusClass } from '../template.ts'
import type { Path, Problems } from './problem.ts'
import type { FlowTemplate, Program, SendStep } from './program.ts'
import { hint, problem } from './sentences.ts'
import { referenceFrom } from './template-reference.ts'
import { type FlowText, placesOf } from './text.ts'

/*
 * What a program sends, held against the templates that its accounts have: whether they are there, may be sent, fit what they are given, and
 * are of a kind that its purpose allows.
 */

/** One language of a template in one account. */
export interface KnownVariant {
  waba: string
  name: string
  /** Of Meta: en_US. */
  language: string
  status: string
  category: string
  quality: string | null
  definition: TemplateDefinition
}

export interface TemplateBook {
  /** Accounts from which the flow may send and whose templates are known. */
  wabas: readonly string[]
  variants: readonly KnownVariant[]
}

/** Names of all templates that it may send. */
export function templateNamesOf(program: Program): string[] {
  const named = program.steps.flatMap((step) => (step.verb === 'send' ? placed(step, []) : []))
  return [...new Set(named.map(([{ name }]) => name))]
}

/** Where no account's templates are known, nothing is said of any. */
export function checkTemplates(program: Program, book: TemplateBook, problems: Problems): void {
  if (book.wabas.length === 0) return
  program.steps.forEach((step, i) => {
    if (step.verb !== 'send') return
    for (const [template, path] of placed(step, ['steps', i])) checkOne(program, step, template, path, book, problems)
  })
}

function placed({ message, whenClosed }: SendStep, path: Path): [FlowTemplate, Path][] {
  if (message.kind === 'template') return [[message.template, [...path, 'send', 'template']]]
  if (whenClosed === null || typeof whenClosed === 'string') return []
  const [kind, list] =
    'downgrade' in whenClosed ? (['downgrade', whenClosed.downgrade] as const) : ['follow_up', whenClosed.follow_up]
  // One may stand without a list.
  return list.map((one, i) => [one, [...path, 'when_closed', kind, ...(list.length > 1 ? [i] : [])]])
}

function checkOne(
  program: Program,
  step: SendStep,
  template: FlowTemplate,
  path: Path,
  book: TemplateBook,
  problems: Problems,
): void {
  const { name } = template
  const variants = book.variants.filter((one) => one.name === name)
  if (variants.length === 0) {
    problems.error([...path, 'name'], problem('template_unknown', { name }), hint('make_template'))
    return
  }
  const language = placesOf(template.language).length > 0 ? null : normaliseLanguage(template.language.source)
  const chosen = language === null ? variants : variants.filter((one) => normaliseLanguage(one.language) === language)
  if (chosen.length === 0) {
    const there = [...new Set(variants.map((one) => one.language))].join(', ')
    problems.error([...path, 'language'], problem('template_language', { name, known: there, got: String(language) }))
    return
  }
  const live = chosen.filter(({ status }) => templateStatusClass(status) !== 'gone')
  if (live.length === 0) {
    problems.error([...path, 'name'], problem('template_gone', { name, status: String(chosen[0]?.status) }))
    return
  }
  warnOf(template, path, live, book, problems)
  const isOfMarketing = live.some(({ category }) => category.toUpperCase() === 'MARKETING')
  // Where the step says what follows for who opted out, nothing is left to say.
  if (program.purpose !== 'marketing' && isOfMarketing && step.otherwise === null) {
    problems.error(
      [...path, 'name'],
      problem('template_marketing', { purpose: program.purpose, name }),
      hint('marketing_ways'),
    )
  }
  checkParameters(template, path, live, problems)
}

function warnOf(
  { name }: FlowTemplate,
  path: Path,
  live: readonly KnownVariant[],
  { wabas }: TemplateBook,
  problems: Problems,
): void {
  const lacking = wabas.filter((waba) => !live.some((one) => one.waba === waba))
  if (lacking.length > 0) {
    const code = lacking.length > 1 ? 'template_lacking_several' : 'template_lacking'
    problems.warn([...path, 'name'], problem(code, { accounts: lacking.join(', '), name }))
  }
  const waiting = live.filter(({ status }) => templateStatusClass(status) === 'waiting')
  if (waiting.length > 0) {
    problems.warn([...path, 'name'], problem('template_waiting', { name, status: String(waiting[0]?.status) }))
  }
  if (live.some(({ quality }) => quality === 'RED')) {
    problems.warn([...path, 'name'], problem('template_red', { name }))
  }
}

/** What it is given, with something where a place is. Of a language that is told later, one that fits is enough. */
function checkParameters(template: FlowTemplate, path: Path, live: readonly KnownVariant[], problems: Problems): void {
  const faults = live.map((variant) => {
    const { name, components } = referenceFrom(template, sampleOf)
    const message = {
      type: 'template',
      template: { name, language: { code: variant.language }, ...(components ? { components } : {}) },
    }
    const parsed = messageSchema.safeParse(message)
    // Its shape was checked with the document.
    return parsed.success ? (listTemplateProblems(parsed.data, variant.definition)[0] ?? null) : null
  })
  const at = faults.findIndex((fault) => fault !== null)
  const fault = faults[at]
  if (!fault) return
  const { language } = live[at] as KnownVariant
  const unfit = { name: template.name, language, why: fault.text }
  if (faults.some((one) => one === null)) problems.warn(path, problem('template_may_unfit', unfit))
  else problems.error(path, problem('template_unfit', unfit))
}

function sampleOf({ parts }: FlowText): string {
  return parts.map((part) => (typeof part === 'string' ? part : part.fallback || 'x')).join('')
}
