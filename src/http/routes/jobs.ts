import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { errors, forKey, json } from '../document.ts'
import { unwrap } from '../errors.ts'
import { jobItemsQuery } from '../schemas.ts'
import type { Services } from '../services.ts'
import { intentSummaryView, jobView, listView } from '../views.ts'

export function jobRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.get('/jobs/:id', {
      config: { scope: 'read' },
      schema: {
        tags: ['Jobs'],
        operationId: 'getJob',
        summary: 'Read a job',
        params: z.object({ id: z.string() }),
        response: { 200: json('The job.', jobView), ...errors(...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.getJob(request.caller, request.params.id)),
    })

    app.get('/jobs/:id/items', {
      config: { scope: 'read' },
      schema: {
        tags: ['Jobs'],
        operationId: 'listJobItems',
        summary: 'List what a bulk job has changed',
        description:
          'The intents that it has cancelled, replayed or settled so far, newest first, as they are now. One with `cancel_requested_at` may have left: it is cancelled if it has not. Jobs of other kinds have none.',
        params: z.object({ id: z.string() }),
        querystring: jobItemsQuery,
        response: { 200: json('A page of them.', listView(intentSummaryView)), ...errors(400, ...forKey, 404, 503) },
      },
      handler: async (request) => unwrap(await services.listJobItems(request.caller, request.params.id, request.query)),
    })
  }
}
