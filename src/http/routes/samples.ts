import type { Readable } from 'node:stream'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { errors, forKey, json } from '../document.ts'
import { ApiError, unwrap } from '../errors.ts'
import type { Services } from '../services.ts'
import { sampleQuery, sampleView } from '../template-schemas.ts'

/** A file streams to Meta, within limits of its own: nothing of it is read here. */
export function sampleRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))

    app.post('/templates/samples', {
      config: { scope: 'templates', audit: { action: 'template.sample', by: 'answer' } },
      schema: {
        tags: ['Templates'],
        operationId: 'uploadTemplateSample',
        summary: 'Upload the sample of a header',
        description:
          'The body is the file, with its `Content-Type` and `Content-Length`: JPEG and PNG up to 5 MiB, MP4 and 3GPP up to 16 MiB, documents up to 100 MiB. The handle goes into `example.header_handle` of the header.',
        consumes: ['application/octet-stream'],
        querystring: sampleQuery,
        response: {
          200: json('What a creation names it by.', sampleView),
          ...errors(400, ...forKey, 404, 408, 413, 502, 503),
        },
      },
      handler: async (request) => {
        const { 'content-type': type, 'content-length': length } = request.headers
        if (request.body === undefined || request.body === null) {
          throw new ApiError(400, 'invalid', 'expected the body to be a file', { field: 'body' })
        }
        const file = { type, bytes: length === undefined ? null : Number(length), stream: request.body as Readable }
        return unwrap(await services.uploadSample(request.caller, request.query.waba_id, file))
      },
    })
  }
}
