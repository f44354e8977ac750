import { toIso } from '../../domain/time.ts'
import type { WebhookEventRead } from '../../store/webhooks/event-reads.ts'

export function viewOfWebhookEvent(event: WebhookEventRead): Record<string, unknown> {
  return {
    id: event.id,
    state: event.state,
    tries: event.tries,
    error: event.error,
    received_at: toIso(event.received_at),
    applied_at: event.applied_at === null ? null : toIso(event.applied_at),
    payload_bytes: event.payload_bytes,
    payload: event.payload === null ? null : parsed(event.payload),
  }
}

/** A verified body that is no JSON was stored too, and one that is nested too deep to be written out again; they are shown as text. */
function parsed(payload: string): unknown {
  try {
    const value: unknown = JSON.parse(payload)
    return isNestedDeeper(value, DEEPEST_SHOWN) ? payload : value
  } catch {
    return payload
  }
}

/** Ten times what Meta's are. */
const DEEPEST_SHOWN = 100

function isNestedDeeper(value: unknown, than: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return than === 0 || Object.values(value).some((member) => isNestedDeeper(member, than - 1))
}
