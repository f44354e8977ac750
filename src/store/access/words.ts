import { sql } from 'kysely'
import type { PhoneNumberId } from '../../domain/ids.ts'
import type { WorkspaceWords } from '../../domain/words.ts'
import type { Db } from '../pg/postgres.ts'

interface WordsRow {
  stop_words: WorkspaceWords['stopWords']
  start_words: WorkspaceWords['startWords']
  stop_buttons: string[]
  stop_reply: WorkspaceWords['stopReply']
}

/** The words of the workspace that has this number; those that are known everywhere when nobody has the number. */
export async function readWordsOf(db: Db, sender: PhoneNumberId): Promise<WorkspaceWords> {
  const { rows } = await sql<WordsRow>`
    select w.stop_words, w.start_words, w.stop_buttons, w.stop_reply
    from senders s join workspaces w on w.id = s.workspace
    where s.phone_number_id = ${sender}`.execute(db)
  const row = rows[0]
  if (!row) return { stopWords: null, startWords: null, stopButtons: [], stopReply: null }
  return {
    stopWords: row.stop_words,
    startWords: row.start_words,
    stopButtons: row.stop_buttons,
    stopReply: row.stop_reply,
  }
}
