import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { errors, forBody, forKey, json } from '../document.ts'
import { unwrap } from '../errors.ts'
import {
  templateBody,
  templateLintBody,
  templatePatch,
  templatePath,
  templateSyncBody,
  templatesQuery,
} from '../schemas.ts'
import type { Services } from '../services.ts'
import { lintView, listView, templateView } from '../views.ts'

const tags = ['Templates']

export function templateRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.get('/templates', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'listTemplates',
        summary: 'List templates as they were last synced',
        querystring: templatesQuery,
        response: { 200: json('A page.', listView(templateView)), ...errors(400, ...forKey) },
      },
      handler: async (request) => unwrap(await services.listTemplates(request.caller, request.query)),
    })

    app.post('/templates', {
      config: { scope: 'templates', audit: { action: 'template.create', by: 'deed' } },
      schema: {
        tags,
        operationId: 'createTemplate',
        summary: 'Create a template at Meta',
        description: "The Cloud API's document with the account beside it.",
        body: templateBody,
        response: {
          201: json('Created; Meta reviews it.', templateView),
          ...errors(...forBody, ...forKey, 404, 409, 422, 502),
        },
      },
      handler: async (request, reply) => {
        const { waba_id: wabaId, ...document } = request.body
        return reply.code(201).send(unwrap(await services.createTemplate(request.caller, wabaId, document)))
      },
    })

    app.post('/templates/sync', {
      config: { scope: 'templates', audit: { action: 'template.sync', by: 'answer' } },
      schema: {
        tags,
        operationId: 'syncTemplates',
        summary: "Read an account's templates from Meta",
        body: templateSyncBody,
        response: {
          200: json('How many Meta listed.', z.object({ synced: z.int() })),
          ...errors(...forBody, ...forKey, 404, 502),
        },
      },
      handler: async (request) => unwrap(await services.syncTemplates(request.caller, request.body.waba_id)),
    })

    app.post('/templates/lint', {
      config: { scope: 'read', audit: null },
      schema: {
        tags,
        operationId: 'lintTemplate',
        summary: 'Check a template before Meta does',
        body: templateLintBody,
        response: {
          200: json('What Meta would refuse, and what it may object to; empty when nothing.', lintView),
          ...errors(...forBody, ...forKey),
        },
      },
      handler: (request) => services.lintTemplate(request.body),
    })

    app.get('/templates/:id', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'getTemplate',
        summary: 'Read a template with its history',
        params: templatePath,
        response: { 200: json('The template.', templateView), ...errors(...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.getTemplate(request.caller, request.params.id)),
    })

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
        response: { 200: json('As it is now.', templateView), ...errors(...forBody, ...forKey, 404, 409, 422, 502) },
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
        response: { 200: json('As it is now.', templateView), ...errors(...forKey, 404, 409, 422, 502) },
      },
      handler: async (request) => unwrap(await services.unpauseTemplate(request.caller, request.params.id)),
    })
  }
}
