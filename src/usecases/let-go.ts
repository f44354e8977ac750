import type { ConversationId, IntentId } from '../domain/ids.ts'
import type { Reason } from '../domain/intent.ts'
import { planRelease, type WaitingIntent } from '../domain/release.ts'
import type { CancelOn } from '../domain/request.ts'
import type { Instant } from '../domain/time.ts'
import { type FreeEntryPoint, isWindowOpen, type WindowRecord } from '../domain/window.ts'
import type { Said } from '../domain/words.ts'

/*
 * What waits for a customer is let go when their window opens: because they wrote, or because two contacts turned out to be one person and
 * the window of the one is the other's too.
 */

/** A conversation as the one who locked it sees it. */
export interface OpenedConversation {
  id: ConversationId
  window: WindowRecord
  freeEntryPoint: FreeEntryPoint
  followUpId: IntentId | null
  /** Messages to them listen for an answer; some move with their window. */
  listening: boolean
  moving: boolean
  /** A campaign's message has been on its way to them. */
  campaigned: boolean
  flows: { live: boolean; epoch: string }
}

/** Reads and writes of one transaction. */
export type LetGoIo = {
  now(): Promise<Instant>
  conversations: {
    /** Locked until the transaction ends; where it was merged, the one that is left. */
    lock(id: ConversationId): Promise<OpenedConversation>
    clearFollowUp(id: ConversationId): Promise<void>
    /** Works out the free entry point anew, from all that is known by now. */
    refreshFreeEntryPoint(id: ConversationId): Promise<void>
  }
  intents: {
    /** Keeps an invitation from leaving that is not on its way yet. */
    withdrawFollowUp(followUp: IntentId, reason: Reason): Promise<void>
    /** Of several invitations that one conversation has, those that have not left are withdrawn but for one, which all wait for. */
    keepOneInvitation(id: ConversationId): Promise<void>
    lockWaiting(id: ConversationId): Promise<WaitingIntent[]>
    release(ids: IntentId[]): Promise<void>
    cancel(ids: IntentId[], reason: Reason): Promise<void>
    /** Ends what was to leave only unless somebody answers. */
    endListening(conversations: ConversationId[], event: CancelOn, reason: Reason): Promise<number>
    /** Moves what leaves by the person's clock, or before their window closes; whether something is due now. */
    moveSchedules(of: { conversation: ConversationId }): Promise<{ due: boolean }>
  }
}

/** The answer to an invitation, or simply a message: what waited goes, declined and superseded intents end. */
export async function releaseWaiting(
  io: LetGoIo,
  conversation: OpenedConversation,
  window: WindowRecord,
  { said, stopped }: { said: Said; stopped: boolean },
  now: Instant,
): Promise<boolean> {
  const waiting = await io.intents.lockWaiting(conversation.id)
  if (conversation.followUpId !== null) await io.conversations.clearFollowUp(conversation.id)
  const plan = planRelease(waiting, said, stopped)
  await io.intents.cancel(plan.declined, { code: 'declined', text: 'The customer declined the follow-up.' })
  const open = isWindowOpen(window, now)
  // Also when the STOP comes late: nobody is to be asked who said so.
  if (open || stopped) {
    // Where two people turned out to be one, there may be one of each.
    const invitations = new Set([conversation.followUpId, ...waiting.map((intent) => intent.followUpId)])
    for (const invitation of invitations) {
      if (invitation !== null) {
        await io.intents.withdrawFollowUp(invitation, {
          code: 'answered',
          text: 'The customer wrote before the invitation left.',
        })
      }
    }
  }
  // A webhook that comes a day late says that they wrote, not that they may be written to now.
  if (!open) return false
  await io.intents.cancel(plan.superseded, {
    code: 'superseded',
    text: 'A newer message of the same conversation went in its place.',
  })
  await io.intents.release(plan.release)
  return plan.release.length > 0
}

const NOTHING_SAID: Said = { typed: null, tapped: null }

/**
 * After people were merged: the free entry points of these conversations are worked out anew, and what waits in those whose window is open
 * goes, whichever number it was and whatever made the merge. In the others one invitation is enough, though each of them had one. Answers
 * whether an intent fell due.
 *
 * @param except has let go by itself
 */
export async function letGoOfMerged(
  io: LetGoIo,
  merged: ConversationId[],
  except: ConversationId | null = null,
): Promise<boolean> {
  let due = false
  for (const id of merged) {
    await io.conversations.refreshFreeEntryPoint(id)
    if (id === except) continue
    const conversation = await io.conversations.lock(id)
    if ((await io.intents.moveSchedules({ conversation: conversation.id })).due) due = true
    const now = await io.now()
    if (!isWindowOpen(conversation.window, now)) {
      await io.intents.keepOneInvitation(id)
      continue
    }
    if (await releaseWaiting(io, conversation, conversation.window, { said: NOTHING_SAID, stopped: false }, now))
      due = true
  }
  return due
}
