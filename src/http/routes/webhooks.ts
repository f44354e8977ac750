import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { errors, forKey, json, textual } from '../document.ts'
import { ApiError, unwrap } from '../errors.ts'
import { createBodyBudget, readBody, tooLarge } from '../read-body.ts'
import { webhookEventPath, webhookEventsQuery } from '../schemas.ts'
import type { Services } from '../services.ts'
import { checkedByUseCase } from '../validation.ts'
import { listView, webhookEventView } from '../views.ts'

const tags = ['Webhooks']

/** Meta sends at most 3 MB. Source: Meta, webhooks/overview (read 2026-11). */
export const MAX_WEBHOOK_BYTES = 3 * 1024 * 1024

/** Of all bodies that have arrived in part or whole and are not judged yet: some thousands of webhooks, or twenty of the largest. */
const MAX_UNVERIFIED_BYTES = 64 * 1024 * 1024

function isSignature(header: string | string[] | undefined): boolean {
  return typeof header === 'string' && /^sha256=[0-9a-f]{64}$/i.test(header)
}

function badSignature(): ApiError {
  return new ApiError(401, 'bad_signature', 'expected X-Hub-Signature-256 to sign this body with the app secret', {
    field: 'X-Hub-Signature-256',
  })
}

/** The door for Meta. No API key: the verify token and the signature are what is checked. */
export function webhookRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    // The signature covers the bytes as they came, so nothing may parse and print them again.
    const budget = createBodyBudget(MAX_UNVERIFIED_BYTES)
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', async (request: FastifyRequest, payload: Readable) => {
      if (Number(request.headers['content-length'] ?? 0) > MAX_WEBHOOK_BYTES) throw tooLarge()
      return readBody(payload, { maxBytes: MAX_WEBHOOK_BYTES, budget })
    })

    app.get('/webhooks/whatsapp', {
      config: { guard: 'signature' },
      schema: {
        tags,
        operationId: 'verifyWebhook',
        summary: "Meta's handshake",
        security: [],
        querystring: z.object({
          'hub.mode': z.unknown().optional(),
          'hub.verify_token': z.unknown().optional(),
          'hub.challenge': z.unknown().optional(),
        }),
        response: { 200: textual('The challenge.', 'text/plain', z.string()), ...errors(400, 403) },
      },
      handler: async (request, reply) => {
        const { 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': challenge } = request.query
        if (typeof token !== 'string' || !services.verifyToken(token)) {
          throw new ApiError(403, 'forbidden', 'expected hub.verify_token to be the configured one')
        }
        if (mode !== 'subscribe') {
          throw new ApiError(400, 'invalid', 'expected hub.mode to be "subscribe"', { field: 'hub.mode' })
        }
        if (typeof challenge !== 'string') {
          throw new ApiError(400, 'invalid', 'expected hub.challenge to be there once', { field: 'hub.challenge' })
        }
        return reply.type('text/plain; charset=utf-8').send(challenge)
      },
    })

    app.post('/webhooks/whatsapp', {
      // Before anything of the body is waited for: whoever cannot even write a signature is not Meta.
      onRequest: async (request, reply) => {
        if (isSignature(request.headers['x-hub-signature-256'])) return
        reply.header('connection', 'close')
        throw badSignature()
      },
      config: { guard: 'signature' },
      validatorCompiler: checkedByUseCase,
      schema: {
        tags,
        operationId: 'receiveWebhook',
        summary: 'Events from Meta',
        description:
          'The body as Meta sent it, at most 3 MiB, with its `X-Hub-Signature-256`. Verified, stored raw, acknowledged; applied afterwards.',
        security: [],
        headers: z.looseObject({ 'x-hub-signature-256': z.string().meta({ examples: ['sha256=…'] }) }),
        body: z.looseObject({ object: z.string(), entry: z.array(z.unknown()) }),
        response: { 200: textual('Stored.', 'text/plain', z.string()), ...errors(401, 413) },
      },
      handler: async (request, reply) => {
        const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        const signature = request.headers['x-hub-signature-256']
        const stored = await services.receiveWebhook(raw, typeof signature === 'string' ? signature : undefined)
        if (!stored) throw badSignature()
        return reply.type('text/plain; charset=utf-8').send('stored')
      },
    })
  }
}

/** What came through the door, for operators. */
export function webhookEventRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.get('/webhook-events', {
      config: { scope: 'admin' },
      schema: {
        tags,
        operationId: 'listWebhookEvents',
        summary: 'List stored events',
        querystring: webhookEventsQuery,
        response: { 200: json('A page.', listView(webhookEventView)), ...errors(400, ...forKey) },
      },
      handler: async (request) => unwrap(await services.listWebhookEvents(request.caller, request.query)),
    })

    app.post('/webhook-events/:id/replay', {
      config: { scope: 'admin', audit: { action: 'webhook_event.replay', by: 'deed' } },
      schema: {
        tags,
        operationId: 'replayWebhookEvent',
        summary: 'Apply an event again',
        params: webhookEventPath,
        response: { 200: json('The event.', webhookEventView), ...errors(...forKey, 404, 409) },
      },
      handler: async (request) => unwrap(await services.replayWebhookEvent(request.caller, request.params.id)),
    })
  }
}
