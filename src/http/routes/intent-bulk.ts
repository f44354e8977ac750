import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { errors, forBody, forKey, json } from '../document.ts'
import { unwrap } from '../errors.ts'
import { bulkBody, intentCountsQuery } from '../schemas.ts'
import type { Services } from '../services.ts'
import { bulkCountView, bulkStartedView, intentCountsView } from '../views.ts'

const tags = ['Intents']

export function intentBulkRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.post('/intents/bulk', {
      config: { scope: 'send', audit: { action: 'intent.bulk', by: 'deed' } },
      schema: {
        tags,
        operationId: 'bulkIntents',
        summary: 'Cancel, replay or settle all intents that a filter finds',
        description:
          'With `dry_run` they are counted and nothing is done. Else a job does it, step by step; what comes in after it began is left alone. ' +
          'The same request while its job runs: the same job.',
        body: bulkBody,
        response: {
          200: json('What it would find.', bulkCountView),
          202: json('Begun; see `GET /v1/jobs/{id}`.', bulkStartedView),
          ...errors(...forBody, ...forKey, 503),
        },
      },
      async handler(request, reply) {
        const { dry_run: isDry = false, ...asked } = request.body
        if (isDry) return unwrap(await services.countBulk(request.caller, asked))
        return reply.code(202).send(unwrap(await services.startBulk(request.caller, asked)))
      },
    })

    app.get('/intents/counts', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'countIntents',
        summary: 'Count intents by state',
        description: 'With the filters of the list. Each state is counted up to `at_most`.',
        querystring: intentCountsQuery,
        response: { 200: json('The counts.', intentCountsView), ...errors(400, ...forKey, 503) },
      },
      handler: async (request) => unwrap(await services.countIntents(request.caller, request.query)),
    })
  }
}
