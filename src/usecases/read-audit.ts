import type { Principal } from '../domain/access.ts'
import type { ContactId, WorkspaceId } from '../domain/ids.ts'
import { type Instant, instant } from '../domain/time.ts'
import type { AuditRead, AuditSelection } from '../store/access/audit.ts'
import { type Answer, done, invalid } from './answer.ts'
import { decodeCursor, type Page, pageOf } from './paging.ts'
import { personKey } from './person-key.ts'

export interface ReadAuditIo {
  listAudit(selection: AuditSelection): Promise<AuditRead[]>
  /** The ids under which a person stands in the log: their own, and those of whom they were merged with. Empty for nobody. */
  idsOfContact(workspace: WorkspaceId, key: string): Promise<ContactId[]>
}

export interface AuditQuery {
  /** An actor's id. */
  who?: string | undefined
  /** A name, or `prefix.*`. */
  action?: string | undefined
  /** `kind` or `kind:id`; a contact by number or BSUID too. */
  object?: string | undefined
  /** ISO instants: at or after, before. */
  since?: string | undefined
  until?: string | undefined
  cursor?: string | undefined
  limit: number
}

/** Newest first. */
export async function listAudit(
  io: ReadAuditIo,
  caller: Principal,
  { who, action, object, since, until, cursor, limit }: AuditQuery,
): Promise<Answer<Page<AuditRead>>> {
  const after = decodeCursor(cursor, isIdKey)
  if (!after.ok) return after
  const named = await objectOf(io, caller, object)
  if (!named.ok) return named
  const rows = await io.listAudit({
    purview: caller,
    who: who ?? null,
    action: action ?? null,
    object: named.value,
    since: instantOf(since),
    until: instantOf(until),
    before: after.value?.[0] ?? null,
    limit: limit + 1,
  })
  return done(pageOf(rows, limit, ({ id }) => [id]))
}

async function objectOf(
  io: ReadAuditIo,
  { workspace }: Principal,
  text: string | undefined,
): Promise<Answer<AuditSelection['object']>> {
  if (text === undefined) return done(null)
  const [, kind = '', id = null] = /^([a-z_]+)(?::(.+))?$/.exec(text) ?? []
  if (kind === '')
    return invalid('object', 'expected object to be a kind, or kind:id, such as "sender:106540352242922"')
  if (id === null || kind !== 'contact') return done({ kind, ids: id === null ? null : [id] })
  const key = personKey(id)
  // As it stands in the log, too: that is all there is once the person is erased.
  return done({ kind, ids: [id, ...(key === null ? [] : await io.idsOfContact(workspace, key))] })
}

function instantOf(iso: string | undefined): Instant | null {
  return iso === undefined ? null : instant(Date.parse(iso))
}

function isIdKey(key: readonly unknown[]): key is [id: string] {
  return key.length === 1 && typeof key[0] === 'string' && /^\d{1,18}$/.test(key[0])
}
