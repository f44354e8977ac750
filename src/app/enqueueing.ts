import type { DecisionSettings } from '../domain/decision.ts'
import { databaseNow, findSenders, insertIntents, notifyDue } from '../store/enqueue.ts'
import { ensureConversations, resolveContacts } from '../store/people.ts'
import { type Db, inTransaction, type Postgres, type Queryable, retryingPassing } from '../store/postgres.ts'
import { readTemplates, templateKey } from '../store/templates.ts'
import { type EnqueueIo, type EnqueueResult, enqueueIntents } from '../usecases/enqueue-intent.ts'

/** Enqueues in a transaction of its own. */
export function enqueueOn(
  postgres: Postgres,
  settings: DecisionSettings,
  workspace: string,
  inputs: unknown[],
): Promise<EnqueueResult[]> {
  return retryingPassing(() =>
    inTransaction(postgres.pool, (trx, client) => enqueueIntents(enqueueIo(trx, client), settings, workspace, inputs)),
  )
}

/** The reads and writes of an enqueueing on somebody's transaction: ours, or the caller's. */
export function enqueueIo(trx: Db, client: Queryable): EnqueueIo {
  return {
    now: () => databaseNow(trx),
    findSenders: (senders) => findSenders(trx, senders),
    resolveContacts: (people) => resolveContacts(trx, people),
    ensureConversations: (pairs) => ensureConversations(trx, pairs),
    readTemplates: (keys) => readTemplates(client, keys),
    templateKey,
    insertIntents: (records) => insertIntents(trx, records),
    notifyDue: () => notifyDue(trx),
  }
}
