import type { Readable } from 'node:stream'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { audienceQuery, importView } from '../campaign-schemas.ts'
import { errors, forKey, json, textual } from '../document.ts'
import { ApiError, unwrap } from '../errors.ts'
import { campaignPath } from '../schemas.ts'
import type { Services } from '../services.ts'

const tags = ['Campaigns']

/** Who a campaign is for. A list streams through, within limits of its own: no more of it is kept here than a batch. */
export function audienceRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload))
    app.addContentTypeParser('*', (_request, _payload, done) => done(notCsv()))

    app.post('/campaigns/:id/audience', {
      config: { scope: 'campaigns', audit: { action: 'campaign.import', by: 'deed' } },
      schema: {
        tags,
        operationId: 'importAudience',
        summary: 'Add a list of recipients to a draft',
        description:
          'The body is CSV with a header, up to 1 GiB: `to` is the number (or a BSUID), every other column may stand in texts. More uploads add; the same person stands on the list once, whatever the spelling. Nothing of a list that is refused is kept.',
        consumes: ['text/csv'],
        params: campaignPath,
        querystring: audienceQuery,
        response: {
          200: json('What came of it.', importView),
          ...errors(400, ...forKey, 404, 408, 409, 413, 415),
        },
      },
      handler: async (request) => {
        if (request.body === undefined || request.body === null) {
          throw notCsv()
        }
        const { default_country: defaultCountry } = request.query
        const list = {
          stream: request.body as Readable,
          charset: charsetOf(request.headers['content-type'] ?? ''),
          defaultCountry,
        }
        return unwrap(await services.importAudience(request.caller, request.params.id, list))
      },
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

function notCsv(): ApiError {
  const message = 'expected Content-Type: text/csv, and a list'
  return new ApiError(415, 'unsupported_media_type', message, { field: 'Content-Type' })
}

function charsetOf(type: string): string | null {
  return /;\s*charset=\s*"?([^\s";]+)/i.exec(type)?.[1] ?? null
}
