import { isRecord } from '../../content/template-message.ts'
import { lintButtons } from './buttons.ts'
import { lintHeader } from './header.ts'
import { type LintContext, typeOf, upper } from './report.ts'
import { lintText } from './text.ts'

/*
 * Cards to swipe. Of a media carousel each card has an image or a video, perhaps a text, and one or two buttons; of a product carousel a
 * product and its button. All cards have the same parts.
 * Source: Meta, templates/marketing-templates/media-card-carousel-templates (page of 2026-06-24) and catalogs/product-card-carousel (read 2026-11).
 */

const MIN_CARDS = 2
const MAX_CARDS = 10
const CARD_BODY_MAX = 160
const CARD_BUTTONS = 2
const CARD_HEADERS = ['IMAGE', 'VIDEO', 'PRODUCT']
const PRODUCT_BUTTONS = ['SPM', 'URL']
const CARD_PARTS = ['HEADER', 'BODY', 'BUTTONS']

export function lintCarousel(cards: unknown, path: string, context: LintContext): void {
  const { report, warn } = context
  if (!Array.isArray(cards) || cards.length < MIN_CARDS || cards.length > MAX_CARDS) {
    const bounds = { min: MIN_CARDS, max: MAX_CARDS }
    if (Array.isArray(cards)) report(path, 'cards_count', { ...bounds, got: cards.length })
    else report(path, 'cards_no_list', bounds)
    return
  }
  const shapes = cards.map((card, index) => lintCard(card, `${path}.${index}.components`, context))
  const [first] = shapes
  for (const [index, shape] of shapes.entries()) {
    if (shape === first || shape === null || first === null) continue
    report(`${path}.${index}`, 'card_differs', { parts: shape, first: String(first) })
  }
  if (first?.includes('PRODUCT') && cards.length !== 2) {
    warn(path, 'product_cards', { count: cards.length })
  }
}

/** The parts of a card in words, to compare it with others; null when it has none that can be read. */
function lintCard(card: unknown, path: string, context: LintContext): string | null {
  const given = isRecord(card) ? card.components : undefined
  if (!Array.isArray(given) || given.length > 10) {
    context.report(path, 'no_components')
    return null
  }
  const parts = new Map<string, string>()
  for (const [index, component] of given.entries()) {
    const at = `${path}.${index}`
    const type = isRecord(component) ? typeOf(component) : ''
    if (type === '') context.report(`${at}.type`, 'component_kind_missing')
    else if (!CARD_PARTS.includes(type)) context.report(at, 'card_part', { kind: type, choices: CARD_PARTS.join(', ') })
    else if (parts.has(type)) context.report(at, 'component_twice', { kind: type })
    else parts.set(type, lintPart(component as Record<string, unknown>, type, at, context))
  }
  if (!parts.has('HEADER')) context.report(path, 'card_no_header')
  if (!parts.has('BUTTONS')) context.report(path, 'card_no_buttons', { max: CARD_BUTTONS })
  if (parts.get('HEADER')?.includes('PRODUCT')) lintProductCard(parts, path, context)
  return CARD_PARTS.flatMap((part) => parts.get(part) ?? []).join(', ')
}

/** What of a part all cards share: its kind, and the kinds of its buttons. */
function lintPart(component: Record<string, unknown>, type: string, path: string, context: LintContext): string {
  switch (type) {
    case 'HEADER': {
      const format = upper(component.format)
      if (!CARD_HEADERS.includes(format)) {
        context.report(`${path}.format`, 'card_header', { choices: CARD_HEADERS.join(', ') })
      } else lintHeader(component, path, context)
      return format
    }
    case 'BODY':
      lintText(component, 'body', { max: CARD_BODY_MAX }, path, context)
      return 'body'
    default: {
      lintButtons(component.buttons, `${path}.buttons`, context, { most: CARD_BUTTONS })
      const buttons = Array.isArray(component.buttons) ? component.buttons.filter(isRecord) : []
      return buttons.map(typeOf).join(' and ')
    }
  }
}

function lintProductCard(parts: Map<string, string>, path: string, { report }: LintContext): void {
  const buttons = parts.get('BUTTONS')
  if (buttons === undefined || buttons.split(' and ').some((kind) => PRODUCT_BUTTONS.includes(kind))) return
  report(path, 'card_product_button', { choices: PRODUCT_BUTTONS.join(', ') })
}
