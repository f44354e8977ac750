import type { Message, WhenClosed } from '../content.ts'
import type { Priority } from '../intent.ts'
import type { Said } from '../said.ts'
import { type Instant, plus, SECOND_MS } from '../time.ts'

/* One customer's way through a flow. Plain JSON, so that it can be stored as it is. */

export type DataValue = string | number | boolean

export interface Reply {
  text: string
  button: string
  kind: string
  at: Instant
}

export interface Run {
  state: 'waiting' | 'ended'
  step: string
  /** The step was entered at this look or an earlier one: it waits, or was put off. */
  begun: boolean
  /** Since when it is in this step: durations count from here. */
  enteredAt: Instant
  /** When this step was to begin; later than that is late. */
  dueSince: Instant
  /** When to look next; null: only something recorded can move it. */
  dueAt: Instant | null
  /** What `dueAt` moves with. */
  follows: 'window' | 'entry' | null
  /** Recorded up to here counts for no wait. */
  seen: number
  /** A message was asked for, and no wait has begun since: what comes may answer it, whatever else is sent before the wait. */
  asking: boolean
  /** Recorded up to here has been looked at for stops. */
  heard: number
  /** The message that the step has sent, or the call that it has made, and that is not over. */
  awaits: string | null
  /** It has asked for a call, which may not be over though nobody awaits it any more: an edit can take a run out of its step. */
  calling: boolean
  /** Moves so far; the fence of whoever stores it. */
  seq: number
  visits: Record<string, number>
  /** The last message of each step, and when it was asked for. */
  sent: Record<string, { key: string; at: Instant }>
  /** When its messages were asked for, the newest last. */
  sentAts: Instant[]
  data: Record<string, DataValue>
  /** What calls answered, by the names under which it is kept. */
  answers: Record<string, Record<string, DataValue>>
  trigger: Record<string, unknown>
  reply: Reply | null
  startedAt: Instant
  triggeredAt: Instant
  outcome: string | null
}

/**
 * Whether what somebody did at this time, by their own clock, is of the time of the run. Webhooks come late: what was written before a run
 * began answers nothing of it, though it is recorded after. Stamps are whole seconds, and the second that both share counts.
 */
export function isOfTime({ triggeredAt }: Run, at: Instant): boolean {
  return plus(at, SECOND_MS) > triggeredAt
}

export type Effect =
  | {
      kind: 'send'
      key: string
      step: string
      message: Message
      /** Null: the sender's own. */
      whenClosed: WhenClosed | null
      priority: Priority
      expiresAt: Instant | null
    }
  | { kind: 'set_contact'; field: string; value: DataValue }
  | { kind: 'hand_over'; team: string; note: string | null }
  /** The person begins another flow. Data null: what is known of them. */
  | { kind: 'enrol'; step: string; flow: string; data: Record<string, DataValue> | null }
  /** Whatever runs of this flow they are in with this number end. */
  | { kind: 'leave'; flow: string }
  /** A program is called: at least once, and no other call of the run has this number. */
  | {
      kind: 'call'
      call: number
      step: string
      url: string
      body: Record<string, DataValue>
      /** Its answer is kept, so it has to be one that can be. */
      keeps: boolean
      triedForMs: number
    }
  /** What the customer said, by its order, is this run's answer, and no other's. */
  | { kind: 'takes'; order: number }
  /** The run is over: what of it has not left does not leave. */
  | { kind: 'ended'; outcome: string }

export type Happening =
  | 'started'
  | 'entered'
  | 'skipped'
  | 'sends'
  | 'held'
  | 'sent'
  | 'not_sent'
  | 'waits'
  | 'satisfied'
  | 'timed_out'
  | 'tapped'
  | 'branched'
  | 'set'
  | 'handed_over'
  | 'enrols'
  | 'leaves'
  | 'calls'
  | 'called'
  | 'call_failed'
  | 'yielded'
  | 'ended'

export interface HistoryLine {
  at: Instant
  kind: Happening
  step: string
  /** Why, for people. */
  said: Said
}

export interface Moved {
  run: Run
  effects: Effect[]
  history: HistoryLine[]
}
