import type { ConversationId, Wamid } from '../domain/ids.ts'
import type { Instant } from '../domain/time.ts'
import type { EchoedMessage } from '../graph/webhook-event.ts'
import { type InboundIo, lockedContact, personOf, seenAt } from './apply-inbound.ts'

/** A message that a colleague sent from the phone app. */
export interface EchoRecord {
  wamid: Wamid
  conversationId: ConversationId
  at: Instant
  body: Record<string, unknown>
}

/** Reads and writes of one transaction. */
export interface EchoIo
  extends Pick<
    InboundIo,
    'now' | 'workspaceOf' | 'resolveContact' | 'lockPeople' | 'claimIdentities' | 'enrichContact' | 'conversationOf'
  > {
  /** Records it and takes its place in the pair limit. False for a message that is known already. */
  insertEcho(echo: EchoRecord): Promise<boolean>
}

/**
 * A colleague wrote from the phone app: it is part of the conversation and counts for the pair limit. It opens no window and lets nothing
 * go, for only the customer can do that, and it is no sign of life of theirs.
 *
 * Whatever else has to happen when a person takes over happens here, once per message: when `insertEcho` says that it is new.
 */
export async function applyEcho(io: EchoIo, event: EchoedMessage): Promise<void> {
  const person = personOf(event.recipient)
  if (person === null || event.phoneNumberId === null) return
  const workspace = await io.workspaceOf({ phoneNumberId: event.phoneNumberId, wabaId: null })
  if (workspace === null) return
  const contactId = await lockedContact(io, workspace, person)
  // Told whose these ids are, and not that they are in use: nobody answered from them.
  await io.claimIdentities(contactId, seenAt(null, person))
  await io.enrichContact(contactId, event.recipient, null)
  const conversationId = await io.conversationOf(workspace, event.phoneNumberId, contactId)
  await io.insertEcho({ wamid: event.wamid, conversationId, at: event.at ?? (await io.now()), body: event.body })
}
