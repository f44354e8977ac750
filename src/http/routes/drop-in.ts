import { Readable } from 'node:stream'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { authenticate, bearerOf, requireDeclarations, requireScope } from '../auth.ts'
import { readCloudRequest, readOptions } from '../drop-in-request.ts'
import { internalError, toApiError, unauthorized, unavailable } from '../errors.ts'
import { sendGraphError, unknownGraphPath } from '../graph-shape.ts'
import { acceptJsonOnly } from '../json-body.ts'
import type { Caller, Services } from '../services.ts'
import { checkedByUseCase } from '../validation.ts'
import { documentDropIn } from './drop-in-document.ts'
import { ofResult } from './intents.ts'
import { forwardToGraph, passThroughRoutes } from './pass-through.ts'

/**
 * The Cloud API's own paths, for clients that only change the host and the token. Registered under `GRAPH_PREFIX`; every answer here,
 * errors included, has the Cloud API's shape.
 */
export function dropInRoutes(services: Services, maxJsonBytes: number): FastifyPluginAsync {
  return async (app) => {
    app.setErrorHandler((error, request, reply) => {
      const known = toApiError(error)
      if (known) return sendGraphError(reply, known)
      request.log.error({ err: error }, 'request failed')
      return sendGraphError(reply, services.isAway(error) ? unavailable() : internalError(request.id))
    })
    app.setNotFoundHandler((_request, reply) => sendGraphError(reply, unknownGraphPath()))
    requireDeclarations(app)
    app.addHook('onRequest', requireGraphToken(services))
    await app.register(messageRoutes(services, maxJsonBytes))
    await app.register(passThroughRoutes(services))
  }
}

function messageRoutes(services: Services, maxJsonBytes: number): FastifyPluginAsync {
  return async (app) => {
    acceptJsonOnly(app, maxJsonBytes)
    app.post<{ Params: { phone_number_id: string } }>('/:phone_number_id/messages', {
      // A message: the intent has created_by. A read receipt is one too.
      config: { scope: 'send', audit: null },
      validatorCompiler: checkedByUseCase,
      schema: documentDropIn,
      handler: async (request, reply) => {
        const sender = request.params.phone_number_id
        const options = readOptions(request.headers['x-casement-options'])
        const read = readCloudRequest(request.body, sender, options)
        if (read.kind === 'receipt') return forwardReceipt(services, request.caller, reply, sender, read.body)
        const [result] = await services.enqueue(request.caller, [read.intent])
        if (result === undefined) throw new Error('expected one result for one intent, got none')
        if (!result.ok) throw ofResult(result.error)
        return {
          messaging_product: 'whatsapp',
          contacts: [read.contact],
          messages: [{ id: result.intent.id, message_status: 'accepted' }],
        }
      },
    })
  }
}

function forwardReceipt(
  services: Services,
  caller: Caller,
  reply: FastifyReply,
  sender: string,
  body: unknown,
): Promise<FastifyReply> {
  const bytes = Buffer.from(JSON.stringify(body))
  return forwardToGraph(services, caller, reply, {
    method: 'POST',
    path: `/${sender}/messages`,
    query: '',
    headers: { 'content-type': 'application/json', 'content-length': String(bytes.length) },
    body: Readable.from([bytes]),
    owner: sender,
  })
}

/** The key where Graph's clients put their token: the header, or `?access_token=`. Throws 401 or 403. */
function requireGraphToken(services: Services) {
  return async (request: FastifyRequest): Promise<void> => {
    const caller = await authenticate(services, request, graphTokenOf(request))
    if (caller === null) throw unauthorized()
    request.caller = caller
    if (!request.is404) requireScope(caller, request.routeOptions.config.scope)
  }
}

function graphTokenOf({ headers: { authorization }, query }: FastifyRequest): string | null {
  // Graph's older scheme is still written by some clients.
  if (authorization !== undefined) return bearerOf(authorization.replace(/^OAuth /i, 'Bearer '))
  const { access_token: token } = query as { access_token?: unknown }
  return typeof token === 'string' && token !== '' ? token : null
}
