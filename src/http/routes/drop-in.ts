import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { authenticate, bearerOf, letInAgain, requireDeclarations, requireScope } from '../auth.ts'
import { isGraphId, requirePlainPath } from '../drop-in-parts.ts'
import { type Receipt, readCloudRequest, readOptions } from '../drop-in-request.ts'
import { ApiError, internalError, notFound, toApiError, unauthorized, unavailable, unwrap } from '../errors.ts'
import type { Edge } from '../graph-edges.ts'
import { sendGraphError, unknownGraphPath } from '../graph-shape.ts'
import { acceptJsonOnly } from '../json-body.ts'
import type { Caller, Services } from '../services.ts'
import { checkedByUseCase } from '../validation.ts'
import { documentDropIn } from './drop-in-document.ts'
import { ofResult } from './intents.ts'
import { passThroughRoutes, sendAnswer } from './pass-through.ts'

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
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store')
    })
    const letIn = requireGraphToken(services)
    app.addHook('onRequest', letIn)
    letInAgain(app, letIn)
    app.addHook('onRequest', async (request) => requirePlainPath(request))
    await app.register(messageRoutes(services, maxJsonBytes))
    await app.register(passThroughRoutes(services, maxJsonBytes))
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
        if (!isGraphId(sender)) throw unknownNumber()
        const options = readOptions(request.headers['x-casement-options'])
        const read = readCloudRequest(request.body, sender, options)
        if (read.kind === 'receipt') return sendReceipt(services, request, reply, sender, read.body)
        const [result] = await services.enqueue(byDropIn(request.caller), [read.intent])
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

function byDropIn(caller: Caller): Caller {
  return { ...caller, actor: { ...caller.actor, via: 'drop_in' } }
}

const RECEIPT: Edge = { method: 'POST', path: '/messages', on: ['number'], scope: 'send' }

async function sendReceipt(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  sender: string,
  receipt: Receipt,
): Promise<FastifyReply> {
  const query = new URLSearchParams()
  const answer = unwrap(
    await services.passThrough(request.caller, {
      method: RECEIPT.method,
      id: sender,
      kinds: RECEIPT.on,
      edge: RECEIPT.path,
      query,
      body: { kind: 'bytes', type: 'application/json', bytes: Buffer.from(JSON.stringify(receipt)) },
      makes: null,
    }),
  )
  return sendAnswer(request, reply, answer, RECEIPT, `/${sender}${RECEIPT.path}`, query)
}

function unknownNumber(): ApiError {
  return notFound('expected the path to name a linked phone_number_id, in digits')
}

/**
 * The key where Graph's clients put their token: the header, or `?access_token=` for a key that was made for it, since an address is kept
 * in many places. Throws 401 or 403.
 */
function requireGraphToken(services: Services) {
  return async (request: FastifyRequest): Promise<void> => {
    const { key, inQuery } = graphTokenOf(request)
    const caller = await authenticate(services, request, key)
    if (caller === null) throw unauthorized()
    if (inQuery && !caller.allowQuery) {
      const message =
        'expected the key in Authorization: Bearer; only a key made with allow_query may stand in the address'
      throw new ApiError(401, 'unauthorized', message, { field: 'access_token' })
    }
    request.caller = caller
    if (!request.is404) requireScope(caller, request.routeOptions.config.scope)
  }
}

function graphTokenOf({ headers: { authorization }, query }: FastifyRequest): { key: string | null; inQuery: boolean } {
  // Graph's older scheme is still written by some clients.
  if (authorization !== undefined) {
    return { key: bearerOf(authorization.replace(/^OAuth /i, 'Bearer ')), inQuery: false }
  }
  const { access_token: token } = query as { access_token?: unknown }
  return { key: typeof token === 'string' && token !== '' ? token : null, inQuery: true }
}
