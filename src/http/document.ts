import type * as z from 'zod'
import { errorView } from './views.ts'

/*
 * Words for the OpenAPI document that every route needs. Responses are typed `unknown`: they describe, they do not check (see views.ts).
 */

/** One JSON answer. */
export function json(description: string, schema: z.ZodType): unknown {
  return { description, content: { 'application/json': { schema } } }
}

export function textual(description: string, type: string, schema: z.ZodType): unknown {
  return { description, content: { [type]: { schema } } }
}

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'Malformed or invalid; `field` says where.',
  401: 'No key, or no valid one.',
  403: "The key's scope does not cover this.",
  404: 'Unknown.',
  409: 'Conflicts with the present state.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  422: 'A document with problems, all of them listed.',
  500: 'Our failure.',
  502: 'Meta refused or did not answer.',
  503: 'A dependency is away.',
}

/** The error answers of a route, in the one shape. */
export function errors(...statuses: number[]): Record<number, unknown> {
  return Object.fromEntries(statuses.map((status) => [status, json(DESCRIPTIONS[status] ?? 'Error.', errorView)]))
}

/** Every route under /v1 may answer these. */
export const forKey = [401, 403] as const
/** Every route with a JSON body may answer these. */
export const forBody = [400, 413, 415] as const
