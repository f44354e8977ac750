import { sql } from 'kysely'
import type { WorkspaceId } from '../../domain/ids.ts'
import type { Role } from '../../domain/roles.ts'
import type { Instant } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'

/** Somebody as one workspace knows them: what they are elsewhere is not shown. */
export interface UserRead {
  id: string
  email: string
  workspace: WorkspaceId
  name: string
  role: Role
  disabled: boolean
  has_password: boolean
  has_totp: boolean
  created_at: Instant
  seen_at: Instant | null
}

export interface NewMember {
  workspace: WorkspaceId
  email: string
  name: string
  role: Role
}

export interface MemberPatch {
  name?: string | undefined
  role?: Role | undefined
  disabled?: boolean | undefined
}

/**
 * Makes somebody a member; null when they are one already. `isNew`: nobody knew the e-mail address, so they need a link to come in by.
 */
export async function addMember(trx: Db, member: NewMember): Promise<{ id: string; isNew: boolean } | null> {
  const { workspace, email, name, role } = member
  const made = await sql<{ id: string }>`
    insert into users (email) values (${email}) on conflict (email) do nothing returning id`.execute(trx)
  const known = await sql<{ id: string }>`select id from users where email = ${email} for key share`.execute(trx)
  const id = (made.rows[0] ?? known.rows[0])?.id
  if (id === undefined) return null // removed in this moment
  const joined = await sql`
    insert into memberships (user_id, workspace, name, role) values (${id}::uuid, ${workspace}, ${name}, ${role})
    on conflict do nothing`.execute(trx)
  return joined.numAffectedRows === 1n ? { id, isNew: made.rows.length > 0 } : null
}

const columns = sql`u.id, u.email, m.workspace, m.name, m.role, m.disabled_at is not null as disabled,
  u.password_hash is not null as has_password, u.totp_sealed is not null as has_totp, m.created_at,
  (select max(s.seen_at) from sessions s where s.user_id = u.id) as seen_at`

/** The oldest first. */
export async function listMembers(db: Db, workspace: WorkspaceId): Promise<UserRead[]> {
  const { rows } = await sql<UserRead>`
    select ${columns} from memberships m join users u on u.id = m.user_id
    where m.workspace = ${workspace} order by m.created_at, u.email`.execute(db)
  return rows
}

export async function readMember(db: Db, workspace: WorkspaceId, id: string): Promise<UserRead | null> {
  const { rows } = await sql<UserRead>`
    select ${columns} from memberships m join users u on u.id = m.user_id
    where m.workspace = ${workspace} and u.id = ${id}::uuid`.execute(db)
  return rows[0] ?? null
}

/** `last_admin`: nobody would be left who lets others in, so nothing was changed. */
export type MemberChange = 'done' | 'unknown' | 'last_admin'

/** Whoever is not let in anywhere any more has no session and no link left, should they be let in again. */
export async function updateMember(
  trx: Db,
  workspace: WorkspaceId,
  id: string,
  patch: MemberPatch,
): Promise<MemberChange> {
  const { name = null, role = null, disabled = null } = patch
  await lockMembers(trx, workspace, id)
  const goes = disabled === true || (role !== null && role !== 'admin')
  if (goes && (await isLastAdmin(trx, workspace, id))) return 'last_admin'
  const result = await sql`
    update memberships set name = coalesce(${name}::text, name), role = coalesce(${role}::text, role),
      disabled_at = case ${disabled}::boolean when true then coalesce(disabled_at, casement_now()) when false then null else disabled_at end
    where workspace = ${workspace} and user_id = ${id}::uuid`.execute(trx)
  if (result.numAffectedRows !== 1n) return 'unknown'
  if (disabled === true) await endWhatLetThemIn(trx, workspace, id)
  return 'done'
}

/** Ends the membership; with the last one goes everything of them. */
export async function removeMember(trx: Db, workspace: WorkspaceId, id: string): Promise<MemberChange> {
  await lockMembers(trx, workspace, id)
  if (await isLastAdmin(trx, workspace, id)) return 'last_admin'
  const result = await sql`
    delete from memberships where workspace = ${workspace} and user_id = ${id}::uuid`.execute(trx)
  if (result.numAffectedRows !== 1n) return 'unknown'
  await endWhatLetThemIn(trx, workspace, id)
  await sql`
    delete from users u where u.id = ${id}::uuid and not exists (select from memberships m where m.user_id = u.id)`.execute(
    trx,
  )
  return 'done'
}

/** Whoever changes who is let in does it one after the other: two admins who remove each other would both be gone. */
async function lockMembers(trx: Db, workspace: WorkspaceId, id: string): Promise<void> {
  await sql`select from workspaces where id = ${workspace} for no key update`.execute(trx)
  await sql`select from users where id = ${id}::uuid for update`.execute(trx)
}

async function isLastAdmin(trx: Db, workspace: WorkspaceId, id: string): Promise<boolean> {
  const { rows } = await sql<{ user_id: string }>`
    select user_id from memberships where workspace = ${workspace} and role = 'admin' and disabled_at is null limit 2`.execute(
    trx,
  )
  return rows.length === 1 && rows[0]?.user_id === id
}

/** A link is of the workspace that invited them, wherever else they are let in by now: whoever has it is known there alone. */
async function endWhatLetThemIn(trx: Db, workspace: WorkspaceId, id: string): Promise<void> {
  await sql`delete from sign_in_links where user_id = ${id}::uuid and workspace = ${workspace}`.execute(trx)
  const nowhere = sql`not exists (select from memberships m where m.user_id = ${id}::uuid and m.disabled_at is null)`
  await sql`delete from sessions where user_id = ${id}::uuid and ${nowhere}`.execute(trx)
  await sql`delete from sign_in_links where user_id = ${id}::uuid and ${nowhere}`.execute(trx)
}

/** What signing in is checked against. */
export interface Credentials {
  id: string
  email: string
  password_hash: string | null
  totp_sealed: string | null
  totp_pending_sealed: string | null
}

const credentials = sql`id, email, password_hash, totp_sealed, totp_pending_sealed`

export async function credentialsByEmail(db: Db, email: string): Promise<Credentials | null> {
  const { rows } = await sql<Credentials>`select ${credentials} from users where email = ${email}`.execute(db)
  return rows[0] ?? null
}

export async function credentialsOf(db: Db, id: string): Promise<Credentials | null> {
  const { rows } = await sql<Credentials>`select ${credentials} from users where id = ${id}::uuid`.execute(db)
  return rows[0] ?? null
}

/** Until the transaction ends nobody changes them; null when they are gone. */
export async function lockCredentials(trx: Db, id: string): Promise<Credentials | null> {
  const { rows } = await sql<Credentials>`
    select ${credentials} from users where id = ${id}::uuid for no key update`.execute(trx)
  return rows[0] ?? null
}

export async function setPasswordHash(trx: Db, id: string, hash: string | null): Promise<void> {
  await sql`update users set password_hash = ${hash} where id = ${id}::uuid`.execute(trx)
}

/** To be answered with a code before it counts. */
export async function setPendingTotp(trx: Db, id: string, sealed: string): Promise<void> {
  await sql`update users set totp_pending_sealed = ${sealed} where id = ${id}::uuid`.execute(trx)
}

/** The pending one counts from now on, and its code of this step is used. False when it is another one by now. */
export async function adoptTotp(trx: Db, id: string, pending: string, step: number): Promise<boolean> {
  const result = await sql`
    update users set totp_sealed = totp_pending_sealed, totp_pending_sealed = null, totp_step = ${step}
    where id = ${id}::uuid and totp_pending_sealed = ${pending}`.execute(trx)
  return result.numAffectedRows === 1n
}

export async function removeTotp(trx: Db, id: string): Promise<void> {
  await sql`update users set totp_sealed = null, totp_pending_sealed = null where id = ${id}::uuid`.execute(trx)
}

/** Uses a code's time step up. False for one that was used, or is older than one that was: a code that somebody saw is worth nothing. */
export async function useTotpStep(trx: Db, id: string, step: number): Promise<boolean> {
  const result = await sql`
    update users set totp_step = ${step} where id = ${id}::uuid and totp_step < ${step}`.execute(trx)
  return result.numAffectedRows === 1n
}

/** Whom the link of the banner signs in: the oldest admin of the workspace who is let in. */
export async function firstAdmin(trx: Db, workspace: WorkspaceId): Promise<string | null> {
  const { rows } = await sql<{ user_id: string }>`
    select user_id from memberships where workspace = ${workspace} and role = 'admin' and disabled_at is null
    order by created_at, user_id limit 1`.execute(trx)
  return rows[0]?.user_id ?? null
}

export async function isAnybody(trx: Db): Promise<boolean> {
  return (await sql`select from users limit 1`.execute(trx)).rows.length > 0
}

/** Whether some admin can come in without a link. */
export async function hasAdminWithPassword(db: Db): Promise<boolean> {
  const { rows } = await sql`
    select from memberships m join users u on u.id = m.user_id
    where m.role = 'admin' and m.disabled_at is null and u.password_hash is not null limit 1`.execute(db)
  return rows.length > 0
}

/** Two first links at the same time make one first admin. */
export async function lockFirstAdmin(trx: Db): Promise<void> {
  await sql`lock table users in share row exclusive mode`.execute(trx)
}

/** Sealed secrets of second factors, each with its owner; locked until the transaction ends. */
export async function sealedTotps(trx: Db): Promise<{ id: string; sealed: string | null; pending: string | null }[]> {
  const { rows } = await sql<{ id: string; sealed: string | null; pending: string | null }>`
    select id, totp_sealed as sealed, totp_pending_sealed as pending from users
    where totp_sealed is not null or totp_pending_sealed is not null order by id for no key update`.execute(trx)
  return rows
}

export async function replaceSealedTotp(trx: Db, id: string, sealed: string | null): Promise<void> {
  await sql`update users set totp_sealed = ${sealed}, totp_pending_sealed = null where id = ${id}::uuid`.execute(trx)
}
