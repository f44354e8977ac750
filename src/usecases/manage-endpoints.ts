import type { Purview } from '../domain/access.ts'
import type { Doer } from '../domain/audit.ts'
import type { EndpointKind, IdChoice } from '../domain/endpoint.ts'
import { eventPatternsSchema, metaFieldsSchema, metaSecretSchema, standardSecretSchema } from '../domain/passing.ts'
import type { EndpointChanges, EndpointKeys, EndpointRead, NewEndpoint } from '../store/passing/endpoints.ts'
import { type Answer, done, invalid, unknown } from './answer.ts'
import { type Courier, isTaken, type Tried } from './courier.ts'

/* Endpoints, as whoever administers a workspace makes and steers them. */

export interface ManageEndpointsIo {
  /** Made, and told of everything from the answer on. */
  create(doer: Doer, endpoint: NewEndpoint): Promise<EndpointRead>
  list(purview: Purview): Promise<EndpointRead[]>
  read(purview: Purview, id: string): Promise<EndpointRead | null>
  keysOf(purview: Purview, id: string): Promise<EndpointKeys | null>
  update(doer: Doer, id: string, changes: EndpointChanges): Promise<EndpointRead | null>
  recordVerified(id: string, url: string, verified: boolean): Promise<void>
  pause(doer: Doer, id: string): Promise<EndpointRead | null>
  resume(doer: Doer, id: string): Promise<EndpointRead | null>
  /** False when there is none. */
  remove(doer: Doer, id: string): Promise<boolean>
  /** Those of the numbers that are linked and in the purview. */
  linkedAmong(purview: Purview, senders: readonly string[]): Promise<ReadonlySet<string>>
  /** What is wrong with an address to call, as "to be …"; null when nothing is. */
  problemWithUrl(url: string): string | null
  generateSecret(kind: EndpointKind): string
  courier: Courier
}

export interface EndpointRequest {
  url: string
  kind: EndpointKind
  senders?: readonly string[] | null | undefined
  events?: readonly string[] | null | undefined
  ids?: IdChoice | undefined
  secret?: string | undefined
  verify_token?: string | null | undefined
}

export type EndpointPatch = Omit<EndpointRequest, 'kind' | 'url'> & { url?: string | undefined }

/** The secret is in this answer and never again. The verify handshake is tried, and no reason to refuse. */
export async function createEndpoint(
  io: ManageEndpointsIo,
  caller: Doer,
  request: EndpointRequest,
): Promise<Answer<EndpointRead & { secret: string }>> {
  const { url, kind, ids = 'casement', secret = io.generateSecret(kind), verify_token: verifyToken = null } = request
  const senders = request.senders ?? caller.senders
  const wrong = await problem(io, caller, kind, { ...request, senders })
  if (wrong) return wrong
  const { workspace, actor } = caller
  const events = request.events ?? null
  const made = await io.create(caller, {
    workspace,
    url,
    kind,
    senders,
    events,
    ids,
    secret,
    verifyToken,
    createdBy: actor,
  })
  const verified = await tryHandshake(io, made.id, { url, verifyToken })
  return done({ ...made, verified, secret })
}

export async function listEndpoints(io: ManageEndpointsIo, purview: Purview): Promise<EndpointRead[]> {
  return io.list(purview)
}

export async function getEndpoint(io: ManageEndpointsIo, purview: Purview, id: string): Promise<Answer<EndpointRead>> {
  return found(await io.read(purview, id), id)
}

/** null forgets: no choice of numbers, no choice of events, no verify token. */
export async function updateEndpoint(
  io: ManageEndpointsIo,
  caller: Doer,
  id: string,
  patch: EndpointPatch,
): Promise<Answer<EndpointRead>> {
  const endpoint = await io.read(caller, id)
  if (endpoint === null) return unknownEndpoint(id)
  // Whoever sees only some numbers leaves nobody else's to be chosen.
  const senders = patch.senders === null ? caller.senders : patch.senders
  const wrong = await problem(io, caller, endpoint.kind, { ...patch, senders })
  if (wrong) return wrong
  const { url, events, ids, secret, verify_token: verifyToken } = patch
  return found(await io.update(caller, id, { url, senders, events, ids, secret, verifyToken }), id)
}

export async function removeEndpoint(io: ManageEndpointsIo, caller: Doer, id: string): Promise<Answer<null>> {
  return (await io.remove(caller, id)) ? done(null) : unknownEndpoint(id)
}

export async function pauseEndpoint(io: ManageEndpointsIo, caller: Doer, id: string): Promise<Answer<EndpointRead>> {
  return found(await io.pause(caller, id), id)
}

export async function resumeEndpoint(io: ManageEndpointsIo, caller: Doer, id: string): Promise<Answer<EndpointRead>> {
  return found(await io.resume(caller, id), id)
}

/** One delivery at once, of nothing that happened, whatever the endpoint's state; for `meta` the handshake too. */
export async function testEndpoint(
  io: ManageEndpointsIo,
  caller: Doer,
  id: string,
  now: string,
): Promise<Answer<{ delivered: boolean } & Tried>> {
  const keys = await io.keysOf(caller, id)
  if (keys === null) return unknownEndpoint(id)
  const parcel = { id: `test_${id}_${Date.parse(now)}`, body: JSON.stringify(sample(keys.kind, caller.workspace, now)) }
  const [tried] = await Promise.all([io.courier.deliver(keys, parcel), tryHandshake(io, id, keys)])
  return done({ delivered: isTaken(tried), ...tried })
}

/** Of Meta's shape, and about nothing that a bot would answer. There are SDKs that read the number first and fail where there is none. */
function sample(kind: EndpointKind, workspace: string, now: string): object {
  if (kind === 'events') return { type: 'endpoint.test', timestamp: now, data: { workspace } }
  const metadata = { display_phone_number: '0', phone_number_id: '0' }
  const change = { field: 'casement_test', value: { metadata, workspace } }
  const entry = { id: '0', time: Math.floor(Date.parse(now) / 1_000), changes: [change] }
  return { object: 'whatsapp_business_account', entry: [entry] }
}

async function tryHandshake(
  io: ManageEndpointsIo,
  id: string,
  { url, verifyToken }: Pick<EndpointKeys, 'url' | 'verifyToken'>,
): Promise<boolean | null> {
  if (verifyToken === null) return null
  const verified = await io.courier.handshake(url, verifyToken)
  await io.recordVerified(id, url, verified)
  return verified
}

async function problem(
  io: ManageEndpointsIo,
  purview: Purview,
  kind: EndpointKind,
  { url, senders, events, ids, secret, verify_token: verifyToken }: EndpointPatch,
): Promise<Answer<never> | null> {
  const wrongUrl = url === undefined ? null : io.problemWithUrl(url)
  if (wrongUrl !== null) return invalid('url', `expected url ${wrongUrl}`)
  if (senders) {
    const linked = await io.linkedAmong(purview, senders)
    const foreign = senders.findIndex((sender) => !linked.has(sender))
    if (foreign !== -1) {
      return invalid(
        `senders.${foreign}`,
        `expected senders.${foreign} to be a linked phone_number_id, got ${senders[foreign]}`,
      )
    }
  }
  const names = events ? (kind === 'meta' ? metaFieldsSchema : eventPatternsSchema).safeParse(events) : undefined
  const unfit = names?.error?.issues[0]
  if (unfit) {
    const field = ['events', ...unfit.path].join('.')
    return invalid(field, `expected ${field} ${unfit.message}`)
  }
  if (kind === 'events' && ids === 'meta') return invalid('ids', 'expected ids "meta" for the kind meta only')
  if (kind === 'events' && verifyToken) return invalid('verify_token', 'expected verify_token for the kind meta only')
  const fits = secret === undefined || (kind === 'meta' ? metaSecretSchema : standardSecretSchema).safeParse(secret)
  if (fits === true || fits.success) return null
  return invalid('secret', `expected secret ${fits.error.issues[0]?.message}`)
}

function found(endpoint: EndpointRead | null, id: string): Answer<EndpointRead> {
  return endpoint ? done(endpoint) : unknownEndpoint(id)
}

export function unknownEndpoint<T>(id: string): Answer<T> {
  return unknown('endpoint_unknown', `endpoint ${id}`)
}
