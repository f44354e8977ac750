import type { FastifyReply } from 'fastify'
import { fieldWords } from '../domain/content/field-words.ts'
import { ApiError, headErrors } from './errors.ts'

/*
 * Our errors in the Cloud API's words, for clients that were written for it. They branch on `code`, so each of our refusals takes the
 * code Meta gives for the same mistake. Source: Meta, support/error-codes (read 2026-11).
 */

interface GraphAnswer {
  status: number
  code: number
  subcode?: number
  title: string
  isTransient?: true
}

const INVALID_PARAMETER: GraphAnswer = { status: 400, code: 100, title: 'Invalid parameter' }
const NO_SUCH_OBJECT: GraphAnswer = {
  status: 400,
  code: 100,
  subcode: 33,
  title: 'Unsupported request: no such object',
}
const UNAVAILABLE: GraphAnswer = { status: 503, code: 2, title: 'Service temporarily unavailable', isTransient: true }

const BY_CODE: Readonly<Record<string, GraphAnswer>> = {
  sender_unknown: NO_SUCH_OBJECT,
  template_unknown: { status: 404, code: 132001, title: 'Template name does not exist in the translation' },
  template_parameters: {
    status: 400,
    code: 132000,
    title: 'Number of parameters does not match the expected number of params',
  },
  unknown_path: { status: 404, code: 2500, title: 'Unknown path components' },
  unsupported: { status: 400, code: 3, title: 'Application does not have the capability to make this API call' },
}

const BY_STATUS: Readonly<Record<number, GraphAnswer>> = {
  401: { status: 401, code: 190, title: 'Invalid OAuth access token' },
  403: { status: 403, code: 200, title: 'Permissions error' },
  404: NO_SUCH_OBJECT,
  408: { ...INVALID_PARAMETER, status: 408 },
  409: { ...INVALID_PARAMETER, status: 409 },
  413: { ...INVALID_PARAMETER, status: 413 },
  415: { ...INVALID_PARAMETER, status: 415 },
  429: { status: 429, code: 4, title: 'Application request limit reached', isTransient: true },
  500: { status: 500, code: 1, title: 'An unknown error has occurred.' },
  502: UNAVAILABLE,
  503: UNAVAILABLE,
}

export function graphErrorBody(error: ApiError, requestId: string): { status: number; body: Record<string, unknown> } {
  const { status, code, subcode, title, isTransient } =
    BY_CODE[error.code] ?? BY_STATUS[error.status] ?? INVALID_PARAMETER
  const body = {
    error: {
      message: `(#${code}) ${title}`,
      type: 'OAuthException',
      code,
      ...(subcode === undefined ? {} : { error_subcode: subcode }),
      ...(isTransient ? { is_transient: true } : {}),
      error_data: { messaging_product: 'whatsapp', details: inTheClientsWords(error) },
      fbtrace_id: requestId,
    },
  }
  return { status, body }
}

export function sendGraphError(reply: FastifyReply, error: ApiError): FastifyReply {
  const { status, body } = graphErrorBody(error, reply.request.id)
  headErrors(reply, error)
  return reply.code(status).type('application/json; charset=utf-8').send(body)
}

/** Fields are named as the intent has them; the client wrote a flat body with `to` or `recipient` in it. */
function inTheClientsWords({ message, details: { field } }: ApiError): string {
  if (!field) return message
  if (field === 'message') return message.replace('expected message ', 'expected the body ')
  const theirs = field
    .replace(/^message\./, '')
    .replace(/^to\.wa_id$/, 'to')
    .replace(/^to\.user_id$/, 'recipient')
  return message.replaceAll(fieldWords(field), fieldWords(theirs))
}

export function unknownGraphPath(): ApiError {
  return new ApiError(404, 'unknown_path', 'expected a path of the Cloud API that Casement answers or passes on')
}
