import { sentAs } from '../domain/content.ts'
import { type Decision, type DecisionSettings, decide } from '../domain/decision.ts'
import type { ContactId, IntentId, PhoneNumberId, WorkspaceId } from '../domain/ids.ts'
import { LEAVES_WITHIN_MS, type Spacing } from '../domain/pacing.ts'
import type { Claim } from '../store/intents/dispatch-facts.ts'
import type { OpenAttempt, OpenedAttempt, OpenedPage } from '../store/intents/open-page.ts'
import { type Readiness, type ReadySend, record, type SendOrder } from './dispatch-intent.ts'
import { leaves, withinFrequencyCaps, withinMessagingLimit } from './page-limits.ts'

/*
 * What a permit is spent for: pages. A page is the most urgent messages of the numbers that this process serves, as many as it has room for.
 * It is one short transaction without a network call, and then the calls.
 */

/** A number that is served, and how many of its heads to look at. */
export interface Served {
  sender: PhoneNumberId
  look: number
  /** Something of it was left over last time, so that something is due need not be looked for. */
  knownDue: boolean
}

/** A number that is ours until the transaction ends. */
export interface Locked {
  sender: PhoneNumberId
  spacing: Spacing
  places: number
}

export interface Look {
  sender: PhoneNumberId
  workspace: WorkspaceId
  due: boolean
  open: boolean
  waitUs: number
  locked: Locked | null
}

export interface PageTrx {
  lookAt(senders: PhoneNumberId[], knownDue: boolean[]): Promise<Look[]>
  claimHeads(asked: { sender: PhoneNumberId; look: number }[], limit: number, without: IntentId[]): Promise<Claim[]>
  /** Brings together what the request needs, token, quote, body, before its attempt is on record: what fails here is no doubt. */
  prepare(order: SendOrder): Promise<Readiness>
  /** Of each person whether their portfolio had a place for them, or they had one; see `DispatchFacts.messagingLimit`. */
  reserveMessagingLimit(asked: { portfolioId: string; contactId: ContactId }[]): Promise<boolean[]>
  /** How many marketing messages each got in so many days, whom nobody else counts until the transaction ends. */
  lockAndCountMarketing(asked: { contactId: ContactId; days: number }[]): Promise<number[]>
  open(items: OpenAttempt[], locked: Locked[]): Promise<OpenedPage>
}

export interface PageIo {
  /** Commits when something was opened, else rolls back. Nothing of it runs twice. */
  transaction<T extends { opened: Leaving[] }>(work: (trx: PageTrx) => Promise<T>): Promise<T>
  newOpening(): string
  /** Measures milliseconds from now on, also while the machine sleeps. */
  startStopwatch(): () => number
  /** Milliseconds on the process's clock; measures durations only. */
  elapsed(): number
}

/** An attempt on record whose request is to leave. */
export interface Leaving {
  claim: Claim
  decision: Extract<Decision, { kind: 'send' | 'downgrade' }>
  attempt: OpenedAttempt
  ready: ReadySend
}

/** A head that may leave. */
export type Deciding = Pick<Leaving, 'claim' | 'decision'>

/** A head that does not leave, and why. */
export interface Staying {
  claim: Claim
  decision: Exclude<Decision, { kind: 'send' | 'downgrade' }>
}

/** Those whose requests are ready to leave. One after the other: it is one connection, which is hardly ever asked. */
async function readyOf(trx: PageTrx, may: Deciding[], page: Page): Promise<Omit<Leaving, 'attempt'>[]> {
  const leaving: Omit<Leaving, 'attempt'>[] = []
  for (const { claim, decision } of may) {
    const { sender, recipient, intent } = claim
    const order = {
      sender,
      recipient,
      message: decision.message,
      intentId: intent.id,
      nextAttempt: intent.attempts + 1,
    }
    const ready = await trx.prepare(order)
    if (ready.kind === 'ready') leaving.push({ claim, decision, ready })
    // An unlinked number is no longer served, as the next look shows.
    else if (ready.kind === 'locked_out') page.lockedOut.set(sender.phoneNumberId, ready.cause)
  }
  return leaving
}

/** Slots that were taken of one number, with what is needed to move them. */
export interface Slots {
  sender: PhoneNumberId
  spacing: Spacing
  count: number
  /** After the last of them, in microseconds since the epoch. */
  nextUs: number
  /** Microseconds until then, when they were taken. */
  waitUs: number
}

export interface Page {
  looks: Look[]
  opened: Leaving[]
  staying: Staying[]
  /** Numbers whose token this process cannot open, and why. */
  lockedOut: Map<PhoneNumberId, string>
  /** How many heads were asked for, by number. */
  asked: Map<PhoneNumberId, number>
  /** How many of them were looked at. */
  seen: Map<PhoneNumberId, number>
  slots: Slots[]
  /** `elapsed` when the slots were taken, or a little earlier. */
  takenAtMs: number
  /** Milliseconds since the facts were read, or a little more. */
  age(): number
}

/** So many times the messages that may leave are looked at, so that a list with many opt-outs is not slower. */
const LOOKED_AT = 10
/** Of several numbers together so many times the room is looked at, because some have less than their share. */
const LOOKED_AT_TOGETHER = 1.5

/**
 * The fence: whatever happens before the commit has not happened; after it, every attempt is on record.
 *
 * @param room most messages that may leave
 * @param without heads that are left alone for a while, because something is wrong with them
 */
export async function takePage(
  io: PageIo,
  settings: DecisionSettings,
  served: Served[],
  room: number,
  without: IntentId[],
): Promise<Page> {
  const age = io.startStopwatch()
  const opening = io.newOpening()
  return io.transaction(async (trx) => {
    const looks = await trx.lookAt(
      served.map(({ sender }) => sender),
      served.map(({ knownDue }) => knownDue),
    )
    const locked = new Map(looks.flatMap((look) => (look.locked ? [[look.sender, look.locked] as const] : [])))
    const page: Page = {
      looks,
      opened: [],
      staying: [],
      asked: new Map(),
      seen: new Map(),
      slots: [],
      lockedOut: new Map(),
      takenAtMs: io.elapsed(),
      age,
    }
    const share = Math.ceil((room * LOOKED_AT_TOGETHER) / locked.size)
    const asked = served.flatMap(({ sender, look }) => {
      const places = locked.get(sender)?.places
      return places === undefined ? [] : [{ sender, look: Math.max(look, Math.min(places, room, share)) }]
    })
    if (asked.length === 0) return page
    page.asked = new Map(asked.map(({ sender, look }) => [sender, look]))

    // Whoever leaves nothing behind is looked at as it goes; more are only where most of what was seen last time stays.
    const most = served.reduce((sum, { look }) => sum + look, 0)
    const heads = await trx.claimHeads(asked, Math.min(Math.max(most, room), room * LOOKED_AT), without)
    const may: Deciding[] = []
    const left = new Map([...locked].map(([sender, { places }]) => [sender, places]))
    for (const claim of heads) {
      const { phoneNumberId: sender } = claim.sender
      const decision = decide(claim.intent, claim.facts, settings)
      if (!leaves(decision)) page.staying.push({ claim, decision })
      else if (may.length === room || left.get(sender) === 0) continue
      else {
        may.push({ claim, decision })
        left.set(sender, (left.get(sender) as number) - 1)
      }
      page.seen.set(sender, (page.seen.get(sender) ?? 0) + 1)
    }
    const wanted = await withinFrequencyCaps(trx, settings, may, page)
    const sends = await readyOf(trx, await withinMessagingLimit(trx, settings, wanted, page), page)
    if (sends.length === 0) return page

    page.takenAtMs = io.elapsed()
    const { opened, slots } = await trx.open(
      sends.map(({ claim, decision }) => ({
        intentId: claim.intent.id,
        conversationId: claim.recipient.conversationId,
        isShared: claim.isShared ?? false,
        sentAs: sentAs(decision.message),
        decision: record(decision, claim),
        opening,
      })),
      [...locked.values()],
    )
    page.opened = sends.flatMap((send, index) => {
      const attempt = opened[index]
      return attempt ? [{ ...send, attempt }] : []
    })
    page.slots = slots.map((slot) => ({ ...slot, spacing: (locked.get(slot.sender) as Locked).spacing }))
    return page
  })
}

export interface Leave extends Pick<Page, 'opened' | 'slots' | 'takenAtMs' | 'age'> {
  /** How much later than usual its slots may be used; 0 where they were taken with the page. */
  padMs?: number
}

export interface LeaveIo {
  elapsed(): number
  /** Moves slots that were taken and came too late; answers microseconds until the first of each number's may be used. */
  moveLateSlots(
    late: (Slots & { padUs: number })[],
  ): Promise<{ sender: PhoneNumberId; nextUs: number; waitUs: number }[]>
  sleep(ms: number): Promise<void>
  /** Begins the call at once. */
  send(leaving: Leaving, page: Leave): void
  /** Nothing was sent: due again, no try spent. */
  notSent(leaving: Leaving): void
}

/** A message waits at most so long for a slot that has moved; microseconds. */
const PATIENCE_US = 250_000

/**
 * What is on record leaves. It is late when the disk or the process stood still for a moment; then its slots are over, and what left now
 * would leave together with what has the slots of now, so it takes others. What is too late for that as well is given back. Rejects when the
 * slots could not be moved; each message was sent or given back all the same.
 *
 * @param goodForMs how long the facts are good to act on, from their reading
 */
export async function leave(io: LeaveIo, page: Leave, goodForMs: number): Promise<void> {
  const { padMs = 0 } = page
  const late: Leaving[] = []
  for (const leaving of page.opened) {
    if (io.elapsed() - page.takenAtMs > LEAVES_WITHIN_MS + padMs) late.push(leaving)
    else io.send(leaving, page)
  }
  if (late.length === 0) return
  if (page.age() > goodForMs) return late.forEach(io.notSent)
  const takenAtMs = io.elapsed()
  // Where even moving took too long, the machine is busy, and the next time there is more room for that.
  const nextPadMs = page.padMs === undefined ? 0 : Math.max(LEAVES_WITHIN_MS, 2 * (takenAtMs - page.takenAtMs))
  const bySender = Map.groupBy(late, ({ claim }) => claim.sender.phoneNumberId)
  const slots = page.slots.flatMap((slot) => {
    const count = bySender.get(slot.sender)?.length
    return count === undefined ? [] : [{ ...slot, count, padUs: nextPadMs * 1_000 }]
  })
  const moved = await io.moveLateSlots(slots).catch((error: Error) => {
    late.forEach(io.notSent)
    throw error
  })
  const found = new Map(moved.map((slot) => [slot.sender, slot]))
  await Promise.all(
    slots.map(async (slot) => {
      const opened = bySender.get(slot.sender) ?? []
      const to = found.get(slot.sender)
      const restUs = to ? Math.max(0, to.waitUs - slot.spacing.aheadUs) : Number.POSITIVE_INFINITY
      if (!to || restUs > PATIENCE_US) return opened.forEach(io.notSent)
      if (restUs > 0) await io.sleep(restUs / 1_000)
      const again: Leave = {
        opened,
        slots: [{ ...slot, ...to }],
        takenAtMs: takenAtMs + restUs / 1_000,
        age: page.age,
        padMs: nextPadMs,
      }
      return leave(io, again, goodForMs)
    }),
  )
}
