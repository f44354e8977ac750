import { isRecord } from '../../content/template-message.ts'
import { characters } from '../../content/text.ts'
import { compileText } from '../definition.ts'
import { lintOtp } from './authentication.ts'
import { lintFlow, lintPhone, lintUrl, lintVoiceCall } from './button-kinds.ts'
import { type LintContext, typeOf } from './report.ts'
import { EMOJI, FAR_TOO_LONG, FORMATTED } from './text.ts'

const MAX_BUTTONS = 10
const LABEL_MAX = 25
const CALL_LABEL_MAX = 20
/** How many there may be of a kind. Kinds that are not named are bounded by the total. */
const MOST_OF_A_KIND: Readonly<Record<string, number>> = { URL: 2, PHONE_NUMBER: 1, COPY_CODE: 1, VOICE_CALL: 1 }
/** Kinds whose label is ours to write; of the others Meta writes it. */
const LABELLED = new Set(['QUICK_REPLY', 'URL', 'PHONE_NUMBER', 'FLOW'])
/** Labels that Meta fixes. */
const FIXED_LABELS: Readonly<Record<string, string>> = {
  SPM: 'View',
  MPM: 'View items',
  CATALOG: 'View catalog',
  REQUEST_CONTACT_INFO: 'Share Contact Info',
}
const COUPON_MAX = 20

export interface ButtonRule {
  /** How many at most; 10 unless told. */
  most?: number
  /** Characters of a coupon code; 20 unless told. */
  couponMax?: number
}

/** Source: Meta, templates/components, buttons (read 2026-11). Kinds that Meta added later are passed. */
export function lintButtons(buttons: unknown, path: string, context: LintContext, rule: ButtonRule = {}): void {
  const { report } = context
  const { most = MAX_BUTTONS, couponMax = COUPON_MAX } = rule
  if (!Array.isArray(buttons) || buttons.length < 1 || buttons.length > most) {
    if (Array.isArray(buttons)) report(path, 'buttons_count', { max: most, got: buttons.length })
    else report(path, 'buttons_no_list', { max: most })
    return
  }
  const kinds: string[] = []
  for (const [index, button] of buttons.entries()) {
    const at = `${path}.${index}`
    if (!isRecord(button) || typeof button.type !== 'string') report(`${at}.type`, 'button_kind_missing')
    else {
      kinds.push(typeOf(button))
      lintButton(button, at, context, couponMax)
    }
  }
  for (const [kind, allowed] of Object.entries(MOST_OF_A_KIND)) {
    const count = kinds.filter((other) => other === kind).length
    if (count > allowed) report(path, 'buttons_of_kind', { count, kind, max: allowed })
  }
  if (isInterleaved(kinds)) report(path, 'buttons_mixed')
}

/** Quick replies form one run, at the start or at the end. */
function isInterleaved(kinds: string[]): boolean {
  const changes = kinds.filter(
    (kind, index) => index > 0 && isQuickReply(kind) !== isQuickReply(kinds[index - 1] as string),
  )
  return changes.length > 1
}

function isQuickReply(kind: string): boolean {
  return kind === 'QUICK_REPLY'
}

function lintButton(button: Record<string, unknown>, path: string, context: LintContext, couponMax: number): void {
  const kind = typeOf(button)
  lintLabel(button.text, kind, `${path}.text`, context)
  switch (kind) {
    case 'URL':
      lintUrl(button, path, context)
      break
    case 'PHONE_NUMBER':
      lintPhone(button.phone_number, `${path}.phone_number`, context)
      break
    case 'COPY_CODE':
      lintCoupon(button.example, `${path}.example`, context, couponMax)
      break
    case 'FLOW':
      lintFlow(button, path, context)
      break
    case 'VOICE_CALL':
      lintVoiceCall(button, path, context)
      break
    case 'OTP':
      lintOtp(button, path, context)
  }
}

/** Meta's answer to a label: no variables, line breaks, emoji or formatting characters. */
function lintLabel(label: unknown, kind: string, at: string, { report }: LintContext): void {
  if (typeof label !== 'string' || label.trim() === '') {
    if (LABELLED.has(kind)) report(at, 'missing')
    return
  }
  const max = kind === 'VOICE_CALL' ? CALL_LABEL_MAX : LABEL_MAX
  const count = characters(label)
  if (count > max) report(at, 'too_long', { length: count, max })
  if (count > FAR_TOO_LONG) return
  if (compileText(label).variables.length > 0) report(at, 'label_variables')
  if (/[\r\n]/.test(label)) report(at, 'label_line_breaks')
  if (label.search(EMOJI) >= 0) report(at, 'label_emoji')
  if (FORMATTED.test(label)) report(at, 'label_formatting')
  const fixed = FIXED_LABELS[kind]
  if (fixed !== undefined && label.toLowerCase() !== fixed.toLowerCase()) {
    report(at, 'label_fixed', { label: fixed })
  }
}

function lintCoupon(example: unknown, at: string, { report }: LintContext, max: number): void {
  const code = Array.isArray(example) ? example[0] : example
  if (typeof code !== 'string' || code === '') report(at, 'code_missing')
  else if (characters(code) > max) report(at, 'too_long', { length: characters(code), max })
}
