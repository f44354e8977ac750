import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAnswer, afterSilence, type Circuit, CLOSED_CIRCUIT } from '../domain/circuit.ts'
import type { IntentId, PhoneNumberId } from '../domain/ids.ts'
import { LEAVES_WITHIN_MS } from '../domain/pacing.ts'
import { startStopwatch } from '../domain/stopwatch.ts'
import type { createGraphClient } from '../graph/client.ts'
import { type LateSlots, moveLateSlots, outwaitPages, pausePace } from '../store/accounts/number-pace.ts'
import type { SenderStore } from '../store/accounts/senders.ts'
import { ANSWER_KEPT_MS, type AttemptStore, attemptStore } from '../store/intents/attempts.ts'
import { followUpStore } from '../store/intents/follow-ups.ts'
import { createHeadFinder } from '../store/intents/head-finder.ts'
import { intentTransitions } from '../store/intents/intents.ts'
import type { OpenAttempt } from '../store/intents/open-page.ts'
import { noteTold } from '../store/people/told.ts'
import { coalesce } from '../store/pg/batch.ts'
import { isPassingDatabaseError, type Postgres, retryingPassing } from '../store/pg/postgres.ts'
import { type Delivered, type DispatchIo, deliver, giveBack, type StayIo, stay } from '../usecases/dispatch-intent.ts'
import {
  type Leave,
  type LeaveIo,
  type Leaving,
  leave,
  type Page,
  type PageIo,
  type Served,
  type Staying,
  takePage,
} from '../usecases/spend-permit.ts'
import { closer } from './closing.ts'
import { pageTransaction } from './pages.ts'
import type { Pricing } from './pricing.ts'
import { PROCESS_CLOCKS } from './process-clocks.ts'
import { readySends } from './ready-sends.ts'
import type { AppSettings } from './settings.ts'

/** Within two seconds of a campaign's pause nothing of it leaves any more. */
const CAMPAIGN_GOOD_FOR_MS = 1_000

export interface DispatcherDeps {
  postgres: Postgres
  /** The pool of the hot path. */
  hot: Postgres
  senders: SenderStore
  graph: ReturnType<typeof createGraphClient>
  /** Default: what this database has, without the example card. */
  pricing?: Pick<Pricing, 'of'>
  settings: AppSettings
  log: Record<'warn' | 'error', (details: object, message: string) => void>
  count: {
    attempt(delivered: Pick<Delivered, 'outcome' | 'held' | 'pairLimited'>, sender: PhoneNumberId): void
    decision(decision: Pick<Staying['decision'], 'kind' | 'reason'>, sender: PhoneNumberId): void
  }
  /** A call of this number is over, whatever became of it. */
  callEnded(sender: PhoneNumberId): void
}

/** What the desk does with its pages, wired to Postgres and the Graph API. */
export interface Dispatcher {
  takePage(served: Served[], room: number, without: IntentId[]): Promise<Page>
  leave(page: Page): void
  /** See `DeskOptions`. */
  settle(page: Page): Promise<IntentId[]>
  /** Resolves when nothing of all that is under way any more. */
  idle(): Promise<void>
}

export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  const { hot, settings, log } = deps
  const attempts = attemptStore(hot.pool)
  const io = dispatchIo(deps, attempts)
  const staying = stayIo(deps)
  const circuits = new Map<PhoneNumberId, Circuit>()
  const elapsed = () => performance.now()
  const underWay = new Set<Promise<void>>()
  // A machine that is late is busy enough without a statement for each message.
  const moveLate = coalesce<LateSlots, void>({
    maxItems: 1_000,
    maxFlights: 1,
    isPassing: isPassingDatabaseError,
    async run(slots) {
      await moveLateSlots(hot.pool, slots)
      return slots.map(() => undefined)
    },
  })

  function track(work: Promise<void>): void {
    underWay.add(work)
    void work.finally(() => underWay.delete(work))
  }

  /** Graph's silence towards one number pauses it on all machines; any answer closes the circuit, and what never was a call does neither. */
  function pauseFor(sender: PhoneNumberId, { outcome, silent }: Delivered): number | null {
    if (!silent) {
      if (circuits.has(sender) && outcome !== 'unreachable') circuits.set(sender, afterAnswer())
      return null
    }
    const { circuit, pauseMs } = afterSilence(circuits.get(sender) ?? CLOSED_CIRCUIT, elapsed())
    circuits.set(sender, circuit)
    if (pauseMs !== null) log.warn({ sender, pauseMs }, 'the Graph API does not answer; the number pauses')
    return pauseMs
  }

  async function send(leaving: Leaving, page: Leave): Promise<void> {
    const sender = leaving.claim.sender.phoneNumberId
    try {
      const delivered = await deliver(io, leaving, () => mayLeave(leaving, page))
      deps.count.attempt(delivered, sender)
      const forMs = delivered.pauseMs ?? pauseFor(sender, delivered)
      if (forMs !== null) await retryingPassing(() => pausePace(hot.pool, sender, forMs))
    } catch (error) {
      // Its attempt is open, and is found.
      log.error({ err: error, intent: leaving.claim.intent.id }, 'dispatch failed')
    } finally {
      deps.callEnded(sender)
    }
  }

  /** A connection that had to be made first makes a message late, which leaves all the same: the slots after it move. */
  function mayLeave({ claim }: Leaving, page: Leave): boolean {
    const sender = claim.sender.phoneNumberId
    const age = page.age()
    if (age > settings.factsGoodForMs) return false
    if (age > CAMPAIGN_GOOD_FOR_MS && claim.intent.campaign != null) return false
    const slot =
      elapsed() - page.takenAtMs > LEAVES_WITHIN_MS + (page.padMs ?? 0) &&
      page.slots.find((one) => one.sender === sender)
    if (slot) track(moveLate({ ...slot, count: 1, padUs: 0 }).catch(reportLate))
    return true
  }

  function reportLate(error: Error): void {
    log.warn({ err: error }, 'slots of what left late could not be moved')
  }

  async function notSent(leaving: Leaving): Promise<void> {
    const late = 'it was too late when the request was ready to leave; nothing was sent'
    try {
      await giveBack(io, leaving, late)
    } catch (error) {
      log.error({ err: error, intent: leaving.claim.intent.id }, 'what was not sent could not be given back')
    } finally {
      deps.callEnded(leaving.claim.sender.phoneNumberId)
    }
  }

  /** Nothing of a page is sent before its commit is known, so where that is lost, nothing was: whatever was opened is undone. */
  async function takeBack(opened: OpenAttempt[], senders: PhoneNumberId[]): Promise<void> {
    try {
      await retryingPassing(() => outwaitPages(hot.pool, senders), ANSWER_KEPT_MS)
      await Promise.all(opened.map(({ intentId, opening = '' }) => attempts.takeBack({ intentId, opening })))
    } catch (error) {
      log.error({ err: error }, 'a page whose commit was lost could not be taken back')
    }
  }

  const pages: PageIo = {
    transaction: pageTransaction(
      hot,
      createHeadFinder(elapsed),
      readySends(deps),
      (opened, senders) => track(takeBack(opened, senders)),
      deps.pricing ?? null,
    ),
    newOpening: () => randomUUID(),
    startStopwatch: () => startStopwatch(PROCESS_CLOCKS),
    elapsed,
  }

  return {
    takePage: (served, room, without) => takePage(pages, settings, served, room, without),

    leave(page) {
      const io: LeaveIo = {
        elapsed,
        moveLateSlots: (late) => retryingPassing(() => moveLateSlots(hot.pool, late)),
        sleep: (ms) => delay(ms),
        send: (one, leave) => track(send(one, leave)),
        notSent: (one) => track(notSent(one)),
      }
      const reportLost = (error: Error) => log.error({ err: error }, 'a page could not leave')
      track(leave(io, page, settings.factsGoodForMs).catch(reportLost))
    },

    async settle(page) {
      const settled = page.staying.map(async (one) => {
        if (await stay(staying, one)) deps.count.decision(one.decision, one.claim.sender.phoneNumberId)
      })
      const outcomes = await Promise.allSettled(settled)
      const failed = page.staying.flatMap(({ claim }, index) => {
        const outcome = outcomes[index]
        return outcome?.status === 'rejected' ? [{ intent: claim.intent.id, reason: outcome.reason }] : []
      })
      for (const { intent, reason } of failed) log.error({ err: reason, intent }, 'a verdict could not be written')
      const passing = failed.find(({ reason }) => isPassingDatabaseError(reason))
      if (passing) throw passing.reason
      return failed.map(({ intent }) => intent)
    },

    async idle() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}

function stayIo({ postgres, hot, settings }: DispatcherDeps): StayIo {
  return {
    intents: intentTransitions(hot.pool, settings.windowMarginMs),
    followUps: followUpStore(postgres, settings.followUpCooldownMs, settings.windowMarginMs),
  }
}

function dispatchIo(deps: DispatcherDeps, attempts: AttemptStore): DispatchIo {
  const { pool } = deps.hot
  return {
    close: closer(deps, attempts),
    noteTold: (told) => retryingPassing(() => noteTold(pool, told)),
    jitter: Math.random,
  }
}
