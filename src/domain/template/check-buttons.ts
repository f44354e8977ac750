import type { ButtonParameter, TemplateCardComponent } from '../content/template-message.ts'
import { characters } from '../content/text.ts'
import type { TemplateButton } from './definition.ts'
import { countOf, faultOfValue, problemAt, type TemplateProblem } from './problem.ts'

/** Characters. Source: Meta, templates/authentication and templates/coupon pages (read 2026-11); the coupon pages say 15 or 20, the laxer holds. */
const OTP_MAX = 15
const COUPON_MAX = 20

/** One for each button at fault. */
export function problemsOfButtons(
  components: (TemplateCardComponent | null)[],
  buttons: TemplateButton[],
  at: string,
): TemplateProblem[] {
  const given = new Set<number>()
  const problems: (TemplateProblem | null)[] = []
  for (const [i, component] of components.entries()) {
    if (component?.type !== 'button') continue
    given.add(Number(component.index))
    problems.push(checkGiven(component, buttons, `${at}.${i}`))
  }
  const missing = buttons.filter((button) => isRequired(button) && !given.has(button.index))
  const told = missing.map((button) => problemAt(at, `Button ${button.index} ${missingText(button)}.`))
  return [...problems.filter((problem) => problem !== null), ...told]
}

function checkGiven(
  component: Extract<TemplateCardComponent, { type: 'button' }>,
  buttons: TemplateButton[],
  at: string,
): TemplateProblem | null {
  const button = buttons[Number(component.index)]
  if (!button) {
    const text = `The template has ${countOf(buttons.length, 'button')}; none stands at index ${component.index}.`
    return problemAt(`${at}.index`, text)
  }
  if (button.needs !== 'unknown' && component.sub_type !== button.type) {
    const text = `Button ${button.index} is a ${button.type} button, got sub_type ${component.sub_type}.`
    return problemAt(`${at}.sub_type`, text)
  }
  // Meta's list of sub_types has none for it, and the whole message is refused.
  if (button.type === 'phone_number') {
    return problemAt(at, `Button ${button.index} is a phone_number button, which takes no component; leave it out.`)
  }
  return checkButton(component.parameters ?? [], button, `${at}.parameters`)
}

function isRequired(button: TemplateButton): boolean {
  return ['url_suffix', 'coupon', 'otp', 'products'].includes(button.needs)
}

function missingText(button: TemplateButton): string {
  if (button.needs === 'url_suffix') return 'needs the suffix of its address'
  if (button.needs === 'coupon') return 'needs a coupon code'
  return button.needs === 'otp' ? 'needs the one-time password' : 'needs its products'
}

function checkButton(parameters: ButtonParameter[], button: TemplateButton, at: string): TemplateProblem | null {
  const [parameter] = parameters
  switch (button.needs) {
    case 'unknown':
      return null
    case 'nothing':
      return parameter ? problemAt(at, `Button ${button.index} takes no parameter.`) : null
    case 'url_suffix':
      return checkButtonValue(parameter?.type === 'text' ? parameter.text : null, button, 2000, at)
    case 'otp':
      return checkButtonValue(parameter?.type === 'text' ? parameter.text : null, button, OTP_MAX, at)
    case 'coupon':
      return checkButtonValue(parameter?.type === 'coupon_code' ? parameter.coupon_code : null, button, COUPON_MAX, at)
    case 'payload':
      if (!parameter || parameter.type === 'payload') return null
      return problemAt(at, `Button ${button.index} takes a payload, got ${parameter.type}.`)
    case 'flow_token':
    case 'action':
      if (!parameter || parameter.type === 'action') return null
      return problemAt(at, `Button ${button.index} takes an action, got ${parameter.type}.`)
    case 'products':
      if (parameter?.type === 'action') return null
      return problemAt(at, `Button ${button.index} ${missingText(button)}.`)
    default:
      return button.needs satisfies never
  }
}

function checkButtonValue(
  value: string | null,
  button: TemplateButton,
  max: number,
  at: string,
): TemplateProblem | null {
  if (value === null) return problemAt(at, `Button ${button.index} ${missingText(button)}.`)
  const fault = faultOfValue(value)
  if (fault) return problemAt(at, `The parameter of button ${button.index} ${fault}.`)
  const count = characters(value)
  if (count <= max) return null
  return problemAt(at, `The parameter of button ${button.index} has ${count} characters; Meta allows ${max}.`)
}
