import type { Purview } from '../domain/access.ts'
import { toIso } from '../domain/time.ts'
import { isWindowOpen, windowExpiresAt } from '../domain/window.ts'
import { inPurview } from '../store/access/purview.ts'
import { databaseNow } from '../store/pg/clock.ts'
import type { Db } from '../store/pg/postgres.ts'
import { personKey } from '../usecases/person-key.ts'

export interface WindowView {
  open: boolean
  opened_at: string | null
  expires_at: string | null
}

/** The customer service window of a sender and a contact, by digits of the wa_id or BSUID. Reads only: asking about a stranger makes nobody. */
export async function windowView(db: Db, purview: Purview, sender: string, contact: string): Promise<WindowView> {
  const key = personKey(contact)
  if (key === null) return { open: false, opened_at: null, expires_at: null }
  const row = await db
    .selectFrom('conversations as v')
    .innerJoin('contact_identities as d', 'd.contact_id', 'v.contact_id')
    .select(['v.window_opened_at', 'v.last_inbound_at', 'v.window_refuted_at'])
    .where(inPurview('v', purview))
    .where('v.phone_number_id', '=', sender)
    .where('d.key', '=', key)
    .where('v.merged_into', 'is', null)
    .executeTakeFirst()
  if (!row) return { open: false, opened_at: null, expires_at: null }
  const window = {
    openedAt: row.window_opened_at,
    lastInboundAt: row.last_inbound_at,
    refutedAt: row.window_refuted_at,
  }
  const expiresAt = windowExpiresAt(window)
  return {
    open: isWindowOpen(window, await databaseNow(db)),
    opened_at: window.openedAt === null ? null : toIso(window.openedAt),
    expires_at: expiresAt === null ? null : toIso(expiresAt),
  }
}
