import { randomUUID } from 'node:crypto'
import { afterAnswer, afterSilence, type Circuit, CLOSED_CIRCUIT } from '../domain/circuit.ts'
import type { PhoneNumberId } from '../domain/ids.ts'
import { startStopwatch } from '../domain/stopwatch.ts'
import type { createGraphClient } from '../graph/client.ts'
import { reserveMessagingLimit } from '../store/accounts/messaging-limits.ts'
import type { SenderStore } from '../store/accounts/senders.ts'
import { attemptStore } from '../store/intents/attempts.ts'
import { type Claim, readDispatchFacts, type WakeUp } from '../store/intents/dispatch-facts.ts'
import { followUpStore } from '../store/intents/follow-ups.ts'
import { type IntentTransitions, intentTransitions } from '../store/intents/intents.ts'
import { overlookedStore } from '../store/intents/overlooked.ts'
import { noteTold } from '../store/people/told.ts'
import { coalesce } from '../store/pg/batch.ts'
import { isPassingDatabaseError, type Postgres, retryingPassing } from '../store/pg/postgres.ts'
import { type DispatchIo, type DispatchOutcome, dispatchIntent } from '../usecases/dispatch-intent.ts'
import { closer } from './closing.ts'
import { PROCESS_CLOCKS } from './process-clocks.ts'
import { readySends } from './ready-sends.ts'
import type { AppSettings } from './settings.ts'

export interface DispatcherDeps {
  postgres: Postgres
  /** The pool of the hot path. */
  hot: Postgres
  senders: SenderStore
  graph: ReturnType<typeof createGraphClient>
  settings: AppSettings
  pauseLane(sender: PhoneNumberId, forMs: number): Promise<void>
  /** Sets a lane's messages per second, on all machines. */
  setPace(sender: PhoneNumberId, throughputMps: number): Promise<void>
  log: { warn(details: object, message: string): void }
  count: {
    attempt(outcome: string, sender: PhoneNumberId): void
    decision(kind: string): void
  }
}

export interface Dispatcher {
  /** Throws when a dependency is away or something is wrong with us; the intent is where it was, or its attempt is open. */
  dispatch(sender: PhoneNumberId, wakeUp: WakeUp): Promise<DispatchOutcome>
  /** Makes an intent due again at once whose dispatch broke off before its attempt was open; nothing otherwise. */
  giveBack(wakeUp: WakeUp): Promise<boolean>
}

type Attempted = Extract<DispatchOutcome, { kind: 'attempted' }>

/** Wires the dispatch of one wake-up to Postgres, the Graph API and the lanes. */
export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  const transitions = intentTransitions(deps.hot.pool)
  const io = dispatchIo(deps, transitions)
  const circuits = new Map<PhoneNumberId, Circuit>()

  /** Graph's silence towards one sender pauses its lane; any answer closes the circuit, and what never was a call does neither. */
  function pauseFor(sender: PhoneNumberId, { outcome, silent }: Attempted): number | null {
    if (!silent) {
      if (circuits.has(sender) && outcome !== 'unreachable') circuits.set(sender, afterAnswer())
      return null
    }
    const { circuit, pauseMs } = afterSilence(circuits.get(sender) ?? CLOSED_CIRCUIT, performance.now())
    circuits.set(sender, circuit)
    if (pauseMs !== null) deps.log.warn({ sender, pauseMs }, 'the Graph API does not answer; the lane pauses')
    return pauseMs
  }

  return {
    async dispatch(sender, wakeUp) {
      const outcome = await dispatchIntent(io, deps.settings, wakeUp)
      if (outcome.kind === 'decided') deps.count.decision(outcome.decision)
      if (outcome.kind === 'attempted') {
        deps.count.attempt(outcome.outcome, sender)
        const pauseMs = outcome.pauseLaneMs ?? pauseFor(sender, outcome)
        if (pauseMs !== null) await deps.pauseLane(sender, pauseMs)
      }
      return outcome
    },
    giveBack: ({ intentId, wake }) => transitions.unqueue(intentId, wake),
  }
}

function dispatchIo(deps: DispatcherDeps, transitions: IntentTransitions): DispatchIo {
  const { senders, graph, settings } = deps
  const { db } = deps.postgres
  const { pool } = deps.hot
  const readFacts = coalesce<WakeUp, Claim | null>({
    run: (wakeUps) => retryingPassing(() => readDispatchFacts(pool, wakeUps)),
    maxItems: 500,
    maxFlights: 1,
    isPassing: isPassingDatabaseError,
  })
  const attempts = attemptStore(pool)
  const overlooked = overlookedStore(deps.postgres, settings.windowMarginMs)
  return {
    readFacts,
    intents: transitions,
    attempts,
    close: closer(deps, attempts),
    followUps: followUpStore(deps.postgres, settings.followUpCooldownMs),
    async releaseOverlooked(intentId) {
      await overlooked(intentId)
    },
    reserveMessagingLimit: (portfolioId, contactId) => reserveMessagingLimit(pool, portfolioId, contactId),
    prepare: readySends({ db, senders, graph }),
    noteTold: (told) => retryingPassing(() => noteTold(pool, told)),
    startStopwatch: () => startStopwatch(PROCESS_CLOCKS),
    newOpening: () => randomUUID(),
    jitter: Math.random,
  }
}
