import { characters } from '../../content/text.ts'
import { compileText } from '../definition.ts'
import { faultOfLink, reportLink } from './links.ts'
import { isWholeFrom, type LintContext, lower, upper } from './report.ts'

/* What a single kind of button needs. Source: Meta, templates/components, buttons (read 2026-11); flows and calls from typed SDKs. */

const URL_MAX = 2_000
const PHONE_MAX = 20
const FLOW_SOURCES = ['flow_id', 'flow_name', 'flow_json']
const FLOW_ACTIONS = ['navigate', 'data_exchange']
const FLOW_ICONS = ['DOCUMENT', 'PROMOTION', 'REVIEW']
const CALL_MINUTES = [1_440, 43_200] as const

export function lintUrl(button: Record<string, unknown>, path: string, context: LintContext): void {
  const { report, warn } = context
  const { url, example } = button
  const at = `${path}.url`
  if (typeof url !== 'string' || !/^https?:\/\/\S/i.test(url)) {
    report(at, 'link_none')
    return
  }
  const fault = faultOfLink(url)
  if (fault) reportLink(fault, at, context)
  if (characters(url) > URL_MAX) report(at, 'too_long', { length: characters(url), max: URL_MAX })
  const { variables } = compileText(url)
  if (variables.length === 0) return
  if (variables.length > 1) report(at, 'link_variables', { count: variables.length })
  else if (!/\}\}$/.test(url)) report(at, 'link_variable_end')
  const given = Array.isArray(example) ? example[0] : example
  if (typeof given !== 'string' || given === '') report(`${path}.example`, 'link_example_missing')
  // One of Meta's own examples gives the suffix alone.
  else if (!/^https?:\/\//i.test(given)) warn(`${path}.example`, 'link_example_part')
}

export function lintPhone(phone: unknown, path: string, { report }: LintContext): void {
  if (typeof phone !== 'string' || !/\d/.test(phone) || characters(phone) > PHONE_MAX) {
    report(path, 'phone_up_to', { max: PHONE_MAX })
  }
}

export function lintFlow(button: Record<string, unknown>, path: string, { report }: LintContext): void {
  const given = FLOW_SOURCES.filter((name) => button[name] !== undefined)
  if (given.length !== 1) {
    const choices = FLOW_SOURCES.join(', ')
    if (given.length === 0) report(path, 'flow_none', { choices })
    else report(path, 'flow_several', { choices, got: given.join(' and ') })
  }
  const { flow_action: action, navigate_screen: screen, icon } = button
  if (action !== undefined && !FLOW_ACTIONS.includes(lower(action))) {
    report(`${path}.flow_action`, 'not_one_of', { choices: FLOW_ACTIONS.join(', ') })
  }
  if (screen !== undefined && (typeof screen !== 'string' || screen === '')) {
    report(`${path}.navigate_screen`, 'screen')
  }
  if (icon !== undefined && !FLOW_ICONS.includes(upper(icon))) {
    report(`${path}.icon`, 'not_one_of', { choices: FLOW_ICONS.join(', ') })
  }
}

export function lintVoiceCall(button: Record<string, unknown>, path: string, { report }: LintContext): void {
  const { ttl_minutes: minutes } = button
  const [min, max] = CALL_MINUTES
  if (minutes !== undefined && !isWholeFrom(minutes, min, max)) {
    report(`${path}.ttl_minutes`, 'minutes_range', { min, max })
  }
}
