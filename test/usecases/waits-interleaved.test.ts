import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createInbox } from '../../src/app/inbox.ts'
import { decide } from '../../src/domain/decision.ts'
import type { ConversationId, IntentId, PhoneNumberId, WabaId } from '../../src/domain/ids.ts'
import { DAY_MS } from '../../src/domain/time.ts'
import type { Wait } from '../../src/domain/wait.ts'
import { claimHeads } from '../../src/store/intents/claim.ts'
import type { IntentRecord } from '../../src/store/intents/enqueue.ts'
import { cancelByIds, releaseByIds, releaseTemplateWaiters } from '../../src/store/intents/waiting.ts'
import { readWaits, waitedTemplates, waitPlaceOf } from '../../src/store/intents/waits.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { upsertTemplates } from '../../src/store/templates/sync.ts'
import { applyWebhooks } from '../../src/usecases/apply-webhook.ts'
import { reconcileWaits } from '../../src/usecases/reconcile-waits.ts'
import { SETTINGS } from '../support/builders.ts'
import { createRows, type Rows } from '../support/rows.ts'

/*
 * Every wait is a level: whatever was missed, because a process died between two statements, or because two people became one, is found by
 * asking whether somebody still has to wait.
 */

let rows: Rows
let sender: PhoneNumberId
let next = 0
const MARGIN_MS = 30_000
const ASKS = { follow_up: { name: 'ask', language: 'en' } }
const FOR_TEMPLATE: Wait = { kind: 'template', template: { name: 'ask', language: 'en' } }

beforeAll(async () => {
  rows = await createRows()
  sender = await rows.linkSender({ portfolio: 'one' })
  await upsertTemplates(rows.postgres.db, (await rows.wabaOf(sender)) as WabaId, [
    {
      id: '7001',
      name: 'ask',
      language: 'en',
      status: 'PAUSED',
      category: 'UTILITY',
      quality: null,
      document: { name: 'ask', language: 'en', status: 'PAUSED', category: 'UTILITY', components: [] },
    },
  ])
})
afterAll(() => rows.close())

const read = (id: IntentId) =>
  rows.postgres.db.selectFrom('intents').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const openWindow = (id: ConversationId) =>
  sql`update conversations set window_opened_at = now(), last_inbound_at = now() where id = ${id}::bigint`.execute(
    rows.postgres.db,
  )

/** What the leader does in every round, at once for everybody. */
async function reconcile(): Promise<void> {
  const { db, pool } = rows.postgres
  await reconcileWaits(
    {
      waits: {
        read: (kind, after, limit) => readWaits(pool, kind, after, limit, MARGIN_MS),
        placeOf: (withinMs) => waitPlaceOf(pool, withinMs),
        release: (ids) => releaseByIds(db, ids),
        templates: () => waitedTemplates(pool),
        releaseTemplate: (wabaId, template, limit) => releaseTemplateWaiters(db, wabaId, template, limit),
      },
      senders: { unlinkedWithUnsent: async () => [], cancelAllOf: async () => 0 },
      notifyDue: async () => {},
    },
    new Map(),
  )
}

async function invitationFor(conversation: ConversationId, id: IntentId): Promise<IntentId> {
  const template = { name: 'ask', language: { code: 'en' } }
  const message = { type: 'template', template } as const
  const invitation = await rows.intent(sender, conversation, { message, priority: 'follow_up', followUpOf: id })
  await sql`
    update conversations set follow_up_id = ${invitation}::uuid, last_follow_up_at = now() where id = ${conversation}::bigint`.execute(
    rows.postgres.db,
  )
  await rows.hold(id, { kind: 'answer' })
  await sql`update intents set follow_up_id = ${invitation}::uuid where id = ${id}::uuid`.execute(rows.postgres.db)
  return invitation
}

describe('who is put aside in the moment in which it is too late', () => {
  const held = async (wait: Wait, overrides: Partial<IntentRecord> = {}) => {
    const { id: conversation } = await rows.conversation(sender)
    const id = await rows.intent(sender, conversation, { whenClosed: ASKS, ...overrides })
    await rows.hold(id, wait)
    return { id, conversation }
  }

  it('behind an invitation that has just ended is decided again', async () => {
    // It joined the invitation that it had read of, and none was noted any more when it did.
    const { id } = await held({ kind: 'answer' })
    await reconcile()
    expect(await read(id)).toMatchObject({ state: 'scheduled', follow_up_id: null })
  })

  it.each([
    ['window', { kind: 'window' } as Wait],
    ['answer', { kind: 'answer' } as Wait],
    ['template, by a free-form message', FOR_TEMPLATE],
  ])('for what the customer has ended is let go, whoever should have: %s', async (_kind, wait) => {
    const { id, conversation } = await held(wait)
    await openWindow(conversation)
    await reconcile()
    expect((await read(id)).state).toBe('scheduled')
  })

  it('for its own template waits on, whatever window is open', async () => {
    const message = { type: 'template', template: { name: 'ask', language: { code: 'en' } } } as const
    const { id, conversation } = await held(FOR_TEMPLATE, { message })
    await openWindow(conversation)
    await reconcile()
    expect((await read(id)).state).toBe('held')
  })
})

describe('an invitation for whose answer nobody waits any more', () => {
  const CANCELLED = { code: 'by_request', text: 'Cancelled by request.' } as const
  const verdictOn = async (id: IntentId) => {
    const client = await rows.postgres.pool.connect()
    try {
      const heads = await claimHeads(client, [{ sender, look: 1_000 }], 1_000, [])
      const head = heads.find(({ intent }) => intent.id === id)
      return head && decide(head.intent, head.facts, SETTINGS)
    } finally {
      client.release()
    }
  }
  async function waitedForByTwo() {
    const { id: conversation } = await rows.conversation(sender)
    const [first, second] = [
      await rows.intent(sender, conversation, { whenClosed: ASKS }),
      await rows.intent(sender, conversation, { whenClosed: ASKS }),
    ]
    const invitation = await invitationFor(conversation, first)
    await rows.hold(second, { kind: 'answer' })
    await sql`update intents set follow_up_id = ${invitation}::uuid where id = ${second}::uuid`.execute(
      rows.postgres.db,
    )
    return { first, second, invitation }
  }

  it('does not leave, also where the last two stop waiting at the same moment', async () => {
    const { first, second, invitation } = await waitedForByTwo()
    const other = await waitedForByTwo()
    await inTransaction(rows.postgres.pool, async (one) => {
      await cancelByIds(one, [first], CANCELLED)
      await inTransaction(rows.postgres.pool, async (two) => cancelByIds(two, [second], CANCELLED))
    })
    await cancelByIds(rows.postgres.db, [other.first], CANCELLED)
    const verdict = await verdictOn(invitation)
    if (verdict === undefined) expect((await read(invitation)).state).toBe('cancelled')
    else expect(verdict).toMatchObject({ kind: 'cancel', reason: { code: 'superseded' } })
    expect((await verdictOn(other.invitation))?.kind).not.toBe('cancel')
  })

  it('leaves for who waits for the customer to write, as one that is sent anew does', async () => {
    const { first, second, invitation } = await waitedForByTwo()
    await sql`update intents set waits_kind = 'window', reason_code = 'awaiting_window' where id = ${first}::uuid`.execute(
      rows.postgres.db,
    )
    await sql`update intents set waits_kind = 'window', reason_code = 'awaiting_window' where id = ${second}::uuid`.execute(
      rows.postgres.db,
    )
    expect((await verdictOn(invitation))?.kind).not.toBe('cancel')
  })
})

describe('two invitations of people who turn out to be one', () => {
  const inbox = () =>
    createInbox({
      postgres: rows.postgres,
      optOuts: rows.optOuts,
      recipientReviewMs: DAY_MS,
      log: { info() {}, warn() {} },
    })

  /** Asked twice: by the number they had, and by the one they have. */
  async function askedTwice() {
    const people = [await rows.conversation(sender), await rows.conversation(sender)] as const
    const asked = []
    for (const { id: conversation } of people) {
      const id = await rows.intent(sender, conversation, { whenClosed: ASKS })
      asked.push({ id, invitation: await invitationFor(conversation, id) })
    }
    return { before: people[0].waId, after: people[1].waId, asked: asked as [Asked, Asked] }
  }
  interface Asked {
    id: IntentId
    invitation: IntentId
  }

  async function receive(message: object): Promise<void> {
    const timestamp = String(Math.floor((await rows.now()) / 1_000))
    const value = {
      metadata: { phone_number_id: sender },
      messages: [{ id: `wamid.${++next}`, timestamp, ...message }],
    }
    const payload = { entry: [{ id: await rows.wabaOf(sender), changes: [{ field: 'messages', value }] }] }
    await sql`insert into webhook_events (payload) values (${JSON.stringify(payload)})`.execute(rows.postgres.db)
    expect(await applyWebhooks(inbox(), { payloads: 10, bytes: 1e6 })).toMatchObject({ applied: 1 })
  }
  const change = (before: string, after: string) =>
    receive({ type: 'system', from: before, system: { type: 'user_changed_number', wa_id: after } })

  it('leave once, and both wait for that one', async () => {
    const { before, after, asked } = await askedTwice()
    await change(before, after)
    const states = await Promise.all(asked.map(async (one) => (await read(one.invitation)).state))
    expect(states.toSorted()).toEqual(['cancelled', 'scheduled'])
    const left = asked[states.indexOf('scheduled')]?.invitation
    for (const { id } of asked) expect(await read(id)).toMatchObject({ state: 'held', follow_up_id: left })
  })

  it.each([0, 1])('leave not at all where one of them has left', async (which) => {
    const { before, after, asked } = await askedTwice()
    const out = asked[which] as Asked
    await rows.attempt(sender, out.invitation, { event: 'accept' })
    await change(before, after)
    expect((await read((asked[1 - which] as Asked).invitation)).state).toBe('cancelled')
    for (const { id } of asked) expect(await read(id)).toMatchObject({ state: 'held', follow_up_id: out.invitation })
  })

  it('are both withdrawn when they write, though the merge itself was told by that', async () => {
    const { before, after, asked } = await askedTwice()
    const bsuid = `BR.${'3'.repeat(18)}${++next}`
    await receive({ type: 'system', from: before, system: { type: 'user_changed_number', wa_id: after } })
    await receive({ type: 'text', text: { body: 'Yes' }, from: after, from_user_id: bsuid })
    for (const { id, invitation } of asked) {
      expect((await read(invitation)).state).toBe('cancelled')
      expect((await read(id)).state).toBe('scheduled')
    }
  })

  it('are both withdrawn where one could not move yet', async () => {
    const { before, after, asked } = await askedTwice()
    // Both keep their turn for another try, so that one stays in the conversation that was merged.
    await rows.page(sender)
    const reason = { code: 'graph_transient' as const, text: 'Again.' }
    const again = { event: 'retry' as const, dueInMs: 0, keepsTurn: true, reason, countsAsRetry: true }
    for (const { invitation } of asked) await rows.closeAttempt(invitation, 1, again)
    await change(before, after)
    await receive({ type: 'text', text: { body: 'Yes' }, from: after })
    for (const { id, invitation } of asked) {
      expect((await read(invitation)).state).toBe('cancelled')
      expect((await read(id)).state).toBe('scheduled')
    }
  })
})

it('what is cancelled with its invitation leaves nobody waiting', async () => {
  const { id: conversation } = await rows.conversation(sender)
  const [first, second] = [
    await rows.intent(sender, conversation, { whenClosed: ASKS }),
    await rows.intent(sender, conversation, { whenClosed: ASKS }),
  ]
  const invitation = await invitationFor(conversation, first)
  await cancelByIds(rows.postgres.db, [first, invitation], { code: 'by_request', text: 'No.' })
  await rows.hold(second, { kind: 'answer' })
  await reconcile()
  expect((await read(second)).state).toBe('scheduled')
})
