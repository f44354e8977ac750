import { isRecord } from '../../content/template-message.ts'
import { faultOfLink, reportLink } from './links.ts'
import { type LintContext, typeOf } from './report.ts'

/**
 * A template of Meta's own library, which is approved at once: it is named, and only its buttons are filled.
 * Source: Meta, templates/template-library (page of 2025-11-14).
 */
export function lintLibrary(document: Record<string, unknown>, { report, category }: LintContext): void {
  const { library_template_name: name, library_template_button_inputs: inputs, components } = document
  if (typeof name !== 'string' || name === '') report('library_template_name', 'library_name')
  if (category !== '' && category !== 'UTILITY') report('category', 'library_category')
  if (components !== undefined) report('components', 'library_components')
  if (inputs === undefined) return
  const buttons = typeof inputs === 'string' ? parsed(inputs) : inputs
  if (!Array.isArray(buttons)) {
    report('library_template_button_inputs', 'library_inputs')
    return
  }
  for (const [index, button] of buttons.entries()) {
    lintInput(isRecord(button) ? button : {}, `library_template_button_inputs.${index}`, report)
  }
}

function lintInput(button: Record<string, unknown>, at: string, report: LintContext['report']): void {
  switch (typeOf(button)) {
    case '':
      report(`${at}.type`, 'button_kind_missing')
      break
    case 'URL': {
      const base = isRecord(button.url) ? button.url.base_url : undefined
      const fault = typeof base === 'string' ? faultOfLink(base) : 'none'
      if (fault) reportLink(fault, `${at}.url.base_url`, { report })
      break
    }
    case 'PHONE_NUMBER':
      if (typeof button.phone_number !== 'string' || !/\d/.test(button.phone_number)) {
        report(`${at}.phone_number`, 'phone')
      }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
