import { sql } from 'kysely'
import { allOf } from '../../domain/access.ts'
import type { WabaId, WorkspaceId } from '../../domain/ids.ts'
import { moveScope } from '../people/scopes.ts'
import type { Db } from '../pg/postgres.ts'
import { wantNumbers } from './number-quality.ts'
import { readSender, type Sender } from './sender-reads.ts'
import { changeSender, columnsOf, lockSender, tellSender } from './sender-row.ts'
import type { LinkOutcome, SenderLink } from './senders.ts'
import { ofSender, type TokenVault } from './token-vault.ts'

/*
 * Linking a number. A number, its account and its portfolio are one workspace's. A workspace holds a number while it is linked, or has a
 * message that has not left; an account and a portfolio while a number of theirs is linked. What nobody holds any more may go to another
 * workspace: the conversations and intents of before stay where they were, and nothing of the former owner's goes along.
 */

/** Rolls the transaction back: a link that is refused leaves no account behind. */
export class HeldElsewhere extends Error {
  readonly outcome: Extract<LinkOutcome, { kind: 'held' }>

  constructor(what: 'number' | 'account' | 'portfolio') {
    super(`the ${what} is held by another workspace`)
    this.outcome = { kind: 'held', what }
  }
}

/** In a transaction of its own. Throws `HeldElsewhere`. */
export async function linkSender(trx: Db, vault: TokenVault, link: SenderLink): Promise<LinkOutcome> {
  const { workspace, phoneNumberId, wabaId } = link
  // Two first links of the same number at once: one of them creates it, the other updates it.
  await sql`select pg_advisory_xact_lock(hashtextextended('link ' || ${phoneNumberId}::text, 0))`.execute(trx)
  const before = await lockSender(trx, phoneNumberId)
  const linked = before !== undefined && before.sealed_access_token !== null
  const moves = before !== undefined && before.workspace !== workspace
  if (moves && (linked || (await hasUnsent(trx, link)))) throw new HeldElsewhere('number')
  if (linked && before.waba_id !== wabaId) return { kind: 'elsewhere', wabaId: before.waba_id as WabaId }

  await ensureAccount(trx, link)
  if (!before) {
    await trx
      .insertInto('senders')
      .values({
        phone_number_id: phoneNumberId,
        workspace,
        waba_id: wabaId,
        sealed_access_token: vault.seal(link.accessToken, ofSender(link.phoneNumberId)),
        default_when_closed: JSON.stringify('hold'),
      })
      .execute()
  } else if (!linked) {
    await trx
      .updateTable('senders')
      .set({
        ...columnsOf('active', null),
        ...(moves ? FRESH : {}),
        workspace,
        waba_id: wabaId,
        sealed_access_token: vault.seal(link.accessToken, ofSender(link.phoneNumberId)),
      })
      .where('phone_number_id', '=', phoneNumberId)
      .execute()
  }
  if (!linked) await wantNumbers(trx, wabaId)
  const current = await lockSender(trx, phoneNumberId)
  if (!current) throw new Error(`expected sender ${phoneNumberId} to be there after it was linked`)
  const lifted = await changeSender(trx, vault, current, link)
  await tellSender(trx, phoneNumberId, !linked ? 'sender.linked' : lifted ? 'sender.resumed' : 'sender.changed')
  const sender = (await readSender(trx, allOf(workspace), phoneNumberId)) as Sender
  return linked ? { kind: 'updated', sender, lifted } : { kind: 'created', sender }
}

/** What a workspace said of a number is nothing to the next one. */
const FRESH = {
  display_phone_number: null,
  verified_name: null,
  quality: null,
  throughput_mps: 80,
  slowed_to_mps: null,
  slowed_at: null,
  default_when_closed: JSON.stringify('hold'),
  currency: null,
  time_zone: null,
  budget: null,
}

/** Whether the former workspace has something that may still leave by this number. */
async function hasUnsent(trx: Db, { workspace, phoneNumberId }: SenderLink): Promise<boolean> {
  const { rows } = await sql<{ unsent: boolean }>`
    select exists (
      select from intents i
      where i.phone_number_id = ${phoneNumberId} and i.workspace <> ${workspace}
        and (i.due_at is not null or i.waits_kind is not null or exists (select from turns t where t.phone_number_id = i.phone_number_id and t.intent_id = i.id) or i.doubted_at is not null)) as unsent`.execute(
    trx,
  )
  return rows[0]?.unsent === true
}

/** Locked in one order, the portfolio before the account, so that two first links of one account see each other. */
async function ensureAccount(trx: Db, link: SenderLink): Promise<void> {
  const { workspace, wabaId } = link
  const portfolioId = link.portfolioId ?? (await knownPortfolio(trx, wabaId, workspace)) ?? wabaId
  await trx
    .insertInto('portfolios')
    .values({ id: portfolioId, workspace })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  const portfolio = await trx
    .selectFrom('portfolios')
    .select('workspace')
    .where('id', '=', portfolioId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
  if (portfolio.workspace !== workspace) {
    if (await isHeld(trx, sql`w.portfolio_id = ${portfolioId}`)) {
      // Named after the account where nobody named one.
      throw new HeldElsewhere(link.portfolioId === undefined ? 'account' : 'portfolio')
    }
    await trx
      .updateTable('portfolios')
      .set({ workspace, messaging_limit: null, messaging_limit_at: null })
      .where('id', '=', portfolioId)
      .execute()
  }

  await trx
    .insertInto('wabas')
    .values({ id: wabaId, workspace, portfolio_id: portfolioId })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  const account = await trx
    .selectFrom('wabas')
    .select(['workspace', 'portfolio_id'])
    .where('id', '=', wabaId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
  if (account.workspace === workspace && account.portfolio_id === portfolioId) return
  if (account.workspace !== workspace) {
    if (await isHeld(trx, sql`w.id = ${wabaId}`)) throw new HeldElsewhere('account')
    // Texts of the former owner's. A sync brings what Meta still lists.
    await trx.deleteFrom('templates').where('waba_id', '=', wabaId).execute()
    await trx.updateTable('wabas').set({ templates_synced_at: null }).where('id', '=', wabaId).execute()
  }
  await trx.updateTable('wabas').set({ workspace, portfolio_id: portfolioId }).where('id', '=', wabaId).execute()
  if (account.workspace === workspace && account.portfolio_id === wabaId) await nameStandIn(trx, link, portfolioId)
}

/** The account stood for its portfolio until somebody named it: people, limit and what counts against it go along. */
async function nameStandIn(trx: Db, { workspace, wabaId }: SenderLink, portfolioId: string): Promise<void> {
  await moveScope(trx, workspace, wabaId, portfolioId)
  await sql`
    update portfolios p set messaging_limit = s.messaging_limit, messaging_limit_at = s.messaging_limit_at from portfolios s
    where p.id = ${portfolioId} and s.id = ${wabaId} and p.messaging_limit is null and p.messaging_limit_at is null`.execute(
    trx,
  )
  await sql`
    with moved as (delete from messaging_limit_uses where portfolio_id = ${wabaId} returning contact_id, at)
    insert into messaging_limit_uses (portfolio_id, contact_id, at)
    select ${portfolioId}, contact_id, at from moved
    on conflict (portfolio_id, contact_id) do update set at = greatest(messaging_limit_uses.at, excluded.at)`.execute(
    trx,
  )
  await sql`
    with moved as (delete from messaging_limit_buckets where portfolio_id = ${wabaId} returning minute, used)
    insert into messaging_limit_buckets as b (portfolio_id, minute, used) select ${portfolioId}, minute, used from moved order by minute
    on conflict (portfolio_id, minute) do update set used = b.used + excluded.used`.execute(trx)
}

/** Where the account is known to be; not for a workspace that it does not belong to. */
async function knownPortfolio(trx: Db, wabaId: WabaId, workspace: WorkspaceId): Promise<string | null> {
  const row = await trx
    .selectFrom('wabas')
    .select('portfolio_id')
    .where('id', '=', wabaId)
    .where('workspace', '=', workspace)
    .executeTakeFirst()
  return row?.portfolio_id ?? null
}

/** Whether a number is linked in an account like this. Its workspace is the account's. */
async function isHeld(trx: Db, accounts: ReturnType<typeof sql>): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`
    select exists (
      select from senders s join wabas w on w.id = s.waba_id
      where ${accounts} and s.sealed_access_token is not null) as held`.execute(trx)
  return rows[0]?.held === true
}
