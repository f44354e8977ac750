import { isRecord } from '../../content/template-message.ts'
import { whyNotLinked } from './links.ts'
import { type LintContext, typeOf } from './report.ts'

/**
 * A template of Meta's own library, which is approved at once: it is named, and only its buttons are filled.
 * Source: Meta, templates/template-library (page of 2025-11-14).
 */
export function lintLibrary(document: Record<string, unknown>, { report, category }: LintContext): void {
  const { library_template_name: name, library_template_button_inputs: inputs, components } = document
  if (typeof name !== 'string' || name === '') report('library_template_name', 'is to be a name from the library')
  if (category !== '' && category !== 'UTILITY') report('category', 'is to be UTILITY for a template of the library')
  if (components !== undefined) report('components', 'is to be left out: the library has them')
  if (inputs === undefined) return
  const buttons = typeof inputs === 'string' ? parsed(inputs) : inputs
  if (!Array.isArray(buttons)) {
    report('library_template_button_inputs', 'is to be a list, one for each button')
    return
  }
  for (const [index, button] of buttons.entries()) {
    lintInput(isRecord(button) ? button : {}, `library_template_button_inputs.${index}`, report)
  }
}

function lintInput(button: Record<string, unknown>, at: string, report: LintContext['report']): void {
  switch (typeOf(button)) {
    case '':
      report(`${at}.type`, 'is to name the kind of button')
      break
    case 'URL': {
      const base = isRecord(button.url) ? button.url.base_url : undefined
      const why = typeof base === 'string' ? whyNotLinked(base) : 'is to be an https address'
      if (why) report(`${at}.url.base_url`, why)
      break
    }
    case 'PHONE_NUMBER':
      if (typeof button.phone_number !== 'string' || !/\d/.test(button.phone_number)) {
        report(`${at}.phone_number`, 'is to be a phone number')
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
