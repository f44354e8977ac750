import type { ContactId, ConversationId, IntentId, PhoneNumberId, Wamid, WorkspaceId } from '../domain/ids.ts'
import type { Instant } from '../domain/time.ts'
import {
  type FoldedWords,
  foldWords,
  type Heard,
  hear,
  type Said,
  stopReplyIn,
  type WorkspaceWords,
} from '../domain/words.ts'

/** What is kept to show for a wish: the message that said it. */
export interface WishEvidence {
  wamid: Wamid
  sender: PhoneNumberId
  text?: string
  label?: string | null
  payload?: string | null
}

/** A customer's own message, as far as words are looked for in it. */
export interface SpokenMessage {
  wamid: Wamid
  at: Instant
  said: Said
}

/** Who spoke, and to which of our numbers. */
export interface Speaker {
  workspace: WorkspaceId
  contactId: ContactId
  sender: PhoneNumberId
}

/** Reads and writes of one transaction. */
export type WordsIo = {
  words: {
    of(workspace: WorkspaceId): Promise<WorkspaceWords>
  }
  people: {
    /** Records that they want no marketing, as of `at`; what is newer stands. */
    optOut(contactId: ContactId, by: 'word' | 'button', at: Instant, evidence: WishEvidence): Promise<void>
    /** Ends an opt-out of theirs that a word or a button made by `at`; one that was recorded otherwise stays. */
    liftOptOut(contactId: ContactId, at: Instant, evidence: WishEvidence): Promise<void>
    /** Their typed messages with a later stamp that were taken in already, oldest first. */
    typedAfter(contactId: ContactId, at: Instant): Promise<(SpokenMessage & { sender: PhoneNumberId })[]>
    languageOf(contactId: ContactId): Promise<string | null>
  }
  conversations: {
    /** False when a STOP of this conversation was answered in the last 24 hours. */
    takeStopAnswer(id: ConversationId): Promise<boolean>
  }
  intents: {
    /** Enqueues a text of ours, due now. */
    enqueueAnswer(id: ConversationId, text: string): Promise<IntentId>
  }
}

/**
 * Heeds what a whole message says: STOP records the opt-out from marketing, START lifts one that was made by a word or a button and nothing
 * else, and everything else is no word. Called once per message, with its row written, in the order in which webhooks come; a STOP whose
 * webhook is later than that of a newer START does not undo the START (P4, P7).
 */
export async function heedWords(
  io: WordsIo,
  { workspace, contactId, sender }: Speaker,
  message: SpokenMessage,
): Promise<Heard | null> {
  const { said, at } = message
  if (said.typed === null && said.tapped === null) return null
  const words = foldWords(await io.words.of(workspace))
  const heard = hear(said, words)
  if (heard?.kind === 'stop') {
    await io.people.optOut(contactId, heard.by, at, evidenceOf(message, sender))
    await heedLaterStart(io, contactId, at, words)
  } else if (heard?.kind === 'start') {
    await io.people.liftOptOut(contactId, at, evidenceOf(message, sender))
  }
  return heard
}

/** When the START was taken in there was nothing to lift yet. */
async function heedLaterStart(io: WordsIo, contactId: ContactId, at: Instant, words: FoldedWords): Promise<void> {
  for (const later of await io.people.typedAfter(contactId, at)) {
    if (hear(later.said, words)?.kind === 'start')
      await io.people.liftOptOut(contactId, later.at, evidenceOf(later, later.sender))
  }
}

/**
 * Tells them, once in 24 hours per conversation, that they were heard. The answer is an ordinary message of ours; call it only while the
 * window is open. Answers whether there is one.
 */
export async function answerStop(
  io: WordsIo,
  { workspace, contactId }: Speaker,
  conversationId: ConversationId,
): Promise<boolean> {
  const words = await io.words.of(workspace)
  if (words.stopReply === null) return false
  const text = stopReplyIn(await io.people.languageOf(contactId), words)
  if (text === null || !(await io.conversations.takeStopAnswer(conversationId))) return false
  await io.intents.enqueueAnswer(conversationId, text)
  return true
}

function evidenceOf({ wamid, said }: SpokenMessage, sender: PhoneNumberId): WishEvidence {
  if (said.tapped !== null) return { wamid, sender, label: said.tapped.label, payload: said.tapped.payload }
  return { wamid, sender, text: said.typed ?? '' }
}
