import type { jsonSchemaTransformObject } from 'fastify-type-provider-zod'

type Document = ReturnType<typeof jsonSchemaTransformObject>

const PREFIX = '#/components/schemas/'

/**
 * The type provider lists every named schema twice, as a request reads it (`…Input`) and as an answer writes it. Most are only one of
 * the two: the unused half goes, and the half that stays takes the plain name.
 */
export function onlyUsedComponents(document: Document): Document {
  const { openapi, paths, components } = document as {
    openapi?: string
    paths?: unknown
    components?: { schemas?: Record<string, unknown> }
  }
  const schemas = components?.schemas
  if (openapi === undefined || schemas === undefined) return document

  const used = new Set<string>()
  const pending = referencesIn(paths)
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (used.has(name)) continue
    used.add(name)
    pending.push(...referencesIn(schemas[name]))
  }

  const plainName = (name: string) => {
    const plain = name.replace(/Input$/, '')
    return used.has(plain) ? name : plain
  }
  const kept = [...used].sort().map((name) => [plainName(name), schemas[name]])
  const text = JSON.stringify({ ...document, components: { ...components, schemas: Object.fromEntries(kept) } })
  return JSON.parse(text, (key, value) =>
    key === '$ref' && typeof value === 'string' ? PREFIX + plainName(value.slice(PREFIX.length)) : value,
  )
}

function referencesIn(value: unknown): string[] {
  const found = JSON.stringify(value ?? null).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)
  return [...found].map((match) => match[1] as string)
}
