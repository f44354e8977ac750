import type { FastifyInstance } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { AUDIENCE_TYPES, type AudienceBody, acceptAudience, noList } from '../audience-body.ts'
import { audienceBody, copyingView, sourceBody, sourceOf, uploadsView } from '../audience-schemas.ts'
import { audienceQuery } from '../campaign-schemas.ts'
import { importView } from '../campaign-views.ts'
import { errors, forKey, json, textual } from '../document.ts'
import { ApiError, unwrap } from '../errors.ts'
import { campaignPath } from '../schemas.ts'
import type { Services } from '../services.ts'
import { bodyCheckedByUseCase, parse } from '../validation.ts'

const tags = ['Campaigns']

/** Who a campaign is for. A list streams through, within limits of its own: no more of it is kept here than a batch. */
export function audienceRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    acceptAudience(app as unknown as FastifyInstance)

    app.post('/campaigns/:id/audience', {
      config: { scope: 'campaigns', audit: { action: 'campaign.import', by: 'deed' } },
      validatorCompiler: bodyCheckedByUseCase,
      schema: {
        tags,
        operationId: 'importAudience',
        summary: 'Add a list of recipients to a draft',
        description:
          'The body is CSV with a header, up to 1 GiB: `to` is the number (or a BSUID), every other column may stand in texts. Rows of JSON are the same, an array of objects or an object a line (NDJSON). Or it is a JSON object, and says who of those who are known here: contacts by what is known of them, or the recipients of another campaign by what became of them. More lists add; the same person stands there once, whatever the spelling. Nothing of a list that is refused is kept.',
        consumes: AUDIENCE_TYPES,
        params: campaignPath,
        querystring: audienceQuery,
        body: audienceBody,
        response: {
          200: json('What came of it.', importView),
          202: json('A long one is being copied: see `GET …/audience` for when it is there.', copyingView),
          ...errors(400, ...forKey, 404, 408, 409, 413, 415, 503),
        },
      },
      handler: async (request, reply) => {
        const body = request.body as unknown as AudienceBody | null | undefined
        if (body === undefined || body === null) throw noList()
        const { id } = request.params
        const { default_country: defaultCountry } = request.query
        if ('source' in body) {
          if (defaultCountry !== undefined) throw noNumbers()
          const source = sourceOf(parse(sourceBody, body.source))
          const copied = unwrap(await services.copyAudience(request.caller, id, source))
          return reply.code(copied.state === 'loading' ? 202 : 200).send(copied as never)
        }
        const charset = charsetOf(request.headers['content-type'] ?? '')
        const list = { stream: body.rows, charset, defaultCountry, format: body.format }
        return unwrap(await services.importAudience(request.caller, id, list)) as never
      },
    })

    app.get('/campaigns/:id/audience', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'listAudience',
        summary: 'Read which lists a campaign has',
        description: 'In the order in which they came, those that come in and those that failed too.',
        params: campaignPath,
        response: { 200: json('Its lists.', uploadsView), ...errors(...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.listAudience(request.caller, request.params.id)),
    })

    app.get('/campaigns/:id/audience/errors.csv', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'getAudienceErrors',
        summary: 'Read what was wrong with lines of the lists',
        description: 'Of all uploads, one after the other: `line,to,code,reason`.',
        params: campaignPath,
        response: { 200: textual('All of them.', 'text/csv', z.string()), ...errors(...forKey, 404) },
      },
      handler: async (request, reply) => {
        const lines = unwrap(await services.audienceErrors(request.caller, request.params.id))
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="errors.csv"')
          .send(lines)
      },
    })
  }
}

function noNumbers(): ApiError {
  const message = 'expected default_country beside a file only: whoever is known here has a whole number'
  return new ApiError(400, 'invalid', message, { field: 'default_country' })
}

function charsetOf(type: string): string | null {
  return /;\s*charset=\s*"?([^\s";]+)/i.exec(type)?.[1] ?? null
}
