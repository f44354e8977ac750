import * as z from 'zod'
import { createHttpServer } from '../../src/http/server.ts'
import { createLogger } from '../../src/log.ts'
import { fakeServices } from '../http/fake-services.ts'

/* What the OpenAPI document says of the events that endpoints are sent. */

type Schema = Record<string, unknown> & { $ref?: string; properties?: Record<string, Schema>; items?: Schema }
interface Document {
  webhooks: Record<string, { post: { requestBody: { content: { 'application/json': { schema: Schema } } } } }>
  components: { schemas: Record<string, Schema> }
}

export interface ToldDocument {
  names: string[]
  /** What is wrong with a body, by the schema of its `type`: also members that are in no schema. */
  problemsOf(body: string): string[]
}

const PREFIX = '#/components/schemas/'

export async function readToldDocument(): Promise<ToldDocument> {
  const logger = createLogger({ level: 'silent', destination: { write() {} } })
  const app = await createHttpServer({ services: fakeServices().services, logger })
  const document = (await app.inject({ method: 'GET', url: '/openapi.json' })).json() as Document
  await app.close()
  const schemaOf = (name: string) => document.webhooks[name]?.post.requestBody.content['application/json'].schema
  const { schemas } = document.components
  const checks = new Map<string, z.ZodType>()

  function checkOf(name: string, schema: Schema): z.ZodType {
    const known = checks.get(name)
    if (known) return known
    const text = JSON.stringify({ ...schema, $defs: schemas }).replaceAll(PREFIX, '#/$defs/')
    const check = z.fromJSONSchema(JSON.parse(text))
    checks.set(name, check)
    return check
  }

  /** All that a schema is made of. */
  function partsOf(schema: Schema): Schema[] {
    const inner = ['allOf', 'anyOf', 'oneOf'].flatMap((key) => (schema[key] as Schema[] | undefined) ?? [])
    const named = schema.$ref === undefined ? [] : [schemas[schema.$ref.slice(PREFIX.length)] as Schema]
    return [schema, ...[...inner, ...named].flatMap(partsOf)]
  }

  function unnamedIn(value: unknown, schema: Schema, path: string): string[] {
    const parts = partsOf(schema)
    if (Array.isArray(value)) {
      const items = parts.flatMap(({ items }) => items ?? [])
      return items.length === 0
        ? []
        : value.flatMap((one, index) => unnamedIn(one, { anyOf: items }, `${path}.${index}`))
    }
    // What names no members is open, as what is Meta's own is.
    const properties = parts.flatMap(({ properties = {} }) => (Object.keys(properties).length > 0 ? [properties] : []))
    if (typeof value !== 'object' || value === null || properties.length === 0) return []
    return Object.entries(value).flatMap(([name, inner]) => {
      const found = properties.flatMap((some) => some[name] ?? [])
      return found.length === 0
        ? [`${path}.${name} is in no schema`]
        : unnamedIn(inner, { anyOf: found }, `${path}.${name}`)
    })
  }

  return {
    names: Object.keys(document.webhooks),
    problemsOf(text) {
      const body = JSON.parse(text)
      const schema = schemaOf(body.type)
      if (schema === undefined) return [`${body.type} is not in the document`]
      const { error } = checkOf(body.type, schema).safeParse(body)
      const wrong = error ? [z.prettifyError(error)] : []
      return [...wrong, ...unnamedIn(body, schema, body.type)]
    },
  }
}
