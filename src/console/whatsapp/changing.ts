/* What may be changed of a message that has not left, and what is asked for then. Pure. */

/** The words of it that a person wrote: a text, or what stands under a file. Null: it has none, as a template. */
export function wordsIn(message: Record<string, unknown>): string | null {
  const { body, caption } = contentOf(message)
  if (message.type === 'text') return typeof body === 'string' ? body : null
  return CAPTIONED.includes(String(message.type)) ? (typeof caption === 'string' ? caption : '') : null
}

const CAPTIONED: readonly string[] = ['image', 'video', 'document']

export interface Change {
  message?: Record<string, unknown>
  /** Null: as soon as it may. */
  send_at?: string | null
}

/**
 * Null where nothing is another than before: what nobody touched is not sent along, or it would undo what somebody else changed.
 *
 * @param sendAt undefined: the time stays
 */
export function changeOf(
  message: Record<string, unknown>,
  text: string,
  sendAt: string | null | undefined,
): Change | null {
  const first = wordsIn(message)
  const isOther = first !== null && text !== first
  if (!isOther && sendAt === undefined) return null
  return {
    ...(isOther && { message: withWords(message, text) }),
    ...(sendAt !== undefined && { send_at: sendAt }),
  }
}

function withWords(message: Record<string, unknown>, text: string): Record<string, unknown> {
  const type = String(message.type)
  if (type === 'text') return { ...message, text: { ...contentOf(message), body: text } }
  const { caption, ...file } = contentOf(message)
  return { ...message, [type]: text === '' ? file : { ...file, caption: text } }
}

function contentOf(message: Record<string, unknown>): Record<string, unknown> {
  return (message[String(message.type)] ?? {}) as Record<string, unknown>
}
