import { api, dataOf } from '../api/client.ts'
import type { IntentState } from './search.ts'

export const DEEDS = ['cancel', 'replay', 'wasSent', 'wasNotSent'] as const
export type Deed = (typeof DEEDS)[number]

const WAITING: readonly IntentState[] = ['scheduled', 'queued', 'held', 'dispatching', 'in_doubt']
const OVER: readonly IntentState[] = ['failed', 'expired', 'cancelled']
const DOUBTED: readonly IntentState[] = ['in_doubt']
const FROM: Record<Deed, readonly IntentState[]> = {
  cancel: WAITING,
  replay: OVER,
  wasSent: DOUBTED,
  wasNotSent: DOUBTED,
}

/** What may be done is what the state allows; the API has the last word. */
export function deedsFor(state: IntentState): Deed[] {
  return DEEDS.filter((deed) => FROM[deed].includes(state))
}

export async function carryOut(deed: Deed, id: string): Promise<unknown> {
  const params = { path: { id } }
  if (deed === 'cancel') return dataOf(api.POST('/v1/intents/{id}/cancel', { params }))
  if (deed === 'replay') return dataOf(api.POST('/v1/intents/{id}/replay', { params }))
  const outcome = deed === 'wasSent' ? 'sent' : 'not_sent'
  return dataOf(api.POST('/v1/intents/{id}/settle', { params, body: { outcome } }))
}
