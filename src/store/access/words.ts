import { sql } from 'kysely'
import type { WorkspaceId } from '../../domain/ids.ts'
import type { WorkspaceWords } from '../../domain/words.ts'
import type { Db } from '../pg/postgres.ts'

interface WordsRow {
  stop_words: WorkspaceWords['stopWords']
  start_words: WorkspaceWords['startWords']
  stop_buttons: string[]
  stop_reply: WorkspaceWords['stopReply']
}

export async function readWordsOf(db: Db, workspace: WorkspaceId): Promise<WorkspaceWords> {
  const { rows } = await sql<WordsRow>`
    select stop_words, start_words, stop_buttons, stop_reply from workspaces where id = ${workspace}`.execute(db)
  const row = rows[0]
  if (!row) throw new Error(`expected a workspace ${workspace}, found none`)
  return {
    stopWords: row.stop_words,
    startWords: row.start_words,
    stopButtons: row.stop_buttons,
    stopReply: row.stop_reply,
  }
}
