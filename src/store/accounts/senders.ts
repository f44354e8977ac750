import { type Selectable, sql } from 'kysely'
import type { WhenClosed } from '../../domain/content.ts'
import type { SenderState } from '../../domain/decision.ts'
import type { PhoneNumberId, WabaId } from '../../domain/ids.ts'
import type { Reason } from '../../domain/intent.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import { type Db, retryingPassing } from '../pg/postgres.ts'
import type { Database } from '../pg/schema.ts'
import { credentialReader } from './sender-credentials.ts'
import { readSender, readSenders, type Sender } from './sender-reads.ts'
import type { TokenVault } from './token-vault.ts'

export type { Sender } from './sender-reads.ts'

/*
 * The numbers we send from.
 *
 *   active --pause--> paused --resume--> active            by an operator
 *   active --restrict--> restricted --resume--> active     by Meta's refusal, and an operator
 *                        restricted --new token--> active  by itself, when the token was what was wrong
 *   any --unlink--> paused, without a token                gone for everybody, but its history stays
 *
 * An operator's pause is stronger than Meta's refusal: `restrict` leaves it alone, and what is wrong shows again after `resume`.
 * Every change moves `updated_at`, which is the version of the credentials; a throttle, which slows a sender down, moves nothing of this.
 */
export interface SenderSettings {
  accessToken?: string | undefined
  displayPhoneNumber?: string | undefined
  verifiedName?: string | undefined
  throughputMps?: number | undefined
  messagingLimit?: number | null | undefined
  defaultWhenClosed?: WhenClosed | undefined
}

export interface SenderLink extends SenderSettings {
  phoneNumberId: PhoneNumberId
  wabaId: WabaId
  accessToken: string
  /** Default: the WABA's id, so that a number whose portfolio nobody named shares its limit with its account. */
  portfolioId?: string | undefined
}

export type LinkOutcome =
  | { kind: 'created'; sender: Sender }
  /** `lifted`: it was restricted for its token and is active again. */
  | { kind: 'updated'; sender: Sender; lifted: boolean }
  /** Linked to another account: its windows, templates and limits belong there, so it is not moved in passing. */
  | { kind: 'elsewhere'; wabaId: WabaId }

export function senderStore(db: Db, vault: TokenVault) {
  return {
    /** Linking again updates what is given and keeps the rest. */
    link: (link: SenderLink): Promise<LinkOutcome> =>
      retryingPassing(() => db.transaction().execute((trx) => linkSender(trx, vault, link))),

    /** Null when it is not linked. */
    update: (id: PhoneNumberId, settings: SenderSettings): Promise<{ sender: Sender; lifted: boolean } | null> =>
      retryingPassing(() =>
        db.transaction().execute(async (trx) => {
          const before = await lockSender(trx, id)
          if (!before || before.sealed_access_token === null) return null
          const lifted = await change(trx, vault, before, settings)
          return { sender: (await readSender(trx, id)) as Sender, lifted }
        }),
      ),

    get: (id: PhoneNumberId): Promise<Sender | null> => readSender(db, id),
    list: (): Promise<Sender[]> => readSenders(db),

    /** False when it was paused already, or is not linked. */
    pause: (id: PhoneNumberId): Promise<boolean> =>
      moveSender(db, id, ['active', 'restricted'], 'paused', {
        code: 'sender_paused',
        text: 'An operator paused the sender.',
      }),

    /** False when it was active already, or is not linked. */
    resume: (id: PhoneNumberId): Promise<boolean> => moveSender(db, id, ['paused', 'restricted'], 'active', null),

    /**
     * Meta refuses the account. Only from `active`; false otherwise. With the version of the credentials that were refused, an answer
     * that was late says nothing about a token that has been replaced meanwhile.
     */
    restrict: (...[id, reason, curedByToken, version]: RestrictArguments): Promise<boolean> =>
      retryingPassing(() => moveSender(db, id, ['active'], 'restricted', reason, { curedByToken, version })),

    /** The token is forgotten at once; conversations, intents and messages stay readable. False when it is not linked. */
    async unlink(id: PhoneNumberId): Promise<boolean> {
      const result = await retryingPassing(() =>
        db
          .updateTable('senders')
          .set({
            ...columnsOf('paused', { code: 'sender_paused', text: 'The number was unlinked.' }),
            sealed_access_token: null,
          })
          .where('phone_number_id', '=', id)
          .where('sealed_access_token', 'is not', null)
          .executeTakeFirst(),
      )
      return result.numUpdatedRows === 1n
    },

    /** Active senders for which something waits all the same: it was put aside in the moment they came back. For the sweeper. */
    async overlooked(): Promise<PhoneNumberId[]> {
      const { rows } = await sql<{ phone_number_id: PhoneNumberId }>`
        select s.phone_number_id from senders s
        where s.state = 'active' and exists (select 1 from intents i where i.waits_for = 'sender/' || s.phone_number_id)`.execute(
        db,
      )
      return rows.map((row) => row.phone_number_id)
    },

    ...credentialReader(db, vault),
  }
}

export type SenderStore = ReturnType<typeof senderStore>

type SenderRecord = Selectable<Database['senders']>

async function linkSender(trx: Db, vault: TokenVault, link: SenderLink): Promise<LinkOutcome> {
  // Two first links of the same number at once: one of them creates it, the other updates it.
  await sql`select pg_advisory_xact_lock(hashtextextended('link ' || ${link.phoneNumberId}::text, 0))`.execute(trx)
  const before = await lockSender(trx, link.phoneNumberId)
  const linked = before && before.sealed_access_token !== null
  if (linked && before.waba_id !== link.wabaId) return { kind: 'elsewhere', wabaId: before.waba_id as WabaId }

  await ensureAccount(trx, link)
  if (!before) {
    await trx
      .insertInto('senders')
      .values({
        phone_number_id: link.phoneNumberId,
        waba_id: link.wabaId,
        sealed_access_token: vault.seal(link.accessToken),
        default_when_closed: JSON.stringify('hold'),
      })
      .execute()
  } else if (!linked) {
    await trx
      .updateTable('senders')
      .set({ ...columnsOf('active', null), waba_id: link.wabaId, sealed_access_token: vault.seal(link.accessToken) })
      .where('phone_number_id', '=', link.phoneNumberId)
      .execute()
  }
  const current = (await lockSender(trx, link.phoneNumberId)) as SenderRecord
  const lifted = await change(trx, vault, current, link)
  const sender = (await readSender(trx, link.phoneNumberId)) as Sender
  return linked ? { kind: 'updated', sender, lifted } : { kind: 'created', sender }
}

async function ensureAccount(trx: Db, link: SenderLink): Promise<void> {
  const portfolio = link.portfolioId ?? link.wabaId
  const known = await trx.selectFrom('wabas').select('portfolio_id').where('id', '=', link.wabaId).executeTakeFirst()
  if (known && (link.portfolioId === undefined || known.portfolio_id === portfolio)) return
  await trx
    .insertInto('portfolios')
    .values({ id: portfolio })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  await trx
    .insertInto('wabas')
    .values({ id: link.wabaId, portfolio_id: portfolio })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ portfolio_id: portfolio }))
    .execute()
}

function lockSender(trx: Db, id: PhoneNumberId): Promise<SenderRecord | undefined> {
  return trx.selectFrom('senders').selectAll().where('phone_number_id', '=', id).forUpdate().executeTakeFirst()
}

/** Writes what is given. True when a new access token lifted a restriction. */
async function change(trx: Db, vault: TokenVault, before: SenderRecord, settings: SenderSettings): Promise<boolean> {
  const { accessToken, messagingLimit, defaultWhenClosed } = settings
  const lifted = accessToken !== undefined && before.state === 'restricted' && before.cured_by_token
  await trx
    .updateTable('senders')
    .set({
      ...(lifted ? columnsOf('active', null) : { updated_at: nextVersion }),
      ...(accessToken === undefined ? {} : { sealed_access_token: vault.seal(accessToken) }),
      ...(settings.displayPhoneNumber === undefined ? {} : { display_phone_number: settings.displayPhoneNumber }),
      ...(settings.verifiedName === undefined ? {} : { verified_name: settings.verifiedName }),
      ...(settings.throughputMps === undefined ? {} : { throughput_mps: settings.throughputMps }),
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

type RestrictArguments = [id: PhoneNumberId, reason: Reason, curedByToken: boolean, credentialsVersion?: Instant]

/**
 * `restrict` inside a caller's own transaction, by what a webhook reports. Reports come late and twice: what was seen before the sender's
 * last change says nothing about it, since somebody has cured it meanwhile.
 *
 * @param seenAt when the attempt began that was refused, or when Meta says that it happened
 */
export function restrictSender(
  trx: Db,
  id: PhoneNumberId,
  reason: Reason,
  curedByToken: boolean,
  seenAt: Instant,
): Promise<boolean> {
  return moveSender(trx, id, ['active'], 'restricted', reason, { curedByToken, seenAt })
}

interface MoveOptions {
  curedByToken?: boolean
  /** Fence: only while these are the credentials. */
  version?: Instant | undefined
  /** Fence: only when nothing has changed since. */
  seenAt?: Instant
}

async function moveSender(
  db: Db,
  id: PhoneNumberId,
  from: SenderState[],
  to: SenderState,
  reason: Reason | null,
  { curedByToken = false, version, seenAt }: MoveOptions = {},
): Promise<boolean> {
  let guarded = db
    .updateTable('senders')
    .set(columnsOf(to, reason, curedByToken))
    .where('phone_number_id', '=', id)
    .where('sealed_access_token', 'is not', null)
    .where('state', 'in', from)
  if (version !== undefined) guarded = guarded.where(sql`date_trunc('milliseconds', updated_at)`, '=', toDate(version))
  if (seenAt !== undefined) guarded = guarded.where(sql`updated_at`, '<=', toDate(seenAt))
  const result = await guarded.executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** Versions are read with millisecond precision, so two changes are never closer than that. */
const nextVersion = sql<Date>`greatest(casement_now(), updated_at + interval '1 millisecond')`

function columnsOf(state: SenderState, reason: Reason | null, curedByToken = false) {
  return {
    state,
    reason_code: reason?.code ?? null,
    reason_text: reason?.text ?? null,
    reason_graph_code: reason?.graphCode ?? null,
    reason_since: reason ? sql<Date>`casement_now()` : null,
    cured_by_token: curedByToken,
    updated_at: nextVersion,
  }
}
