import { answeredBy } from '../domain/decision/answered.ts'
import type { ConversationId, Wamid } from '../domain/ids.ts'
import type { Instant } from '../domain/time.ts'
import type { EchoedMessage } from '../graph/webhook-event.ts'
import { type InboundIo, recognised } from './apply-inbound.ts'
import { letGoOfMerged } from './let-go.ts'
import { toldIn } from './told-ids.ts'

/** A message that a colleague sent from the phone app. */
export interface EchoRecord {
  wamid: Wamid
  conversationId: ConversationId
  at: Instant
  body: Record<string, unknown>
}

/** Reads and writes of one transaction. */
export type EchoIo = InboundIo & {
  conversations: {
    /** Records it and takes its place in the pair limit. False for a message that is known already. */
    insertEcho(echo: EchoRecord): Promise<boolean>
  }
}

/**
 * A colleague wrote from the phone app: it is part of the conversation and counts for the pair limit. It opens no window and lets nothing
 * go, for only the customer can do that, and it is no sign of life of theirs.
 *
 * Whatever else has to happen when a person takes over happens here, once per message: when `insertEcho` says that it is new.
 */
export async function applyEcho(io: EchoIo, event: EchoedMessage): Promise<boolean> {
  const owner = event.phoneNumberId && (await io.accounts.ownerOf(event.phoneNumberId))
  if (!owner || event.phoneNumberId === null) return false
  // Told whose these ids are, and not that they are in use: nobody answered from them.
  const told = toldIn(event.recipient, owner, null)
  if (told.length === 0) return false
  const { contactId, merged } = await recognised(io, owner, told)
  await io.people.enrich(contactId, event.recipient, null)
  const conversationId = await io.conversations.between(owner, event.phoneNumberId, contactId)
  const isNew = await io.conversations.insertEcho({
    wamid: event.wamid,
    conversationId,
    at: event.at ?? (await io.now()),
    body: event.body,
  })
  if (isNew) await io.intents.endListening([conversationId], 'colleague', answeredBy('colleague'))
  return letGoOfMerged(io, merged)
}
