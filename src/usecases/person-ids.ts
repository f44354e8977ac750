import { isBsuid, isWaId, waIdCandidates } from '../domain/recipient.ts'

/**
 * The ids to look a person up under when a path or a filter names one: the digits of a wa_id (a `+` in front is forgiven) in every
 * spelling Meta may use, the given one first, or a BSUID. Null when it is neither.
 */
export function personIds(text: string): string[] | null {
  if (isBsuid(text)) return [text]
  const digits = text.startsWith('+') ? text.slice(1) : text
  return isWaId(digits) ? waIdCandidates(digits) : null
}
