import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type * as z from 'zod'
import { laterMember } from '../../domain/campaign/document.ts'
import {
  CAMPAIGN_MEMBERS,
  campaignBody,
  campaignFrame,
  campaignPatchBody,
  campaignPatchFrame,
  campaignsQuery,
  campaignView,
} from '../campaign-schemas.ts'
import { errors, forBody, forKey, json } from '../document.ts'
import { ApiError, unwrap } from '../errors.ts'
import { campaignPath } from '../schemas.ts'
import type { Services } from '../services.ts'
import { bodyCheckedByUseCase, checkedByUseCase, parse } from '../validation.ts'
import { listView } from '../views.ts'

const tags = ['Campaigns']
const campaign = json('The campaign.', campaignView)

/** Messages to a list of people. */
export function campaignRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.post('/campaigns', {
      config: { scope: 'campaigns', audit: { action: 'campaign.create', by: 'deed' } },
      validatorCompiler: checkedByUseCase,
      schema: {
        tags,
        operationId: 'createCampaign',
        summary: 'Begin a campaign, as a draft',
        body: campaignBody,
        response: { 201: json('Made.', campaignView), ...errors(...forBody, ...forKey) },
      },
      handler: async (request, reply) =>
        reply
          .code(201)
          .send(unwrap(await services.createCampaign(request.caller, frameOf(campaignFrame, request.body)))),
    })

    app.get('/campaigns', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'listCampaigns',
        summary: 'List campaigns, newest first',
        querystring: campaignsQuery,
        response: { 200: json('A page.', listView(campaignView)), ...errors(400, ...forKey) },
      },
      handler: async (request) => unwrap(await services.listCampaigns(request.caller, request.query)),
    })

    app.get('/campaigns/:id', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'getCampaign',
        summary: 'Read a campaign',
        params: campaignPath,
        response: { 200: campaign, ...errors(...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.getCampaign(request.caller, request.params.id)),
    })

    app.patch('/campaigns/:id', {
      config: { scope: 'campaigns', audit: { action: 'campaign.update', by: 'deed' } },
      validatorCompiler: bodyCheckedByUseCase,
      schema: {
        tags,
        operationId: 'updateCampaign',
        summary: 'Change a draft',
        description: 'Members that are named replace those of before, null takes one out. The whole is checked again.',
        params: campaignPath,
        body: campaignPatchBody,
        response: { 200: campaign, ...errors(...forBody, ...forKey, 404, 409) },
      },
      handler: async (request) => {
        const patch = frameOf(campaignPatchFrame, request.body)
        return unwrap(await services.updateCampaign(request.caller, request.params.id, patch))
      },
    })
  }
}

/** The members of a request, each of which is one of a campaign or said to be for later. */
function frameOf<T extends Record<string, unknown>>(schema: z.ZodType<T>, body: unknown): T {
  const given = parse(schema, body)
  const later = laterMember(given)
  const strange = Object.keys(given).find((member) => !CAMPAIGN_MEMBERS.includes(member))
  if (later) throw new ApiError(400, 'invalid', later.message, { field: later.field })
  if (strange === undefined) return given
  const field = /^\w{1,40}$/.test(strange) ? strange : 'body'
  const known = CAMPAIGN_MEMBERS.join(', ')
  throw new ApiError(400, 'invalid', `expected ${field} not to be there: a campaign has ${known}`, { field })
}
