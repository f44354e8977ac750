import { answeredBy } from '../domain/decision/answered.ts'
import { numberKey, type ToldIdentity } from '../domain/identity.ts'
import type { ContactId, ConversationId, PhoneNumberId, WabaId, Wamid } from '../domain/ids.ts'
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
import type { Answer } from '../store/campaigns/answers.ts'
import type { InboundRecord } from '../store/conversations/conversations.ts'
import { Busy } from './busy.ts'
import type { HeardInbound } from './flows/hear-inbound.ts'
import { answerStop, heedWords, type WordsIo } from './heed-words.ts'
import { type LetGoIo, letGoOfMerged, releaseWaiting } from './let-go.ts'
import { type Owner, toldIn } from './told-ids.ts'

/** Reads and writes of one transaction. */
export type InboundIo = WordsIo &
  LetGoIo & {
    accounts: {
      /** Null for a number that is not linked here; webhooks of other numbers of the account come too. */
      ownerOf(sender: PhoneNumberId): Promise<Owner | null>
      /** Null for an account none of whose numbers was ever linked here. */
      ownerOfAccount(waba: WabaId): Promise<Owner | null>
    }
    people: {
      /** Finds or makes the person, and merges who turn out to be one; answers the conversations that are different by that. */
      recognise(
        owner: Owner,
        told: ToldIdentity[],
        speaker: ContactId | null,
      ): Promise<{ contactId: ContactId; merged: ConversationId[] }>
      /** Locks those of these people that nobody else has locked, and answers which. Never waits. */
      lock(contactIds: ContactId[]): Promise<Set<ContactId>>
      enrich(contactId: ContactId, seen: WebhookIdentity, at: Instant | null): Promise<void>
      /** A sign of life: whatever could not be delivered before it says nothing about them any more. */
      reached(contactId: ContactId, at: Instant): Promise<void>
      stopMarketing(contactId: ContactId, at: Date, evidence: unknown): Promise<void>
      resumeMarketing(contactId: ContactId, at: Date, evidence: unknown): Promise<void>
    }
    conversations: {
      between(owner: Owner, sender: PhoneNumberId, contactId: ContactId): Promise<ConversationId>
      /** With the moment in which it was heard of. */
      saveWindow(id: ConversationId, window: WindowRecord): Promise<void>
      /** That a message or call is on record which does not move the window. */
      heardFrom(id: ConversationId): Promise<void>
      /** Works out the free entry point anew, with a message that came through an ad. */
      enterFreeEntryPoint(id: ConversationId): Promise<void>
      /** False for a duplicate. */
      insertInbound(inbound: InboundRecord): Promise<boolean>
    }
    campaigns: {
      /** What they said counts with the campaign's message that they mean; the conversation is locked. */
      heed(answer: Answer): Promise<void>
      /** They asked for no more in WhatsApp itself; null: to none of the numbers that are linked here. */
      heedStop(contactId: ContactId, sender: PhoneNumberId | null, at: Instant): Promise<void>
    }
    flows: {
      /** What flows make of it. Answers whether something is due by it. */
      hear(heard: HeardInbound): Promise<boolean>
    }
  }

/**
 * A customer wrote or called: the window opens by Meta's stamp and what waited for the customer is let go, all in the transaction that
 * records the message, so a webhook that comes twice does everything once. Answers whether an intent fell due.
 */
export async function applyInbound(io: InboundIo, event: InboundMessage | CallEvent): Promise<boolean> {
  const identity = event.kind === 'call' ? event.customer : event.sender
  const owner = event.phoneNumberId && (await io.accounts.ownerOf(event.phoneNumberId))
  if (!owner || event.phoneNumberId === null) return false
  const told = toldIn(identity, owner, event.at)
  if (told.length === 0) return false

  const { contactId, merged } = await recognised(io, owner, told)
  await io.people.enrich(contactId, identity, event.at)
  const conversation = await io.conversations.between(owner, event.phoneNumberId, contactId)
  const heard = await takeIn(io, owner, event, contactId, conversation)
  // In their own conversation what they said counts first: who says no is not sent what waits for an answer.
  const released = await letGoOfMerged(io, merged, heard === 'nothing' ? null : conversation)
  return released || heard === 'due'
}

/** `nothing`: it was known already, or does not open the window. */
async function takeIn(
  io: InboundIo,
  owner: Owner,
  event: InboundMessage | CallEvent,
  contactId: ContactId,
  conversationId: ConversationId,
): Promise<'nothing' | 'heard' | 'due'> {
  const conversation = await io.conversations.lock(conversationId)
  const now = await io.now()
  const isNew = await io.conversations.insertInbound({
    wamid: event.kind === 'call' ? (`${event.callId}:${event.event}` as Wamid) : event.wamid,
    conversationId: conversation.id,
    type: event.kind === 'call' ? 'call' : event.type,
    at: event.at ?? now,
    body: event.body,
    isWord: event.opensWindow,
  })
  if (!isNew) return 'nothing'
  await io.people.reached(contactId, event.at ?? now)

  const window = openWindow(conversation.window, event, now)
  if (window !== conversation.window) await io.conversations.saveWindow(conversation.id, window)
  else if (event.opensWindow) await io.conversations.heardFrom(conversation.id)
  if (event.kind === 'inbound_message' && event.referral !== null && event.at !== null) {
    await io.conversations.enterFreeEntryPoint(conversation.id)
  }
  if (!event.opensWindow) return 'nothing'
  // Before what waits is let go: what was to leave only unless they write is not.
  if (conversation.listening) await io.intents.endListening([conversation.id], 'reply', answeredBy('reply'))
  const moved = conversation.moving && (await io.intents.moveSchedules({ conversation: conversation.id })).due
  const said = saidIn(event)
  const speaker = { workspace: owner.workspace, contactId, sender: event.phoneNumberId as PhoneNumberId }
  const heard =
    event.kind === 'call' ? null : await heedWords(io, speaker, { wamid: event.wamid, at: event.at ?? now, said })
  const stopped = heard?.kind === 'stop'
  if (event.kind === 'inbound_message' && conversation.campaigned) {
    const tapped = event.reply !== null
    const said = { at: event.at ?? now, quoted: event.contextWamid, replied: true, tapped, stopped }
    await io.campaigns.heed({ conversationId: conversation.id, ...said })
  }
  // Before anything is let go: what a flow held and the customer's words stop is cancelled, not sent.
  const flowing = await io.flows.hear({
    workspace: owner.workspace,
    sender: speaker.sender,
    contactId,
    conversationId: conversation.id,
    type: event.kind === 'call' ? 'call' : event.type,
    body: event.body,
    at: event.at ?? now,
    ad: event.kind === 'call' ? null : adOf(event),
    window,
    stopped,
    flows: conversation.flows,
  })
  const released = await releaseWaiting(io, conversation, window, { said, stopped }, now)
  const answered = stopped && isWindowOpen(window, now) && (await answerStop(io, speaker, conversation.id))
  return released || answered || moved || flowing ? 'due' : 'heard'
}

/** What texts and conditions of flows read as `trigger.ad`; null: they came by themselves. */
function adOf({ referral }: InboundMessage): Record<string, unknown> | null {
  if (referral === null) return null
  const { sourceType, sourceId, sourceUrl, headline } = referral
  return { headline, source_type: sourceType, source_id: sourceId, source_url: sourceUrl }
}

/** The person first, then their conversation, then their intents: everybody who takes several of these takes them in this order. */
export async function recognised(
  io: Pick<InboundIo, 'people'>,
  owner: Owner,
  told: ToldIdentity[],
): Promise<{ contactId: ContactId; merged: ConversationId[] }> {
  const person = await io.people.recognise(owner, told, null)
  if (!(await io.people.lock([person.contactId])).has(person.contactId)) {
    throw new Busy('another process has this person in hand')
  }
  return person
}

/** A message without a plausible stamp is kept, but no window is computed from it. */
function openWindow(window: WindowRecord, event: InboundMessage | CallEvent, now: Instant): WindowRecord {
  return event.opensWindow && event.at !== null ? recordInbound(window, event.at, now) : window
}

/** The words below a picture count as typed: they are all that was said. */
function saidIn(event: InboundMessage | CallEvent): Said {
  if (event.kind === 'call') return { typed: null, tapped: null }
  if (event.reply !== null) return { typed: null, tapped: { label: event.reply.text, payload: event.reply.payload } }
  return { typed: event.text ?? event.caption, tapped: null }
}

/**
 * They changed their number, or their BSUID was made anew. Answers whether an intent fell due: before and after may have been two people
 * to us, one of whom has an open window.
 */
export async function applyNumberChanged(io: InboundIo, event: NumberChanged): Promise<boolean> {
  const owner = await ownerOf(io, event)
  if (!owner) return false
  // Stamps are whole seconds, and the change comes after what was written in its second.
  const changedAt = event.at === null ? null : plus(event.at, 1)
  const before = toldIn(event.previous, owner, changedAt).map((id) => ({ ...id, former: true }))
  const after = toldIn(event.current, owner, changedAt)
  if (before.length === 0 || after.length === 0) return false
  const { contactId, merged } = await recognised(io, owner, [...before, ...after])
  await io.people.enrich(contactId, event.current, event.at)
  await io.people.reached(contactId, event.at ?? (await io.now()))
  return letGoOfMerged(io, merged)
}

/** Answers whether an intent fell due. */
export async function applyPreference(io: InboundIo, event: UserPreference): Promise<boolean> {
  if (event.value !== 'stop' && event.value !== 'resume') return false
  const owner = await ownerOf(io, event)
  const told = owner ? toldIn(event.customer, owner, event.at) : []
  if (!owner || told.length === 0) return false
  const { contactId, merged } = await recognised(io, owner, told)
  await io.people.enrich(contactId, event.customer, event.at)
  const at = event.at ?? (await io.now())
  await io.people.reached(contactId, at)
  const wish = event.value === 'stop' ? io.people.stopMarketing : io.people.resumeMarketing
  await wish(contactId, toDate(at), { webhook: 'user_preferences', sender: event.phoneNumberId, value: event.value })
  if (event.value === 'stop') await io.campaigns.heedStop(contactId, event.phoneNumberId, at)
  return letGoOfMerged(io, merged)
}

/** Also of a number that is not linked here, by its account: whom it concerns is the business's customer all the same. */
async function ownerOf(
  io: InboundIo,
  { phoneNumberId, wabaId }: { phoneNumberId: PhoneNumberId | null; wabaId: WabaId | null },
): Promise<Owner | null> {
  return (
    (phoneNumberId && (await io.accounts.ownerOf(phoneNumberId))) ||
    (wabaId && (await io.accounts.ownerOfAccount(wabaId)))
  )
}

type PersonNews = InboundMessage | EchoedMessage | Handover | CallEvent | NumberChanged | UserPreference

/** All ids under which these events may find somebody, in the spelling under which they are known. */
export function idsIn(event: PersonNews): string[] {
  return identitiesIn(event).flatMap(({ waId, bsuid, parentBsuid }) =>
    [waId && numberKey(waId), bsuid, parentBsuid].filter((id) => id !== null),
  )
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
