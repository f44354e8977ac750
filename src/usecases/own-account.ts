import type { Doer } from '../domain/audit.ts'
import { lacksTotp, type SignedIn } from '../domain/roles.ts'
import type { Instant } from '../domain/time.ts'
import type { SessionRead } from '../store/access/sessions.ts'
import type { Credentials } from '../store/access/users.ts'
import { type Answer, done, invalid, refused, unknown } from './answer.ts'

/*
 * What somebody who signed in does to what is their own: sessions, password, second factor. A write looks once more, behind a lock of the
 * account, whether its session still is: the new password that ended it has the last word, however late the other request is.
 */

/** Whose session has ended meanwhile; nothing was done. */
export const ENDED = 'ended'

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
  /** False where the code of this step was used already, or the password that was right is another by now. */
  confirm(person: Person, by: { step: number } | { hash: string | null }): Promise<boolean | typeof ENDED>
  /** Every other session of theirs is over with it. */
  setPassword(person: Person, hash: string): Promise<null | typeof ENDED>
  beginTotp(person: Person, sealed: string): Promise<null | typeof ENDED>
  /** False when another one was begun meanwhile. Every other session of theirs is over with it: they began without. */
  adoptTotp(person: Person, pending: string, step: number): Promise<boolean | typeof ENDED>
  removeTotp(person: Person): Promise<null | typeof ENDED>
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
    return step !== null && (await io.confirm(person, { step })) === true
  }
  const isRight = await io.isPassword(given.password ?? '', user.password_hash)
  return isRight && (await io.confirm(person, { hash: user.password_hash })) === true
}

export async function setPassword(io: OwnAccountIo, person: Person, password: string): Promise<Answer<null>> {
  const { user } = person.signedIn.session
  if (password.toLowerCase().includes(user.email) || new Set(password).size < 4) {
    return invalid('password', 'expected password to be no repetition and without your e-mail address')
  }
  return unlessEnded(await io.setPassword(person, await io.hashPassword(password)), null)
}

/** It does not count before a code of it was given, so that nobody locks themselves out. */
export async function beginTotp(io: OwnAccountIo, person: Person): Promise<Answer<{ secret: string; uri: string }>> {
  const { secret, uri, sealed } = io.newTotp(person.signedIn.session.user)
  return unlessEnded(await io.beginTotp(person, sealed), { secret, uri })
}

export async function setTotp(io: OwnAccountIo, person: Person, code: string): Promise<Answer<null>> {
  const { id } = person.signedIn.session.user
  const user = await io.credentialsOf(id)
  const pending = user?.totp_pending_sealed ?? null
  if (pending === null) {
    return refused({ status: 409, code: 'totp_not_begun', message: 'expected POST /v1/me/totp to be asked first' })
  }
  const step = io.stepOfCode({ id, totp_sealed: pending }, code)
  const adopted = step !== null && (await io.adoptTotp(person, pending, step))
  return adopted
    ? unlessEnded(adopted, null)
    : invalid('totp', 'expected totp to be the code that the authenticator shows now')
}

export async function removeTotp(io: OwnAccountIo, person: Person): Promise<Answer<null>> {
  const { session, membership } = person.signedIn
  const without = { membership, session: { ...session, user: { ...session.user, hasTotp: false } } }
  if (lacksTotp(without)) {
    const message = `expected a second factor: the workspace ${membership.workspace} asks it of its admins`
    return refused({ status: 403, code: 'totp_required', message })
  }
  return unlessEnded(await io.removeTotp(person), null)
}

function unlessEnded<T>(result: unknown, value: T): Answer<T> {
  if (result !== ENDED) return done(value)
  return refused({ status: 401, code: 'unauthorized', message: 'expected a session that has not ended' })
}
