import type { Actor, Purview } from '../domain/access.ts'
import type { Doer } from '../domain/audit.ts'
import { type IntentId, isIntentId } from '../domain/ids.ts'
import type { Delivery, Reason } from '../domain/intent.ts'
import type { RecordedDecision } from '../store/intents/intents.ts'
import type { IntentHead, IntentKey, SettleOutcome } from '../store/intents/operator-transitions.ts'
import { type Answer, done, invalid, refused, unknown } from './answer.ts'

/*
 * What an operator does to a single intent. The transitions are guarded in the store; here is what to answer when one of them lost, and
 * who else has to know when one won.
 */
export interface ManageIntentsIo {
  readHead(key: IntentKey): Promise<IntentHead | null>
  cancel(doer: Doer, id: IntentId, decision: RecordedDecision): Promise<'cancelled' | 'requested' | false>
  replay(doer: Doer, id: IntentId, decision: RecordedDecision): Promise<boolean>
  settleAsSent(doer: Doer, id: IntentId, wamid: string | null, decision: RecordedDecision): Promise<SettleOutcome>
  settleAsNotSent(
    doer: Doer,
    id: IntentId,
    decisionFor: (delivery: Delivery) => RecordedDecision,
  ): Promise<SettleOutcome>
  notifyDue(): Promise<void>
}

/** `requested`: its request may have left, so the wish is kept; it is not sent again, and ends cancelled unless Meta has it. */
export interface Cancelled {
  key: IntentKey
  requested: boolean
}

export async function cancelIntent(io: ManageIntentsIo, operator: Doer, id: string): Promise<Answer<Cancelled>> {
  const found = await find(io, operator, id)
  if (!found.ok) return found
  const { key } = found.value
  const reason: Reason = { code: 'by_request', text: 'Cancelled by request.' }
  const outcome = await io.cancel(operator, key.id, { kind: 'cancel', reason, facts: { by: operator.actor.name } })
  if (outcome) return done({ key, requested: outcome === 'requested' })
  return conflict(io, key, 'an intent that is not over')
}

/** The same id, due now. The operator takes the risk that an unconfirmed message arrives twice. */
export async function replayIntent(io: ManageIntentsIo, operator: Doer, id: string): Promise<Answer<IntentKey>> {
  const found = await find(io, operator, id)
  if (!found.ok) return found
  const { key } = found.value
  const reason: Reason = { code: 'by_request', text: 'Replayed by request.' }
  if (
    !(await io.replay(operator, key.id, {
      kind: 'replay',
      reason,
      facts: { by: operator.actor.name, from: found.value.head.state },
    }))
  ) {
    return conflict(io, key, 'an intent that is failed, expired or cancelled')
  }
  await io.notifyDue()
  return done(key)
}

export type Settlement = { outcome: 'sent'; wamid?: string | undefined } | { outcome: 'not_sent' }

/** An operator knows what Casement cannot: whether Meta has the message of an intent in doubt. */
export async function settleIntent(
  io: ManageIntentsIo,
  operator: Doer,
  id: string,
  settlement: Settlement,
): Promise<Answer<IntentKey>> {
  const found = await find(io, operator, id)
  if (!found.ok) return found
  const { key, head } = found.value
  const outcome =
    settlement.outcome === 'sent'
      ? await io.settleAsSent(operator, key.id, settlement.wamid ?? null, settledAsSent(operator.actor))
      : await io.settleAsNotSent(operator, key.id, (delivery) => settledAsNotSent(operator.actor, delivery))
  switch (outcome) {
    case 'not_in_doubt':
      return conflict(io, key, 'an intent in doubt')
    case 'wamid_of_another':
      return invalid('wamid', 'expected wamid to be the id of this message, it belongs to another intent')
    case 'settled': {
      if (settlement.outcome === 'sent') return done(key)
      if (head.delivery === 'at_least_once') await io.notifyDue()
      return done(key)
    }
  }
}

const unconfirmed: Reason = {
  code: 'unconfirmed',
  text: 'An operator said that it was not sent, and it is not to be sent twice.',
}

export function settledAsSent(operator: Actor): RecordedDecision {
  const reason: Reason = { code: 'by_request', text: 'An operator said that it was sent.' }
  return { kind: 'settle', reason, facts: { by: operator.name, outcome: 'sent' } }
}

export function settledAsNotSent(operator: Actor, delivery: Delivery): RecordedDecision {
  const again: Reason = { code: 'by_request', text: 'An operator said that it was not sent; it is sent again.' }
  const reason = delivery === 'at_least_once' ? again : unconfirmed
  return { kind: 'settle', reason, facts: { by: operator.name, outcome: 'not_sent' } }
}

async function find(
  io: ManageIntentsIo,
  operator: Doer,
  id: string,
): Promise<Answer<{ key: IntentKey; head: IntentHead }>> {
  const key = keyOf(operator, id)
  const head = key && (await io.readHead(key))
  return key && head ? done({ key, head }) : unknownIntent(id)
}

/** Null when it cannot be the id of an intent. */
export function keyOf({ workspace, senders }: Purview, id: string): IntentKey | null {
  const lower = id.toLowerCase()
  return isIntentId(lower) ? { workspace, senders, id: lower } : null
}

export function unknownIntent<T>(id: string): Answer<T> {
  return unknown('intent_unknown', `intent ${id}`)
}

async function conflict<T>(io: ManageIntentsIo, key: IntentKey, expected: string): Promise<Answer<T>> {
  const head = await io.readHead(key)
  if (!head) return unknownIntent(key.id)
  return refused({ status: 409, code: 'wrong_state', message: `expected ${expected}, got one that is ${head.state}` })
}
