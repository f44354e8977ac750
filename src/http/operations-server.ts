import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Logger } from '../log.ts'
import { answerBrokenHttp } from './broken-http.ts'
import { internalError, notFound, sendError, toApiError } from './errors.ts'
import { operationRoutes } from './routes/operations.ts'
import { CONNECTION_LIMITS, limitConnections } from './server-limits.ts'
import type { Services } from './services.ts'
import { validatorCompiler } from './validation.ts'

/** `/healthz`, `/readyz` and `/metrics` of a process that serves no API: a worker with `WORKER_PORT`. */
export async function createOperationsServer(options: {
  services: Services
  logger: Logger
  metricsKey?: string | null
}): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = options.logger
  const app = Fastify({
    ...CONNECTION_LIMITS,
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    clientErrorHandler: answerBrokenHttp,
    frameworkErrors: (error, request, reply) => {
      sendError(reply.header('x-request-id', request.id), toApiError(error) ?? internalError(request.id))
    },
  })
  limitConnections(app)
  // Nobody asks for a body here, so none is read.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  app.setErrorHandler((error, request, reply) => {
    const known = toApiError(error)
    if (known === null) request.log.error({ err: error }, 'request failed')
    return sendError(reply, known ?? internalError(request.id))
  })
  app.setNotFoundHandler((_request, reply) =>
    sendError(reply, notFound('expected /healthz, /readyz or /metrics, with GET')),
  )
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.setValidatorCompiler(validatorCompiler)
  // The schemas are zod's; Fastify's own compiler would take them for JSON Schema and refuse to start.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value))
  await app.register(operationRoutes(options.services, options.metricsKey ?? null))
  await app.ready()
  return app
}
