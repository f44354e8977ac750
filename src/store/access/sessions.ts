import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { WorkspaceId } from '../../domain/ids.ts'
import type { Membership, Session } from '../../domain/roles.ts'
import { DAY_MS, earliest, HOUR_MS, type Instant, MINUTE_MS, plus, toDate } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'

/*
 * Sessions and links that begin one. The cookie and the link have 256 random bits, the tables their SHA-256: whoever reads the database
 * signs in as nobody. Every request asks the table, so what was ended is over for the next request on every process.
 *
 * Their times are those of people, so they come from outside: `casement_now()` is moved by the sandbox, and somebody who tries out a day
 * later would have signed themselves out by it.
 */

/** A session that was not used for so long is over. */
export const IDLE_MS = 12 * HOUR_MS
/** And at the latest then. */
const LONGEST_MS = 7 * DAY_MS
/** `seen_at` is right to a minute, so that not every request is a write. */
const SEEN_EVERY_MS = MINUTE_MS
const TOKEN_BYTES = 32
/** Of one person; with the next one the oldest ends. */
const MOST_AT_ONCE = 50

export interface NewSession {
  userId: string
  now: Instant
  csrfSecret: string
  address: string | null
  userAgent: string | null
}

/** The token is in this answer and nowhere else. Of the same person, what is over goes, and the oldest where there are too many. */
export async function createSession(trx: Db, session: NewSession): Promise<{ id: string; token: string }> {
  const { userId, now, csrfSecret, address, userAgent } = session
  await sql`delete from sessions s where s.user_id = ${userId}::uuid and not ${isAlive(now)}`.execute(trx)
  await sql`
    delete from sessions where id in (
      select id from sessions where user_id = ${userId}::uuid order by created_at desc, id offset ${MOST_AT_ONCE - 1})`.execute(
    trx,
  )
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const { rows } = await sql<{ id: string }>`
    insert into sessions (token_hash, user_id, csrf_secret, address, user_agent, created_at, seen_at, expires_at)
    values (${hashOf(token)}, ${userId}::uuid, ${csrfSecret}, ${address}, ${userAgent}, ${at(now)}, ${at(now)}, ${at(plus(now, LONGEST_MS))})
    returning id`.execute(trx)
  return { id: (rows[0] as { id: string }).id, token }
}

interface FoundSession {
  id: string
  csrf_secret: string
  seen_at: Instant
  expires_at: Instant
  confirmed_at: Instant | null
  user_id: string
  email: string
  has_password: boolean
  has_totp: boolean
  memberships: {
    workspace: Membership['workspace']
    title: string
    role: Membership['role']
    name: string
    totp: boolean
  }[]
}

/** Null for a token that is none, of a session that has ended, or of somebody who is let in nowhere. */
export async function findSession(db: Db, token: string, now: Instant): Promise<Session | null> {
  const { rows } = await sql<FoundSession>`
    select s.id, s.csrf_secret, s.seen_at, s.expires_at, s.confirmed_at, u.id as user_id, u.email,
      u.password_hash is not null as has_password, u.totp_sealed is not null as has_totp, m.memberships
    from sessions s join users u on u.id = s.user_id
    cross join lateral (
      select jsonb_agg(jsonb_build_object('workspace', m.workspace, 'title', w.name, 'role', m.role, 'name', m.name, 'totp', w.require_totp)
        order by m.created_at, m.workspace) as memberships
      from memberships m join workspaces w on w.id = m.workspace
      where m.user_id = u.id and m.disabled_at is null) m
    where s.token_hash = ${hashOf(token)} and ${isAlive(now)} and m.memberships is not null`.execute(db)
  const row = rows[0]
  if (!row) return null
  if (now - row.seen_at >= SEEN_EVERY_MS) await touch(db, row.id, now)
  return {
    id: row.id,
    csrfSecret: row.csrf_secret,
    expiresAt: earliest(row.expires_at, plus(now, IDLE_MS)),
    confirmedAt: row.confirmed_at,
    user: { id: row.user_id, email: row.email, hasPassword: row.has_password, hasTotp: row.has_totp },
    memberships: row.memberships.map(({ workspace, title, role, name, totp }) => ({
      workspace,
      workspaceName: title,
      role,
      name,
      requireTotp: totp,
    })),
  }
}

async function touch(db: Db, id: string, now: Instant): Promise<void> {
  await sql`update sessions set seen_at = greatest(seen_at, ${at(now)}) where id = ${id}::uuid`.execute(db)
}

export async function confirmSession(trx: Db, id: string, now: Instant): Promise<void> {
  await sql`update sessions set confirmed_at = ${at(now)} where id = ${id}::uuid`.execute(trx)
}

export interface SessionRead {
  id: string
  address: string | null
  user_agent: string | null
  created_at: Instant
  seen_at: Instant
  expires_at: Instant
}

/** The newest first. */
export async function listSessions(db: Db, userId: string, now: Instant): Promise<SessionRead[]> {
  const { rows } = await sql<SessionRead>`
    select s.id, s.address, s.user_agent, s.created_at, s.seen_at, s.expires_at from sessions s
    where s.user_id = ${userId}::uuid and ${isAlive(now)} order by s.created_at desc, s.id`.execute(db)
  return rows
}

/** False when there is none of theirs. */
export async function endSession(trx: Db, userId: string, id: string): Promise<boolean> {
  const result = await sql`delete from sessions where id = ${id}::uuid and user_id = ${userId}::uuid`.execute(trx)
  return result.numAffectedRows === 1n
}

/**
 * Keeps the account to this transaction. False where the session has ended by now: what it was about to do to the account is not done, or
 * whoever has just been locked out would have the last word.
 */
export async function holdAccount(trx: Db, userId: string, session: string): Promise<boolean> {
  await sql`select from users where id = ${userId}::uuid for no key update`.execute(trx)
  const { rows } = await sql`
    select from sessions where id = ${session}::uuid and user_id = ${userId}::uuid`.execute(trx)
  return rows.length === 1
}

/** Of a person, but for one, and what links of theirs are open. */
export async function endOtherSessions(trx: Db, userId: string, kept: string | null): Promise<number> {
  await sql`delete from sign_in_links where user_id = ${userId}::uuid`.execute(trx)
  const result = await sql`
    delete from sessions where user_id = ${userId}::uuid and id is distinct from ${kept}::uuid`.execute(trx)
  return Number(result.numAffectedRows ?? 0n)
}

export interface NewLink {
  /** Null: whoever is the first admin then. */
  userId: string | null
  /** That gave it; null: made at the machine. */
  workspace: WorkspaceId | null
  expiresAt: Instant
}

/** The code is in this answer and nowhere else. */
export async function createLink(trx: Db, { userId, workspace, expiresAt }: NewLink, now: Instant): Promise<string> {
  await sql`delete from sign_in_links where expires_at <= ${at(now)}`.execute(trx)
  const code = randomBytes(TOKEN_BYTES).toString('base64url')
  await sql`
    insert into sign_in_links (code_hash, user_id, workspace, expires_at)
    values (${hashOf(code)}, ${userId}::uuid, ${workspace}, ${at(expiresAt)})`.execute(trx)
  return code
}

/** Uses a link up. Null for one that is none, was used, or is over. */
export async function takeLink(trx: Db, code: string, now: Instant): Promise<{ userId: string | null } | null> {
  const { rows } = await sql<{ user_id: string | null }>`
    delete from sign_in_links where code_hash = ${hashOf(code)} and expires_at > ${at(now)} returning user_id`.execute(
    trx,
  )
  return rows[0] ? { userId: rows[0].user_id } : null
}

/** Of the table or alias `s`. */
export function isAlive(now: Instant) {
  return sql<boolean>`(s.expires_at > ${at(now)} and s.seen_at > ${at(plus(now, -IDLE_MS))})`
}

function at(instant: Instant) {
  return sql`${toDate(instant)}::timestamptz`
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
