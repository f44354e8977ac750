import type { jsonSchemaTransformObject } from 'fastify-type-provider-zod'

type Document = ReturnType<typeof jsonSchemaTransformObject>
type Named = Record<string, object>

const PREFIX = '#/components/schemas/'

/**
 * The type provider lists every named schema twice, as a request reads it (`…Input`) and as an answer writes it. Most are only one of
 * the two: the unused half goes, and the half that stays takes the plain name. `additions` are put into the schemas of that name.
 */
export function onlyUsedComponents(document: Document, additions: Named): Document {
  const { paths, webhooks, components } = document as {
    paths?: unknown
    webhooks?: unknown
    components?: { schemas?: Named }
  }
  const schemas = components?.schemas ?? {}
  const used = namesUsed([paths, webhooks], schemas)
  const plainName = (name: string) => {
    const plain = name.replace(/Input$/, '')
    return used.has(plain) ? name : plain
  }
  const kept = [...used].sort().map((name) => [plainName(name), { ...schemas[name], ...additions[plainName(name)] }])
  const text = JSON.stringify({ ...document, components: { ...components, schemas: Object.fromEntries(kept) } })
  return JSON.parse(text, (key, value) =>
    key === '$ref' && typeof value === 'string' ? PREFIX + plainName(value.slice(PREFIX.length)) : value,
  )
}

/** By the paths and webhooks, or by a schema that they use. */
function namesUsed(paths: unknown, schemas: Named): ReadonlySet<string> {
  const used = new Set<string>()
  const pending = referencesIn(paths)
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (used.has(name)) continue
    used.add(name)
    pending.push(...referencesIn(schemas[name]))
  }
  return used
}

function referencesIn(value: unknown): string[] {
  const found = JSON.stringify(value ?? null).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)
  return [...found].map((match) => match[1] as string)
}
