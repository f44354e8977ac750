import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { errors, forBody, forKey, json } from '../document.ts'
import { ApiError, unwrap } from '../errors.ts'
import { costsQuery, costsView, rateCardBody, rateCardQuery, rateCardView } from '../money-schemas.ts'
import { readBody, tooLarge } from '../read-body.ts'
import type { Services } from '../services.ts'
import { listView } from '../views.ts'

const tags = ['Money']

/** Meta's largest file is a hundredth of this. */
const MAX_CARD_BYTES = 1024 * 1024

export function moneyRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    await app.register(uploads(services))

    app.get('/rate-cards', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'listRateCards',
        summary: 'List the rate cards',
        description: 'The newest day first. Always one page.',
        response: { 200: json('All of them.', listView(rateCardView)), ...errors(...forKey) },
      },
      handler: async (request) => ({ data: await services.listRateCards(request.caller), next_cursor: null }),
    })

    app.get('/costs', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'readCosts',
        summary: 'What messages cost',
        description:
          'Sums of what left on these days, both included, in the zone of each account; one row for each key and currency. `expected` is our price when it left, `actual` what its rate card says of what Meta told.',
        querystring: costsQuery,
        response: { 200: json('The sums.', costsView), ...errors(400, ...forKey, 503) },
      },
      handler: async (request) => unwrap(await services.readCosts(request.caller, request.query)),
    })
  }
}

/** Files, in a scope of their own: everything else there is JSON. */
function uploads(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    acceptCsvOnly(app)
    app.post('/rate-cards', {
      config: { scope: 'admin', audit: { action: 'rate_card.import', by: 'deed' } },
      schema: {
        tags,
        operationId: 'importRateCard',
        summary: "Import one of Meta's rate cards",
        description:
          'Rates, or volume tiers, of one currency. A file with anything that is not known is refused whole, with every line that is at fault.',
        consumes: ['text/csv'],
        querystring: rateCardQuery,
        body: rateCardBody,
        response: {
          201: json('Imported.', rateCardView),
          ...errors(...forBody, ...forKey, 409, 422),
        },
      },
      handler: async (request, reply) => {
        const file = Buffer.from(request.body, 'base64')
        return reply
          .code(201)
          .send(unwrap(await services.importRateCard(request.caller, request.query.valid_from, file)))
      },
    })
  }
}

function acceptCsvOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('text/csv', async (request: FastifyRequest, payload: Readable) => {
    if (Number(request.headers['content-length'] ?? 0) > MAX_CARD_BYTES) throw tooLarge()
    return (await readBody(payload, { maxBytes: MAX_CARD_BYTES })).toString('base64')
  })
  app.addContentTypeParser('*', (_request, _payload, done) => {
    const message = 'expected Content-Type: text/csv'
    done(new ApiError(415, 'unsupported_media_type', message, { field: 'Content-Type' }))
  })
}
