import { createHash } from 'node:crypto'
import stableStringify from 'safe-stable-stringify'
import { formatZodIssue, unstorableJson } from '../../domain/content.ts'
import { parseRecipient, type Recipient } from '../../domain/recipient.ts'
import { intentRequestSchema, type ParsedIntentRequest } from '../../domain/request.ts'
import { DAY_MS, type Instant, instant, plus, toIso } from '../../domain/time.ts'

/* What can be said of a producer's request before anything is looked up. */

export interface EnqueueError {
  status: 400 | 404 | 409
  code: string
  message: string
  field?: string
  /** All that is wrong, where that is more than one thing. */
  problems?: { path: string; message: string }[]
}

const DEFAULT_LIFETIME_MS = 7 * DAY_MS
/** How far `send_at` may lie ahead: longer is a mistake in units more often than a plan. */
const FURTHEST_SEND_MS = 366 * DAY_MS

export interface ReadRequest {
  request: ParsedIntentRequest
  recipient: Recipient
  sendAt: Instant
  expiresAt: Instant
  hash: string
}

/** Whatever an input is, it is only its own: a check that breaks on one says so of that one. */
export function readRequest(input: unknown, now: Instant): ReadRequest | { error: EnqueueError } {
  try {
    return read(input, now)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { error: invalid('message', 'expected message to be one that can be checked, got one that is too large') }
  }
}

function read(input: unknown, now: Instant): ReadRequest | { error: EnqueueError } {
  const unstorable = unstorableJson(input)
  if (unstorable) {
    const field = unstorable.path.map(String).join('.') || 'message'
    return { error: invalid(field, `expected ${field} ${unstorable.message}`) }
  }
  const parsed = intentRequestSchema.safeParse(input)
  if (!parsed.success) {
    const { field, message } = formatZodIssue(parsed.error, { input })
    return { error: { status: 400, code: 'invalid', message, ...(field ? { field } : {}) } }
  }
  const request = parsed.data
  const recipient = parseRecipient(request.to)
  if (!recipient.ok) return { error: invalid(recipient.field, recipient.message) }

  const sendAt = request.send_at === undefined ? now : instant(Date.parse(request.send_at))
  const expiresAt =
    request.expires_at === undefined ? plus(sendAt, DEFAULT_LIFETIME_MS) : instant(Date.parse(request.expires_at))
  if (expiresAt <= now) {
    const error =
      request.expires_at === undefined
        ? invalid(
            'send_at',
            `expected send_at to be less than 7 days ago, or an expires_at in the future, got ${toIso(sendAt)}`,
          )
        : invalid('expires_at', `expected expires_at to be in the future, got ${toIso(expiresAt)}`)
    return { error }
  }
  if (expiresAt <= sendAt) {
    return {
      error: invalid(
        'expires_at',
        `expected expires_at to be after send_at (${toIso(sendAt)}), got ${toIso(expiresAt)}`,
      ),
    }
  }
  if (sendAt > plus(now, FURTHEST_SEND_MS)) {
    return { error: invalid('send_at', `expected send_at to be within a year, got ${toIso(sendAt)}`) }
  }
  return { request, recipient: recipient.recipient, sendAt, expiresAt, hash: requestHash(input) }
}

/** Same key and same body means: the same JSON, however its members are ordered. */
function requestHash(input: unknown): string {
  return createHash('sha256')
    .update(stableStringify(input) ?? '')
    .digest('base64url')
}

function invalid(field: string, message: string): EnqueueError {
  return { status: 400, code: 'invalid', message, field }
}
