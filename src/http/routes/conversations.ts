import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { errors, forKey, json } from '../document.ts'
import { unwrap } from '../errors.ts'
import { conversationPath, conversationsQuery } from '../schemas.ts'
import type { Services } from '../services.ts'
import { conversationSummaryView, conversationView, listView } from '../views.ts'

const tags = ['Conversations']

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

    app.get('/conversations/:sender/:contact', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'getConversation',
        summary: 'Read a conversation: windows, messages and what waits',
        params: conversationPath,
        response: { 200: json('The conversation.', conversationView), ...errors(...forKey, 404) },
      },
      handler: async (request) =>
        unwrap(await services.getConversation(request.caller, request.params.sender, request.params.contact)),
    })
  }
}
