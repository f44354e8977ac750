import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import {
  conversationCountsView,
  conversationSummaryView,
  conversationView,
  messageView,
} from '../conversation-views.ts'
import { errors, forBody, forKey, json } from '../document.ts'
import { unwrap } from '../errors.ts'
import {
  conversationCountsQuery,
  conversationPath,
  conversationQuery,
  conversationsQuery,
  messagePath,
  messagesQuery,
  readBody,
} from '../schemas.ts'
import type { Services } from '../services.ts'
import { listView } from '../views.ts'
import { binary, sendFile } from './media.ts'

const tags = ['Conversations']
const nothing = z.null().describe('Done.')

export function conversationRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.get('/conversations', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'listConversations',
        summary: 'List conversations with their windows',
        querystring: conversationsQuery,
        response: { 200: json('A page.', listView(conversationSummaryView)), ...errors(400, ...forKey) },
      },
      handler: async (request) => unwrap(await services.listConversations(request.caller, request.query)),
    })

    app.get('/conversations/counts', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'countConversations',
        summary: 'Count conversations by filter',
        description: 'By the filters of the list, each up to `at_most`.',
        querystring: conversationCountsQuery,
        response: { 200: json('The counts.', conversationCountsView), ...errors(400, ...forKey, 503) },
      },
      handler: async (request) =>
        unwrap(await services.countConversations(request.caller, request.query.sender ?? null)),
    })

    app.get('/conversations/:sender/:contact', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'getConversation',
        summary: 'Read a conversation: windows, messages and what waits',
        params: conversationPath,
        querystring: conversationQuery,
        response: {
          200: json('The conversation.', conversationView),
          204: z.null().describe('With `unknown=empty`: nothing was exchanged.'),
          ...errors(400, ...forKey, 404),
        },
      },
      async handler(request, reply) {
        const { sender, contact } = request.params
        const answer = await services.getConversation(request.caller, sender, contact)
        const isEmpty = !answer.ok && answer.refusal.code === 'conversation_unknown'
        if (isEmpty && request.query.unknown === 'empty') return reply.code(204).send(null)
        return unwrap(answer)
      },
    })

    app.get('/conversations/:sender/:contact/messages', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'listMessages',
        summary: 'List what was exchanged, newest first',
        params: conversationPath,
        querystring: messagesQuery,
        response: { 200: json('A page.', listView(messageView)), ...errors(400, ...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.listMessages(request.caller, request.params, request.query)),
    })

    app.get('/conversations/:sender/:contact/messages/:message/media', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'getMessageMedia',
        summary: 'Download the file of a message',
        description:
          'Streamed from Meta, which keeps files for some weeks. Images, audio and video can be shown in a page; everything else is an attachment.',
        params: messagePath,
        response: { 200: binary('The file.'), 206: binary('A part of it.'), ...errors(...forKey, 404, 502, 503) },
      },
      handler: async (request, reply) => {
        const { message: wamid, ...between } = request.params
        const range = /^bytes=\d{0,15}-\d{0,15}$/.exec(request.headers.range ?? '')?.[0] ?? null
        return sendFile(reply, unwrap(await services.messageFile(request.caller, { ...between, wamid, range })))
      },
    })

    app.post('/conversations/:sender/:contact/read', {
      config: { scope: 'send', audit: null },
      schema: {
        tags,
        operationId: 'readConversation',
        summary: 'Mark a conversation as read, for the whole team',
        description:
          'With `receipt` the customer is shown it too; that it is read here stands also where Meta cannot be told.',
        params: conversationPath,
        body: readBody,
        response: { 204: nothing, ...errors(...forBody, ...forKey, 404, 502, 503) },
      },
      async handler(request, reply) {
        const { receipt = false } = request.body ?? {}
        unwrap(await services.readConversation(request.caller, request.params, receipt))
        return reply.code(204).send(null)
      },
    })

    app.post('/conversations/:sender/:contact/take', {
      config: { scope: 'send', audit: { action: 'conversation.take', by: 'deed' } },
      schema: {
        tags,
        operationId: 'takeConversation',
        summary: 'Take a conversation that was handed over',
        description: 'Clears `handed_over`, as the next reply by a person does. Again: no change.',
        params: conversationPath,
        response: { 204: nothing, ...errors(...forKey, 404) },
      },
      async handler(request, reply) {
        unwrap(await services.takeConversation(request.caller, request.params))
        return reply.code(204).send(null)
      },
    })
  }
}
