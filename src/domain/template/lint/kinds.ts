import { isRecord } from '../../content/template-message.ts'
import { lintAuthentication } from './authentication.ts'
import { type LintContext, typeOf, upper } from './report.ts'

/*
 * What a component or a button demands of the template around it.
 * Source: Meta, templates/marketing-templates, templates/components and catalogs (read 2026-11).
 */

const OFFER_MAX = 16
/** Characters of a body, by what stands beside it. */
const BODY_MAX = 1024
const OFFER_BODY_MAX = 600
const PRODUCT_BODY_MAX = 160
const OFFER_COUPON_MAX = 15

export interface Kinds {
  components: ReadonlySet<string>
  buttons: readonly string[]
  headerFormat: string | null
}

export function kindsOf(components: Record<string, unknown>[]): Kinds {
  const header = components.find((component) => typeOf(component) === 'HEADER')
  return {
    components: new Set(components.map(typeOf)),
    buttons: components
      .filter((component) => typeOf(component) === 'BUTTONS')
      .flatMap((component) => (Array.isArray(component.buttons) ? component.buttons.filter(isRecord).map(typeOf) : [])),
    headerFormat: header ? upper(header.format ?? 'TEXT') : null,
  }
}

export function bodyMax({ components, buttons }: Kinds): number {
  if (components.has('LIMITED_TIME_OFFER')) return OFFER_BODY_MAX
  return buttons.includes('SPM') ? PRODUCT_BODY_MAX : BODY_MAX
}

/** Undefined: as everywhere. */
export function couponMax({ components }: Kinds): number | undefined {
  return components.has('LIMITED_TIME_OFFER') ? OFFER_COUPON_MAX : undefined
}

export function lintKinds(components: Record<string, unknown>[], kinds: Kinds, context: LintContext): void {
  const { report, category } = context
  if (category === 'AUTHENTICATION') {
    lintAuthentication(components, context)
    return
  }
  const only = (kind: string, categories: string[]) => {
    const index = components.findIndex((component) => typeOf(component) === kind)
    if (index < 0 || category === '' || categories.includes(category)) return
    report(`components.${index}`, 'kind_of_category', { kind, categories: categories.join(' and ') })
  }
  only('CAROUSEL', ['MARKETING'])
  only('LIMITED_TIME_OFFER', ['MARKETING'])
  if (kinds.components.has('CAROUSEL')) lintAlone('CAROUSEL', ['BODY', 'CAROUSEL'], components, context)
  if (kinds.components.has('CALL_PERMISSION_REQUEST')) {
    const beside = ['HEADER', 'BODY', 'FOOTER', 'CALL_PERMISSION_REQUEST']
    lintAlone('CALL_PERMISSION_REQUEST', beside, components, context)
  }
  if (kinds.components.has('LIMITED_TIME_OFFER')) lintOffer(components, kinds, context)
  lintProducts(kinds, context)
}

/** Kinds that Meta added later may stand beside anything. */
const KNOWN = ['HEADER', 'BODY', 'FOOTER', 'BUTTONS', 'CAROUSEL', 'LIMITED_TIME_OFFER', 'CALL_PERMISSION_REQUEST']

function lintAlone(
  kind: string,
  beside: string[],
  components: Record<string, unknown>[],
  { report }: LintContext,
): void {
  for (const [index, component] of components.entries()) {
    const type = typeOf(component)
    if (!KNOWN.includes(type) || beside.includes(type)) continue
    report(`components.${index}`, 'not_beside', { kind: type, other: kind })
  }
}

function lintOffer(components: Record<string, unknown>[], kinds: Kinds, context: LintContext): void {
  const { report } = context
  const index = components.findIndex((component) => typeOf(component) === 'LIMITED_TIME_OFFER')
  const given = components[index]?.limited_time_offer
  const offer = isRecord(given) ? given : {}
  const at = `components.${index}.limited_time_offer`
  if (typeof offer.text !== 'string' || offer.text === '' || [...offer.text].length > OFFER_MAX) {
    report(`${at}.text`, 'offer_text', { max: OFFER_MAX })
  }
  if (offer.has_expiration !== undefined && typeof offer.has_expiration !== 'boolean') {
    report(`${at}.has_expiration`, 'not_boolean')
  }
  lintAlone('LIMITED_TIME_OFFER', ['HEADER', 'BODY', 'LIMITED_TIME_OFFER', 'BUTTONS'], components, context)
  if (kinds.headerFormat !== null && !['IMAGE', 'VIDEO'].includes(kinds.headerFormat)) {
    report('components', 'offer_header')
  }
  const { buttons } = kinds
  const fits = buttons.join() === 'URL' || buttons.join() === 'COPY_CODE,URL'
  if (!fits) report('components', 'offer_buttons')
}

function lintProducts({ buttons, components, headerFormat }: Kinds, { report }: LintContext): void {
  if (buttons.includes('MPM') && headerFormat !== 'TEXT') {
    report('components', 'products_header')
  }
  if (headerFormat === 'PRODUCT' && !buttons.includes('SPM')) {
    report('components', 'product_button')
  }
  if (components.has('CAROUSEL')) return
  for (const kind of ['SPM', 'MPM', 'CATALOG']) {
    if (buttons.filter((other) => other === kind).length > 1) report('components', 'button_twice', { kind })
  }
}
