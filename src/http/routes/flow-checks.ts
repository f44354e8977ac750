import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { flowJsonSchema } from '../../domain/flow/schema.ts'
import { FLOW_MAX } from '../../usecases/read-flow.ts'
import { simulateFlow } from '../../usecases/simulate-flow.ts'
import { errors, forBody, forKey, json } from '../document.ts'
import { ApiError } from '../errors.ts'
import { flowCheckView, simulateBody, simulationView } from '../flow-schemas.ts'
import { readText } from '../json-body.ts'
import type { Services } from '../services.ts'

/*
 * A flow is looked at and played through, and nothing of it is stored. A document comes as it was written, YAML or JSON, so that each problem
 * has its line.
 */

const tags = ['Flows']
const WRITTEN = ['application/yaml', 'text/yaml', 'application/x-yaml', 'application/json']
/** A unit of its length may be three bytes. */
const MAX_BYTES = 3 * FLOW_MAX
/** Nobody waits for one that takes longer, and neither does whoever else asks this process. */
const SIMULATED_WITHIN_MS = 1_000

export function flowCheckRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    takeWritten(app as unknown as FastifyInstance)

    app.post('/flows/check', {
      config: { scope: 'read', audit: null },
      schema: {
        tags,
        operationId: 'checkFlow',
        summary: 'Check a flow before it is put to work',
        description:
          'The body is the document as it was written, YAML or JSON. It is told what would be told were it written under its name: the number it names and the templates of the accounts it may send from are looked at, where those were read.',
        consumes: WRITTEN,
        response: {
          200: json('What is wrong with it, and what it may come to; empty when nothing.', flowCheckView),
          ...errors(...forBody, ...forKey),
        },
      },
      handler: (request) => {
        if (typeof request.body !== 'string') throw notWritten()
        return services.checkFlow(request.caller, request.body)
      },
    })
  }
}

export function flowSimulationRoutes(): FastifyPluginAsyncZod {
  return async (app) => {
    app.post('/flows/simulate', {
      config: { scope: 'read', audit: null },
      schema: {
        tags,
        operationId: 'simulateFlow',
        summary: 'Play a flow against a scripted customer',
        description:
          'In virtual time, without a message. `document` and `script` are objects, or the texts of YAML or JSON, whose problems have lines; ' +
          'their paths begin with `document` or `script`. One that does not come to its end within a second is refused.',
        body: simulateBody,
        response: { 200: json('What would happen.', simulationView), ...errors(...forBody, ...forKey, 422) },
      },
      handler: (request) => {
        const { document, script } = request.body
        const until = performance.now() + SIMULATED_WITHIN_MS
        const simulated = simulateFlow(document, script, null, () => performance.now() < until)
        if (simulated.ok) return { ...simulated.value, warnings: simulated.warnings }
        const problems = simulated.problems.map((one) => ({ ...one, path: `${simulated.of}${joined(one.path)}` }))
        const first = problems[0]
        const message = `expected a flow and a script that can be played, got ${problems.length} problem${problems.length === 1 ? '' : 's'}`
        throw new ApiError(422, 'flow_invalid', first ? `${message}: ${first.path}: ${first.message}` : message, {
          problems,
        })
      },
    })

    app.get('/flows/schema.json', {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'getFlowSchema',
        summary: 'Read the JSON Schema of flows',
        description: 'For editors, which complete and underline by it.',
        response: { 200: json('Draft 2020-12.', z.looseObject({})), ...errors(...forKey) },
      },
      handler: () => flowJsonSchema(),
    })
  }
}

function joined(path: string): string {
  return path === '' || path.startsWith('[') ? path : `.${path}`
}

/** As text, whatever it is called. */
function takeWritten(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(WRITTEN, (request: FastifyRequest, payload: Readable) =>
    readText(request.headers['content-length'], payload, MAX_BYTES),
  )
  app.addContentTypeParser('*', (_request, _payload, done) => done(notWritten()))
}

function notWritten(): ApiError {
  const message = 'expected Content-Type: application/yaml or application/json, and a flow'
  return new ApiError(415, 'unsupported_media_type', message, { field: 'Content-Type' })
}
