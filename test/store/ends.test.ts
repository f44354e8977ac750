import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allOf } from '../../src/domain/access.ts'
import type { ContactId, ConversationId, IntentId, PhoneNumberId, WorkspaceId } from '../../src/domain/ids.ts'
import type { Reason } from '../../src/domain/intent.ts'
import { HOUR_MS, plus } from '../../src/domain/time.ts'
import { wishToCancel } from '../../src/store/campaigns/tending.ts'
import type { IntentRecord } from '../../src/store/intents/enqueue.ts'
import { intentTransitions } from '../../src/store/intents/intents.ts'
import { cancelIntent } from '../../src/store/intents/operator-transitions.ts'
import { cancelAllOfSender, cancelByIds, cancelForGood, expireIntents } from '../../src/store/intents/waiting.ts'
import { beginReading } from '../../src/store/outbox/outbox.ts'
import { wishToCancelUnderWay } from '../../src/store/people/erasure.ts'
import { upsertTemplates } from '../../src/store/templates/sync.ts'
import { HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

/*
 * What follows an end, whoever ends it: every way to end an invitation, and every way to end what waits behind one, leaves the same behind.
 */

const FAILED: Reason = { code: 'graph_refused', text: 'Meta refused it.' }
const UNREACHABLE: Reason = { code: 'recipient_unreachable', text: 'Nobody is there.' }
const ASKS = { follow_up: { name: 'ask', language: 'en' } }
const ASKS_ANYHOW = { follow_up: [ASKS.follow_up, { name: 'ask_too', language: 'en' }] }

let rows: Rows
beforeAll(async () => {
  rows = await createRows()
  await beginReading(rows.postgres, randomUUID(), ['intent'])
})
afterAll(() => rows.close())

interface Asked {
  sender: PhoneNumberId
  conversation: ConversationId
  invitation: IntentId
  followers: IntentId[]
}

/** An invitation that is due, and messages held behind it. */
async function asked(followers: Partial<IntentRecord>[] = [{}]): Promise<Asked> {
  const { db } = rows.postgres
  const sender = await rows.linkSender()
  const { id: conversation } = await rows.conversation(sender)
  const ids: IntentId[] = []
  for (const overrides of followers)
    ids.push(await rows.intent(sender, conversation, { whenClosed: ASKS, ...overrides }))
  const template = { name: 'ask', language: { code: 'en' } }
  const invitation = await rows.intent(sender, conversation, {
    message: { type: 'template', template },
    priority: 'follow_up',
    followUpOf: ids[0] as IntentId,
  })
  for (const id of ids) {
    await rows.hold(id, { kind: 'answer' })
    await sql`update intents set follow_up_id = ${invitation}::uuid where id = ${id}::uuid`.execute(db)
  }
  await sql`
    update conversations set follow_up_id = ${invitation}::uuid, last_follow_up_at = casement_now()
    where id = ${conversation}::bigint`.execute(db)
  return { sender, conversation, invitation, followers: ids }
}

async function read(id: IntentId) {
  return rows.postgres.db.selectFrom('intents').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

async function conversationOf({ conversation }: Asked) {
  return rows.postgres.db
    .selectFrom('conversations')
    .selectAll()
    .where('id', '=', conversation)
    .executeTakeFirstOrThrow()
}

async function outlive(id: IntentId): Promise<void> {
  await sql`
    update intents set send_at = casement_now() - interval '1 hour', expires_at = casement_now() where id = ${id}::uuid`.execute(
    rows.postgres.db,
  )
}

const fail = (reason: Reason) => (it: Asked) =>
  intentTransitions(rows.postgres.pool, 0).close(it.invitation, 'fail', { kind: 'fail', reason, facts: {} })

/** Every way an invitation ends without having been accepted. */
const ENDS: Record<string, (it: Asked) => Promise<unknown>> = {
  'is refused when it is decided': fail(FAILED),
  'is refused by Meta': (it) => rows.attempt(it.sender, it.invitation, { event: 'fail', reason: FAILED }),
  'is suppressed': (it) =>
    rows.attempt(it.sender, it.invitation, {
      event: 'suppress',
      reason: { code: 'opted_out', text: 'The contact opted out.' },
    }),
  'is cancelled by an operator': (it) =>
    cancelIntent(
      rows.postgres.db,
      { ...HERE, id: it.invitation },
      { kind: 'cancel', reason: { code: 'by_request', text: 'No.' }, facts: {} },
    ),
  'is cancelled with others': (it) =>
    cancelByIds(rows.postgres.db, [it.invitation], { code: 'superseded', text: 'No.' }),
}

describe.each(Object.entries(ENDS))('when an invitation %s', (_how, end) => {
  it('nobody was asked, and who waited for the answer waits for the customer', async () => {
    const it = await asked([{}, {}])
    await end(it)
    expect(await conversationOf(it)).toMatchObject({ follow_up_id: null, last_follow_up_at: null })
    for (const id of it.followers) {
      expect(await read(id)).toMatchObject({ state: 'held', waits_kind: 'window', reason_code: 'awaiting_window' })
    }
  })
})

describe('when an invitation is over', () => {
  it('too late while it was held, who waited asks anew', async () => {
    const later = plus(await rows.now(), 9 * HOUR_MS)
    const it = await asked([{}, { expiresAt: later }])
    await rows.hold(it.invitation, { kind: 'template', template: { name: 'ask', language: 'en' } })
    await outlive(it.invitation)
    await expireIntents(rows.postgres.db, 100)
    expect((await read(it.invitation)).state).toBe('expired')
    expect(await conversationOf(it)).toMatchObject({ follow_up_id: null, last_follow_up_at: null })
    expect(await read(it.followers[1] as IntentId)).toMatchObject({
      state: 'scheduled',
      waits_kind: null,
      reason_code: null,
    })
  })

  it('together with who waited, in one statement, each ends once', async () => {
    const it = await asked([{}, {}])
    for (const id of [it.invitation, ...it.followers]) await outlive(id)
    expect(await expireIntents(rows.postgres.db, 100)).toBe(3)
    for (const id of it.followers) expect(await read(id)).toMatchObject({ state: 'expired' })
  })

  it('because nothing reaches the person, who waited fails with it', async () => {
    const it = await asked()
    await fail(UNREACHABLE)(it)
    expect(await read(it.followers[0] as IntentId)).toMatchObject({
      state: 'failed',
      reason_code: 'recipient_unreachable',
      reason_text: 'The follow-up failed: Nobody is there.',
    })
  })

  it('because its template is gone, who has another to ask with is decided again', async () => {
    const it = await asked([{}, { whenClosed: ASKS_ANYHOW }])
    const gone = { name: 'ask', language: 'en', status: 'DISABLED', category: 'UTILITY' }
    const template = { id: rows.digits(), ...gone, quality: null, document: gone }
    await upsertTemplates(rows.postgres.db, await rows.wabaOf(it.sender), [template])
    await fail({ code: 'template_disabled', text: 'Gone.' })(it)
    expect((await read(it.followers[0] as IntentId)).state).toBe('held')
    expect((await read(it.followers[1] as IntentId)).state).toBe('scheduled')
  })

  it('because the customer wrote before it left, who waited is left to whoever lets them go', async () => {
    const it = await asked()
    await cancelByIds(rows.postgres.db, [it.invitation], { code: 'answered', text: 'They wrote.' })
    expect(await conversationOf(it)).toMatchObject({ last_follow_up_at: null })
    expect(await read(it.followers[0] as IntentId)).toMatchObject({ state: 'held', waits_kind: 'answer' })
  })
})

describe('when who waits for an answer is over', () => {
  const cancel = (id: IntentId) => cancelByIds(rows.postgres.db, [id], { code: 'by_request', text: 'No.' })

  it('the invitation stays while somebody else waits, and is withdrawn after the last', async () => {
    const it = await asked([{}, {}])
    await cancel(it.followers[0] as IntentId)
    expect((await read(it.invitation)).state).toBe('scheduled')
    await cancel(it.followers[1] as IntentId)
    expect(await read(it.invitation)).toMatchObject({ state: 'cancelled', reason_code: 'superseded' })
    expect(await conversationOf(it)).toMatchObject({ follow_up_id: null, last_follow_up_at: null })
  })

  it('the invitation that has left stays out, and nobody is asked again', async () => {
    const it = await asked()
    await rows.attempt(it.sender, it.invitation, { event: 'accept' }, `wamid.${it.invitation}`)
    await cancel(it.followers[0] as IntentId)
    expect((await read(it.invitation)).state).toBe('sent')
    expect((await conversationOf(it)).follow_up_id).toBe(it.invitation)
  })

  it('all of a number at once, everything ends once', async () => {
    const it = await asked([{}, {}])
    expect(await cancelAllOfSender(rows.postgres.db, it.sender, { code: 'by_request', text: 'Unlinked.' }, 100)).toBe(0)
    await rows.senders.unlink(HERE, it.sender)
    expect(await cancelAllOfSender(rows.postgres.db, it.sender, { code: 'by_request', text: 'Unlinked.' }, 100)).toBe(3)
    expect(await cancelAllOfSender(rows.postgres.db, it.sender, { code: 'by_request', text: 'Unlinked.' }, 100)).toBe(0)
    const { rows: news } = await sql<{ subject: string }>`
      select subject from outbox where kind = 'intent.cancelled' and subject in (${it.invitation}, ${it.followers[0]}, ${it.followers[1]})`.execute(
      rows.postgres.db,
    )
    expect(news).toHaveLength(3)
  })
})

describe('a wish to cancel', () => {
  const decision = { kind: 'cancel', reason: { code: 'by_request' as const, text: 'Cancelled by request.' }, facts: {} }

  async function wished(end: 'dispatching' | 'in_doubt') {
    const sender = await rows.linkSender()
    const { id: conversation } = await rows.conversation(sender)
    const id = await rows.intent(sender, conversation)
    const opened = await rows.open(sender, id)
    if (end === 'in_doubt') {
      await rows.closeAttempt(id, opened.number, {
        event: 'doubt',
        keepsTurn: true,
        reason: { code: 'in_doubt', text: 'Lost.' },
      })
    }
    expect(await cancelIntent(rows.postgres.db, { ...HERE, id }, decision)).toBe('requested')
    expect(await read(id)).toMatchObject({ state: end })
    expect((await read(id)).cancel_requested_at).not.toBeNull()
    return { id, number: opened.number }
  }

  const BACK = {
    retry: { event: 'retry', dueInMs: 0, keepsTurn: true, reason: FAILED, countsAsRetry: true },
    hold: { event: 'hold', wait: { kind: 'window' }, reason: FAILED },
    fail: { event: 'fail', reason: FAILED },
    suppress: { event: 'suppress', reason: FAILED },
  } as const

  it.each(
    (['dispatching', 'in_doubt'] as const).flatMap((end) =>
      (Object.keys(BACK) as (keyof typeof BACK)[]).map((way) => ({ end, way })),
    ),
  )('while it is $end ends the way back by $way', async ({ end, way }) => {
    const { id, number } = await wished(end)
    await rows.closeAttempt(id, number, BACK[way])
    expect(await read(id)).toMatchObject({
      state: 'cancelled',
      reason_code: 'by_request',
      due_at: null,
      waits_kind: null,
    })
  })

  it.each(['dispatching', 'in_doubt'] as const)('while it is %s leaves it sent when Meta has it', async (end) => {
    const { id, number } = await wished(end)
    await rows.closeAttempt(id, number, { event: 'accept' })
    expect(await read(id)).toMatchObject({ state: 'sent' })
  })

  it.each([
    ['flow_stopped', (id: IntentId) => cancelForGood(rows.postgres.db, [id], { code: 'flow_stopped', text: '' })],
    [
      'campaign_cancelled',
      async (id: IntentId, sender: PhoneNumberId) => {
        await sql`update intents set campaign_id = 17 where id = ${id}::uuid`.execute(rows.postgres.db)
        await wishToCancel(rows.postgres.db, { row: 17, numbers: [sender] })
      },
    ],
    [
      'erased',
      (_id: IntentId, _sender: PhoneNumberId, contact: ContactId) => wishToCancelUnderWay(rows.postgres.db, contact),
    ],
  ] as const)('of what is not a person ends it with %s, unless a person wished it before', async (code, wish) => {
    for (const first of [null, 'a person'] as const) {
      const sender = await rows.linkSender()
      const { id: conversation, contactId } = await rows.conversation(sender)
      const id = await rows.intent(sender, conversation)
      const { number } = await rows.open(sender, id)
      if (first) await cancelIntent(rows.postgres.db, { ...HERE, id }, decision)
      await wish(id, sender, contactId)
      await rows.closeAttempt(id, number, BACK.retry)
      expect(await read(id)).toMatchObject({ state: 'cancelled', reason_code: first ? 'by_request' : code })
      const { rows: noted } = await sql<{ kind: string }>`
        select kind from decisions where intent_id = ${id}::uuid and kind = 'cancel'`.execute(rows.postgres.db)
      expect(noted).toHaveLength(first ? 2 : 1)
    }
  })

  it('that comes twice is one, and a replay forgets it', async () => {
    const { id, number } = await wished('dispatching')
    expect(await cancelIntent(rows.postgres.db, { ...HERE, id }, decision)).toBe('requested')
    await rows.closeAttempt(id, number, BACK.fail)
    expect(await cancelIntent(rows.postgres.db, { ...HERE, id }, decision)).toBe(false)
  })

  it('of another workspace is none', async () => {
    const { id } = await wished('dispatching')
    expect(await cancelIntent(rows.postgres.db, { ...allOf('other' as WorkspaceId), id }, decision)).toBe(false)
  })
})
