import type { Purview } from '../domain/access.ts'
import { type FoundMessage, readMessages, readQuoted } from '../store/conversations/messages.ts'
import { type Db, queryableOn } from '../store/pg/postgres.ts'
import { readTemplates, templateKey } from '../store/templates/templates.ts'
import { explain } from '../usecases/read-messages.ts'
import { viewOfExplained } from './views/conversation.ts'

/** Messages of any conversations by their wamids, as the list of a conversation shows them, and with whom they were exchanged. */
export async function messagesAsListed(
  db: Db,
  purview: Purview,
  wamids: string[],
): Promise<{ message: FoundMessage; view: Record<string, unknown> }[]> {
  const io = {
    readQuoted: (quoted: Parameters<typeof readQuoted>[1], intents: Parameters<typeof readQuoted>[2]) =>
      readQuoted(db, quoted, intents),
    readTemplates: (keys: Parameters<typeof readTemplates>[1]) => readTemplates(queryableOn(db), keys),
    templateKey,
  }
  const explained = await explain(io, await readMessages(db, purview, wamids))
  return explained.map((message) => {
    const { sender, wa_id, bsuid } = message
    return { message, view: { sender, contact: { wa_id, user_id: bsuid }, ...viewOfExplained(message) } }
  })
}
