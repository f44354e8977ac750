import type { ContactId, ConversationId, WaId } from '../domain/ids.ts'
import type { ConversationState } from '../store/conversations/ensure.ts'

/** Whom nobody knows: no contact has it. */
export const NOBODY = '0' as ContactId

/** Where somebody stands of whom nothing is known. */
export function stateOfStranger({ waId, bsuid }: { waId: WaId | null; bsuid: string | null }): ConversationState {
  return {
    id: '' as ConversationId,
    contactId: NOBODY,
    waId,
    bsuid,
    timeZone: null,
    marketing: 'unknown',
    utility: 'unknown',
    unreachableUntil: null,
    windowOpenedAt: null,
    lastInboundAt: null,
    windowRefutedAt: null,
    entryState: 'none',
    enteredAt: null,
    entryOpenedAt: null,
    entryExpiresAt: null,
    entryConversationId: null,
    pairEmptiesAt: null,
    lastFollowUpAt: null,
    followUpId: null,
  }
}
