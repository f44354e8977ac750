import { z } from 'zod'
import type { Api } from '../api.ts'
import { CommandFailed } from '../failure.ts'
import { conversationView, enqueuedView, type IntentView, intentView, pageOf, read, templateView } from '../views.ts'
import type { DemoContact, Situation } from './contacts.ts'
import { expectedInvitations, expectedOutcome } from './oracle.ts'
import type { LedgerSend, Phones } from './phones.ts'
import {
  INVITATION,
  NO,
  type PlannedIntent,
  type PlayedIntent,
  planIntents,
  requestFor,
  SUBSTITUTE,
  YES,
} from './plan.ts'
import type { DemoProgress } from './progress.ts'
import { isUrgent, stampedAgoMs } from './situations.ts'
import { inParallel, until } from './waiting.ts'

export interface Stage {
  readonly api: Api
  readonly phones: Phones
  readonly contacts: readonly DemoContact[]
  /** WINDOW_MARGIN_MS of the Casement on stage. */
  readonly marginMs: number
  /** Account of the sandbox and a token for it. */
  readonly account: { readonly wabaId: string; readonly portfolioId: string; readonly accessToken: string }
  readonly progress: DemoProgress
}

/** All that is known at the end, for the verdict. */
export interface Played {
  readonly sender: string
  readonly intents: readonly PlayedIntent[]
  /** All that the API lists for the sender at the end, by id: the plan's, the answers to the ads, the invitations. */
  readonly views: ReadonlyMap<string, IntentView>
  /** The answers to the ads, given before the plan. */
  readonly openers: ReadonlySet<string>
  /** Ids that waited for an answer when all had been decided. */
  readonly waited: ReadonlySet<string>
  readonly ledger: readonly LedgerSend[]
}

const WIDTH = 16
const BATCH = 600
const STEP_TIMEOUT_MS = 20_000
const LONGEST_WAIT_MS = 60_000
const SHORT_LIFE_MS = 10_000
/** After its time, until somebody has looked. */
const EXPIRY_LATENESS_MS = 20_000
const BUSINESS_MPS = 500
const SANDBOX_MPS = 1_000

/**
 * The demo, act by act: the past, the ads' answers, six messages for everybody, the customers' answers, and the end of what nobody
 * answered. A run has a business number of its own, so windows of earlier runs on the same data do not matter.
 */
export async function play(stage: Stage): Promise<Played> {
  const { phones, contacts, progress } = stage
  const since = await phones.lastSeq()
  const aheadMs = await phones.clockAheadMs()
  const now = () => Date.now() + aheadMs
  progress.step('linking a number of the sandbox')
  const sender = await linkNumber(stage)

  progress.step(`${contacts.length} customers: their past`)
  await inParallel(contacts, WIDTH, (contact) => phones.addCustomer(contact))
  await liveThePast(
    stage,
    sender,
    contacts.filter((contact) => !isUrgent(contact)),
    now,
  )
  await liveThePast(stage, sender, contacts.filter(isUrgent), now)
  await windowsKnown(stage, sender)
  const openers = await answerAds(stage, sender)

  const plan = planIntents(contacts)
  progress.step(`enqueueing ${plan.length} messages`)
  const shortLivedUntil = now() + SHORT_LIFE_MS
  const intents = await enqueue(stage, sender, plan, new Date(shortLivedUntil).toISOString())
  progress.plan(intents)

  progress.step('deciding each of them')
  const look = async () => {
    const views = await readIntents(stage.api, sender)
    progress.look(views)
    return views
  }
  await until(async () => isAtRest([...(await look()).values()]), LONGEST_WAIT_MS)
  const waited = new Set([...(await look()).values()].filter((view) => view.state === 'held').map((view) => view.id))

  const invited = contacts.filter((contact) => expectedInvitations(contact) > 0 && contact.answer !== 'never')
  progress.step(`${invited.length} customers answer their invitation`)
  await inParallel(invited, WIDTH, (contact) => answer(stage, sender, contact))

  progress.step('releasing, declining, expiring what waited')
  const overAt = Math.max(now(), shortLivedUntil) + EXPIRY_LATENESS_MS
  const isOver = async () => {
    const views = await look()
    return isAsExpected(intents, views) || (now() > overAt && isAtRest([...views.values()]))
  }
  await until(isOver, LONGEST_WAIT_MS)
  const views = await look()
  return { sender, intents, views, openers, waited, ledger: await phones.ledger(sender, since) }
}

async function linkNumber({ api, phones, account }: Stage): Promise<string> {
  const serial = String(Date.now())
  const sender = `9${serial}`
  const digits = `1555${serial.slice(-7)}`
  const name = 'Lucky Shrub (demo)'
  await phones.addBusinessNumber({ id: sender, wabaId: account.wabaId, digits, name, mps: SANDBOX_MPS })
  await api.post('/v1/senders', {
    phone_number_id: sender,
    waba_id: account.wabaId,
    portfolio_id: account.portfolioId,
    access_token: account.accessToken,
    display_phone_number: digits,
    verified_name: name,
    throughput_mps: BUSINESS_MPS,
  })
  await api.post('/v1/templates/sync', { waba_id: account.wabaId })
  for (const template of [INVITATION, SUBSTITUTE]) {
    const query = { waba_id: account.wabaId, name: template, status: 'APPROVED' }
    const { data } = read(pageOf(templateView), await api.get('/v1/templates', query))
    if (data.length === 0) throw new CommandFailed(`expected the sandbox to have an approved template ${template}`)
  }
  return sender
}

async function liveThePast(
  { phones, marginMs }: Stage,
  sender: string,
  contacts: readonly DemoContact[],
  now: () => number,
): Promise<void> {
  const counts = new Map<Situation, number>()
  await inParallel(contacts, WIDTH, async (contact) => {
    const index = counts.get(contact.situation) ?? 0
    counts.set(contact.situation, index + 1)
    const agoMs = stampedAgoMs(contact.situation, index, marginMs)
    if (agoMs === null) return
    const at = now() - agoMs
    switch (contact.situation) {
      case 'called':
        return phones.call(contact, sender, at)
      case 'ad':
      case 'ad_unanswered':
        return phones.arriveFromAd(contact, sender, at)
      default:
        return phones.say(contact, sender, 'Hello, is my order ready?', at)
    }
  })
}

async function windowsKnown({ api, contacts }: Stage, sender: string): Promise<void> {
  const expected = contacts.filter((contact) => contact.situation !== 'silent').length
  const known = async () => {
    const conversations = await readPages(api, '/v1/conversations', sender, conversationView)
    return conversations.filter((one) => one.customer_service_window.expires_at).length >= expected
  }
  await until(known, STEP_TIMEOUT_MS)
}

/** A template, since the window is closing; delivered in time it opens the free entry point. */
async function answerAds({ api, contacts, progress }: Stage, sender: string): Promise<Set<string>> {
  const clicked = contacts.filter((contact) => contact.situation === 'ad')
  if (clicked.length === 0) return new Set()
  progress.step(`answering ${clicked.length} customers who came through an ad`)
  const requests = clicked.map((contact) => ({
    sender,
    to: contact.to,
    message: { type: 'template', template: { name: 'hello_world', language: { code: 'en_US' } } },
    metadata: { demo: { line: contact.line, opener: true } },
  }))
  const results = await enqueueAll(api, requests)
  const opened = async () => {
    const conversations = await readPages(api, '/v1/conversations', sender, conversationView)
    return conversations.filter((one) => one.free_entry_point.open).length >= clicked.length
  }
  await until(opened, STEP_TIMEOUT_MS)
  return new Set(results.flatMap(({ id }) => (id === null ? [] : [id])))
}

async function enqueue(
  { api }: Stage,
  sender: string,
  plan: readonly PlannedIntent[],
  shortLivedUntil: string,
): Promise<PlayedIntent[]> {
  const results = await enqueueAll(
    api,
    plan.map((planned) => requestFor(planned, { sender, shortLivedUntil })),
  )
  return plan.map((planned, index) => ({ ...planned, ...(results[index] as Enqueued) }))
}

interface Enqueued {
  readonly id: string | null
  readonly refusal: string | null
}

const batchAnswer = z.looseObject({
  results: z.array(z.union([enqueuedView, z.looseObject({ error: z.looseObject({ message: z.string() }) })])),
})

async function enqueueAll(api: Api, requests: readonly object[]): Promise<Enqueued[]> {
  const results: Enqueued[] = []
  for (let start = 0; start < requests.length; start += BATCH) {
    const answer = await api.post('/v1/intents/batch', { intents: requests.slice(start, start + BATCH) })
    for (const result of read(batchAnswer, answer).results) {
      results.push('error' in result ? refused(result.error) : { id: (result as { id: string }).id, refusal: null })
    }
  }
  return results
}

function refused(error: unknown): Enqueued {
  return { id: null, refusal: (error as { message: string }).message }
}

async function answer({ phones }: Stage, sender: string, contact: DemoContact): Promise<void> {
  await phones.tap(contact, sender, contact.answer === 'yes' ? YES : NO)
}

async function readIntents(api: Api, sender: string): Promise<Map<string, IntentView>> {
  const views = await readPages(api, '/v1/intents', sender, intentView)
  return new Map(views.map((view) => [view.id, view]))
}

async function readPages<T extends z.ZodType>(api: Api, path: string, sender: string, view: T): Promise<z.infer<T>[]> {
  const items: z.infer<T>[] = []
  let cursor: string | null | undefined
  do {
    const page = read(pageOf(view), await api.get(path, { sender, limit: 1_000, ...(cursor ? { cursor } : {}) }))
    items.push(...page.data)
    cursor = page.next_cursor
  } while (cursor)
  return items
}

const UNDER_WAY = new Set(['scheduled', 'queued', 'dispatching', 'in_doubt'])

function isAtRest(views: readonly IntentView[]): boolean {
  return views.length > 0 && views.every((view) => !UNDER_WAY.has(view.state))
}

function isAsExpected(intents: readonly PlayedIntent[], views: ReadonlyMap<string, IntentView>): boolean {
  return intents.every(({ id, ...planned }) => {
    return id === null || views.get(id)?.state === expectedOutcome(planned as PlannedIntent).state
  })
}
