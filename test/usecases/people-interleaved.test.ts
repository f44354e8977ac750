import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { enqueueIo, enqueueOn } from '../../src/app/enqueueing.ts'
import { createInbox, createLearning } from '../../src/app/inbox.ts'
import type { IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { DAY_MS } from '../../src/domain/time.ts'
import { mergeContacts } from '../../src/store/people/merge.ts'
import { inTransaction, queryableOn } from '../../src/store/pg/postgres.ts'
import { applyWebhooks } from '../../src/usecases/apply-webhook.ts'
import { enqueueIntents } from '../../src/usecases/enqueue-intent.ts'
import { learnIdentities } from '../../src/usecases/learn-identities.ts'
import type { WebhookInbox } from '../../src/usecases/webhook-inbox.ts'
import { CALLER } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

/* Two of everything: a producer or a worker in the middle of its transaction, and a webhook that shows that two contacts are one. */

let rows: Rows
let sender: PhoneNumberId
let second: PhoneNumberId
let inbox: WebhookInbox
let next = 0
const LIMITS = { payloads: 100, bytes: 8 * 1024 * 1024 }
const SETTINGS = { windowMarginMs: 30_000, followUpCooldownMs: DAY_MS, requireOptIn: false, recipientReviewMs: DAY_MS }
const parts = () => ({
  postgres: rows.postgres,
  optOuts: rows.optOuts,
  recipientReviewMs: DAY_MS,
  log: { info() {}, warn() {} },
})

beforeAll(async () => {
  rows = await createRows()
  sender = await rows.linkSender({ portfolio: 'one' })
  second = await rows.linkSender({ portfolio: 'one' })
  inbox = createInbox(parts())
})
afterAll(() => rows.close())
beforeEach(async () => {
  await sql`delete from webhook_events`.execute(rows.postgres.db)
})

const newBsuid = () => `BR.${String(++next).padStart(18, '7')}`

async function receive(to: PhoneNumberId, item: object, contact: object | null = null): Promise<void> {
  const value = {
    metadata: { phone_number_id: to },
    ...(contact ? { contacts: [contact] } : {}),
    messages: [{ id: `wamid.${++next}`, timestamp: String(Math.floor((await rows.now()) / 1_000)), ...item }],
  }
  await sql`
    insert into webhook_events (payload)
    values (${JSON.stringify({ entry: [{ id: await rows.wabaOf(to), changes: [{ field: 'messages', value }] }] })})`.execute(
    rows.postgres.db,
  )
}

const wrote = { type: 'text', text: { body: 'Hello' } }
const apply = () => applyWebhooks(inbox, LIMITS)

/** Somebody's transaction that is open until it is let go. */
async function openTransaction<T>(run: (trx: Rows['postgres']['db']) => Promise<T>) {
  const { promise: reached, resolve: reach } = Promise.withResolvers<T>()
  const { promise: gate, resolve: go } = Promise.withResolvers<void>()
  const ended = inTransaction(rows.postgres.pool, async (trx) => {
    reach(await run(trx))
    await gate
  })
  const value = await Promise.race([reached, ended as Promise<never>])
  return {
    value,
    async end() {
      go()
      await ended
    },
  }
}

const stateOf = async (id: IntentId) =>
  rows.postgres.db
    .selectFrom('intents')
    .innerJoin('conversations as v', 'v.id', 'intents.conversation_id')
    .select(['intents.state', 'v.contact_id', 'v.merged_into', 'v.last_inbound_at'])
    .where('intents.id', '=', id)
    .executeTakeFirst()

async function enqueue(to: object | string, from = sender): Promise<IntentId> {
  const [result] = await enqueueOn(rows.postgres, rows.optOuts, SETTINGS, CALLER, [
    { sender: from, to, message: { type: 'text', text: { body: 'Hi' } }, when_closed: 'hold' },
  ])
  if (!result?.ok) throw new Error('expected it to be accepted')
  return result.intent.id
}

/** Known twice: by number, with a conversation, and by BSUID, with another. */
async function knownTwice() {
  const [waId, bsuid] = [rows.digits(), newBsuid()]
  await enqueue(`+${waId}`)
  await enqueue({ user_id: bsuid })
  return { waId, bsuid }
}

describe('a merge and an enqueueing at once', () => {
  it('loses nothing when the producer commits first', async () => {
    const { waId, bsuid } = await knownTwice()
    const result = await openTransaction(async (trx) => {
      const io = enqueueIo(trx, queryableOn(trx), rows.optOuts, async () => {})
      const request = { sender, to: { user_id: bsuid }, message: { type: 'text', text: { body: 'Hi' } } }
      const [one] = await enqueueIntents(io, SETTINGS, CALLER, [request])
      return one?.ok ? one.intent.id : null
    })
    await receive(sender, { ...wrote, from: waId, from_user_id: bsuid }, { wa_id: waId, user_id: bsuid })
    // The producer's transaction is open: an applier waits for nobody, and leaves it for later.
    expect(await apply()).toMatchObject({ applied: 0, left: [expect.any(String)] })
    await result.end()
    expect(await apply()).toMatchObject({ applied: 1 })
    expect(await stateOf(result.value as IntentId)).toMatchObject({ state: 'scheduled', merged_into: null })
  })

  it('finds the person that is left when the merge comes first', async () => {
    const { waId, bsuid } = await knownTwice()
    const ids = await sql<{ id: never }>`
      select contact_id::text as id from contact_identities where key in (${waId}, ${bsuid}) order by contact_id`.execute(
      rows.postgres.db,
    )
    const [kept, gone] = ids.rows.map((row) => row.id) as [never, never]
    const merging = await openTransaction(async (trx) => {
      await sql`select from contacts where id in (${kept}::bigint, ${gone}::bigint) order by id for update`.execute(trx)
      return mergeContacts(trx, kept, gone)
    })
    const enqueued = enqueue({ user_id: bsuid })
    await rows.postgres.pool.query('select 1')
    await merging.end()
    expect(await stateOf(await enqueued)).toMatchObject({ state: 'scheduled', contact_id: kept, merged_into: null })
  })
})

describe('what waits when a merge opens its window', () => {
  it('is let go, through whichever number the merge was told', async () => {
    const [waId, bsuid] = [rows.digits(), newBsuid()]
    // She writes to the second number without showing hers, and is written to by her number through it.
    await receive(second, { ...wrote, from_user_id: bsuid }, { user_id: bsuid })
    await apply()
    const held = await enqueue(`+${waId}`, second)
    await rows.hold(held)
    // Then a reaction to the first number shows both ids. It opens nothing itself.
    const reaction = { type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍' } }
    await receive(sender, { ...reaction, from: waId, from_user_id: bsuid }, { wa_id: waId, user_id: bsuid })
    await apply()
    expect((await stateOf(held))?.state).toBe('scheduled')
  })

  it('is let go when a change of number shows it', async () => {
    const [before, after, b1, b2] = [rows.digits(), rows.digits(), newBsuid(), newBsuid()]
    const held = await enqueue(`+${before}`)
    await rows.hold(held)
    await receive(sender, { ...wrote, from: after, from_user_id: b2 }, { wa_id: after, user_id: b2 })
    await apply()
    expect((await stateOf(held))?.state).toBe('held')
    const system = { type: 'user_changed_number', wa_id: after, user_id: b2, previous_user_id: b1 }
    await receive(sender, { type: 'system', from: before, system })
    await apply()
    expect((await stateOf(held))?.state).toBe('scheduled')
  })

  it.each([
    ['customer_changed_number', { type: 'customer_changed_number', wa_id: 'AFTER', customer: 'BEFORE' }],
    ['new_wa_id', { type: 'user_changed_number', new_wa_id: 'AFTER' }],
  ])('knows the change in older spellings: %s', async (_name, spelled) => {
    const [before, after] = [rows.digits(), rows.digits()]
    const held = await enqueue(`+${before}`)
    await rows.hold(held)
    await receive(sender, { ...wrote, from: after })
    const system = JSON.parse(JSON.stringify(spelled).replace('AFTER', after).replace('BEFORE', before))
    await receive(sender, { type: 'system', from: before, system })
    await apply()
    expect((await stateOf(held))?.state).toBe('scheduled')
  })
})

describe('what Meta tells of a recipient', () => {
  const learn = () => learnIdentities(createLearning(parts()), 100)

  async function status(id: IntentId, ids: object): Promise<void> {
    const value = {
      metadata: { phone_number_id: sender },
      statuses: [
        {
          id: `wamid.${id}`,
          status: 'delivered',
          timestamp: String(Math.floor((await rows.now()) / 1_000)),
          biz_opaque_callback_data: `${id}.1`,
          ...ids,
        },
      ],
    }
    await sql`
      insert into webhook_events (payload)
      values (${JSON.stringify({ entry: [{ id: await rows.wabaOf(sender), changes: [{ field: 'messages', value }] }] })})`.execute(
      rows.postgres.db,
    )
    await apply()
  }

  it('links the BSUID of a status, so that a message by it alone is theirs', async () => {
    const [waId, bsuid] = [rows.digits(), newBsuid()]
    const sent = await enqueue(`+${waId}`)
    await rows.attempt(sender, sent, { event: 'accept' })
    const held = await enqueue(`+${waId}`)
    await rows.hold(held)
    await status(sent, { recipient_id: waId, recipient_user_id: bsuid })
    expect(await learn()).toBe(1)
    const { rows: seen } =
      await sql`select from contact_identities where key = ${bsuid} and seen_at is not null`.execute(rows.postgres.db)
    expect(seen).toEqual([]) // no sign of life of theirs
    await receive(sender, { ...wrote, from_user_id: bsuid }, { user_id: bsuid })
    await apply()
    expect((await stateOf(held))?.state).toBe('scheduled')
  })

  it('tells nothing new of whom is known, and then nothing is written', async () => {
    const waId = rows.digits()
    const sent = await enqueue(`+${waId}`)
    await rows.attempt(sender, sent, { event: 'accept' })
    await status(sent, { recipient_id: waId })
    expect(await learn()).toBe(0)
  })

  it('makes one person of a number and the one that WhatsApp has for it, whose window counts', async () => {
    const old = `225${String(68_000_000 + next)}`
    await receive(sender, { ...wrote, from: old })
    await apply()
    const dialled = await enqueue(`+22507${old.slice(3)}`)
    expect((await stateOf(dialled))?.last_inbound_at).not.toBeNull()
  })

  it('is left for the next round while a producer has the person in hand', async () => {
    const [waId, bsuid] = [rows.digits(), newBsuid()]
    const sent = await enqueue(`+${waId}`)
    await rows.attempt(sender, sent, { event: 'accept' })
    await enqueue({ user_id: bsuid })
    await status(sent, { recipient_id: waId, recipient_user_id: bsuid })
    const producer = await openTransaction((trx) =>
      sql`select from contacts c join contact_identities i on i.contact_id = c.id where i.key = ${bsuid} for key share of c`.execute(
        trx,
      ),
    )
    expect(await learn()).toBe(0)
    await producer.end()
    expect(await learn()).toBe(1)
  })
})

describe('a list with two spellings of one number', () => {
  it('is of one person, in one conversation', async () => {
    const subscriber = String(87_000_000 + ++next)
    const to = [`+55119${subscriber}`, `+5511${subscriber}`]
    const results = await enqueueOn(
      rows.postgres,
      rows.optOuts,
      SETTINGS,
      CALLER,
      to.map((number) => ({ sender, to: number, message: { type: 'text', text: { body: 'Hi' } } })),
    )
    const people = await Promise.all(results.map((one) => stateOf((one.ok ? one.intent.id : '') as IntentId)))
    expect(people[0]?.contact_id).toBeDefined()
    expect(people[1]?.contact_id).toBe(people[0]?.contact_id)
  })
})
