import type { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import type { MessageFile } from '../../usecases/tend-conversations.ts'
import { mediumView } from '../conversation-views.ts'
import { errors, forBody, forKey, json } from '../document.ts'
import { ApiError, unwrap } from '../errors.ts'
import { uploadQuery } from '../schemas.ts'
import type { Services } from '../services.ts'

/** Bytes, in the OpenAPI document. */
export function binary(description: string): unknown {
  return { description, content: { '*/*': { schema: z.string().meta({ format: 'binary' }) } } }
}

/** Files on their way to Meta. */
export function mediaRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    // A file is not read here: it streams to Meta, within limits of its own.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    app.post('/media', {
      config: { scope: 'send', audit: { action: 'media.upload', by: 'answer' } },
      schema: {
        tags: ['Conversations'],
        operationId: 'uploadMedia',
        summary: 'Upload a file for a message',
        description:
          'The bytes of the file, up to 100 MiB, with its own `Content-Type`. Goes to Meta, which keeps it for 30 days; `id` stands in a message in place of a link.',
        querystring: uploadQuery,
        consumes: ['*/*'],
        response: { 200: json('Where it is.', mediumView), ...errors(...forBody, ...forKey, 404, 408, 422, 502, 503) },
      },
      async handler(request) {
        const { 'content-type': type = '', 'content-length': length } = request.headers
        if (/^multipart\//i.test(type)) {
          const message = 'expected the bytes of the file, with its own Content-Type, got a form'
          throw new ApiError(415, 'unsupported_media_type', message, { field: 'content-type' })
        }
        const stream = request.body as Readable | undefined | null
        if (!stream || length === '0') {
          throw new ApiError(400, 'invalid', 'expected a file as the body, got none', { field: 'body' })
        }
        return unwrap(
          await services.uploadMedia(request.caller, {
            ...request.query,
            filename: request.query.filename ?? null,
            type,
            bytes: length === undefined ? null : Number(length),
            stream,
          }),
        )
      },
    })
  }
}

/** What a page may show. An image of vectors is a page of its own, with scripts. */
const SHOWN = /^(?:image\/(?:jpeg|png|webp|gif)|(?:audio|video)\/[\w.+-]+)(?: *;.*)?$/i

/** Anybody may have sent it, so no browser takes it for a page. */
export function sendFile(reply: FastifyReply, { status, headers, body, filename }: MessageFile): FastifyReply {
  const { 'content-type': type = 'application/octet-stream' } = headers
  const shown = SHOWN.test(type)
  const name = filename === null ? '' : `; filename*=UTF-8''${encoded(filename)}`
  return reply
    .code(status)
    .headers(headers)
    .type(shown ? type : 'application/octet-stream')
    .header('content-security-policy', "default-src 'none'; sandbox")
    .header('cross-origin-resource-policy', 'same-origin')
    .header('content-disposition', `${shown ? 'inline' : 'attachment'}${name}`)
    .send(body)
}

/** As RFC 8187 has it: a name may hold anything, and a header next to nothing. A half of a pair of surrogates stands for nothing. */
function encoded(filename: string): string {
  const name = filename
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}/\\]/gu, '_')
    .slice(0, 200)
    .toWellFormed()
  return encodeURIComponent(name).replace(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
}
