import { isRecord } from '../../content/template-message.ts'
import type { LintContext } from './report.ts'

/**
 * Words that make Meta see an advertisement in what was filed as utility, by language. It is a guess: Meta tells no list, and turns such a
 * template into marketing with a day's notice or none. Source: Meta, templates/template-categorization (read 2026-11): offers, promotions,
 * coupons, discounts, cross-selling and holiday greetings are marketing.
 */
const PROMOTIONAL: Readonly<Record<string, readonly string[]>> = {
  en: [
    'sale',
    'discount',
    'discounts',
    'coupon',
    'promo',
    'promo code',
    'promotion',
    'promotions',
    'special offer',
    'exclusive offer',
    'limited time',
    'deal',
    'deals',
    'shop now',
    'buy now',
    'order now',
    'voucher',
    'free gift',
    'new arrivals',
    'black friday',
    'cyber monday',
    'save up to',
    'best price',
    'clearance',
    'cashback',
    'you may also like',
    "don't miss",
  ],
  pt: [
    'desconto',
    'descontos',
    'promoção',
    'promoções',
    'oferta',
    'ofertas',
    'cupom',
    'liquidação',
    'compre agora',
    'imperdível',
  ],
  es: [
    'descuento',
    'descuentos',
    'promoción',
    'promociones',
    'oferta',
    'ofertas',
    'cupón',
    'rebajas',
    'compra ya',
    'compra ahora',
  ],
  fr: ['promo', 'promotion', 'promotions', 'réduction', 'soldes', 'remise', 'bon plan', 'code promo', 'offre spéciale'],
  de: [
    'rabatt',
    'rabatte',
    'gutschein',
    'sonderangebot',
    'sonderaktion',
    'schnäppchen',
    'jetzt kaufen',
    'gutscheincode',
  ],
  it: ['sconto', 'sconti', 'offerta speciale', 'promozione', 'promozioni', 'saldi', 'acquista ora', 'codice sconto'],
  id: ['diskon', 'promo', 'kupon', 'beli sekarang', 'penawaran spesial', 'potongan harga'],
}

/** Longer than any text that Meta takes. */
const LONGEST = 2_000

const PERCENT_OFF = /\d\s?%\s?(off|discount|de desconto|de descuento|rabatt|de réduction|di sconto)/i

export function lintSmell(document: Record<string, unknown>, { warn, category }: LintContext): void {
  if (category !== 'UTILITY') return
  const language = String(document.language ?? '').split(/[_-]/)[0] ?? ''
  const words = [...(PROMOTIONAL.en ?? []), ...((language !== 'en' && PROMOTIONAL[language]) || [])]
  for (const [at, whole] of textsOf(document.components, 'components')) {
    const text = whole.slice(0, LONGEST)
    const found = words.find((word) => holds(text, word)) ?? PERCENT_OFF.exec(text)?.[0]
    if (found === undefined) continue
    warn(at, 'reads_like_ad', { words: found })
  }
}

function holds(text: string, word: string): boolean {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'iu').test(text)
}

/** Every text and label, with its path. */
function textsOf(value: unknown, path: string): [path: string, text: string][] {
  if (Array.isArray(value)) return value.slice(0, 50).flatMap((item, index) => textsOf(item, `${path}.${index}`))
  if (!isRecord(value)) return []
  const own: [string, string][] = typeof value.text === 'string' ? [[`${path}.text`, value.text]] : []
  return [...own, ...textsOf(value.components, `${path}.components`), ...textsOf(value.buttons, `${path}.buttons`)]
}
