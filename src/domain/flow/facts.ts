import type { Consent } from '../decision.ts'
import type { Instant } from '../time.ts'
import type { FreeEntryPoint, WindowRecord } from '../window.ts'
import type { DataValue } from './run.ts'

/*
 * What a run is looked at with: what is recorded, not what just happened. `order` counts everything recorded of the conversation, in the order
 * in which it was; clocks decide nothing.
 */

export interface InboundFact {
  order: number
  /** When the customer wrote, by WhatsApp's stamp. */
  at: Instant
  kind: string
  text: string
  /** A tap on a button, and the step of this run that sent it; null when it is of something else. */
  tap: { payload: string; label: string; of: string | null } | null
  /** Another run of the customer's took it for its answer: it is one for no other wait. What stops by an answer stops by it all the same. */
  elsewhere: boolean
}

export interface EventFact {
  order: number
  at: Instant
  name: string
  data: Readonly<Record<string, unknown>>
}

/** What became of a message of this run. */
export interface SendFact {
  key: string
  state: 'waiting' | 'sent' | 'over'
  /** `expired`, `failed`, …: why it is over. */
  reason: string | null
  sentAt: Instant | null
  deliveredAt: Instant | null
  readAt: Instant | null
}

export type CallEnd =
  | { state: 'answered'; answer: Readonly<Record<string, DataValue>> }
  | { state: 'failed'; why: string }

/** What became of a call of this run. */
export type CallFact = { call: number } & ({ state: 'waiting' } | CallEnd)

export interface ContactFact {
  name: string | null
  language: string | null
  time_zone: string | null
  attributes: Readonly<Record<string, unknown>>
}

export interface Facts {
  contact: ContactFact
  marketing: Consent
  /** Where nothing is known of the contact's zone: that of the number, or of the sender. */
  zone: string
  window: WindowRecord
  freeEntryPoint: FreeEntryPoint
  /** Since the run began, in order. */
  inbound: readonly InboundFact[]
  events: readonly EventFact[]
  sends: readonly SendFact[]
  /** The one that it awaits, at least. */
  calls: readonly CallFact[]
  optedOut: { order: number; at: Instant } | null
  tookOver: { order: number; at: Instant } | null
  /** The highest order that is recorded. */
  latest: number
  /** Messages that other runs, of whatever flow, asked for to this person in the last hour; counted where the run asks for one. */
  lately: number
}
