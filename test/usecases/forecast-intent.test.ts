import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enqueueOn } from '../../src/app/enqueueing.ts'
import { forecastOn, waitingForecasts } from '../../src/app/forecasting.ts'
import { createPricing } from '../../src/app/pricing.ts'
import type { ConversationId, IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { HOUR_MS, type Instant, plus, toIso } from '../../src/domain/time.ts'
import { saveWindow } from '../../src/store/conversations/conversations.ts'
import { type IntentRead, readIntent } from '../../src/store/intents/reads.ts'
import { cancelByIds } from '../../src/store/intents/waiting.ts'
import { CALLER, STRANGER } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

const SETTINGS = {
  windowMarginMs: 30_000,
  followUpCooldownMs: HOUR_MS,
  requireOptIn: false,
  recipientReviewMs: HOUR_MS,
}
const TEXT = { type: 'text', text: { body: 'Hello' } }

let rows: Rows
let sender: PhoneNumberId
beforeAll(async () => {
  rows = await createRows()
  sender = await rows.linkSender()
  const waba = await rows.wabaOf(sender)
  const components = [{ type: 'BODY', text: 'Hello {{user}}!' }]
  const document = { name: 'keep_helping', language: 'en', category: 'UTILITY', parameter_format: 'NAMED', components }
  await sql`
    insert into templates (id, waba_id, name, language, category, status, document)
    values ('7001', ${waba}, 'keep_helping', 'en', 'UTILITY', 'APPROVED', ${JSON.stringify(document)})`.execute(
    rows.postgres.db,
  )
  await sql`insert into workspaces (id, name) values ('another', 'Another')`.execute(rows.postgres.db)
})
afterAll(() => rows.close())

async function forecast(input: object, caller = CALLER) {
  const pricing = createPricing(rows.postgres)
  return forecastOn(rows.postgres, SETTINGS, pricing, caller, { sender, message: TEXT, ...input })
}

async function counts() {
  const { rows: found } = await sql`
    select (select count(*) from contacts) as contacts, (select count(*) from conversations) as conversations,
      (select count(*) from intents) as intents, (select count(*) from outbox) as outbox`.execute(rows.postgres.db)
  return found
}

it('says of a stranger what would happen, and makes nobody', async () => {
  const before = await counts()
  const follow_up = { name: 'keep_helping', language: 'en', parameters: { user: 'Ana' } }
  const answer = await forecast({ to: '+5511987650000', when_closed: { follow_up } })
  expect(answer).toMatchObject({
    ok: true,
    value: {
      window: { open: false, expires_at: null },
      now: { kind: 'follow_up', template: { name: 'keep_helping', language: 'en' } },
      at_send_at: null,
      preview: { body: 'Hello Ana!' },
      limits: { pair_left: 45 },
    },
  })
  expect(await counts()).toEqual(before)
})

it('tells what it would be now from what it will be when it is to leave', async () => {
  const { id, waId } = await rows.conversation(sender)
  const now = await rows.now()
  const at = plus(now, -20 * HOUR_MS)
  await saveWindow(rows.postgres.db, id, { openedAt: at, lastInboundAt: at, refutedAt: null })
  await sql`insert into pair_buckets (conversation_id, empties_at) values (${id}::bigint, casement_now() + interval '60 seconds')`.execute(
    rows.postgres.db,
  )
  const before = await counts()
  const send_at = toIso(plus(now, 5 * HOUR_MS))
  const downgrade = { name: 'keep_helping', language: 'en', parameters: { user: 'Bea' } }
  const answer = await forecast({ to: { wa_id: waId }, send_at, when_closed: { downgrade }, idempotency_key: 'k' })
  expect(answer).toMatchObject({
    value: {
      window: { open: true },
      now: {
        kind: 'send',
        template: null,
        text: expect.stringMatching(/^The window is open until .*: it will go as it is\b/),
      },
      at_send_at: {
        kind: 'downgrade',
        at: send_at,
        text: expect.stringMatching(
          /^The window closes at .*, 60 minutes before this goes: it will go as template keep_helping \(en\)/,
        ),
      },
      preview: { body: 'Hello Bea!' },
      limits: { pair_left: 35, messaging_limit_left: null },
    },
  })
  expect(await counts()).toEqual(before)
})

describe('of a message that waits', () => {
  const forecastOf = (id: IntentId) =>
    readIntent(rows.postgres.db, { ...CALLER, id }).then((intent) =>
      waitingForecasts(rows.postgres, SETTINGS, createPricing(rows.postgres))(intent as IntentRead),
    )
  async function enqueue(waId: string, given: object): Promise<IntentId> {
    const input = { sender, to: { wa_id: waId }, message: TEXT, ...given }
    const [result] = await enqueueOn(rows.postgres, rows.optOuts, SETTINGS, CALLER, [input])
    if (!result?.ok) throw new Error(JSON.stringify(result))
    return result.intent.id
  }
  const writes = (id: ConversationId, at: Instant) =>
    saveWindow(rows.postgres.db, id, { openedAt: at, lastInboundAt: at, refutedAt: null })
  const downgrade = { name: 'keep_helping', language: 'en', parameters: { user: 'Bea' } }

  it('is made anew when the customer moves the window', async () => {
    const { id: conversation, waId } = await rows.conversation(sender)
    const now = await rows.now()
    await writes(conversation, plus(now, -20 * HOUR_MS))
    const send_at = toIso(plus(now, 5 * HOUR_MS))
    const id = await enqueue(waId, { send_at, when_closed: { downgrade } })
    expect(await forecastOf(id)).toMatchObject({
      at: send_at,
      kind: 'downgrade',
      template: { name: 'keep_helping', language: 'en' },
      text: expect.stringContaining('60 minutes before this goes: it will go as template keep_helping (en)'),
    })
    await writes(conversation, now)
    expect(await forecastOf(id)).toMatchObject({
      at: send_at,
      kind: 'send',
      template: null,
      text: expect.stringMatching(/19 hours after this goes: it will go as it is\b/),
    })
  })

  it('is what it waits for while it is held, and none once it is over', async () => {
    const { waId } = await rows.conversation(sender)
    const id = await enqueue(waId, { when_closed: 'hold' })
    expect(await forecastOf(id)).toMatchObject({ kind: 'hold', reason: { code: 'awaiting_window' } })
    await rows.hold(id)
    expect(await forecastOf(id)).toMatchObject({ kind: 'hold', text: expect.stringMatching(/^It waits/) })
    await cancelByIds(rows.postgres.db, [id], { code: 'by_request', text: 'Cancelled.' })
    expect(await forecastOf(id)).toBeNull()
  })

  it('says that a paused number keeps it', async () => {
    const { waId } = await rows.conversation(sender)
    const id = await enqueue(waId, {})
    await rows.senders.pause(CALLER, sender)
    try {
      expect(await forecastOf(id)).toMatchObject({
        kind: 'hold',
        text: expect.stringContaining('It goes once the number is resumed'),
      })
    } finally {
      await rows.senders.resume(CALLER, sender)
    }
  })
})

it('says what is left of the messaging limit', async () => {
  await sql`update portfolios set messaging_limit = 250`.execute(rows.postgres.db)
  const { waId } = await rows.conversation(sender)
  for (const to of [{ wa_id: waId }, '+5511987650001']) {
    expect(await forecast({ to })).toMatchObject({ value: { limits: { messaging_limit_left: 250 } } })
  }
  await sql`update portfolios set messaging_limit = null`.execute(rows.postgres.db)
})

it.each([
  [{ to: '5511987650000' }, 400, 'to'],
  [{ to: '+5511987650000', message: { type: 'text' } }, 400, 'message.text'],
  [{ to: '+5511987650000', send_at: '2020-01-01T00:00:00Z' }, 400, 'send_at'],
  [{ to: '+5511987650000', sender: '1' }, 404, 'sender'],
  [{ to: '+5511987650000', when_closed: { downgrade: { name: 'none', language: 'en' } } }, 404, 'when_closed'],
])('refuses what would be refused when it is enqueued: %j', async (input, status, field) => {
  await sql`update wabas set templates_synced_at = now()`.execute(rows.postgres.db)
  expect(await forecast(input)).toMatchObject({ ok: false, refusal: { status, field } })
})

it("knows no number of another workspace's, nor one that the key is not for", async () => {
  for (const caller of [STRANGER, { ...CALLER, senders: ['1' as PhoneNumberId] }]) {
    expect(await forecast({ to: '+5511987650000' }, caller as typeof CALLER)).toMatchObject({
      refusal: { status: 404, code: 'sender_unknown' },
    })
  }
})

it.each([null, 1, 'x', [], [[]]])('refuses %j, which is no intent', async (input) => {
  const pricing = createPricing(rows.postgres)
  expect(await forecastOn(rows.postgres, SETTINGS, pricing, CALLER, input)).toMatchObject({ refusal: { status: 400 } })
})
