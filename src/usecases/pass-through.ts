import type { Readable } from 'node:stream'
import { isInPurview, type Purview } from '../domain/access.ts'
import type {
  FileAnswer,
  FileRequest,
  PassThroughAnswer,
  PassThroughBody,
  PassThroughRequest,
} from '../graph/pass-through.ts'
import type { GraphObject, ObjectOwner } from '../store/accounts/graph-objects.ts'
import type { OwnerOfToken } from '../store/accounts/sender-credentials.ts'
import { type Answer, done, refused } from './answer.ts'
import { idsToDelete, type TemplateWrite, templateWriteOf } from './template-write.ts'

/*
 * What drop-in clients have done at Meta: media, templates, the profile. It goes with the token of the number or account that is
 * addressed, if that is linked in the caller's workspace, or it does not go.
 */

export interface PassThroughIo {
  /** What is known of an id; `elsewhere` when it is another workspace's, or of a number that the caller may not use; null: nothing. */
  placeOf(purview: Purview, id: string): Promise<GraphObject | 'elsewhere' | null>
  tokenFor(purview: Purview, owner: OwnerOfToken): Promise<string | null>
  call(request: PassThroughRequest): Promise<PassThroughAnswer>
  file(request: FileRequest): Promise<FileAnswer>
  /** Meta made this for us: later calls name it by its id alone. */
  remember(id: string, owner: ObjectOwner): Promise<void>
  /** Before the client hears of it, so that what it sends next is known. Never rejects. */
  templateWritten(wabaId: string, write: TemplateWrite): Promise<void>
  /** For the log, which may name hosts and ports; the client is told none of it. */
  failed(cause: string): void
}

export type ObjectKind = GraphObject['kind']

/** A request whose parts were chosen by the allow-list of its edge. */
export interface ClientRequest {
  method: 'GET' | 'POST' | 'DELETE'
  /** What the path begins with: digits. Null: the template library, which belongs to nobody. */
  id: string | null
  /** What the id may be. */
  kinds: readonly ObjectKind[]
  /** What follows in the path, with a slash in front; empty for the object itself. */
  edge: string
  query: URLSearchParams
  body: PassThroughBody | null
  /** What the answer's id is of, where Meta makes something: a medium is a number's, a template an account's. */
  makes: 'medium' | 'template' | null
}

export interface MetaAnswer {
  status: number
  headers: Record<string, string>
  json: unknown
  /** What the id turned out to be. */
  kind: ObjectKind | null
}

export interface MetaFile {
  status: number
  headers: Record<string, string>
  body: Readable
}

/** Members of a medium. Of an id that only its client places, nothing else is told: it might be any other object that the token sees. */
const MEDIUM = ['messaging_product', 'url', 'mime_type', 'sha256', 'file_size', 'id', 'success', 'error']

/** An answer of Graph is an answer, whatever its status. */
export async function passThrough(
  io: PassThroughIo,
  purview: Purview,
  request: ClientRequest,
): Promise<Answer<MetaAnswer>> {
  const found = await findToken(io, purview, request)
  if (!found.ok) return found
  const { kind, owner, accessToken } = found.value
  const misplaced = await templatesElsewhere(io, purview, request, owner)
  if (misplaced) return misplaced
  const answer = await io.call({
    method: request.method,
    path: `${request.id === null ? '' : `/${request.id}`}${request.edge}`,
    query: request.query,
    body: request.body,
    accessToken,
    share: purview.workspace,
  })
  if (answer.kind !== 'json') return refused(refusalOf(io, answer))
  const { status, headers } = answer
  const json = kind === 'medium' ? onlyMembers(answer.json, MEDIUM) : inSight(answer.json, purview, request.edge)
  if (status >= 200 && status < 300 && owner !== null) await learn(io, request, owner, json)
  return done({ status, headers, json, kind })
}

/** The file behind a medium's id: Meta's address of it is asked for, and never the client's to choose. */
export async function downloadMedium(
  io: PassThroughIo,
  purview: Purview,
  { id, query, range }: { id: string; query: URLSearchParams; range: string | null },
): Promise<Answer<MetaAnswer | MetaFile>> {
  const asked: ClientRequest = { method: 'GET', id, kinds: ['medium'], edge: '', query, body: null, makes: null }
  const found = await findToken(io, purview, asked)
  if (!found.ok) return found
  const about = await passThrough(io, purview, asked)
  if (!about.ok || about.value.status !== 200) return about
  const { url } = about.value.json as { url?: unknown }
  const { accessToken } = found.value
  const file = await io.file({ url: String(url), range, accessToken, share: purview.workspace })
  if (file.kind === 'file') return done(file)
  return refused(refusalOf(io, file.kind === 'foreign' ? { kind: 'unreadable', cause: 'a file elsewhere' } : file))
}

interface Found {
  kind: ObjectKind | null
  owner: ObjectOwner | null
  accessToken: string
}

/**
 * The token of the number that is addressed, or of a number of the account. A medium belongs to the number that uploaded or received it;
 * where nobody remembers which, the client names it, and Meta checks that. What belongs to somebody else is refused as if it did not
 * exist: Meta might let a token of ours see both.
 */
async function findToken(io: PassThroughIo, purview: Purview, request: ClientRequest): Promise<Answer<Found>> {
  const { id, kinds, query } = request
  const named = query.get('phone_number_id')
  const number = named === null ? null : await io.placeOf(purview, named)
  if (named !== null && (number === 'elsewhere' || number?.kind !== 'number')) return noSuchObject()
  if (id === null) {
    const accessToken = await io.tokenFor(purview, number ? ownerOf(number as GraphObject) : { kind: 'any' })
    return accessToken === null ? noSuchObject() : done({ kind: null, owner: null, accessToken })
  }
  const known = await io.placeOf(purview, id)
  if (known === 'elsewhere') return noSuchObject()
  const place: GraphObject | null =
    known ?? (number && kinds.includes('medium') ? { kind: 'medium', phoneNumberId: named as string } : null)
  if (place === null) return noSuchObject()
  if (!kinds.includes(place.kind)) {
    const message = `expected a ${kinds.join(', ')} id for this request, got that of a ${place.kind}`
    return refused({ status: 400, code: 'unsupported', message, field: 'id' })
  }
  const owner = ownerOf(place)
  const accessToken = await io.tokenFor(purview, owner)
  if (accessToken === null) return noSuchObject()
  return done({ kind: place.kind, owner, accessToken })
}

/** Meta deletes that many by one request. Source: Meta, templates/template-management, delete (read 2026-11). */
const MOST_DELETED = 100

/** A deletion stands on an account and names templates beside it: what our token may see of others is nobody's to delete there. */
async function templatesElsewhere(
  io: Pick<PassThroughIo, 'placeOf'>,
  purview: Purview,
  request: ClientRequest,
  owner: ObjectOwner | null,
): Promise<Answer<never> | null> {
  const ids = idsToDelete(request)
  if (ids.length > MOST_DELETED) {
    const message = `expected at most ${MOST_DELETED} templates to be deleted at once, got ${ids.length}`
    return refused({ status: 400, code: 'unsupported', message, field: 'hsm_ids' })
  }
  for (const id of ids) {
    const place = await io.placeOf(purview, id)
    const isElsewhere = place === 'elsewhere' || (place !== null && 'wabaId' in place && place.wabaId !== owner?.id)
    if (isElsewhere) return noSuchObject()
  }
  return null
}

function ownerOf(place: GraphObject): ObjectOwner {
  return place.kind === 'number' || place.kind === 'medium'
    ? { kind: 'sender', id: place.phoneNumberId }
    : { kind: 'waba', id: place.wabaId }
}

function noSuchObject(): Answer<never> {
  const message =
    'expected the id of a linked number, of its account, or of a template or medium of theirs; beside the id of a medium, phone_number_id says whose it is'
  return refused({ status: 404, code: 'sender_unknown', message, field: 'id' })
}

async function learn(io: PassThroughIo, request: ClientRequest, owner: ObjectOwner, json: unknown): Promise<void> {
  const { id } = (json ?? {}) as { id?: unknown }
  if (request.makes !== null && typeof id === 'string' && /^\d{1,32}$/.test(id)) await io.remember(id, owner)
  const write = owner.kind === 'waba' ? templateWriteOf(request, json) : null
  if (write !== null && owner.kind === 'waba') await io.templateWritten(owner.id, write)
}

/** An account lists all of its numbers; who is for some of them sees those. */
function inSight(json: unknown, purview: Purview, edge: string): unknown {
  const { data } = (json ?? {}) as { data?: unknown }
  if (edge !== '/phone_numbers' || purview.senders === null || !Array.isArray(data)) return json
  return {
    ...(json as object),
    data: data.filter((one) => isInPurview(purview, String((one as { id?: unknown } | null)?.id))),
  }
}

function onlyMembers(json: unknown, names: readonly string[]): unknown {
  if (typeof json !== 'object' || json === null) return {}
  return Object.fromEntries(Object.entries(json).filter(([name]) => names.includes(name)))
}

function refusalOf(
  io: PassThroughIo,
  failed: Exclude<PassThroughAnswer, { kind: 'json' }>,
): Parameters<typeof refused>[0] {
  switch (failed.kind) {
    case 'busy':
      return { status: 503, code: 'busy', message: 'too many uploads, downloads and calls at once; try again' }
    case 'cut':
      if (failed.why === 'foreign') {
        const message = 'expected the form to have a file, and its type and messaging_product at most'
        return { status: 400, code: 'invalid', message, field: 'file' }
      }
      return failed.why === 'slow'
        ? { status: 408, code: 'timeout', message: 'expected the body to keep arriving, and to end in time' }
        : { status: 413, code: 'too_large', message: 'expected a file of at most 100 MiB' }
    case 'unreachable':
      io.failed(failed.cause)
      return { status: 502, code: 'graph_unreachable', message: 'the Graph API could not be reached; try again' }
    case 'unreadable':
      io.failed(failed.cause)
      return { status: 502, code: 'graph_unclear', message: 'the Graph API gave no answer that can be read; try again' }
  }
}
