/*
 * The states of an intent and every event that can meet it.
 *
 *   scheduled --open--> dispatching --accept--> sent
 *     |  ^  ^                |   \--doubt--> in_doubt --accept | retry | fail
 *     defer |<-----retry-----|
 *           |<--release-- held <--hold--- (scheduled, dispatching)
 *
 * A wish to cancel that comes while a request may have left is kept (`cancel_requested_at`), and every way back ends in `cancelled`.
 *
 * over: sent failed expired cancelled suppressed. `sent` may still become failed, or scheduled again when Meta says by webhook
 * that the window was closed; failed, expired and cancelled may be replayed by an operator.
 *
 * The store builds the `where state in (…)` of every transition from this table, so the table is the guard and not a picture of it.
 */

export const INTENT_STATES = [
  'scheduled',
  'dispatching',
  'held',
  'in_doubt',
  'sent',
  'failed',
  'expired',
  'cancelled',
  'suppressed',
] as const
export type IntentState = (typeof INTENT_STATES)[number]

export const INTENT_EVENTS = [
  /** An attempt is on record and its request is about to leave. */
  'open',
  /** Waits for an event. */
  'hold',
  /** The event came. */
  'release',
  /** Waits for a time; no attempt was made. */
  'defer',
  /** The attempt surely did not get through and may be made again. */
  'retry',
  /** Graph accepted it: by its answer, or by a status webhook that names the attempt. */
  'accept',
  /** Nobody knows whether Graph has it. */
  'doubt',
  'fail',
  'expire',
  'suppress',
  'cancel',
  /** A status webhook reports that an accepted message failed for good. */
  'fail_delivery',
  /** A status webhook reports that an accepted message failed because the window was closed: decide again. */
  'reopen',
  /** An operator asks for another attempt. */
  'replay',
] as const
export type IntentEvent = (typeof INTENT_EVENTS)[number]

/** The next state, or null where the event means nothing: it was late, doubled or overtaken, and is ignored. */
export const LIFECYCLE: Record<IntentState, Record<IntentEvent, IntentState | null>> = {
  scheduled: {
    open: 'dispatching',
    hold: 'held',
    release: null,
    defer: 'scheduled',
    retry: null,
    accept: 'sent',
    doubt: null,
    fail: 'failed',
    expire: 'expired',
    suppress: 'suppressed',
    cancel: 'cancelled',
    fail_delivery: null,
    reopen: null,
    replay: null,
  },
  dispatching: {
    open: null,
    hold: 'held',
    release: null,
    defer: null,
    retry: 'scheduled',
    accept: 'sent',
    doubt: 'in_doubt',
    fail: 'failed',
    expire: null,
    suppress: 'suppressed',
    cancel: null,
    fail_delivery: 'failed',
    reopen: 'scheduled',
    replay: null,
  },
  held: {
    open: null,
    hold: null,
    release: 'scheduled',
    defer: null,
    retry: null,
    accept: 'sent',
    doubt: null,
    fail: 'failed',
    expire: 'expired',
    suppress: 'suppressed',
    cancel: 'cancelled',
    fail_delivery: null,
    reopen: null,
    replay: null,
  },
  in_doubt: {
    open: null,
    hold: 'held',
    release: null,
    defer: null,
    retry: 'scheduled',
    accept: 'sent',
    doubt: null,
    fail: 'failed',
    expire: null,
    suppress: 'suppressed',
    cancel: null,
    fail_delivery: 'failed',
    reopen: 'scheduled',
    replay: null,
  },
  sent: {
    open: null,
    hold: null,
    release: null,
    defer: null,
    retry: null,
    accept: null,
    doubt: null,
    fail: null,
    expire: null,
    suppress: null,
    cancel: null,
    fail_delivery: 'failed',
    reopen: 'scheduled',
    replay: null,
  },
  failed: {
    open: null,
    hold: null,
    release: null,
    defer: null,
    retry: null,
    accept: 'sent',
    doubt: null,
    fail: null,
    expire: null,
    suppress: null,
    cancel: null,
    fail_delivery: null,
    reopen: null,
    replay: 'scheduled',
  },
  expired: {
    open: null,
    hold: null,
    release: null,
    defer: null,
    retry: null,
    accept: 'sent',
    doubt: null,
    fail: null,
    expire: null,
    suppress: null,
    cancel: null,
    fail_delivery: null,
    reopen: null,
    replay: 'scheduled',
  },
  cancelled: {
    open: null,
    hold: null,
    release: null,
    defer: null,
    retry: null,
    accept: 'sent',
    doubt: null,
    fail: null,
    expire: null,
    suppress: null,
    cancel: null,
    fail_delivery: null,
    reopen: null,
    replay: 'scheduled',
  },
  suppressed: {
    open: null,
    hold: null,
    release: null,
    defer: null,
    retry: null,
    accept: 'sent',
    doubt: null,
    fail: null,
    expire: null,
    suppress: null,
    cancel: null,
    fail_delivery: null,
    reopen: null,
    replay: null,
  },
}

/**
 * The events by which an intent that somebody wished to cancel does not go where it would: it is cancelled instead. Only what Meta took is
 * sent, and a doubt stays one until somebody knows.
 */
const ENDED_BY_A_WISH: ReadonlySet<IntentEvent> = new Set([
  'retry',
  'hold',
  'release',
  'defer',
  'fail',
  'suppress',
  'reopen',
])

export function honoursWish(event: IntentEvent): boolean {
  return ENDED_BY_A_WISH.has(event)
}

/** The state an event leads to, whatever state it leaves. */
export function targetOf(event: IntentEvent): IntentState {
  const from = statesThatTake(event)[0]
  if (!from) throw new Error(`no state takes the event ${event}`)
  return LIFECYCLE[from][event] as IntentState
}

/** The states in which an event moves an intent; the `where` clause of its transition. */
export function statesThatTake(event: IntentEvent): IntentState[] {
  return INTENT_STATES.filter((state) => LIFECYCLE[state][event] !== null)
}

export function isOver(state: IntentState): boolean {
  return statesOver.has(state)
}

const statesOver: ReadonlySet<IntentState> = new Set(['sent', 'failed', 'expired', 'cancelled', 'suppressed'])
