import type { Doer } from '../domain/audit.ts'
import { answeredBy } from '../domain/decision/answered.ts'
import type { DecisionSettings } from '../domain/decision.ts'
import { recordDeed } from '../store/access/audit.ts'
import { ensureConversations } from '../store/conversations/ensure.ts'
import { takeAll } from '../store/conversations/tending.ts'
import { DUE_CHANNEL, findSenders, type IntentRecord, insertIntents } from '../store/intents/enqueue.ts'
import { endListening } from '../store/intents/listening.ts'
import type { OptOutBook } from '../store/people/opt-outs.ts'
import { readProfiles } from '../store/people/profiles.ts'
import { resolveContacts } from '../store/people/resolve.ts'
import { databaseNow } from '../store/pg/clock.ts'
import {
  type Db,
  inTransaction,
  type Postgres,
  type Queryable,
  retryingPassing,
  retryingUncommitted,
} from '../store/pg/postgres.ts'
import { readTemplates, templateKey } from '../store/templates/templates.ts'
import { type EnqueueIo, type EnqueueResult, enqueueIntents, type Producer } from '../usecases/enqueue-intent.ts'
import type { Pricing } from './pricing.ts'

/**
 * Enqueues in a transaction of its own. When the connection is lost under its commit, only what has idempotency keys may be tried again:
 * anything else might be enqueued twice. It rejects then, and the producer knows as little as we do.
 */
export function enqueueOn(
  postgres: Postgres,
  optOuts: OptOutBook,
  settings: DecisionSettings,
  producer: Producer,
  inputs: unknown[],
  alongside: (trx: Db, results: EnqueueResult[]) => Promise<void> = async () => {},
  pricing: Pick<Pricing, 'of'> | null = null,
): Promise<EnqueueResult[]> {
  const retrying = inputs.every(hasKey) ? retryingPassing : retryingUncommitted
  return retrying(async () => {
    let due = false
    const results = await inTransaction(postgres.pool, async (trx, client) => {
      const wake = async () => {
        due = true
      }
      const io = enqueueIo(trx, client, optOuts, wake, pricing)
      const enqueued = await enqueueIntents(io, settings, producer, inputs)
      await alongside(trx, enqueued)
      return enqueued
    })
    if (due) postgres.signals.send(DUE_CHANNEL)
    return results
  })
}

/** A batch is one command, however many messages it brings; each of those has `created_by`. */
export function batchRecorder(doer: Doer) {
  return (trx: Db, results: EnqueueResult[]): Promise<void> => {
    const detail = { given: results.length, accepted: results.filter(({ ok }) => ok).length }
    return recordDeed(trx, doer, { action: 'intent.batch', object: { kind: 'intent', id: null }, detail }, 'done')
  }
}

function hasKey(input: unknown): boolean {
  return (
    typeof input === 'object' && input !== null && 'idempotency_key' in input && input.idempotency_key !== undefined
  )
}

/** The reads and writes of an enqueueing on somebody's transaction: ours, or the caller's, whose commit may notify. */
export function enqueueIo(
  trx: Db,
  client: Queryable,
  optOuts: OptOutBook,
  notifyDue: EnqueueIo['notifyDue'],
  pricing: Pick<Pricing, 'of'> | null = null,
): EnqueueIo {
  return {
    now: () => databaseNow(trx),
    findSenders: (purview, senders) => findSenders(trx, purview, senders),
    resolveContacts: (workspace, ids) => resolveContacts(trx, workspace, ids, optOuts),
    ensureConversations: (workspace, pairs) => ensureConversations(trx, workspace, pairs),
    readProfiles: (ids) => readProfiles(client, ids),
    readTemplates: (keys) => readTemplates(client, keys),
    templateKey,
    async insertIntents(records) {
      const inserted = await insertIntents(trx, records)
      // Whoever it was handed over to: a person has answered now.
      const byPeople = records.filter(
        ({ createdBy }, i) => createdBy.kind === 'user' && inserted[i]?.kind === 'inserted',
      )
      if (byPeople.length > 0) await answered(trx, byPeople)
      return inserted
    },
    notifyDue,
    // A forecast without a price is better than none.
    money: async (senders) => (await pricing?.of(senders)) ?? new Map(),
  }
}

/** A person writes: whoever it was handed over to need not, and neither need what others have scheduled unless somebody answers first. */
async function answered(trx: Db, records: IntentRecord[]): Promise<void> {
  const conversationsOf = (some: IntentRecord[]) => [...new Set(some.map((record) => record.conversationId))]
  await takeAll(trx, conversationsOf(records))
  const now = await databaseNow(trx)
  const leaving = records.filter((record) => record.sendAt <= now)
  if (leaving.length === 0) return
  const by = leaving[0]?.createdBy.id ?? null
  const except = leaving.map((record) => record.id)
  await endListening(trx, conversationsOf(leaving), 'colleague', answeredBy('colleague'), { by, except })
}
