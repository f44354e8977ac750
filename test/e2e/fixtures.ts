/*
 * What the suites of this folder send. The templates are those of the sandbox's default seed.
 */

export const text = (body: string) => ({ type: 'text', text: { body } })

/** Utility, named variables, two quick replies. */
export const KEEP_HELPING = {
  name: 'keep_helping',
  language: 'en',
  parameters: { user: 'Ana', your_name: 'Luis', company: 'Lucky Shrub' },
  decline: ['No, thanks!'],
}

/** Utility, positional variables. */
export const ORDER_UPDATE = { name: 'order_update', language: 'en', parameters: ['Ana', '#17'] }

/** Marketing. */
export const SPRING_OFFER = { name: 'spring_offer', language: 'en', parameters: ['Ana', '25%'] }

/** The same as messages of their own. */
export function templateMessage({ name, language, parameters }: typeof ORDER_UPDATE) {
  const body = { type: 'body', parameters: parameters.map((value) => ({ type: 'text', text: value })) }
  return { type: 'template', template: { name, language: { code: language }, components: [body] } }
}

export const SECOND_MS = 1_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** A status webhook of one message, stamped now unless said otherwise; for `Harness.webhook`. */
export function statusOf(sender: string, wamid: string, status: string, more: object = {}) {
  const timestamp = String(Math.floor(Date.now() / SECOND_MS))
  return {
    field: 'messages',
    value: {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '15550783881', phone_number_id: sender },
      statuses: [{ id: wamid, status, timestamp, ...more }],
    },
  }
}
