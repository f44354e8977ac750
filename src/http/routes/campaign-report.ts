import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { retryBody } from '../campaign-schemas.ts'
import { campaignView, failuresView } from '../campaign-views.ts'
import { errors, forBody, forKey, json, textual } from '../document.ts'
import { unwrap } from '../errors.ts'
import { campaignPath } from '../schemas.ts'
import type { Services } from '../services.ts'

const tags = ['Campaigns']

/** What became of a campaign, of everybody on its list. */
export function campaignReportRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    for (const { format, type, operationId, summary } of FORMATS) {
      app.get(`/campaigns/:id/recipients.${format}`, {
        config: { scope: 'read' },
        schema: {
          tags,
          operationId,
          summary,
          description:
            '`line,to,state,reason_code,reason,sent_as,wamid,sent_at,delivered_at,read_at,cost,replied_at,tapped_at,stopped_at`, where they differ `variant`, `sender` and `zones` (by whose clocks they are written to), and the columns of the lists. Streamed in the order in which they are handed over; a thousand at a time are of one moment.',
          params: campaignPath,
          response: { 200: textual('All of them.', type, z.string()), ...errors(...forKey, 404) },
        },
        handler: async (request, reply) => {
          const lines = unwrap(await services.campaignRecipients(request.caller, request.params.id, format))
          return reply
            .type(`${type}; charset=utf-8`)
            .header('content-disposition', `attachment; filename="recipients.${format}"`)
            .send(lines)
        },
      })
    }

    app.get('/campaigns/:id/failures', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'getCampaignFailures',
        summary: 'Read why recipients were not reached, by reason',
        params: campaignPath,
        response: { 200: json('Most first.', failuresView), ...errors(...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.campaignFailures(request.caller, request.params.id)),
    })

    app.post('/campaigns/:id/retry', {
      config: { scope: 'campaigns', audit: { action: 'campaign.retry', by: 'deed' } },
      schema: {
        tags,
        operationId: 'retryCampaign',
        summary: 'Try again for those who were not reached',
        description:
          'Makes a draft of the same, its `parent` being this one, for those whose message failed or expired for one of these reasons. Nothing leaves before it is started. Of very many it is there before its list is, which is copied on: see `GET …/audience` of the child.',
        params: campaignPath,
        body: retryBody,
        response: { 201: json('The child.', campaignView), ...errors(...forBody, ...forKey, 404, 409, 503) },
      },
      handler: async (request, reply) => {
        const { reasons, include_unconfirmed: includeUnconfirmed = false } = request.body
        const wish = { reasons, includeUnconfirmed }
        return reply.code(201).send(unwrap(await services.retryCampaign(request.caller, request.params.id, wish)))
      },
    })
  }
}

const FORMATS = [
  {
    format: 'csv',
    type: 'text/csv',
    operationId: 'getCampaignRecipientsCsv',
    summary: 'Read what became of everybody',
  },
  {
    format: 'ndjson',
    type: 'application/x-ndjson',
    operationId: 'getCampaignRecipientsNdjson',
    summary: 'Read what became of everybody, as lines of JSON',
  },
] as const
