import type { Readable } from 'node:stream'
import type { PassThroughAnswer, PassThroughRequest } from '../graph/pass-through.ts'
import type { OwnerOfToken } from '../store/accounts/sender-credentials.ts'
import { type Answer, done, refused } from './answer.ts'

export interface PassThroughIo {
  tokenOf(owner: OwnerOfToken): Promise<string | null>
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
  /** The phone number id, WABA id or media id that names whose token to use; null: any linked sender's. */
  owner: string | null
}

export interface MetaAnswer {
  status: number
  headers: Record<string, string>
  body: Readable
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** Goes to Graph with a token of ours in place of the client's key. An answer of Graph is an answer, whatever its status. */
export async function passThrough(io: PassThroughIo, request: ClientRequest): Promise<Answer<MetaAnswer>> {
  const method = METHODS.find((known) => known === request.method.toUpperCase())
  if (!method) {
    const message = `expected a method among ${METHODS.join(', ')}, got ${request.method}`
    return refused({ status: 400, code: 'invalid', message })
  }
  const accessToken = await findToken(io, request.owner)
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

/** The id alone does not say what it is the id of. A media id belongs to a number that only Meta knows, so any token is tried. */
async function findToken(io: PassThroughIo, id: string | null): Promise<string | null> {
  const owners: OwnerOfToken[] =
    id === null
      ? []
      : [
          { kind: 'sender', id },
          { kind: 'waba', id },
        ]
  for (const owner of owners) {
    const token = await io.tokenOf(owner)
    if (token !== null) return token
  }
  return io.tokenOf({ kind: 'anybody' })
}

function joined(headers: Record<string, string | string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )
}
