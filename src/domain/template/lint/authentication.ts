import { isRecord } from '../../content/template-message.ts'
import { characters } from '../../content/text.ts'
import { isWholeFrom, type LintContext, typeOf, upper } from './report.ts'

/*
 * One-time passwords. Meta writes body and footer itself, in every language.
 * Source: Meta, templates/authentication-templates (read 2026-11).
 */

const MAX_CODE_MINUTES = 90
const OTP_TYPES = ['COPY_CODE', 'ONE_TAP', 'ZERO_TAP']
const LABEL_MAX = 25
const MAX_APPS = 5
const PACKAGE_MAX = 224
const HASH_LENGTH = 11
/** What an authentication template may be made of. Kinds that Meta added later are passed. */
const NOT_HERE = ['HEADER', 'CAROUSEL', 'LIMITED_TIME_OFFER', 'CALL_PERMISSION_REQUEST']

/** The whole of an authentication template, beside the rules of each button. */
export function lintAuthentication(components: Record<string, unknown>[], context: LintContext): void {
  const { report } = context
  let otps = 0
  for (const [index, component] of components.entries()) {
    const type = typeOf(component)
    const at = `components.${index}`
    if (NOT_HERE.includes(type)) report(at, 'otp_no_part', { kind: type })
    if (type === 'BODY') lintBody(component, at, context)
    if (type === 'FOOTER') lintFooter(component, at, context)
    if (type === 'BUTTONS' && Array.isArray(component.buttons)) {
      otps += component.buttons.length
      for (const [place, button] of component.buttons.entries()) {
        if (isRecord(button) && typeOf(button) !== 'OTP') {
          report(`${at}.buttons.${place}.type`, 'otp_no_other_button')
        }
      }
    }
  }
  if (otps !== 1) report('components', 'otp_buttons', { got: otps })
}

function lintBody(component: Record<string, unknown>, at: string, { report }: LintContext): void {
  const { text, add_security_recommendation: advice } = component
  if (text !== undefined) report(`${at}.text`, 'otp_body')
  if (advice !== undefined && typeof advice !== 'boolean') {
    report(`${at}.add_security_recommendation`, 'not_boolean')
  }
}

function lintFooter(component: Record<string, unknown>, at: string, { report }: LintContext): void {
  const { text, code_expiration_minutes: minutes } = component
  if (text !== undefined) report(`${at}.text`, 'otp_footer')
  if (minutes !== undefined && !isWholeFrom(minutes, 1, MAX_CODE_MINUTES)) {
    report(`${at}.code_expiration_minutes`, 'minutes_range', { min: 1, max: MAX_CODE_MINUTES })
  }
}

export function lintOtp(button: Record<string, unknown>, path: string, context: LintContext): void {
  const { report, category } = context
  if (category !== 'AUTHENTICATION' && category !== '') {
    report(`${path}.type`, 'otp_elsewhere')
    return
  }
  const type = upper(button.otp_type)
  if (!OTP_TYPES.includes(type)) {
    report(`${path}.otp_type`, 'not_one_of', { choices: OTP_TYPES.join(', ') })
    return
  }
  const { autofill_text: autofill } = button
  if (typeof autofill === 'string' && characters(autofill) > LABEL_MAX) {
    report(`${path}.autofill_text`, 'too_long', { length: characters(autofill), max: LABEL_MAX })
  }
  if (type === 'ZERO_TAP' && button.zero_tap_terms_accepted !== true) {
    report(`${path}.zero_tap_terms_accepted`, 'zero_tap_terms')
  }
  if (type !== 'COPY_CODE') lintApps(button, path, context)
}

/** The older spelling has one app in the button itself. */
function lintApps(button: Record<string, unknown>, path: string, context: LintContext): void {
  const { supported_apps: apps } = button
  if (apps === undefined && button.package_name !== undefined) {
    lintApp(button, path, context)
    return
  }
  if (!Array.isArray(apps) || apps.length < 1 || apps.length > MAX_APPS) {
    const at = `${path}.supported_apps`
    if (Array.isArray(apps)) context.report(at, 'apps_count', { max: MAX_APPS, got: apps.length })
    else context.report(at, 'apps_no_list', { max: MAX_APPS })
    return
  }
  for (const [index, app] of apps.entries()) {
    lintApp(isRecord(app) ? app : {}, `${path}.supported_apps.${index}`, context)
  }
}

function lintApp(app: Record<string, unknown>, path: string, { report, warn }: LintContext): void {
  const { package_name: name, signature_hash: hash } = app
  if (typeof name !== 'string' || name === '' || characters(name) > PACKAGE_MAX) {
    report(`${path}.package_name`, 'package_name', { max: PACKAGE_MAX })
  }
  const at = `${path}.signature_hash`
  if (typeof hash !== 'string' || hash.length !== HASH_LENGTH) {
    // An example of Meta's own has it percent-encoded.
    if (typeof hash === 'string' && decoded(hash).length === HASH_LENGTH)
      warn(at, 'hash_encoded', { hash: decoded(hash) })
    else report(at, 'hash_form', { length: HASH_LENGTH })
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
