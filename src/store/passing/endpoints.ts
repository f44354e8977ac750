import { type RawBuilder, sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Actor, Purview } from '../../domain/access.ts'
import {
  type EndpointKind,
  type EndpointReason,
  type EndpointState,
  type IdChoice,
  topicsOf,
} from '../../domain/endpoint.ts'
import type { WorkspaceId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import { ofEndpoint, type TokenVault } from '../accounts/token-vault.ts'
import type { Db } from '../pg/postgres.ts'
import { beginAnew, letGo } from './let-go.ts'

/** As it is shown: without the secret, which only the answer to its making has. */
export interface EndpointRead {
  id: string
  workspace: WorkspaceId
  url: string
  kind: EndpointKind
  senders: string[] | null
  events: string[] | null
  ids: IdChoice
  verified: boolean | null
  state: EndpointState
  reason: EndpointReason | null
  created_by: Actor
  created_at: Instant
}

export interface NewEndpoint {
  workspace: WorkspaceId
  url: string
  kind: EndpointKind
  senders: readonly string[] | null
  events: readonly string[] | null
  ids: IdChoice
  secret: string
  verifyToken: string | null
  createdBy: Actor
}

/** Undefined: as it is. */
export interface EndpointChanges {
  url?: string | undefined
  senders?: readonly string[] | null | undefined
  events?: readonly string[] | null | undefined
  ids?: IdChoice | undefined
  secret?: string | undefined
  verifyToken?: string | null | undefined
}

/** What it takes to speak to one. */
export interface EndpointKeys {
  url: string
  kind: EndpointKind
  secret: string
  verifyToken: string | null
}

const columns = sql`e.id, e.workspace, e.url, e.kind, e.senders, e.events, e.ids, e.verified, e.state, e.created_by, e.created_at,
  case when e.reason_code is not null then jsonb_build_object('code', e.reason_code, 'text', e.reason_text) end as reason`

export type EndpointStore = ReturnType<typeof endpointStore>

/** In the transaction that `db` is. */
export function endpointStore(db: Db, vault: TokenVault) {
  return {
    /** Whoever tells what it listens to sees it from the commit on. */
    async create(endpoint: NewEndpoint): Promise<EndpointRead> {
      const id = uuidv7()
      const { verifyToken } = endpoint
      const { rows } = await sql<EndpointRead>`
        insert into webhook_endpoints as e (id, workspace, url, kind, senders, events, ids, sealed_secret, sealed_verify_token, created_by)
        values (${id}::uuid, ${endpoint.workspace}, ${endpoint.url}, ${endpoint.kind}, ${endpoint.senders}::text[],
          ${endpoint.events}::text[], ${endpoint.ids}, ${vault.seal(endpoint.secret, ofEndpoint(id))},
          ${verifyToken === null ? null : vault.seal(verifyToken, ofEndpoint(id))}, ${JSON.stringify(endpoint.createdBy)}::jsonb)
        returning ${columns}`.execute(db)
      const made = rows[0] as EndpointRead
      await listen(db, made)
      return made
    },

    /** The oldest first. */
    async list(purview: Purview): Promise<EndpointRead[]> {
      const { rows } = await sql<EndpointRead>`
        select ${columns} from webhook_endpoints e where ${seenBy(purview)} order by e.id`.execute(db)
      return rows
    },

    async read(purview: Purview, id: string): Promise<EndpointRead | null> {
      const { rows } = await sql<EndpointRead>`
        select ${columns} from webhook_endpoints e where e.id = ${id}::uuid and ${seenBy(purview)}`.execute(db)
      return rows[0] ?? null
    },

    /** Throws `TokenVaultError` where the secret was sealed with another key. */
    async keysOf(purview: Purview, id: string): Promise<EndpointKeys | null> {
      const { rows } = await sql<SealedRow>`
        select e.url, e.kind, e.sealed_secret, e.sealed_verify_token from webhook_endpoints e
        where e.id = ${id}::uuid and ${seenBy(purview)}`.execute(db)
      const row = rows[0]
      if (!row) return null
      return {
        url: row.url,
        kind: row.kind,
        secret: vault.open(row.sealed_secret, ofEndpoint(id)),
        verifyToken: row.sealed_verify_token === null ? null : vault.open(row.sealed_verify_token, ofEndpoint(id)),
      }
    },

    async update(purview: Purview, id: string, changes: EndpointChanges): Promise<EndpointRead | null> {
      const { rows } = await sql<EndpointRead>`
        update webhook_endpoints e set ${sql.join([sql`id = e.id`, ...assignments(vault, id, changes)])}
        where e.id = ${id}::uuid and ${seenBy(purview)} returning ${columns}`.execute(db)
      const updated = rows[0] ?? null
      if (updated) {
        await listen(db, updated)
        // What failed there, or with that secret, says nothing about what it is now.
        if (changes.url !== undefined || changes.secret !== undefined) await beginAnew(db, id)
      }
      return updated
    },

    /** Unless it is at another address by now. */
    async recordVerified(id: string, url: string, verified: boolean): Promise<void> {
      await sql`
        update webhook_endpoints set verified = ${verified}
        where id = ${id}::uuid and kind = 'meta' and url = ${url}`.execute(db)
    },

    /** What is kept for it waits. */
    async pause(purview: Purview, id: string, reason: EndpointReason): Promise<EndpointRead | null> {
      return moved(purview, id, 'paused', reason)
    },

    /** What was kept goes at once. */
    async resume(purview: Purview, id: string): Promise<EndpointRead | null> {
      const resumed = await moved(purview, id, 'active', null)
      if (resumed) await beginAnew(db, id)
      return resumed
    },

    /** False when there is none. Its deliveries go by and by. */
    async remove(purview: Purview, id: string): Promise<boolean> {
      const removed = await sql`
        update webhook_endpoints e set deleted_at = casement_now() where e.id = ${id}::uuid and ${seenBy(purview)}`.execute(
        db,
      )
      if (removed.numAffectedRows !== 1n) return false
      await sql`delete from news_readers where id = ${id}::uuid`.execute(db)
      await letGo(db, id)
      return true
    },
  }

  async function moved(
    purview: Purview,
    id: string,
    state: EndpointState,
    reason: EndpointReason | null,
  ): Promise<EndpointRead | null> {
    const { rows } = await sql<EndpointRead>`
      update webhook_endpoints e set state = ${state}, reason_code = ${reason?.code ?? null}, reason_text = ${reason?.text ?? null},
        asks_since = case when e.state = 'gone' then casement_now() else e.asks_since end
      where e.id = ${id}::uuid and ${seenBy(purview)} returning ${columns}`.execute(db)
    const endpoint = rows[0] ?? null
    // Also one that was gone and is only paused from now on: what happens is kept for it.
    if (endpoint) await listen(db, endpoint)
    return endpoint
  }
}

interface SealedRow {
  url: string
  kind: EndpointKind
  sealed_secret: string
  sealed_verify_token: string | null
}

function assignments(vault: TokenVault, id: string, changes: EndpointChanges): RawBuilder<unknown>[] {
  const { url, senders, events, ids, secret, verifyToken } = changes
  const set: RawBuilder<unknown>[] = []
  if (url !== undefined) set.push(sql`url = ${url}`)
  if (senders !== undefined) set.push(sql`senders = ${senders}::text[]`)
  if (events !== undefined) set.push(sql`events = ${events}::text[]`)
  if (ids !== undefined) set.push(sql`ids = ${ids}`)
  if (secret !== undefined) set.push(sql`sealed_secret = ${vault.seal(secret, ofEndpoint(id))}`)
  if (verifyToken !== undefined) {
    set.push(sql`sealed_verify_token = ${verifyToken === null ? null : vault.seal(verifyToken, ofEndpoint(id))}`)
  }
  if (senders !== undefined || events !== undefined) set.push(sql`asks_since = casement_now()`)
  // What was verified was another address, or with another token.
  if (url !== undefined || verifyToken !== undefined) set.push(sql`verified = null`)
  return set
}

/** As a reader that never goes, so that what is told only to listeners is told; see store/outbox/tell.ts. */
async function listen(db: Db, { id, kind, events, state }: EndpointRead): Promise<void> {
  if (kind !== 'events' || state === 'gone') return
  await sql`
    insert into news_readers (id, topics, seen_at) values (${id}::uuid, ${topicsOf(events)}::text[], 'infinity')
    on conflict (id) do update set topics = excluded.topics`.execute(db)
}

/** Who is restricted to some numbers looks after endpoints of those numbers only. */
function seenBy({ workspace, senders }: Purview): RawBuilder<boolean> {
  if (senders === null) return sql<boolean>`(e.workspace = ${workspace} and e.deleted_at is null)`
  return sql<boolean>`(e.workspace = ${workspace} and e.deleted_at is null and e.senders <@ ${senders}::text[])`
}
