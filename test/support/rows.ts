import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { identityOfNumber } from '../../src/domain/identity.ts'
import type {
  ContactId,
  ConversationId,
  IntentId,
  PhoneNumberId,
  WabaId,
  WaId,
  Wamid,
  WorkspaceId,
} from '../../src/domain/ids.ts'
import { HOUR_MS, type Instant, plus } from '../../src/domain/time.ts'
import { FOR_WINDOW, type Wait } from '../../src/domain/wait.ts'
import { ensurePace } from '../../src/store/accounts/number-pace.ts'
import { type SenderStore, senderStore } from '../../src/store/accounts/senders.ts'
import { createTokenVault } from '../../src/store/accounts/token-vault.ts'
import { ensureConversations } from '../../src/store/conversations/ensure.ts'
import { attemptStore, type CloseAttempt } from '../../src/store/intents/attempts.ts'
import { claimHeads, lookAt } from '../../src/store/intents/claim.ts'
import { type IntentRecord, insertIntents } from '../../src/store/intents/enqueue.ts'
import { intentTransitions } from '../../src/store/intents/intents.ts'
import { type OpenAttempt, type OpenedAttempt, openPage } from '../../src/store/intents/open-page.ts'
import { type OptOutBook, optOutBook } from '../../src/store/people/opt-outs.ts'
import { resolveContacts } from '../../src/store/people/resolve.ts'
import { databaseNow } from '../../src/store/pg/clock.ts'
import { openPostgres, type Postgres, type Queryable } from '../../src/store/pg/postgres.ts'
import { CALLER, HERE } from './access.ts'
import { createTestDatabase } from './database.ts'

/** Rows as the real functions write them, in a database of its own. */
export interface Rows {
  readonly databaseUrl: string
  readonly postgres: Postgres
  readonly senders: SenderStore
  readonly optOuts: OptOutBook
  /** That seals the tokens. */
  readonly secretKey: Buffer
  /** Fictional digits that no other call answers. */
  digits(): string
  linkSender(overrides?: {
    workspace?: WorkspaceId
    waba?: string
    portfolio?: string
    token?: string
  }): Promise<PhoneNumberId>
  wabaOf(sender: PhoneNumberId): Promise<WabaId>
  conversation(
    sender: PhoneNumberId,
    waId?: string,
  ): Promise<{ id: ConversationId; contactId: ContactId; waId: string }>
  intent(sender: PhoneNumberId, conversationId: ConversationId, overrides?: Partial<IntentRecord>): Promise<IntentId>
  now(): Promise<Instant>
  /** Takes a page of the sender, whatever its pace: attempts are open of all heads that are due. Answers them, the most urgent first. */
  page(sender: PhoneNumberId, look?: number): Promise<IntentId[]>
  hold(id: IntentId, wait?: Wait): Promise<void>
  /** Its attempt is open. */
  open(sender: PhoneNumberId, id: IntentId, opening?: string): Promise<OpenedAttempt>
  /** Through one attempt. */
  attempt(sender: PhoneNumberId, id: IntentId, next: CloseAttempt['next'], wamid?: string): Promise<OpenedAttempt>
  closeAttempt(id: IntentId, number: number, next: CloseAttempt['next'], wamid?: string): Promise<void>
  close(): Promise<void>
}

/** What a page that reads them now knows them by. */
export async function asRead(
  client: Queryable,
  ids: readonly IntentId[],
): Promise<Pick<OpenAttempt, 'intentId' | 'conversationId'>[]> {
  const { rows } = await client.query<{ conversationId: ConversationId }>(
    `select coalesce(v.merged_into, v.id)::text as "conversationId" from unnest($1::uuid[]) with ordinality as a (id, ord)
     join intents i using (id) join conversations v on v.id = i.conversation_id order by a.ord`,
    [ids],
  )
  return rows.map(({ conversationId }, at) => ({ intentId: ids[at] as IntentId, conversationId }))
}

export async function createRows(): Promise<Rows> {
  const database = await createTestDatabase()
  const postgres = openPostgres({ url: database.url, max: 4, applicationName: 'rows', onError: () => {} })
  const { db, pool } = postgres
  const secretKey = randomBytes(32)
  const vault = createTokenVault([secretKey])
  const senders = senderStore(db, vault)
  const optOuts = optOutBook(vault)
  const attempts = attemptStore(pool)
  const transitions = intentTransitions(pool, 0)
  let next = 0
  const digits = () => `1550${String(++next).padStart(7, '0')}`
  const now = () => databaseNow(db)

  async function workspaceOf(sender: PhoneNumberId): Promise<WorkspaceId> {
    const row = await db
      .selectFrom('senders')
      .select('workspace')
      .where('phone_number_id', '=', sender)
      .executeTakeFirstOrThrow()
    return row.workspace as WorkspaceId
  }

  async function openOf(
    sender: PhoneNumberId,
    heads: (client: pg.PoolClient) => Promise<IntentId[]>,
    opening?: string,
  ) {
    await ensurePace(pool, [sender])
    await pool.query(`update number_pace set next_at = 'epoch' where phone_number_id = $1`, [sender])
    const client = await pool.connect()
    try {
      await client.query('begin')
      const [look] = await lookAt(client, [sender], [true])
      if (!look?.locked) throw new Error(`expected the number ${sender} to be free`)
      const ids = await heads(client)
      const decision = {
        kind: 'send',
        reason: { code: 'window_open' as const, text: 'Open.' },
        facts: { sender: 'active' },
      }
      const items = (await asRead(client, ids)).map((read) => ({
        ...read,
        sentAs: 'free_form' as const,
        decision,
        ...(opening ? { opening } : {}),
      }))
      const { opened } = await openPage(client, items, [look.locked])
      await client.query('commit')
      return ids.flatMap((id, index) => {
        const attempt = opened[index]
        return attempt ? [{ id, attempt }] : []
      })
    } catch (error) {
      await client.query('rollback')
      throw error
    } finally {
      client.release()
    }
  }

  async function page(sender: PhoneNumberId, look = 100): Promise<IntentId[]> {
    const heads = async (client: pg.PoolClient) =>
      (await claimHeads(client, [{ sender, look }], 1_000, [])).map((claim) => claim.intent.id)
    return (await openOf(sender, heads)).map(({ id }) => id)
  }

  async function open(sender: PhoneNumberId, id: IntentId, opening?: string): Promise<OpenedAttempt> {
    const [opened] = await openOf(sender, async () => [id], opening)
    if (!opened) throw new Error(`expected intent ${id} to be due`)
    return opened.attempt
  }

  async function closeAttempt(id: IntentId, number: number, next: CloseAttempt['next'], wamid?: string): Promise<void> {
    await attempts.close({
      intentId: id,
      number,
      outcome: next.event === 'accept' ? 'accepted' : next.event === 'doubt' ? 'in_doubt' : 'refused',
      httpStatus: next.event === 'doubt' ? null : 200,
      error: null,
      wamid: next.event === 'accept' ? ((wamid ?? `wamid.${id}`) as Wamid) : null,
      next,
    })
  }

  return {
    databaseUrl: database.url,
    postgres,
    senders,
    optOuts,
    secretKey,
    digits,
    now,
    page,
    open,

    async linkSender({ workspace = HERE.workspace, waba = digits(), portfolio, token = 'token-1' } = {}) {
      const id = digits() as PhoneNumberId
      await senders.link({
        workspace,
        phoneNumberId: id,
        wabaId: waba as WabaId,
        accessToken: token,
        portfolioId: portfolio,
      })
      return id
    },

    async wabaOf(sender) {
      const row = await db
        .selectFrom('senders')
        .select('waba_id')
        .where('phone_number_id', '=', sender)
        .executeTakeFirstOrThrow()
      return row.waba_id as WabaId
    },

    async conversation(sender, waId = digits()) {
      const workspace = await workspaceOf(sender)
      const [contactId] = await resolveContacts(db, workspace, [identityOfNumber(waId as WaId)], optOuts)
      const found = await ensureConversations(db, workspace, [{ sender, contactId: contactId as ContactId }])
      const [conversation] = [...found.values()]
      if (!conversation) throw new Error('expected a conversation')
      return { id: conversation.id, contactId: conversation.contactId, waId }
    },

    async intent(sender, conversationId, overrides = {}) {
      const at = await now()
      const record: IntentRecord = {
        id: uuidv7() as IntentId,
        workspace: await workspaceOf(sender),
        sender,
        conversationId,
        message: { type: 'text', text: { body: 'Hello' } },
        whenClosed: 'hold',
        release: 'all',
        priority: 'reply',
        delivery: 'at_least_once',
        sendAt: at,
        expiresAt: plus(at, HOUR_MS),
        idempotencyKey: null,
        requestHash: null,
        metadata: null,
        followUpOf: null,
        createdBy: CALLER.actor,
        ...overrides,
      }
      await insertIntents(db, [record])
      return record.id
    },

    async hold(id, wait = FOR_WINDOW) {
      const reason = { code: 'awaiting_window' as const, text: 'Waits for the customer.' }
      await transitions.hold(id, wait, { kind: 'hold', reason, facts: { sender: 'active' } })
    },

    async attempt(sender, id, next, wamid) {
      const opened = await open(sender, id)
      await closeAttempt(id, opened.number, next, wamid)
      return opened
    },
    closeAttempt,

    async close() {
      await postgres.close()
      await database.drop()
    },
  }
}
