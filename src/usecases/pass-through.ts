import type { Readable } from 'node:stream'
import type { Purview } from '../domain/access.ts'
import type { PassThroughAnswer, PassThroughRequest } from '../graph/pass-through.ts'
import type { OwnerOfToken } from '../store/accounts/sender-credentials.ts'
import { type Answer, done, refused } from './answer.ts'

export interface PassThroughIo {
  /** What is known of an id; `elsewhere` when it is another workspace's, or of a number that the caller may not use. */
  placeOf(purview: Purview, id: string): Promise<OwnerOfToken | 'elsewhere'>
  tokenFor(purview: Purview, owner: OwnerOfToken): Promise<string | null>
  send(request: PassThroughRequest): Promise<PassThroughAnswer>
}

/** A request of a drop-in client that is not ours to answer: media and templates. */
export interface ClientRequest {
  method: string
  /** Without the version segment. */
  path: string
  query: string
  headers: Record<string, string | string[] | undefined>
  body: Readable | null
  /** The phone number id, WABA id or media id that names whose token to use; null: any linked number of the caller's. */
  owner: string | null
}

export interface MetaAnswer {
  status: number
  headers: Record<string, string>
  body: Readable
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** Goes to Graph with a token of ours in place of the client's key. An answer of Graph is an answer, whatever its status. */
export async function passThrough(
  io: PassThroughIo,
  purview: Purview,
  request: ClientRequest,
): Promise<Answer<MetaAnswer>> {
  const method = METHODS.find((known) => known === request.method.toUpperCase())
  if (!method) {
    const message = `expected a method among ${METHODS.join(', ')}, got ${request.method}`
    return refused({ status: 400, code: 'invalid', message })
  }
  const accessToken = await findToken(io, purview, request)
  if (accessToken === null) {
    return refused({ status: 404, code: 'sender_unknown', message: 'expected a sender to be linked, found none' })
  }
  const answer = await io.send({
    method,
    path: request.path,
    query: new URLSearchParams(request.query),
    headers: request.headers,
    body: request.body,
    accessToken,
  })
  if (answer.kind === 'unreachable') {
    return refused({
      status: 502,
      code: 'graph_unreachable',
      message: `the Graph API could not be reached: ${answer.cause}`,
    })
  }
  return done({ status: answer.status, headers: joined(answer.headers), body: answer.body })
}

/**
 * The token of the number that is addressed, or of a number of the account. A media id belongs to a number that only Meta knows, so any
 * number of the caller's speaks for it. What is known to belong to somebody else is refused: Meta might let a token of ours see both.
 */
async function findToken(
  io: PassThroughIo,
  purview: Purview,
  { owner, path }: Pick<ClientRequest, 'owner' | 'path'>,
): Promise<string | null> {
  // A client may name a number of its own beside somebody else's path.
  const named = new Set([owner, /^\/(\d+)/.exec(path)?.[1]].filter((id) => typeof id === 'string'))
  const places = await Promise.all([...named].map((id) => io.placeOf(purview, id)))
  const known = places.find((place) => place !== 'elsewhere' && place.kind !== 'unknown')
  if (places.includes('elsewhere')) return null
  return io.tokenFor(purview, (known as OwnerOfToken | undefined) ?? { kind: 'unknown' })
}

function joined(headers: Record<string, string | string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )
}
