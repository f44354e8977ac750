import type { Purview } from '../domain/access.ts'
import { ATTRIBUTES_BYTES, attributesBytes, withAttributes } from '../domain/attributes.ts'
import type { Doer } from '../domain/audit.ts'
import type { Consent } from '../domain/decision.ts'
import type { ContactId, WorkspaceId } from '../domain/ids.ts'
import { parseRecipient, type Recipient } from '../domain/recipient.ts'
import type { ConsentRead, ConsentRecord } from '../store/people/consents.ts'
import type { ContactPatch, ContactRead } from '../store/people/contacts.ts'
import type { ContactSelection } from '../store/people/list.ts'
import type { Places } from '../store/pg/merging.ts'
import { type Answer, done, invalid, mapAnswer, unknown } from './answer.ts'
import { decodeCursor, encodeCursor, foundPage, type Page } from './paging.ts'
import { personKey } from './person-key.ts'

export interface ManageContactsIo {
  findContact(workspace: WorkspaceId, key: string): Promise<ContactId | null>
  readContact(id: ContactId): Promise<ContactRead | null>
  updateContact(
    doer: Doer,
    id: ContactId,
    patch: ContactPatch,
    replace?: boolean,
  ): Promise<'updated' | 'gone' | 'attributes_too_large'>
  /** Finds the person of this id, or makes them; null for a BSUID where the workspace has not one portfolio, but several or none. */
  ensureContact(doer: Doer, recipient: Recipient): Promise<{ id: ContactId; created: boolean } | null>
  recordConsent(doer: Doer, id: ContactId, consent: ConsentRecord): Promise<unknown>
  listConsents(id: ContactId): Promise<ConsentRead[]>
  /** Which a page has. It may be short, or empty, and there may be more all the same. */
  placeContacts(selection: ContactSelection): Promise<Places<ContactId>>
  readContacts(ids: ContactId[]): Promise<ContactRead[]>
  /** Everything that is kept of them, in the contract's spelling; null when they are gone. */
  exportContact(doer: Doer, id: ContactId): Promise<Record<string, unknown> | null>
  /** Answers the job; the one that is under way where there is one. */
  startErasure(doer: Doer, id: ContactId): Promise<string>
}

export interface ContactQuery {
  q?: string | undefined
  language?: string | undefined
  attributes?: Readonly<Record<string, string>> | undefined
  marketing?: Consent | undefined
  cursor?: string | undefined
  limit: number
}

/** Newest first. */
export async function listContacts(
  io: Pick<ManageContactsIo, 'placeContacts' | 'readContacts'>,
  purview: Purview,
  { q, language, attributes, marketing, cursor, limit }: ContactQuery,
): Promise<Answer<Page<ContactRead>>> {
  const after = decodeCursor(cursor, isIdKey)
  if (!after.ok) return after
  const filters = { language: language ?? null, attributes: attributes ?? {}, marketing: marketing ?? null }
  const selection = { purview, text: q ?? null, ...filters, limit }
  const { found, next } = await foundPage(after.value?.[0] ?? null, (before) =>
    io.placeContacts({ ...selection, before }),
  )
  return done({ data: await io.readContacts(found), next_cursor: next === null ? null : encodeCursor([next]) })
}

function isIdKey(key: readonly unknown[]): key is [ContactId] {
  return key.length === 1 && typeof key[0] === 'string' && /^\d{1,18}$/.test(key[0])
}

/** With every consent on record, newest first. */
export type ContactInFull = ContactRead & { consents: ConsentRead[] }

export function getContact(
  io: ManageContactsIo,
  workspace: WorkspaceId,
  contact: string,
): Promise<Answer<ContactInFull>> {
  return withContact(io, workspace, contact, async () => {})
}

export async function updateContact(
  io: ManageContactsIo,
  doer: Doer,
  contact: string,
  patch: ContactPatch,
): Promise<Answer<ContactInFull>> {
  const id = await find(io, doer.workspace, contact)
  if (id === null) return unknownContact(contact)
  const outcome = await io.updateContact(doer, id, patch)
  return outcome === 'attributes_too_large' ? tooManyAttributes() : inFull(io, id, contact)
}

/** Makes the person where nobody is known under this id. What is not given stays; attributes that are given are all of them. */
export async function putContact(
  io: ManageContactsIo,
  doer: Doer,
  contact: string,
  patch: ContactPatch,
): Promise<Answer<{ created: boolean; contact: ContactInFull }>> {
  // Before anybody is made.
  if (patch.attributes && attributesBytes(withAttributes({}, patch.attributes)) > ATTRIBUTES_BYTES) {
    return tooManyAttributes()
  }
  const digits = contact.replace(/^\+/, '')
  const recipient = parseRecipient(/^\d+$/.test(digits) ? { wa_id: digits } : { user_id: digits })
  if (!recipient.ok) return invalid('contact', recipient.message)
  const ensured = await io.ensureContact(doer, recipient.recipient)
  if (ensured === null) {
    return invalid('contact', 'expected a number: a BSUID is of one portfolio, and this workspace has not exactly one')
  }
  const { id, created } = ensured
  await io.updateContact(doer, id, patch, true)
  return mapAnswer(await inFull(io, id, contact), (read) => ({ created, contact: read }))
}

function tooManyAttributes<T>(): Answer<T> {
  return invalid('attributes', `expected all attributes together to be at most ${ATTRIBUTES_BYTES} bytes of JSON`)
}

/** An opt-in on record does not lift a stop that the person asked WhatsApp for; the answer shows which of them counts. */
export function recordConsent(
  io: ManageContactsIo,
  doer: Doer,
  contact: string,
  consent: ConsentRecord,
): Promise<Answer<ContactInFull>> {
  return withContact(io, doer.workspace, contact, (id) => io.recordConsent(doer, id, consent))
}

export async function exportContact(
  io: ManageContactsIo,
  doer: Doer,
  contact: string,
): Promise<Answer<Record<string, unknown>>> {
  const id = await find(io, doer.workspace, contact)
  const exported = id && (await io.exportContact(doer, id))
  return exported ? done(exported) : unknownContact(contact)
}

/** Erasing is a job; answers its id. */
export async function eraseContact(
  io: ManageContactsIo,
  doer: Doer,
  contact: string,
): Promise<Answer<{ job: string }>> {
  const id = await find(io, doer.workspace, contact)
  return id === null ? unknownContact(contact) : done({ job: await io.startErasure(doer, id) })
}

/** Answers the contact as it is after the change. */
async function withContact(
  io: ManageContactsIo,
  workspace: WorkspaceId,
  contact: string,
  change: (id: ContactId) => Promise<unknown>,
): Promise<Answer<ContactInFull>> {
  const id = await find(io, workspace, contact)
  if (id === null) return unknownContact(contact)
  await change(id)
  return inFull(io, id, contact)
}

async function inFull(io: ManageContactsIo, id: ContactId, contact: string): Promise<Answer<ContactInFull>> {
  const read = await io.readContact(id)
  return read ? done({ ...read, consents: await io.listConsents(id) }) : unknownContact(contact)
}

async function find(io: ManageContactsIo, workspace: WorkspaceId, contact: string): Promise<ContactId | null> {
  const key = personKey(contact)
  return key === null ? null : io.findContact(workspace, key)
}

function unknownContact<T>(contact: string): Answer<T> {
  return unknown('contact_unknown', `contact ${contact}`)
}
