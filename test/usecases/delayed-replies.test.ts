import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { changeIntentOn } from '../../src/app/changing.ts'
import { enqueueOn } from '../../src/app/enqueueing.ts'
import { createInbox } from '../../src/app/inbox.ts'
import { managementIo } from '../../src/app/management-io.ts'
import { decide } from '../../src/domain/decision.ts'
import type { ContactId, ConversationId, IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, plus, toIso } from '../../src/domain/time.ts'
import { claimHeads } from '../../src/store/intents/claim.ts'
import { moveSchedules } from '../../src/store/intents/schedules.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { applyWebhooks } from '../../src/usecases/apply-webhook.ts'
import type { Producer } from '../../src/usecases/enqueue-intent.ts'
import { CALLER } from '../support/access.ts'
import { SETTINGS } from '../support/builders.ts'
import { fakeGraph } from '../support/management.ts'
import { createRows, type Rows } from '../support/rows.ts'

let rows: Rows
let sender: PhoneNumberId
let to: { id: ConversationId; contactId: ContactId; waId: string }
let next = 0

beforeAll(async () => {
  rows = await createRows()
  sender = await rows.linkSender({ portfolio: 'one' })
})
beforeEach(async () => {
  to = await rows.conversation(sender)
})
afterAll(() => rows.close())

const inbox = () =>
  createInbox({
    postgres: rows.postgres,
    optOuts: rows.optOuts,
    recipientReviewMs: DAY_MS,
    log: { info() {}, warn() {} },
  })
const read = (id: IntentId) =>
  rows.postgres.db.selectFrom('intents').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

const ANA: Producer = { ...CALLER, actor: { kind: 'user', id: '1', name: 'Ana' } }
const RUI: Producer = { ...CALLER, actor: { kind: 'user', id: '2', name: 'Rui' } }

async function enqueue(intent: object, producer: Producer = CALLER): Promise<IntentId> {
  const body = { sender, to: { wa_id: to.waId }, message: { type: 'text', text: { body: 'Hello' } }, ...intent }
  const [result] = await enqueueOn(rows.postgres, rows.optOuts, SETTINGS, producer, [body])
  if (!result?.ok) throw new Error(JSON.stringify(result))
  return result.intent.id
}
async function refused(intent: object) {
  const body = { sender, to: { wa_id: to.waId }, message: { type: 'text', text: { body: 'Hello' } }, ...intent }
  const [result] = await enqueueOn(rows.postgres, rows.optOuts, SETTINGS, CALLER, [body])
  return result?.ok ? null : result?.error
}

async function arrives(messages: object[], field = 'messages'): Promise<string> {
  const key = field === 'messages' ? 'messages' : 'message_echoes'
  const value = { metadata: { phone_number_id: sender }, [key]: messages }
  const payload = { entry: [{ id: await rows.wabaOf(sender), changes: [{ field, value }] }] }
  const found = await sql<{ id: string }>`
    insert into webhook_events (payload, numbers) values (${JSON.stringify(payload)}, ${[sender]}) returning id`.execute(
    rows.postgres.db,
  )
  return found.rows[0]?.id as string
}
async function message(at: Instant): Promise<object> {
  return {
    id: `wamid.${++next}`,
    type: 'text',
    text: { body: 'Hi' },
    from: to.waId,
    timestamp: String(Math.floor(at / 1_000)),
  }
}
const apply = () => applyWebhooks(inbox(), { payloads: 10, bytes: 1e6 })
async function writes(at?: Instant): Promise<void> {
  await arrives([await message(at ?? (await rows.now()))])
  expect(await apply()).toMatchObject({ applied: 1 })
}
async function colleagueWrites(): Promise<void> {
  const at = Math.floor((await rows.now()) / 1_000)
  const echo = {
    id: `wamid.${++next}`,
    type: 'text',
    text: { body: 'Me' },
    from: sender,
    to: to.waId,
    timestamp: String(at),
  }
  await arrives([echo], 'smb_message_echoes')
  expect(await apply()).toMatchObject({ applied: 1 })
}

const soon = async () => toIso(plus(await rows.now(), HOUR_MS))
/** What the dispatch would do with what is due of this number. */
async function verdicts() {
  return inTransaction(rows.postgres.pool, async (_trx, client) => {
    const heads = await claimHeads(client, [{ sender, look: 100 }], 100, [])
    return new Map(heads.map((head) => [head.intent.id, decide(head.intent, head.facts, SETTINGS)]))
  })
}
const dueNow = (id: IntentId) =>
  sql`update intents set send_at = casement_now(), due_at = casement_now() where id = ${id}::uuid`.execute(
    rows.postgres.db,
  )
/** As if it had been enqueued an hour ago, for now. */
const dueAnHourLater = (id: IntentId) =>
  sql`
    update intents set created_at = created_at - interval '1 hour', send_at = casement_now(), due_at = casement_now()
    where id = ${id}::uuid`.execute(rows.postgres.db)

describe('before the window closes', () => {
  it('is two minutes before the margin, and moves with every message', async () => {
    const wrote = plus(await rows.now(), -HOUR_MS)
    await writes(wrote)
    const id = await enqueue({ send_at: 'before_close' })
    const stamp = Math.floor(wrote / 1_000) * 1_000
    const last = stamp + DAY_MS - SETTINGS.windowMarginMs - 2 * MINUTE_MS
    expect((await read(id)).send_at).toBe(last)
    const again = plus(wrote, 30 * MINUTE_MS)
    await writes(again)
    const moved = await read(id)
    expect(moved.due_at).toBe(last + 30 * MINUTE_MS)
    expect(moved.expires_at - moved.send_at).toBe(7 * DAY_MS)
  })

  it('is now where none is open, and an ordinary message from then on', async () => {
    const id = await enqueue({ send_at: 'before_close', when_closed: 'hold' })
    const { send_at, schedule } = await read(id)
    expect(schedule).toBeNull()
    expect(send_at).toBeLessThanOrEqual(await rows.now())
  })

  it('leaves inside an end of its own', async () => {
    await writes()
    const ends = plus(await rows.now(), HOUR_MS)
    const id = await enqueue({ send_at: 'before_close', expires_at: toIso(ends) })
    expect((await read(id)).send_at).toBe(ends - MINUTE_MS)
    await writes(plus(await rows.now(), MINUTE_MS))
    expect((await read(id)).send_at).toBe(ends - MINUTE_MS)
  })

  it('is found by the sweep where Meta refuted the window', async () => {
    await writes()
    const id = await enqueue({ send_at: 'before_close' })
    await sql`update conversations set window_refuted_at = casement_now() where id = ${to.id}::bigint`.execute(
      rows.postgres.db,
    )
    await rows.postgres.db
      .transaction()
      .execute((trx) => moveSchedules(trx, { after: null, limit: 100 }, SETTINGS.windowMarginMs))
    expect((await read(id)).due_at).toBeLessThanOrEqual(await rows.now())
  })

  it('keeps its place where it was put off, and gives its turn up when it moves on', async () => {
    await writes(plus(await rows.now(), -HOUR_MS))
    const id = await enqueue({ send_at: 'before_close' })
    await dueNow(id)
    const reason = { code: 'graph_transient' as const, text: 'Again.' }
    await rows.attempt(sender, id, { event: 'retry', dueInMs: 5_000, keepsTurn: true, reason, countsAsRetry: true })
    await writes()
    const { due_at, send_at } = await read(id)
    expect(due_at).toBe(send_at)
    expect(due_at).toBeGreaterThan(plus(await rows.now(), 20 * HOUR_MS))
    const turns = await rows.postgres.db.selectFrom('turns').selectAll().where('intent_id', '=', id).execute()
    expect(turns).toEqual([])
  })
})

describe("the contact's local time", () => {
  it('goes with the zone that they have, and only that of what waits', async () => {
    const year = new Date(await rows.now()).getUTCFullYear() + 1
    const asked = { local: `${year - 1}-12-31T22:00`, time_zone: 'contact' }
    const id = await enqueue({ send_at: asked })
    const fixed = await enqueue({ send_at: { ...asked, time_zone: 'Asia/Tokyo' } })
    const { contacts } = managementIo(rows.postgres, rows.senders, fakeGraph(), rows.optOuts)
    await contacts.updateContact(CALLER, to.contactId, { time_zone: 'America/Sao_Paulo' })
    expect(toIso((await read(id)).send_at)).toBe(`${year}-01-01T01:00:00.000Z`)
    await contacts.updateContact(CALLER, to.contactId, { time_zone: 'Europe/Lisbon' })
    expect(toIso((await read(id)).due_at as Instant)).toBe(`${year - 1}-12-31T22:00:00.000Z`)
    expect(toIso((await read(fixed)).send_at)).toBe(`${year - 1}-12-31T13:00:00.000Z`)
  })
})

describe('what listens', () => {
  it.each(['reply', 'colleague'])('for a %s ends with it', async (event) => {
    const id = await enqueue({ send_at: await soon(), cancel_on: [event], when_closed: 'hold' })
    await (event === 'reply' ? colleagueWrites() : writes())
    expect((await read(id)).state).toBe('scheduled')
    await (event === 'reply' ? writes() : colleagueWrites())
    expect(await read(id)).toMatchObject({ state: 'cancelled', reason_code: 'answered' })
  })

  it('for a reply ends with a message whose stamp is older than it', async () => {
    const id = await enqueue({ send_at: await soon(), cancel_on: ['reply'], when_closed: 'hold' })
    await writes(plus(await rows.now(), -2 * HOUR_MS))
    await writes(plus(await rows.now(), -3 * HOUR_MS))
    expect((await read(id)).state).toBe('cancelled')
    const late = await enqueue({ send_at: await soon(), cancel_on: ['reply'], when_closed: 'hold' })
    await writes(plus(await rows.now(), -3 * HOUR_MS))
    expect((await read(late)).state).toBe('cancelled')
  })

  it('for a colleague ends with what another person sends now, and not with their own', async () => {
    const mine = await enqueue({ send_at: await soon(), cancel_on: ['colleague'] }, ANA)
    const keys = await enqueue({ send_at: await soon(), cancel_on: ['colleague'] })
    await enqueue({ send_at: await soon() }, RUI)
    expect((await read(mine)).state).toBe('scheduled')
    await enqueue({}, ANA)
    expect((await read(mine)).state).toBe('scheduled')
    expect((await read(keys)).state).toBe('cancelled')
    await enqueue({}, RUI)
    expect((await read(mine)).state).toBe('cancelled')
  })

  it('for a colleague ends with what another person has scheduled, once that has left', async () => {
    const answers = await enqueue({ send_at: await soon(), when_closed: 'hold' }, RUI)
    const keys = await enqueue({ send_at: await soon(), cancel_on: ['colleague'], when_closed: 'hold' })
    const theirs = await enqueue({ send_at: await soon(), cancel_on: ['colleague'], when_closed: 'hold' }, RUI)
    const kinds = async () => {
      const found = await verdicts()
      return [keys, theirs].map((id) => found.get(id)?.kind)
    }
    await dueAnHourLater(answers)
    const { number } = await rows.open(sender, answers)
    for (const id of [keys, theirs]) await dueNow(id)
    await sql`delete from turns where intent_id = ${answers}::uuid`.execute(rows.postgres.db)
    expect(await kinds()).toEqual(['hold', undefined])
    await rows.closeAttempt(answers, number, { event: 'accept' })
    expect(await kinds()).toEqual(['cancel', undefined])
    await sql`update intents set due_at = null, state = 'cancelled', reason_code = 'by_request' where id = ${keys}::uuid`.execute(
      rows.postgres.db,
    )
    expect((await verdicts()).get(theirs)?.kind).toBe('hold')
    // What comes to nothing is no answer.
    const again = await enqueue({ cancel_on: ['colleague'], when_closed: 'hold' })
    await sql`update intents set created_at = created_at - interval '1 hour' where id = ${again}::uuid`.execute(
      rows.postgres.db,
    )
    await sql`update intents set due_at = null, state = 'cancelled', reason_code = 'by_request' where id = ${theirs}::uuid`.execute(
      rows.postgres.db,
    )
    expect((await verdicts()).get(again)?.kind).toBe('cancel')
    await sql`update messages set status = 'failed' where intent_id = ${answers}::uuid`.execute(rows.postgres.db)
    expect((await verdicts()).get(again)?.kind).toBe('hold')
  })

  it('is not ended by what was there before', async () => {
    await writes()
    await colleagueWrites()
    const id = await enqueue({ cancel_on: ['reply', 'colleague'], when_closed: 'hold' })
    expect((await verdicts()).get(id)?.kind).toBe('send')
  })

  it.each(['reply', 'colleague', 'person'])('since a change listens for a %s after it', async (by) => {
    const event = by === 'reply' ? 'reply' : 'colleague'
    const answers = () => (by === 'reply' ? writes() : by === 'colleague' ? colleagueWrites() : enqueue({}, RUI))
    const id = await enqueue({ when_closed: 'hold' })
    await writes()
    await answers()
    expect(await changeIntentOn(rows.postgres, SETTINGS, CALLER, id, { cancel_on: [event] })).toMatchObject({
      ok: true,
    })
    // What changed in this very moment is looked at with the next page.
    expect((await verdicts()).get(id)?.kind).toBe('send')
    await answers()
    expect((await read(id)).state).toBe('cancelled')
  })

  it('does not ask for the answer that would end it', async () => {
    const when_closed = { follow_up: { name: 'ask', language: 'en' } }
    expect(await refused({ cancel_on: ['reply'], when_closed })).toMatchObject({ status: 400, field: 'cancel_on' })
    expect(await refused({ cancel_on: ['reply', 'reply'] })).toMatchObject({ field: 'cancel_on' })
    expect(await refused({ cancel_on: ['read'] })).toMatchObject({ field: 'cancel_on.0' })
  })
})

describe('an answer and a dispatch at the same moment', () => {
  const listening = (event = 'reply') => enqueue({ cancel_on: [event], when_closed: 'hold' })

  it('recorded before the attempt opens: nothing leaves', async () => {
    const id = await listening()
    const client = await rows.postgres.pool.connect()
    try {
      await client.query('begin')
      const heads = await claimHeads(client, [{ sender, look: 100 }], 100, [])
      expect(heads.map((head) => head.intent.id)).toContain(id)
      // The page has decided, and the answer comes in between.
      await writes()
      await client.query('rollback')
    } finally {
      client.release()
    }
    await expect(rows.open(sender, id)).rejects.toThrow('expected intent')
    expect((await read(id)).state).toBe('cancelled')
  })

  it('recorded while it is on its way: it is not sent again, whatever brings it back', async () => {
    const id = await listening()
    const { number } = await rows.open(sender, id)
    await writes()
    expect((await read(id)).state).toBe('dispatching')
    const reason = { code: 'graph_transient' as const, text: 'Again.' }
    await rows.closeAttempt(id, number, { event: 'retry', dueInMs: 0, keepsTurn: true, reason, countsAsRetry: true })
    expect((await verdicts()).get(id)).toMatchObject({ kind: 'cancel', reason: { code: 'answered' } })
  })

  it.each(['reply', 'colleague', 'person'])(
    '%s recorded while its own transaction is open: it ends all the same',
    async (by) => {
      const client = new pg.Client(rows.databaseUrl)
      await client.connect()
      try {
        await client.query('begin')
        await client.query('select casement_now()')
        const event = by === 'reply' ? 'reply' : 'colleague'
        const { createCasement } = await import('../../src/index.ts')
        const casement = await createCasement({ databaseUrl: rows.databaseUrl })
        const recipient = { wa_id: to.waId }
        const text = { type: 'text' as const, text: { body: 'Later' } }
        const { id } = await casement.enqueue(
          { sender, to: recipient, message: text, cancel_on: [event], when_closed: 'hold' },
          { trx: client },
        )
        if (by === 'reply') await writes()
        else if (by === 'colleague') await colleagueWrites()
        else await enqueue({}, RUI)
        await client.query('commit')
        await casement.close()
        expect((await read(id as IntentId)).state).toBe('scheduled')
        expect((await verdicts()).get(id as IntentId)).toMatchObject({ kind: 'cancel' })
      } finally {
        await client.end()
      }
    },
  )

  it('stored before its time and not taken in yet: it waits a moment, and no longer than that', async () => {
    const id = await listening()
    const other = await enqueue({ when_closed: 'hold', priority: 'transactional' })
    const event = await arrives([await message(await rows.now())])
    await sql`update webhook_events set received_at = casement_now() - interval '1 second' where id = ${event}::bigint`.execute(
      rows.postgres.db,
    )
    await dueNow(id)
    expect((await verdicts()).get(id)).toMatchObject({ kind: 'defer', reason: { code: 'unheard' } })
    expect((await verdicts()).get(other)?.kind).toBe('hold')
    // Taking in stands still.
    await sql`update webhook_events set received_at = casement_now() - interval '1 minute' where id = ${event}::bigint`.execute(
      rows.postgres.db,
    )
    expect((await verdicts()).get(id)?.kind).toBe('hold')
    expect(await apply()).toMatchObject({ applied: 1 })
    expect((await read(id)).state).toBe('cancelled')
  })

  it('an operator who wants it sent has it sent', async () => {
    const id = await listening()
    await writes()
    const { replay } = managementIo(rows.postgres, rows.senders, fakeGraph(), rows.optOuts).intents
    expect(
      await replay(CALLER, id, { kind: 'replay', reason: { code: 'by_request', text: 'Again.' }, facts: {} }),
    ).toBe(true)
    expect((await verdicts()).get(id)?.kind).toBe('send')
  })
})
