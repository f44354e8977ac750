import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createInbox } from '../../src/app/inbox.ts'
import { attemptId, type IntentId, type PhoneNumberId } from '../../src/domain/ids.ts'
import { DAY_MS } from '../../src/domain/time.ts'
import { placeAnswers } from '../../src/store/campaigns/answers.ts'
import { closeAttemptsOn } from '../../src/store/intents/attempts.ts'
import { settleAsSent } from '../../src/store/intents/operator-transitions.ts'
import type { Postgres } from '../../src/store/pg/postgres.ts'
import { applyWebhooks } from '../../src/usecases/apply-webhook.ts'
import { notAccepted } from '../../src/usecases/settle-doubt.ts'
import { diesAt, heldAt } from '../faults/held-at.ts'
import { inbound, payloadOf, preference, status, textMessage, type WebhookItem } from '../faults/webhook-items.ts'
import { HERE } from '../support/access.ts'
import { type CampaignStage, openCampaignStage } from '../support/campaign-stage.ts'

/*
 * A customer answers a campaign's message that has left. When that is learnt, and in which order it is learnt, is chance: the answer may be here
 * before Meta's, while the message is in doubt, after the doubt was given up, while it is said to have failed. In the end it is counted once, in every
 * order of what is learnt, statement by statement, and whoever dies in the middle.
 */

const message = { type: 'text', text: { body: 'Hello' } }

interface Recipient {
  id: string
  waId: string
  intent: IntentId
  wamid: string
}

describe('an answer to a message that has left', () => {
  let { rows, campaigns, some, feed } = {} as CampaignStage
  let sender: PhoneNumberId
  beforeAll(async () => {
    ;({ rows, campaigns, some, feed } = await openCampaignStage())
    sender = await rows.linkSender()
  })
  afterAll(() => rows.close())

  let next = 0
  const nowS = async () => Math.floor((await rows.now()) / 1_000)

  const waiting: Recipient[] = []

  /** Another of a list, whose message is on its way. */
  async function opened(people: readonly string[] = []): Promise<Recipient> {
    if (waiting.length === 0 || people.length > 0)
      waiting.unshift(...(await listed(people.length > 0 ? people : some(200))))
    const one = waiting.shift() as Recipient
    await rows.open(sender, one.intent)
    return one
  }

  async function listed(people: readonly string[]): Promise<Recipient[]> {
    const { id, row } = await campaigns.listed(
      { sender, message },
      `to\n${people.map((who) => `+${who}`).join('\n')}\n`,
    )
    await campaigns.command(id, 'start')
    await feed(row)
    const { rows: links } = await rows.postgres.pool.query<{ intent: IntentId }>(
      'select intent_id as intent from campaign_intents where campaign_id = $1 order by position',
      [row],
    )
    return links.map(({ intent }, nth) => ({ id, waId: people[nth] as string, intent, wamid: `wamid.out.${intent}` }))
  }

  const inboxOn = (postgres: Postgres) =>
    createInbox({ postgres, optOuts: rows.optOuts, recipientReviewMs: DAY_MS, log: { info() {}, warn() {} } })
  const comesIn = async (item: WebhookItem) =>
    sql`insert into webhook_events (payload) values (${payloadOf([{ ...item, sender }])})`.execute(rows.postgres.db)
  async function receive(item: WebhookItem): Promise<void> {
    await comesIn(item)
    await applyWebhooks(inboxOn(rows.postgres), { payloads: 100, bytes: 1_000_000 })
  }

  async function told(one: Recipient, word: 'sent' | 'delivered' | 'failed'): Promise<WebhookItem> {
    const errors = word === 'failed' ? { errors: [{ code: 131_026, title: 'Undeliverable' }] } : {}
    return status(await nowS(), one.wamid, word, { biz_opaque_callback_data: attemptId(one.intent, 1), ...errors })
  }

  const writes = async ({ waId }: Recipient, what: Record<string, unknown>) =>
    inbound(await nowS(), { waId, name: 'Ana' }, `wamid.in.${++next}`, what)

  const SAYS = {
    'they write': [(one: Recipient) => writes(one, textMessage('Hello')), { replied: 1 }],
    'they write a word that stops': [(one: Recipient) => writes(one, textMessage('STOP')), { replied: 1, stopped: 1 }],
    'they tap a button': [
      (one: Recipient) =>
        writes(one, { type: 'button', button: { text: 'Yes', payload: 'Yes' }, context: { id: one.wamid } }),
      { replied: 1, tapped: 1 },
    ],
    'they stop it in WhatsApp': [
      async ({ waId }: Recipient) => preference(await nowS(), { waId }, 'stop'),
      { stopped: 1 },
    ],
  } as const

  const giveUp = ({ intent }: Recipient) =>
    closeAttemptsOn(rows.postgres.pool, [notAccepted({ intentId: intent, number: 1, delivery: 'at_most_once' })])
  const LEARNT = {
    accepted: (one: Recipient) => rows.closeAttempt(one.intent, 1, { event: 'accept' }, one.wamid),
    doubted: ({ intent }: Recipient) => {
      const reason = { code: 'in_doubt' as never, text: 'Nobody knows.' }
      return rows.closeAttempt(intent, 1, { event: 'doubt', reason, keepsTurn: false })
    },
    'given up': giveUp,
    async cancelled(one: Recipient) {
      await sql`
        update intents set cancel_requested_at = casement_now(), cancel_requested_by = 'campaign_cancelled'
        where id = ${one.intent}::uuid`.execute(rows.postgres.db)
      await giveUp(one)
    },
    sent: async (one: Recipient) => receive(await told(one, 'sent')),
    delivered: async (one: Recipient) => receive(await told(one, 'delivered')),
    failed: async (one: Recipient) => receive(await told(one, 'failed')),
  }
  type Step = keyof typeof LEARNT

  const STORIES: Step[][] = [
    ['accepted'],
    ['sent', 'accepted'],
    ['doubted', 'sent'],
    ['doubted', 'given up', 'sent'],
    ['doubted', 'cancelled', 'delivered'],
    ['accepted', 'failed', 'delivered'],
    ['doubted', 'given up', 'failed', 'delivered'],
  ]

  async function look(db = rows.postgres.db): Promise<void> {
    await sql`update campaign_answers set due_at = casement_now()`.execute(db)
    await placeAnswers(db, 100)
  }

  async function counted({ intent }: Recipient) {
    const { rows: found } = await rows.postgres.pool.query(
      `select count(m.replied_at)::integer as replied, count(m.tapped_at)::integer as tapped, count(m.stopped_at)::integer as stopped
       from messages m where m.intent_id = $1 and m.status is distinct from 'failed'`,
      [intent],
    )
    return found[0]
  }
  const isKept = async () => (await sql`select from campaign_answers`.execute(rows.postgres.db)).rows.length

  it.each(Object.keys(SAYS) as (keyof typeof SAYS)[])('is counted whenever %s', async (says) => {
    const [item, marks] = SAYS[says]
    for (const story of STORIES) {
      for (let at = 0; at <= story.length; at += 1) {
        for (const looks of says === 'they write' ? [false, true] : [at % 2 === 0]) {
          const one = await opened()
          for (const [nth, step] of [...story, null].entries()) {
            if (nth === at) await receive(await item(one))
            if (looks) await look()
            if (step !== null) await LEARNT[step](one)
          }
          await look()
          const all = { replied: 0, tapped: 0, stopped: 0, ...marks }
          expect([story, at, looks, await counted(one)]).toEqual([story, at, looks, all])
          expect(await isKept(), `${story} ${at}`).toBe(0)
        }
      }
    }
  })

  it('is counted with the newest that is known, and with a newer one that turns up; it is not kept for ever', async () => {
    const first = await opened()
    await LEARNT.accepted(first)
    const second = await opened([first.waId])
    await LEARNT.doubted(second)
    await LEARNT['given up'](second)
    await receive(await writes(first, textMessage('Hello')))
    const both = async () => [(await counted(first)).replied, (await counted(second)).replied]
    expect(await both()).toEqual([1, 0])
    await look()
    expect([await both(), await isKept()]).toEqual([[1, 0], 1])
    await LEARNT.sent(second)
    await look()
    expect([await both(), await isKept()]).toEqual([[1, 1], 0])

    const third = await opened()
    await LEARNT.doubted(third)
    await LEARNT['given up'](third)
    await receive(await writes(third, textMessage('Hello')))
    // An hour later at the latest somebody looks again; after eight days nobody does.
    const { rows: due } = await sql<{ s: number }>`
      update campaign_answers set heard_at = heard_at - interval '1 day', due_at = casement_now() returning 1 as s`.execute(
      rows.postgres.db,
    )
    expect(due).toHaveLength(1)
    await placeAnswers(rows.postgres.db, 100)
    const { rows: again } = await sql<{ s: number }>`
      select extract(epoch from due_at - casement_now())::integer as s from campaign_answers`.execute(rows.postgres.db)
    expect(again[0]?.s).toBeGreaterThan(3_500)
    expect(again[0]?.s).toBeLessThanOrEqual(3_600)
    await sql`update campaign_answers set at = at - interval '8 days'`.execute(rows.postgres.db)
    await sql`update attempts set started_at = started_at - interval '8 days' where intent_id = ${third.intent}::uuid`.execute(
      rows.postgres.db,
    )
    await look()
    expect(await isKept()).toBe(0)
  })

  const rest = async () => {
    for (;;) if ((await applyWebhooks(inboxOn(rows.postgres), { payloads: 100, bytes: 1_000_000 })).taken === 0) break
    await look()
  }
  const applies = (postgres: Postgres) => applyWebhooks(inboxOn(postgres), { payloads: 1, bytes: 1_000_000 })
  const looks = ({ db }: Postgres) => look(db)
  /** And which of the pairs below learn of it side by side. */
  const BEFORE: [Step[], number[]][] = [
    [[], [2]],
    [['doubted'], [0]],
    [
      ['doubted', 'given up'],
      [0, 1, 2],
    ],
    [['accepted', 'failed'], [1]],
  ]
  const named = BEFORE.map(([story, pairs]) => [story.join(' and ') || 'on its way', story, pairs] as const)

  /** Of what is told and what is said: what comes in first is taken by whoever is first. */
  const coming = {
    tells: async (one: Recipient) => comesIn(await told(one, 'delivered')),
    says: async (one: Recipient) => comesIn(await writes(one, textMessage('Hello'))),
  }

  it.each(named)(
    'is counted where their message is %s, and one who learns of it is held at each statement',
    async (_, story, tried) => {
      const pairs = [
        [coming.tells, coming.says, applies, applies],
        [coming.says, coming.tells, applies, applies],
        [coming.says, coming.tells, looks, applies],
      ] as const
      for (const nth of tried) {
        const [first, second, held, other] = pairs[nth as 0 | 1 | 2]
        for (let at = 1; ; at += 1) {
          const one = await opened()
          for (const step of story) await LEARNT[step](one)
          await first(one)
          // Who looks finds something that was said.
          if (nth === 2) await applies(rows.postgres)
          await second(one)
          const had = await heldAt(rows.postgres, at, held, () => other(rows.postgres))
          await rest()
          expect([nth, at, await counted(one)]).toEqual([nth, at, { replied: 1, tapped: 0, stopped: 0 }])
          expect([nth, at, await isKept()]).toEqual([nth, at, 0])
          if (!had) break
        }
      }
    },
  )

  it('is counted where who learns of it dies at any statement, before it or after', async () => {
    for (let at = 1; ; at += 1) {
      const one = await opened()
      await LEARNT.doubted(one)
      await LEARNT['given up'](one)
      const [first, second] = at % 4 < 2 ? [coming.tells, coming.says] : [coming.says, coming.tells]
      await first(one)
      const had = await diesAt(rows.postgres, at, at % 2 === 0, applies)
      await second(one)
      await rest()
      expect([at, await counted(one)]).toEqual([at, { replied: 1, tapped: 0, stopped: 0 }])
      if (!had && at % 4 === 3) break
    }
  })

  it('is counted where an operator said that it was sent, and Meta says as what while somebody looks', async () => {
    for (const [held, other] of [
      [applies, looks],
      [looks, applies],
    ] as const) {
      for (let at = 1; ; at += 1) {
        const one = await opened()
        await LEARNT.doubted(one)
        await receive(await writes(one, textMessage('Hello')))
        const decision = { kind: 'settle', reason: { code: 'by_request' as const, text: 'It was.' }, facts: {} }
        const key = { id: one.intent, workspace: HERE.workspace }
        await settleAsSent(rows.postgres.db, key as never, null, decision as never)
        await coming.tells(one)
        const had = await heldAt(rows.postgres, at, held, () => other(rows.postgres))
        await rest()
        expect([at, await counted(one)]).toEqual([at, { replied: 1, tapped: 0, stopped: 0 }])
        if (!had) break
      }
    }
  })
})
