import Tokens from '@fastify/csrf'
import type { Doer } from '../domain/audit.ts'
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
    confirm: (doer, userId, session, step) =>
      deeds(
        doer,
        async (trx) => {
          if (step !== null && !(await users.useTotpStep(trx, userId, step))) return false
          await sessions.confirmSession(trx, session, now())
          return true
        },
        (confirmed) => (confirmed ? ofSession('confirm', session) : null),
      ),
    setPassword: async (doer, userId, hash, kept) => {
      await deeds(
        doer,
        async (trx) => {
          await users.setPasswordHash(trx, userId, hash)
          return sessions.endOtherSessions(trx, userId, kept)
        },
        (ended) => ofUser('password', userId, { sessions_ended: ended }),
      )
    },
    beginTotp: (doer, userId, sealed) =>
      deeds(
        doer,
        (trx) => users.setPendingTotp(trx, userId, sealed),
        () => ofUser('totp_begin', userId),
      ),
    adoptTotp: (doer, userId, pending, step) =>
      deeds(
        doer,
        (trx) => users.adoptTotp(trx, userId, pending, step),
        (adopted) => (adopted ? ofUser('totp_set', userId) : null),
      ),
    removeTotp: (doer, userId) =>
      deeds(
        doer,
        (trx) => users.removeTotp(trx, userId),
        () => ofUser('totp_remove', userId),
      ),
  }
}

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
          const code = added.isNew ? await sessions.createLink(trx, added.id, now(), expiresAt) : null
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
        (updated) => {
          const { role, disabled } = patch
          return updated ? told('update', id, workspace, { members: Object.keys(patch), role, disabled }) : null
        },
      ),
    removeMember: (doer, workspace, id) =>
      deeds(
        doer,
        (trx) => users.removeMember(trx, workspace, id),
        (removed) => (removed ? told('remove', id, workspace, {}) : null),
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
