import { sql } from 'kysely'
import type { ConversationId } from '../../domain/ids.ts'

/**
 * The conversation that is left of the one with this id, as a table of one row; an id that was read a moment ago may be a redirect by now.
 * Its lock is shared with everybody but a merge: what is changed under it is seen by the merge, or is changed after it in the right place.
 */
export function liveConversation(id: ConversationId) {
  return sql<{ id: ConversationId; contact_id: string }>`
    (select coalesce(merged_into, id) as id, contact_id from conversations where id = ${id}::bigint for key share)`
}
