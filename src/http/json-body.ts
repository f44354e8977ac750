import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ApiError } from './errors.ts'
import { readBody, tooLarge } from './read-body.ts'

/**
 * JSON and nothing else in this scope; other types are 415. An empty body counts as none, because clients label every POST as JSON.
 * Bytes that are no UTF-8 are refused: replacing them, as Fastify's parser does, would change a text on its way to a customer.
 */
export function acceptJsonOnly(app: FastifyInstance, maxBytes: number): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', async (request: FastifyRequest, payload: Readable) => {
    const text = await readText(request.headers['content-length'], payload, maxBytes)
    if (text.trim() === '') return undefined
    return new Promise((resolve, reject) => {
      parse(request, text, (error, value) => (error ? reject(error) : resolve(value)))
    })
  })
}

/** The text of a body. Throws 400 where it is no UTF-8, and what `readBody` throws. */
export async function readText(announced: string | undefined, payload: Readable, maxBytes: number): Promise<string> {
  if (Number(announced ?? 0) > maxBytes) throw tooLarge()
  const bytes = await readBody(payload, { maxBytes })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ApiError(400, 'malformed', 'expected the body to be UTF-8', { field: 'body' })
  }
}
