import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { errors, forKey, json } from '../document.ts'
import { unwrap } from '../errors.ts'
import type { Services } from '../services.ts'
import { jobView } from '../views.ts'

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
  }
}
