import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDispatcher, type Dispatcher } from '../../src/app/dispatching.ts'
import { enqueueOn } from '../../src/app/enqueueing.ts'
import { waitingForecasts } from '../../src/app/forecasting.ts'
import { createPricing } from '../../src/app/pricing.ts'
import type { AppSettings } from '../../src/app/settings.ts'
import type { Message, WhenClosed } from '../../src/domain/content.ts'
import type { ConversationId, IntentId, PhoneNumberId, Wamid } from '../../src/domain/ids.ts'
import { DAY_MS, HOUR_MS, instant, MINUTE_MS, plus, SECOND_MS, toIso } from '../../src/domain/time.ts'
import { ensurePace } from '../../src/store/accounts/number-pace.ts'
import { saveWindow } from '../../src/store/conversations/conversations.ts'
import { type IntentRead, readIntent } from '../../src/store/intents/reads.ts'
import { clockAheadMs } from '../../src/store/pg/clock.ts'
import { moveClock } from '../../src/store/pg/move-clock.ts'
import { upsertTemplates } from '../../src/store/templates/sync.ts'
import { type Random, seededRandom } from '../faults/random.ts'
import { CALLER } from '../support/access.ts'
import { type CampaignsOn, campaignsOn } from '../support/lists.ts'
import { fakeGraph, wireTemplate } from '../support/management.ts'
import { createRows, type Rows } from '../support/rows.ts'

/*
 * What a forecast says is what comes, as long as the world stands still: messages in random situations, told as they are enqueued, and then
 * nothing happens but time.
 */

const SETTINGS: AppSettings = {
  windowMarginMs: 30 * SECOND_MS,
  followUpCooldownMs: DAY_MS,
  requireOptIn: false,
  recipientReviewMs: 30 * DAY_MS,
  factsGoodForMs: 60 * SECOND_MS,
  doubt: { graceMs: 60 * SECOND_MS, maxMs: HOUR_MS },
  attemptLeaseMs: 30 * SECOND_MS,
  retentionDays: null,
}
const MESSAGES = 30

let rows: Rows
let random: Random
let campaigns: CampaignsOn
let dispatcher: Dispatcher
/** The first is active, the second paused, the account of the third throttled for some hours. */
let senders: PhoneNumberId[]
/** Of the first number: one writes to nobody at night, one is paused. */
let running: { quiet: number; paused: number }
/** What left, by intent: the name of a template, or nothing. */
const left = new Map<IntentId, string | null>()
let position = 0

beforeAll(async () => {
  random = seededRandom(7)
  rows = await createRows()
  const { postgres } = rows
  campaigns = campaignsOn(postgres)
  senders = [await rows.linkSender(), await rows.linkSender(), await rows.linkSender()]
  for (const [nth, sender] of senders.entries()) {
    await rows.senders.update(CALLER, sender, { throughputMps: 1_000 })
    await upsertTemplates(postgres.db, await rows.wabaOf(sender), templatesOf(nth))
  }
  await ensurePace(postgres.pool, senders)
  const [active, paused, throttled] = senders as [PhoneNumberId, PhoneNumberId, PhoneNumberId]
  await rows.senders.pause(CALLER, paused)
  await sql`
    update wabas set calls_paused_until = casement_now() + interval '30 hours' where id = ${await rows.wabaOf(throttled)}`.execute(
    postgres.db,
  )
  running = { quiet: await campaign(active, 'running'), paused: await campaign(active, 'paused') }
  dispatcher = createDispatcher({
    postgres,
    hot: postgres,
    senders: rows.senders,
    graph: fakeGraph({
      sendMessage: async ({ body }) => {
        const [id] = String(body.biz_opaque_callback_data).split('.') as [IntentId]
        left.set(id, (body as { template?: { name: string } }).template?.name ?? null)
        const wamid = `wamid.${left.size}` as Wamid
        return { kind: 'accepted', wamid, waId: null, userId: null, messageStatus: null, httpStatus: 200 }
      },
    }),
    settings: SETTINGS,
    log: { warn() {}, error: (details) => expect.unreachable(JSON.stringify(details)) },
    count: { attempt() {}, decision() {} },
    callEnded() {},
  })
})
afterAll(() => rows.close())

async function campaign(sender: PhoneNumberId, state: 'running' | 'paused'): Promise<number> {
  const quiet_hours = { from: '20:00', to: '09:00' }
  const { row } = await campaigns.listed({ sender, message: TEXT, quiet_hours }, `to\n+${rows.digits()}\n`)
  await sql`
    update campaigns set state = ${state}, gated = ${state === 'paused'}, started_at = casement_now(),
      reason_code = ${state === 'paused' ? 'by_request' : null}, reason_text = ${state === 'paused' ? 'Paused.' : null} where id = ${row}`.execute(
    rows.postgres.db,
  )
  return row
}

const TEXT: Message = { type: 'text', text: { body: 'Hello' } }
const STATUSES = { helps: 'APPROVED', sells: 'APPROVED', code: 'APPROVED', paused: 'PAUSED', rejected: 'REJECTED' }
const CATEGORIES: Record<string, string> = { sells: 'MARKETING', code: 'AUTHENTICATION' }
const NAMES = [...Object.keys(STATUSES), 'absent']

function templatesOf(nth: number) {
  return Object.entries(STATUSES).map(([name, status], i) => {
    const category = CATEGORIES[name] ?? 'UTILITY'
    const one = { ...wireTemplate({ id: `7${nth}${i}`, name, status }), category }
    return { ...one, quality: null, document: one }
  })
}

const yes = (of: number) => random.below(of) === 0
const hours = (most: number) => random.below(most * 60) * MINUTE_MS

function references() {
  const some = Array.from({ length: 1 + random.below(2) }, () => ({ name: random.pick(NAMES), language: 'en' }))
  return yes(2) ? (some[0] as (typeof some)[number]) : some
}

function policy(): WhenClosed {
  const asks = yes(2) ? { downgrade: references() } : { follow_up: references() }
  return random.pick(['fail', 'hold', asks, { when_free: asks, otherwise: random.pick(['hold', 'fail']) }])
}

function message(): Message {
  return yes(3) ? { type: 'template', template: { name: random.pick(NAMES), language: { code: 'en' } } } : TEXT
}

/** Somebody whose windows, limits, wishes and zone are their own. */
async function somebody(sender: PhoneNumberId): Promise<{ id: ConversationId; waId: string }> {
  const { id, contactId, waId } = await rows.conversation(sender)
  const now = await rows.now()
  const { db } = rows.postgres
  if (!yes(4)) {
    const wrote = plus(now, -hours(40))
    const refutedAt = yes(6) ? plus(wrote, hours(3)) : null
    await saveWindow(db, id, { openedAt: wrote, lastInboundAt: wrote, refutedAt })
  }
  const entry = yes(3) ? random.pick(['estimated', 'confirmed', 'refused']) : 'none'
  const at = (ms: number | null) => sql`${ms === null ? null : toIso(plus(now, ms))}::timestamptz`
  await sql`
    update conversations set entry_state = ${entry}, entered_at = ${at(-60 * HOUR_MS)},
      entry_opened_at = ${at(entry === 'none' ? null : -50 * HOUR_MS)}, entry_expires_at = ${at(entry === 'none' ? null : hours(70))},
      last_follow_up_at = ${at(yes(4) ? -hours(30) : null)}
    where id = ${id}::bigint`.execute(db)
  const until = yes(4) ? hours(50) : null
  await sql`
    update contacts set marketing = ${random.pick(['unknown', 'in', 'out'])}, unreachable_until = ${at(until)},
      unreachable_since = ${at(until === null ? null : -HOUR_MS)},
      time_zone = ${random.pick([null, 'America/Sao_Paulo', 'Asia/Tokyo', 'Pacific/Kiritimati'])}
    where id = ${contactId}::bigint`.execute(db)
  if (yes(4)) {
    await sql`
      insert into pair_buckets (conversation_id, empties_at) values (${id}::bigint, ${at(5 * MINUTE_MS + hours(12))})`.execute(
      db,
    )
  }
  return { id, waId }
}

/** A message that waits for its time; null where nobody would take it. */
async function waiting(): Promise<IntentId | null> {
  const sender = random.pick([senders[0], senders[0], ...senders]) as PhoneNumberId
  const { id: conversation, waId } = await somebody(sender)
  const now = await rows.now()
  if (sender === senders[0] && yes(4)) {
    const campaign = {
      row: yes(3) ? running.paused : running.quiet,
      position: ++position,
      variant: null,
      listedZone: null,
    }
    const sendAt = plus(now, hours(40))
    const kept = { campaign, sendAt, expiresAt: plus(sendAt, DAY_MS), priority: 'campaign' as const }
    return rows.intent(sender, conversation, { ...kept, message: message(), whenClosed: policy() })
  }
  const local = toIso(plus(now, hours(48))).slice(0, 16)
  const send_at = random.pick([
    toIso(plus(now, hours(48))),
    'before_close',
    { local, time_zone: random.pick(['contact', 'Europe/Lisbon']) },
  ])
  const expires_at = yes(4) ? { expires_at: toIso(plus(now, hours(60))) } : {}
  const priority = random.pick(['reply', 'transactional', 'campaign'])
  const what = { message: message(), when_closed: policy(), send_at, ...expires_at, priority }
  const [result] = await enqueueOn(rows.postgres, rows.optOuts, SETTINGS, CALLER, [
    { sender, to: { wa_id: waId }, ...what },
  ])
  return result?.ok ? result.intent.id : null
}

interface Told {
  at: string
  kind: string
  reason: { code: string }
  template: { name: string } | null
  text: string
}

const read = async (id: IntentId) => (await readIntent(rows.postgres.db, { ...CALLER, id })) as IntentRead

async function forecastOf(id: IntentId): Promise<Told> {
  const forecast = waitingForecasts(rows.postgres, SETTINGS, createPricing(rows.postgres))
  return (await forecast(await read(id))) as unknown as Told
}

async function dispatch(): Promise<void> {
  for (let more = true; more; ) {
    await rows.postgres.pool.query(`update number_pace set next_at = 'epoch'`)
    const served = senders.map((sender) => ({ sender, look: 100, knownDue: false }))
    const page = await dispatcher.takePage(served, 100, [])
    dispatcher.leave(page)
    await dispatcher.settle(page)
    await dispatcher.idle()
    more = page.opened.length > 0 || page.staying.some(({ decision }) => decision.kind !== 'hold')
  }
}

const ENDS: Record<string, string> = { expired: 'expire', cancelled: 'cancel', suppressed: 'suppress', failed: 'fail' }

/** What came of it, in the words of a forecast. */
async function cameOf(id: IntentId): Promise<string> {
  const { state, shown_state, reason_code, sender_state, phone_number_id: sender } = await read(id)
  // Numbers whose account may make no calls are passed by.
  if (shown_state === 'queued' && sender === senders[2]) return 'queued throughput'
  if (state === 'sent') return `sent ${left.get(id) ?? 'as it is'}`
  if (shown_state === 'scheduled') return `defer ${reason_code}`
  if (shown_state !== 'held') return `${ENDS[state] ?? shown_state} ${reason_code}`
  if (state === 'held') return `hold ${reason_code}`
  return sender_state === 'active' ? 'hold campaign_paused' : 'hold sender_paused'
}

function foreseen({ kind, reason, template }: Told): string {
  if (kind === 'send' || kind === 'downgrade') return `sent ${template?.name ?? 'as it is'}`
  return kind === 'follow_up' ? 'hold awaiting_answer' : `${kind} ${reason.code}`
}

it('comes true, whatever the situation, where nothing happens but time', async () => {
  const told = new Map<IntentId, Told>()
  while (told.size < MESSAGES) {
    const id = await waiting()
    const { due_at: due } = id === null ? { due_at: null } : await read(id)
    if (id !== null && due !== null) told.set(id, await forecastOf(id))
  }
  const { db } = rows.postgres
  const came: { promised: string; what: string; text: string }[] = []
  for (const at of [...new Set([...told.values()].map((one) => one.at))].toSorted()) {
    const due = [...told].filter(([, one]) => one.at === at)
    const ahead = instant(Date.parse(at)) - (await rows.now()) + 5
    if (ahead > 0) await moveClock(rows.databaseUrl, Math.ceil((await clockAheadMs(db)) + ahead))
    await dispatch()
    for (const [id, one] of due) came.push({ promised: foreseen(one), what: await cameOf(id), text: one.text })
  }
  expect(came.filter(({ promised, what }) => what !== promised && !isPutOff(promised, what))).toEqual([])
  expect(new Set(came.map(({ promised }) => promised)).size).toBeGreaterThan(6)
})

/** Who is over, whatever comes, is over once somebody looks: not while a number or a campaign is paused, or an account's calls are. */
function isPutOff(promised: string, what: string): boolean {
  const isEnd = /^(cancel|suppress|fail) /.test(promised)
  if (what === 'hold sender_paused' || what === 'hold campaign_paused') return isEnd
  return what === 'queued throughput'
}
