import { createHmac } from 'node:crypto'

/**
 * JSON with everything beyond ASCII as `\uXXXX` in lower-case hex, the form Meta sends and signs.
 * Source: Meta, webhooks getting-started, "validate payloads" (read 2026-11).
 */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The value of `X-Hub-Signature-256` for exactly these bytes. */
export function signature(body: string, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`
}
