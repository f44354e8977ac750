import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { errors, forBody, forKey, json } from '../document.ts'
import { unwrap } from '../errors.ts'
import type { Services } from '../services.ts'
import { templateInFullView, templatePatch, templatePath } from '../template-schemas.ts'

const tags = ['Templates']

/** What is done to a template that exists. */
export function templateDeedRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.patch('/templates/:id', {
      config: { scope: 'templates', audit: { action: 'template.edit', by: 'deed' } },
      schema: {
        tags,
        operationId: 'editTemplate',
        summary: 'Edit a template at Meta',
        description:
          'Meta reviews it again. An approved one may be edited once in 24 hours and ten times in 30 days: else 409 `edit_limit`, with `retry_at`.',
        params: templatePath,
        body: templatePatch,
        response: {
          200: json('As it is now.', templateInFullView),
          ...errors(...forBody, ...forKey, 404, 409, 422, 502),
        },
      },
      handler: async (request) => unwrap(await services.editTemplate(request.caller, request.params.id, request.body)),
    })

    app.delete('/templates/:id', {
      config: { scope: 'templates', audit: { action: 'template.delete', by: 'deed' } },
      schema: {
        tags,
        operationId: 'deleteTemplate',
        summary: 'Delete one language of a template at Meta',
        params: templatePath,
        response: { 204: z.null().meta({ description: 'Deleted.' }), ...errors(...forKey, 404, 409, 422, 502) },
      },
      async handler(request, reply) {
        unwrap(await services.deleteTemplate(request.caller, request.params.id))
        return reply.code(204).send(null)
      },
    })

    app.post('/templates/:id/unpause', {
      config: { scope: 'templates', audit: { action: 'template.unpause', by: 'deed' } },
      schema: {
        tags,
        operationId: 'unpauseTemplate',
        summary: 'End a pause by pacing',
        params: templatePath,
        response: { 200: json('As it is now.', templateInFullView), ...errors(...forKey, 404, 409, 422, 502) },
      },
      handler: async (request) => unwrap(await services.unpauseTemplate(request.caller, request.params.id)),
    })

    app.post('/templates/:id/archive', {
      config: { scope: 'templates', audit: { action: 'template.archive', by: 'deed' } },
      schema: {
        tags,
        operationId: 'archiveTemplate',
        summary: "Put a template into Meta's archive",
        description: 'Nothing is sent from the archive, and what stays there for 28 days is deleted.',
        params: templatePath,
        response: { 200: json('As it is now.', templateInFullView), ...errors(...forKey, 404, 409, 422, 502) },
      },
      handler: async (request) => unwrap(await services.archiveTemplate(request.caller, request.params.id, 'archive')),
    })

    app.post('/templates/:id/unarchive', {
      config: { scope: 'templates', audit: { action: 'template.unarchive', by: 'deed' } },
      schema: {
        tags,
        operationId: 'unarchiveTemplate',
        summary: "Take a template out of Meta's archive",
        description: 'Nothing is sent from the archive, and what stays there for 28 days is deleted.',
        params: templatePath,
        response: { 200: json('As it is now.', templateInFullView), ...errors(...forKey, 404, 409, 422, 502) },
      },
      handler: async (request) =>
        unwrap(await services.archiveTemplate(request.caller, request.params.id, 'unarchive')),
    })

    app.post('/templates/:id/hide', {
      config: { scope: 'templates', audit: { action: 'template.hide', by: 'deed' } },
      schema: {
        tags,
        operationId: 'hideTemplate',
        summary: 'Leave a template out of lists',
        description: 'It can be sent all the same. Meta is not asked.',
        params: templatePath,
        response: { 200: json('As it is now.', templateInFullView), ...errors(...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.hideTemplate(request.caller, request.params.id, true)),
    })

    app.post('/templates/:id/unhide', {
      config: { scope: 'templates', audit: { action: 'template.unhide', by: 'deed' } },
      schema: {
        tags,
        operationId: 'unhideTemplate',
        summary: 'Show a template in lists again',
        description: 'It can be sent all the same. Meta is not asked.',
        params: templatePath,
        response: { 200: json('As it is now.', templateInFullView), ...errors(...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.hideTemplate(request.caller, request.params.id, false)),
    })
  }
}
