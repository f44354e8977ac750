import { afterAnswer, afterSilence, type Circuit, CLOSED_CIRCUIT } from '../domain/circuit.ts'
import type { PhoneNumberId } from '../domain/ids.ts'
import type { createGraphClient } from '../graph/client.ts'
import { toWire } from '../graph/payload.ts'
import { retryUnreachable } from '../graph/retry.ts'
import { reserveMessagingLimit } from '../store/accounts/messaging-limits.ts'
import type { SenderStore } from '../store/accounts/senders.ts'
import { attemptStore } from '../store/intents/attempts.ts'
import { type Claim, readDispatchFacts, type WakeUp } from '../store/intents/dispatch-facts.ts'
import { learnIdentity } from '../store/intents/enqueue.ts'
import { followUpStore } from '../store/intents/follow-ups.ts'
import { type IntentTransitions, intentTransitions } from '../store/intents/intents.ts'
import { overlookedStore } from '../store/intents/overlooked.ts'
import { waitsFor } from '../store/intents/waiting.ts'
import { coalesce } from '../store/pg/batch.ts'
import { isPassingDatabaseError, type Postgres, retryingPassing } from '../store/pg/postgres.ts'
import type { AttemptOutcome } from '../store/pg/schema.ts'
import { templateEvent } from '../store/templates/templates.ts'
import { type DispatchIo, dispatchIntent } from '../usecases/dispatch-intent.ts'
import { effectsOf } from './dispatch-effects.ts'
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
    attempt(outcome: string): void
    decision(kind: string): void
  }
}

export interface Dispatcher {
  /** Throws when a dependency is away or something is wrong with us; the intent is where it was, or its attempt is open. */
  dispatch(sender: PhoneNumberId, wakeUp: WakeUp): Promise<void>
  /** Makes an intent due again at once whose dispatch broke off before its attempt was open; nothing otherwise. */
  giveBack(wakeUp: WakeUp): Promise<boolean>
}

/** Wires the dispatch of one wake-up to Postgres, the Graph API and the lanes. */
export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  const transitions = intentTransitions(deps.hot.pool)
  const io = dispatchIo(deps, transitions)
  const circuits = new Map<PhoneNumberId, Circuit>()

  /** Graph's silence towards one sender pauses its lane; any answer closes the circuit. */
  function pauseFor(sender: PhoneNumberId, outcome: AttemptOutcome): number | null {
    if (outcome !== 'unreachable' && outcome !== 'in_doubt') {
      if (circuits.has(sender)) circuits.set(sender, afterAnswer())
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
        deps.count.attempt(outcome.outcome)
        const pauseMs = outcome.pauseLaneMs ?? pauseFor(sender, outcome.outcome)
        if (pauseMs !== null) await deps.pauseLane(sender, pauseMs)
      }
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
  const overlooked = overlookedStore(deps.postgres, settings.windowMarginMs)
  return {
    readFacts,
    intents: transitions,
    attempts: attemptStore(pool),
    followUps: followUpStore(db, settings.followUpCooldownMs),
    async releaseOverlooked({ intent, sender, recipient }, { heldFor, template }) {
      if (heldFor === 'sender') return // the sweeper does, for whole senders
      if (heldFor === 'template' && template)
        await overlooked.releaseIfTemplateSettled(intent.id, sender.wabaId, template)
      else await overlooked.releaseIfWindowOpened({ intentId: intent.id, conversationId: recipient.conversationId })
    },
    reserveMessagingLimit: (portfolioId, contactId) => reserveMessagingLimit(pool, portfolioId, contactId),
    async send({ sender, recipient, message, attemptId }) {
      const accessToken = await senders.credentials(sender.phoneNumberId, sender.credentialsVersion)
      const { biz_opaque_callback_data: clientOpaque = null } = message
      const body = toWire({ message, recipient, attemptId, clientOpaque })
      const { phoneNumberId, wabaId } = sender
      return retryUnreachable(() => graph.sendMessage({ phoneNumberId, wabaId, accessToken, body }))
    },
    async wamidOf(intentId) {
      const row = await db.selectFrom('intents').select('wamid').where('id', '=', intentId).executeTakeFirst()
      return row?.wamid ?? null
    },
    learnIdentity: (contactId, waId) => learnIdentity(db, contactId, waId),
    effect: effectsOf(deps),
    waitsFor: { ...waitsFor, template: templateEvent },
    elapsed: () => performance.now(),
    jitter: Math.random,
  }
}
