import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { errors, forBody, forKey, json } from '../document.ts'
import { unwrap } from '../errors.ts'
import {
  deployedView,
  deployQuery,
  eventBody,
  flowBody,
  flowInFullView,
  flowPath,
  flowsQuery,
  flowView,
  matchedView,
  runInFullView,
  runPath,
  runsQuery,
  runView,
  startBody,
  startedView,
} from '../flow-run-schemas.ts'
import type { Services } from '../services.ts'
import { listView } from '../views.ts'

const tags = ['Flows']
const flow = json('The flow.', flowView)
const run = json('The run.', runInFullView)
const deed = (action: string) => ({ scope: 'campaigns' as const, audit: { action, by: 'deed' as const } })

/** Flows that run, and the way of each customer through one. */
export function flowRunRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.addContentTypeParser(['application/yaml', 'text/yaml'], { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    )

    app.put('/flows/:name', {
      config: deed('flow.deploy'),
      schema: {
        tags,
        operationId: 'deployFlow',
        summary: 'Write a flow, or its next version',
        description:
          'The same text is the same version. Rolling back is the old text: it becomes a new version. 409 `steps_in_use`: with `migrate`, steps that live runs are in would vanish.',
        params: flowPath,
        querystring: deployQuery,
        body: flowBody,
        response: {
          200: json('The version that new runs take.', deployedView),
          ...errors(...forBody, ...forKey, 409, 422),
        },
      },
      handler: async (request) => {
        const { version, warnings } = unwrap(
          await services.deployFlow(request.caller, {
            name: request.params.name,
            document: request.body,
            onEdit: request.query.on_edit,
          }),
        )
        return { version, warnings }
      },
    })

    app.get('/flows', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'listFlows',
        summary: 'List flows, by name',
        querystring: flowsQuery,
        response: { 200: json('A page.', listView(flowView)), ...errors(400, ...forKey) },
      },
      handler: async (request) => unwrap(await services.listFlows(request.caller, request.query)),
    })

    app.get('/flows/:name', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'getFlow',
        summary: 'Read a flow, with its versions and counts',
        params: flowPath,
        response: { 200: json('The flow.', flowInFullView), ...errors(...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.getFlow(request.caller, request.params.name)),
    })

    app.post('/flows/:name/pause', {
      config: deed('flow.pause'),
      schema: {
        tags,
        operationId: 'pauseFlow',
        summary: 'Begin nothing and go on with nothing; what stops a run still does',
        params: flowPath,
        response: { 200: flow, ...errors(...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.pauseFlow(request.caller, request.params.name)),
    })

    app.post('/flows/:name/resume', {
      config: deed('flow.resume'),
      schema: {
        tags,
        operationId: 'resumeFlow',
        summary: 'Go on; what is overdue comes one after the other',
        params: flowPath,
        response: { 200: flow, ...errors(...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.resumeFlow(request.caller, request.params.name)),
    })

    app.post('/flows/:name/runs', {
      // As enqueueing is none: the run says who asked.
      config: { scope: 'campaigns', audit: null },
      schema: {
        tags,
        operationId: 'startFlowRun',
        summary: 'Start a run of a flow whose triggers have `api`',
        params: flowPath,
        body: startBody,
        response: { 202: json('Started.', startedView), ...errors(...forBody, ...forKey, 404, 409) },
      },
      handler: async (request, reply) =>
        reply.code(202).send(unwrap(await services.startFlow(request.caller, request.params.name, request.body))),
    })

    app.get('/flows/:name/runs', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'listFlowRuns',
        summary: 'List the runs of a flow, newest first',
        params: flowPath,
        querystring: runsQuery,
        response: { 200: json('A page.', listView(runView)), ...errors(400, ...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.listRuns(request.caller, request.params.name, request.query)),
    })

    app.get('/flow-runs/:id', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'getFlowRun',
        summary: 'Read a run, with what happened in it and why',
        params: runPath,
        response: { 200: run, ...errors(...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.getRun(request.caller, request.params.id)),
    })

    for (const [what, act, summary] of [
      ['stop', 'stopRun', 'End a run; what of it has not left does not leave'],
      ['pause', 'pauseRun', 'Let a run rest; what stops it still does'],
      ['resume', 'resumeRun', 'Let a run go on'],
    ] as const) {
      app.post(`/flow-runs/:id/${what}`, {
        config: deed(`flow_run.${what}`),
        schema: {
          tags,
          operationId: `${what}FlowRun`,
          summary,
          params: runPath,
          response: { 200: run, ...errors(...forKey, 404) },
        },
        handler: async (request) => unwrap(await services[act](request.caller, request.params.id)),
      })
    }

    app.post('/flow-events', {
      config: { scope: 'campaigns', audit: null },
      schema: {
        tags,
        operationId: 'tellFlowEvent',
        summary: 'Tell flows what happened to a customer elsewhere',
        description:
          'Runs that wait for it go on, runs that it stops end, flows that begin by it begin. The same key is the same event.',
        body: eventBody,
        response: {
          202: json('How many runs it moved, ended or began.', matchedView),
          ...errors(...forBody, ...forKey, 404),
        },
      },
      handler: async (request, reply) =>
        reply.code(202).send(unwrap(await services.tellEvent(request.caller, request.body))),
    })
  }
}
