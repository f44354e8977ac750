import type { Message } from '../content/message.ts'
import { cleanValue, type TemplateComponent, type TextualParameter } from '../content/template-message.ts'
import type { TemplateReference } from '../content/when-closed.ts'
import { problemsOfComponents, readComponents } from './check.ts'
import type { TemplateDefinition } from './definition.ts'
import { countOf, faultOfValue, problemAt, type TemplateProblem } from './problem.ts'

/** `problems` are all of them, `problem` the first. */
type Misfit = { ok: false; problem: TemplateProblem; problems: TemplateProblem[] }

export type BuiltTemplate = { ok: true; message: Message } | Misfit

type Values = NonNullable<TemplateReference['parameters']>
type BuiltComponents = { ok: true; components: TemplateComponent[] } | Misfit

/**
 * The Cloud API message for a reference, ready to send, or the first reason why Meta would refuse it. Problems name a field of the
 * reference: `parameters.user`, `components.0.parameters`.
 *
 * `parameters` are body values. A text header of a template with named variables takes its value from the same object, and a one-time
 * password goes into its button too, as Meta demands. Media headers, address suffixes and coupons have no short form: use `components`.
 */
export function buildTemplateMessage(reference: TemplateReference, definition: TemplateDefinition): BuiltTemplate {
  const isShortForm = reference.components === undefined
  const built = isShortForm ? componentsFor(reference.parameters ?? [], definition) : readable(reference.components)
  if (!built.ok) return built
  const problems = problemsOfComponents(built.components, definition, 'components')
  // The short form has no components a path could point at.
  if (problems.length > 0)
    return misfit(problems.map((problem) => (isShortForm ? { ...problem, field: 'parameters' } : problem)))
  const language = { code: definition.language }
  const components = built.components.length > 0 ? { components: built.components } : {}
  return { ok: true, message: { type: 'template', template: { name: reference.name, language, ...components } } }
}

function readable(components: unknown): BuiltComponents {
  const read = readComponents(components, 'components')
  return read.ok ? read : misfit([read.problem])
}

function componentsFor(values: Values, definition: TemplateDefinition): BuiltComponents {
  const beyond = beyondParameters(definition)
  if (beyond) return refuse('parameters', `The template needs ${beyond}, which only components can give.`)
  const bodyNames = definition.body.variables
  const headerNames = definition.header.kind === 'text' ? definition.header.variables : []
  const given = readValues(values, definition)
  if (!(given instanceof Map)) return given
  const names = [...new Set([...bodyNames, ...headerNames])]
  const problems: TemplateProblem[] = []
  for (const [name, { key, text }] of given) {
    const fault = names.includes(name) ? faultOfValue(text) : null
    if (!names.includes(name)) problems.push(problemAt(`parameters.${key}`, `The template has no variable "${name}".`))
    if (fault) problems.push(problemAt(`parameters.${key}`, `The value of "${name}" ${fault}.`))
  }
  for (const name of names.filter((one) => !given.has(one))) {
    problems.push(problemAt(`parameters.${name}`, `The variable "${name}" is missing.`))
  }
  if (problems.length > 0) return misfit(problems)

  const textOf = (name: string) => given.get(name)?.text ?? ''
  const parametersOf = (list: string[]) => list.map((name) => parameterOf(name, textOf(name), definition))
  const components: TemplateComponent[] = []
  if (headerNames.length > 0) components.push({ type: 'header', parameters: parametersOf(headerNames) })
  if (bodyNames.length > 0) components.push({ type: 'body', parameters: parametersOf(bodyNames) })
  const otp = definition.buttons.find((button) => button.needs === 'otp')
  const [password] = bodyNames
  if (otp && password !== undefined) {
    const parameters = [{ type: 'text' as const, text: textOf(password) }]
    components.push({ type: 'button', sub_type: otp.type, index: String(otp.index), parameters })
  }
  return { ok: true, components }
}

/** What the template needs that body values cannot say, or null. */
function beyondParameters(definition: TemplateDefinition): string | null {
  const { header, parameterFormat } = definition
  if (header.kind === 'text') {
    // {{1}} of a header and {{1}} of a body are two variables: a list of body values has no place for the first.
    if (header.variables.length > 0 && parameterFormat === 'positional') return 'a value for its header'
  } else if (header.kind !== 'none' && header.kind !== 'unknown') {
    return `a header of type ${header.kind}`
  }
  for (const { needs, index } of definition.buttons) {
    if (needs === 'url_suffix') return `the address suffix of button ${index}`
    if (needs === 'coupon') return `the coupon code of button ${index}`
    if (needs === 'products') return `the products of button ${index}`
  }
  if (definition.needsOfferExpiration) return 'the expiration time of its offer'
  return definition.cards.length > 0 ? 'the content of its cards' : null
}

/** The value of each variable, and the key under which the producer gave it. */
type Given = Map<string, { key: string; text: string }>

function readValues(values: Values, definition: TemplateDefinition): Given | Misfit {
  if (!Array.isArray(values)) {
    return new Map(
      Object.entries(values).map(([name, value]) => [name, { key: name, text: cleanValue(String(value)) }]),
    )
  }
  const { variables } = definition.body
  if (values.length !== variables.length) {
    const count = `${countOf(variables.length, 'variable')}, got ${countOf(values.length, 'value')}`
    return refuse('parameters', `The body has ${count}.`)
  }
  if (values.length > 0 && definition.parameterFormat === 'named') {
    return refuse('parameters', 'The template names its variables, so parameters have to be an object.')
  }
  return new Map(values.map((value, i) => [variables[i] ?? '', { key: String(i), text: cleanValue(String(value)) }]))
}

function parameterOf(name: string, value: string, definition: TemplateDefinition): TextualParameter {
  const text = { type: 'text' as const, text: value }
  return definition.parameterFormat === 'named' ? { ...text, parameter_name: name } : text
}

function refuse(field: string, text: string): Misfit {
  return misfit([problemAt(field, text)])
}

/** Of at least one. */
function misfit(problems: TemplateProblem[]): Misfit {
  return { ok: false, problem: problems[0] as TemplateProblem, problems }
}
