import type { ContactId, WorkspaceId } from '../domain/ids.ts'
import type { ConsentRecord } from '../store/people/consents.ts'
import type { ContactPatch, ContactRead } from '../store/people/contacts.ts'
import { type Answer, done, unknown } from './answer.ts'
import { personKey } from './person-key.ts'

export interface ManageContactsIo {
  findContact(workspace: WorkspaceId, key: string): Promise<ContactId | null>
  readContact(id: ContactId): Promise<ContactRead | null>
  updateContact(id: ContactId, patch: ContactPatch): Promise<void>
  recordConsent(id: ContactId, consent: ConsentRecord): Promise<void>
  eraseContact(id: ContactId): Promise<boolean>
}

export function getContact(
  io: ManageContactsIo,
  workspace: WorkspaceId,
  contact: string,
): Promise<Answer<ContactRead>> {
  return withContact(io, workspace, contact, async () => {})
}

export function updateContact(
  io: ManageContactsIo,
  workspace: WorkspaceId,
  contact: string,
  patch: ContactPatch,
): Promise<Answer<ContactRead>> {
  return withContact(io, workspace, contact, (id) => io.updateContact(id, patch))
}

/** An opt-in on record does not lift a stop that the person asked WhatsApp for; the answer shows which of them counts. */
export function recordConsent(
  io: ManageContactsIo,
  workspace: WorkspaceId,
  contact: string,
  consent: ConsentRecord,
): Promise<Answer<ContactRead>> {
  return withContact(io, workspace, contact, (id) => io.recordConsent(id, consent))
}

export async function eraseContact(
  io: ManageContactsIo,
  workspace: WorkspaceId,
  contact: string,
): Promise<Answer<null>> {
  const id = await find(io, workspace, contact)
  return id !== null && (await io.eraseContact(id)) ? done(null) : unknownContact(contact)
}

/** Answers the contact as it is after the change. */
async function withContact(
  io: ManageContactsIo,
  workspace: WorkspaceId,
  contact: string,
  change: (id: ContactId) => Promise<void>,
): Promise<Answer<ContactRead>> {
  const id = await find(io, workspace, contact)
  if (id !== null) await change(id)
  const read = id && (await io.readContact(id))
  return read ? done(read) : unknownContact(contact)
}

async function find(io: ManageContactsIo, workspace: WorkspaceId, contact: string): Promise<ContactId | null> {
  const key = personKey(contact)
  return key === null ? null : io.findContact(workspace, key)
}

function unknownContact<T>(contact: string): Answer<T> {
  return unknown('contact_unknown', `contact ${contact}`)
}
