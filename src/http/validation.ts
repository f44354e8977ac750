import type { FastifySchemaCompiler } from 'fastify'
import type * as z from 'zod'
import { formatZodIssue, unstorableJson } from '../domain/content.ts'
import { ApiError, notFound } from './errors.ts'

/**
 * Checks one part of a request against its Zod schema. A path that cannot name anything is 404 like one that names nothing; the rest
 * is 400. An empty query value is no filter, as forms send it.
 */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (given: unknown) => {
    const input = httpPart === 'querystring' ? withoutEmpty(given) : given
    // First, since a schema is no match for a list of a million.
    const unstorable = unstorableJson(input)
    if (unstorable) {
      if (httpPart === 'params') return { error: notFound('expected the path to name something that exists') }
      const field = unstorable.path.map(String).join('.')
      return { error: new ApiError(400, 'invalid', `expected ${field || 'the body'} ${unstorable.message}`, { field }) }
    }
    const parsed = schema.safeParse(input, { reportInput: true })
    return parsed.success ? { value: parsed.data } : { error: refuse(parsed.error, input, httpPart) }
  }

/** For a route whose only input is a body that its use-case checks: the schema is there for the OpenAPI document. */
export const checkedByUseCase = () => (given: unknown) => ({ value: given })

/** The same for the body alone: path and query are checked here. */
export const bodyCheckedByUseCase = (route: { schema: unknown; httpPart?: string | undefined }) =>
  route.httpPart === 'body' ? checkedByUseCase() : validatorCompiler(route as Parameters<typeof validatorCompiler>[0])

/** Throws 400, for what is parsed inside a handler. */
export function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input, { reportInput: true })
  if (!parsed.success) throw refuse(parsed.error, input, 'body')
  return parsed.data
}

function refuse(error: z.ZodError, input: unknown, part: string | undefined): ApiError {
  if (part === 'params') return notFound('expected the path to name something that exists')
  // Fastify hands null to the validator of a body that is not there.
  if (part === 'body' && (input === null || input === undefined)) {
    return new ApiError(400, 'invalid', 'expected a JSON body, got none', { field: 'body' })
  }
  const { field, message } = formatZodIssue(error, { input })
  return new ApiError(400, 'invalid', message, { field: field || (part === 'querystring' ? 'query' : 'body') })
}

function withoutEmpty(query: unknown): unknown {
  return Object.fromEntries(Object.entries(query ?? {}).filter(([, value]) => value !== ''))
}
