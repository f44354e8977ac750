import type { Actor, Purview } from './access.ts'

/*
 * The audit log: who did what to which object, from where, under which request. A command that was done is written in the transaction of the
 * deed, so that neither is there without the other; one that was refused or failed has none, and is written when its answer is known.
 * Never with contents: no text, no number of a person, no token.
 */

/** Where a command came from; nulls where it came from no request. */
export interface Origin {
  /** Of the client, behind the proxies that are trusted. */
  address: string | null
  requestId: string | null
}

/** Who does something. Every write that a person or a program asks for takes one, so that an unrecorded one does not compile. */
export interface Doer extends Purview {
  actor: Actor
  origin: Origin
}

export interface AuditObject {
  kind: string
  /** Null: of many, of none, or not known. A contact's is our own id for it, which says nothing once the person is erased. */
  id: string | null
}

export interface Deed {
  /** What kind of thing, and what is done to it: `sender.pause`. */
  action: string
  object: AuditObject
  /** What was asked for, in names and counts. */
  detail?: Record<string, unknown>
}

export type DeedOutcome = 'done' | 'refused' | 'failed'

/** From nowhere: what Casement does by itself. */
export const NO_ORIGIN: Origin = { address: null, requestId: null }
