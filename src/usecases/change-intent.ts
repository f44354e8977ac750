import stableStringify from 'safe-stable-stringify'
import type { z } from 'zod'
import type { Doer } from '../domain/audit.ts'
import { isTemplate, releaseOf } from '../domain/content.ts'
import type { DecisionSettings } from '../domain/decision.ts'
import type { IntentId } from '../domain/ids.ts'
import { priorityOf } from '../domain/intent.ts'
import type { intentPatchSchema } from '../domain/request.ts'
import { dueAfterMove, type Schedule } from '../domain/schedule.ts'
import { type Instant, latest, plus, toIso } from '../domain/time.ts'
import type { ConversationState } from '../store/conversations/ensure.ts'
import type { ChangeableIntent, ChangedIntent, Reopening } from '../store/intents/change.ts'
import type { SenderForEnqueue } from '../store/intents/enqueue.ts'
import type { RecordedDecision } from '../store/intents/intents.ts'
import type { IntentKey } from '../store/intents/operator-transitions.ts'
import { type Answer, done, refused } from './answer.ts'
import { checkContent } from './enqueue/check-content.ts'
import { windowOf } from './enqueue/forecast.ts'
import { DEFAULT_LIFETIME_MS, type EnqueueError, type PlacedTimes, readTimes } from './enqueue/read-request.ts'
import type { EnqueueIo } from './enqueue-intent.ts'
import { keyOf, unknownIntent } from './manage-intents.ts'

/*
 * A message that has not left is changed: its content, its time, its policy. What is asked of a new one is asked of it again. Whatever is
 * being sent, or is over, stays what it was.
 */

export type IntentPatch = z.output<typeof intentPatchSchema>

/** Reads and writes of one transaction, which the audit log shares. */
export interface ChangeIo extends Pick<EnqueueIo, 'now' | 'readTemplates' | 'templateKey'> {
  /** Locked until the transaction ends. @param listens for other answers than before, perhaps */
  lockChangeable(key: IntentKey, listens: boolean): Promise<ChangeableIntent | null>
  /** Null while the number is not linked. */
  senderOf(key: IntentKey, intent: ChangeableIntent): Promise<SenderForEnqueue | null>
  conversationOf(intent: ChangeableIntent): Promise<ConversationState | null>
  change(
    id: IntentId,
    was: ChangeableIntent,
    to: ChangedIntent,
    reopening: Reopening,
    now: Instant,
    decision: RecordedDecision,
  ): Promise<void>
}

/** `due`: it may leave at once. */
export interface Changed {
  key: IntentKey
  due: boolean
  /** Names of the members that are another now. */
  members: string[]
}

export async function changeIntent(
  io: ChangeIo,
  settings: Pick<DecisionSettings, 'windowMarginMs'>,
  doer: Doer,
  id: string,
  patch: IntentPatch,
): Promise<Answer<Changed>> {
  const key = keyOf(doer, id)
  const was = key && (await io.lockChangeable(key, patch.cancel_on !== undefined))
  if (!key || !was) return unknownIntent(id)
  if (was.state !== 'scheduled' && was.state !== 'held') return wrongState(`one that is ${was.state}`)
  if (was.followUpOf !== null) return wrongState('an invitation, which goes as the message behind it says')
  const [sender, conversation] = [await io.senderOf(key, was), await io.conversationOf(was)]
  if (!sender || !conversation) return wrongState('one of a number that is not linked')

  const content = contentAfter(was, patch, sender)
  const problem = await checkContent(io, { ...content, sender, changes: patch })
  if (problem) return refusedBy(problem)
  const now = await io.now()
  const times = timesAfter(was, patch, sender, conversation, settings, now)
  if ('error' in times) return refusedBy(times.error)

  const to: ChangedIntent = { ...content, ...times }
  const members = changedMembers(was, to)
  if (members.length === 0) return done({ key, due: false, members })
  const anew = ['message', 'when_closed', 'send_at', 'schedule'].some((member) => members.includes(member))
  const facts = { now: toIso(now), by: doer.actor.name, members }
  const decision = { kind: 'change', reason: { code: 'by_request' as const, text: 'Changed by request.' }, facts }
  const asksOtherwise = members.includes('when_closed') || isTemplate(to.message)
  const listens = members.includes('cancel_on')
  await io.change(key.id, was, to, { anew, asksOtherwise, listens }, now, decision)
  return done({ key, due: to.dueAt <= now, members })
}

type Content = Pick<ChangedIntent, 'message' | 'whenClosed' | 'release' | 'priority' | 'cancelOn' | 'metadata'>

/** What is not named stays; null is what it would be, had it never been given. */
function contentAfter(was: ChangeableIntent, patch: IntentPatch, sender: SenderForEnqueue): Content {
  const whenClosed = patch.when_closed === null ? sender.defaultWhenClosed : (patch.when_closed ?? was.whenClosed)
  const release =
    patch.release === undefined && patch.when_closed === undefined
      ? was.release
      : (patch.release ?? releaseOf(whenClosed))
  return {
    message: patch.message ?? was.message,
    whenClosed,
    release,
    priority: patch.priority === null ? 'reply' : (patch.priority ?? priorityOf(was.priority)),
    cancelOn: patch.cancel_on === undefined ? (was.cancelOn ?? []) : (patch.cancel_on ?? []),
    metadata: patch.metadata === undefined ? was.metadata : patch.metadata,
  }
}

type Times = Pick<ChangedIntent, 'sendAt' | 'dueAt' | 'expiresAt' | 'schedule'>

function timesAfter(
  was: ChangeableIntent,
  patch: IntentPatch,
  sender: SenderForEnqueue,
  conversation: ConversationState,
  { windowMarginMs }: Pick<DecisionSettings, 'windowMarginMs'>,
  now: Instant,
): Times | { error: EnqueueError } {
  const { timeZone: contactZone, waId, bsuid } = conversation
  const zones = { contactZone, waId, bsuid, senderZone: sender.timeZone }
  const facts = { ...zones, window: windowOf(conversation), windowMarginMs }
  const lifetimeMs = was.expiresAt - was.sendAt
  // The default end goes with the time; one of its own stays.
  const expires_at =
    patch.expires_at ?? (patch.expires_at === null || isDefault(was, lifetimeMs) ? null : toIso(was.expiresAt))
  if (patch.send_at === undefined) {
    const expiresAt = expires_at === null ? plus(was.sendAt, DEFAULT_LIFETIME_MS) : (Date.parse(expires_at) as Instant)
    if (expiresAt !== was.expiresAt && expiresAt <= latest(now, was.sendAt)) {
      const after = toIso(latest(now, was.sendAt))
      const message = `expected expires_at to be after now and send_at (${after}), got ${toIso(expiresAt)}`
      return { error: { status: 400, code: 'invalid', message, field: 'expires_at' } }
    }
    const schedule = was.schedule && { ...was.schedule, lifetimeMs: expires_at === null ? DEFAULT_LIFETIME_MS : null }
    return { sendAt: was.sendAt, dueAt: was.dueAt ?? now, expiresAt, schedule }
  }
  const asked = { send_at: patch.send_at ?? undefined, expires_at: expires_at ?? undefined }
  const times: PlacedTimes | { error: EnqueueError } = readTimes(asked, facts, now)
  if ('error' in times) return times
  // The same time again is no other one, though what is due now is another instant at every asking.
  const same = times.sendAt <= now && was.sendAt <= now && times.schedule === null && was.schedule === null
  const sendAt = same ? was.sendAt : times.sendAt
  const expiresAt = same && patch.expires_at === undefined ? was.expiresAt : times.expiresAt
  const dueAt =
    was.dueAt === null ? latest(now, sendAt) : dueAfterMove({ sendAt: was.sendAt, dueAt: was.dueAt }, sendAt)
  return { sendAt, dueAt, expiresAt, schedule: times.schedule }
}

function isDefault({ schedule }: { schedule: Schedule | null }, lifetimeMs: number): boolean {
  return schedule === null ? lifetimeMs === DEFAULT_LIFETIME_MS : schedule.lifetimeMs !== null
}

function changedMembers(was: ChangeableIntent, to: ChangedIntent): string[] {
  const pairs: [string, unknown, unknown][] = [
    ['message', was.message, to.message],
    ['when_closed', was.whenClosed, to.whenClosed],
    ['release', was.release, to.release],
    ['priority', priorityOf(was.priority), to.priority],
    ['cancel_on', was.cancelOn ?? [], to.cancelOn],
    ['metadata', was.metadata ?? null, to.metadata ?? null],
    ['send_at', was.sendAt, to.sendAt],
    ['schedule', was.schedule, to.schedule],
    ['expires_at', was.expiresAt, to.expiresAt],
  ]
  return pairs.flatMap(([member, a, b]) => (stableStringify(a) === stableStringify(b) ? [] : [member]))
}

function wrongState<T>(came: string): Answer<T> {
  const message = `expected an intent that has not left (scheduled, queued or held), got ${came}`
  return refused({ status: 409, code: 'wrong_state', message })
}

function refusedBy<T>({ status, code, message, field, problems }: EnqueueError): Answer<T> {
  return refused({ status, code, message, ...(field ? { field } : {}), ...(problems ? { problems } : {}) })
}
