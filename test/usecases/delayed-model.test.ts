import { afterAll, beforeAll, expect, it } from 'vitest'
import { changeIntentOn } from '../../src/app/changing.ts'
import { createDispatcher, type Dispatcher } from '../../src/app/dispatching.ts'
import { enqueueOn } from '../../src/app/enqueueing.ts'
import { createInbox } from '../../src/app/inbox.ts'
import { managementIo } from '../../src/app/management-io.ts'
import type { AppSettings } from '../../src/app/settings.ts'
import type { ContactId, IntentId, PhoneNumberId, Wamid } from '../../src/domain/ids.ts'
import { DAY_MS, HOUR_MS, type Instant, instant, MINUTE_MS, plus, SECOND_MS, toIso } from '../../src/domain/time.ts'
import { ensurePace } from '../../src/store/accounts/number-pace.ts'
import { readIntent } from '../../src/store/intents/reads.ts'
import { clockAheadMs } from '../../src/store/pg/clock.ts'
import { moveClock } from '../../src/store/pg/move-clock.ts'
import { upsertTemplates } from '../../src/store/templates/sync.ts'
import { applyWebhooks } from '../../src/usecases/apply-webhook.ts'
import type { Producer } from '../../src/usecases/enqueue-intent.ts'
import { type Random, seededRandom } from '../faults/random.ts'
import { CALLER } from '../support/access.ts'
import { fakeGraph, wireTemplate } from '../support/management.ts'
import { createRows, type Rows } from '../support/rows.ts'

/*
 * A model of delayed replies. In random order: messages for later, by an instant, the contact's clock or the end of their window, are enqueued,
 * changed and cancelled, customers and colleagues write, people move, and time passes. Beside it stands what was promised, kept by the simplest
 * means: nothing leaves after its end was recorded, nothing free-form after the window, and everything at its instant.
 */

const MARGIN_MS = 30 * SECOND_MS
const SETTINGS: AppSettings = {
  windowMarginMs: MARGIN_MS,
  followUpCooldownMs: DAY_MS,
  requireOptIn: false,
  recipientReviewMs: 30 * DAY_MS,
  factsGoodForMs: 60 * SECOND_MS,
  doubt: { graceMs: 60 * SECOND_MS, maxMs: HOUR_MS },
  attemptLeaseMs: 30 * SECOND_MS,
  retentionDays: null,
}
const PEOPLE = 5
const STEPS = 70
/** What the clocks of tests and database, and the steps themselves, may be apart. */
const A_MOMENT = 5 * MINUTE_MS
const ZONES = ['America/Sao_Paulo', 'Asia/Tokyo', 'America/New_York', 'Australia/Lord_Howe', 'Europe/Lisbon']
const userNamed = (name: string): Producer => ({ ...CALLER, actor: { kind: 'user', id: name, name } })

interface Person {
  waId: string
  contactId: ContactId
  zone: string
  wrote: Instant | null
}
type When = { at: Instant } | { local: string } | 'before_close'
interface Delayed {
  id: IntentId
  person: Person
  by: string | null
  when: When
  closed: 'hold' | 'fail' | 'downgrade'
  cancelOn: string[]
  /** Its end was on record before it left. */
  ended: boolean
  /** It was due once: from then on it goes as soon as it may. */
  due: boolean
}

let rows: Rows
let random: Random
let sender: PhoneNumberId
let dispatcher: Dispatcher
const people: Person[] = []
const delayed = new Map<IntentId, Delayed>()
const sent = new Map<IntentId, { at: Instant; as: 'template' | 'free_form' }>()
let wamids = 0

beforeAll(async () => {
  random = seededRandom(23)
  rows = await createRows()
  const { postgres } = rows
  sender = await rows.linkSender()
  await rows.senders.update(CALLER, sender, { throughputMps: 1_000 })
  await upsertTemplates(postgres.db, await rows.wabaOf(sender), [
    {
      ...wireTemplate({ name: 'helps' }),
      category: 'UTILITY',
      quality: null,
      document: wireTemplate({ name: 'helps' }),
    },
  ])
  await ensurePace(postgres.pool, [sender])
  for (let one = 0; one < PEOPLE; one += 1) {
    const { waId, contactId } = await rows.conversation(sender)
    people.push({ waId, contactId, zone: '', wrote: null })
    await moves(people[one] as Person)
  }
  dispatcher = createDispatcher({
    postgres,
    hot: postgres,
    senders: rows.senders,
    graph: fakeGraph({
      sendMessage: async ({ body }) => {
        const [id] = String(body.biz_opaque_callback_data).split('.') as [IntentId]
        expect(sent.has(id), 'sent twice').toBe(false)
        sent.set(id, { at: await rows.now(), as: body.type === 'template' ? 'template' : 'free_form' })
        const wamid = `wamid.out.${++wamids}` as Wamid
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

const yes = (of: number) => random.below(of) === 0
const someTime = () => (1 + random.below(40 * 60)) * MINUTE_MS
const isLive = ({ id, ended }: Delayed) => !ended && !sent.has(id)

/** How far a zone is ahead of UTC, by the clock that it shows. */
function offsetOf(at: number, zone: string): number {
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(at)
  return Date.parse(`${shown.replace(' ', 'T')}Z`) - Math.floor(at / 1_000) * 1_000
}

/** The first instant at which a clock there shows it; of a time that is skipped as much later as the clocks skip. */
function wallOf(local: string, zone: string): Instant {
  const utc = Date.parse(`${local}Z`)
  const offsets = [offsetOf(utc - DAY_MS, zone), offsetOf(utc + DAY_MS, zone)]
  const shows = offsets.map((ms) => utc - ms).filter((at) => at + offsetOf(at, zone) === utc)
  return instant(shows.length > 0 ? Math.min(...shows) : utc - (offsets[0] as number))
}

const closesAt = ({ wrote }: Person) => (wrote === null ? null : plus(wrote, DAY_MS))
function isOpen(person: Person, now: Instant): boolean {
  const closes = closesAt(person)
  return closes !== null && now + MARGIN_MS < closes
}

/** When it is to leave, as things stand; null: now, for no window is open for long enough. */
function momentOf({ when, person }: Delayed, now: Instant): Instant | null {
  if (when !== 'before_close') return 'at' in when ? when.at : wallOf(when.local, person.zone)
  const closes = closesAt(person)
  const last = closes === null ? null : plus(closes, -MARGIN_MS - 2 * MINUTE_MS)
  return last !== null && last > now ? last : null
}

async function dispatch(): Promise<void> {
  for (let more = true; more; ) {
    await rows.postgres.pool.query(`update number_pace set next_at = 'epoch'`)
    const page = await dispatcher.takePage([{ sender, look: 100, knownDue: false }], 100, [])
    dispatcher.leave(page)
    await dispatcher.settle(page)
    await dispatcher.idle()
    more = page.opened.length + page.staying.length > 0
  }
}

/** Everything is looked at that is due, and compared with what was promised. */
async function settle(): Promise<void> {
  const now = await rows.now()
  const before = new Set(sent.keys())
  const live = [...delayed.values()].filter(isLive)
  await dispatch()
  const after = await rows.now()
  for (const one of delayed.values()) {
    const left = sent.get(one.id)
    if (left === undefined || before.has(one.id)) continue
    expect(one.ended, 'left after its end').toBe(false)
    if (left.as === 'free_form') expect(isOpen(one.person, left.at), 'free-form, and the window closed').toBe(true)
    const moment = momentOf(one, now)
    if (!one.due && moment !== null) expect(left.at, 'left too early').toBeGreaterThanOrEqual(moment)
  }
  for (const one of live) {
    const moment = momentOf(one, now)
    one.due ||= moment === null || moment <= now
    const { state, shown_state, reason_code } = await read(one.id)
    if (!one.due) {
      if ((moment as Instant) > after) expect(shown_state, 'waits for its time').toBe('scheduled')
      continue
    }
    // A page that reads what was changed in this very moment leaves it to the next.
    expect(shown_state, 'stayed where it was').not.toBe('queued')
    if (state === 'sent') continue
    if (isOpen(one.person, after)) expect(`${state} ${reason_code}`, 'did not leave').toBe('scheduled pair_limit')
    if (one.closed === 'fail' && !isOpen(one.person, now)) {
      expect(`${state} ${reason_code}`).toBe('failed window_closed')
      one.ended = true
    }
    if (one.closed === 'hold' && state === 'held') expect(reason_code).toBe('awaiting_window')
    if (one.closed === 'downgrade') expect(state, 'had a template to go as').toBe('sent')
  }
}

const read = async (id: IntentId) => {
  const found = await readIntent(rows.postgres.db, { ...CALLER, id })
  if (found === null) throw new Error('expected it to be there')
  return found
}

/** Stops at each instant at which something is promised. */
async function passes(ms: number): Promise<void> {
  const until = plus(await rows.now(), ms)
  for (let now = await rows.now(); now < until; now = await rows.now()) {
    const next = [...delayed.values()]
      .filter((one) => isLive(one) && !one.due)
      .map((one) => momentOf(one, now) ?? now)
      .filter((at) => at > now)
    const to = Math.min(until, ...next) + 5
    await moveClock(rows.databaseUrl, Math.ceil((await clockAheadMs(rows.postgres.db)) + to - now))
    await settle()
    for (const { at } of [...sent.values()].filter((one) => one.at > now)) expect(at - to).toBeLessThan(A_MOMENT)
  }
}

async function hears(value: object, field: string): Promise<void> {
  const change = { field, value: { metadata: { phone_number_id: sender }, ...value } }
  const payload = { entry: [{ id: await rows.wabaOf(sender), changes: [change] }] }
  await rows.postgres.pool.query('insert into webhook_events (payload, numbers) values ($1, $2)', [
    JSON.stringify(payload),
    [sender],
  ])
  const log = { info() {}, warn() {} }
  const inbox = createInbox({ postgres: rows.postgres, optOuts: rows.optOuts, recipientReviewMs: DAY_MS, log })
  expect(await applyWebhooks(inbox, { payloads: 10, bytes: 1e6 })).toMatchObject({ applied: 1 })
}

function ends(person: Person, event: 'reply' | 'colleague', by: string | null = null): void {
  for (const one of delayed.values()) {
    const isOwn = by !== null && one.by === by
    if (one.person === person && isLive(one) && one.cancelOn.includes(event) && !isOwn) one.ended = true
  }
}

async function writes(person: Person): Promise<void> {
  const at = Math.floor((await rows.now()) / 1_000)
  const message = {
    id: `wamid.in.${++wamids}`,
    type: 'text',
    text: { body: 'Hi' },
    from: person.waId,
    timestamp: `${at}`,
  }
  await hears({ messages: [message] }, 'messages')
  person.wrote = instant(at * 1_000)
  ends(person, 'reply')
}

async function echoes(person: Person): Promise<void> {
  const at = Math.floor((await rows.now()) / 1_000)
  const echo = {
    id: `wamid.echo.${++wamids}`,
    type: 'text',
    text: { body: 'Me' },
    from: sender,
    to: person.waId,
    timestamp: `${at}`,
  }
  await hears({ message_echoes: [echo] }, 'smb_message_echoes')
  ends(person, 'colleague')
}

async function moves(person: Person): Promise<void> {
  person.zone = random.pick(ZONES)
  const { contacts } = managementIo(rows.postgres, rows.senders, fakeGraph(), rows.optOuts)
  await contacts.updateContact(CALLER, person.contactId, { time_zone: person.zone })
}

const asked = (when: When) =>
  when === 'before_close' ? when : 'at' in when ? toIso(when.at) : { local: when.local, time_zone: 'contact' }
const policyOf = (closed: Delayed['closed']) =>
  closed === 'downgrade' ? { downgrade: { name: 'helps', language: 'en' } } : closed

async function someWhen(): Promise<When> {
  const at = plus(await rows.now(), someTime())
  // A day ahead it is still to come in every zone.
  if (yes(3)) return { local: toIso(plus(at, DAY_MS)).slice(0, 16) }
  return yes(2) ? { at } : 'before_close'
}

async function enqueues(person: Person): Promise<void> {
  const by = random.pick([null, 'Ana', 'Rui'])
  const when = await someWhen()
  const closed = random.pick(['hold', 'fail', 'downgrade'] as const)
  const cancelOn = ['reply', 'colleague'].filter(() => yes(3))
  const one = { person, by, when, closed, cancelOn, ended: false, due: false }
  const moment = momentOf({ ...one, id: '' as IntentId }, await rows.now())
  // Now, and a person's answer from then on: another way to write now.
  if (moment === null) return
  const [result] = await enqueueOn(rows.postgres, rows.optOuts, SETTINGS, by === null ? CALLER : userNamed(by), [
    {
      sender,
      to: { wa_id: person.waId },
      message: { type: 'text', text: { body: 'Hello' } },
      send_at: asked(when),
      when_closed: policyOf(closed),
      expires_at: toIso(plus(await rows.now(), 200 * DAY_MS)),
      ...(cancelOn.length > 0 ? { cancel_on: cancelOn } : {}),
    },
  ])
  if (!result?.ok) throw new Error(JSON.stringify(result))
  delayed.set(result.intent.id, { ...one, id: result.intent.id })
}

/** A signed-in person writes at once. */
async function answers(person: Person): Promise<void> {
  const by = random.pick(['Ana', 'Rui'])
  const text = { type: 'text', text: { body: 'Now' } }
  const to = { wa_id: person.waId }
  const answer = { sender, to, message: text, when_closed: { downgrade: { name: 'helps', language: 'en' } } }
  const [result] = await enqueueOn(rows.postgres, rows.optOuts, SETTINGS, userNamed(by), [answer])
  expect(result?.ok).toBe(true)
  ends(person, 'colleague', by)
}

async function changes(one: Delayed): Promise<void> {
  const when = await someWhen()
  const patch = random.pick<() => object>([
    () => ({ send_at: asked(when) }),
    () => ({ cancel_on: yes(2) ? null : [random.pick(['reply', 'colleague'])] }),
    () => ({ when_closed: policyOf(random.pick(['hold', 'fail', 'downgrade'])) }),
    () => ({ metadata: { n: random.below(1_000) } }),
  ])() as Record<string, unknown>
  if (patch.send_at === 'before_close' && momentOf({ ...one, when }, await rows.now()) === null) return
  const answer = await changeIntentOn(rows.postgres, SETTINGS, CALLER, one.id, patch as never)
  expect(answer.ok, `${JSON.stringify(patch)} ${JSON.stringify(answer)}`).toBe(isLive(one))
  if (!answer.ok) return
  if ('send_at' in patch) Object.assign(one, { when, due: false })
  if ('cancel_on' in patch) one.cancelOn = (patch.cancel_on as string[] | null) ?? []
  const policy = patch.when_closed as Delayed['closed'] | object | undefined
  if (policy !== undefined) one.closed = typeof policy === 'string' ? policy : 'downgrade'
}

async function cancels(one: Delayed): Promise<void> {
  const { intents } = managementIo(rows.postgres, rows.senders, fakeGraph(), rows.optOuts)
  const decision = { kind: 'cancel', reason: { code: 'by_request' as const, text: 'Cancelled.' }, facts: {} }
  expect(await intents.cancel(CALLER, one.id, decision)).toBe(isLive(one) ? 'cancelled' : false)
  one.ended = true
}

it('keeps what was promised of messages for later, whatever happens meanwhile', async () => {
  for (let step = 0; step < STEPS; step += 1) {
    const person = random.pick(people)
    const theirs = [...delayed.values()].filter((one) => one.person === person)
    const one = theirs.length > 0 ? random.pick(theirs) : null
    const does = random.pick<() => Promise<void>>([
      () => enqueues(person),
      () => enqueues(person),
      () => writes(person),
      () => writes(person),
      () => echoes(person),
      () => answers(person),
      () => moves(person),
      async () => (one && changes(one)) ?? undefined,
      async () => (one && changes(one)) ?? undefined,
      async () => (one && yes(2) ? cancels(one) : undefined),
      () => passes(someTime()),
      () => passes(someTime()),
      () => passes(someTime() * 3),
    ])
    await does()
    await settle()
  }
  expect(sent.size).toBeGreaterThan(5)
}, 120_000)
