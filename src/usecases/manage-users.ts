import { allows, type Principal } from '../domain/access.ts'
import type { Doer } from '../domain/audit.ts'
import type { WorkspaceId } from '../domain/ids.ts'
import type { Role } from '../domain/roles.ts'
import { DAY_MS, type Instant, plus } from '../domain/time.ts'
import type { MemberChange, MemberPatch, NewMember, UserRead } from '../store/access/users.ts'
import { type Answer, done, refused, unknown } from './answer.ts'
import { emailOf } from './sign-in.ts'

/** How long an invitation is open; milliseconds. */
const INVITATION_MS = 3 * DAY_MS

export interface ManageUsersIo {
  now(): Instant
  isWorkspace(id: string): Promise<boolean>
  /** Null when they are a member already; without a code where the e-mail address was known. */
  invite(doer: Doer, member: NewMember, expiresAt: Instant): Promise<{ id: string; code: string | null } | null>
  listMembers(workspace: WorkspaceId): Promise<UserRead[]>
  readMember(workspace: WorkspaceId, id: string): Promise<UserRead | null>
  updateMember(doer: Doer, workspace: WorkspaceId, id: string, patch: MemberPatch): Promise<MemberChange>
  removeMember(doer: Doer, workspace: WorkspaceId, id: string): Promise<MemberChange>
}

export interface Invited {
  user: UserRead
  /** Null where the e-mail address was known: they sign in as ever. */
  link: { code: string; expiresAt: Instant } | null
}

export interface Invitation {
  email: string
  name: string
  role: Role
  workspace?: string | undefined
}

type Caller = Principal & Doer

export async function inviteUser(io: ManageUsersIo, caller: Caller, asked: Invitation): Promise<Answer<Invited>> {
  const target = await workspaceOf(io, caller, asked.workspace)
  if (!target.ok) return target
  const workspace = target.value
  const expiresAt = plus(io.now(), INVITATION_MS)
  const { name, role } = asked
  const invited = await io.invite(caller, { workspace, email: emailOf(asked.email), name, role }, expiresAt)
  const user = invited && (await io.readMember(workspace, invited.id))
  if (!user) {
    const message = 'expected email to be of nobody here yet; to make a new link, remove them first'
    return refused({ status: 409, code: 'user_exists', message, field: 'email' })
  }
  return done({ user, link: invited.code === null ? null : { code: invited.code, expiresAt } })
}

export async function listUsers(
  io: ManageUsersIo,
  caller: Principal,
  workspace: string | undefined,
): Promise<Answer<UserRead[]>> {
  const target = await workspaceOf(io, caller, workspace)
  return target.ok ? done(await io.listMembers(target.value)) : target
}

export async function updateUser(
  io: ManageUsersIo,
  caller: Caller,
  id: string,
  patch: MemberPatch,
  workspace: string | undefined,
): Promise<Answer<UserRead>> {
  const target = await workspaceOf(io, caller, workspace)
  if (!target.ok) return target
  const changed = await io.updateMember(caller, target.value, id, patch)
  if (changed === 'last_admin') return lastAdmin(patch.disabled === true ? 'disabled' : 'role')
  const user = changed === 'done' ? await io.readMember(target.value, id) : null
  return user ? done(user) : unknown('user_unknown', `user ${id}`)
}

export async function removeUser(
  io: ManageUsersIo,
  caller: Caller,
  id: string,
  workspace: string | undefined,
): Promise<Answer<null>> {
  const target = await workspaceOf(io, caller, workspace)
  if (!target.ok) return target
  const changed = await io.removeMember(caller, target.value, id)
  if (changed === 'last_admin') return lastAdmin()
  return changed === 'done' ? done(null) : unknown('user_unknown', `user ${id}`)
}

/** Somebody has to be left who lets others in. */
function lastAdmin<T>(field?: string): Answer<T> {
  const message = 'expected another admin to be left in the workspace: make somebody else one first'
  return refused({ status: 409, code: 'last_admin', message, ...(field === undefined ? {} : { field }) })
}

/** A role is of all numbers of a workspace, so whoever sees only some of them would give more than they have. */
async function workspaceOf(
  io: ManageUsersIo,
  caller: Principal,
  workspace: string | undefined,
): Promise<Answer<WorkspaceId>> {
  if (caller.senders !== null) return forbidden('expected a key that is for all numbers of the workspace')
  if (workspace === undefined || workspace === caller.workspace) return done(caller.workspace)
  if (!allows(caller.scopes, 'system')) {
    return forbidden('expected workspace to be your own, or a key with the scope "system"', 'workspace')
  }
  if (!(await io.isWorkspace(workspace))) return unknown('workspace_unknown', `workspace ${workspace}`)
  return done(workspace as WorkspaceId)
}

function forbidden<T>(message: string, field?: string): Answer<T> {
  return refused({ status: 403, code: 'forbidden', message, ...(field === undefined ? {} : { field }) })
}
