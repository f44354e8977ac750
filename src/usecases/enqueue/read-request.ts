import { createHash } from 'node:crypto'
import stableStringify from 'safe-stable-stringify'
import { formatZodIssue, unstorableJson } from '../../domain/content.ts'
import { parseRecipient, type Recipient } from '../../domain/recipient.ts'
import { intentRequestSchema, type ParsedIntentRequest } from '../../domain/request.ts'
import {
  localBounds,
  type MovingTime,
  momentOf,
  movingTime,
  type Schedule,
  type ScheduleFacts,
  withinLife,
} from '../../domain/schedule.ts'
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

export const DEFAULT_LIFETIME_MS = 7 * DAY_MS
/** How far `send_at` may lie ahead: longer is a mistake in units more often than a plan. */
const FURTHEST_SEND_MS = 366 * DAY_MS

export interface ReadRequest {
  request: ParsedIntentRequest
  recipient: Recipient
  /** Null where the time depends on whom it goes to; see `placed`. */
  times: PlacedTimes | null
  hash: string
}

/** When it leaves and ends, and what moves that. */
export interface PlacedTimes {
  sendAt: Instant
  expiresAt: Instant
  schedule: Schedule | null
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

  const asked = request.send_at ?? null
  const moving = asked === null ? null : movingTime(asked)
  const times =
    moving === null
      ? boundedTimes(typeof asked === 'string' ? instant(Date.parse(asked)) : now, null, request, now)
      : earlyTimes(moving, request, now)
  if (times !== null && 'error' in times) return times
  return { request, recipient: recipient.recipient, times, hash: requestHash(input) }
}

/** A local time that no zone makes right is refused before anybody is made; what is right is placed with the facts. */
function earlyTimes(moving: MovingTime, request: ParsedIntentRequest, now: Instant): { error: EnqueueError } | null {
  if (moving !== 'before_close') {
    const { earliest, latest } = localBounds(moving)
    const bounds = [earliest, latest].map((at) => boundedTimes(at, null, request, now))
    const [first, last] = bounds
    if (first && last && 'error' in first && 'error' in last) return last
  } else if (request.expires_at !== undefined) {
    const times = boundedTimes(now, null, request, now)
    if ('error' in times) return times
  }
  return null
}

/** When a message leaves by these facts, whatever way its time was said in. */
export function readTimes(
  request: Pick<ParsedIntentRequest, 'send_at' | 'expires_at'>,
  facts: ScheduleFacts,
  now: Instant,
): PlacedTimes | { error: EnqueueError } {
  const asked = request.send_at ?? null
  if (asked !== null && movingTime(asked) !== null) return placed({ request }, facts, now)
  return boundedTimes(typeof asked === 'string' ? instant(Date.parse(asked)) : now, null, request, now)
}

/** When a message leaves whose time depends on whom it goes to. */
export function placed(
  { request }: { request: Pick<ParsedIntentRequest, 'send_at' | 'expires_at'> },
  facts: ScheduleFacts,
  now: Instant,
): PlacedTimes | { error: EnqueueError } {
  const moving = request.send_at === undefined ? null : movingTime(request.send_at)
  if (moving === null) throw new Error('expected a time that depends on whom it goes to')
  const moment = momentOf(moving, facts, now)
  // No window is open: it is due now, and an ordinary message from then on.
  if (moment === null) return boundedTimes(now, null, request, now)
  const ends = request.expires_at === undefined ? null : instant(Date.parse(request.expires_at))
  const sendAt = moving === 'before_close' ? withinLife(moment, ends) : moment
  if (sendAt <= now && moving === 'before_close') return boundedTimes(now, null, request, now)
  return boundedTimes(sendAt, moving, request, now)
}

function boundedTimes(
  sendAt: Instant,
  moving: MovingTime | null,
  request: Pick<ParsedIntentRequest, 'expires_at'>,
  now: Instant,
): PlacedTimes | { error: EnqueueError } {
  const given = request.expires_at
  const expiresAt = given === undefined ? plus(sendAt, DEFAULT_LIFETIME_MS) : instant(Date.parse(given))
  if (expiresAt <= now) {
    const error =
      given === undefined
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
  const schedule =
    moving === null ? null : { sendAt: moving, lifetimeMs: given === undefined ? DEFAULT_LIFETIME_MS : null }
  return { sendAt, expiresAt, schedule }
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
