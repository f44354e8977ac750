import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { CONNECTION_LIMITS, guardDoors, MAX_CONNECTIONS } from '../doors.ts'
import { GraphError } from '../graph-error.ts'
import type { World } from '../world.ts'
import { graphRoutes, noSuchNode } from './routes.ts'

/** Room for the largest document and its form around it. */
const BODY_LIMIT_BYTES = 110 * 1024 * 1024

const VERSION = /^\/v(\d{1,3})(?:\.\d{1,2})?(?=[/?]|$)/
const OLDEST_VERSION = 16
const NEWEST_VERSION = 26

/** The HTTP server with the Graph API on it; other routes may be added before it listens. `hosts`: names allowed in `Host`. */
export function createServer(world: World, hosts: readonly string[]): FastifyInstance {
  const app = Fastify({
    ...CONNECTION_LIMITS,
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: true,
    rewriteUrl: (request) => withoutVersion(request.url ?? '/'),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
  })
  app.server.maxConnections = MAX_CONNECTIONS
  guardDoors(app, hosts)
  // Bodies stay bytes: a broken one must be answered in Graph's words, and uploads are read as forms.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.setErrorHandler((error, request, reply) => answerError(world, error, request, reply))
  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.slice(1).split('?')
    return answerError(world, noSuchNode(request, path), request, reply)
  })
  graphRoutes(app, world)
  return app
}

/** Paths work with the version segments of v16 to v26 and without one; an unknown version stays and finds nothing. */
function withoutVersion(url: string): string {
  const match = VERSION.exec(url)
  if (!match) return url
  const version = Number(match[1])
  if (version < OLDEST_VERSION || version > NEWEST_VERSION) return url
  const rest = url.slice(match[0].length)
  return rest.startsWith('/') ? rest : `/${rest}`
}

function answerError(world: World, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const graphError = error instanceof GraphError ? error : translate(world, error, request)
  const traceId = world.ids.traceId()
  if (graphError.http === 401) {
    reply.header('www-authenticate', `OAuth "Facebook Platform" "invalid_token" "${graphError.message}"`)
  }
  return reply.code(graphError.http).header('x-fb-trace-id', traceId).send(graphError.toBody(traceId))
}

/** Errors that are not Graph's: the server's own refusals of a request (4xx), and bugs of the sandbox. */
function translate(world: World, error: unknown, request: FastifyRequest): GraphError {
  const status = statusOf(error)
  const message = error instanceof Error ? error.message : String(error)
  if (status !== null && status < 500) return new GraphError(100, message, { http: status })
  // Without the query, which may carry a token.
  const [path] = request.url.split('?')
  world.log.warn({ err: error, method: request.method, path }, 'the sandbox failed to answer a request')
  return new GraphError(1, message)
}

function statusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return null
  return typeof error.statusCode === 'number' ? error.statusCode : null
}
