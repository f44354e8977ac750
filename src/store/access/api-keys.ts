import { createHash, randomBytes } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import type { Actor, Principal, Purview, Scope } from '../../domain/access.ts'
import type { PhoneNumberId, WorkspaceId } from '../../domain/ids.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'

/** A key as it is shown: never with the key itself, of which only a hash is kept. */
export interface KeyRead {
  id: string
  workspace: WorkspaceId
  name: string
  prefix: string
  scopes: string[]
  senders: string[] | null
  allow_query: boolean
  expires_at: Instant | null
  last_used_at: Instant | null
  created_at: Instant
  created_by: Actor | null
}

export interface NewKey {
  workspace: WorkspaceId
  name: string
  scopes: readonly Scope[]
  senders: readonly string[] | null
  allowQuery: boolean
  expiresAt: Instant | null
  createdBy: Actor
}

/** 256 bits, so that a plain SHA-256 keeps it unreadable and makes the lookup an index probe. */
const KEY_BYTES = 32
/** Enough to tell keys apart by eye, and too little to guess the rest from. */
const PREFIX_LENGTH = 'casement_'.length + 4

const columns = sql`id, workspace, name, prefix, scopes, senders, allow_query, expires_at, last_used_at, created_at, created_by`

/** Whoever asks, every request is a probe of the primary key's kind: a revocation counts at once, on every process, also when nobody is told. */
export function apiKeyStore(db: Db) {
  const touching = new Set<string>()

  /** `last_used_at` is right to a minute, so that a busy key is not a write for every request. */
  async function touch(id: string): Promise<void> {
    if (touching.has(id)) return
    touching.add(id)
    try {
      await sql`
        update api_keys set last_used_at = casement_now()
        where id = ${id}::bigint and ${isUnrecorded}`.execute(db)
    } catch {
      // The next request tries again.
    } finally {
      touching.delete(id)
    }
  }

  return {
    /** Null for a key that is unknown, expired or revoked. */
    async authenticate(key: string): Promise<Principal | null> {
      const { rows } = await sql<FoundKey>`
        select id, workspace, name, scopes, senders, allow_query, ${isUnrecorded} as unrecorded from api_keys
        where key_hash = ${hashOf(key)} and revoked_at is null and (expires_at is null or expires_at > casement_now())`.execute(
        db,
      )
      const row = rows[0]
      if (!row) return null
      if (row.unrecorded) void touch(row.id)
      return {
        workspace: row.workspace,
        senders: row.senders,
        actor: { kind: 'key', id: row.id, name: row.name },
        scopes: row.scopes,
        allowQuery: row.allow_query,
      }
    },

    /** The key itself is in this answer and nowhere else. */
    async create(key: NewKey): Promise<KeyRead & { key: string }> {
      const secret = `casement_${randomBytes(KEY_BYTES).toString('base64url')}`
      const { rows } = await sql<KeyRead>`
        insert into api_keys (workspace, name, prefix, key_hash, scopes, senders, allow_query, expires_at, created_by)
        values (${key.workspace}, ${key.name}, ${secret.slice(0, PREFIX_LENGTH)}, ${hashOf(secret)}, ${key.scopes}::text[],
          ${key.senders}::text[], ${key.allowQuery}, ${key.expiresAt === null ? null : toDate(key.expiresAt)}::timestamptz,
          ${JSON.stringify(key.createdBy)}::jsonb)
        returning ${columns}`.execute(db)
      return { ...(rows[0] as KeyRead), key: secret }
    },

    /** Those that are not revoked, the oldest first. */
    async list(purview: Purview): Promise<KeyRead[]> {
      const { rows } = await sql<KeyRead>`
        select ${columns} from api_keys where ${seenBy(purview)} and revoked_at is null order by id`.execute(db)
      return rows
    },

    /** False when there is none, or none any more. */
    async revoke(purview: Purview, id: string): Promise<boolean> {
      const result = await sql`
        update api_keys set revoked_at = casement_now()
        where id = ${id}::bigint and ${seenBy(purview)} and revoked_at is null`.execute(db)
      return result.numAffectedRows === 1n
    },
  }
}

interface FoundKey {
  id: string
  workspace: WorkspaceId
  name: string
  scopes: string[]
  senders: PhoneNumberId[] | null
  allow_query: boolean
  unrecorded: boolean
}

const isUnrecorded = sql<boolean>`(last_used_at is null or last_used_at < casement_now() - interval '1 minute')`

/** Who is restricted to some numbers looks after keys of those numbers only. */
function seenBy({ workspace, senders }: Purview): RawBuilder<boolean> {
  if (senders === null) return sql<boolean>`workspace = ${workspace}`
  return sql<boolean>`(workspace = ${workspace} and senders <@ ${senders}::text[])`
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
