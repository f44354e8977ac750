import { parsePhoneNumberFromString } from 'libphonenumber-js/max'

/**
 * Whether a number belongs to the United States: +1 is shared with Canada and the Caribbean, so the area code decides.
 * Marketing templates are not delivered there since 2025-04-01. Source: Meta, per-user marketing limits (read 2026-11).
 */
export function isUnitedStates(waId: string): boolean {
  return waId.startsWith('1') && parsePhoneNumberFromString(`+${waId}`)?.country === 'US'
}
