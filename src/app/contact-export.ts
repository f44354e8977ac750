import { sql } from 'kysely'
import type { Purview } from '../domain/access.ts'
import type { ContactId } from '../domain/ids.ts'
import { spellingsOf } from '../domain/recipient.ts'
import { toIso } from '../domain/time.ts'
import { listingsOf } from '../store/campaigns/people.ts'
import { listExchanged } from '../store/conversations/messages.ts'
import { readConversationsOf } from '../store/conversations/reads.ts'
import { listEnrolmentsOf, listEventsOf, listRunsOf } from '../store/flows/people.ts'
import { listIntentsOf } from '../store/intents/reads.ts'
import { listConsents } from '../store/people/consents.ts'
import { readContact } from '../store/people/contacts.ts'
import { listIdentities, listLimitUses } from '../store/people/export.ts'
import { databaseNow } from '../store/pg/clock.ts'
import type { Db } from '../store/pg/postgres.ts'
import { viewOfContact, viewOfConversation, viewOfExchanged } from './views/conversation.ts'
import { viewOfRunInFull } from './views/flow.ts'
import { viewOfIntent } from './views/intent.ts'

/**
 * Everything that is kept of a person, as of one instant; null when they are gone. Whoever sees only some numbers gets what was exchanged
 * with those. Raw webhooks are left out: they speak of others too, and go by themselves.
 *
 * @param trx a transaction in which nothing was read yet
 */
export async function exportContact(trx: Db, purview: Purview, id: ContactId): Promise<Record<string, unknown> | null> {
  await sql`set transaction isolation level repeatable read`.execute(trx)
  const contact = await readContact(trx, id)
  if (contact === null) return null
  const conversations = []
  for (const conversation of await readConversationsOf(trx, purview, id)) {
    const messages = await listExchanged(trx, conversation.id, EVERYTHING)
    const intents = await listIntentsOf(trx, conversation.id)
    const { sender, customer_service_window, free_entry_point, handed_over } = viewOfConversation(conversation, 0)
    const kept = { sender, customer_service_window, free_entry_point, handed_over }
    conversations.push({ ...kept, messages: messages.map(viewOfExchanged), intents: intents.map(viewOfIntent) })
  }
  const identities = await listIdentities(trx, id)
  const uses = await listLimitUses(trx, id)
  const listings = await listingsOf(
    trx,
    purview,
    identities.flatMap(({ value }) => spellingsOf(value)),
  )
  const runs = await listRunsOf(trx, purview, id)
  const events = await listEventsOf(trx, purview, id)
  const enrolments = await listEnrolmentsOf(trx, purview, id)
  return {
    exported_at: toIso(await databaseNow(trx)),
    contact: viewOfContact({ ...contact, consents: await listConsents(trx, id) }),
    identities: identities.map(({ value, scope, seen_at }) => ({
      id: value,
      portfolio_id: scope === '' ? null : scope,
      seen_at: seen_at && toIso(seen_at),
    })),
    conversations,
    campaigns: listings.map(({ campaign, name, line, header, cells }) => ({
      id: campaign,
      name,
      line,
      cells: Object.fromEntries(header.map((column, i) => [column, cells[i] ?? ''])),
    })),
    flow_runs: runs.map((run) => ({ ...viewOfRunInFull(run), calls: run.calls })),
    flow_enrolments: enrolments.map((one) => ({ ...one, last_at: toIso(one.last_at) })),
    flow_events: events.map((event) => ({ ...event, at: toIso(event.at) })),
    messaging_limit: uses.map(({ portfolio_id, at }) => ({ portfolio_id, at: toIso(at) })),
  }
}

const EVERYTHING = Number.MAX_SAFE_INTEGER
