import { META_LANGUAGES } from '../languages.ts'
import { isWholeFrom, type LintContext } from './report.ts'

/*
 * Everything beside the components.
 * Source: Meta, templates/template-management, templates/supported-languages and templates/time-to-live (read 2026-11).
 */

const NAME = /^[a-z0-9_]{1,512}$/
const LANGUAGE = /^[a-z]{2,3}(_[A-Z]{2,4})?$/
const CATEGORIES = ['MARKETING', 'UTILITY', 'AUTHENTICATION']
const FORMATS = ['named', 'positional']

/** Seconds. -1 is 30 days, for utility and authentication. */
const TTL_SECONDS: Readonly<Record<string, readonly [min: number, max: number]>> = {
  AUTHENTICATION: [30, 900],
  UTILITY: [30, 43_200],
  MARKETING: [43_200, 2_592_000],
}

export function lintHead(document: Record<string, unknown>, context: LintContext): void {
  const { report, category, format } = context
  const { name, parameter_format } = document
  if (typeof name !== 'string' || !NAME.test(name)) {
    report('name', 'is to be 1 to 512 lower-case letters, digits and underscores')
  }
  lintLanguage(document.language, context)
  if (!CATEGORIES.includes(category)) report('category', `is to be one of ${CATEGORIES.join(', ')}`)
  if (parameter_format !== undefined && !FORMATS.includes(format)) {
    report('parameter_format', `is to be one of ${FORMATS.join(', ')}`)
  }
  lintTimeToLive(document.message_send_ttl_seconds, context)
}

function lintLanguage(language: unknown, { report, warn }: LintContext): void {
  if (typeof language !== 'string' || !LANGUAGE.test(language)) {
    report('language', 'is to be a code such as en or pt_BR, spelled with an underscore')
  } else if (!META_LANGUAGES.has(language)) {
    warn('language', `is not among the codes that Meta names, such as en or pt_BR: ${language}`)
  }
}

function lintTimeToLive(ttl: unknown, { report, warn, category }: LintContext): void {
  const range = TTL_SECONDS[category]
  if (ttl === undefined || ttl === null || !range) return
  if (category === 'MARKETING') {
    warn('message_send_ttl_seconds', 'counts for marketing on the Marketing Messages API only; leave it out here')
  }
  if (ttl === -1 && category !== 'MARKETING') return
  const [min, max] = range
  if (isWholeFrom(ttl, min, max)) return
  report('message_send_ttl_seconds', `is to be ${min} to ${max} seconds for the category ${category}`)
}
