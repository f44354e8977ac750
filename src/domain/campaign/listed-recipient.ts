import { type CountryCode, isSupportedCountry, parsePhoneNumberWithError } from 'libphonenumber-js/max'
import { numberKey } from '../identity.ts'
import { numberFault } from '../number-faults.ts'
import { readNumberText } from '../number-text.ts'
import { isPlainNumber } from '../plain-number.ts'
import { inTodaysDigits, isBsuid, parseRecipient } from '../recipient.ts'
import type { Said } from '../said.ts'

/** Who a line of a list is for. */
export type Listed =
  | {
      ok: true
      /** What goes to Meta: digits of a wa_id, or a BSUID. */
      id: string
      /** The one spelling of it, by which the same person is known again. */
      key: string
    }
  | { ok: false; fault: Said }

const PLUS = 43

/**
 * Reads the `to` of a line: a number as people and spreadsheets write it, or a BSUID.
 *
 * @param home of numbers without a country code; null: they are refused, for whatever is put in front of one may make it somebody else's
 */
export function readListed(text: string, home: CountryCode | null): Listed {
  if (isPlainlyWritten(text)) {
    const digits = inTodaysDigits(text.slice(1))
    if (isPlainNumber(digits)) return { ok: true, id: digits, key: numberKey(digits) }
  }
  const bsuid = text.trim()
  if (isBsuid(bsuid)) return { ok: true, id: bsuid, key: bsuid }
  return home === null ? readMarked(text) : readAtHome(text, home)
}

/** A plus and digits, nothing else. */
function isPlainlyWritten(text: string): boolean {
  if (text.charCodeAt(0) !== PLUS) return false
  for (let at = 1; at < text.length; at += 1) {
    const sign = text.charCodeAt(at)
    if (sign < 48 || sign > 57) return false
  }
  return true
}

function readMarked(text: string): Listed {
  const read = parseRecipient(text)
  if (!read.ok) return { ok: false, fault: read.fault ?? numberFault('number_or_bsuid') }
  if (read.recipient.kind !== 'phone') return { ok: false, fault: numberFault('number_or_bsuid') }
  const { waId } = read.recipient
  return { ok: true, id: waId, key: numberKey(waId) }
}

/**
 * A number that is dialled like this in the country. It has to be an assigned one, not only one of a possible length: digits of a foreign
 * number that lost its plus often have the length of one at home, and would reach a stranger.
 */
function readAtHome(text: string, home: CountryCode): Listed {
  const read = readNumberText(text, true)
  if (!read.ok) return read
  if (read.plus) return readMarked(text)
  try {
    const phone = parsePhoneNumberWithError(read.digits, { defaultCountry: home, extract: false })
    if (phone.isValid()) {
      const id = inTodaysDigits(phone.number.slice(1))
      return { ok: true, id, key: numberKey(id) }
    }
  } catch {
    // No number at all: said below.
  }
  return { ok: false, fault: numberFault('number_home', { country: home }) }
}

/** Whether numbers without a country code can be read as those of this country (ISO 3166, two letters). */
export function isHome(text: string): text is CountryCode {
  return isSupportedCountry(text)
}
