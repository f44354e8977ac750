import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { errors, forBody, forKey, json } from '../document.ts'
import { unwrap } from '../errors.ts'
import { baseOf } from '../graph-links.ts'
import { senderBody, senderCheckBody, senderPatchBody, senderPath } from '../schemas.ts'
import { senderChecksView, senderView, setupView } from '../sender-views.ts'
import type { Services } from '../services.ts'
import { checkedByUseCase, parse } from '../validation.ts'
import { doneView, listView } from '../views.ts'

const tags = ['Senders']
const sender = json('The sender. Its token is never part of an answer.', senderView)

export function senderRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.post('/senders', {
      config: { scope: 'admin', confirm: true, audit: { action: 'sender.link', by: 'deed' } },
      schema: {
        tags,
        operationId: 'linkSender',
        summary: 'Link a phone number',
        description: 'Again with the same id: updated. Linking starts a sync of the templates.',
        body: senderBody,
        response: {
          201: json('Linked.', senderView),
          200: json('Known already, and updated.', senderView),
          ...errors(...forBody, ...forKey, 409),
        },
      },
      handler: async (request, reply) => {
        const linked = unwrap(await services.linkSender(request.caller, request.body))
        return reply.code(linked.created ? 201 : 200).send(linked.sender)
      },
    })

    app.post('/senders/check', {
      config: { scope: 'admin', audit: null },
      validatorCompiler: checkedByUseCase,
      schema: {
        tags,
        operationId: 'checkSender',
        summary: 'Look at what stands in the way of a number',
        description:
          'Of a linked number (`id`), or of one that might be linked: then the body of a link, of which nothing is stored. Asks Meta about ' +
          'token, permissions, number, account, health and webhook subscription. Where the token is none, nothing else is asked.',
        body: z.union([senderCheckBody, senderBody]),
        response: { 200: json('What was found.', senderChecksView), ...errors(...forBody, ...forKey, 404) },
      },
      handler: async (request) => {
        const isLinked = typeof request.body === 'object' && request.body !== null && 'id' in request.body
        const asked = isLinked ? parse(senderCheckBody, request.body) : parse(senderBody, request.body)
        return unwrap(await services.checkSender(request.caller, asked, baseOf(request)))
      },
    })

    app.get('/setup', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'getSetup',
        summary: 'Read what is set up, and what is missing',
        response: { 200: json('As it is.', setupView), ...errors(...forKey) },
      },
      handler: async (request) => services.setup(request.caller, baseOf(request)),
    })

    app.get('/senders', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'listSenders',
        summary: 'List all senders',
        description: 'Always one page.',
        response: { 200: json('All of them.', listView(senderView)), ...errors(...forKey) },
      },
      handler: async (request) => ({ data: await services.listSenders(request.caller), next_cursor: null }),
    })

    app.get('/senders/:id', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'getSender',
        summary: 'Read a sender',
        params: senderPath,
        response: { 200: sender, ...errors(...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.getSender(request.caller, request.params.id)),
    })

    app.patch('/senders/:id', {
      config: { scope: 'admin', confirm: 'access_token', audit: { action: 'sender.update', by: 'deed' } },
      schema: {
        tags,
        operationId: 'updateSender',
        summary: 'Change a sender',
        description: 'A new `access_token` lifts a token problem by itself; every other restriction needs a resume.',
        params: senderPath,
        body: senderPatchBody,
        response: { 200: sender, ...errors(...forBody, ...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.updateSender(request.caller, request.params.id, request.body)),
    })

    app.delete('/senders/:id', {
      config: { scope: 'admin', audit: { action: 'sender.unlink', by: 'deed' } },
      schema: {
        tags,
        operationId: 'unlinkSender',
        summary: 'Unlink a sender',
        params: senderPath,
        response: { 200: json('Unlinked.', doneView), ...errors(...forKey, 404, 409) },
      },
      handler: async (request) => {
        unwrap(await services.unlinkSender(request.caller, request.params.id))
        return { success: true }
      },
    })

    app.post('/senders/:id/pause', {
      config: { scope: 'admin', audit: { action: 'sender.pause', by: 'deed' } },
      schema: {
        tags,
        operationId: 'pauseSender',
        summary: 'Pause a sender',
        description: 'Its intents wait as held. Again: no change.',
        params: senderPath,
        response: { 200: sender, ...errors(...forKey, 404, 409) },
      },
      handler: async (request) => unwrap(await services.pauseSender(request.caller, request.params.id)),
    })

    app.post('/senders/:id/resume', {
      config: { scope: 'admin', audit: { action: 'sender.resume', by: 'deed' } },
      schema: {
        tags,
        operationId: 'resumeSender',
        summary: 'Resume a paused or restricted sender',
        params: senderPath,
        response: { 200: sender, ...errors(...forKey, 404, 409) },
      },
      handler: async (request) => unwrap(await services.resumeSender(request.caller, request.params.id)),
    })

    app.post('/senders/:id/subscribe', {
      config: { scope: 'admin', audit: { action: 'sender.subscribe', by: 'answer' } },
      schema: {
        tags,
        operationId: 'subscribeSender',
        summary: "Subscribe the token's app to the number's account",
        description:
          "Until then Meta sends none of the account's webhooks here. Again: no change, so an address of its own that the account has at " +
          'Meta (`override_callback_uri`) stays.',
        params: senderPath,
        response: { 200: sender, ...errors(...forKey, 404, 502, 503) },
      },
      handler: async (request) => unwrap(await services.subscribeSender(request.caller, request.params.id)),
    })
  }
}
