import type { ClientRequest } from './pass-through.ts'

/** What a client of the drop-in did to templates, once Meta has agreed. */
export type TemplateWrite =
  | { kind: 'made' | 'edited'; id: string }
  /** A name in all of its languages or in one, or these ids. */
  | { kind: 'deleted'; which: { name: string; id?: string } | { ids: string[] } }

/**
 * Null when it was none, or cannot be told. Ids come in the query, in the body, alone, as a list or as a list in JSON.
 * Source: Meta, templates/template-management, delete (read 2026-11).
 */
export function templateWriteOf(request: ClientRequest, answer: unknown): TemplateWrite | null {
  const { method, id, edge, kinds } = request
  if (method === 'POST' && kinds.includes('template') && id !== null) return { kind: 'edited', id }
  if (edge !== '/message_templates') return null
  if (method === 'POST') {
    const made = (answer as { id?: unknown } | null)?.id
    return typeof made === 'string' && isId(made) ? { kind: 'made', id: made } : null
  }
  if (method !== 'DELETE') return null
  const { name, hsm_id: one, hsm_ids: many } = { ...Object.fromEntries(request.query), ...bodyOf(request) }
  const ids = many === undefined ? [] : listOf(many)
  if (ids.length > 0) return { kind: 'deleted', which: { ids } }
  if (typeof name !== 'string') return null
  const only = one === undefined ? {} : { id: String(one) }
  return { kind: 'deleted', which: { name, ...only } }
}

/** Templates that a deletion names by their ids, in the query and in the body alike: Meta may heed either. */
export function idsToDelete(request: ClientRequest): string[] {
  if (request.method !== 'DELETE' || request.edge !== '/message_templates') return []
  const body = bodyOf(request)
  const named = ['hsm_id', 'hsm_ids'].flatMap((name) => [...request.query.getAll(name), body[name] ?? ''])
  return [...new Set(JSON.stringify(named).split(/[^0-9]+/))].filter(isId)
}

function bodyOf({ body }: ClientRequest): Record<string, unknown> {
  if (body?.kind !== 'bytes') return {}
  try {
    return JSON.parse(body.bytes.toString('utf8')) ?? {}
  } catch {
    return {}
  }
}

function listOf(ids: unknown): string[] {
  const list = Array.isArray(ids) ? ids.map(String) : String(ids).split(/[^0-9]+/)
  return list.filter(isId)
}

function isId(text: string): boolean {
  return /^\d{1,32}$/.test(text)
}
