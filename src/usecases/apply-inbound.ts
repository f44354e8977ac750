import type {
  Bsuid,
  ContactId,
  ConversationId,
  IntentId,
  PhoneNumberId,
  WabaId,
  WaId,
  Wamid,
  WorkspaceId,
} from '../domain/ids.ts'
import type { Reason } from '../domain/intent.ts'
import { waIdCandidates } from '../domain/recipient.ts'
import { planRelease, type WaitingIntent } from '../domain/release.ts'
import { type Instant, plus, toDate } from '../domain/time.ts'
import { isWindowOpen, recordInbound, type WindowRecord } from '../domain/window.ts'
import type { Said } from '../domain/words.ts'
import type {
  CallEvent,
  EchoedMessage,
  Handover,
  InboundMessage,
  NumberChanged,
  UserPreference,
  WebhookIdentity,
} from '../graph/webhook-event.ts'
import type { InboundRecord, LockedConversation } from '../store/conversations/conversations.ts'
import type { SeenId } from '../store/people/identities.ts'
import type { PersonKey } from '../store/people/resolve.ts'
import { Busy } from './busy.ts'
import { answerStop, heedWords, type WordsIo } from './heed-words.ts'

/** Reads and writes of one transaction. */
export interface InboundIo extends WordsIo {
  now(): Promise<Instant>
  /** Whose number it is, or else whose account; null when nobody's here: webhooks of other numbers of an account come too. */
  workspaceOf(about: { phoneNumberId: PhoneNumberId | null; wabaId: WabaId | null }): Promise<WorkspaceId | null>
  resolveContact(workspace: WorkspaceId, person: PersonKey): Promise<ContactId>
  /** Locks those of these people that nobody else has locked, and answers which. Never waits. */
  lockPeople(contactIds: ContactId[]): Promise<Set<ContactId>>
  enrichContact(contactId: ContactId, seen: WebhookIdentity, at: Instant | null): Promise<void>
  claimIdentities(contactId: ContactId, ids: SeenId[]): Promise<void>
  conversationOf(workspace: WorkspaceId, sender: PhoneNumberId, contactId: ContactId): Promise<ConversationId>
  lockConversation(id: ConversationId): Promise<LockedConversation>
  saveWindow(id: ConversationId, window: WindowRecord): Promise<void>
  /** Works out the free entry point anew, with a message that came through an ad. */
  enterFreeEntryPoint(id: ConversationId): Promise<void>
  clearFollowUp(id: ConversationId): Promise<void>
  /** Keeps an invitation from leaving that is not on its way yet. */
  withdrawFollowUp(followUp: IntentId, reason: Reason): Promise<void>
  /** A sign of life: whatever could not be delivered before it says nothing about them any more. */
  contactReached(contactId: ContactId, at: Instant): Promise<void>
  /** False for a duplicate. */
  insertInbound(inbound: InboundRecord): Promise<boolean>
  lockWaiting(id: ConversationId): Promise<WaitingIntent[]>
  release(ids: IntentId[]): Promise<void>
  cancel(ids: IntentId[], reason: Reason): Promise<void>
  stopMarketingOf(contactId: ContactId, at: Date): Promise<void>
  resumeMarketingOf(contactId: ContactId, at: Date): Promise<void>
}

/**
 * A customer wrote or called: the window opens by Meta's stamp and what waited for the customer is let go, all in the transaction that
 * records the message, so a webhook that comes twice does everything once. Answers whether an intent fell due.
 */
export async function applyInbound(io: InboundIo, event: InboundMessage | CallEvent): Promise<boolean> {
  const identity = event.kind === 'call' ? event.customer : event.sender
  const person = personOf(identity)
  if (person === null || event.phoneNumberId === null) return false
  const workspace = await io.workspaceOf({ phoneNumberId: event.phoneNumberId, wabaId: null })
  if (workspace === null) return false

  const contactId = await lockedContact(io, workspace, person)
  await io.claimIdentities(contactId, seenAt(event.at, person))
  await io.enrichContact(contactId, identity, event.at)
  const conversation = await io.lockConversation(await io.conversationOf(workspace, event.phoneNumberId, contactId))
  const now = await io.now()
  const isNew = await io.insertInbound({
    wamid: event.kind === 'call' ? (`${event.callId}:${event.event}` as Wamid) : event.wamid,
    conversationId: conversation.id,
    type: event.kind === 'call' ? 'call' : event.type,
    at: event.at ?? now,
    body: event.body,
  })
  if (!isNew) return false
  await io.contactReached(contactId, event.at ?? now)

  const window = openWindow(conversation.window, event, now)
  if (window !== conversation.window) await io.saveWindow(conversation.id, window)
  if (event.kind === 'inbound_message' && event.referral !== null && event.at !== null) {
    await io.enterFreeEntryPoint(conversation.id)
  }
  if (!event.opensWindow) return false
  const said = saidIn(event)
  const speaker = { workspace, contactId, sender: event.phoneNumberId }
  const heard =
    event.kind === 'call' ? null : await heedWords(io, speaker, { wamid: event.wamid, at: event.at ?? now, said })
  const stopped = heard?.kind === 'stop'
  const released = await releaseWaiting(io, conversation, window, { said, stopped }, now)
  if (!stopped || !isWindowOpen(window, now)) return released
  return (await answerStop(io, speaker, conversation.id)) || released
}

/** The person first, then their conversation, then their intents: everybody who takes several of these takes them in this order. */
export async function lockedContact(
  io: Pick<InboundIo, 'resolveContact' | 'lockPeople'>,
  workspace: WorkspaceId,
  person: PersonKey,
): Promise<ContactId> {
  const contactId = await io.resolveContact(workspace, person)
  if (!(await io.lockPeople([contactId])).has(contactId)) throw new Busy('another process has this person in hand')
  return contactId
}

/** A message without a plausible stamp is kept, but no window is computed from it. */
function openWindow(window: WindowRecord, event: InboundMessage | CallEvent, now: Instant): WindowRecord {
  return event.opensWindow && event.at !== null ? recordInbound(window, event.at, now) : window
}

/** The answer to an invitation, or simply a message: what waited goes, declined and superseded intents end. */
async function releaseWaiting(
  io: InboundIo,
  conversation: LockedConversation,
  window: WindowRecord,
  { said, stopped }: { said: Said; stopped: boolean },
  now: Instant,
): Promise<boolean> {
  const waiting = await io.lockWaiting(conversation.id)
  if (conversation.followUpId !== null) await io.clearFollowUp(conversation.id)
  const plan = planRelease(waiting, said, stopped)
  await io.cancel(plan.declined, { code: 'declined', text: 'The customer declined the follow-up.' })
  const open = isWindowOpen(window, now)
  // Also when the STOP comes late: nobody is to be asked who said so.
  if (conversation.followUpId !== null && (open || stopped)) {
    await io.withdrawFollowUp(conversation.followUpId, {
      code: 'answered',
      text: 'The customer wrote before the invitation left.',
    })
  }
  // A webhook that comes a day late says that they wrote, not that they may be written to now.
  if (!open) return false
  await io.cancel(plan.superseded, {
    code: 'superseded',
    text: 'A newer message of the same conversation went in its place.',
  })
  await io.release(plan.release)
  return plan.release.length > 0
}

/** The words below a picture count as typed: they are all that was said. */
function saidIn(event: InboundMessage | CallEvent): Said {
  if (event.kind === 'call') return { typed: null, tapped: null }
  if (event.reply !== null) return { typed: null, tapped: { label: event.reply.text, payload: event.reply.payload } }
  return { typed: event.text ?? event.caption, tapped: null }
}

export async function applyNumberChanged(io: InboundIo, event: NumberChanged): Promise<void> {
  const before = personOf(event.previous)
  const after = personOf(event.current)
  const workspace = await io.workspaceOf(event)
  if (before === null || after === null || workspace === null) return
  const contactId = await lockedContact(io, workspace, {
    ...before,
    candidates: [...before.candidates, ...after.candidates],
  })
  // The former ids are theirs and no longer in use. Stamps are whole seconds, and the change comes after what was written in its second.
  const changedAt = event.at === null ? null : plus(event.at, 1)
  await io.claimIdentities(contactId, [...seenAt(null, before), ...seenAt(changedAt, after)])
  await io.enrichContact(contactId, event.current, event.at)
  await io.contactReached(contactId, event.at ?? (await io.now()))
}

export async function applyPreference(io: InboundIo, event: UserPreference): Promise<void> {
  const person = personOf(event.customer)
  const workspace = await io.workspaceOf(event)
  if (person === null || workspace === null || (event.value !== 'stop' && event.value !== 'resume')) return
  const contactId = await lockedContact(io, workspace, person)
  await io.claimIdentities(contactId, seenAt(event.at, person))
  await io.enrichContact(contactId, event.customer, event.at)
  const at = event.at ?? (await io.now())
  await io.contactReached(contactId, at)
  const wish = event.value === 'stop' ? io.stopMarketingOf : io.resumeMarketingOf
  await wish(contactId, toDate(at))
}

type PersonNews = InboundMessage | EchoedMessage | Handover | CallEvent | NumberChanged | UserPreference

/** All ids under which these events may find somebody, in every spelling. */
export function idsIn(event: PersonNews): string[] {
  return identitiesIn(event).flatMap((identity) => personOf(identity)?.candidates ?? [])
}

function identitiesIn(event: PersonNews): WebhookIdentity[] {
  switch (event.kind) {
    case 'inbound_message':
      return [event.sender]
    case 'echo':
      return [event.recipient]
    case 'call':
    case 'handover':
    case 'user_preference':
      return [event.customer]
    case 'number_changed':
      return [event.previous, event.current]
  }
}

interface SeenPerson extends PersonKey {
  /** The ids as Meta spelled them, to be remembered. */
  known: string[]
}

export function seenAt(at: Instant | null, { known }: SeenPerson): SeenId[] {
  return known.map((value) => ({ value, at }))
}

export function personOf(identity: WebhookIdentity): SeenPerson | null {
  const waId: WaId | null = identity.waId
  const bsuid: Bsuid | null = identity.bsuid
  const known = [waId, bsuid].filter((id) => id !== null)
  if (known.length === 0) return null
  const candidates = [...(waId === null ? [] : waIdCandidates(waId)), ...(bsuid === null ? [] : [bsuid])]
  return { candidates, waId, bsuid, known }
}
