import type pg from 'pg'
import type { ContactId, ConversationId, PhoneNumberId, WorkspaceId } from '../../domain/ids.ts'
import { boundTo } from '../pg/bound.ts'
import type { Db } from '../pg/postgres.ts'
import { clearFollowUp, heardFrom, insertInbound, lockConversation, refuteWindow, saveWindow } from './conversations.ts'
import { insertEcho } from './echoes.ts'
import { ensureConversations } from './ensure.ts'
import { enterFreeEntryPoint, recipientsOf, recordEntryReports, refreshFreeEntryPoint } from './free-entry-points.ts'
import { takeStopAnswer } from './stop-answers.ts'

/** Conversations, as a transaction of the inbox knows and changes them. */
export function conversationsIn(trx: Db, client: pg.PoolClient) {
  const on = boundTo(trx)
  return {
    async between(
      { workspace }: { workspace: WorkspaceId },
      sender: PhoneNumberId,
      contactId: ContactId,
    ): Promise<ConversationId> {
      const conversations = await ensureConversations(trx, workspace, [{ sender, contactId }])
      const conversation = conversations.get(`${sender} ${contactId}`)
      if (!conversation) throw new Error('the conversation vanished while it was opened')
      return conversation.id
    },
    lock: on(lockConversation),
    saveWindow: on(saveWindow),
    heardFrom: on(heardFrom),
    refuteWindow: on(refuteWindow),
    clearFollowUp: on(clearFollowUp),
    insertInbound: on(insertInbound),
    insertEcho: on(insertEcho),
    recipientsOf: boundTo(client)(recipientsOf),
    recordEntryReports: on(recordEntryReports),
    enterFreeEntryPoint: on(enterFreeEntryPoint),
    refreshFreeEntryPoint: on(refreshFreeEntryPoint),
    takeStopAnswer: on(takeStopAnswer),
  }
}
