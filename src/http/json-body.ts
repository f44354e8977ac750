import type { FastifyInstance } from 'fastify'
import { ApiError } from './errors.ts'

/**
 * JSON and nothing else in this scope; other types are 415. An empty body counts as none, because clients label every POST as JSON.
 * Bytes that are no UTF-8 are refused: replacing them, as Fastify's parser does, would change a text on its way to a customer.
 */
export function acceptJsonOnly(app: FastifyInstance, maxBytes: number): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit: maxBytes }, (request, bytes, done) => {
    let text: string
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(bytes as Buffer)
    } catch {
      return done(new ApiError(400, 'malformed', 'expected the body to be UTF-8'))
    }
    if (text.trim() === '') return done(null, undefined)
    parse(request, text, done)
  })
}
