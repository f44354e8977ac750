import { createHash } from 'node:crypto'
import type { Actor, Purview } from '../../domain/access.ts'
import { DEFAULT_WORKSPACE, type PhoneNumberId, type WorkspaceId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'

/** Who a key belongs to and what it may do. */
export interface KeyHolder extends Purview {
  actor: Actor
  scopes: readonly string[]
}

/** How long a revoked key may still pass, on processes that saw it before. */
const REMEMBERED_MS = 30_000
const MOST_REMEMBERED = 10_000

/**
 * Keys are random and long, so a plain SHA-256 is enough to keep them unreadable and makes the lookup an index probe. Only good keys are
 * remembered: bad ones cost a probe each and no memory.
 *
 * @param elapsed milliseconds on the process's clock; measures how long a key is remembered
 */
export function apiKeyStore(db: Db, elapsed: () => number = () => performance.now()) {
  const remembered = new Map<string, { holder: KeyHolder; until: number }>()

  async function find(hash: string): Promise<KeyHolder | null> {
    const row = await db
      .selectFrom('api_keys')
      .select(['id', 'workspace', 'name', 'scopes', 'senders'])
      .where('key_hash', '=', hash)
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    if (!row) return null
    return {
      workspace: row.workspace as WorkspaceId,
      senders: row.senders as PhoneNumberId[] | null,
      actor: { kind: 'key', id: row.id, name: row.name },
      scopes: row.scopes,
    }
  }

  return {
    /** Null for a key that is unknown or revoked. A revocation is seen within 30 seconds. */
    async authenticate(key: string): Promise<KeyHolder | null> {
      const hash = hashOf(key)
      const known = remembered.get(hash)
      if (known && known.until > elapsed()) return known.holder
      const holder = await find(hash)
      if (remembered.size >= MOST_REMEMBERED) remembered.clear()
      if (holder) remembered.set(hash, { holder, until: elapsed() + REMEMBERED_MS })
      else remembered.delete(hash)
      return holder
    },
  }
}

export type ApiKeyStore = ReturnType<typeof apiKeyStore>

const BOOTSTRAP = 'bootstrap'

/** The key of the configuration becomes the one bootstrap key: a key it replaces stops working, and going back to that one brings it back. */
export async function ensureBootstrapKey(db: Db, key: string): Promise<void> {
  const hash = hashOf(key)
  await db.transaction().execute(async (trx) => {
    await trx
      .updateTable('api_keys')
      .set((eb) => ({ revoked_at: eb.fn<Date>('now') }))
      .where('name', '=', BOOTSTRAP)
      .where('key_hash', '!=', hash)
      .where('revoked_at', 'is', null)
      .execute()
    await trx
      .insertInto('api_keys')
      .values({ workspace: DEFAULT_WORKSPACE, name: BOOTSTRAP, key_hash: hash })
      .onConflict((conflict) => conflict.column('key_hash').doUpdateSet({ revoked_at: null }))
      .execute()
  })
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
