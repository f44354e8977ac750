import { outlineOf } from '../graph/webhook-outline.ts'
import { accountOwners } from '../store/accounts/account-owners.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import { webhookIntake } from '../store/webhooks/events.ts'
import { receiveWebhook } from '../usecases/receive-webhook.ts'

/** Stores what was verified; resolves when it is durable. */
export function createReceiver(postgres: Postgres): (payload: string) => Promise<void> {
  const io = { outlineOf, ownersOf: accountOwners(postgres.db), store: webhookIntake(postgres) }
  return (payload) => receiveWebhook(io, payload)
}
