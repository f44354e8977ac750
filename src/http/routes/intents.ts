import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { intentPatchSchema, intentRequestSchema } from '../../domain/request.ts'
import { toIso } from '../../domain/time.ts'
import type { EnqueueResult } from '../../usecases/enqueue-intent.ts'
import { errors, forBody, forKey, json } from '../document.ts'
import { ApiError, type ErrorBody, errorBody, unwrap } from '../errors.ts'
import { forecastView } from '../forecast-views.ts'
import { batchBody, batchFrame, intentPath, intentsQuery, settleBody } from '../schemas.ts'
import type { Services, View } from '../services.ts'
import { checkedByUseCase, parse } from '../validation.ts'
import { batchView, enqueuedView, intentSummaryView, intentView, listView } from '../views.ts'

const tags = ['Intents']
const intent = json('The intent.', intentView)

export function intentRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.post('/intents', {
      config: { scope: 'send', audit: null },
      validatorCompiler: checkedByUseCase,
      schema: {
        tags,
        operationId: 'enqueueIntent',
        summary: 'Enqueue a message',
        description:
          'Commits what should be sent. Whether it may go free-form is decided when it leaves; `forecast` says how that would end by now.',
        body: intentRequestSchema,
        response: {
          202: json('Enqueued.', enqueuedView),
          200: json('The idempotency key came with the same request before: the intent of then.', enqueuedView),
          ...errors(...forBody, ...forKey, 404, 409),
        },
      },
      handler: async (request, reply) => {
        const [result] = await services.enqueue(request.caller, [request.body])
        if (result === undefined) throw new Error('expected one result for one intent, got none')
        if (!result.ok) throw ofResult(result.error)
        return reply.code(result.repeated ? 200 : 202).send(enqueued(result.intent))
      },
    })

    app.post('/intents/batch', {
      config: { scope: 'send', audit: { action: 'intent.batch', by: 'deed' } },
      validatorCompiler: checkedByUseCase,
      schema: {
        tags,
        operationId: 'enqueueIntents',
        summary: 'Enqueue up to 1,000 messages',
        description:
          'Results stand in the order of the intents. A refused one has an `error` and stops none of the others.',
        body: batchBody,
        response: { 200: json('One result for each.', batchView), ...errors(...forBody, ...forKey) },
      },
      handler: async (request) => {
        const { intents } = parse(batchFrame, request.body)
        const results = intents.length === 0 ? [] : await services.enqueueBatch(request.caller, intents)
        return { results: results.map(itemOf) }
      },
    })

    app.post('/intents/forecast', {
      config: { scope: 'read', audit: null },
      validatorCompiler: checkedByUseCase,
      schema: {
        tags,
        operationId: 'forecastIntent',
        summary: 'Ask what would become of a message',
        description:
          'The same body as for enqueueing; nothing is stored. `now`: were it to leave now. `at_send_at`: at its `send_at`, by what is known today.',
        body: intentRequestSchema,
        response: { 200: json('The forecast.', forecastView), ...errors(...forBody, ...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.forecastIntent(request.caller, request.body)),
    })

    app.get('/intents', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'listIntents',
        summary: 'List intents, newest first',
        querystring: intentsQuery,
        response: { 200: json('A page.', listView(intentSummaryView)), ...errors(400, ...forKey) },
      },
      handler: async (request) => unwrap(await services.listIntents(request.caller, request.query)),
    })

    app.get('/intents/:id', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'getIntent',
        summary: 'Read an intent with its attempts and decisions',
        params: intentPath,
        response: { 200: intent, ...errors(...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.getIntent(request.caller, request.params.id)),
    })

    app.patch('/intents/:id', {
      config: { scope: 'send', audit: { action: 'intent.change', by: 'deed' } },
      schema: {
        tags,
        operationId: 'changeIntent',
        summary: 'Change a message that has not left',
        description:
          'Its content, time and policy, checked as those of a new one; null is what a member would be, had it not been given. One that is ' +
          'held is decided about anew with another content, policy or time. 409 once it is being sent, or over. Again: 200, no change.',
        params: intentPath,
        body: intentPatchSchema,
        response: { 200: intent, ...errors(...forBody, ...forKey, 404, 409) },
      },
      handler: async (request) => unwrap(await services.changeIntent(request.caller, request.params.id, request.body)),
    })

    app.post('/intents/:id/cancel', {
      config: { scope: 'send', audit: { action: 'intent.cancel', by: 'deed' } },
      schema: {
        tags,
        operationId: 'cancelIntent',
        summary: 'Cancel an intent',
        description:
          'Cancelled when it has not left. While its request may have left, the wish is kept (202): it is not sent again, and ends ' +
          '`cancelled`, or `sent` if Meta had it.',
        params: intentPath,
        response: { 200: intent, 202: intent, ...errors(...forKey, 404, 409) },
      },
      async handler(request, reply) {
        const cancelled = unwrap(await services.cancelIntent(request.caller, request.params.id))
        return reply.code(cancelled.requested ? 202 : 200).send(cancelled.intent)
      },
    })

    app.post('/intents/:id/replay', {
      config: { scope: 'send', audit: { action: 'intent.replay', by: 'deed' } },
      schema: {
        tags,
        operationId: 'replayIntent',
        summary: 'Try a failed, expired or cancelled intent again',
        params: intentPath,
        response: { 200: intent, ...errors(...forKey, 404, 409) },
      },
      handler: async (request) => unwrap(await services.replayIntent(request.caller, request.params.id)),
    })

    app.post('/intents/:id/settle', {
      config: { scope: 'send', audit: { action: 'intent.settle', by: 'deed' } },
      schema: {
        tags,
        operationId: 'settleIntent',
        summary: 'Settle a doubt by hand',
        description: 'For an intent in doubt only: you know whether Meta has the message.',
        params: intentPath,
        body: settleBody,
        response: { 200: intent, ...errors(...forBody, ...forKey, 404, 409) },
      },
      handler: async (request) => unwrap(await services.settleIntent(request.caller, request.params.id, request.body)),
    })
  }
}

type Enqueued = Extract<EnqueueResult, { ok: true }>['intent']
type Refused = Extract<EnqueueResult, { ok: false }>['error']

function itemOf(result: EnqueueResult): View | ErrorBody {
  return result.ok ? enqueued(result.intent) : errorBody(ofResult(result.error))
}

export function ofResult({ status, code, message, field, problems }: Refused): ApiError {
  // What is no object at all has no member at fault.
  return new ApiError(status, code, message, { field: field ?? (status === 400 ? 'body' : undefined), problems })
}

function enqueued({ id, state, reason, window, forecast }: Enqueued): View {
  return {
    id,
    state,
    reason: reason && reasonOf(reason),
    window: { open: window.open, expires_at: window.expiresAt === null ? null : toIso(window.expiresAt) },
    forecast: {
      at: toIso(forecast.at),
      kind: forecast.kind,
      reason: reasonOf(forecast.reason),
      price: forecast.price,
      text: forecast.text,
    },
  }
}

function reasonOf({ code, text, graphCode }: NonNullable<Enqueued['reason']>): View {
  return { code, text, ...(graphCode === undefined ? {} : { graph_code: graphCode }) }
}
