import { sql } from 'kysely'
import type { PhoneNumberId, WabaId, WorkspaceId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'

/** The workspace and the portfolio that a number or an account belongs to: whose customers they are, and whose BSUIDs. */
export interface Owner {
  workspace: WorkspaceId
  portfolioId: string
}

/** Null for a number that was never linked. */
export async function ownerOfSender(db: Db, sender: PhoneNumberId): Promise<Owner | null> {
  const { rows } = await sql<Owner>`
    select s.workspace, w.portfolio_id as "portfolioId" from senders s join wabas w on w.id = s.waba_id
    where s.phone_number_id = ${sender}`.execute(db)
  return rows[0] ?? null
}

/** Null for an account none of whose numbers was ever linked. */
export async function ownerOfAccount(db: Db, waba: WabaId): Promise<Owner | null> {
  const { rows } = await sql<Owner>`
    select workspace, portfolio_id as "portfolioId" from wabas where id = ${waba}`.execute(db)
  return rows[0] ?? null
}
