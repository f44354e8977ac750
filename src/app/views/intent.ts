import { attemptId } from '../../domain/ids.ts'
import { priorityOf, type Reason } from '../../domain/intent.ts'
import { type ShownFacts, shownReason } from '../../domain/shown-state.ts'
import { type Instant, toIso } from '../../domain/time.ts'
import type { AttemptRead, DecisionRead, IntentRead } from '../../store/intents/reads.ts'
import { viewOfCost } from './cost.ts'

/** An intent in the contract's spelling; plain JSON. */
export type IntentView = Record<string, unknown>

export function viewOfIntent(intent: IntentRead): IntentView {
  return {
    id: intent.id,
    state: intent.shown_state,
    reason: viewOfReason(reasonOfIntent(intent)),
    sender: intent.phone_number_id,
    to: { wa_id: intent.wa_id, user_id: intent.bsuid },
    message: intent.message,
    when_closed: intent.when_closed,
    release: intent.release,
    priority: priorityOf(intent.priority),
    delivery: intent.delivery,
    send_at: toIso(intent.send_at),
    schedule: intent.schedule?.sendAt ?? null,
    cancel_on: intent.cancel_on ?? [],
    due_at: isoOrNull(nextLookAt(intent)),
    expires_at: toIso(intent.expires_at),
    created_at: toIso(intent.created_at),
    created_by: intent.created_by,
    flow: flowOf(intent.created_by),
    campaign: campaignOf(intent.created_by),
    cancel_requested_at: isoOrNull(intent.cancel_requested_at),
    idempotency_key: intent.idempotency_key,
    metadata: intent.metadata,
    sent_as: intent.sent_as,
    wamid: intent.wamid,
    delivery_status: intent.delivery_status,
    meta_status: metaStatusOf(intent),
    cost: viewOfCost(intent),
    attempts: intent.attempts.map((attempt) => viewOfAttempt(attempt)),
    decisions: intent.decisions.map(viewOfDecision),
    follow_up: intent.follow_up_id && { id: intent.follow_up_id, state: intent.follow_up_state },
    follow_up_of: intent.follow_up_of,
  }
}

const TEMPLATE_PAUSED = '132015'

/**
 * What Meta says of its last attempt: `held_for_quality_assessment` until a status tells that it went, or that its template was paused first.
 * Source: Meta, templates/template-pacing (read 2026-11).
 */
function metaStatusOf({ attempts, wamid, delivery_status: status, failure_code: code }: IntentRead): string | null {
  const last = attempts.at(-1)
  if (last === undefined) return null
  if (last.outcome !== 'accepted') {
    const refusal = isRecord(last.error) ? String(last.error.code) : null
    if (refusal === TEMPLATE_PAUSED) return 'paused'
    return wamid !== null && last.outcome === 'in_doubt' ? 'accepted' : null
  }
  if (last.wamid !== wamid) return 'accepted'
  if (status === 'failed') return code === TEMPLATE_PAUSED ? 'paused' : 'accepted'
  return status === null && last.held_for_quality ? 'held_for_quality_assessment' : 'accepted'
}

/** Which flow asked for it, in which run. */
function flowOf(by: IntentRead['created_by']): { name: string; run: string } | null {
  return by?.kind === 'flow' && by.id !== null ? { name: by.name, run: by.id } : null
}

/** For a recipient of which campaign it is. */
function campaignOf(by: IntentRead['created_by']): { id: string; name: string } | null {
  return by?.kind === 'campaign' && by.id !== null ? { id: by.id, name: by.name } : null
}

/** When it is looked at next: what is being sent is looked at since it began. */
function nextLookAt(intent: IntentRead): Instant | null {
  if (intent.shown_state === 'held') return null
  return intent.state === 'dispatching' ? intent.state_at : intent.due_at
}

/** Why it is where it is, as it is shown. */
export function reasonOfIntent(intent: IntentRead): Reason | null {
  return shownReason(shownFactsOf(intent)) ?? ownReasonOf(intent)
}

function viewOfReason(reason: Reason | null): Record<string, unknown> | null {
  if (reason === null) return null
  const { code, text, graphCode } = reason
  return { code, text, ...(graphCode === undefined ? {} : { graph_code: graphCode }) }
}

/** What is due is not asked of a clock here: the database said how it is shown. */
function shownFactsOf(intent: IntentRead): ShownFacts {
  const { state, shown_state, sender_state, sender_reason_text, sender_reason_graph_code } = intent
  const reason = { code: 'sender_account' as const, ...textAndCode(sender_reason_text, sender_reason_graph_code) }
  return {
    state,
    due: shown_state !== state,
    sender: { state: sender_state, reason: sender_reason_text === null ? null : reason },
    // What is due and held for no sender is so for its campaign.
    campaign: { paused: sender_state === 'active' && shown_state === 'held', reason: null },
  }
}

function ownReasonOf({ reason_code, reason_text, reason_graph_code }: IntentRead): Reason | null {
  return reason_code && { code: reason_code, ...textAndCode(reason_text, reason_graph_code) }
}

function textAndCode(text: string | null, graphCode: number | null): Pick<Reason, 'text' | 'graphCode'> {
  return { text: text ?? '', ...(graphCode === null ? {} : { graphCode }) }
}

function viewOfAttempt(attempt: AttemptRead): Record<string, unknown> {
  return {
    id: attemptId(attempt.intent_id, attempt.number),
    started_at: toIso(attempt.started_at),
    finished_at: isoOrNull(attempt.finished_at),
    outcome: attempt.outcome,
    http_status: attempt.http_status,
    error: inSnakeCase(attempt.error),
    wamid: attempt.wamid,
  }
}

function viewOfDecision(decision: DecisionRead): Record<string, unknown> {
  return { at: toIso(decision.at), kind: decision.kind, reason: inSnakeCase(decision.reason), facts: decision.facts }
}

/** Our own records are stored as the code spells them (`graphCode`, `isTransient`); none of them nests. */
function inSnakeCase(value: unknown): unknown {
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      member,
    ]),
  )
}

function isoOrNull(at: Instant | null): string | null {
  return at === null ? null : toIso(at)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
