import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { auditQuery, auditView } from '../access-schemas.ts'
import { errors, forKey, json } from '../document.ts'
import { unwrap } from '../errors.ts'
import type { Services } from '../services.ts'
import { listView } from '../views.ts'

/** Who did what. */
export function auditRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.get('/audit', {
      config: { scope: 'admin' },
      schema: {
        tags: ['Access'],
        operationId: 'listAudit',
        summary: 'List who did what',
        description:
          'Newest first: every command, refusals and wrong keys too. A message that was enqueued has `created_by` instead of a row here.',
        querystring: auditQuery,
        response: { 200: json('A page.', listView(auditView)), ...errors(400, ...forKey) },
      },
      handler: async (request) => unwrap(await services.listAudit(request.caller, request.query)),
    })
  }
}
