import type { ConversationId } from '../domain/ids.ts'
import { type LetGoIo, letGoOfMerged } from './let-go.ts'

/** Reads and writes of one transaction. */
export type FoldIo = LetGoIo & {
  conversations: {
    /** Moves what is left in a merged conversation into the one that is left of both, which it answers; null where there is none. */
    fold(id: ConversationId): Promise<ConversationId | null>
  }
}

export interface FoldInbox {
  /** Merged conversations that something is left in, or may be on its way into. */
  unfolded(): Promise<ConversationId[]>
  inTransaction<T>(run: (io: FoldIo) => Promise<T>): Promise<T>
  /** Somebody has the conversation in hand. */
  isBusy(error: unknown): boolean
  /** Wakes the relay. */
  notifyDue(): Promise<void>
}

/**
 * Finishes merges that left something behind, because it was under way, and lets go what waited in there. Looked at again and again, so it
 * does not matter what ended the turn, or what a process was doing when it died. What is busy is left for the next round.
 */
export async function foldMerged(inbox: FoldInbox): Promise<void> {
  for (const id of await inbox.unfolded()) {
    try {
      const due = await inbox.inTransaction(async (io) => {
        const kept = await io.conversations.fold(id)
        return kept !== null && (await letGoOfMerged(io, [kept]))
      })
      if (due) await inbox.notifyDue()
    } catch (error) {
      if (!inbox.isBusy(error)) throw error
    }
  }
}
