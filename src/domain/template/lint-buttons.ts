import { isRecord } from '../content/template-message.ts'
import { characters } from '../content/text.ts'
import { compileText } from './definition.ts'
import { countOf, type LintContext, typeOf } from './lint-report.ts'

const MAX_BUTTONS = 10
const LABEL_MAX = 25
const URL_MAX = 2_000
const PHONE_MAX = 20
/** How many there may be of a kind. Kinds that are not named are bounded by the total. */
const MOST_OF_A_KIND: Readonly<Record<string, number>> = { URL: 2, PHONE_NUMBER: 1, COPY_CODE: 1 }
/** Kinds whose label is ours to write; of the others Meta writes it. */
const LABELLED = new Set(['QUICK_REPLY', 'URL', 'PHONE_NUMBER', 'FLOW'])

export function lintButtons(buttons: unknown, path: string, context: LintContext): void {
  const { report } = context
  if (!Array.isArray(buttons) || buttons.length < 1 || buttons.length > MAX_BUTTONS) {
    report(path, `is to hold 1 to ${MAX_BUTTONS} buttons, got ${countOf(buttons)}`)
    return
  }
  const kinds: string[] = []
  for (const [index, button] of buttons.entries()) {
    const at = `${path}.${index}`
    if (!isRecord(button) || typeof button.type !== 'string') report(`${at}.type`, 'is to name the kind of button')
    else {
      kinds.push(typeOf(button))
      lintButton(button, at, context)
    }
  }
  for (const [kind, most] of Object.entries(MOST_OF_A_KIND)) {
    const count = kinds.filter((other) => other === kind).length
    if (count > most) report(path, `has ${count} ${kind} buttons; Meta allows ${most}`)
  }
  if (isInterleaved(kinds)) report(path, 'mixes quick replies with other buttons; each kind is to stand together')
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

function lintButton(button: Record<string, unknown>, path: string, context: LintContext): void {
  const { report } = context
  const { text } = button
  const kind = typeOf(button)
  if (typeof text !== 'string' || text === '') {
    if (LABELLED.has(kind)) report(`${path}.text`, 'is missing')
  } else {
    if (characters(text) > LABEL_MAX)
      report(`${path}.text`, `has ${characters(text)} characters; Meta allows ${LABEL_MAX}`)
    if (compileText(text).variables.length > 0) report(`${path}.text`, 'may not hold variables')
  }
  if (kind === 'URL') lintUrl(button, path, context)
  if (kind === 'PHONE_NUMBER') lintPhone(button.phone_number, `${path}.phone_number`, context)
}

function lintUrl(button: Record<string, unknown>, path: string, { report }: LintContext): void {
  const { url, example } = button
  const at = `${path}.url`
  if (typeof url !== 'string' || !/^https?:\/\/\S/.test(url)) {
    report(at, 'is to be an http or https address')
    return
  }
  if (characters(url) > URL_MAX) report(at, `has ${characters(url)} characters; Meta allows ${URL_MAX}`)
  const { variables } = compileText(url)
  if (variables.length === 0) return
  if (variables.length > 1) report(at, `may hold one variable, got ${variables.length}`)
  else if (!/\}\}$/.test(url)) report(at, 'is to have its variable at the very end')
  const given = Array.isArray(example) ? example[0] : example
  if (typeof given !== 'string' || given === '') report(`${path}.example`, 'is to show the address as it will be')
}

function lintPhone(phone: unknown, path: string, { report }: LintContext): void {
  if (typeof phone !== 'string' || phone === '' || characters(phone) > PHONE_MAX) {
    report(path, `is to be a phone number of at most ${PHONE_MAX} characters`)
  }
}
