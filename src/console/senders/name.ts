import type { Sender } from '../api/queries.ts'

/** `Lucky Shrub (+1 555 078 3881)`, as far as it is known. */
export function senderName({ verified_name, display_phone_number, phone_number_id }: Sender): string {
  const number = numberText(display_phone_number) ?? phone_number_id
  return verified_name ? `${verified_name} (${number})` : number
}

export function numberText(number: string | null): string | null {
  if (number === null) return null
  return /^\d+$/.test(number) ? `+${number}` : number
}
