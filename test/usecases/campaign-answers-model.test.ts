import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { feedOn } from '../../src/app/feeding.ts'
import { createInbox, createLearning } from '../../src/app/inbox.ts'
import { numberKey } from '../../src/domain/identity.ts'
import { attemptId, type ContactId, type IntentId, type PhoneNumberId } from '../../src/domain/ids.ts'
import { joinStatus, type MessageStatus } from '../../src/domain/status.ts'
import { DAY_MS } from '../../src/domain/time.ts'
import { placeAnswers } from '../../src/store/campaigns/answers.ts'
import { closeAttemptsOn } from '../../src/store/intents/attempts.ts'
import { lockAlone, mergeContacts } from '../../src/store/people/merge.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { applyWebhooks } from '../../src/usecases/apply-webhook.ts'
import { foldMerged } from '../../src/usecases/fold-merged.ts'
import { notAccepted } from '../../src/usecases/settle-doubt.ts'
import { inbound, payloadOf, preference, status, textMessage, type WebhookItem } from '../faults/webhook-items.ts'
import { CALLER } from '../support/access.ts'
import { type CampaignsOn, campaignsOn } from '../support/lists.ts'
import { createRows, type Rows } from '../support/rows.ts'

/*
 * What customers make of several campaigns at once, by several numbers, while messages are on their way, in doubt, given up and prove to be sent
 * after all, fail and prove to be delivered after all, colleagues write, and two people turn out to be one: counted beside by a plain account of what happened, which knows of the database
 * only when each message began to leave: Meta may have had it, and its customer answered, long before that is on record.
 */

const SECONDS = 15
const SETTINGS = { windowMarginMs: 0, followUpCooldownMs: 0, requireOptIn: false, recipientReviewMs: 0 }
const LIMITS = { payloads: 100, bytes: 1_000_000 }
const PEOPLE = 2
/** Of each campaign by which of the two numbers it writes. */
const CAMPAIGNS = [0, 0, 1] as const

type Mark = 'replied' | 'tapped' | 'stopped'
type Number = 0 | 1

interface Message {
  campaign: number
  person: number
  number: Number
  intent: IntentId
  wamid: string
  stage: 'waiting' | 'open' | 'doubt' | 'lost' | 'known'
  /** Seconds. */
  openedAt: number
  status: MessageStatus | null
  marks: Set<Mark>
}

const WORDS = ['sent', 'delivered', 'read', 'failed'] as const
const SAID = [
  'write',
  'write',
  'applied late',
  'quote',
  'tap',
  'stop',
  'stop in WhatsApp',
  'stop in WhatsApp',
  'quote another',
] as const
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'open',
        'open',
        'open',
        'accept',
        'accept',
        'doubt',
        'doubt',
        'give up',
        'give up',
        ...WORDS,
      ),
      campaign: fc.nat(CAMPAIGNS.length - 1),
      person: fc.nat(PEOPLE - 1),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom(...SAID),
      campaign: fc.nat(CAMPAIGNS.length - 1),
      person: fc.nat(PEOPLE - 1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('look' as const, 'merge' as const, 'echo' as const),
      campaign: fc.nat(CAMPAIGNS.length - 1),
      person: fc.nat(PEOPLE - 1),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

let rows: Rows
let campaigns: CampaignsOn
let numbers: [PhoneNumberId, PhoneNumberId]
let next = 0
const deps = () => ({
  postgres: rows.postgres,
  optOuts: rows.optOuts,
  recipientReviewMs: DAY_MS,
  log: { info() {}, warn() {} },
})

beforeAll(async () => {
  rows = await createRows()
  campaigns = campaignsOn(rows.postgres)
  numbers = [await rows.linkSender(), await rows.linkSender()]
})
afterAll(() => rows.close())

const query = async <T extends object>(text: string, values: unknown[] = []) =>
  (await rows.postgres.pool.query<T>(text, values)).rows
const secondNow = async () => Math.floor((await rows.now()) / 1_000)

/** As Meta does it at its worst: each twice. */
async function receive(item: WebhookItem, number: Number): Promise<void> {
  for (let time = 0; time < 2; time += 1) {
    await sql`insert into webhook_events (payload) values (${payloadOf([{ ...item, sender: numbers[number] }])})`.execute(
      rows.postgres.db,
    )
    await applyWebhooks(createInbox(deps()), LIMITS)
  }
}

/** Of each campaign, and each of its recipients. */
async function begun(people: readonly string[]) {
  const csv = `to\n${people.map((one) => `+${one}`).join('\n')}\n`
  const made: { id: string; row: number }[] = []
  const messages: Message[] = []
  for (const [campaign, number] of CAMPAIGNS.entries()) {
    const message = { type: 'text', text: { body: 'Hello' } }
    const one = await campaigns.listed({ sender: numbers[number], message }, csv)
    await campaigns.command(one.id, 'start')
    await feedOn(
      {
        postgres: rows.postgres,
        optOuts: rows.optOuts,
        settings: SETTINGS,
        pricing: { of: async () => new Map() },
      },
      one.row,
    )
    const links = await query<{ intent_id: IntentId }>(
      'select intent_id from campaign_intents where campaign_id = $1 order by position',
      [one.row],
    )
    made.push(one)
    for (const [person, { intent_id: intent }] of links.entries()) {
      const wamid = `wamid.out.${intent}`
      const nothing = { stage: 'waiting' as const, openedAt: 0, status: null, marks: new Set<Mark>() }
      messages.push({ campaign, person, number, intent, wamid, ...nothing })
    }
  }
  return { made, messages }
}

interface Kept {
  person: number
  number: Number
  at: number
  quoted: Message | 'another' | null
  marks: Mark[]
  /** When the newest left with which it counts already. */
  beyond: number
}

class Account {
  readonly messages: Message[]
  /** Of each person who they are. */
  readonly one: number[]
  readonly kept: Kept[] = []

  constructor(messages: Message[]) {
    this.messages = messages
    this.one = Array.from({ length: PEOPLE }, (_, person) => person)
  }

  here(person: number, number: Number): Message[] {
    return this.messages.filter((one) => one.number === number && this.one[one.person] === this.one[person])
  }

  say(person: number, number: Number, at: number, quoted: Message | 'another' | null, marks: Mark[]): void {
    this.#place({ person, number, at, quoted, marks, beyond: Number.NEGATIVE_INFINITY })
  }

  look(): void {
    for (const one of this.kept.splice(0)) this.#place(one)
  }

  /** Is kept where something may still be the one that it is about: what waits, and what may turn up. */
  #place({ quoted, marks, ...said }: Kept): void {
    const here = this.here(said.person, said.number)
    const mark = (one: Message | undefined) => {
      for (const each of marks) one?.marks.add(each)
    }
    if (quoted !== null && quoted !== 'another' && quoted.stage === 'known' && here.includes(quoted)) {
      mark(quoted)
      return
    }
    const before = here.filter(({ openedAt, stage }) => stage !== 'waiting' && Math.floor(openedAt) <= said.at)
    if (before.some(({ stage }) => stage === 'open' || stage === 'doubt')) {
      this.kept.push({ ...said, quoted, marks })
      return
    }
    if (quoted !== null) {
      if (before.some(({ stage }) => stage === 'lost')) this.kept.push({ ...said, quoted, marks })
      return
    }
    const newer = before.filter(({ openedAt }) => openedAt > said.beyond)
    const isHere = ({ stage, status: last }: Message) => stage === 'known' && last !== 'failed'
    const newest = newer.filter(isHere).toSorted((a, b) => b.openedAt - a.openedAt)[0]
    mark(newest)
    const beyond = newest?.openedAt ?? said.beyond
    if (newer.some((one) => !isHere(one) && one.openedAt > beyond)) this.kept.push({ ...said, quoted, marks, beyond })
  }
}

async function play(steps: readonly Step[]): Promise<void> {
  const people = Array.from({ length: PEOPLE }, () => `551196${String(++next).padStart(7, '0')}`)
  const { made, messages } = await begun(people)
  const account = new Account(messages)
  const look = async () => {
    await foldMerged(createLearning(deps()))
    await sql`update campaign_answers set due_at = casement_now()`.execute(rows.postgres.db)
    await placeAnswers(rows.postgres.db, 1_000)
    account.look()
  }
  for (const { kind, campaign, person } of steps) {
    const message = messages.find((one) => one.campaign === campaign && one.person === person) as Message
    const number = CAMPAIGNS[campaign] as Number
    const waId = people[person] as string
    const says = (content: Record<string, unknown>, at: number) =>
      receive(inbound(at, { waId, name: 'Ana' }, `wamid.in.${++next}`, content), number)
    switch (kind) {
      case 'open': {
        const busy = account.here(person, number).some(({ stage }) => stage === 'open')
        if (message.stage !== 'waiting' || busy) break
        await rows.open(numbers[number], message.intent)
        const [row] = await query<{ at: number }>(
          'select extract(epoch from started_at)::float8 as at from attempts where intent_id = $1',
          [message.intent],
        )
        Object.assign(message, { stage: 'open', openedAt: row?.at })
        break
      }
      case 'accept':
        if (message.stage !== 'open') break
        await rows.closeAttempt(message.intent, 1, { event: 'accept' }, message.wamid)
        message.stage = 'known'
        break
      case 'doubt': {
        if (message.stage !== 'open') break
        const reason = { code: 'in_doubt' as never, text: 'Nobody knows.' }
        await rows.closeAttempt(message.intent, 1, { event: 'doubt', reason, keepsTurn: false } as never)
        message.stage = 'doubt'
        break
      }
      case 'give up':
        if (message.stage !== 'doubt') break
        await closeAttemptsOn(rows.postgres.pool, [
          notAccepted({ intentId: message.intent, number: 1, delivery: 'at_most_once' }),
        ])
        message.stage = 'lost'
        break
      case 'sent':
      case 'delivered':
      case 'read':
      case 'failed': {
        if (message.stage === 'waiting') break
        const opaque = { biz_opaque_callback_data: attemptId(message.intent, 1) }
        const errors = kind === 'failed' ? { errors: [{ code: 131_026, title: 'Undeliverable' }] } : {}
        await receive(status(await secondNow(), message.wamid, kind, { ...opaque, ...errors }), number)
        message.status = joinStatus(message.status, kind)
        message.stage = 'known'
        break
      }
      case 'write':
      case 'stop': {
        const at = await secondNow()
        await says(textMessage(kind === 'stop' ? 'STOP' : 'Hello'), at)
        account.say(person, number, at, null, kind === 'stop' ? ['replied', 'stopped'] : ['replied'])
        break
      }
      case 'applied late': {
        if (message.stage === 'waiting') break
        const at = Math.floor(message.openedAt)
        await says(textMessage('At once'), at)
        account.say(person, number, at, null, ['replied'])
        break
      }
      case 'quote':
      case 'tap': {
        if (message.stage === 'waiting') break
        const at = await secondNow()
        const context = { id: message.wamid }
        const content =
          kind === 'tap' ? { type: 'button', button: { text: 'Yes', payload: 'Yes' } } : textMessage('This')
        await says({ ...content, context }, at)
        account.say(person, number, at, message, kind === 'tap' ? ['replied', 'tapped'] : ['replied'])
        break
      }
      case 'quote another': {
        const at = await secondNow()
        await says({ ...textMessage('That'), context: { id: 'wamid.of.a.colleague' } }, at)
        account.say(person, number, at, 'another', ['replied'])
        break
      }
      case 'stop in WhatsApp': {
        const at = await secondNow()
        await receive(preference(at, { waId }, 'stop'), number)
        account.say(person, number, at, null, ['stopped'])
        break
      }
      case 'echo': {
        const echo = { id: `wamid.echo.${++next}`, to: waId, timestamp: String(await secondNow()) }
        const value = {
          metadata: { phone_number_id: numbers[number] },
          message_echoes: [{ ...echo, from: '15550783881', type: 'text', text: { body: 'It is me' } }],
        }
        const payload = { entry: [{ id: '1', changes: [{ field: 'smb_message_echoes', value }] }] }
        await query('insert into webhook_events (payload) values ($1)', [JSON.stringify(payload)])
        await applyWebhooks(createInbox(deps()), LIMITS)
        break
      }
      case 'merge': {
        const other = (person + 1) % PEOPLE
        if (account.one[other] === account.one[person]) break
        const found = await query<{ id: ContactId }>(
          'select contact_id::text as id from contact_identities where key = any ($1) order by array_position($1, key)',
          [[waId, people[other] as string].map(numberKey)],
        )
        const [kept, gone] = found.map(({ id }) => id) as [ContactId, ContactId]
        await inTransaction(rows.postgres.pool, async (trx) => {
          await lockAlone(trx, [kept, gone])
          await mergeContacts(trx, kept, gone)
        })
        const was = account.one[other]
        for (const [at, one] of account.one.entries()) if (one === was) account.one[at] = account.one[person] as number
        break
      }
      case 'look':
        await look()
        break
    }
  }
  await look()
  for (const [campaign, { id }] of made.entries()) {
    const lives = messages.filter(
      (one) => one.campaign === campaign && one.stage === 'known' && one.status !== 'failed',
    )
    const answer = await campaigns.getCampaign(CALLER, id)
    if (!answer.ok) throw new Error(answer.refusal.message)
    const { delivery } = answer.value as unknown as { delivery: Record<string, number> }
    expect(delivery, `campaign ${campaign} of ${JSON.stringify(steps)}`).toEqual({
      delivered: lives.filter(({ status: last }) => last === 'delivered' || last === 'read').length,
      read: lives.filter(({ status: last }) => last === 'read').length,
      replied: lives.filter(({ marks }) => marks.has('replied')).length,
      tapped: lives.filter(({ marks }) => marks.has('tapped')).length,
      stopped: lives.filter(({ marks }) => marks.has('stopped')).length,
    })
  }
  const failed = await query("select error from webhook_events where state = 'failed'")
  expect(failed, JSON.stringify(steps)).toEqual([])
}

it(
  'is what a plain account says, whatever happens meanwhile',
  async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), play), {
      numRuns: 200,
      interruptAfterTimeLimit: SECONDS * 1_000,
      markInterruptAsFailure: false,
    })
  },
  6 * SECONDS * 1_000,
)
