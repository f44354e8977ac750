import { formatZodIssue } from '../content/issue.ts'
import type { Message } from '../content/message.ts'
import {
  type HeaderParameter,
  normaliseComponents,
  type TemplateCardComponent,
  type TemplateComponent,
  type TextualParameter,
  templateComponentsSchema,
} from '../content/template-message.ts'
import { characters } from '../content/text.ts'
import { problemsOfButtons } from './check-buttons.ts'
import type { TemplateDefinition, TemplateHeader, TemplateParts, TemplateText } from './definition.ts'
import { fillText, isTextual, shownText } from './fill.ts'
import { countOf, faultOfValue, problemAt, type TemplateProblem } from './problem.ts'

/** Hydrated texts. Meta allows a longer body only when it stands alone. Source: Meta, support/error-codes, 132005 (read 2026-11). */
const BODY_MAX = 1024
const LONE_BODY_MAX = 32_768
const HEADER_MAX = 60

/** Null when the message fits the template as Meta holds it; `definition` has to be that of the message's own template. */
export function checkTemplateParameters(message: Message, definition: TemplateDefinition): TemplateProblem | null {
  if (message.type !== 'template') return problemAt('type', 'The message is not a template message.')
  return checkComponents(message.template.components ?? [], definition, 'template.components')
}

/** Everything that does not fit, for whoever has to mend it. */
export function listTemplateProblems(message: Message, definition: TemplateDefinition): TemplateProblem[] {
  if (message.type !== 'template') return [problemAt('type', 'The message is not a template message.')]
  return problemsOfComponents(message.template.components ?? [], definition, 'template.components')
}

/** Components whose shape was never checked: shape first, then whether they fit. */
export function readComponents(
  components: unknown,
  at: string,
): { ok: true; components: TemplateComponent[] } | { ok: false; problem: TemplateProblem } {
  const parsed = templateComponentsSchema.safeParse(normaliseComponents(components))
  if (parsed.success) return { ok: true, components: parsed.data }
  const { field, message } = formatZodIssue(parsed.error, { root: at })
  return { ok: false, problem: problemAt(field, `${message}.`) }
}

/** The first of them; null where everything fits. */
export function checkComponents(
  components: TemplateComponent[],
  definition: TemplateDefinition,
  at: string,
): TemplateProblem | null {
  return problemsOfComponents(components, definition, at)[0] ?? null
}

/** Everything that does not fit: one for each part and each button at fault. */
export function problemsOfComponents(
  components: TemplateComponent[],
  definition: TemplateDefinition,
  at: string,
): TemplateProblem[] {
  const repeated = checkRepeats(components, at)
  if (repeated) return [repeated]
  return [
    ...problemsOfParts(components.map(cardComponent), definition, definition, at),
    checkOffer(components, definition, at),
    ...problemsOfCards(components, definition, at),
    checkBodyLength(components, definition, at),
  ].filter((problem) => problem !== null)
}

/** Header, body and buttons: the parts that a whole template and a card of a carousel have in common. Others keep their place as null. */
function cardComponent(component: TemplateComponent): TemplateCardComponent | null {
  return component.type === 'header' || component.type === 'body' || component.type === 'button' ? component : null
}

function checkRepeats(components: TemplateComponent[], at: string): TemplateProblem | null {
  const seen = new Set<string>()
  for (const [i, component] of components.entries()) {
    const key = component.type === 'button' ? `button ${component.index}` : component.type
    if (seen.has(key)) return problemAt(`${at}.${i}`, `The ${key} component is given twice.`)
    seen.add(key)
  }
  return null
}

function problemsOfParts(
  components: (TemplateCardComponent | null)[],
  parts: TemplateParts,
  template: TemplateDefinition,
  at: string,
): TemplateProblem[] {
  const header = find(components, 'header')
  const body = find(components, 'body')
  return [
    checkHeader(header?.component.parameters ?? [], parts.header, template, header ? `${at}.${header.i}` : at),
    checkTexts(body?.component.parameters ?? [], parts.body, 'body', template, body ? `${at}.${body.i}` : at),
    ...problemsOfButtons(components, parts.buttons, at),
  ].filter((problem) => problem !== null)
}

function find<T extends TemplateCardComponent['type']>(components: (TemplateCardComponent | null)[], type: T) {
  const i = components.findIndex((component) => component?.type === type)
  return i < 0 ? null : { i, component: components[i] as Extract<TemplateCardComponent, { type: T }> }
}

function checkHeader(
  parameters: HeaderParameter[],
  header: TemplateHeader,
  template: TemplateDefinition,
  at: string,
): TemplateProblem | null {
  switch (header.kind) {
    case 'unknown':
      return null
    case 'none':
      return parameters.length === 0 ? null : problemAt(`${at}.parameters`, 'The template has no header to fill.')
    case 'text': {
      const texts = parameters.filter(isTextual)
      if (texts.length < parameters.length) {
        return problemAt(`${at}.parameters`, 'The header of the template is a text and takes only text.')
      }
      const problem = checkTexts(texts, header, 'header', template, at)
      if (problem) return problem
      const count = characters(fillText(header, texts))
      if (texts.length === 0 || count <= HEADER_MAX) return null
      return problemAt(`${at}.parameters`, `The filled header has ${count} characters; Meta allows ${HEADER_MAX}.`)
    }
    default:
      return checkHeaderAsset(parameters, header.kind, at)
  }
}

function checkHeaderAsset(parameters: HeaderParameter[], kind: string, at: string): TemplateProblem | null {
  const [parameter] = parameters
  // GIF headers are filled with a video in some of Meta's examples.
  const fits = parameter?.type === kind || (kind === 'gif' && parameter?.type === 'video')
  if (parameters.length === 1 && fits) return null
  const article = kind === 'image' ? 'an' : 'a'
  const came = parameter ? `${parameters.length} of type ${parameter.type}` : 'none'
  return problemAt(`${at}.parameters`, `The header needs exactly one parameter, ${article} ${kind}; got ${came}.`)
}

function checkTexts(
  parameters: TextualParameter[],
  text: TemplateText,
  part: string,
  template: TemplateDefinition,
  at: string,
): TemplateProblem | null {
  for (const [i, parameter] of parameters.entries()) {
    const fault = faultOfValue(shownText(parameter))
    if (fault) return problemAt(`${at}.parameters.${i}`, `A ${part} parameter ${fault}.`)
  }
  if (template.parameterFormat === 'named') return checkNames(parameters, text, part, at)
  const named = parameters.findIndex((parameter) => parameter.parameter_name !== undefined)
  if (named >= 0) {
    return problemAt(
      `${at}.parameters.${named}.parameter_name`,
      `The template counts its ${part} variables, so parameters have no parameter_name.`,
    )
  }
  if (parameters.length === text.variables.length) return null
  return problemAt(
    `${at}.parameters`,
    `The ${part} has ${countOf(text.variables.length, 'variable')}, got ${countOf(parameters.length, 'parameter')}.`,
  )
}

function checkNames(
  parameters: TextualParameter[],
  text: TemplateText,
  part: string,
  at: string,
): TemplateProblem | null {
  const given = new Set<string>()
  for (const [i, { parameter_name: name }] of parameters.entries()) {
    const field = `${at}.parameters.${i}.parameter_name`
    if (name === undefined)
      return problemAt(field, `The template names its ${part} variables; parameter_name is missing.`)
    if (!text.variables.includes(name)) return problemAt(field, `The ${part} has no variable "${name}".`)
    if (given.has(name)) return problemAt(field, `The ${part} variable "${name}" is given twice.`)
    given.add(name)
  }
  const missing = text.variables.find((name) => !given.has(name))
  return missing === undefined ? null : problemAt(`${at}.parameters`, `The ${part} variable "${missing}" is missing.`)
}

function checkOffer(
  components: TemplateComponent[],
  definition: TemplateDefinition,
  at: string,
): TemplateProblem | null {
  if (!definition.needsOfferExpiration) return null
  const offer = components.find((component) => component.type === 'limited_time_offer')
  return offer?.parameters?.length ? null : problemAt(at, 'The limited-time offer needs its expiration time.')
}

function problemsOfCards(
  components: TemplateComponent[],
  definition: TemplateDefinition,
  at: string,
): TemplateProblem[] {
  const i = components.findIndex((component) => component.type === 'carousel')
  const carousel = components[i]
  const cards = carousel?.type === 'carousel' ? carousel.cards : []
  if (cards.length !== definition.cards.length) {
    const text = `The template has ${countOf(definition.cards.length, 'card')}, got ${cards.length}.`
    return [problemAt(i < 0 ? at : `${at}.${i}.cards`, text)]
  }
  return cards.flatMap((card, position) => {
    const field = `${at}.${i}.cards.${position}`
    const parts = definition.cards[card.card_index]
    if (!parts) return [problemAt(`${field}.card_index`, `The template has no card ${card.card_index}.`)]
    const repeated = cards.findIndex((other) => other.card_index === card.card_index) < position
    if (repeated) return [problemAt(`${field}.card_index`, `Card ${card.card_index} is given twice.`)]
    const twice = checkRepeats(card.components, `${field}.components`)
    return twice ? [twice] : problemsOfParts(card.components, parts, definition, `${field}.components`)
  })
}

function checkBodyLength(
  components: TemplateComponent[],
  definition: TemplateDefinition,
  at: string,
): TemplateProblem | null {
  const i = components.findIndex((component) => component.type === 'body')
  const body = components[i]
  if (body?.type !== 'body') return null
  const alone = definition.header.kind === 'none' && definition.footer === null && definition.buttons.length === 0
  const max = alone && definition.cards.length === 0 ? LONE_BODY_MAX : BODY_MAX
  const count = characters(fillText(definition.body, body.parameters ?? []))
  if (count <= max) return null
  return problemAt(`${at}.${i}.parameters`, `The filled body has ${count} characters; Meta allows ${max}.`)
}
