import type { ConversationId } from '../domain/ids.ts'
import type { Handover } from '../graph/webhook-event.ts'
import { type InboundIo, recognised } from './apply-inbound.ts'
import { letGoOfMerged } from './let-go.ts'
import { toldIn } from './told-ids.ts'

/** Reads and writes of one transaction. */
export type HandoverIo = InboundIo & {
  intents: {
    /** Lets go what waits for another responder in this conversation. Returns how many. */
    releaseForResponder(conversationId: ConversationId): Promise<number>
  }
}

/**
 * A conversation was given back to us: what waited is decided again. That it was taken is learnt from the refusal of the next message, so
 * nothing is kept of who has it, and hand-overs that come late or out of order cost a message at most one try too many: if somebody else
 * has the customer again, it waits anew. Answers whether an intent fell due.
 */
export async function applyHandover(io: HandoverIo, event: Handover): Promise<boolean> {
  if (event.phoneNumberId === null || !event.toUs) return false
  const owner = await io.accounts.ownerOf(event.phoneNumberId)
  const told = owner === null ? [] : toldIn(event.customer, owner, null)
  if (owner === null || told.length === 0) return false
  const { contactId, merged } = await recognised(io, owner, told)
  await io.people.enrich(contactId, event.customer, null)
  const conversationId = await io.conversations.between(owner, event.phoneNumberId, contactId)
  const released = await io.intents.releaseForResponder(conversationId)
  return (await letGoOfMerged(io, merged)) || released > 0
}
