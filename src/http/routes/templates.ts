import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { errors, forBody, forKey, json } from '../document.ts'
import { unwrap } from '../errors.ts'
import type { Services } from '../services.ts'
import {
  libraryQuery,
  libraryView,
  lintView,
  templateBody,
  templateInFullView,
  templateLintBody,
  templatePath,
  templatePreviewBody,
  templatePreviewView,
  templateSyncBody,
  templatesQuery,
  templateView,
} from '../template-schemas.ts'
import { listView } from '../views.ts'

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
          201: json('Created; Meta reviews it.', templateInFullView),
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

    app.post('/templates/preview', {
      config: { scope: 'read', audit: null },
      schema: {
        tags,
        operationId: 'previewTemplate',
        summary: 'Show what the customer would read',
        description:
          'Of a document, or of a template that is there, with values or without. Values that do not fit are refused as at sending.',
        body: templatePreviewBody,
        response: { 200: json('As a phone shows it.', templatePreviewView), ...errors(...forBody, ...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.previewTemplate(request.caller, request.body)),
    })

    app.get('/templates/library', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'listTemplateLibrary',
        summary: "List Meta's ready-made templates",
        description: 'One that is made from them, by `library_template_name`, is approved at once.',
        querystring: libraryQuery,
        response: { 200: json('A page.', listView(libraryView)), ...errors(400, ...forKey, 404, 502, 503) },
      },
      handler: async (request) => unwrap(await services.templateLibrary(request.caller, request.query)),
    })

    app.get('/templates/:id', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'getTemplate',
        summary: 'Read a template with its history',
        params: templatePath,
        response: { 200: json('The template.', templateInFullView), ...errors(...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.getTemplate(request.caller, request.params.id)),
    })
  }
}
