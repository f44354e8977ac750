import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type * as z from 'zod'
import {
  CAMPAIGN_MEMBERS,
  campaignBody,
  campaignFrame,
  campaignPatchBody,
  campaignPatchFrame,
  campaignsQuery,
  startBody,
} from '../campaign-schemas.ts'
import { campaignView, commandedView, computingView, estimateView, startedView } from '../campaign-views.ts'
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
        description:
          'Members that are named replace those of before, null takes one out. The whole is checked again. Of what was started only `budget` and `pause_when` may be changed.',
        params: campaignPath,
        body: campaignPatchBody,
        response: { 200: campaign, ...errors(...forBody, ...forKey, 404, 409) },
      },
      handler: async (request) => {
        const patch = frameOf(campaignPatchFrame, request.body)
        return unwrap(await services.updateCampaign(request.caller, request.params.id, patch))
      },
    })

    app.get('/campaigns/:id/estimate', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'getEstimate',
        summary: 'Read what a campaign will come to',
        description:
          'Of a draft, counted line by line with the decisions that the run will make. A long list takes a while: ask again until it is `ready`.',
        params: campaignPath,
        response: {
          200: json('What it will come to.', estimateView),
          202: json('It is counted; ask again.', computingView),
          ...errors(...forKey, 404, 409),
        },
      },
      handler: async (request, reply) => {
        const estimate = unwrap(await services.estimateCampaign(request.caller, request.params.id))
        return reply.code(estimate.state === 'ready' ? 200 : 202).send(estimate as never)
      },
    })

    app.post('/campaigns/:id/start', {
      config: { scope: 'campaigns', audit: { action: 'campaign.start', by: 'deed' } },
      schema: {
        tags,
        operationId: 'startCampaign',
        summary: 'Start a campaign',
        description:
          'From here on its list and its texts stay as they are. Again: no change. What stands in the way is named in `problems`.',
        params: campaignPath,
        body: startBody.nullish(),
        response: {
          200: json('It runs, or waits for its time.', startedView),
          ...errors(...forBody, ...forKey, 404, 409),
        },
      },
      handler: async (request) =>
        unwrap(
          await services.commandCampaign(request.caller, request.params.id, 'start', {
            estimateVersion: request.body?.estimate_version,
          }),
        ),
    })

    for (const { command, operationId, summary, description } of COMMANDS) {
      app.post(`/campaigns/:id/${command}`, {
        config: { scope: 'campaigns', audit: { action: `campaign.${command}`, by: 'deed' } },
        schema: {
          tags,
          operationId,
          summary,
          description,
          params: campaignPath,
          response: { 200: json('How it stands.', commandedView), ...errors(...forKey, 404, 409) },
        },
        handler: async (request) =>
          unwrap(await services.commandCampaign(request.caller, request.params.id, command, {})),
      })
    }
  }
}

const COMMANDS = [
  {
    command: 'pause',
    operationId: 'pauseCampaign',
    summary: 'Pause a campaign',
    description: 'Within two seconds nothing of it leaves any more. What is on its way goes its way.',
  },
  {
    command: 'resume',
    operationId: 'resumeCampaign',
    summary: 'Let a paused campaign go on',
    description: 'Where it stood: nobody is passed by, and nobody is written to twice.',
  },
  {
    command: 'cancel',
    operationId: 'cancelCampaign',
    summary: 'End a campaign for good',
    description: 'Whom nothing was sent to is `cancelled`. What Meta has, it has; what is in doubt ends as Meta says.',
  },
] as const

/** The members of a request, each of which is one of a campaign. */
function frameOf<T extends Record<string, unknown>>(schema: z.ZodType<T>, body: unknown): T {
  const given = parse(schema, body)
  const strange = Object.keys(given).find((member) => !CAMPAIGN_MEMBERS.includes(member))
  if (strange === undefined) return given
  const field = /^\w{1,40}$/.test(strange) ? strange : 'body'
  const known = CAMPAIGN_MEMBERS.join(', ')
  throw new ApiError(400, 'invalid', `expected ${field} not to be there: a campaign has ${known}`, { field })
}
