import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { TrustProxy } from '../config.ts'
import type { Logger } from '../log.ts'
import { answerBrokenHttp } from './broken-http.ts'
import { internalError, notFound, sendError, toApiError, unavailable } from './errors.ts'
import { logRequests } from './request-log.ts'
import { webhookRoutes } from './routes/webhooks.ts'
import { CONNECTION_LIMITS, limitConnections } from './server-limits.ts'
import type { Services } from './services.ts'
import { trusting } from './trusting.ts'
import { validatorCompiler } from './validation.ts'

/** `/webhooks/whatsapp` and nothing else, for the internet: what is not on this port cannot be reached through it. */
export async function createWebhookServer(options: {
  services: Services
  logger: Logger
  trustProxy?: TrustProxy
}): Promise<FastifyInstance> {
  const { services, trustProxy = false } = options
  const loggerInstance: FastifyBaseLogger = options.logger
  const app = Fastify({
    ...CONNECTION_LIMITS,
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trusting(trustProxy),
    genReqId: () => randomUUID(),
    clientErrorHandler: answerBrokenHttp,
    frameworkErrors: (error, request, reply) => {
      sendError(reply.header('x-request-id', request.id), toApiError(error) ?? internalError(request.id))
    },
  })
  app.setValidatorCompiler(validatorCompiler)
  limitConnections(app)
  // Where there is nothing, no body is waited for.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  app.setSerializerCompiler(() => (value) => JSON.stringify(value))
  app.decorateRequest('caller')
  logRequests(app)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('x-request-id', request.id)
    reply.header('referrer-policy', 'no-referrer').header('cache-control', 'no-store')
  })
  app.setErrorHandler((error, request, reply) => {
    const known = toApiError(error)
    if (known) return sendError(reply, known)
    request.log.error({ err: error }, 'request failed')
    return sendError(reply, services.isAway(error) ? unavailable() : internalError(request.id))
  })
  app.setNotFoundHandler((_request, reply) => sendError(reply, notFound('expected /webhooks/whatsapp')))
  await app.register(webhookRoutes(services))
  await app.ready()
  return app
}
