export const STATES = [
  'scheduled',
  'queued',
  'dispatching',
  'held',
  'in_doubt',
  'sent',
  'failed',
  'expired',
  'cancelled',
  'suppressed',
] as const
export type IntentState = (typeof STATES)[number]

/** What the address of the page says: how the list is cut, and the one whose story is open. */
export interface IntentSearch {
  state?: IntentState | undefined
  q?: string | undefined
  id?: string | undefined
}

export function readIntentSearch(search: Record<string, unknown>): IntentSearch {
  const state = STATES.find((name) => name === search.state)
  const text = (value: unknown) => (value === undefined || value === '' ? undefined : String(value))
  const q = text(search.q)
  const id = text(search.id)
  return { ...(state ? { state } : {}), ...(q ? { q } : {}), ...(id ? { id } : {}) }
}
