import { sql } from 'kysely'
import type { Acquaintance } from '../../domain/campaign/senders.ts'
import type { ContactId, PhoneNumberId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import { isWindowOpen } from '../../domain/window.ts'
import type { Db } from '../pg/postgres.ts'

export type Acquaintances = ReadonlyMap<ContactId, ReadonlyMap<PhoneNumberId, Acquaintance>>

/** Where these numbers and these people stand with each other, where they have talked. What failed was not written to them. */
export async function readAcquaintances(
  db: Db,
  numbers: readonly PhoneNumberId[],
  contacts: readonly ContactId[],
  now: Instant,
  windowMarginMs: number,
): Promise<Acquaintances> {
  const { rows } = await sql<{
    contact: ContactId
    number: PhoneNumberId
    openedAt: Instant | null
    lastInboundAt: Instant | null
    refutedAt: Instant | null
    wroteAt: Instant | null
  }>`
    select v.contact_id::text as contact, v.phone_number_id as number, v.window_opened_at as "openedAt", v.last_inbound_at as "lastInboundAt",
      v.window_refuted_at as "refutedAt", (
        select m.accepted_at from messages m where m.conversation_id = v.id and m.status is distinct from 'failed'
        order by m.accepted_at desc limit 1) as "wroteAt"
    from conversations v
    where v.contact_id = any (${contacts}::bigint[]) and v.phone_number_id = any (${numbers}::text[]) and v.merged_into is null`.execute(
    db,
  )
  const known = new Map<ContactId, Map<PhoneNumberId, Acquaintance>>()
  for (const { contact, number, wroteAt, ...window } of rows) {
    const of = known.get(contact) ?? new Map<PhoneNumberId, Acquaintance>()
    const isOpen = isWindowOpen(window, now, windowMarginMs)
    of.set(number, { isOpen, wroteAt, heardAt: window.lastInboundAt })
    known.set(contact, of)
  }
  return known
}
