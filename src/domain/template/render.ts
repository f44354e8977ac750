import type { HeaderParameter } from '../content/template-message.ts'
import { normaliseComponents, type TemplateComponent, templateComponentSchema } from '../content/template-message.ts'
import type { TemplateButton, TemplateDefinition, TemplateHeader, TemplateParts } from './definition.ts'
import { fillText, isTextual } from './fill.ts'

export interface RenderedButton {
  type: string
  label: string
  /** Where a url button leads, its suffix filled in. */
  url?: string
}

export interface RenderedParts {
  /** A text, or the kind of asset in brackets: `[image]`. */
  header?: string
  body: string
  buttons: RenderedButton[]
}

export interface RenderedTemplate extends RenderedParts {
  footer?: string
  cards?: RenderedParts[]
}

type Components = readonly TemplateComponent[]

/**
 * What the customer will read, for consoles and previews. Never fails and never loses a variable: one without a value stays visible as
 * `{{name}}`, and components that make no sense are left out.
 */
export function renderTemplate(definition: TemplateDefinition, components: unknown): RenderedTemplate {
  const readable = readComponentsLeniently(components)
  const carousel = readable.find((component) => component.type === 'carousel')
  const cards = definition.cards.map((parts, i) =>
    renderParts(parts, carousel?.cards.find((card) => card.card_index === i)?.components ?? []),
  )
  return {
    ...renderParts(definition, readable),
    ...(definition.footer === null ? {} : { footer: definition.footer }),
    ...(cards.length > 0 ? { cards } : {}),
  }
}

function readComponentsLeniently(components: unknown): Components {
  const normal = normaliseComponents(components)
  if (!Array.isArray(normal)) return []
  return normal.flatMap((component: unknown) => {
    const parsed = templateComponentSchema.safeParse(component)
    return parsed.success ? [parsed.data] : []
  })
}

function renderParts(parts: TemplateParts, components: Components): RenderedParts {
  const header = components.find((component) => component.type === 'header')
  const body = components.find((component) => component.type === 'body')
  const shown = renderHeader(parts.header, header?.parameters ?? [])
  return {
    ...(shown === null ? {} : { header: shown }),
    body: fillText(parts.body, body?.parameters ?? []),
    buttons: parts.buttons.map((button) => renderButton(button, components)),
  }
}

function renderHeader(header: TemplateHeader, parameters: HeaderParameter[]): string | null {
  switch (header.kind) {
    case 'none':
      return null
    case 'text':
      return fillText(header, parameters.filter(isTextual))
    case 'unknown':
      return `[${header.format.toLowerCase()}]`
    default:
      return `[${header.kind}]`
  }
}

function renderButton(button: TemplateButton, components: Components): RenderedButton {
  const { type, label, url } = button
  if (url === undefined) return { type, label }
  const given = components.find((component) => component.type === 'button' && Number(component.index) === button.index)
  const parameter = given?.type === 'button' ? given.parameters?.[0] : undefined
  const filled = parameter?.type === 'text' ? url.replace(/\{\{\s*\w+\s*\}\}/, () => parameter.text) : url
  return { type, label, url: filled }
}
