import { sql } from 'kysely'
import { type Identity, identityOfBsuid, identityOfNumber } from '../../domain/identity.ts'
import type { ContactId, WorkspaceId } from '../../domain/ids.ts'
import type { Recipient } from '../../domain/recipient.ts'
import type { Db } from '../pg/postgres.ts'
import { findContact } from './contacts.ts'
import type { OptOutBook } from './opt-outs.ts'
import { resolveContacts } from './resolve.ts'

/**
 * The person of an id, made where nobody is known under it. A BSUID stands without its portfolio: somebody who is known is found all the
 * same, and somebody new is the workspace's only portfolio's. Null where it has several, or none.
 */
export async function ensureContact(
  trx: Db,
  workspace: WorkspaceId,
  recipient: Recipient,
  book: OptOutBook,
): Promise<{ id: ContactId; created: boolean } | null> {
  const identity = await identityOf(trx, workspace, recipient)
  if (identity === null) {
    const known = recipient.kind === 'bsuid' ? await findContact(trx, workspace, recipient.bsuid) : null
    return known === null ? null : { id: known, created: false }
  }
  const known = await findContact(trx, workspace, identity.key)
  if (known !== null) return { id: known, created: false }
  const [id] = await resolveContacts(trx, workspace, [identity], book)
  return id === undefined ? null : { id, created: true }
}

async function identityOf(trx: Db, workspace: WorkspaceId, recipient: Recipient): Promise<Identity | null> {
  if (recipient.kind !== 'bsuid') return identityOfNumber(recipient.waId)
  const { rows } = await sql<{ id: string }>`select id from portfolios where workspace = ${workspace} limit 2`.execute(
    trx,
  )
  const [portfolio] = rows
  return portfolio === undefined || rows.length > 1 ? null : identityOfBsuid(recipient.bsuid, portfolio.id)
}
