import { UsageError } from './failure.ts'

/**
 * `to` of an intent from what a person types: a number with `+` stays as it is, digits alone are a wa_id, and everything
 * with a country and a dot is a BSUID. Whether it is a possible number is for the API to say.
 */
export function recipientOf(text: string): string | { wa_id: string } | { user_id: string } {
  if (text.startsWith('+')) return text
  if (/^\d+$/.test(text)) return { wa_id: text }
  if (/^[A-Z]{2}\./.test(text)) return { user_id: text }
  throw new UsageError(`expected a number with +, the digits of a wa_id, or a BSUID such as BR.1349…, got '${text}'`)
}

/** The same person as the API names them in paths and filters: digits of the wa_id, or a BSUID. */
export function contactIdOf(text: string): string {
  const to = recipientOf(text)
  if (typeof to === 'string') return to.replace(/\D/g, '')
  return 'wa_id' in to ? to.wa_id : to.user_id
}
