import { characters } from '../../content/text.ts'
import { compileText } from '../definition.ts'
import { whyNotLinked } from './links.ts'
import { isWholeFrom, type LintContext, lower, upper } from './report.ts'

/* What a single kind of button needs. Source: Meta, templates/components, buttons (read 2026-11); flows and calls from typed SDKs. */

const URL_MAX = 2_000
const PHONE_MAX = 20
const FLOW_SOURCES = ['flow_id', 'flow_name', 'flow_json']
const FLOW_ACTIONS = ['navigate', 'data_exchange']
const FLOW_ICONS = ['DOCUMENT', 'PROMOTION', 'REVIEW']
const CALL_MINUTES = [1_440, 43_200] as const

export function lintUrl(button: Record<string, unknown>, path: string, { report, warn }: LintContext): void {
  const { url, example } = button
  const at = `${path}.url`
  if (typeof url !== 'string' || !/^https?:\/\/\S/i.test(url)) {
    report(at, 'is to be an https address')
    return
  }
  const why = whyNotLinked(url)
  if (why) report(at, why)
  if (characters(url) > URL_MAX) report(at, `has ${characters(url)} characters; Meta allows ${URL_MAX}`)
  const { variables } = compileText(url)
  if (variables.length === 0) return
  if (variables.length > 1) report(at, `may hold one variable, got ${variables.length}`)
  else if (!/\}\}$/.test(url)) report(at, 'is to have its variable at the very end')
  const given = Array.isArray(example) ? example[0] : example
  if (typeof given !== 'string' || given === '') report(`${path}.example`, 'is to show the address as it will be')
  // One of Meta's own examples gives the suffix alone.
  else if (!/^https?:\/\//i.test(given)) warn(`${path}.example`, 'is to show the whole address, not its end only')
}

export function lintPhone(phone: unknown, path: string, { report }: LintContext): void {
  if (typeof phone !== 'string' || !/\d/.test(phone) || characters(phone) > PHONE_MAX) {
    report(path, `is to be a phone number of at most ${PHONE_MAX} characters`)
  }
}

export function lintFlow(button: Record<string, unknown>, path: string, { report }: LintContext): void {
  const given = FLOW_SOURCES.filter((name) => button[name] !== undefined)
  if (given.length !== 1) {
    const got = given.length === 0 ? 'none' : given.join(' and ')
    report(path, `is to have exactly one of ${FLOW_SOURCES.join(', ')}, got ${got}`)
  }
  const { flow_action: action, navigate_screen: screen, icon } = button
  if (action !== undefined && !FLOW_ACTIONS.includes(lower(action))) {
    report(`${path}.flow_action`, `is to be one of ${FLOW_ACTIONS.join(', ')}`)
  }
  if (screen !== undefined && (typeof screen !== 'string' || screen === '')) {
    report(`${path}.navigate_screen`, 'is to be the id of a screen')
  }
  if (icon !== undefined && !FLOW_ICONS.includes(upper(icon))) {
    report(`${path}.icon`, `is to be one of ${FLOW_ICONS.join(', ')}`)
  }
}

export function lintVoiceCall(button: Record<string, unknown>, path: string, { report }: LintContext): void {
  const { ttl_minutes: minutes } = button
  const [min, max] = CALL_MINUTES
  if (minutes !== undefined && !isWholeFrom(minutes, min, max)) {
    report(`${path}.ttl_minutes`, `is to be ${min} to ${max} minutes`)
  }
}
