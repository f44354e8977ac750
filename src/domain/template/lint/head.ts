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
    report('name', 'name_form')
  }
  lintLanguage(document.language, context)
  if (!CATEGORIES.includes(category)) report('category', 'not_one_of', { choices: CATEGORIES.join(', ') })
  if (parameter_format !== undefined && !FORMATS.includes(format)) {
    report('parameter_format', 'not_one_of', { choices: FORMATS.join(', ') })
  }
  lintTimeToLive(document.message_send_ttl_seconds, context)
}

function lintLanguage(language: unknown, { report, warn }: LintContext): void {
  if (typeof language !== 'string' || !LANGUAGE.test(language)) {
    report('language', 'language_form')
  } else if (!META_LANGUAGES.has(language)) {
    warn('language', 'language_unknown', { language })
  }
}

function lintTimeToLive(ttl: unknown, { report, warn, category }: LintContext): void {
  const range = TTL_SECONDS[category]
  if (ttl === undefined || ttl === null || !range) return
  if (category === 'MARKETING') {
    warn('message_send_ttl_seconds', 'seconds_of_marketing')
  }
  if (ttl === -1 && category !== 'MARKETING') return
  const [min, max] = range
  if (isWholeFrom(ttl, min, max)) return
  report('message_send_ttl_seconds', 'seconds_of_category', { min, max, category })
}
