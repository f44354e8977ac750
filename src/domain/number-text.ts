import { numberFault } from './number-faults.ts'
import type { Said } from './said.ts'

/*
 * Phone numbers as people and spreadsheets write them. What can be read in one way only is read; everything else is refused with the
 * reason, because whatever is left of a number after taking signs out may be somebody else's.
 */

/** Digits without anything else; `plus` when the country code was marked. */
export type NumberText = { ok: true; plus: boolean; digits: string } | { ok: false; fault: Said }

/** Marks of writing direction, joiners, soft hyphens, a byte order mark: what copying from a page or an address book brings along. */
const INVISIBLE = /\p{Cf}/gu
/** Hyphens, dashes and the minus sign in their many forms. */
const DASHES = /[\p{Pd}\u2212]/gu
/** Decimals of a spreadsheet that says nothing with them. */
const EMPTY_DECIMALS = /^(\+?\d{5,})[.,]0+$/
const DECIMALS = /^\+?\d{5,}[.,]\d+$/
const EXPONENT = /^[+-]?\d+(?:[.,]\d+)?e[+-]?\d+$/i

/**
 * `fault` continues "expected <field>".
 *
 * @param home zeros in front are those of a country that is known, so they may stand
 */
export function readNumberText(text: string, home = false): NumberText {
  const shown = inPlainSigns(text)
  if (shown === '') return refuse(numberFault('number_empty'))
  if (EXPONENT.test(shown)) {
    return refuse(numberFault('number_scientific'))
  }
  const whole = EMPTY_DECIMALS.exec(shown)?.[1] ?? shown
  if (DECIMALS.test(whole)) return refuse(numberFault('number_decimals'))
  const plus = /^\(?\s*\+/.test(whole)
  const rest = plus ? whole.replace('+', '') : whole
  const sign = /[^\d ().-]/u.exec(rest)?.[0]
  if (sign !== undefined) {
    return refuse(
      /\p{L}/u.test(sign) ? numberFault('number_letter') : numberFault('number_sign', { sign: nameOf(sign) }),
    )
  }
  if (/\.0+$/.test(rest)) return refuse(numberFault('number_decimals_end'))
  const digits = rest.replace(/\D/g, '')
  if (digits === '') return refuse(numberFault('number_no_digits'))
  if (home) return { ok: true, plus, digits }
  if (digits.startsWith('00')) {
    return refuse(numberFault('number_zeros'))
  }
  if (digits.startsWith('0')) return refuse(numberFault('number_zero'))
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

/** So that a sign nobody can see is named. */
function nameOf(sign: string): string {
  const code = `U+${(sign.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`
  return /[\x21-\x7e]/.test(sign) ? `"${sign}" (${code})` : code
}

function refuse(fault: Said): NumberText {
  return { ok: false, fault }
}
