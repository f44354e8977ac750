import { numberKey } from '../domain/identity.ts'
import { isBsuid, isWaId } from '../domain/recipient.ts'

/**
 * The key to look a person up under when a path or a filter names one: the digits of a wa_id (a `+` in front is forgiven) in whatever
 * spelling, or a BSUID of any portfolio. Null when it is neither.
 */
export function personKey(text: string): string | null {
  if (isBsuid(text)) return text
  const digits = text.startsWith('+') ? text.slice(1) : text
  return isWaId(digits) ? numberKey(digits) : null
}
