import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { errors, forBody, forKey, json } from '../document.ts'
import {
  deliveriesQuery,
  deliveryView,
  endpointBody,
  endpointPatchBody,
  endpointView,
  endpointWithSecretView,
  replayBody,
  testView,
} from '../endpoint-schemas.ts'
import { unwrap } from '../errors.ts'
import { deliveryPath, endpointPath } from '../schemas.ts'
import type { Services } from '../services.ts'
import { listView } from '../views.ts'

const tags = ['Passing on']
const endpoint = json('The endpoint.', endpointView)

/** Who else is told, and what they were told. */
export function endpointRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.post('/webhook-endpoints', {
      config: { scope: 'admin', audit: { action: 'endpoint.create', by: 'deed' } },
      schema: {
        tags,
        operationId: 'createEndpoint',
        summary: 'Have something told to a program, over HTTP',
        description:
          'What happens from the answer on is told. The secret is in this answer and never again. For `meta` with a `verify_token` the verify handshake is tried; it is no reason to refuse.',
        body: endpointBody,
        response: { 201: json('Made.', endpointWithSecretView), ...errors(...forBody, ...forKey) },
      },
      handler: async (request, reply) =>
        reply.code(201).send(unwrap(await services.createEndpoint(request.caller, request.body))),
    })

    app.get('/webhook-endpoints', {
      config: { scope: 'admin' },
      schema: {
        tags,
        operationId: 'listEndpoints',
        summary: 'List endpoints',
        description: 'Always one page.',
        response: { 200: json('All of them.', listView(endpointView)), ...errors(...forKey) },
      },
      handler: async (request) => ({ data: await services.listEndpoints(request.caller), next_cursor: null }),
    })

    app.get('/webhook-endpoints/:id', {
      config: { scope: 'admin' },
      schema: {
        tags,
        operationId: 'getEndpoint',
        summary: 'Read an endpoint',
        params: endpointPath,
        response: { 200: endpoint, ...errors(...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.getEndpoint(request.caller, request.params.id)),
    })

    app.patch('/webhook-endpoints/:id', {
      config: { scope: 'admin', audit: { action: 'endpoint.update', by: 'deed' } },
      schema: {
        tags,
        operationId: 'updateEndpoint',
        summary: 'Change an endpoint',
        description: 'null forgets a choice. What waits already goes as the endpoint is then.',
        params: endpointPath,
        body: endpointPatchBody,
        response: { 200: endpoint, ...errors(...forBody, ...forKey, 404) },
      },
      handler: async (request) =>
        unwrap(await services.updateEndpoint(request.caller, request.params.id, request.body)),
    })

    app.delete('/webhook-endpoints/:id', {
      config: { scope: 'admin', audit: { action: 'endpoint.delete', by: 'deed' } },
      schema: {
        tags,
        operationId: 'deleteEndpoint',
        summary: 'Delete an endpoint, and what waits for it',
        params: endpointPath,
        response: { 204: z.null().describe('Deleted.'), ...errors(...forKey, 404) },
      },
      handler: async (request, reply) => {
        unwrap(await services.deleteEndpoint(request.caller, request.params.id))
        return reply.code(204).send(null)
      },
    })

    for (const action of ['pause', 'resume'] as const) {
      app.post(`/webhook-endpoints/:id/${action}`, {
        config: { scope: 'admin', audit: { action: `endpoint.${action}`, by: 'deed' } },
        schema: {
          tags,
          operationId: `${action}Endpoint`,
          summary: action === 'pause' ? 'Deliver nothing for now' : 'Deliver again',
          description:
            action === 'pause'
              ? 'What happens meanwhile is kept for 14 days.'
              : 'What was kept goes at once, in order. Also where Casement itself gave up.',
          params: endpointPath,
          response: { 200: endpoint, ...errors(...forKey, 404) },
        },
        handler: async (request) => unwrap(await services[`${action}Endpoint`](request.caller, request.params.id)),
      })
    }
  }
}

/** What an endpoint was told. */
export function deliveryRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.post('/webhook-endpoints/:id/test', {
      config: { scope: 'admin', audit: { action: 'endpoint.test', by: 'answer' } },
      schema: {
        tags,
        operationId: 'testEndpoint',
        summary: 'Deliver something that did not happen, at once',
        description: 'For `meta` with a verify token the handshake is tried too.',
        params: endpointPath,
        response: { 200: json('What became of it.', testView), ...errors(...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.testEndpoint(request.caller, request.params.id)),
    })

    app.get('/webhook-endpoints/:id/deliveries', {
      config: { scope: 'admin' },
      schema: {
        tags,
        operationId: 'listDeliveries',
        summary: 'List what was, or is to be, delivered',
        description: 'Newest first, kept for 14 days.',
        params: endpointPath,
        querystring: deliveriesQuery,
        response: { 200: json('A page.', listView(deliveryView)), ...errors(400, ...forKey, 404) },
      },
      handler: async (request) =>
        unwrap(await services.listDeliveries(request.caller, request.params.id, request.query)),
    })

    app.post('/webhook-endpoints/:id/replay', {
      config: { scope: 'admin', audit: { action: 'endpoint.replay', by: 'deed' } },
      schema: {
        tags,
        operationId: 'replayDeliveries',
        summary: 'Deliver again what is of a time',
        description:
          'In order, behind what waits, which is left. For `meta` all that Meta sent in it and that the endpoint wants now, as far as it is kept: also from before it was made, or while it was `gone`. For `events` what was made for it in that time; each goes under the id that it had.',
        params: endpointPath,
        body: replayBody,
        response: { 202: json('A job.', z.looseObject({ job: z.string() })), ...errors(...forBody, ...forKey, 404) },
      },
      handler: async (request, reply) =>
        reply.code(202).send(unwrap(await services.replayDeliveries(request.caller, request.params.id, request.body))),
    })

    app.post('/webhook-endpoints/:id/deliveries/:delivery/replay', {
      config: { scope: 'admin', audit: { action: 'endpoint.replay', by: 'deed' } },
      schema: {
        tags,
        operationId: 'replayDelivery',
        summary: 'Deliver something again',
        description: 'Behind what waits of the same number, as a delivery of its own under the id that it had.',
        params: deliveryPath,
        response: { 202: json('The new delivery.', deliveryView), ...errors(...forKey, 404) },
      },
      handler: async (request, reply) => {
        const { id, delivery } = request.params
        return reply.code(202).send(unwrap(await services.replayDelivery(request.caller, id, delivery)))
      },
    })

    app.post('/webhook-endpoints/:id/deliveries/:delivery/skip', {
      config: { scope: 'admin', audit: { action: 'endpoint.skip', by: 'deed' } },
      schema: {
        tags,
        operationId: 'skipDelivery',
        summary: 'Pass by a delivery that fails',
        description:
          'What waits behind it of the same number goes at once. It stays in the list as `failed`, with no `next_at`.',
        params: deliveryPath,
        response: { 200: json('The delivery.', deliveryView), ...errors(...forKey, 404, 409) },
      },
      handler: async (request) => {
        const { id, delivery } = request.params
        return unwrap(await services.skipDelivery(request.caller, id, delivery))
      },
    })
  }
}
