/*
 * Phone numbers as people and spreadsheets write them. What can be read in one way only is read; everything else is refused with the
 * reason, because whatever is left of a number after taking signs out may be somebody else's.
 */

/** Digits without anything else; `plus` when the country code was marked. */
export type NumberText = { ok: true; plus: boolean; digits: string } | { ok: false; expectation: string }

/** Marks of writing direction, joiners, soft hyphens, a byte order mark: what copying from a page or an address book brings along. */
const INVISIBLE = /\p{Cf}/gu
/** Hyphens, dashes and the minus sign in their many forms. */
const DASHES = /[\p{Pd}\u2212]/gu
/** Decimals of a spreadsheet that says nothing with them. */
const EMPTY_DECIMALS = /^(\+?\d{5,})[.,]0+$/
const DECIMALS = /^\+?\d{5,}[.,]\d+$/
const EXPONENT = /^[+-]?\d+(?:[.,]\d+)?e[+-]?\d+$/i

/**
 * `expectation` continues "expected <field>" and quotes nothing but a single sign.
 *
 * @param home zeros in front are those of a country that is known, so they may stand
 */
export function readNumberText(text: string, home = false): NumberText {
  const shown = inPlainSigns(text)
  if (shown === '') return refuse('to be a phone number, got an empty text')
  if (EXPONENT.test(shown)) {
    return refuse('to be a phone number in full, got one in scientific notation, whose last digits are lost')
  }
  const whole = EMPTY_DECIMALS.exec(shown)?.[1] ?? shown
  if (DECIMALS.test(whole)) return refuse('to be a phone number, got a number with decimals')
  const plus = /^\(?\s*\+/.test(whole)
  const rest = plus ? whole.replace('+', '') : whole
  const sign = /[^\d ().-]/u.exec(rest)?.[0]
  if (sign !== undefined) {
    return refuse(`to be digits, with spaces, dashes, dots or parentheses at most, got ${nameOf(sign)}`)
  }
  if (/\.0+$/.test(rest)) return refuse('to be a phone number, got decimals at its end')
  const digits = rest.replace(/\D/g, '')
  if (digits === '') return refuse('to be a phone number, got no digits')
  if (home) return { ok: true, plus, digits }
  if (digits.startsWith('00')) {
    return refuse('to begin with the country code, got 00 in front: write + in its place')
  }
  if (digits.startsWith('0'))
    return refuse('to begin with the country code, got a 0 in front, as dialled inside of a country')
  return { ok: true, plus, digits }
}

/** Full-width and Arabic digits are digits; spaces of all kinds are spaces; the apostrophe is how a spreadsheet marks a text. */
function inPlainSigns(text: string): string {
  return text
    .replace(INVISIBLE, '')
    .replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(DASHES, '-')
    .replace(/\s/gu, ' ')
    .trim()
    .replace(/^'/, '')
    .trim()
}

/** So that a sign nobody can see is named, and a person's name is not quoted. */
function nameOf(sign: string): string {
  if (/\p{L}/u.test(sign)) return 'a letter'
  const code = `U+${(sign.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`
  return /[\x21-\x7e]/.test(sign) ? `"${sign}" (${code})` : code
}

function refuse(expectation: string): NumberText {
  return { ok: false, expectation }
}
