import { randomUUID } from 'node:crypto'
import cookie from '@fastify/cookie'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyPluginCallback,
  LogController,
  type RouteOptions,
} from 'fastify'
import type { TrustProxy } from '../config.ts'
import type { Logger } from '../log.ts'
import { recordAnswers } from './audit.ts'
import { guardAll, letInAgain, maySeeLanes, requireDeclarations, requireKey, requireKeyInBrowser } from './auth.ts'
import { answerBrokenHttp } from './broken-http.ts'
import { type ConsolePage, serveConsole } from './console.ts'
import { OWN_FILES_ONLY, OWN_SCRIPT } from './content-security.ts'
import { type ApiError, internalError, notFound, sendError, toApiError, unavailable } from './errors.ts'
import { GRAPH_PREFIX, isGraphPath, rewriteGraphPath } from './graph-paths.ts'
import { sendGraphError } from './graph-shape.ts'
import { limitGuessing } from './guessing.ts'
import { acceptJsonOnly } from './json-body.ts'
import { type Landing, landingPage } from './landing.ts'
import { describeRoutes } from './openapi.ts'
import { logRequests } from './request-log.ts'
import { accessRoutes } from './routes/access.ts'
import { audienceRoutes } from './routes/audience.ts'
import { auditRoutes } from './routes/audit.ts'
import { campaignReportRoutes } from './routes/campaign-report.ts'
import { campaignRoutes } from './routes/campaigns.ts'
import { contactRoutes } from './routes/contacts.ts'
import { conversationRoutes } from './routes/conversations.ts'
import { dropInRoutes } from './routes/drop-in.ts'
import { deliveryRoutes, endpointRoutes } from './routes/endpoints.ts'
import { eventRoutes } from './routes/events.ts'
import { flowCheckRoutes, flowSimulationRoutes } from './routes/flow-checks.ts'
import { flowRunRoutes } from './routes/flow-runs.ts'
import { intentBulkRoutes } from './routes/intent-bulk.ts'
import { intentRoutes } from './routes/intents.ts'
import { jobRoutes } from './routes/jobs.ts'
import { mediaRoutes } from './routes/media.ts'
import { moneyRoutes } from './routes/money.ts'
import { operationRoutes } from './routes/operations.ts'
import { sampleRoutes } from './routes/samples.ts'
import { sandboxRoutes } from './routes/sandbox.ts'
import { senderRoutes } from './routes/senders.ts'
import { type PeopleOptions, sessionRoutes, signInRoute } from './routes/session.ts'
import { templateDeedRoutes } from './routes/template-deeds.ts'
import { templateRoutes } from './routes/templates.ts'
import { userRoutes } from './routes/users.ts'
import { webhookEventRoutes, webhookRoutes } from './routes/webhooks.ts'
import { CONNECTION_LIMITS, limitConnections } from './server-limits.ts'
import type { Services } from './services.ts'
import { confirmTokens } from './session.ts'
import { limitSignIns } from './sign-in-limits.ts'
import { SIGN_IN_SCRIPT } from './sign-in-page.ts'
import { trusting } from './trusting.ts'
import { validatorCompiler } from './validation.ts'

export interface HttpServerOptions {
  services: Services
  logger: Logger
  /** Default: 1 MiB. */
  maxJsonBytes?: number
  /** Shown in the OpenAPI document. */
  version?: string
  /** The built-in sandbox: the customer's phone, linked from `/`, and its controls, under `/v1/sandbox`. */
  sandboxUrl?: string | null
  /** Bull Board, mounted at `/queues` behind HTTP Basic with an `admin` key of `default` as password, or the key as Bearer. */
  queuesPlugin?: FastifyPluginAsync | FastifyPluginCallback
  /** Whose word is taken for where a request came from. Default: nobody's. */
  trustProxy?: TrustProxy
  /** Asked of whoever reads `/metrics`. Default: of nobody. */
  metricsKey?: string | null
  /** Who may read `/docs` and `/openapi.json`: anybody (the default), whoever has a key, nobody. */
  docs?: 'open' | 'key' | 'off'
  /** Where clients reach this server, for the addresses that it answers. Null: where their request says that it came. */
  publicUrl?: string | null
  /** Where the built console lies. Default: nowhere, and a plain page stands in its place. */
  consoleFolder?: string | null
  /** Told of every route, for whoever lists them. */
  onRoute?: (route: RouteOptions) => void
}

const MIB = 1024 * 1024
/** Room for a BSUID (135 characters) and more; a longer segment names nothing and is 404. */
const MAX_PARAM_LENGTH = 256

/** Ready to listen. Nothing is listening yet, and `close()` ends it. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { maxJsonBytes = MIB, queuesPlugin, trustProxy = false, docs = 'open', publicUrl = null } = options
  const services: Services = {
    ...options.services,
    authenticate: limitGuessing((key) => options.services.authenticate(key)),
    authenticateSession: limitGuessing((token) => options.services.authenticateSession(token)),
  }
  const loggerInstance: FastifyBaseLogger = options.logger
  const app = Fastify({
    ...CONNECTION_LIMITS,
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    rewriteUrl: ({ url = '/' }) => rewriteGraphPath(url),
    bodyLimit: maxJsonBytes,
    trustProxy: trusting(trustProxy),
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    genReqId: () => randomUUID(),
    clientErrorHandler: answerBrokenHttp,
    frameworkErrors: (error, request, reply) => {
      reply.header('x-request-id', request.id)
      const known = toApiError(error) ?? (services.isAway(error) ? unavailable() : internalError(request.id))
      if (isGraphPath(request.url)) sendGraphError(reply, known)
      else sendError(reply, known)
    },
  })
  app.setValidatorCompiler(validatorCompiler)
  limitConnections(app)
  // Where nobody asks for a body, none is read: a stranger's is not waited for.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  // Schemas of answers are documentation, see views.ts.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value))
  app.decorate('publicUrl', options.publicUrl ?? null)
  app.decorateRequest('caller')
  app.decorateRequest('letInAt', 0)
  if (options.onRoute) app.addHook('onRoute', options.onRoute)
  logRequests(app)
  recordAnswers(app, services)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('x-request-id', request.id)
    // Addresses hold contacts, and a key where one was made for it.
    reply.header('referrer-policy', 'no-referrer')
  })
  let page: ConsolePage | null = null
  answerErrors(app, services, () => page)

  await app.register(cookie)
  await describeRoutes(
    app,
    options.version ?? '0.0.0',
    docs === 'key' ? requireKeyInBrowser(services, publicUrl, () => true) : docs,
  )
  await app.register(operationRoutes(services, options.metricsKey ?? null))
  await app.register(webhookRoutes(services))
  const people = { publicUrl, limited: limitSignIns() }
  await app.register(signInRoute(services, people), { prefix: '/v1' })
  await app.register(versionOne(services, people, maxJsonBytes, options.sandboxUrl ?? null), { prefix: '/v1' })
  await app.register(dropInRoutes(services, maxJsonBytes), { prefix: GRAPH_PREFIX })
  if (queuesPlugin) await app.register(queues(services, publicUrl, queuesPlugin), { prefix: '/queues' })
  if (options.consoleFolder) page = await serveConsole(app, options.consoleFolder)
  else {
    addLanding(app, {
      queuesPath: queuesPlugin ? '/queues' : null,
      sandboxUrl: options.sandboxUrl ?? null,
      hasDocs: docs !== 'off',
    })
  }
  await app.ready()
  return app
}

function answerErrors(app: FastifyInstance, services: Services, consolePage: () => ConsolePage | null): void {
  app.setErrorHandler((error, request, reply) => {
    const known = toApiError(error)
    if (known) return sendError(reply, known)
    request.log.error({ err: error }, 'request failed')
    return sendError(reply, services.isAway(error) ? unavailable() : internalError(request.id))
  })
  app.setNotFoundHandler((request, reply) => {
    const page = consolePage()
    return page?.isPage(request) ? page.send(reply) : sendError(reply, unknownPath())
  })
}

function unknownPath(): ApiError {
  return notFound('expected a path and method of the API, see /docs')
}

/** Everything here needs a key, unknown paths included: without one nobody learns which exist. */
function versionOne(
  services: Services,
  people: PeopleOptions,
  maxJsonBytes: number,
  sandboxUrl: string | null,
): FastifyPluginAsync {
  return async (app) => {
    acceptJsonOnly(app, maxJsonBytes)
    requireDeclarations(app)
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store')
    })
    const letIn = requireKey(services, people.publicUrl)
    app.addHook('onRequest', letIn)
    letInAgain(app, letIn)
    app.addHook('preHandler', confirmTokens)
    app.setNotFoundHandler((_request, reply) => sendError(reply, unknownPath()))
    await app.register(accessRoutes(services))
    await app.register(sessionRoutes(services, people))
    await app.register(userRoutes(services, people.publicUrl))
    await app.register(auditRoutes(services))
    await app.register(intentRoutes(services))
    await app.register(intentBulkRoutes(services))
    await app.register(campaignRoutes(services))
    await app.register(campaignReportRoutes(services))
    await app.register(flowRunRoutes(services))
    await app.register(audienceRoutes(services))
    await app.register(flowCheckRoutes(services))
    await app.register(flowSimulationRoutes())
    await app.register(conversationRoutes(services))
    await app.register(mediaRoutes(services))
    await app.register(eventRoutes(services))
    await app.register(contactRoutes(services))
    await app.register(jobRoutes(services))
    await app.register(senderRoutes(services))
    await app.register(templateRoutes(services))
    await app.register(templateDeedRoutes(services))
    await app.register(sampleRoutes(services))
    await app.register(webhookEventRoutes(services))
    await app.register(endpointRoutes(services))
    await app.register(deliveryRoutes(services))
    await app.register(moneyRoutes(services))
    if (sandboxUrl !== null) await app.register(sandboxRoutes(sandboxUrl))
  }
}

function queues(
  services: Services,
  publicUrl: string | null,
  plugin: FastifyPluginAsync | FastifyPluginCallback,
): FastifyPluginAsync {
  return async (app) => {
    guardAll(app, 'key')
    app.addHook('onRequest', requireKeyInBrowser(services, publicUrl, maySeeLanes))
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('content-security-policy', OWN_FILES_ONLY)
    })
    await app.register(plugin as FastifyPluginAsync)
  }
}

function addLanding(app: FastifyInstance, landing: Landing): void {
  const page = landingPage(landing)
  app.get('/', { config: { guard: 'open' }, schema: { hide: true } }, (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', OWN_SCRIPT)
      .header('cross-origin-opener-policy', 'same-origin')
      .header('cache-control', 'no-cache')
      .send(page),
  )
  app.get('/sign-in.js', { config: { guard: 'open' }, schema: { hide: true } }, (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').header('cache-control', 'no-cache').send(SIGN_IN_SCRIPT),
  )
}
