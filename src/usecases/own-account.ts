import type { Doer } from '../domain/audit.ts'
import { lacksTotp, type SignedIn } from '../domain/roles.ts'
import type { Instant } from '../domain/time.ts'
import type { SessionRead } from '../store/access/sessions.ts'
import type { Credentials } from '../store/access/users.ts'
import { type Answer, done, invalid, refused, unknown } from './answer.ts'

/* What somebody who signed in does to what is their own: sessions, password, second factor. */

export interface OwnAccountIo {
  now(): Instant
  credentialsOf(userId: string): Promise<Credentials | null>
  isPassword(password: string, kept: string | null): Promise<boolean>
  hashPassword(password: string): Promise<string>
  stepOfCode(user: Pick<Credentials, 'id' | 'totp_sealed'>, code: string): number | null
  newTotp(user: { id: string; email: string }): { secret: string; uri: string; sealed: string }
  listSessions(userId: string): Promise<SessionRead[]>
  /** False when there is none of theirs. */
  endSession(doer: Doer, userId: string, id: string): Promise<boolean>
  /** False where the code of this step was used already. */
  confirm(doer: Doer, userId: string, session: string, step: number | null): Promise<boolean>
  /** Every other session of theirs is over with it. */
  setPassword(doer: Doer, userId: string, hash: string, kept: string): Promise<void>
  beginTotp(doer: Doer, userId: string, sealed: string): Promise<void>
  /** False when another one was begun meanwhile. */
  adoptTotp(doer: Doer, userId: string, pending: string, step: number): Promise<boolean>
  removeTotp(doer: Doer, userId: string): Promise<void>
}

export type Person = Doer & { signedIn: SignedIn }

export function listSessions(io: OwnAccountIo, { signedIn }: Person): Promise<SessionRead[]> {
  return io.listSessions(signedIn.session.user.id)
}

export async function endSession(io: OwnAccountIo, person: Person, id: string): Promise<Answer<null>> {
  const ended = await io.endSession(person, person.signedIn.session.user.id, id)
  return ended ? done(null) : unknown('session_unknown', `session ${id}`)
}

/** False for what is wrong, which counts as a guess. */
export async function confirm(
  io: OwnAccountIo,
  person: Person,
  given: { password?: string | undefined; totp?: string | undefined },
): Promise<boolean> {
  const { session } = person.signedIn
  const user = await io.credentialsOf(session.user.id)
  if (user === null) return false
  if (given.totp !== undefined) {
    const step = user.totp_sealed === null ? null : io.stepOfCode(user, given.totp)
    return step !== null && io.confirm(person, user.id, session.id, step)
  }
  const isRight = await io.isPassword(given.password ?? '', user.password_hash)
  return isRight && io.confirm(person, user.id, session.id, null)
}

export async function setPassword(io: OwnAccountIo, person: Person, password: string): Promise<Answer<null>> {
  const { user, id } = person.signedIn.session
  if (password.toLowerCase().includes(user.email) || new Set(password).size < 4) {
    return invalid('password', 'expected password to be no repetition and without your e-mail address')
  }
  await io.setPassword(person, user.id, await io.hashPassword(password), id)
  return done(null)
}

/** It does not count before a code of it was given, so that nobody locks themselves out. */
export async function beginTotp(io: OwnAccountIo, person: Person): Promise<{ secret: string; uri: string }> {
  const { user } = person.signedIn.session
  const { secret, uri, sealed } = io.newTotp(user)
  await io.beginTotp(person, user.id, sealed)
  return { secret, uri }
}

export async function setTotp(io: OwnAccountIo, person: Person, code: string): Promise<Answer<null>> {
  const { id } = person.signedIn.session.user
  const user = await io.credentialsOf(id)
  const pending = user?.totp_pending_sealed ?? null
  if (pending === null) {
    return refused({ status: 409, code: 'totp_not_begun', message: 'expected POST /v1/me/totp to be asked first' })
  }
  const step = io.stepOfCode({ id, totp_sealed: pending }, code)
  const adopted = step !== null && (await io.adoptTotp(person, id, pending, step))
  return adopted ? done(null) : invalid('totp', 'expected totp to be the code that the authenticator shows now')
}

export async function removeTotp(io: OwnAccountIo, person: Person): Promise<Answer<null>> {
  const { session, membership } = person.signedIn
  const without = { membership, session: { ...session, user: { ...session.user, hasTotp: false } } }
  if (lacksTotp(without)) {
    const message = `expected a second factor: the workspace ${membership.workspace} asks it of its admins`
    return refused({ status: 403, code: 'totp_required', message })
  }
  await io.removeTotp(person, session.user.id)
  return done(null)
}
