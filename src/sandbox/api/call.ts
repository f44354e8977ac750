import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Fault } from '../faults.ts'
import { GraphError } from '../graph-error.ts'
import type { Json, MediaRecord, NumberRecord, TemplateRecord, TokenRecord, WabaRecord } from '../records.ts'
import { isObject } from '../rules/shape.ts'
import type { World } from '../world.ts'

/** The object an id in a path stands for. */
export type Node =
  | { kind: 'number'; number: NumberRecord; waba: WabaRecord }
  | { kind: 'waba'; waba: WabaRecord }
  | { kind: 'template'; template: TemplateRecord; waba: WabaRecord }
  | { kind: 'media'; media: MediaRecord; waba: WabaRecord }

/** One authorised request to the Graph API. */
export type GraphCall = {
  world: World
  request: FastifyRequest
  reply: FastifyReply
  token: TokenRecord
  /** The account of the node that was called; empty for calls that have none. */
  wabaId: string
  fault: Fault | null
}

/** Finds the token in `Authorization: Bearer` or `?access_token=`; throws 104 without one, 190 for one that is no good. */
export function authorise(world: World, request: FastifyRequest): TokenRecord {
  const header = /^(?:Bearer|OAuth)\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const given = header?.trim() || queryOf(request).access_token
  if (!given) throw new GraphError(104, '')
  const token = world.ledger.tokens.get(given)
  if (!token) throw new GraphError(190, '')
  if (token.revoked) {
    throw new GraphError(190, '', {
      subcode: 460,
      message: 'Error validating access token: The session has been invalidated.',
    })
  }
  if (token.expiresAt !== null && token.expiresAt <= world.clock.now()) {
    const expired = new Date(token.expiresAt).toISOString()
    throw new GraphError(190, '', {
      subcode: 463,
      message: `Error validating access token: Session has expired on ${expired}.`,
    })
  }
  return token
}

/** The node of an id, if this token may see it. */
export function findNode(world: World, token: TokenRecord, id: string): Node | null {
  const node = lookUp(world, id)
  return node && (token.wabaIds === null || token.wabaIds.includes(node.waba.id)) ? node : null
}

function lookUp(world: World, id: string): Node | null {
  const { ledger } = world
  const number = ledger.numbers.get(id)
  if (number) return { kind: 'number', number, waba: ledger.wabaOf(number) }
  const waba = ledger.wabas.get(id)
  if (waba) return { kind: 'waba', waba }
  const template = ledger.templates.get(id)
  const owner = template && ledger.wabas.get(template.wabaId)
  if (template && owner) return { kind: 'template', template, waba: owner }
  const media = ledger.media.get(id)
  const uploader = media && ledger.numbers.get(media.phoneNumberId)
  if (media && uploader) return { kind: 'media', media, waba: ledger.wabaOf(uploader) }
  return null
}

export function expectScope(token: TokenRecord, scope: string): void {
  if (token.scopes.includes(scope)) return
  throw new GraphError(10, '', {
    message: `(#10) Application does not have permission for this action: ${scope} is missing`,
  })
}

/** The query; of a repeated name the last value. */
export function queryOf(request: FastifyRequest): Record<string, string> {
  const query = isObject(request.query) ? request.query : {}
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, String(Array.isArray(value) ? value.at(-1) : value)]),
  )
}

/**
 * The request's parameters: the body over the query. Bodies are JSON whatever their content type says, as some clients
 * say nothing; forms are read too, since the Graph API takes them. Chunked bodies need no `content-length`.
 */
export function bodyOf(request: FastifyRequest): Json {
  const known = bodies.get(request)
  if (known) return known
  const body = readBody(request)
  bodies.set(request, body)
  return body
}

const bodies = new WeakMap<FastifyRequest, Json>()

function readBody(request: FastifyRequest): Json {
  const raw = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : ''
  if (raw.trim() === '') return {}
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries([...new URLSearchParams(raw)].map(([name, value]) => [name, fromForm(value)]))
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(raw)
  } catch {
    throw new GraphError(100, 'The request body is not valid JSON.', { message: '(#100) Invalid parameter' })
  }
  if (!isObject(parsed)) throw new GraphError(100, 'The request body must be a JSON object.')
  return parsed
}

function fromForm(value: string): unknown {
  if (!/^[[{]/.test(value)) return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}

/** Names in a `fields` parameter, sub-selections such as `events{timestamp}` cut to their head. Null when not given. */
export function fieldsOf(query: Record<string, string>): string[] | null {
  if (!query.fields) return null
  const flat = query.fields.replace(/\{[^{}]*\}|\([^()]*\)/g, '').replace(/\{[^{}]*\}/g, '')
  return flat
    .split(/[,.]/)
    .map((name) => name.trim())
    .filter(Boolean)
}

/** The chosen fields of a node; `id` always comes along, names we do not know do not. */
export function pick(node: Json, fields: string[]): Json {
  return Object.fromEntries(
    [...new Set([...fields, 'id'])].filter((name) => node[name] !== undefined).map((name) => [name, node[name]]),
  )
}
