import { GraphError } from '../graph-error.ts'
import type { Bubble, Json, OfferedButton, TemplateButton, TemplateComponent, TemplateRecord } from '../records.ts'
import { isObject } from './shape.ts'

const VARIABLE = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g

/** The names or numbers of a text's variables, each once, in order. */
export function variablesOf(text: string): string[] {
  return [...new Set([...text.matchAll(VARIABLE)].map((match) => match[1] as string))]
}

/** Refuses a template that may not be sent now. */
export function expectSendable(template: TemplateRecord | null, name: string, language: string): TemplateRecord {
  if (template?.status === 'PAUSED') throw new GraphError(132015, `template name (${name}) is paused`)
  if (template?.status === 'DISABLED') throw new GraphError(132016, `template name (${name}) is disabled`)
  if (template?.status !== 'APPROVED') {
    throw new GraphError(132001, `template name (${name}) does not exist in ${language}`)
  }
  return template
}

/** Filled bodies: more where the template has nothing beside it. Source: Meta, support/error-codes (read 2026-11). */
const BODY_MAX = 1_024
const LONE_BODY_MAX = 32_768

/**
 * Puts the parameters of a send into its template. Throws 132000, 132005, 132012, 132018 or 131008 where they do not fit.
 * Source: Meta, templates and support/error-codes (read 2026-11).
 */
export function fillTemplate(template: TemplateRecord, sent: unknown): Bubble {
  const given = readComponents(sent)
  const header = part(template, 'HEADER')
  const body = part(template, 'BODY')
  const buttons = part(template, 'BUTTONS')?.buttons ?? []

  const headerLine = fillHeader(template, header, given)
  const bodyParameters = parametersOf(given, 'body')
  const text =
    template.category === 'AUTHENTICATION'
      ? authenticationText(bodyParameters)
      : fillText(template, 'body', body?.text ?? '', bodyParameters)
  const most = template.components.length === 1 ? LONE_BODY_MAX : BODY_MAX
  if (text.length > most) throw new GraphError(132005, `body: text is ${text.length} characters long, at most ${most}`)
  return {
    header: headerLine.text,
    text,
    footer: part(template, 'FOOTER')?.text ?? null,
    mediaId: headerLine.mediaId,
    buttons: fillButtons(buttons, given, template),
  }
}

function part(template: TemplateRecord, type: string): TemplateComponent | undefined {
  return template.components.find((component) => component.type.toUpperCase() === type)
}

function readComponents(sent: unknown): Json[] {
  if (sent === undefined || sent === null) return []
  if (!Array.isArray(sent) || !sent.every(isObject)) {
    throw new GraphError(100, "Param template['components'] must be an array.")
  }
  return sent
}

function parametersOf(given: Json[], type: string): Json[] {
  const component = given.find((candidate) => String(candidate.type).toLowerCase() === type)
  return component && Array.isArray(component.parameters) ? component.parameters.filter(isObject) : []
}

function fillHeader(
  template: TemplateRecord,
  header: TemplateComponent | undefined,
  given: Json[],
): { text: string | null; mediaId: string | null } {
  const parameters = parametersOf(given, 'header')
  if (!header) {
    if (parameters.length > 0) throw new GraphError(132000, 'header: the template has no header')
    return { text: null, mediaId: null }
  }
  const format = (header.format ?? 'TEXT').toLowerCase()
  if (format === 'text') {
    return { text: fillText(template, 'header', header.text ?? '', parameters), mediaId: null }
  }
  const [parameter] = parameters
  const type = String(parameter?.type ?? 'unknown').toLowerCase()
  if (type !== format) {
    const received = type.toUpperCase()
    throw new GraphError(132012, `header: Format mismatch, expected ${format.toUpperCase()}, received ${received}`)
  }
  const content = parameter?.[format]
  const media = isObject(content) ? content : {}
  if (format !== 'location' && format !== 'product' && !media.id && !media.link) {
    throw new GraphError(131008, `header: parameter of type ${format} needs an id or a link`)
  }
  return { text: `[${format}]`, mediaId: typeof media.id === 'string' ? media.id : null }
}

function fillText(template: TemplateRecord, where: string, text: string, parameters: Json[]): string {
  const variables = variablesOf(text)
  if (parameters.length !== variables.length) {
    throw new GraphError(
      132000,
      `${where}: number of localizable_params (${parameters.length}) does not match the expected number of params (${variables.length})`,
    )
  }
  const values = new Map(
    parameters.map((parameter, index) => [
      variableFor(template, where, parameter, variables, index),
      textOf(where, parameter, index),
    ]),
  )
  return text.replace(VARIABLE, (_, variable: string) => values.get(variable) ?? '')
}

function variableFor(
  template: TemplateRecord,
  where: string,
  parameter: Json,
  variables: string[],
  index: number,
): string {
  const name = parameter.parameter_name
  if (template.parameterFormat === 'POSITIONAL') {
    if (name === undefined) return variables[index] as string
    throw new GraphError(
      132012,
      `${where}: parameter ${index} has a name, but the template's parameters are positional`,
    )
  }
  if (typeof name === 'string' && variables.includes(name)) return name
  throw new GraphError(
    132012,
    `${where}: parameter_name ${name ? `'${String(name)}' is not` : 'is missing, expected one'} of {${variables.join(', ')}}`,
  )
}

function textOf(where: string, parameter: Json, index: number): string {
  const type = String(parameter.type).toLowerCase()
  if (type === 'text') {
    if (typeof parameter.text !== 'string' || parameter.text === '') {
      throw new GraphError(131008, `${where}: Parameter of type text is missing text value at index ${index}`)
    }
    if (/[\n\t]| {5,}/.test(parameter.text)) {
      throw new GraphError(
        132018,
        `${where}: Param text cannot have new-line/tab characters or more than 4 consecutive spaces`,
      )
    }
    return parameter.text
  }
  const content = parameter[type]
  if (
    (type === 'currency' || type === 'date_time') &&
    isObject(content) &&
    typeof content.fallback_value === 'string'
  ) {
    return content.fallback_value
  }
  throw new GraphError(
    132012,
    `${where}: Format mismatch at index ${index}, expected TEXT, received ${type.toUpperCase()}`,
  )
}

/** The body of an authentication template is Meta's own; its one parameter is the code. */
function authenticationText(parameters: Json[]): string {
  const [code] = parameters
  if (parameters.length !== 1 || typeof code?.text !== 'string') {
    throw new GraphError(
      132000,
      `body: number of localizable_params (${parameters.length}) does not match the expected number of params (1)`,
    )
  }
  if (code.text.length > 15) throw new GraphError(132005, 'body: the code is longer than 15 characters')
  return `${code.text} is your verification code.`
}

function fillButtons(buttons: TemplateButton[], given: Json[], template: TemplateRecord): OfferedButton[] {
  const sent = given.filter((component) => String(component.type).toLowerCase() === 'button')
  for (const component of sent) {
    const index = Number(component.index)
    if (!Number.isInteger(index) || !buttons[index]) {
      throw new GraphError(132018, `buttons: the template has no button at index ${String(component.index)}`)
    }
  }
  return buttons.map((button, index) => {
    const component = sent.find((candidate) => Number(candidate.index) === index)
    const parameters = component && Array.isArray(component.parameters) ? component.parameters.filter(isObject) : []
    return offerButton(button, index, component, parameters[0], template)
  })
}

function offerButton(
  button: TemplateButton,
  index: number,
  component: Json | undefined,
  parameter: Json | undefined,
  template: TemplateRecord,
): OfferedButton {
  const label = button.text ?? ''
  const type = button.type.toUpperCase()
  const subType = component ? String(component.sub_type).toUpperCase() : null
  const wireType = type === 'OTP' ? 'URL' : type
  if (subType === 'PHONE_NUMBER') {
    const message = `(#100) Param template['components'][${index}]['sub_type'] must be one of {BOOKING_CONFIRMATION, CATALOG, COPY_CODE, FLOW, MPM, ORDER_DETAILS, QUICK_REPLY, REMINDER, URL, VOICE_CALL}`
    throw new GraphError(100, '', { message })
  }
  if (subType !== null && subType !== wireType) {
    throw new GraphError(
      132012,
      `buttons: Format mismatch at index ${index}, expected ${wireType}, received ${subType}`,
    )
  }
  switch (type) {
    case 'QUICK_REPLY':
      return { kind: 'quick_reply', label, payload: typeof parameter?.payload === 'string' ? parameter.payload : label }
    case 'URL':
    case 'OTP': {
      const url = button.url ?? 'https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}'
      const takesSuffix = variablesOf(url).length > 0 || template.category === 'AUTHENTICATION'
      // The guide to carousels fills it with a payload.
      const suffix = parameter?.text ?? parameter?.payload
      if (takesSuffix && typeof suffix !== 'string') {
        throw new GraphError(131008, `buttons: Button at index ${index} of type Url requires a parameter`)
      }
      return { kind: 'url', label: label || 'Copy code', url: url.replace(VARIABLE, String(suffix ?? '')) }
    }
    case 'COPY_CODE':
      if (typeof parameter?.coupon_code !== 'string') {
        throw new GraphError(131008, `buttons: Button at index ${index} of type copy_code requires a coupon_code`)
      }
      return { kind: 'copy_code', label: label || 'Copy offer code' }
    case 'FLOW':
      return { kind: 'flow', label }
    case 'REQUEST_CONTACT_INFO':
      return { kind: 'contact_request', label: label || 'Share contact info' }
    default:
      return { kind: 'call', label }
  }
}
