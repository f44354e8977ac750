import { sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import type { WhenClosed } from '../../domain/content.ts'
import type { SenderState } from '../../domain/decision.ts'
import type { PhoneNumberId, WabaId, WorkspaceId } from '../../domain/ids.ts'
import type { Reason, ReasonCode } from '../../domain/intent.ts'
import type { Budget } from '../../domain/money/budget.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import { inPurview } from '../access/purview.ts'
import { type Db, retryingPassing, within } from '../pg/postgres.ts'
import { HeldElsewhere, linkSender } from './linking.ts'
import { credentialReader } from './sender-credentials.ts'
import { readAllSenders, readSender, readSenders, type Sender } from './sender-reads.ts'
import { changeSender, columnsOf, lockSender, tellSender } from './sender-row.ts'
import type { TokenVault } from './token-vault.ts'

export { Unlinked } from './sender-credentials.ts'
export type { Sender } from './sender-reads.ts'

/*
 * The numbers we send from.
 *
 *   active --pause--> paused --resume--> active            by an operator
 *   active --restrict--> restricted --resume--> active     by Meta's refusal, and an operator
 *                        restricted --new token--> active  by itself, when the token was what was wrong
 *   active --restrict--> restricted --resume--> active     no live worker can open the token, and one can again
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
  /** In place of its account's; null: the account's. */
  currency?: string | null | undefined
  timeZone?: string | null | undefined
  /** Null: none. */
  budget?: Budget | null | undefined
}

export interface SenderLink extends SenderSettings {
  workspace: WorkspaceId
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
  /** Another workspace holds the number, its account or its portfolio. */
  | { kind: 'held'; what: 'number' | 'account' | 'portfolio' }

export function senderStore(db: Db, vault: TokenVault) {
  return {
    /** Linking again updates what is given and keeps the rest. */
    link: (link: SenderLink): Promise<LinkOutcome> =>
      orHeldElsewhere(within(db, (trx) => linkSender(trx, vault, link))),
    /** In the caller's transaction, which must not commit when this throws; see `orHeldElsewhere`. */
    linkIn: (trx: Db, link: SenderLink): Promise<LinkOutcome> => linkSender(trx, vault, link),
    /** The same numbers, in the caller's transaction. */
    on: (trx: Db): SenderWrites => senderStore(trx, vault),

    /** Null when it is not linked. */
    update: (
      purview: Purview,
      id: PhoneNumberId,
      settings: SenderSettings,
    ): Promise<{ sender: Sender; lifted: boolean } | null> =>
      within(db, async (trx) => {
        const before = await lockSender(trx, id)
        if (!before || !(await readSender(trx, purview, id))) return null
        const lifted = await changeSender(trx, vault, before, settings)
        await tellSender(trx, id, lifted ? 'sender.resumed' : 'sender.changed')
        return { sender: (await readSender(trx, purview, id)) as Sender, lifted }
      }),

    get: (purview: Purview, id: PhoneNumberId): Promise<Sender | null> => readSender(db, purview, id),
    list: (purview: Purview): Promise<Sender[]> => readSenders(db, purview),
    /** Of every workspace: for who looks after the installation. */
    listAll: (): Promise<Sender[]> => readAllSenders(db),

    /** False when it was paused already, or is not linked. */
    pause: (purview: Purview, id: PhoneNumberId): Promise<boolean> =>
      moveSender(
        db,
        id,
        ['active', 'restricted'],
        'paused',
        { code: 'sender_paused', text: 'An operator paused the sender.' },
        { purview },
      ),

    /** False when it was active already, or is not linked. */
    resume: (purview: Purview, id: PhoneNumberId): Promise<boolean> =>
      moveSender(db, id, ['paused', 'restricted'], 'active', null, { purview }),

    /** Back from a restriction that has this reason and no other; false when it has not. */
    resumeFrom: (id: PhoneNumberId, code: ReasonCode): Promise<boolean> =>
      retryingPassing(() => moveSender(db, id, ['restricted'], 'active', null, { onlyFrom: code })),

    /**
     * Meta refuses the account. Only from `active`; false otherwise. With the version of the credentials that were refused, an answer
     * that was late says nothing about a token that has been replaced meanwhile.
     */
    restrict: (...[id, reason, curedByToken, version]: RestrictArguments): Promise<boolean> =>
      retryingPassing(() => moveSender(db, id, ['active'], 'restricted', reason, { curedByToken, version })),

    /** The token is forgotten at once; conversations, intents and messages stay readable. False when it is not linked. */
    async unlink(purview: Purview, id: PhoneNumberId): Promise<boolean> {
      return within(db, async (trx) => {
        const result = await trx
          .updateTable('senders')
          .set({
            ...columnsOf('paused', { code: 'sender_paused', text: 'The number was unlinked.' }),
            sealed_access_token: null,
          })
          .where('phone_number_id', '=', id)
          .where(inPurview('senders', purview))
          .where('sealed_access_token', 'is not', null)
          .executeTakeFirst()
        if (result.numUpdatedRows !== 1n) return false
        await tellSender(trx, id, 'sender.unlinked')
        return true
      })
    },

    ...credentialReader(db, vault),
  }
}

export type SenderStore = ReturnType<typeof senderStore>

/** What a person asks for. */
export interface SenderWrites {
  update(
    purview: Purview,
    id: PhoneNumberId,
    settings: SenderSettings,
  ): Promise<{ sender: Sender; lifted: boolean } | null>
  get(purview: Purview, id: PhoneNumberId): Promise<Sender | null>
  pause(purview: Purview, id: PhoneNumberId): Promise<boolean>
  resume(purview: Purview, id: PhoneNumberId): Promise<boolean>
  unlink(purview: Purview, id: PhoneNumberId): Promise<boolean>
}

/** That another workspace holds something is found out in the middle of a transaction, which is rolled back. */
export async function orHeldElsewhere(linking: Promise<LinkOutcome>): Promise<LinkOutcome> {
  try {
    return await linking
  } catch (error) {
    if (error instanceof HeldElsewhere) return error.outcome
    throw error
  }
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

/** `restrict` inside a caller's own transaction. */
export function restrictRefused(trx: Db, ...[id, reason, curedByToken, version]: RestrictArguments): Promise<boolean> {
  return moveSender(trx, id, ['active'], 'restricted', reason, { curedByToken, version })
}

interface MoveOptions {
  /** Whose wish it is; what Meta says needs none. */
  purview?: Purview
  curedByToken?: boolean
  /** Fence: only while these are the credentials. */
  version?: Instant | undefined
  /** Fence: only when nothing has changed since. */
  seenAt?: Instant
  /** Only when this is why it is where it is. */
  onlyFrom?: ReasonCode
}

const MOVED = { active: 'sender.resumed', paused: 'sender.paused', restricted: 'sender.restricted' } as const

async function moveSender(
  db: Db,
  id: PhoneNumberId,
  from: SenderState[],
  to: SenderState,
  reason: Reason | null,
  { purview, curedByToken = false, version, seenAt, onlyFrom }: MoveOptions = {},
): Promise<boolean> {
  let guarded = db
    .updateTable('senders')
    .returning(['workspace', 'phone_number_id', 'reason_code'])
    .set(columnsOf(to, reason, curedByToken))
    .where('phone_number_id', '=', id)
    .where('sealed_access_token', 'is not', null)
    .where('state', 'in', from)
  if (purview !== undefined) guarded = guarded.where(inPurview('senders', purview))
  if (version !== undefined) guarded = guarded.where(sql`date_trunc('milliseconds', updated_at)`, '=', toDate(version))
  if (seenAt !== undefined) guarded = guarded.where(sql`updated_at`, '<=', toDate(seenAt))
  if (onlyFrom !== undefined) guarded = guarded.where('reason_code', '=', onlyFrom)
  const told = await db
    .with('moved', () => guarded)
    .insertInto('outbox')
    .columns(['workspace', 'kind', 'subject', 'payload'])
    .expression((query) =>
      query
        .selectFrom('moved')
        .select([
          'workspace',
          sql<string>`${MOVED[to]}::text`.as('kind'),
          'phone_number_id as subject',
          sql<string>`jsonb_strip_nulls(jsonb_build_object('sender', phone_number_id, 'reason', reason_code))`.as(
            'payload',
          ),
        ]),
    )
    .executeTakeFirst()
  return told.numInsertedOrUpdatedRows === 1n
}
