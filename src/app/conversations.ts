import type { Services } from '../http/services.ts'
import { done, mapAnswer } from '../usecases/answer.ts'
import { mapPage } from '../usecases/paging.ts'
import type { PassThroughIo } from '../usecases/pass-through.ts'
import { getConversation, listConversations, type ReadConversationsIo } from '../usecases/read-conversations.ts'
import { listMessages, type ReadMessagesIo } from '../usecases/read-messages.ts'
import * as tend from '../usecases/tend-conversations.ts'
import { uploadMedia } from '../usecases/upload-media.ts'
import { inTime } from './listing.ts'
import type { AppSettings } from './settings.ts'
import { viewOfConversation, viewOfExplained } from './views/conversation.ts'
import { viewOfIntent } from './views/intent.ts'

export type ConversationServices = Pick<
  Services,
  | 'listConversations'
  | 'countConversations'
  | 'getConversation'
  | 'listMessages'
  | 'messageFile'
  | 'readConversation'
  | 'takeConversation'
  | 'uploadMedia'
>

/** Of each filter: more than anybody looks through. */
const COUNTED_UP_TO = 1_000

/** Conversations, what was exchanged in them, and what the team does with them. */
export function conversationServices(
  io: ReadConversationsIo & ReadMessagesIo & tend.TendConversationsIo & { meta: PassThroughIo },
  { windowMarginMs }: Pick<AppSettings, 'windowMarginMs'>,
): ConversationServices {
  return {
    listConversations: async (caller, query) =>
      mapPage(await inTime(listConversations(io, caller, query), 'sender, window or a longer q'), (conversation) =>
        viewOfConversation(conversation, windowMarginMs),
      ),
    async countConversations(caller, sender) {
      const counted = io
        .countConversations(caller, sender, COUNTED_UP_TO)
        .then((counts) => done({ counts, at_most: COUNTED_UP_TO }))
      return inTime(counted, 'sender')
    },
    getConversation: async (caller, sender, contact) =>
      mapAnswer(await getConversation(io, caller, sender, contact), ({ conversation, messages, waiting }) => ({
        ...viewOfConversation(conversation, windowMarginMs),
        messages: messages.map(viewOfExplained),
        waiting: waiting.map(viewOfIntent),
      })),
    listMessages: async (caller, between, query) =>
      mapPage(await listMessages(io, caller, between, query), viewOfExplained),
    messageFile: (caller, asked) => tend.messageFile(io, caller, asked),
    readConversation: (caller, between, receipt) => tend.readConversation(io, caller, between, receipt),
    takeConversation: (caller, between) => tend.takeConversation(io, caller, between),
    uploadMedia: (caller, upload) => uploadMedia(io.meta, caller, upload),
  }
}
