import type { GraphErrorFacts } from '../domain/failure.ts'
import type { Bsuid, WaId } from '../domain/ids.ts'
import type { WebhookIdentity } from './webhook-event.ts'
import { errorFacts } from './wire.ts'

/*
 * Readers for payloads that may hold anything: a field of another shape than expected reads as null, never as an exception.
 */

export type Json = Record<string, unknown>

export function record(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

export function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** Ids come as strings, and in some account webhooks as numbers. What no column could hold, or find by an index, is none. */
export function id(value: unknown): string | null {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' && /^\P{C}{1,512}$/u.test(value) ? value : null
}

export function errorList(value: unknown): GraphErrorFacts[] {
  return list(value)
    .map((error) => errorFacts(error, 'webhook', null))
    .filter((facts) => facts !== null)
}

export function waId(value: unknown): WaId | null {
  const match = typeof value === 'string' ? /^\+?(\d{5,20})$/.exec(value) : null
  return match ? (match[1] as WaId) : null
}

/** Country, dot, up to 128 letters or digits, with `ENT.` between for the parent form. Meta, business-scoped-user-ids (read 2026-11). */
export function bsuid(value: unknown): Bsuid | null {
  return typeof value === 'string' && /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/.test(value) ? (value as Bsuid) : null
}

export const NOBODY: WebhookIdentity = { waId: null, bsuid: null, parentBsuid: null, profileName: null, username: null }

export interface IdentityFields {
  /** Where the phone number is expected. One page of Meta says that it may hold a BSUID, so both are taken. */
  phone: unknown
  userId?: unknown
  parentUserId?: unknown
}

/** Joins the ids beside an event with the entry of `contacts[]` that speaks of the same person. */
export function identity(fields: IdentityFields, contacts: unknown): WebhookIdentity {
  const known = { waId: waId(fields.phone), bsuid: bsuid(fields.userId) ?? bsuid(fields.phone) }
  const contact = contactOf(known, list(contacts).map(record))
  const profile = record(contact?.profile)
  return {
    waId: known.waId ?? waId(contact?.wa_id),
    bsuid: known.bsuid ?? bsuid(contact?.user_id),
    parentBsuid: bsuid(fields.parentUserId) ?? bsuid(contact?.parent_user_id),
    profileName: text(profile?.name),
    username: text(profile?.username),
  }
}

export function isNobody(person: WebhookIdentity): boolean {
  return person.waId === null && person.bsuid === null && person.parentBsuid === null
}

function contactOf(known: Pick<WebhookIdentity, 'waId' | 'bsuid'>, contacts: (Json | null)[]): Json | null {
  const same = contacts.find(
    (contact) =>
      (known.waId !== null && waId(contact?.wa_id) === known.waId) ||
      (known.bsuid !== null && bsuid(contact?.user_id) === known.bsuid),
  )
  if (same) return same
  // An event without any id, alone with one contact, is theirs. With an id of its own a stranger's entry must not be mixed in.
  const anonymous = known.waId === null && known.bsuid === null
  return anonymous && contacts.length === 1 ? (contacts[0] ?? null) : null
}
