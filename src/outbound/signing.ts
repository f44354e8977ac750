import { createHmac, randomBytes } from 'node:crypto'

/*
 * How a receiver knows that a delivery is from us: as Meta signs (kind `meta`), or by the Standard Webhooks convention (kind `events`).
 */

const PREFIX = 'whsec_'

/** Any string is a key for Meta's way of signing. Ours has 64 hex digits, no longer than Meta's own, for receivers that keep it in a column. */
export function newMetaSecret(): string {
  return randomBytes(32).toString('hex')
}

/** Source: Standard Webhooks, specification, secret serialization (read 2026-11). */
export function newStandardSecret(): string {
  return PREFIX + randomBytes(32).toString('base64')
}

/** Of exactly these bytes, with the secret string itself as key. Source: Meta, webhooks/overview (read 2026-11). */
export function metaHeaders(secret: string, body: Buffer): Record<string, string> {
  return { 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` }
}

export interface StandardMessage {
  /** The same in every try: receivers tell by it what they have seen. */
  id: string
  /** When this try is made; receivers refuse what is minutes away from their own clock. */
  sentAt: Date
  body: Buffer
}

/** Source: Standard Webhooks, specification, signature scheme (read 2026-11). */
export function standardHeaders(secret: string, { id, sentAt, body }: StandardMessage): Record<string, string> {
  const seconds = String(Math.floor(sentAt.getTime() / 1_000))
  const key = Buffer.from(secret.slice(secret.startsWith(PREFIX) ? PREFIX.length : 0), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.`).update(body).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` }
}
