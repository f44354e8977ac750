import type { PhoneNumberId } from '../domain/ids.ts'
import { earliest, type Instant, latest } from '../domain/time.ts'
import { STAMP_TOLERANCE_MS } from '../domain/window.ts'
import type { Payload } from './webhook-parts.ts'

/** What applied webhooks of one number say of its channel. */
export interface HeardChannel {
  sender: PhoneNumberId
  /** Meta's newest stamp on a status or on a customer's message, never later than its payload came in. */
  causedAt: Instant | null
  /** When the first and the last payload with a status of the number came in, by our clock. */
  toldFirstAt: Instant | null
  toldLastAt: Instant | null
  /** How far the stamp that is farthest ahead of our clock lies ahead of it, where that is more than is believed; milliseconds. */
  aheadMs: number | null
}

/** Only statuses and messages: what else comes for an account may take another way to us. */
export function heardIn(payloads: Payload[]): HeardChannel[] {
  const heard = new Map<PhoneNumberId, HeardChannel>()
  for (const { events, receivedAt } of payloads) {
    for (const event of events) {
      if ((event.kind !== 'status' && event.kind !== 'inbound_message') || event.phoneNumberId === null) continue
      const aheadMs = event.at === null ? 0 : event.at - receivedAt
      const believed = event.at !== null && aheadMs <= STAMP_TOLERANCE_MS
      const toldAt = event.kind === 'status' ? receivedAt : null
      const one: HeardChannel = {
        sender: event.phoneNumberId,
        causedAt: believed ? earliest(event.at as Instant, receivedAt) : null,
        toldFirstAt: toldAt,
        toldLastAt: toldAt,
        aheadMs: aheadMs > STAMP_TOLERANCE_MS ? aheadMs : null,
      }
      heard.set(one.sender, joinHeard(heard.get(one.sender), one))
    }
  }
  return [...heard.values()]
}

export function joinHeard(known: HeardChannel | undefined, one: HeardChannel): HeardChannel {
  if (known === undefined) return one
  return {
    sender: one.sender,
    causedAt: either(known.causedAt, one.causedAt, latest),
    toldFirstAt: either(known.toldFirstAt, one.toldFirstAt, earliest),
    toldLastAt: either(known.toldLastAt, one.toldLastAt, latest),
    aheadMs: either(known.aheadMs, one.aheadMs, Math.max),
  }
}

function either<T>(a: T | null, b: T | null, choose: (a: T, b: T) => T): T | null {
  return a === null ? b : b === null ? a : choose(a, b)
}
