import { parsePhoneNumberFromString } from 'libphonenumber-js'
import { GraphError } from '../graph-error.ts'

/**
 * The digits a `to` stands for. Spaces, `-`, `(`, `)` and `.` are ignored. Without a `+`, a number too short to be
 * international gets the sender's own country code in front, which is how messages reach the wrong person.
 * Source: Meta, messages/send-messages, "phone number formats" (read 2026-11); where the line is drawn (10 digits) is
 * our reading, since Meta's own examples leave the `+` away.
 */
export function digitsOf(to: string, senderDigits: string): string {
  const trimmed = to.trim()
  const digits = trimmed.replace(/[\s().+-]/g, '')
  if (!/^\d+$/.test(digits)) throw new GraphError(131009, `Param to is not a valid phone number - got "${to}".`)
  const international = trimmed.startsWith('+') || digits.length > 10 ? digits : countryCode(senderDigits) + digits
  if (international.length < 7 || international.length > 15) {
    throw new GraphError(131009, `Param to must have between 7 and 15 digits - got "${to}".`)
  }
  return international
}

function countryCode(digits: string): string {
  return parsePhoneNumberFromString(`+${digits}`)?.countryCallingCode ?? '1'
}
