import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { enqueueIo, enqueueOn } from '../../src/app/enqueueing.ts'
import { createInbox, createLearning } from '../../src/app/inbox.ts'
import { JOBS, jobRunner } from '../../src/app/jobs.ts'
import { type Identity, identityOfBsuid, identityOfNumber } from '../../src/domain/identity.ts'
import type { Bsuid, ContactId, IntentId, PhoneNumberId, WaId, Wamid } from '../../src/domain/ids.ts'
import { DAY_MS } from '../../src/domain/time.ts'
import { FOR_WINDOW } from '../../src/domain/wait.ts'
import { isWindowOpen } from '../../src/domain/window.ts'
import { ensurePace } from '../../src/store/accounts/number-pace.ts'
import { attemptStore } from '../../src/store/intents/attempts.ts'
import { claimHeads, lookAt } from '../../src/store/intents/claim.ts'
import { intentTransitions } from '../../src/store/intents/intents.ts'
import { type OpenAttempt, openPage } from '../../src/store/intents/open-page.ts'
import { freeLostTurns } from '../../src/store/intents/turns.ts'
import { releaseByIds } from '../../src/store/intents/waiting.ts'
import { readWaits, waitPlaceOf } from '../../src/store/intents/waits.ts'
import { startJob } from '../../src/store/jobs/jobs.ts'
import { beginReading } from '../../src/store/outbox/outbox.ts'
import { recordConsent } from '../../src/store/people/consents.ts'
import { findContact, readContact } from '../../src/store/people/contacts.ts'
import { resolveContacts } from '../../src/store/people/resolve.ts'
import { noteTold } from '../../src/store/people/told.ts'
import { inTransaction, openPostgres, type Postgres } from '../../src/store/pg/postgres.ts'
import { applyWebhooks } from '../../src/usecases/apply-webhook.ts'
import { enqueueIntents } from '../../src/usecases/enqueue-intent.ts'
import { ERASE } from '../../src/usecases/erase-contact.ts'
import { foldMerged } from '../../src/usecases/fold-merged.ts'
import { learnIdentities } from '../../src/usecases/learn-identities.ts'
import { reconcileWaits } from '../../src/usecases/reconcile-waits.ts'
import { runJobs } from '../../src/usecases/run-jobs.ts'
import { CALLER, HERE } from '../support/access.ts'
import { createRows } from '../support/rows.ts'

/*
 * What can happen to people: real store, real use-cases, on whatever database a work is given. A lane and Meta are not needed for it.
 */

const PORTFOLIO = 'people'
const MARGIN_MS = 30_000
const SETTINGS = {
  windowMarginMs: MARGIN_MS,
  followUpCooldownMs: DAY_MS,
  requireOptIn: false,
  recipientReviewMs: DAY_MS,
}
const LIMITS = { payloads: 20, bytes: 1e6 }

/** An erasure waits for webhooks that wait, which whoever leads applies too. */
const ERASING_ROUNDS = 3

/** Each before what it refers to. */
const FORGOTTEN = [
  ...['messages', 'inbound_messages', 'intents', 'turns', 'told_identities', 'pair_buckets', 'conversations'],
  ...['messaging_limit_uses', 'consents', 'contact_identities'],
  ...['contacts', 'webhook_events', 'jobs', 'outbox', 'opt_outs'],
]

export const identityOf = (id: string): Identity =>
  /^\d/.test(id) ? identityOfNumber(id as WaId) : identityOfBsuid(id as Bsuid, PORTFOLIO)

const SEND = { kind: 'send', reason: { code: 'window_open' as const, text: 'Open.' }, facts: {} }
const LATER = {
  event: 'retry' as const,
  dueInMs: 0,
  keepsTurn: true,
  countsAsRetry: true,
  reason: { code: 'graph_transient' as const, text: 'Not now.' },
}

const wamidOf = (id: IntentId, attempt: number) => `wamid.${id}.${attempt}`

export type World = Awaited<ReturnType<typeof createPeopleWorld>>

export async function createPeopleWorld() {
  const rows = await createRows()
  const sender = await rows.linkSender({ portfolio: PORTFOLIO })
  const waba = await rows.wabaOf(sender)
  const postgres = openPostgres({ url: rows.databaseUrl, max: 24, applicationName: 'people', onError: () => {} })
  const { db, pool } = postgres
  const { optOuts } = rows
  // Somebody listens, so that news is written.
  await beginReading(rows.postgres, randomUUID(), ['intent'])
  const sent: IntentId[] = []
  let next = 0

  const deps = (on: Postgres) => ({
    postgres: on,
    optOuts,
    recipientReviewMs: DAY_MS,
    log: { info() {}, warn() {} },
  })
  const runner = (on: Postgres) => jobRunner({ postgres: on, optOuts, onFailed: () => {} })
  const requestTo = (id: string) => ({
    sender,
    to: /^\d/.test(id) ? { wa_id: id } : { user_id: id },
    message: { type: 'text', text: { body: 'Hi' } },
    when_closed: 'hold',
  })

  async function webhook(on: Postgres, message: object): Promise<void> {
    const timestamp = String(Math.floor((await rows.now()) / 1_000))
    const value = {
      metadata: { phone_number_id: sender },
      messages: [{ id: `wamid.${++next}`, timestamp, ...message }],
    }
    await stored(JSON.stringify({ entry: [{ id: waba, changes: [{ field: 'messages', value }] }] }))
    await applyWebhooks(createInbox(deps(on)), LIMITS)
  }

  async function statuses(on: Postgres, status: object): Promise<void> {
    const value = { metadata: { phone_number_id: sender }, statuses: [status] }
    await stored(JSON.stringify({ entry: [{ id: waba, changes: [{ field: 'messages', value }] }] }))
    await applyWebhooks(createInbox(deps(on)), LIMITS)
  }

  async function stored(payload: string): Promise<void> {
    await pool.query(`insert into webhook_events (workspace, numbers, payload) values ('default', $1, $2)`, [
      [sender],
      payload,
    ])
  }

  async function hold(on: Postgres, id: IntentId): Promise<void> {
    const reason = { code: 'awaiting_window' as const, text: 'Waits for the customer.' }
    await intentTransitions(on.pool, MARGIN_MS).hold(id, FOR_WINDOW, { kind: 'hold', reason, facts: {} })
  }

  return {
    postgres,
    sender: sender as PhoneNumberId,
    /** What Meta took, in that order. */
    sent: sent as readonly IntentId[],

    /** Answers the intent that was accepted. */
    async enqueue(on: Postgres, id: string, how: 'ours' | "caller's"): Promise<IntentId> {
      const [result] =
        how === 'ours'
          ? await enqueueOn(on, optOuts, SETTINGS, CALLER, [requestTo(id)])
          : await inTransaction(on.pool, (trx, client) =>
              enqueueIntents(
                enqueueIo(trx, client, optOuts, async () => {}),
                SETTINGS,
                CALLER,
                [requestTo(id)],
              ),
            )
      if (!result?.ok) throw new Error(`expected ${id} to be accepted, got ${JSON.stringify(result)}`)
      return result.intent.id
    },

    async write(on: Postgres, ids: { number?: string | undefined; bsuid?: string | undefined }, body: string) {
      const { number: from, bsuid } = ids
      await webhook(on, { type: 'text', text: { body }, from, ...(bsuid ? { from_user_id: bsuid } : {}) })
    },

    async changeNumber(
      on: Postgres,
      before: { number: string; bsuid: string },
      after: { number: string; bsuid: string },
    ) {
      const system = {
        type: 'user_changed_number',
        wa_id: after.number,
        user_id: after.bsuid,
        previous_user_id: before.bsuid,
      }
      await webhook(on, { type: 'system', from: before.number, system })
    },

    /** False where nobody is known, as the API answers. */
    async consent(on: Postgres, id: string, state: 'in' | 'out'): Promise<boolean> {
      return inTransaction(on.pool, async (trx) => {
        const contact = await findContact(trx, HERE.workspace, identityOf(id).key)
        if (contact === null) return false
        await recordConsent(trx, contact, { category: 'marketing', state }, 'api')
        return (await readContact(trx, contact)) !== null
      })
    },

    /** Meta says who the recipient of a message was. False where none could have been sent. */
    async tell(on: Postgres, number: string, bsuid: string): Promise<boolean> {
      const { rows: found } = await sql<{ id: never }>`
        select v.id::text as id from contact_identities i join conversations v on v.contact_id = i.contact_id and v.merged_into is null
        where i.key = ${identityOf(number).key}`.execute(db)
      if (!found[0]) return false
      await noteTold(on.pool, [{ conversationId: found[0].id, ids: [{ ...identityOf(bsuid), at: null }] }])
      await learnIdentities(createLearning(deps(on)), 10)
      return true
    },

    hold,

    /** A page of what is due leaves while its window is open, and Meta takes it, or has no time; what cannot is put aside. */
    async send(on: Postgres, answer: 'taken' | 'not now'): Promise<void> {
      await ensurePace(pool, [sender])
      await pool.query(`update number_pace set next_at = 'epoch' where phone_number_id = $1`, [sender])
      const items: OpenAttempt[] = []
      const closed: IntentId[] = []
      const opened = await inTransaction(on.pool, async (_trx, client) => {
        const [look] = await lookAt(client, [sender], [true])
        if (!look?.locked) return []
        for (const { facts, intent, recipient } of await claimHeads(client, [{ sender, look: 10 }], 10, [])) {
          const { conversationId } = recipient
          if (!isWindowOpen(facts.conversation.window, facts.now, MARGIN_MS)) closed.push(intent.id)
          else items.push({ intentId: intent.id, conversationId, sentAs: 'free_form', decision: SEND })
        }
        const page = await openPage(client, items, [look.locked])
        return items.flatMap(({ intentId: id }, at) => {
          const attempt = page.opened[at]
          return attempt ? [{ id, number: attempt.number }] : []
        })
      })
      if (answer === 'taken') sent.push(...opened.map(({ id }) => id))
      for (const id of closed) await hold(on, id)
      const next = answer === 'taken' ? ({ event: 'accept' } as const) : LATER
      for (const { id, number } of opened) {
        await attemptStore(on.pool).close({
          intentId: id,
          number,
          outcome: answer === 'taken' ? 'accepted' : 'refused',
          httpStatus: answer === 'taken' ? 200 : 429,
          error: null,
          wamid: answer === 'taken' ? (wamidOf(id, number) as Wamid) : null,
          next,
        })
      }
    },

    /** Meta tells of a message to them, the newest that was tried, and of the free entry point in which it left. False where none was. */
    async status(on: Postgres, number: string, ids: readonly IntentId[], word: string): Promise<boolean> {
      const { rows: tried } = await pool.query<{ intent_id: IntentId; number: number }>(
        'select intent_id, number from attempts where intent_id = any ($1) order by intent_id desc, number desc limit 1',
        [ids],
      )
      if (!tried[0]) return false
      const { intent_id: id, number: attempt } = tried[0]
      const at = Math.floor((await rows.now()) / 1_000)
      await statuses(on, {
        id: wamidOf(id, attempt),
        status: word,
        timestamp: String(at),
        recipient_id: number,
        biz_opaque_callback_data: `${id}.${attempt}`,
        conversation: {
          id: 'entry',
          expiration_timestamp: String(at + 3_600),
          origin: { type: 'referral_conversion' },
        },
        pricing: { billable: false, pricing_model: 'PMP', type: 'free_entry_point', category: 'referral_conversion' },
      })
      return true
    },

    /** A colleague writes to them from the phone app. */
    async echo(on: Postgres, to: string): Promise<void> {
      const timestamp = String(Math.floor((await rows.now()) / 1_000))
      const echo = { id: `wamid.${++next}`, from: '15550783881', to, timestamp, type: 'text', text: { body: 'Hi' } }
      const value = { metadata: { phone_number_id: sender }, message_echoes: [echo] }
      await stored(JSON.stringify({ entry: [{ id: waba, changes: [{ field: 'smb_message_echoes', value }] }] }))
      await applyWebhooks(createInbox(deps(on)), LIMITS)
    },

    /** False where nobody is known. */
    async erase(on: Postgres, id: string): Promise<boolean> {
      const started = await inTransaction(on.pool, async (trx) => {
        const contact = await findContact(trx, HERE.workspace, identityOf(id).key)
        if (contact === null) return false
        await startJob(trx, HERE.workspace, ERASE, contact, { contact, step: 'begin' })
        return true
      })
      for (let round = 0; started && round < ERASING_ROUNDS; round += 1) {
        await runJobs(runner(on), JOBS)
        await applyWebhooks(createInbox(deps(on)), LIMITS)
      }
      return started
    },

    /** Everybody and everything of theirs, to begin anew; what is kept of the erased too. */
    async forget(): Promise<void> {
      sent.length = 0
      for (const table of FORGOTTEN) await sql`delete from ${sql.table(table)}`.execute(db)
    },

    /** What is done again and again, until nothing is left to do. */
    async settle(): Promise<void> {
      const left = async () =>
        (
          await sql<{ left: number }>`
            select (select count(*) from webhook_events where state = 'pending') + (select count(*) from told_identities)
              + (select count(*) from jobs where state = 'running') as left`.execute(db)
        ).rows[0]?.left
      do {
        await applyWebhooks(createInbox(deps(postgres)), LIMITS)
        await learnIdentities(createLearning(deps(postgres)), 100)
        await runJobs(runner(postgres), JOBS)
      } while (String(await left()) !== '0')
      await foldMerged(createLearning(deps(postgres)))
      await freeLostTurns(postgres)
      await reconcileWaits(
        {
          waits: {
            read: (kind, after, limit) => readWaits(pool, kind, after, limit, MARGIN_MS),
            placeOf: (withinMs) => waitPlaceOf(pool, withinMs),
            release: (ids) => releaseByIds(db, ids),
            templates: async () => [],
            releaseTemplate: async () => 0,
          },
          senders: { unlinkedWithUnsent: async () => [], cancelAllOf: async () => 0 },
          notifyDue: async () => {},
        },
        new Map(),
      )
    },

    async ownerOf(id: string): Promise<ContactId | null> {
      return findContact(db, HERE.workspace, identityOf(id).key)
    },

    /** As whoever is met under this id would be judged, known or not. */
    async marketingOf(id: string): Promise<string | undefined> {
      const undone = new Error('undone')
      let marketing: string | undefined
      await inTransaction(pool, async (trx) => {
        const [contact] = await resolveContacts(trx, HERE.workspace, [identityOf(id)], optOuts)
        marketing = (await readContact(trx, contact as ContactId))?.marketing
        throw undone
      }).catch((error: unknown) => {
        if (error !== undone) throw error
      })
      return marketing
    },

    async close(): Promise<void> {
      await postgres.close()
      await rows.close()
    },
  }
}
