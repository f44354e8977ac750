import type { FastifyInstance } from 'fastify'
import type { Caller } from './services.ts'
import { addressOf } from './trusting.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Asked for every few seconds by machines: logged at debug. */
    quiet?: boolean
  }
}

/**
 * One line per request, with who asked (`reqId` and the answer's X-Request-Id are one), from where, the route's pattern and never the URL: paths hold contacts and queries hold keys. Fastify's own request
 * lines print the URL and are switched off.
 */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const line = {
      method: request.method,
      route: request.is404 ? null : (request.routeOptions.url ?? null),
      status: reply.statusCode,
      // The name of a key, not the key; undefined leaves them out.
      by: (request.caller as Caller | undefined)?.actor.name,
      address: addressOf(request),
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
    }
    if (request.routeOptions.config?.quiet) request.log.debug(line, 'request')
    else request.log.info(line, 'request')
  })
}
