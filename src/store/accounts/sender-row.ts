import { type Selectable, sql } from 'kysely'
import type { SenderState } from '../../domain/decision.ts'
import type { PhoneNumberId } from '../../domain/ids.ts'
import type { Reason } from '../../domain/intent.ts'
import type { NewsKind } from '../../domain/news.ts'
import { telling } from '../outbox/tell.ts'
import type { Db } from '../pg/postgres.ts'
import type { Database } from '../pg/schema.ts'
import type { SenderSettings } from './senders.ts'
import { ofSender, type TokenVault } from './token-vault.ts'

/* The row of a number: how it is locked, and how its columns are written. */

export type SenderRecord = Selectable<Database['senders']>

export function lockSender(trx: Db, id: PhoneNumberId): Promise<SenderRecord | undefined> {
  return trx.selectFrom('senders').selectAll().where('phone_number_id', '=', id).forUpdate().executeTakeFirst()
}

/** Writes what is given. True when a new access token lifted a restriction. */
export async function changeSender(
  trx: Db,
  vault: TokenVault,
  before: SenderRecord,
  settings: SenderSettings,
): Promise<boolean> {
  const { accessToken, messagingLimit, defaultWhenClosed } = settings
  const lifted = accessToken !== undefined && before.state === 'restricted' && before.cured_by_token
  await trx
    .updateTable('senders')
    .set({
      ...(lifted ? columnsOf('active', null) : { updated_at: nextVersion }),
      ...(accessToken === undefined
        ? {}
        : { sealed_access_token: vault.seal(accessToken, ofSender(before.phone_number_id)) }),
      ...(settings.displayPhoneNumber === undefined ? {} : { display_phone_number: settings.displayPhoneNumber }),
      ...(settings.verifiedName === undefined ? {} : { verified_name: settings.verifiedName }),
      ...(settings.throughputMps === undefined ? {} : { throughput_mps: settings.throughputMps }),
      ...(settings.currency === undefined ? {} : { currency: settings.currency }),
      ...(settings.timeZone === undefined ? {} : { time_zone: settings.timeZone }),
      ...(settings.budget === undefined ? {} : { budget: settings.budget && JSON.stringify(settings.budget) }),
      ...(defaultWhenClosed === undefined ? {} : { default_when_closed: JSON.stringify(defaultWhenClosed) }),
    })
    .where('phone_number_id', '=', before.phone_number_id)
    .execute()
  if (messagingLimit !== undefined) {
    await sql`
      update portfolios set messaging_limit = ${messagingLimit}, messaging_limit_at = casement_now()
      where id = (select portfolio_id from wabas where id = (select waba_id from senders where phone_number_id = ${before.phone_number_id}))`.execute(
      trx,
    )
  }
  return lifted
}

/** Versions are read with millisecond precision, so two changes are never closer than that. */
const nextVersion = sql<Date>`greatest(casement_now(), updated_at + interval '1 millisecond')`

/** What became of a number, with why it is where it is. */
export async function tellSender(
  trx: Db,
  id: PhoneNumberId,
  kind: Extract<NewsKind, `sender.${string}`>,
): Promise<void> {
  const events = sql`
    select workspace, phone_number_id as subject,
      jsonb_strip_nulls(jsonb_build_object('sender', phone_number_id, 'reason', reason_code)) as payload
    from senders where phone_number_id = ${id}`
  await telling(kind, events).execute(trx)
}

export function columnsOf(state: SenderState, reason: Reason | null, curedByToken = false) {
  return {
    state,
    reason_code: reason?.code ?? null,
    reason_text: reason?.text ?? null,
    reason_graph_code: reason?.graphCode ?? null,
    reason_since: reason ? sql<Date>`casement_now()` : null,
    cured_by_token: curedByToken,
    payment_blamed: false,
    updated_at: nextVersion,
  }
}
