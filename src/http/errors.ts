import type { FastifyReply } from 'fastify'
import type { SaidValues } from '../domain/said.ts'
import type { Answer, Refusal } from './services.ts'

export interface Problem {
  path: string
  /** Of a file, from 1: the line, and the cell of it in a list, the character in a document. */
  line?: number
  column?: number
  message: string
  hint?: string
  /** What the sentence says, whatever the language, and what is filled in. */
  code?: string
  values?: SaidValues
  hint_code?: string
  hint_values?: SaidValues
}

interface Details {
  field?: string | undefined
  problems?: Problem[] | undefined
  retryAt?: string | undefined
  /** Sent as `Retry-After`. */
  retryAfterS?: number | undefined
}

/** An answer that is an error. Handlers and hooks throw it; the error handlers are the one place that write it. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly details: Details

  constructor(status: number, code: string, message: string, details: Details = {}) {
    super(message)
    this.status = status
    this.code = code
    this.details = details
  }
}

export interface ErrorBody {
  error: { code: string; message: string; field?: string; problems?: Problem[]; retry_at?: string }
}

export function errorBody({ code, message, details }: ApiError): ErrorBody {
  const { field, problems, retryAt } = details
  return {
    error: {
      code,
      message,
      ...(field ? { field } : {}),
      ...(problems ? { problems } : {}),
      ...(retryAt ? { retry_at: retryAt } : {}),
    },
  }
}

/** The value of an answer; a refusal is thrown as what it becomes on the wire. */
export function unwrap<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value
  throw ofRefusal(answer.refusal)
}

export function ofRefusal({ status, code, message, field, problems, retryAt }: Refusal): ApiError {
  return new ApiError(status, code, message, { field, problems, retryAt })
}

/** The same words whether the key is missing, unknown or revoked: an answer must not tell which keys exist. */
export function unauthorized(): ApiError {
  return new ApiError(401, 'unauthorized', 'expected Authorization: Bearer with a valid API key')
}

export function notFound(message: string): ApiError {
  return new ApiError(404, 'not_found', message)
}

/** What Fastify refuses by itself. Its own messages are replaced: some quote the URL, which may hold a contact. */
const BY_FASTIFY_CODE: Readonly<
  Record<string, readonly [status: number, code: string, message: string, details?: Details]>
> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    413,
    'too_large',
    'expected a smaller body, see the limits in the documentation',
    { field: 'body' },
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    415,
    'unsupported_media_type',
    'expected Content-Type: application/json',
    { field: 'Content-Type' },
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'malformed', 'expected the body to be valid JSON', { field: 'body' }],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    400,
    'malformed',
    'expected Content-Length to be the length of the body',
    { field: 'Content-Length' },
  ],
  FST_ERR_MAX_PARAM_LENGTH: [404, 'not_found', 'expected the path to name something that exists'],
  FST_ERR_BAD_URL: [400, 'malformed', 'expected a path that is a valid URL encoding', { field: 'path' }],
}

/** Null when it is nobody's input: a bug, or a dependency that is away. */
export function toApiError(error: unknown): ApiError | null {
  if (error instanceof ApiError) return error
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown }
  const known = typeof code === 'string' ? BY_FASTIFY_CODE[code] : undefined
  if (known) return new ApiError(...known)
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new ApiError(statusCode, 'malformed', 'expected a well-formed request')
  }
  return null
}

/** The database is away, or this process lacks a secret that others have. Nothing is wrong with the request: the same one passes later. */
export function unavailable(): ApiError {
  return new ApiError(503, 'unavailable', 'what this needs does not answer at the moment; try again', {
    retryAfterS: RETRY_AFTER_S,
  })
}

const RETRY_AFTER_S = 5

/** What a caller may know of a failure that is ours; the log has the rest under the same id. */
export function internalError(requestId: string): ApiError {
  return new ApiError(500, 'internal', `unexpected failure; the log tells more under request ${requestId}`)
}

/** What an error says in headers. Where the rest of a body is not read, nothing else can come over that connection. */
export function headErrors(reply: FastifyReply, { status, details: { retryAfterS } }: ApiError): void {
  if (retryAfterS !== undefined) reply.header('retry-after', retryAfterS)
  if (status === 408 || status === 413) reply.header('connection', 'close')
}

export function sendError(reply: FastifyReply, error: ApiError): FastifyReply {
  headErrors(reply, error)
  return reply.code(error.status).type('application/json; charset=utf-8').send(errorBody(error))
}
