import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ConversationId, IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { INTENT_STATES } from '../../src/domain/lifecycle.ts'
import { DAY_MS, plus } from '../../src/domain/time.ts'
import { retention } from '../../src/store/intents/retention.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { standIn } from '../support/standing.ts'

const DAYS = 30

let rows: Rows
let sender: PhoneNumberId
beforeAll(async () => {
  rows = await createRows()
  sender = await rows.linkSender()
})
afterAll(() => rows.close())
beforeEach(async () => {
  await sql`truncate intents, messages, inbound_messages cascade`.execute(rows.postgres.db)
})

/** An id as it was given so many days ago. */
function idOf(daysAgo: number): IntentId {
  const hex = (Date.now() - daysAgo * DAY_MS).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${crypto.randomUUID().slice(24)}` as IntentId
}

interface Past {
  /** Days since it was enqueued, and since it is in its state. */
  created?: number
  since?: number
  conversation?: ConversationId
  columns?: string
}

async function past(
  state: (typeof INTENT_STATES)[number],
  { created = 100, since = created, conversation, columns }: Past = {},
): Promise<IntentId> {
  const talk = conversation ?? (await rows.conversation(sender)).id
  const sendAt = plus(await rows.now(), -created * DAY_MS)
  const id = await rows.intent(sender, talk, { id: idOf(created), sendAt, expiresAt: plus(sendAt, 1_000 * DAY_MS) })
  if (state !== 'scheduled') await standIn(rows.postgres.db, id, state)
  await sql`update intents set state_at = now() - ${since} * interval '1 day' ${sql.raw(columns ? `, ${columns}` : '')} where id = ${id}::uuid`.execute(
    rows.postgres.db,
  )
  return id
}

async function expire(held: IntentId, daysAgo: number): Promise<void> {
  await sql`
    update intents set state = 'expired', reason_code = 'expired', waits_kind = null, state_at = now() - ${daysAgo} * interval '1 day'
    where id = ${held}::uuid`.execute(rows.postgres.db)
}

async function kept(): Promise<string[]> {
  return (await rows.postgres.db.selectFrom('intents').select('id').execute()).map((row) => row.id).toSorted()
}

async function count(table: 'messages' | 'attempts' | 'decisions' | 'inbound_messages'): Promise<number> {
  const { rows: found } = await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(
    rows.postgres.db,
  )
  return found[0]?.n ?? 0
}

const OVER = ['sent', 'failed', 'expired', 'cancelled', 'suppressed']

describe('what is over', () => {
  it.each(INTENT_STATES)('goes when it has been for so long, and stays while it is not: %s', async (state) => {
    const id = await past(state)
    await retention(rows.postgres.db, DAYS).sweep(100)
    expect(await kept()).toEqual(OVER.includes(state) ? [] : [id])
  })

  it('is counted from its end, and not from its beginning', async () => {
    const stays = [await past('sent', { created: 29 }), await past('failed', { created: 100, since: 29 })]
    await past('cancelled', { created: 100, since: 31 })
    await retention(rows.postgres.db, DAYS).sweep(100)
    expect(await kept()).toEqual(stays.toSorted())
  })

  it('goes with its attempts, decisions and messages, and leaves those of others', async () => {
    for (const created of [100, 5]) {
      const { id: talk } = await rows.conversation(sender)
      const id = await past('scheduled', { created, conversation: talk })
      await rows.attempt(sender, id, { event: 'accept' })
      await sql`insert into decisions (intent_id, kind, reason, facts) values (${id}::uuid, 'defer', '{}', '{}')`.execute(
        rows.postgres.db,
      )
      await sql`update intents set state_at = now() - ${created} * interval '1 day' where id = ${id}::uuid`.execute(
        rows.postgres.db,
      )
    }
    expect(await Promise.all([count('attempts'), count('decisions'), count('messages')])).toEqual([2, 2, 2])
    await retention(rows.postgres.db, DAYS).sweep(100)
    expect(await Promise.all([count('attempts'), count('decisions'), count('messages')])).toEqual([1, 1, 1])
  })

  it('stays while somebody waits for the answer to it', async () => {
    const { id: talk } = await rows.conversation(sender)
    const invitation = await past('sent', { conversation: talk, columns: `follow_up_of = gen_random_uuid()` })
    await sql`update conversations set follow_up_id = ${invitation}::uuid where id = ${talk}::bigint`.execute(
      rows.postgres.db,
    )
    const waiting = await past('held', {
      conversation: talk,
      columns: `waits_kind = 'answer', follow_up_id = '${invitation}'`,
    })
    let hours = 0
    const keeping = retention(rows.postgres.db, DAYS, () => ++hours * 3_600_001)
    await keeping.sweep(100)
    expect(await kept()).toEqual([invitation, waiting].toSorted())

    await expire(waiting, 5)
    await keeping.sweep(100)
    expect(await kept()).toEqual([waiting])
    const talks = await sql<{ follow_up_id: string | null }>`
      select follow_up_id from conversations where id = ${talk}::bigint`.execute(rows.postgres.db)
    expect(talks.rows).toEqual([{ follow_up_id: null }])
  })

  it('frees its idempotency key', async () => {
    await past('sent', { columns: `idempotency_key = 'order-1'` })
    await retention(rows.postgres.db, DAYS).sweep(100)
    const { id: talk } = await rows.conversation(sender)
    await rows.intent(sender, talk, { idempotencyKey: 'order-1', requestHash: 'other' })
    expect(await kept()).toHaveLength(1)
  })

  it('goes some at a time, from where the last time ended, and from the start again after a while', async () => {
    const live = await past('held', { created: 104 })
    for (const created of [103, 102, 101]) await past('sent', { created })
    let now = 0
    const keeping = retention(rows.postgres.db, DAYS, () => now)
    expect([await keeping.sweep(2), await keeping.sweep(2), await keeping.sweep(2)]).toEqual([2, 2, 0])
    expect(await kept()).toEqual([live])

    await expire(live, 40)
    await keeping.sweep(2)
    expect(await kept()).toEqual([live])
    now = 2 * 3_600_000
    await keeping.sweep(2)
    expect(await kept()).toEqual([])
  })

  it('takes what customers wrote and colleagues did along, and leaves people, consents and windows', async () => {
    const { id: talk, contactId } = await rows.conversation(sender)
    for (const days of [40, 20]) {
      await sql`
        insert into inbound_messages (wamid, conversation_id, type, at, body, received_at)
        values (${`wamid.in.${days}`}, ${talk}::bigint, 'text', now(), '{}', now() - ${days} * interval '1 day')`.execute(
        rows.postgres.db,
      )
      await sql`
        insert into messages (wamid, conversation_id, origin, body, accepted_at)
        values (${`wamid.echo.${days}`}, ${talk}::bigint, 'phone_app', '{}', now() - ${days} * interval '1 day')`.execute(
        rows.postgres.db,
      )
    }
    await sql`insert into consents (contact_id, category, state, at) values (${contactId}::bigint, 'marketing', 'out', now() - interval '2 years')`.execute(
      rows.postgres.db,
    )
    await retention(rows.postgres.db, DAYS).sweep(100)
    expect([await count('inbound_messages'), await count('messages')]).toEqual([1, 1])
    const left = await sql<{ consents: number; talks: number }>`
      select (select count(*)::int from consents where contact_id = ${contactId}::bigint) as consents,
        (select count(*)::int from conversations where id = ${talk}::bigint) as talks`.execute(rows.postgres.db)
    expect(left.rows).toEqual([{ consents: 1, talks: 1 }])
  })
})
