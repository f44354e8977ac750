import { isRecord } from '../content/template-message.ts'
import { lintButtons } from './lint/buttons.ts'
import { lintCarousel } from './lint/carousel.ts'
import { lintHead } from './lint/head.ts'
import { lintHeader } from './lint/header.ts'
import { bodyMax, couponMax, type Kinds, kindsOf, lintKinds } from './lint/kinds.ts'
import { lintLibrary } from './lint/library.ts'
import { faultsOfLinks, reportLinkInText } from './lint/links.ts'
import { type LintContext, lower, type Report, reportInto, type TemplateLint, typeOf, upper } from './lint/report.ts'
import { lintSmell } from './lint/smell.ts'
import { lintText } from './lint/text.ts'

export type { TemplateLint, TemplateLintProblem } from './lint/report.ts'

/*
 * What Meta would refuse about a template document, found before Meta is asked: every problem, not the first. Where an answer or an example
 * of Meta's own contradicts a rule that Meta or others tell, it is a warning. Component and button types that Meta added later are passed
 * unchecked. Lengths are code points. Rules that nobody can know from the document (a name that is taken or locked, wording that a reviewer
 * dislikes) are Meta's to tell.
 * Source: Meta, templates/components, templates/template-management and the page of each kind (read 2026-11).
 */

const FOOTER_MAX = 60
/** As many as anybody reads; then the linter stops. */
const MAX_PROBLEMS = 100
/** Of a document; Meta has eight kinds, of which there may be one each. */
const MAX_COMPONENTS = 50

/** Both empty when there is nothing to say, `problems` a hundred at most, and `warnings`. `message` continues the sentence that `path` begins. */
export function lintTemplate(document: unknown): TemplateLint {
  const lint: TemplateLint = { problems: [], warnings: [] }
  try {
    lintDocument(document, into(lint.problems), into(lint.warnings))
  } catch (error) {
    if (!(error instanceof Enough)) throw error
  }
  return lint
}

class Enough extends Error {}

function into(list: TemplateLint['problems']): Report {
  return reportInto((problem) => {
    if (list.length >= MAX_PROBLEMS) throw new Enough()
    list.push(problem)
  })
}

function lintDocument(document: unknown, report: Report, warn: Report): void {
  if (!isRecord(document)) {
    report('', 'no_document')
    return
  }
  const context = { report, warn, category: upper(document.category), format: lower(document.parameter_format) }
  lintHead(document, context)
  if (document.library_template_name !== undefined) {
    lintLibrary(document, context)
    return
  }
  if (Array.isArray(document.components)) lintComponents(document.components, context)
  else report('components', 'no_components')
  lintSmell(document, context)
}

function lintComponents(components: unknown[], context: LintContext): void {
  const { report } = context
  if (components.length > MAX_COMPONENTS) {
    report('components', 'too_many_components', { max: MAX_COMPONENTS, count: components.length })
    return
  }
  const readable = components.map((component) => (isRecord(component) ? component : {}))
  const kinds = kindsOf(readable)
  const seen = new Set<string>()
  for (const [index, component] of readable.entries()) {
    const at = `components.${index}`
    const type = typeOf(component)
    if (type === '') report(`${at}.type`, 'component_kind_missing')
    else if (seen.has(type)) report(at, 'component_twice', { kind: type })
    else lintComponent(component, type, at, kinds, context)
    seen.add(type)
  }
  if (!seen.has('BODY')) report('components', 'no_body')
  lintKinds(readable, kinds, context)
}

function lintComponent(
  component: Record<string, unknown>,
  type: string,
  path: string,
  kinds: Kinds,
  context: LintContext,
): void {
  // Meta writes the texts of an authentication template itself, see authentication.ts.
  const writtenByMeta = context.category === 'AUTHENTICATION'
  switch (type) {
    case 'HEADER':
      lintHeader(component, path, context)
      break
    case 'BODY':
      if (writtenByMeta) break
      lintText(component, 'body', { max: bodyMax(kinds) }, path, context)
      for (const fault of faultsOfLinks(String(component.text ?? ''))) reportLinkInText(fault, `${path}.text`, context)
      break
    case 'FOOTER':
      if (!writtenByMeta) lintText(component, 'footer', { max: FOOTER_MAX, maxVariables: 0 }, path, context)
      break
    case 'BUTTONS': {
      const coupon = couponMax(kinds)
      lintButtons(component.buttons, `${path}.buttons`, context, coupon === undefined ? {} : { couponMax: coupon })
      break
    }
    case 'CAROUSEL':
      lintCarousel(component.cards, `${path}.cards`, context)
  }
}
