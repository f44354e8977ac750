import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import { createGraphClient } from '../../src/graph/client.ts'
import type { Caller } from '../../src/http/services.ts'
import type { GraphObject, ObjectOwner } from '../../src/store/accounts/graph-objects.ts'
import { downloadMedium, type PassThroughIo, passThrough } from '../../src/usecases/pass-through.ts'
import { ANOTHER, CALLER, HERE } from '../support/access.ts'
import { QUERY_KEY, SENDER, WABA } from './fake-services.ts'
import { type Harness, startServer } from './harness.ts'

/*
 * The drop-in with everything behind it but the database: the real routes, the real use-case, the real connections, and in place of Meta
 * a server that writes down what reaches it. Two workspaces, each with a number, an account, a template and a medium.
 */

export const KEYS = {
  read: 'key-read-of-here-0123456789',
  send: 'key-send-of-here-0123456789',
  admin: 'key-admin-of-here-012345678',
  another: 'key-admin-of-another-01234567',
}

export const HERES = { number: SENDER, account: WABA, template: '594425479261596', medium: '4490709327384033' }
export const OTHERS = {
  number: '206540352242922',
  account: '202290129340398',
  template: '294425479261596',
  medium: '2490709327384033',
}
export const TOKENS = { here: 'EAAGtokenOfHere0123456789', another: 'EAAGtokenOfAnother0123456' }

export interface Reached {
  method: string
  /** As it stood on the wire. */
  url: string
  headers: IncomingHttpHeaders
  body: string
}

export interface DropInWorld extends Harness {
  /** What Meta was asked, in order. */
  reached: Reached[]
  url: string
}

type Workspace = keyof typeof TOKENS
const OBJECTS: Record<string, { workspace: Workspace; object: GraphObject }> = Object.fromEntries(
  (
    [
      ['here', HERES],
      ['another', OTHERS],
    ] as const
  ).flatMap(([workspace, ids]) => [
    [ids.number, { workspace, object: { kind: 'number', phoneNumberId: ids.number } }],
    [ids.account, { workspace, object: { kind: 'account', wabaId: ids.account } }],
    [ids.template, { workspace, object: { kind: 'template', wabaId: ids.account } }],
    [ids.medium, { workspace, object: { kind: 'medium', phoneNumberId: ids.number } }],
  ]),
)

export async function startDropIn(
  answer: (request: Reached) => unknown = () => ({ success: true }),
): Promise<DropInWorld> {
  const reached: Reached[] = []
  const meta = createServer(async (request, reply) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = '', url = '', headers } = request
    const one = { method, url, headers, body: Buffer.concat(chunks).toString('latin1') }
    reached.push(one)
    reply.setHeader('content-type', 'application/json; charset=UTF-8')
    reply.setHeader('set-cookie', 'theirs=1')
    reply.end(JSON.stringify(answer(one)))
  })
  meta.listen(0, '127.0.0.1')
  await once(meta, 'listening')
  const baseUrl = `http://127.0.0.1:${(meta.address() as AddressInfo).port}`
  const graph = createGraphClient({ baseUrl, version: 'v25.0', timeoutMs: 5_000 })
  onTestFinished(async () => {
    await graph.destroy()
    meta.closeAllConnections()
    meta.close()
  })

  const remembered = new Map<string, ObjectOwner>()
  const workspaceOf = (workspace: string): Workspace => (workspace === HERE.workspace ? 'here' : 'another')
  const io: PassThroughIo = {
    ...graph.passThrough,
    async placeOf({ workspace }, id) {
      const known = OBJECTS[id]
      if (known) return known.workspace === workspaceOf(workspace) ? known.object : 'elsewhere'
      const owner = remembered.get(id)
      if (owner?.kind !== 'sender') return null
      const isMine = OBJECTS[owner.id]?.workspace === workspaceOf(workspace)
      return isMine ? { kind: 'medium', phoneNumberId: owner.id } : 'elsewhere'
    },
    tokenFor: async ({ workspace }) => TOKENS[workspaceOf(workspace)],
    remember: async (id, owner) => void remembered.set(id, owner),
    templateWritten: async () => {},
    failed: () => {},
  }
  const callers: Record<string, Caller> = {
    [KEYS.read]: { ...CALLER, scopes: ['read'] },
    [KEYS.send]: { ...CALLER, scopes: ['send'] },
    [KEYS.admin]: { ...CALLER, scopes: ['admin'] },
    [KEYS.another]: { ...CALLER, ...ANOTHER, scopes: ['admin'] },
    [QUERY_KEY]: { ...CALLER, scopes: ['admin'], allowQuery: true, senders: [SENDER as PhoneNumberId] },
  }
  const server = await startServer({
    authenticate: async (key) => callers[key] ?? null,
    passThrough: (caller, request) => passThrough(io, caller, request),
    downloadMedium: (caller, request) => downloadMedium(io, caller, request),
  })
  const url = await server.app.listen({ host: '127.0.0.1', port: 0 })
  return { ...server, reached, url }
}
