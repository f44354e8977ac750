/* What a customer said, out of a message as Meta tells it: what waits, texts and conditions of flows read. */

export interface SaidInBody {
  /** Typed, below a picture, or the label of a button. */
  text: string
  tap: { payload: string; label: string } | null
  /** The message that it answers, by Meta's id. */
  answers: string | null
}

/** Source: Meta, webhooks/reference/messages (read 2026-11). What is not there is empty. */
export function saidInBody(type: string, body: unknown): SaidInBody {
  const message = objectOf(body)
  const answers = textOf(objectOf(message.context).id) || null
  if (type === 'button') {
    const { payload, text } = objectOf(message.button)
    const label = textOf(text)
    return { text: label, tap: { payload: textOf(payload) || label, label }, answers }
  }
  if (type === 'interactive') {
    const { button_reply, list_reply } = objectOf(message.interactive)
    const { id, title } = objectOf(button_reply ?? list_reply)
    const label = textOf(title)
    return { text: label, tap: label === '' ? null : { payload: textOf(id), label }, answers }
  }
  return { text: textOf(objectOf(message.text).body) || textOf(objectOf(message[type]).caption), tap: null, answers }
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
