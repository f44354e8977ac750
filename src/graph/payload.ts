import type { AttemptId, Bsuid, WaId } from '../domain/ids.ts'

/** Longest `biz_opaque_callback_data`. Source: Meta, messages/send-messages (read 2026-11). */
export const OPAQUE_MAX_CHARS = 512

/** At least one id; the phone number is used when both are known, as Meta recommends. */
export interface WireRecipient {
  waId: WaId | null
  bsuid: Bsuid | null
}

export interface SendPayload {
  /** The Cloud API's message object, checked by the caller; `context.message_id` is a wamid by now. */
  message: Readonly<Record<string, unknown>>
  recipient: WireRecipient
  attemptId: AttemptId
  /** A drop-in client's own `biz_opaque_callback_data`. */
  clientOpaque?: string | null
}

export type SendBody = Readonly<Record<string, unknown>>

/**
 * The exact JSON body of `POST /{phone-number-id}/messages`.
 *
 * Whatever the message object says about its envelope is overwritten: it was decided who gets it, and the attempt id has to
 * come back with every status, because Meta knows no idempotency key. A client's own value follows after one space and is cut
 * at the limit; the intent keeps it whole.
 */
export function toWire({ message, recipient, attemptId, clientOpaque }: SendPayload): SendBody {
  const { messaging_product, recipient_type, to, recipient: named, biz_opaque_callback_data, ...content } = message
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...addressee(recipient),
    ...content,
    biz_opaque_callback_data: clientOpaque ? cut(`${attemptId} ${clientOpaque}`) : attemptId,
  }
}

/**
 * Always with `+`: without it Meta puts the business number's own country code in front, and the message reaches a stranger.
 * Source: Meta, messages/send-messages (read 2026-11).
 */
function addressee({ waId, bsuid }: WireRecipient): { to: string } | { recipient: string } {
  if (waId !== null) return { to: waId.startsWith('+') ? waId : `+${waId}` }
  if (bsuid !== null) return { recipient: bsuid }
  throw new TypeError('expected a recipient with a wa_id or a BSUID, got neither')
}

function cut(opaque: string): string {
  if (opaque.length <= OPAQUE_MAX_CHARS) return opaque
  // Half a surrogate pair would not survive UTF-8.
  const end = /[\uD800-\uDBFF]/.test(opaque.charAt(OPAQUE_MAX_CHARS - 1)) ? OPAQUE_MAX_CHARS - 1 : OPAQUE_MAX_CHARS
  return opaque.slice(0, end)
}
