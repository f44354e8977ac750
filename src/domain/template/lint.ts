import { isRecord } from '../content/template-message.ts'
import { lintButtons } from './lint-buttons.ts'
import { countOf, type LintContext, type Report, type TemplateLintProblem, typeOf } from './lint-report.ts'
import { lintText } from './lint-text.ts'

export type { TemplateLintProblem } from './lint-report.ts'

/*
 * What Meta would refuse about a template document, found before Meta is asked: every problem, not the first. Component and button types
 * that Meta added later are passed unchecked. Lengths are code points. Rules that nobody can know from the document (a name that is
 * taken or locked, wording that a reviewer dislikes) are Meta's to tell.
 * Source: Meta, templates/components, templates/template-management and templates/time-to-live (read 2026-11).
 */

const NAME = /^[a-z0-9_]{1,512}$/
const LANGUAGE = /^[a-z]{2,3}(_[A-Z]{2,4})?$/
const CATEGORIES = ['MARKETING', 'UTILITY', 'AUTHENTICATION']
const FORMATS = ['named', 'positional']

const BODY_MAX = 1024
const CARD_BODY_MAX = 160
const HEADER_MAX = 60
const FOOTER_MAX = 60
const OFFER_MAX = 16
const MAX_CARDS = 10
const MAX_CODE_MINUTES = 90

/** Seconds. Marketing templates keep theirs only on the Marketing Messages API. -1 is 30 days. */
const TTL_SECONDS: Readonly<Record<string, readonly [min: number, max: number]>> = {
  AUTHENTICATION: [30, 900],
  UTILITY: [30, 43_200],
  MARKETING: [43_200, 2_592_000],
}

/** As many as anybody reads; then the linter stops. */
const MAX_PROBLEMS = 100
/** Of a document or a card; Meta has eight kinds, of which there may be one each. */
const MAX_COMPONENTS = 50

/** Empty when Meta has nothing to object to, at most a hundred. `message` continues the sentence that `path` begins. */
export function lintTemplate(document: unknown): TemplateLintProblem[] {
  const problems: TemplateLintProblem[] = []
  const report: Report = (path, message) => {
    if (problems.length >= MAX_PROBLEMS) throw new Enough()
    problems.push({ path, message })
  }
  try {
    return lintDocument(document, report, problems)
  } catch (error) {
    if (error instanceof Enough) return problems
    throw error
  }
}

class Enough extends Error {}

function lintDocument(document: unknown, report: Report, problems: TemplateLintProblem[]): TemplateLintProblem[] {
  if (!isRecord(document)) {
    report('', 'is to be a JSON object')
    return problems
  }
  const context = { report, category: upper(document.category), format: lower(document.parameter_format) }
  lintHead(document, context)
  lintTimeToLive(document.message_send_ttl_seconds, context)
  if (Array.isArray(document.components)) lintComponents(document.components, 'components', context, lintComponent)
  else report('components', 'is to be a list of components')
  return problems
}

function lintHead(document: Record<string, unknown>, { report, category, format }: LintContext): void {
  const { name, language } = document
  if (typeof name !== 'string' || !NAME.test(name)) {
    report('name', 'is to be 1 to 512 lower-case letters, digits and underscores')
  }
  if (typeof language !== 'string' || !LANGUAGE.test(language)) {
    report('language', 'is to be a code such as en or pt_BR, spelled with an underscore')
  }
  if (!CATEGORIES.includes(category)) report('category', `is to be one of ${CATEGORIES.join(', ')}`)
  if (document.parameter_format !== undefined && !FORMATS.includes(format)) {
    report('parameter_format', `is to be one of ${FORMATS.join(', ')}`)
  }
}

function lintTimeToLive(ttl: unknown, { report, category }: LintContext): void {
  const range = TTL_SECONDS[category]
  if (ttl === undefined || ttl === null || !range) return
  if (ttl === -1 && category !== 'MARKETING') return
  const [min, max] = range
  if (typeof ttl === 'number' && Number.isInteger(ttl) && ttl >= min && ttl <= max) return
  report('message_send_ttl_seconds', `is to be ${min} to ${max} seconds for the category ${category}`)
}

type LintOne = (component: Record<string, unknown>, type: string, path: string, context: LintContext) => void

function lintComponents(components: unknown[], path: string, context: LintContext, lintOne: LintOne): void {
  if (components.length > MAX_COMPONENTS) {
    context.report(path, `is to be at most ${MAX_COMPONENTS} components, got ${components.length}`)
    return
  }
  const seen = new Set<string>()
  for (const [index, component] of components.entries()) {
    const at = `${path}.${index}`
    if (!isRecord(component) || typeof component.type !== 'string') {
      context.report(`${at}.type`, 'is to name the kind of component')
      continue
    }
    const type = typeOf(component)
    if (seen.has(type)) context.report(at, `is a second ${type}; there may be one`)
    seen.add(type)
    lintOne(component, type, at, context)
  }
  if (!seen.has('BODY')) context.report(path, 'has no BODY')
}

function lintComponent(component: Record<string, unknown>, type: string, path: string, context: LintContext): void {
  switch (type) {
    case 'HEADER':
      lintHeader(component, path, context)
      break
    case 'BODY':
      // Meta writes the body of an authentication template itself.
      if (context.category !== 'AUTHENTICATION') lintText(component, 'body', { max: BODY_MAX }, path, context)
      break
    case 'FOOTER':
      lintFooter(component, path, context)
      break
    case 'BUTTONS':
      lintButtons(component.buttons, `${path}.buttons`, context)
      break
    case 'CAROUSEL':
      lintCarousel(component.cards, `${path}.cards`, context)
      break
    case 'LIMITED_TIME_OFFER':
      lintOffer(component.limited_time_offer, `${path}.limited_time_offer.text`, context)
  }
}

function lintHeader(component: Record<string, unknown>, path: string, context: LintContext): void {
  const format = upper(component.format ?? 'TEXT')
  if (format === 'TEXT') lintText(component, 'header', { max: HEADER_MAX, maxVariables: 1 }, path, context)
  if (['IMAGE', 'VIDEO', 'DOCUMENT', 'GIF'].includes(format)) lintMediaExample(component, path, context)
}

function lintMediaExample(component: Record<string, unknown>, path: string, { report }: LintContext): void {
  const handles = isRecord(component.example) ? component.example.header_handle : undefined
  const given = Array.isArray(handles) && typeof handles[0] === 'string' && handles[0] !== ''
  if (!given) report(`${path}.example.header_handle`, 'is to hold the handle of an uploaded example')
}

function lintFooter(component: Record<string, unknown>, path: string, context: LintContext): void {
  if (context.category !== 'AUTHENTICATION') {
    lintText(component, 'footer', { max: FOOTER_MAX, maxVariables: 0 }, path, context)
    return
  }
  const minutes = component.code_expiration_minutes
  if (minutes === undefined) return
  if (typeof minutes === 'number' && Number.isInteger(minutes) && minutes >= 1 && minutes <= MAX_CODE_MINUTES) return
  context.report(`${path}.code_expiration_minutes`, `is to be 1 to ${MAX_CODE_MINUTES} minutes`)
}

function lintCarousel(cards: unknown, path: string, context: LintContext): void {
  if (!Array.isArray(cards) || cards.length < 1 || cards.length > MAX_CARDS) {
    context.report(path, `is to hold 1 to ${MAX_CARDS} cards, got ${countOf(cards)}`)
    return
  }
  for (const [index, card] of cards.entries()) {
    const at = `${path}.${index}.components`
    if (isRecord(card) && Array.isArray(card.components))
      lintComponents(card.components, at, context, lintCardComponent)
    else context.report(at, 'is to be a list of components')
  }
}

function lintCardComponent(component: Record<string, unknown>, type: string, path: string, context: LintContext): void {
  if (type === 'BODY') lintText(component, 'body', { max: CARD_BODY_MAX }, path, context)
  else lintComponent(component, type, path, context)
}

function lintOffer(offer: unknown, path: string, { report }: LintContext): void {
  const text = isRecord(offer) ? offer.text : undefined
  if (typeof text !== 'string' || text === '' || [...text].length > OFFER_MAX) {
    report(path, `is to be 1 to ${OFFER_MAX} characters`)
  }
}

function upper(value: unknown): string {
  return typeof value === 'string' ? value.toUpperCase() : ''
}

function lower(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : ''
}
