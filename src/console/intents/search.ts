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

/** How the list is cut. */
export interface IntentCut {
  state?: IntentState | undefined
  /** The code of a reason. */
  reason?: string | undefined
  /** A phone number id of ours. */
  number?: string | undefined
  q?: string | undefined
  /** A campaign's id. */
  campaign?: string | undefined
}

/** What the address of the page says: how the list is cut, the one whose story is open, and the job that was begun. */
export interface IntentSearch extends IntentCut {
  id?: string | undefined
  /** Of what was asked for all that match: how far it is, also after the dialog was left. */
  job?: string | undefined
}

export function readIntentSearch(search: Record<string, unknown>): IntentSearch {
  const state = STATES.find((name) => name === search.state)
  const texts = (['reason', 'number', 'q', 'campaign', 'id', 'job'] as const).flatMap((name) => {
    const value = search[name]
    return value === undefined || value === '' ? [] : [[name, String(value)] as const]
  })
  return { ...(state ? { state } : {}), ...Object.fromEntries(texts) }
}

export function isCut({ state, reason, number, q, campaign }: IntentCut): boolean {
  return [state, reason, number, q, campaign].some((value) => value !== undefined)
}
