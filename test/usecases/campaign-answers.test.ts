import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { feedOn } from '../../src/app/feeding.ts'
import { createInbox } from '../../src/app/inbox.ts'
import { attemptId, type IntentId, type PhoneNumberId } from '../../src/domain/ids.ts'
import { joinStatus, type MessageStatus } from '../../src/domain/status.ts'
import { DAY_MS, type Instant } from '../../src/domain/time.ts'
import { heedStop, placeAnswers } from '../../src/store/campaigns/answers.ts'
import { foldMoves } from '../../src/store/campaigns/counts.ts'
import { lockAlone, mergeContacts } from '../../src/store/people/merge.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { applyWebhooks } from '../../src/usecases/apply-webhook.ts'
import type { WebhookInbox } from '../../src/usecases/webhook-inbox.ts'
import { seededRandom } from '../faults/random.ts'
import { statementTurns } from '../faults/statement-turns.ts'
import { inbound, payloadOf, preference, status, textMessage, type WebhookItem } from '../faults/webhook-items.ts'
import { CALLER } from '../support/access.ts'
import { type CampaignsOn, campaignsOn } from '../support/lists.ts'
import { createRows, type Rows } from '../support/rows.ts'

const SETTINGS = { windowMarginMs: 0, followUpCooldownMs: 0, requireOptIn: false, recipientReviewMs: 0 }
const text = (body: string) => ({ message: { type: 'text', text: { body } } })
const VARIANTS = [
  { name: 'A', ...text('Hello') },
  { name: 'B', ...text('Good morning') },
]
const LIMITS = { payloads: 100, bytes: 1_000_000 }
const nowS = () => Math.floor(Date.now() / 1_000)

interface Delivery {
  delivered: number
  read: number
  replied: number
  tapped: number
  stopped: number
}

describe('what customers make of a campaign', () => {
  let rows: Rows
  let campaigns: CampaignsOn
  let inbox: WebhookInbox
  let sender: PhoneNumberId
  beforeAll(async () => {
    rows = await createRows()
    campaigns = campaignsOn(rows.postgres)
    const { postgres, optOuts } = rows
    inbox = createInbox({ postgres, optOuts, recipientReviewMs: DAY_MS, log: { info() {}, warn() {} } })
    sender = await rows.linkSender()
  })
  afterAll(() => rows.close())

  let next = 0
  const digits = () => `551197${String(++next).padStart(7, '0')}`
  const pricing = { of: async () => new Map() }

  interface Recipient {
    waId: string
    intent: IntentId
    wamid: string
  }

  async function running(count: number, given: object = {}) {
    const people = Array.from({ length: count }, digits)
    const csv = `to\n${people.map((one) => `+${one}`).join('\n')}\n`
    const { id, row } = await campaigns.listed({ sender, variants: VARIANTS, ...given }, csv)
    await campaigns.command(id, 'start')
    await feedOn({ postgres: rows.postgres, optOuts: rows.optOuts, settings: SETTINGS, pricing }, row)
    const { rows: links } = await rows.postgres.pool.query<{ intent_id: IntentId }>(
      'select intent_id from campaign_intents where campaign_id = $1 order by position',
      [row],
    )
    const recipients = people.map((waId, i): Recipient => {
      const intent = links[i]?.intent_id as IntentId
      return { waId, intent, wamid: `wamid.out.${intent}` }
    })
    return { id, row, recipients }
  }

  async function sent(recipient: Recipient): Promise<void> {
    await rows.open(sender, recipient.intent)
    await rows.closeAttempt(recipient.intent, 1, { event: 'accept' }, recipient.wamid)
  }

  /** As Meta does it at its worst: each twice. */
  async function receive(...items: WebhookItem[]): Promise<void> {
    for (let time = 0; time < 2; time += 1) {
      const payload = payloadOf(items.map((item) => ({ ...item, sender })))
      await sql`insert into webhook_events (payload) values (${payload})`.execute(rows.postgres.db)
      await applyWebhooks(inbox, LIMITS)
    }
  }

  const writes = ({ waId }: Recipient, message: Record<string, unknown>, at = nowS()) =>
    inbound(at, { waId, name: 'Ana' }, `wamid.in.${++next}`, message)
  const taps = (recipient: Recipient, label = 'Yes') =>
    writes(recipient, { type: 'button', button: { text: label, payload: label }, context: { id: recipient.wamid } })

  async function read(id: string) {
    const answer = await campaigns.getCampaign(CALLER, id)
    if (!answer.ok) throw new Error(answer.refusal.message)
    return answer.value as unknown as {
      delivery: Delivery
      variants: { delivery: Delivery }[]
      counts: Record<string, number>
      progress: { per_minute: { at: string; sent: number; failed: number }[] }
    }
  }

  /** As the report has it. */
  async function reported(id: string): Promise<Delivery> {
    const report = await campaigns.campaignRecipients(CALLER, id, 'ndjson')
    if (!report.ok) throw new Error(report.refusal.message)
    const lines = (await report.value.toArray()).join('').trimEnd().split('\n')
    const found = lines.map((line) => JSON.parse(line) as Record<string, string | null>)
    const of = (column: string) => found.filter((line) => line.state === 'sent' && line[column] != null).length
    return {
      delivered: found.filter((line) => line.state === 'sent' && (line.delivered_at ?? line.read_at) !== null).length,
      read: of('read_at'),
      replied: of('replied_at'),
      tapped: of('tapped_at'),
      stopped: of('stopped_at'),
    }
  }

  /** As if it had left, and had been accepted, so much earlier. */
  async function leftAgo(wamid: string, ago: string): Promise<void> {
    await rows.postgres.pool.query(
      `with m as (update messages set accepted_at = accepted_at - $2::interval where wamid = $1 returning intent_id, attempt)
       update attempts a set started_at = a.started_at - $2::interval from m where a.intent_id = m.intent_id and a.number = m.attempt`,
      [wamid, ago],
    )
  }

  it('is counted once for each message, as a whole, by variant and in the report', async () => {
    const { id, row, recipients } = await running(4)
    const [chatty, tapper, stopper, silent] = recipients as [Recipient, Recipient, Recipient, Recipient]
    for (const one of recipients) await sent(one)
    await receive(writes(chatty, textMessage('Tell me more')), writes(chatty, textMessage('Hello?')))
    await receive(taps(tapper), taps(tapper))
    await receive(writes(stopper, textMessage('STOP')))
    await receive({ ...preference(nowS(), { waId: silent.waId }, 'stop'), sender })
    const expected = { delivered: 0, read: 0, replied: 3, tapped: 1, stopped: 2 }
    for (const _ of [1, 2]) {
      const { delivery, variants, progress } = await read(id)
      expect(delivery).toEqual(expected)
      const sum = (of: keyof Delivery) => variants.reduce((total, one) => total + one.delivery[of], 0)
      expect([sum('replied'), sum('tapped'), sum('stopped')]).toEqual([3, 1, 2])
      expect(await reported(id)).toEqual(expected)
      expect(progress.per_minute.reduce((total, one) => total + one.sent, 0)).toBe(4)
      // Added up by whoever leads it is the same.
      await sql`
        insert into campaign_moves (campaign_id, key, n, minute)
        select ${row}::integer, 'sent', v, null from generate_series(1, 150) n, (values (1), (-1)) x (v)`.execute(
        rows.postgres.db,
      )
      await foldMoves(rows.postgres.db, row, 5_000)
    }
  })

  it('is of the message that they quote, and else of the newest of three days', async () => {
    const first = await running(1)
    const [one] = first.recipients as [Recipient]
    await sent(one)
    const csv = `to\n+${one.waId}\n`
    const second = await campaigns.listed({ sender, message: text('Again').message }, csv)
    await campaigns.command(second.id, 'start')
    await feedOn({ postgres: rows.postgres, optOuts: rows.optOuts, settings: SETTINGS, pricing }, second.row)
    const { rows: link } = await rows.postgres.pool.query(
      'select intent_id from campaign_intents where campaign_id = $1',
      [second.row],
    )
    const other = { waId: one.waId, intent: link[0].intent_id as IntentId, wamid: `wamid.out.${link[0].intent_id}` }
    await sent(other)
    await receive(writes(one, { ...textMessage('Thanks'), context: { id: one.wamid } }))
    expect([(await read(first.id)).delivery.replied, (await read(second.id)).delivery.replied]).toEqual([1, 0])
    await receive(writes(one, textMessage('Hello')))
    expect([(await read(first.id)).delivery.replied, (await read(second.id)).delivery.replied]).toEqual([1, 1])

    // Neither what was written before it, nor what quotes something else, nor what comes too late answers it.
    const third = await running(1)
    const [late] = third.recipients as [Recipient]
    await receive(writes(late, textMessage('Before'), nowS() - 60))
    await sent(late)
    await receive(writes(late, { ...textMessage('That'), context: { id: 'wamid.of.a.colleague' } }))
    await leftAgo(late.wamid, '73 hours')
    await receive(writes(late, textMessage('Too late')))
    expect((await read(third.id)).delivery.replied).toBe(0)
    await receive(taps(late))
    expect((await read(third.id)).delivery).toMatchObject({ replied: 1, tapped: 1 })
  })

  it('stays where two people turn out to be one, and where one of them is erased it is counted all the same', async () => {
    const { id, recipients } = await running(2)
    const [kept, gone] = recipients as [Recipient, Recipient]
    for (const one of recipients) await sent(one)
    await receive(writes(gone, textMessage('STOP')))
    const { rows: people } = await rows.postgres.pool.query(
      'select id::text, wa_id from contacts where wa_id = any ($1) order by array_position($1, wa_id)',
      [[kept.waId, gone.waId]],
    )
    const [a, b] = people.map((one) => one.id)
    await inTransaction(rows.postgres.pool, async (trx) => {
      await lockAlone(trx, [a, b])
      await mergeContacts(trx, a, b)
    })
    expect((await read(id)).delivery).toMatchObject({ replied: 1, stopped: 1 })
    // The newest is the one that was answered already.
    await receive(writes(gone, textMessage('STOP')), writes(kept, textMessage('Hello')))
    const { delivery } = await read(id)
    expect(delivery).toMatchObject({ replied: 1, stopped: 1 })
    expect(await reported(id)).toEqual(delivery)
    await rows.postgres.pool.query('delete from messages where wamid = any ($1)', [[kept.wamid, gone.wamid]])
    expect((await read(id)).delivery).toEqual(delivery)
  })

  /** What the database is asked while these come in. */
  async function askedFor(...items: WebhookItem[]): Promise<string[]> {
    const turns = statementTurns(rows.postgres, seededRandom(1))
    const { optOuts } = rows
    const log = { info() {}, warn() {} }
    await sql`insert into webhook_events (payload) values (${payloadOf(items.map((item) => ({ ...item, sender })))})`.execute(
      rows.postgres.db,
    )
    await turns.run({
      apply: (postgres) => applyWebhooks(createInbox({ postgres, optOuts, recipientReviewMs: DAY_MS, log }), LIMITS),
    })
    return turns.log.filter((line) => /messages m|campaign|with here as/.test(line))
  }

  it('is asked of nobody to whom no campaign was ever on its way', async () => {
    const { recipients } = await running(2)
    const [fed, open] = recipients as [Recipient, Recipient]
    const stranger = { ...fed, waId: digits() }
    await rows.conversation(sender, stranger.waId)
    const hello = (one: Recipient) => writes(one, textMessage('Hello'))
    expect(await askedFor(hello(stranger))).toEqual([])
    expect(await askedFor(hello(fed))).toEqual([])
    await rows.open(sender, open.intent)
    expect(await askedFor(hello(open))).not.toEqual([])
  })

  it('is known of somebody who turns out to be the recipient, also while their message is on its way', async () => {
    const { id, recipients } = await running(2)
    for (const [at, one] of recipients.entries()) {
      const known = await rows.conversation(sender, digits())
      const { rows: found } = await rows.postgres.pool.query('select id::text as id from contacts where wa_id = $1', [
        one.waId,
      ])
      const merge = () =>
        inTransaction(rows.postgres.pool, async (trx) => {
          await lockAlone(trx, [known.contactId, found[0].id])
          await mergeContacts(trx, known.contactId, found[0].id)
        })
      if (at === 0) await merge()
      await sent(one)
      if (at === 1) await merge()
      await receive(inbound(nowS(), { waId: known.waId, name: 'Ana' }, `wamid.in.${++next}`, textMessage('Hello')))
    }
    expect((await read(id)).delivery.replied).toBe(2)
  })

  it('counts also where the answer is here before it is on record that their message had left', async () => {
    const { id, recipients } = await running(1)
    const [one] = recipients as [Recipient]
    await sent(one)
    await leftAgo(one.wamid, '1 minute')
    // Meta's answer to us was lost: what is on record is when we heard of it.
    await rows.postgres.pool.query('update messages set accepted_at = casement_now() where wamid = $1', [one.wamid])
    await receive(writes(one, textMessage('Hello'), nowS() - 30))
    expect((await read(id)).delivery.replied).toBe(1)
  })

  it('by the switch in WhatsApp is about what was on its way, and about nothing that was written after it', async () => {
    const first = await running(1)
    const [one] = first.recipients as [Recipient]
    const other = await rows.linkSender()
    const csv = `to\n+${one.waId}\n`
    const second = await campaigns.listed({ sender: other, message: text('Again').message }, csv)
    await campaigns.command(second.id, 'start')
    await feedOn({ postgres: rows.postgres, optOuts: rows.optOuts, settings: SETTINGS, pricing }, second.row)
    const { rows: link } = await rows.postgres.pool.query(
      'select intent_id from campaign_intents where campaign_id = $1',
      [second.row],
    )
    const stopped = async () => [(await read(first.id)).delivery.stopped, (await read(second.id)).delivery.stopped]
    await sent(one)
    const at = nowS() - 60
    await leftAgo(one.wamid, '2 minutes')
    await rows.attempt(other, link[0].intent_id, { event: 'accept' }, `wamid.out.${link[0].intent_id}`)
    // To the business, told late: of the number that wrote before it.
    const heed = async (stamp: number) => {
      const { rows: found } = await rows.postgres.pool.query('select id::text as id from contacts where wa_id = $1', [
        one.waId,
      ])
      await inTransaction(rows.postgres.pool, (trx) => heedStop(trx, found[0].id, null, (stamp * 1_000) as Instant))
    }
    await heed(at)
    expect(await stopped()).toEqual([1, 0])
    await heed(nowS())
    expect(await stopped()).toEqual([1, 1])

    const third = await running(1)
    const [waiting] = third.recipients as [Recipient]
    await rows.open(sender, waiting.intent)
    await receive({ ...preference(nowS(), { waId: waiting.waId }, 'stop'), sender })
    await rows.closeAttempt(waiting.intent, 1, { event: 'accept' }, waiting.wamid)
    await sql`update campaign_answers set due_at = casement_now()`.execute(rows.postgres.db)
    await placeAnswers(rows.postgres.db, 100)
    expect((await read(third.id)).delivery).toMatchObject({ replied: 0, stopped: 1 })
  })

  const WORDS = ['sent', 'delivered', 'read', 'failed'] as const
  type Step = 'open' | 'accept' | 'doubt' | 'write' | 'quote' | 'tap' | 'stop' | 'look' | (typeof WORDS)[number]
  const STEPS: Step[] = ['open', 'accept', 'doubt', 'write', 'quote', 'tap', 'stop', 'look', ...WORDS]

  /** What is to be, by a plain account of what happened to one recipient. */
  interface Account {
    stage: 'waiting' | 'open' | 'doubt' | 'known'
    status: MessageStatus | null
    marks: Set<'replied' | 'tapped' | 'stopped'>
    kept: { quotes: boolean; marks: ('replied' | 'tapped' | 'stopped')[] }[]
  }

  it('is the same whatever comes first, and however often', async () => {
    const play = fc.array(fc.record({ who: fc.nat(2), step: fc.constantFrom(...STEPS) }), {
      minLength: 8,
      maxLength: 28,
    })
    await fc.assert(
      fc.asyncProperty(play, async (steps) => {
        const { id, recipients } = await running(3)
        const accounts = recipients.map((): Account => ({ stage: 'waiting', status: null, marks: new Set(), kept: [] }))
        for (const { who, step } of steps) {
          const [one, account] = [recipients[who] as Recipient, accounts[who] as Account]
          const { stage } = account
          const said = async (quotes: boolean, marks: Account['kept'][number]['marks'], item: WebhookItem) => {
            await receive(item)
            if (stage !== 'waiting') account.kept.push({ quotes, marks })
            place()
          }
          const place = () => {
            if (account.stage !== 'known') return
            // What has failed may prove to be delivered.
            for (const one of account.kept.splice(0)) {
              if (!one.quotes && account.status === 'failed') account.kept.push(one)
              else for (const mark of one.marks) account.marks.add(mark)
            }
          }
          const look = async () => {
            await sql`update campaign_answers set due_at = casement_now()`.execute(rows.postgres.db)
            await placeAnswers(rows.postgres.db, 100)
            place()
          }
          if (step === 'open' && stage === 'waiting') {
            await rows.open(sender, one.intent)
            account.stage = 'open'
          } else if (step === 'accept' && stage === 'open') {
            await rows.closeAttempt(one.intent, 1, { event: 'accept' }, one.wamid)
            account.stage = 'known'
            await look()
          } else if (step === 'doubt' && stage === 'open') {
            const reason = { code: 'in_doubt' as never, text: 'Nobody knows.' }
            await rows.closeAttempt(one.intent, 1, { event: 'doubt', reason } as never)
            account.stage = 'doubt'
          } else if ((WORDS as readonly string[]).includes(step) && stage !== 'waiting') {
            const opaque = { biz_opaque_callback_data: attemptId(one.intent, 1) }
            const failed = step === 'failed' ? { errors: [{ code: 131_026, title: 'Undeliverable' }] } : {}
            account.status = joinStatus(account.status, step)
            await receive(status(nowS(), one.wamid, step, { ...opaque, ...failed }))
            account.stage = 'known'
            await look()
          } else if (step === 'write') await said(false, ['replied'], writes(one, textMessage('Hello')))
          else if (step === 'quote') {
            const item = writes(one, { ...textMessage('This'), context: { id: one.wamid } })
            await said(true, ['replied'], item)
          } else if (step === 'tap') await said(true, ['replied', 'tapped'], taps(one))
          else if (step === 'stop') await said(false, ['replied', 'stopped'], writes(one, textMessage('Stop!')))
          else if (step === 'look') await look()
        }
        const lives = accounts.filter(({ stage, status: last }) => stage === 'known' && last !== 'failed')
        const count = (of: 'replied' | 'tapped' | 'stopped') => lives.filter(({ marks }) => marks.has(of)).length
        const { delivery, counts } = await read(id)
        expect(delivery).toEqual({
          delivered: lives.filter(({ status: last }) => last === 'delivered' || last === 'read').length,
          read: lives.filter(({ status: last }) => last === 'read').length,
          replied: count('replied'),
          tapped: count('tapped'),
          stopped: count('stopped'),
        })
        expect(await reported(id)).toEqual(delivery)
        const at = (stage: Account['stage']) => accounts.filter((one) => one.stage === stage).length
        expect(counts).toMatchObject({
          total: 3,
          queued: at('waiting'),
          dispatching: at('open'),
          in_doubt: at('doubt'),
          sent: lives.length,
          failed: at('known') - lives.length,
        })
      }),
      { numRuns: 5 },
    )
  }, 150_000)
})
