import { sql } from 'kysely'
import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { enqueueIo, enqueueOn } from '../../src/app/enqueueing.ts'
import { createInbox, createLearning } from '../../src/app/inbox.ts'
import { JOBS, jobRunner } from '../../src/app/jobs.ts'
import { managementIo } from '../../src/app/management-io.ts'
import {
  type ContactId,
  type ConversationId,
  DEFAULT_WORKSPACE,
  type IntentId,
  type PhoneNumberId,
  type Wamid,
  type WorkspaceId,
} from '../../src/domain/ids.ts'
import { DAY_MS } from '../../src/domain/time.ts'
import { recordEntryReports } from '../../src/store/conversations/free-entry-points.ts'
import { foldStatuses } from '../../src/store/intents/statuses.ts'
import { deleteSome } from '../../src/store/people/erasure.ts'
import { noteTold } from '../../src/store/people/told.ts'
import { databaseNow } from '../../src/store/pg/clock.ts'
import { inTransaction, queryableOn } from '../../src/store/pg/postgres.ts'
import { applyWebhooks } from '../../src/usecases/apply-webhook.ts'
import { enqueueIntents } from '../../src/usecases/enqueue-intent.ts'
import { eraseStep } from '../../src/usecases/erase-contact.ts'
import { learnIdentities } from '../../src/usecases/learn-identities.ts'
import { eraseContact, recordConsent } from '../../src/usecases/manage-contacts.ts'
import { runJobs } from '../../src/usecases/run-jobs.ts'
import { ANOTHER, CALLER } from '../support/access.ts'
import { fakeGraph } from '../support/management.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { eventually } from '../support/signals.ts'

/*
 * An erasure, step by step, and whoever comes between two steps or stands in the middle of a transaction while one is made. What was
 * accepted is kept or ended in the open, a refusal is never lost, and nothing brings the person back.
 */

let rows: Rows
let sender: PhoneNumberId
let contacts: ReturnType<typeof managementIo>['contacts']
let next = 0
const SETTINGS = { windowMarginMs: 30_000, followUpCooldownMs: DAY_MS, requireOptIn: false, recipientReviewMs: DAY_MS }
const LIMITS = { payloads: 100, bytes: 8 * 1024 * 1024 }
const deps = () => ({
  postgres: rows.postgres,
  optOuts: rows.optOuts,
  recipientReviewMs: DAY_MS,
  log: { info() {}, warn() {} },
})

beforeAll(async () => {
  rows = await createRows()
  sender = await rows.linkSender()
  contacts = managementIo(rows.postgres, rows.senders, fakeGraph(), rows.optOuts).contacts
  await rows.postgres.db.insertInto('workspaces').values({ id: ANOTHER.workspace, name: 'Another' }).execute()
})
afterAll(() => rows.close())
beforeEach(async () => {
  await sql`delete from webhook_events`.execute(rows.postgres.db)
})

async function insertInbound(client: pg.PoolClient, conversation: string): Promise<void> {
  await client.query(
    `insert into inbound_messages (wamid, conversation_id, type, at, body) values ($1, $2, 'text', casement_now(), '{}')`,
    [`wamid.${++next}`, conversation],
  )
}

/** As an applier does that has looked the attempt up before. */
async function tellOf(client: pg.PoolClient, conversation: string, intentId = uuidv7() as IntentId): Promise<Wamid> {
  const wamid = `wamid.${++next}` as Wamid
  const at = await databaseNow(rows.postgres.db)
  const nothing = {
    deliveredAt: null,
    readAt: null,
    failedAt: null,
    error: null,
    errorAt: null,
    pricing: null,
    pricingAt: null,
  }
  await foldStatuses(client, [
    {
      ...nothing,
      wamid,
      intentId,
      attempt: 1,
      conversationId: conversation as ConversationId,
      sentAs: 'free_form',
      status: 'sent',
      sentAt: at,
    },
  ])
  return wamid
}

async function countOf(table: string, conversation: string): Promise<number> {
  const { rows: found } =
    await sql`select from ${sql.table(table)} where conversation_id = ${conversation}::bigint`.execute(rows.postgres.db)
  return found.length
}

/** Asks for the erasure and makes its steps until the named one is the next; `end` makes the rest. */
async function erasing(waId: string) {
  const answer = await eraseContact(contacts, CALLER, waId)
  if (!answer.ok) throw new Error('expected somebody to erase')
  const id = answer.value.job
  const runner = jobRunner({ postgres: rows.postgres, optOuts: rows.optOuts, onFailed: () => {} })
  const stepOf = async () =>
    (
      await sql<{ step: string }>`select input ->> 'step' as step from jobs where id = ${id}::uuid`.execute(
        rows.postgres.db,
      )
    ).rows[0]?.step
  /** One step; its transaction stays open until `gate` is. */
  const step = (gate: Promise<void> = Promise.resolve(), reached = () => {}) =>
    runner.inTransaction(async (trx) => {
      const job = await trx.lock(id)
      const outcome = job && (await eraseStep(trx.io, job))
      if (outcome?.kind === 'more') await trx.save(id, outcome)
      if (outcome?.kind === 'finished') await trx.finish(id, outcome.result)
      reached()
      await gate
    })
  return {
    step,
    runner,
    async until(name: string) {
      while ((await stepOf()) !== name) await step()
    },
    async end() {
      while (await runJobs(runner, JOBS)) {}
      const { rows: jobs } = await sql<{ state: string }>`select state from jobs where id = ${id}::uuid`.execute(
        rows.postgres.db,
      )
      expect(jobs).toEqual([{ state: 'done' }])
    },
  }
}

/** Until a statement waits for a lock of another transaction. */
async function waitedFor(): Promise<void> {
  await eventually(async () => {
    const { rows: waiting } = await sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
      rows.postgres.db,
    )
    return waiting.length > 0
  })
}

/** The step that cuts the ids off, open until it is told to commit. */
async function cutting(waId: string) {
  const job = await erasing(waId)
  await job.until('cut')
  const { promise: gate, resolve: go } = Promise.withResolvers<void>()
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  const ended = job.step(gate, reach)
  await reached
  return {
    /** Commits once somebody waits for it, so that whoever is meant to come between is there. */
    async commitOnceWaitedFor() {
      await waitedFor()
      go()
      await ended
    },
    end: job.end,
  }
}

const knows = async (id: string) =>
  (await sql`select from contact_identities where key = ${id}`.execute(rows.postgres.db)).rows.length > 0
const marketingOf = async (id: string) =>
  (
    await sql<{ marketing: string }>`
      select c.marketing from contacts c join contact_identities i on i.contact_id = c.id where i.key = ${id}`.execute(
      rows.postgres.db,
    )
  ).rows[0]?.marketing

const request = (waId: string) => ({
  sender,
  to: `+${waId}`,
  message: { type: 'text', text: { body: 'Hi' } },
  when_closed: 'hold',
})

function payloadOf(to: PhoneNumberId, waba: string, value: object) {
  return JSON.stringify({
    entry: [{ id: waba, changes: [{ field: 'messages', value: { metadata: { phone_number_id: to }, ...value } }] }],
  })
}

async function receive(to: PhoneNumberId, value: object, workspace: WorkspaceId = DEFAULT_WORKSPACE): Promise<string> {
  const { rows: stored } = await sql<{ id: string }>`
    insert into webhook_events (workspace, numbers, payload)
    values (${workspace}, ${[to]}, ${payloadOf(to, await rows.wabaOf(to), value)}) returning id`.execute(
    rows.postgres.db,
  )
  return stored[0]?.id ?? ''
}

async function wrote(from: string, body: string) {
  const timestamp = String(Math.floor((await rows.now()) / 1_000))
  return { messages: [{ id: `wamid.${++next}`, from, timestamp, type: 'text', text: { body } }] }
}

describe('what is on its way when its person is erased', () => {
  const stateOf = async (id: string) =>
    (
      await rows.postgres.db
        .selectFrom('intents')
        .select('state')
        .where('id', '=', id as never)
        .execute()
    )[0]?.state
  const LATER = { code: 'graph_transient' as const, text: 'Not now.' }

  it.each([
    ['is taken by Meta', { event: 'accept' as const }],
    [
      'is to be tried again',
      { event: 'retry' as const, dueInMs: 0, keepsTurn: true, reason: LATER, countsAsRetry: true },
    ],
    ['falls into doubt', { event: 'doubt' as const, keepsTurn: true, reason: LATER }],
  ])('is waited for until it %s, and goes with the rest', async (_how, next) => {
    const { id: conversation, waId } = await rows.conversation(sender)
    const id = await rows.intent(sender, conversation)
    const { number } = await rows.open(sender, id)
    const job = await erasing(waId)
    await job.until('delete')
    await expect(job.step()).rejects.toThrow(/on its way/)
    expect(await stateOf(id)).toBe('dispatching')
    await rows.closeAttempt(id, number, next)
    await job.end()
    expect(await stateOf(id)).toBeUndefined()
  })
})

describe('while the ids of a person are cut off', () => {
  it('what is enqueued begins anew, and is not deleted with them', async () => {
    const { waId } = await rows.conversation(sender)
    const cut = await cutting(waId)
    const enqueued = enqueueOn(rows.postgres, rows.optOuts, SETTINGS, CALLER, [request(waId)])
    await cut.commitOnceWaitedFor()
    const [result] = await enqueued
    await cut.end()
    const id = result?.ok ? result.intent.id : ''
    const left = await rows.postgres.db.selectFrom('intents').select('state').where('id', '=', id).execute()
    expect(left).toEqual([{ state: 'scheduled' }])
  })

  it("so does what joins a producer's own transaction", async () => {
    const { waId } = await rows.conversation(sender)
    const cut = await cutting(waId)
    const enqueued = inTransaction(rows.postgres.pool, (trx) =>
      enqueueIntents(
        enqueueIo(trx, queryableOn(trx), rows.optOuts, async () => {}),
        SETTINGS,
        CALLER,
        [request(waId)],
      ),
    )
    await cut.commitOnceWaitedFor()
    const [result] = await enqueued
    await cut.end()
    const id = result?.ok ? result.intent.id : ''
    expect(await rows.postgres.db.selectFrom('intents').select('state').where('id', '=', id).execute()).toHaveLength(1)
  })

  it('a STOP that comes is kept', async () => {
    const { waId } = await rows.conversation(sender)
    const cut = await cutting(waId)
    await receive(sender, await wrote(waId, 'STOP'))
    const applied = applyWebhooks(createInbox(deps()), LIMITS)
    await cut.commitOnceWaitedFor()
    await applied
    await applyWebhooks(createInbox(deps()), LIMITS)
    await cut.end()
    expect(await marketingOf(waId)).toBe('out')
  })

  it.each(['begin', 'cancel', 'pending', 'cut'])('so is one that waited to be applied at the step %s', async (step) => {
    const { waId } = await rows.conversation(sender)
    const job = await erasing(waId)
    await job.until(step)
    await receive(sender, await wrote(waId, 'STOP'))
    await runJobs(job.runner, JOBS)
    await applyWebhooks(createInbox(deps()), LIMITS)
    await job.end()
    expect(await knows(waId)).toBe(false)
    await rows.conversation(sender, waId)
    expect(await marketingOf(waId)).toBe('out')
  })

  it('a consent is recorded of nobody', async () => {
    const { waId } = await rows.conversation(sender)
    const cut = await cutting(waId)
    const recorded = recordConsent(contacts, CALLER, waId, { category: 'marketing', state: 'out' })
    await cut.commitOnceWaitedFor()
    expect(await recorded).toMatchObject({ ok: false })
    await cut.end()
  })
})

describe('between two steps of an erasure', () => {
  it('what Meta tells of a recipient brings nobody back', async () => {
    const { waId, id: conversationId } = await rows.conversation(sender)
    const bsuid = `BR.${'4'.repeat(16)}${++next}`
    const told = { scope: 'p', key: bsuid, value: bsuid, at: null }
    await noteTold(rows.postgres.pool, [{ conversationId, ids: [told] }])
    const job = await erasing(waId)
    await job.until('delete')
    await learnIdentities(createLearning(deps()), 10)
    await job.end()
    expect(await knows(bsuid)).toBe(false)
  })

  it('a webhook that comes before the cut goes with the rest', async () => {
    const { waId } = await rows.conversation(sender)
    const job = await erasing(waId)
    await job.until('cut')
    await receive(sender, await wrote(waId, 'My secret'))
    await job.step()
    await applyWebhooks(createInbox(deps()), LIMITS)
    await job.end()
    expect(await knows(waId)).toBe(false)
    const { rows: stored } = await sql<{ payload: string }>`select payload from webhook_events`.execute(
      rows.postgres.db,
    )
    expect(JSON.stringify(stored)).not.toContain('secret')
  })

  it.each([
    ['theirs', 'inbound_messages', insertInbound],
    ['ours, of which a status tells first,', 'messages', tellOf],
  ])(
    'a message, %s that is written while their conversations are deleted goes with them',
    async (_whose, table, write) => {
      const { waId, id: conversation } = await rows.conversation(sender)
      const job = await erasing(waId)
      await job.until('delete')
      const { promise: gate, resolve: go } = Promise.withResolvers<void>()
      const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
      const writing = inTransaction(rows.postgres.pool, async (_trx, client) => {
        await write(client, conversation)
        reach()
        await gate
      })
      await reached
      const erased = runJobs(job.runner, JOBS)
      await waitedFor()
      go()
      await Promise.all([writing, erased])
      await job.end()
      expect(await countOf(table, conversation)).toBe(0)
    },
  )

  it('a status of a message that was looked up before the person was erased brings nothing back', async () => {
    const { waId, id: conversation } = await rows.conversation(sender)
    await (await erasing(waId)).end()
    await inTransaction(rows.postgres.pool, (_trx, client) => tellOf(client, conversation))
    expect(await countOf('messages', conversation)).toBe(0)
  })

  it('nor does one that tells of a free entry point, and what it tells of others is taken in', async () => {
    const { waId, id: conversation } = await rows.conversation(sender)
    const { id: other } = await rows.conversation(sender)
    await (await erasing(waId)).end()
    const kept = await inTransaction(rows.postgres.pool, async (trx, client) => {
      const wamids = [await tellOf(client, conversation), await tellOf(client, other)]
      const at = await databaseNow(trx)
      await recordEntryReports(
        trx,
        wamids.map((wamid) => ({ wamid, at, expiresAt: null, conversationId: 'entry' })),
      )
      return wamids[1]
    })
    const { rows: reports } = await sql<{ wamid: string }>`select wamid from free_entry_reports`.execute(
      rows.postgres.db,
    )
    expect(reports).toEqual([{ wamid: kept }])
    expect([await countOf('messages', conversation), await countOf('messages', other)]).toEqual([0, 1])
  })

  it('a status of a message whose intent was deleted for its age brings nothing back', async () => {
    const { id: conversation } = await rows.conversation(sender)
    const aged = uuidv7({ msecs: (await rows.now()) - 20 * DAY_MS }) as IntentId
    await inTransaction(rows.postgres.pool, (_trx, client) => tellOf(client, conversation, aged))
    expect(await countOf('messages', conversation)).toBe(0)
  })

  it('an attempt that is opened while its message is deleted goes with it', async () => {
    const { waId, id: conversation } = await rows.conversation(sender)
    const id = await rows.intent(sender, conversation)
    const { promise: gate, resolve: go } = Promise.withResolvers<void>()
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
    const opening = inTransaction(rows.postgres.pool, async (trx) => {
      // As the page does that opens it: the message's row, and then the attempt's.
      await sql`select from intents where id = ${id}::uuid for no key update`.execute(trx)
      await sql`insert into attempts (intent_id, number, sent_as, decision) values (${id}::uuid, 1, 'free_form', '{}')`.execute(
        trx,
      )
      reach()
      await gate
    })
    await reached
    const contact = await sql<{
      id: ContactId
    }>`select contact_id as id from conversations where id = ${conversation}::bigint`
      .execute(rows.postgres.db)
      .then(({ rows: [row] }) => row as { id: ContactId })
    const deleted = deleteSome(rows.postgres.db, contact.id, 10)
    await waitedFor()
    go()
    await Promise.all([opening, deleted])
    const { rows: left } = await sql`select from attempts where intent_id = ${id}::uuid`.execute(rows.postgres.db)
    expect(left).toEqual([])
    expect(await deleted).toBe(1)
    await (await erasing(waId)).end()
  })

  it('what is on its way is not tried again', async () => {
    const { waId, id: conversation } = await rows.conversation(sender)
    const id = await rows.intent(sender, conversation)
    const { number } = await rows.open(sender, id)
    const job = await erasing(waId)
    await job.until('delete')
    await rows.closeAttempt(id, number, {
      event: 'retry',
      dueInMs: 0,
      keepsTurn: false,
      countsAsRetry: true,
      reason: { code: 'graph_transient', text: 'Away.' },
    })
    const left = await rows.postgres.db.selectFrom('intents').select('state').where('id', '=', id).execute()
    expect(left).toEqual([{ state: 'cancelled' }])
    await job.end()
  })
})

describe('what an erasure takes out of the inbox', () => {
  it.each([
    ['Ivory Coast', '2250768123456', '22568123456'],
    ['Ivory Coast, a landline', '2252720123456', '22520123456'],
    ['Benin', '2290197123456', '22997123456'],
    ['Brazil', '5511998765432', '551198765432'],
    ['Mexico', '525512345678', '5215512345678'],
    ['Argentina', '5491123456789', '541123456789'],
  ])('is what names them in any spelling: %s', async (_country, today, before) => {
    for (const [known, named] of [
      [today, before],
      [before, today],
    ] as const) {
      await rows.conversation(sender, known)
      const id = await receive(sender, await wrote(named, 'My secret'))
      await sql`update webhook_events set state = 'applied' where id = ${id}`.execute(rows.postgres.db)
      await (await erasing(known)).end()
      const { rows: stored } = await sql<{ payload: string }>`
        select payload from webhook_events where id = ${id}`.execute(rows.postgres.db)
      expect(stored[0]?.payload).not.toContain('secret')
    }
  })

  it("is nothing of another workspace's, whose customer they are too", async () => {
    const theirs = await rows.linkSender({ workspace: ANOTHER.workspace })
    const { waId } = await rows.conversation(sender)
    const pending = await receive(theirs, await wrote(waId, 'For the other shop'), ANOTHER.workspace)
    const applied = await receive(theirs, await wrote(waId, 'For the other shop'), ANOTHER.workspace)
    await sql`update webhook_events set state = 'applied' where id = ${applied}`.execute(rows.postgres.db)
    await (await erasing(waId)).end()
    const { rows: stored } = await sql<{ payload: string }>`
      select payload from webhook_events where id in (${pending}, ${applied})`.execute(rows.postgres.db)
    expect(stored.map(({ payload }) => payload.includes('For the other shop'))).toEqual([true, true])
  })
})
