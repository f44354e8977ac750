import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ListFormat } from '../usecases/import-audience.ts'
import { ApiError } from './errors.ts'
import { readText } from './json-body.ts'
import { BODY_WITHIN_MS } from './read-body.ts'

const MAX_SOURCE_BYTES = 64 * 1024
const NDJSON = 'application/x-ndjson'

/** Rows as they stream, or who of those who are known here. */
export type AudienceBody = { rows: Readable; format: ListFormat } | { source: unknown }

export const AUDIENCE_TYPES = ['text/csv', 'application/json', NDJSON]

/** Lists in this scope, and nothing else. Of JSON an array is rows, however many there are; an object is small. */
export function acceptAudience(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('text/csv', (_request, rows, done) => done(null, { rows, format: 'csv' }))
  app.addContentTypeParser(NDJSON, (_request, rows, done) => done(null, { rows, format: 'lines' }))
  app.addContentTypeParser('application/json', async (request: FastifyRequest, payload: Readable) => {
    if (await isArray(payload)) return { rows: payload, format: 'array' }
    const text = await readText(request.headers['content-length'], payload, MAX_SOURCE_BYTES)
    return text.trim() === '' ? undefined : { source: parsed(text) }
  })
  app.addContentTypeParser('*', (_request, _payload, done) => done(noList()))
}

/** Behind a byte order mark, which of UTF-16 is no sign of UTF-8. */
const BEGINS_AN_ARRAY = /^(?:\ufeff|\ufffd\ufffd)?\s*\[/

/** By its first sign; nothing of it is taken. */
async function isArray(payload: Readable): Promise<boolean> {
  if (!payload.readable) return false
  try {
    await once(payload, 'readable', { signal: AbortSignal.timeout(BODY_WITHIN_MS) })
  } catch (cause) {
    const { name } = cause as Error
    if (name === 'AbortError' || name === 'TimeoutError') {
      throw new ApiError(408, 'timeout', 'expected the body to arrive', { field: 'body' })
    }
    // Whoever sent it went away.
    throw new ApiError(400, 'malformed', 'expected the whole body, got a part', { field: 'body' })
  }
  const chunk = payload.read() as Buffer | null
  if (chunk === null) return false
  payload.unshift(chunk)
  // Of UTF-16 every other byte is nothing.
  return BEGINS_AN_ARRAY.test(chunk.toString('utf8').replaceAll('\u0000', ''))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError(400, 'malformed', 'expected the body to be JSON', { field: 'body' })
  }
}

export function noList(): ApiError {
  const message =
    'expected Content-Type: text/csv, application/x-ndjson or application/json, and rows, or from_contacts or from_campaign as JSON'
  return new ApiError(415, 'unsupported_media_type', message, { field: 'Content-Type' })
}
