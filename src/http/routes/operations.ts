import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { bearerOf } from '../auth.ts'
import { errors, json, textual } from '../document.ts'
import { ApiError } from '../errors.ts'
import { limitGuessing } from '../guessing.ts'
import { sameSecret } from '../same-secret.ts'
import type { Services } from '../services.ts'
import { addressOf } from '../trusting.ts'

const tags = ['Operations']
const config = { quiet: true, guard: 'open' } as const

/**
 * For machines that watch; without a key of the API, so nothing here says more than up or down and how much.
 *
 * @param metricsKey asked of whoever reads the metrics; null: of nobody
 */
export function operationRoutes(services: Services, metricsKey: string | null = null): FastifyPluginAsyncZod {
  const check = limitGuessing<true>(async (key) => (metricsKey !== null && sameSecret(key, metricsKey) ? true : null))

  async function mayRead(key: string | null, address: string | null): Promise<boolean> {
    return metricsKey === null || (key !== null && (await check(key, address)) !== null)
  }

  return async (app) => {
    app.get('/healthz', {
      config,
      schema: {
        tags,
        operationId: 'health',
        summary: 'Is the process alive?',
        security: [],
        response: { 200: json('It is.', z.object({ status: z.literal('ok') })) },
      },
      handler: async () => ({ status: 'ok' }),
    })

    app.get('/readyz', {
      config,
      schema: {
        tags,
        operationId: 'readiness',
        summary: 'Can the process do its work?',
        security: [],
        response: {
          200: json('Database and lanes answer.', z.object({ status: z.literal('ready') })),
          503: json(
            'One sentence for each that does not.',
            z.object({ status: z.literal('not_ready'), reasons: z.array(z.string()) }),
          ),
        },
      },
      handler: async (request, reply) => {
        const reasons = await services.notReady().catch((error: unknown) => {
          request.log.error({ err: error }, 'the readiness check itself failed')
          return ['the readiness check failed']
        })
        if (reasons.length === 0) return { status: 'ready' }
        return reply.code(503).send({ status: 'not_ready', reasons })
      },
    })

    app.get('/metrics', {
      config,
      schema: {
        tags,
        operationId: 'metrics',
        summary: 'Counters and gauges for Prometheus',
        description: 'Open, or behind METRICS_KEY where that is set.',
        security: [],
        response: { 200: textual('The Prometheus text format.', 'text/plain', z.string()), ...errors(401, 429) },
      },
      handler: async (request, reply) => {
        if (!(await mayRead(bearerOf(request.headers.authorization), addressOf(request)))) {
          reply.header('www-authenticate', 'Bearer')
          throw new ApiError(401, 'unauthorized', 'expected Authorization: Bearer with METRICS_KEY')
        }
        const { contentType, body } = await services.metrics()
        return reply.header('content-type', contentType).send(body)
      },
    })
  }
}
