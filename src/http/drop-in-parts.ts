import type { FastifyRequest } from 'fastify'
import { dropNulls } from '../domain/content.ts'
import { ApiError } from './errors.ts'
import { type Edge, FIELDS, LEFT_OUT, MODIFIERS } from './graph-edges.ts'
import { GRAPH_PREFIX } from './graph-paths.ts'

/*
 * The parts of a drop-in request, each read by its own narrow rule. What is handed on is put together from what these functions answer,
 * so what they do not answer does not travel.
 */

const SEGMENT = /^[A-Za-z0-9_]{1,128}$/
const ID = /^\d{1,32}$/
const MAX_QUERY = 8 * 1024

function invalid(field: string, message: string): ApiError {
  return new ApiError(400, 'invalid', message, { field })
}

/** Throws 400 for a path with anything but ids and words in it: dots, escapes, empty segments. They are read in more than one way. */
export function requirePlainPath(request: FastifyRequest): void {
  const [path = ''] = request.url.slice(GRAPH_PREFIX.length).split('?')
  const plain = path
    .replace(/\/$/, '')
    .split('/')
    .slice(1)
    .every((segment) => SEGMENT.test(segment))
  if (!plain) throw invalid('path', 'expected path to be ids and names of edges, without dots, escapes or other signs')
}

/** Throws 404, as Graph answers a path that begins with no id. */
export function isGraphId(text: string | undefined): text is string {
  return text !== undefined && ID.test(text)
}

/** The query of the edge. Throws 400, naming what may not be there: Graph takes orders from a query (`method`, `batch`, `callback`). */
export function readQuery(request: FastifyRequest, { query: allowed = [] }: Edge): URLSearchParams {
  const [, text = ''] = request.url.split(/\?(.*)/s)
  if (text.length > MAX_QUERY) throw invalid('query', `expected the query to be at most ${MAX_QUERY} characters`)
  const kept = new URLSearchParams()
  for (const [name, value] of new URLSearchParams(text)) {
    if (LEFT_OUT.includes(name)) continue
    const shown = shownName(name)
    if (!allowed.includes(name))
      throw invalid(shown, `expected the query not to have ${shown}: it is not handed on to Meta`)
    if (kept.has(name)) throw invalid(shown, `expected ${shown} to be there once`)
    if (isUnprintable(value)) throw invalid(shown, `expected ${shown} to be text without control characters`)
    if (name === 'phone_number_id' && !ID.test(value)) throw invalid(shown, `expected ${shown} to be digits`)
    if (name === 'fields') requireKnownFields(value)
    kept.set(name, value)
  }
  return kept
}

/** Throws 400 for a field that is not on the list; what it says stays within the characters that Graph's own examples have. */
function requireKnownFields(fields: string): void {
  if (!/^[\w\s,.:;(){}[\]"'+-]*$/.test(fields))
    throw invalid('fields', 'expected fields to be names, commas and braces')
  for (const [found, dot, name = '', opened] of fields.matchAll(/(\.\s*)?([A-Za-z_]\w*)(\s*\()?/g)) {
    const isModifier = dot !== undefined && opened !== undefined && MODIFIERS.has(name)
    const isValue = found === name && /^[A-Z][A-Z0-9_]*$/.test(name)
    if (!isModifier && !isValue && !FIELDS.has(name)) {
      throw invalid('fields', `expected fields not to name ${shownName(name)}: it is not handed on to Meta`)
    }
  }
}

/**
 * The body of an edge that takes one, as JSON for Meta; null for none. A form is read as what it says, a member in JSON as JSON. Throws
 * 400, naming what may not be there.
 */
export function readMembers(body: unknown, { members = [] }: Edge): { type: string; bytes: Buffer } | null {
  if (body === undefined || body === null) return null
  if (typeof body !== 'object' || Array.isArray(body)) throw invalid('body', 'expected the body to be a JSON object')
  const kept = Object.entries(dropNulls(body) as object).filter(([name]) => !LEFT_OUT.includes(name))
  for (const [name] of kept) {
    const shown = shownName(name)
    if (!members.includes(name))
      throw invalid(shown, `expected the body not to have ${shown}: it is not handed on to Meta`)
  }
  if (kept.length === 0 && members.length === 0) return null
  return { type: 'application/json', bytes: Buffer.from(JSON.stringify(Object.fromEntries(kept))) }
}

/** `application/x-www-form-urlencoded`, which Graph takes in place of JSON. Throws 400 for a name that is there twice. */
export function readForm(text: string): Record<string, unknown> {
  const form: Record<string, unknown> = {}
  for (const [name, value] of new URLSearchParams(text)) {
    if (Object.hasOwn(form, name) || name === '__proto__') {
      throw invalid(shownName(name), `expected ${shownName(name)} to be there once`)
    }
    form[name] = readFormValue(value)
  }
  return form
}

function readFormValue(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function isUnprintable(text: string): boolean {
  return /\p{Cc}/u.test(text) || !text.isWellFormed()
}

/** A name as it may stand in a message: somebody may have put anything there. */
function shownName(name: string): string {
  return /^[A-Za-z_][\w.[\]-]{0,63}$/.test(name) ? name : 'that name'
}
