import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { enqueueOn } from '../../src/app/enqueueing.ts'
import { createInbox } from '../../src/app/inbox.ts'
import { identityOfNumber } from '../../src/domain/identity.ts'
import { DEFAULT_WORKSPACE, type PhoneNumberId, type WaId } from '../../src/domain/ids.ts'
import { DAY_MS } from '../../src/domain/time.ts'
import { resolveContacts } from '../../src/store/people/resolve.ts'
import { inTransaction, openPostgres } from '../../src/store/pg/postgres.ts'
import { applyWebhooks } from '../../src/usecases/apply-webhook.ts'
import { restingPayloads, type WebhookInbox } from '../../src/usecases/webhook-inbox.ts'
import { inbound, payloadOf, status, textMessage } from '../faults/webhook-items.ts'
import { CALLER } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

let rows: Rows
let sender: PhoneNumberId
let inbox: WebhookInbox
beforeAll(async () => {
  rows = await createRows()
  sender = await rows.linkSender()
  inbox = createInbox({
    postgres: rows.postgres,
    optOuts: rows.optOuts,
    recipientReviewMs: DAY_MS,
    log: { info() {}, warn() {} },
  })
})
afterAll(() => rows.close())
beforeEach(async () => {
  await sql`delete from webhook_events`.execute(rows.postgres.db)
})

const LIMITS = { payloads: 100, bytes: 1_000_000 }
const DECISIONS = { windowMarginMs: 0, requireOptIn: false, followUpCooldownMs: DAY_MS }
const nowS = () => Math.floor(Date.now() / 1_000)
let written = 0

const textOf = (waId: string, id = `wamid.IN${++written}`) =>
  inbound(nowS(), { waId, name: 'Ana' }, id, textMessage('Hi'), sender)

async function receive(...payloads: string[]): Promise<void> {
  await sql`insert into webhook_events (payload) select * from unnest(${payloads}::text[])`.execute(rows.postgres.db)
}

async function states(): Promise<string[]> {
  const found = await rows.postgres.db.selectFrom('webhook_events').select('state').orderBy('id').execute()
  return found.map(({ state }) => state)
}

async function messagesOf(waId: string): Promise<number> {
  const { rows: found } = await sql`
    select from inbound_messages m join conversations v on v.id = m.conversation_id join contacts c on c.id = v.contact_id
    where c.wa_id = ${waId}`.execute(rows.postgres.db)
  return found.length
}

/** Its transactions stand still before their commit, all effects done, until `go`. */
function slowInbox() {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  const { promise: gate, resolve: go } = Promise.withResolvers<void>()
  const slow: WebhookInbox = {
    ...inbox,
    inTransaction: (run) =>
      inbox.inTransaction(async (io) => {
        const result = await run(io)
        reach()
        await gate
        return result
      }),
  }
  return { slow, reached, go }
}

/** Somebody's transaction that is open until it is let go. */
async function openTransaction(run: (trx: Rows['postgres']['db']) => Promise<unknown>) {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  const { promise: gate, resolve: go } = Promise.withResolvers<void>()
  const ended = inTransaction(rows.postgres.pool, async (trx) => {
    await run(trx)
    reach()
    await gate
  })
  await Promise.race([reached, ended])
  return async () => {
    go()
    await ended
  }
}

describe('while the webhook of a customer is being applied', () => {
  it('nobody waits who enqueues to the customer, opens an attempt or records its answer', async () => {
    const { id: conversation, waId } = await rows.conversation(sender)
    const intent = await rows.intent(sender, conversation)
    await receive(payloadOf([textOf(waId)]))
    const { slow, reached, go } = slowInbox()
    const applied = applyWebhooks(slow, LIMITS)
    await reached

    const message = { sender, to: { wa_id: waId }, message: { type: 'text', text: { body: 'Hello' } } }
    expect(await enqueueOn(rows.postgres, rows.optOuts, DECISIONS as never, CALLER, [message])).toMatchObject([
      { ok: true },
    ])
    await rows.attempt(sender, intent, { event: 'accept' })

    go()
    expect((await applied).applied).toBe(1)
  })

  it('another process leaves what is of the same customer and applies the rest', async () => {
    const [{ waId }, other] = [await rows.conversation(sender), await rows.conversation(sender)]
    await receive(payloadOf([textOf(waId)]))
    const { slow, reached, go } = slowInbox()
    const applied = applyWebhooks(slow, LIMITS)
    await reached
    await receive(payloadOf([textOf(waId)]), payloadOf([textOf(other.waId)]))
    expect(await applyWebhooks(inbox, LIMITS)).toMatchObject({ taken: 2, applied: 1, left: [expect.any(String)] })
    go()
    await applied
    expect(await applyWebhooks(inbox, LIMITS)).toMatchObject({ taken: 1, applied: 1, left: [] })
    expect([await messagesOf(waId), await messagesOf(other.waId)]).toEqual([2, 1])
  })
})

describe('while a transaction of a producer is open', () => {
  it('the webhooks of those it wrote to are applied, for nothing of theirs is changed by it', async () => {
    const { waId, id: conversation } = await rows.conversation(sender)
    const end = await openTransaction((trx) =>
      sql`insert into pair_buckets (conversation_id, empties_at) select id, now() from conversations where id = ${conversation}::bigint for key share`.execute(
        trx,
      ),
    )
    await receive(payloadOf([textOf(waId)]))
    expect(await applyWebhooks(inbox, LIMITS)).toMatchObject({ applied: 1, left: [] })
    await end()
  })

  it('only what is of a person it made is left for later', async () => {
    const [stranger, { waId: other }] = [rows.digits(), await rows.conversation(sender)]
    const end = await openTransaction((trx) =>
      resolveContacts(trx, DEFAULT_WORKSPACE, [identityOfNumber(stranger as WaId)], rows.optOuts),
    )
    await receive(payloadOf([textOf(stranger)]), payloadOf([textOf(other)]))
    expect(await applyWebhooks(inbox, LIMITS)).toMatchObject({
      taken: 2,
      applied: 1,
      failed: 0,
      left: [expect.any(String)],
    })
    expect(await messagesOf(other)).toBe(1)
    await end()
    expect(await applyWebhooks(inbox, LIMITS)).toMatchObject({ applied: 1, left: [] })
    expect(await messagesOf(stranger)).toBe(1)
  })
})

describe('a payload of several people with statuses among them', () => {
  async function mixed() {
    const people = [await rows.conversation(sender), await rows.conversation(sender)]
    const [held, sent] = [
      await rows.intent(sender, people[0]?.id as never),
      await rows.intent(sender, people[1]?.id as never),
    ]
    await rows.hold(held)
    const wamid = `wamid.OUT${++written}`
    await rows.attempt(sender, sent, { event: 'accept' }, wamid)
    const told = { ...status(nowS(), wamid, 'delivered'), sender }
    await receive(payloadOf([...people.map(({ waId }) => textOf(waId)), told]))
    const outcome = async () => ({
      messages: [await messagesOf(people[0]?.waId as string), await messagesOf(people[1]?.waId as string)],
      released: (await rows.postgres.db.selectFrom('intents').select('state').where('id', '=', held).executeTakeFirst())
        ?.state,
      status: (
        await rows.postgres.db.selectFrom('messages').select('status').where('wamid', '=', wamid).executeTakeFirst()
      )?.status,
      payload: await states(),
    })
    return outcome
  }
  const ALL = { messages: [1, 1], released: 'scheduled', status: 'delivered', payload: ['applied'] }

  it('is applied once all of it is', async () => {
    const outcome = await mixed()
    expect(await applyWebhooks(inbox, LIMITS)).toMatchObject({ applied: 1 })
    expect(await outcome()).toEqual(ALL)
  })

  it.each(['before', 'after'])(
    'is repeated and not doubled when the process ends %s any of its commits',
    async (when) => {
      for (let crashAt = 1; ; crashAt++) {
        await sql`delete from webhook_events`.execute(rows.postgres.db)
        const outcome = await mixed()
        let commits = 0
        const crash = Object.assign(new Error('killed'), { code: 'ECONNRESET' })
        const dying: WebhookInbox = {
          ...inbox,
          async inTransaction(run) {
            const dies = ++commits >= crashAt
            const result = await inbox.inTransaction(async (io) => {
              const result = await run(io)
              if (dies && when === 'before') throw crash
              return result
            })
            if (dies) throw crash
            return result
          },
        }
        const died = await applyWebhooks(dying, LIMITS).then(
          () => false,
          (error) => error === crash,
        )
        await applyWebhooks(inbox, LIMITS)
        expect(await outcome()).toEqual(ALL)
        if (!died) break
        expect(crashAt).toBeLessThan(20)
      }
    },
  )
})

describe('a deadlock', () => {
  it('is met with another try at once', async () => {
    const { waId } = await rows.conversation(sender)
    await receive(payloadOf([textOf(waId)]))
    let deadlocks = 1
    const clashing: WebhookInbox = {
      ...inbox,
      inTransaction: (run) =>
        inbox.inTransaction(async (io) => {
          await run(io)
          if (deadlocks-- > 0) throw Object.assign(new Error('deadlock detected'), { code: '40P01' })
          return run(io)
        }),
    }
    expect(await applyWebhooks(clashing, LIMITS)).toMatchObject({ applied: 1, left: [] })
    expect(await messagesOf(waId)).toBe(1)
  })
})

describe('what takes too long each time', () => {
  it('is left, rests for long, and keeps nothing else from being applied', async () => {
    const [slow, other] = [await rows.conversation(sender), await rows.conversation(sender)]
    const impatient = openPostgres({
      url: rows.databaseUrl,
      max: 8,
      applicationName: 'impatient',
      statementMs: 400,
      onError: () => {},
    })
    const log = { info() {}, warn() {} }
    const own = createInbox({ postgres: impatient, optOuts: rows.optOuts, recipientReviewMs: DAY_MS, log })
    await sql`
      create function be_slow() returns trigger language plpgsql as $$ begin perform pg_sleep(2); return new; end $$`.execute(
      rows.postgres.db,
    )
    const slowly = sql.lit(slow.id)
    await sql`
      create trigger be_slow before insert on inbound_messages for each row when (new.conversation_id = ${slowly}::bigint) execute function be_slow()`.execute(
      rows.postgres.db,
    )
    const intent = await rows.intent(sender, other.id)
    await rows.attempt(sender, intent, { event: 'accept' })
    const told = { ...status(nowS(), `wamid.${intent}`, 'delivered'), sender }
    await receive(payloadOf([textOf(slow.waId)]), payloadOf([textOf(other.waId)]), payloadOf([told]))
    const round = await applyWebhooks(own, LIMITS)
    expect(round).toMatchObject({ taken: 3, applied: 2, failed: 0 })
    expect([...round.slow]).toEqual(round.left)
    expect([await messagesOf(slow.waId), await messagesOf(other.waId)]).toEqual([0, 1])
    const resting = restingPayloads()
    resting.left(round.left, 0, round.slow)
    expect([resting.at(59_999), resting.at(60_000)]).toEqual([round.left, []])
    await sql`drop function be_slow() cascade`.execute(rows.postgres.db)
    expect(await applyWebhooks(own, LIMITS)).toMatchObject({ taken: 1, applied: 1, left: [] })
    await impatient.close()
  })
})

describe('a payload that was left', () => {
  it('rests longer each time, and a payload that came through is forgotten', () => {
    const resting = restingPayloads()
    resting.left(['1'], 0)
    expect([resting.at(24), resting.at(25)]).toEqual([['1'], []])
    resting.left(['1'], 25)
    expect([resting.at(74), resting.at(75)]).toEqual([['1'], []])
    expect(resting.msUntilNext(65)).toBe(10)
    expect(resting.at(60_000)).toEqual([])
    resting.left(['1'], 60_000)
    expect(resting.at(60_025)).toEqual([])
  })
})
