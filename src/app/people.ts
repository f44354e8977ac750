import Tokens from '@fastify/csrf'
import type { Deed, Doer } from '../domain/audit.ts'
import { DEFAULT_WORKSPACE } from '../domain/ids.ts'
import { type Instant, instant, toIso } from '../domain/time.ts'
import type { Caller, Services, View } from '../http/services.ts'
import * as sessions from '../store/access/sessions.ts'
import * as users from '../store/access/users.ts'
import { readWorkspace } from '../store/access/workspaces.ts'
import { type TokenVault, TokenVaultError } from '../store/accounts/token-vault.ts'
import type { Db, Postgres } from '../store/pg/postgres.ts'
import { mapAnswer } from '../usecases/answer.ts'
import * as manage from '../usecases/manage-users.ts'
import * as own from '../usecases/own-account.ts'
import { type SignInIo, type SignInTrx, signIn } from '../usecases/sign-in.ts'
import { deedsOn, selfNamingDeedsOn } from './deeds.ts'
import { hashPassword, isPassword } from './passwords.ts'
import { newTotp, stepOfCode, totpOf } from './totp.ts'
import { viewOfUser } from './views/access.ts'

type PeopleServices = Pick<
  Services,
  | 'signIn'
  | 'authenticateSession'
  | 'listSessions'
  | 'endSession'
  | 'confirmSession'
  | 'setPassword'
  | 'beginTotp'
  | 'setTotp'
  | 'removeTotp'
  | 'inviteUser'
  | 'listUsers'
  | 'updateUser'
  | 'removeUser'
>

/** Sessions are of people, so they go by their time and not by the database's, which the sandbox moves. */
const now = (): Instant => instant(Date.now())
const csrf = Tokens()

/** People: who they are, what they may do where, and how they come in. */
export function peopleServices(postgres: Postgres, vault: TokenVault): PeopleServices {
  const { db } = postgres
  const accountIo = ownAccountIo(postgres, vault)
  const signInIo: SignInIo = {
    now,
    credentialsByEmail: (email) => users.credentialsByEmail(db, email),
    isPassword,
    stepOfCode: (user, code) => stepOf(vault, user, code),
    inDeed: (write, tell) => selfNamingDeedsOn(postgres)((trx) => write(signInTrx(trx)), tell),
  }
  const usersIo = manageUsersIo(postgres)

  return {
    signIn: (browser, input) => signIn(signInIo, browser, input),
    authenticateSession: (token) => sessions.findSession(db, token, now()),
    listSessions: async (caller) => {
      const person = personOf(caller)
      const all = await own.listSessions(accountIo, person)
      return all.map((one) => viewOfSession(one, person.signedIn.session.id))
    },
    endSession: (caller, id) => own.endSession(accountIo, personOf(caller), id),
    confirmSession: (caller, given) => own.confirm(accountIo, personOf(caller), given),
    setPassword: (caller, password) => own.setPassword(accountIo, personOf(caller), password),
    beginTotp: (caller) => own.beginTotp(accountIo, personOf(caller)),
    setTotp: (caller, code) => own.setTotp(accountIo, personOf(caller), code),
    removeTotp: (caller) => own.removeTotp(accountIo, personOf(caller)),

    inviteUser: async (caller, input) =>
      mapAnswer(await manage.inviteUser(usersIo, caller, input), ({ user, link }) => ({
        user: viewOfUser(user),
        code: link?.code ?? null,
        link_expires_at: link && toIso(link.expiresAt),
      })),
    listUsers: async (caller, workspace) =>
      mapAnswer(await manage.listUsers(usersIo, caller, workspace), (all) => all.map(viewOfUser)),
    updateUser: async (caller, id, patch, workspace) =>
      mapAnswer(await manage.updateUser(usersIo, caller, id, patch, workspace), viewOfUser),
    removeUser: (caller, id, workspace) => manage.removeUser(usersIo, caller, id, workspace),
  }
}

/** Routes of people let nobody else in. */
function personOf({ signedIn, ...caller }: Caller): own.Person {
  if (signedIn === undefined) throw new Error('expected somebody who signed in')
  return { ...caller, signedIn }
}

function signInTrx(trx: Db): SignInTrx {
  return {
    createSession: (session) => sessions.createSession(trx, { ...session, now: now(), csrfSecret: csrf.secretSync() }),
    findSession: (token) => sessions.findSession(trx, token, now()),
    lockCredentials: (userId) => users.lockCredentials(trx, userId),
    takeLink: (code) => sessions.takeLink(trx, code, now()),
    useTotpStep: (userId, step) => users.useTotpStep(trx, userId, step),
    lockFirstAdmin: () => users.lockFirstAdmin(trx),
    firstAdmin: () => users.firstAdmin(trx, DEFAULT_WORKSPACE),
    isAnybody: () => users.isAnybody(trx),
    addMember: (member) => users.addMember(trx, member),
  }
}

function ownAccountIo(postgres: Postgres, vault: TokenVault): own.OwnAccountIo {
  const { db } = postgres
  const deeds = deedsOn(postgres)
  const ofUser = (what: string, id: string, detail = {}) => ({
    action: `user.${what}`,
    object: { kind: 'user', id },
    detail,
  })
  const ofSession = (what: string, id: string) => ({ action: `session.${what}`, object: { kind: 'session', id } })
  /** Where the session still is, behind a lock of the account. */
  const inSession = <T>(
    person: own.Person,
    write: (trx: Db, userId: string, session: string) => Promise<T>,
    tell: (result: T, userId: string, session: string) => Deed | null,
  ): Promise<T | typeof own.ENDED> => {
    const { id, user } = person.signedIn.session
    return deeds(
      person,
      async (trx) => ((await sessions.holdAccount(trx, user.id, id)) ? await write(trx, user.id, id) : own.ENDED),
      (result) => (result === own.ENDED ? null : tell(result as T, user.id, id)),
    )
  }
  return {
    now,
    credentialsOf: (id) => users.credentialsOf(db, id),
    isPassword,
    hashPassword,
    stepOfCode: (user, code) => stepOf(vault, user, code),
    newTotp: ({ id, email }) => {
      const { secret, uri } = newTotp(email)
      return { secret, uri, sealed: vault.seal(secret, totpOf(id)) }
    },
    listSessions: (userId) => sessions.listSessions(db, userId, now()),
    endSession: (doer, userId, id) =>
      deeds(
        doer,
        (trx) => sessions.endSession(trx, userId, id),
        (ended) => (ended ? ofSession('end', id) : null),
      ),
    confirm: (person, by) =>
      inSession(
        person,
        async (trx, userId, session) => {
          if ('step' in by && !(await users.useTotpStep(trx, userId, by.step))) return false
          if ('hash' in by && (await users.credentialsOf(trx, userId))?.password_hash !== by.hash) return false
          await sessions.confirmSession(trx, session, now())
          return true
        },
        (confirmed, _userId, session) => (confirmed ? ofSession('confirm', session) : null),
      ),
    setPassword: (person, hash) =>
      inSession(
        person,
        async (trx, userId, session) => {
          await users.setPasswordHash(trx, userId, hash)
          return sessions.endOtherSessions(trx, userId, session)
        },
        (ended, userId) => ofUser('password', userId, { sessions_ended: ended }),
      ).then(orEnded),
    beginTotp: (person, sealed) =>
      inSession(
        person,
        async (trx, userId) => users.setPendingTotp(trx, userId, sealed),
        (_begun, userId) => ofUser('totp_begin', userId),
      ).then(orEnded),
    adoptTotp: (person, pending, step) =>
      inSession(
        person,
        async (trx, userId, session) => {
          if (!(await users.adoptTotp(trx, userId, pending, step))) return null
          return { ended: await sessions.endOtherSessions(trx, userId, session) }
        },
        (adopted, userId) => adopted && ofUser('totp_set', userId, { sessions_ended: adopted.ended }),
      ).then((adopted) => (adopted === own.ENDED ? own.ENDED : adopted !== null)),
    removeTotp: (person) =>
      inSession(
        person,
        (trx, userId) => users.removeTotp(trx, userId),
        (_removed, userId) => ofUser('totp_remove', userId),
      ).then(orEnded),
  }
}

const orEnded = (result: unknown): null | typeof own.ENDED => (result === own.ENDED ? own.ENDED : null)

function manageUsersIo(postgres: Postgres): manage.ManageUsersIo {
  const { db } = postgres
  const deeds = deedsOn(postgres)
  const told = (what: string, id: string, workspace: string, detail: object) => ({
    action: `user.${what}`,
    object: { kind: 'user', id },
    detail: { workspace, ...detail },
  })
  return {
    now,
    isWorkspace: async (id) => (await readWorkspace(db, id)) !== null,
    invite: (doer: Doer, member, expiresAt) =>
      deeds(
        doer,
        async (trx) => {
          const added = await users.addMember(trx, member)
          if (added === null) return null
          const { workspace } = member
          const code = added.isNew
            ? await sessions.createLink(trx, { userId: added.id, workspace, expiresAt }, now())
            : null
          return { id: added.id, code }
        },
        (invited) => invited && told('invite', invited.id, member.workspace, { role: member.role }),
      ),
    listMembers: (workspace) => users.listMembers(db, workspace),
    readMember: (workspace, id) => users.readMember(db, workspace, id),
    updateMember: (doer, workspace, id, patch) =>
      deeds(
        doer,
        (trx) => users.updateMember(trx, workspace, id, patch),
        (changed) => {
          const { role, disabled } = patch
          return changed === 'done'
            ? told('update', id, workspace, { members: Object.keys(patch), role, disabled })
            : null
        },
      ),
    removeMember: (doer, workspace, id) =>
      deeds(
        doer,
        (trx) => users.removeMember(trx, workspace, id),
        (changed) => (changed === 'done' ? told('remove', id, workspace, {}) : null),
      ),
  }
}

/** A secret that this process cannot open has no codes. */
function stepOf(vault: TokenVault, user: Pick<users.Credentials, 'id' | 'totp_sealed'>, code: string): number | null {
  if (user.totp_sealed === null) return null
  try {
    return stepOfCode(vault.open(user.totp_sealed, totpOf(user.id)), code, now())
  } catch (error) {
    if (error instanceof TokenVaultError) return null
    throw error
  }
}

function viewOfSession({ created_at, seen_at, expires_at, ...session }: sessions.SessionRead, current: string): View {
  return {
    ...session,
    created_at: toIso(created_at),
    last_seen_at: toIso(seen_at),
    expires_at: toIso(expires_at),
    current: session.id === current,
  }
}
