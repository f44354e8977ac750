import type { Principal, Scope } from './access.ts'
import type { WorkspaceId } from './ids.ts'
import type { Instant } from './time.ts'

/*
 * People who sign in. What somebody may do is a role in a workspace, which is a set of scopes: routes ask for scopes and know of neither.
 */

export const ROLES = ['viewer', 'operator', 'admin'] as const
export type Role = (typeof ROLES)[number]

const SCOPES_OF: Readonly<Record<Role, readonly Scope[]>> = {
  viewer: ['read'],
  operator: ['send', 'templates', 'campaigns'],
  admin: ['admin'],
}

export function scopesOf(role: Role): readonly Scope[] {
  return SCOPES_OF[role]
}

export interface Membership {
  workspace: WorkspaceId
  workspaceName: string
  role: Role
  /** What they are called here. */
  name: string
  /** Admins of the workspace need a second factor. */
  requireTotp: boolean
}

/** A session that has not ended, with whom it belongs to. */
export interface Session {
  id: string
  csrfSecret: string
  /** At most; it ends earlier when it is not used. */
  expiresAt: Instant
  /** Of the last time that the password or a code was given for it; signing in is none. */
  confirmedAt: Instant | null
  user: { id: string; email: string; hasPassword: boolean; hasTotp: boolean }
  /** Those that are not disabled, the oldest first; at least one. */
  memberships: readonly Membership[]
}

/** Where somebody who signed in works at the moment. */
export interface SignedIn {
  session: Session
  membership: Membership
}

/** The caller in the workspace that they chose, by default the first; null where they are no member. */
export function enter(session: Session, workspace?: string): (Principal & { signedIn: SignedIn }) | null {
  const membership =
    workspace === undefined
      ? session.memberships[0]
      : session.memberships.find((one) => (one.workspace as string) === workspace)
  if (membership === undefined) return null
  return {
    workspace: membership.workspace,
    senders: null,
    actor: { kind: 'user', id: session.user.id, name: membership.name },
    scopes: scopesOf(membership.role),
    allowQuery: false,
    signedIn: { session, membership },
  }
}

/** An admin who has to set up a second factor before anything else. */
export function lacksTotp({ session, membership }: SignedIn): boolean {
  return membership.requireTotp && membership.role === 'admin' && !session.user.hasTotp
}

/** How long a confirmation is good for; milliseconds. */
const CONFIRMED_FOR_MS = 10 * 60_000

/** Whether the password or a code has to be given again before something that cannot be taken back. Who has neither cannot be asked. */
export function needsConfirmation({ user, confirmedAt }: Session, now: Instant): boolean {
  if (!user.hasPassword && !user.hasTotp) return false
  return confirmedAt === null || now - confirmedAt > CONFIRMED_FOR_MS
}
