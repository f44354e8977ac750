import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDispatcher, type Dispatcher } from '../../src/app/dispatching.ts'
import { createInbox } from '../../src/app/inbox.ts'
import type { ContactId, IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { DAY_MS } from '../../src/domain/time.ts'
import { ensurePace } from '../../src/store/accounts/number-pace.ts'
import { recordConsent } from '../../src/store/people/consents.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { applyWebhooks } from '../../src/usecases/apply-webhook.ts'
import { inbound, payloadOf, textMessage } from '../faults/webhook-items.ts'
import { CALLER } from '../support/access.ts'
import { type CampaignStage, openCampaignStage, SETTINGS } from '../support/campaign-stage.ts'
import { fakeGraph } from '../support/management.ts'

/* Somebody makes up their mind at one of the moments between the list and the message; what they said last is what counts, at each of them. */

const message = { template: { name: 'offer', language: 'en' } }

describe('who wants no marketing, or wants it again', () => {
  let { rows, campaigns, some, feed } = {} as CampaignStage
  let sender: PhoneNumberId
  /** What it opens is sent by nobody. */
  let dispatcher: Dispatcher
  beforeAll(async () => {
    ;({ rows, campaigns, some, feed } = await openCampaignStage())
    const waba = rows.digits()
    sender = await rows.linkSender({ waba })
    await rows.postgres.pool.query(
      `insert into templates (id, waba_id, name, language, category, status, document)
       values ($1, $1, 'offer', 'en', 'MARKETING', 'APPROVED', $2)`,
      [waba, JSON.stringify({ name: 'offer', language: 'en', components: [{ type: 'BODY', text: 'Hello' }] })],
    )
    await ensurePace(rows.postgres.pool, [sender])
    dispatcher = createDispatcher({
      postgres: rows.postgres,
      hot: rows.postgres,
      senders: rows.senders,
      graph: fakeGraph({}),
      settings: {
        ...SETTINGS,
        doubt: { graceMs: 60_000, maxMs: 600_000 },
        attemptLeaseMs: 60_000,
        retentionDays: null,
        factsGoodForMs: 0,
      },
      log: { warn() {}, error: (details) => expect.unreachable(JSON.stringify(details)) },
      count: { attempt() {}, decision() {} },
      callEnded() {},
    })
  })
  afterAll(() => rows.close())

  async function says(who: string, state: 'in' | 'out'): Promise<void> {
    const { contactId } = await rows.conversation(sender, who)
    await inTransaction(rows.postgres.pool, (trx) =>
      recordConsent(trx, contactId as ContactId, { category: 'marketing', state }, 'api'),
    )
  }

  async function writesStop(who: string): Promise<void> {
    const at = Math.floor((await rows.now()) / 1_000)
    const item = { ...inbound(at, { waId: who, name: 'Ana' }, `wamid.stop.${who}`, textMessage('STOP')), sender }
    await sql`insert into webhook_events (payload) values (${payloadOf([item])})`.execute(rows.postgres.db)
    const { postgres, optOuts } = rows
    const inbox = createInbox({ postgres, optOuts, recipientReviewMs: DAY_MS, log: { info() {}, warn() {} } })
    await applyWebhooks(inbox, { payloads: 100, bytes: 1_000_000 })
  }

  async function page(): Promise<IntentId[]> {
    await rows.postgres.pool.query(`update number_pace set next_at = 'epoch'`)
    const page = await dispatcher.takePage([{ sender, look: 100, knownDue: false }], 100, [])
    await dispatcher.settle(page)
    return page.opened.map(({ claim }) => claim.intent.id)
  }

  const MOMENTS = ['import and start', 'start and feed', 'feed and dispatch', 'dispatch and retry'] as const

  it('is heard between import and start, start and feed, feed and dispatch, dispatch and retry', async () => {
    const outs = some(4)
    const ins = some(4)
    const [steady, stopping] = some(2) as [string, string]
    const people = [...outs, ...ins, steady, stopping]
    for (const who of ins) await says(who, 'out')
    const csv = `to\n${people.map((who) => `+${who}`).join('\n')}\n`
    const { id, row } = await campaigns.listed({ sender, message }, csv)
    const meanwhile = async (nth: number) => {
      await says(outs[nth] as string, 'out')
      // Whoever is suppressed is so for good: only of the first two moments their mind is of use.
      if (nth < 2) await says(ins[nth] as string, 'in')
    }
    await meanwhile(0)
    await campaigns.command(id, 'start')
    await meanwhile(1)
    await feed(row)
    await meanwhile(2)
    // Queued, and then they write a word that stops.
    await writesStop(stopping)
    const first = await page()
    // Meta asks to try again.
    const reason = { code: 'graph_transient' as const, text: 'Try again.' }
    for (const intent of first) {
      await rows.closeAttempt(intent, 1, { event: 'retry', dueInMs: 0, keepsTurn: true, reason, countsAsRetry: true })
    }
    await meanwhile(3)
    const second = await page()
    for (const intent of second) await rows.closeAttempt(intent, 2, { event: 'accept' })

    const report = await campaigns.campaignRecipients(CALLER, id, 'ndjson')
    if (!report.ok) throw new Error(report.refusal.message)
    const lines = (await report.value.toArray()).join('').trimEnd().split('\n')
    const fates = new Map(
      lines
        .map((line) => JSON.parse(line) as { to: string; state: string; reason_code: string | null })
        .map(({ to, state, reason_code }) => [to.replace('+', ''), `${state} ${reason_code ?? ''}`.trim()]),
    )
    for (const [nth, who] of outs.entries()) {
      expect([MOMENTS[nth], fates.get(who)]).toEqual([MOMENTS[nth], 'suppressed opted_out'])
    }
    expect(ins.map((who) => fates.get(who))).toEqual(['sent', 'sent', 'suppressed opted_out', 'suppressed opted_out'])
    expect([fates.get(steady), fates.get(stopping)]).toEqual(['sent', 'suppressed opted_out'])
    // Whoever was tried and then heard had one attempt, and the others none.
    const { rows: attempts } = await rows.postgres.pool.query(
      `select c.wa_id as who, i.attempts from intents i join conversations v on v.id = i.conversation_id
       join contacts c on c.id = v.contact_id where i.campaign_id = $1 and i.state = 'suppressed' order by i.seq`,
      [row],
    )
    expect(attempts).toEqual([
      { who: outs[2], attempts: 0 },
      { who: outs[3], attempts: 1 },
      { who: stopping, attempts: 0 },
    ])
    expect(await campaigns.counts(id)).toMatchObject({ total: 10, sent: 3, suppressed: 7, queued: 0, scheduled: 0 })
  })
})
