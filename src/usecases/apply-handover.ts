import type { ConversationId } from '../domain/ids.ts'
import type { Handover } from '../graph/webhook-event.ts'
import { type InboundIo, lockedContact, personOf, seenAt } from './apply-inbound.ts'

/** Reads and writes of one transaction. */
export interface HandoverIo
  extends Pick<
    InboundIo,
    'workspaceOf' | 'resolveContact' | 'lockPeople' | 'claimIdentities' | 'enrichContact' | 'conversationOf'
  > {
  /** Lets go what waits for another responder in this conversation. Returns how many. */
  releaseForResponder(conversationId: ConversationId): Promise<number>
}

/**
 * A conversation was given back to us: what waited is decided again. That it was taken is learnt from the refusal of the next message, so
 * nothing is kept of who has it, and hand-overs that come late or out of order cost a message at most one try too many: if somebody else
 * has the customer again, it waits anew. Answers whether an intent fell due.
 */
export async function applyHandover(io: HandoverIo, event: Handover): Promise<boolean> {
  const person = personOf(event.customer)
  if (person === null || event.phoneNumberId === null || !event.toUs) return false
  const workspace = await io.workspaceOf({ phoneNumberId: event.phoneNumberId, wabaId: null })
  if (workspace === null) return false
  const contactId = await lockedContact(io, workspace, person)
  await io.claimIdentities(contactId, seenAt(null, person))
  await io.enrichContact(contactId, event.customer, null)
  const conversationId = await io.conversationOf(workspace, event.phoneNumberId, contactId)
  return (await io.releaseForResponder(conversationId)) > 0
}
