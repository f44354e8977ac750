import type { Principal } from '../domain/access.ts'
import { allOf } from '../domain/access.ts'
import type { Deed, Doer, Origin } from '../domain/audit.ts'
import { DEFAULT_WORKSPACE } from '../domain/ids.ts'
import { enter, type Session } from '../domain/roles.ts'
import type { Instant } from '../domain/time.ts'
import type { NewSession } from '../store/access/sessions.ts'
import type { Credentials, NewMember } from '../store/access/users.ts'

export type SignInInput = { email: string; password: string; totp?: string | undefined } | { link: string }

/** Where somebody signs in from. */
export interface Browser {
  origin: Origin
  userAgent: string | null
}

export type SignInResult =
  | { kind: 'signed_in'; token: string; session: Session }
  | { kind: 'totp_required' }
  | { kind: 'refused' }

/** Within one transaction. */
export interface SignInTrx {
  createSession(session: Omit<NewSession, 'now' | 'csrfSecret'>): Promise<{ id: string; token: string }>
  findSession(token: string): Promise<Session | null>
  /** Until the transaction ends nobody changes them. */
  lockCredentials(userId: string): Promise<Credentials | null>
  /** Null for a link that is none, was used or is over. */
  takeLink(code: string): Promise<{ userId: string | null } | null>
  /** False for a code that was used. */
  useTotpStep(userId: string, step: number): Promise<boolean>
  lockFirstAdmin(): Promise<void>
  firstAdmin(): Promise<string | null>
  isAnybody(): Promise<boolean>
  addMember(member: NewMember): Promise<{ id: string } | null>
}

export interface SignInIo {
  now(): Instant
  credentialsByEmail(email: string): Promise<Credentials | null>
  isPassword(password: string, kept: string | null): Promise<boolean>
  /** Null for a code of no time step near now, or where the secret cannot be opened. */
  stepOfCode(user: Pick<Credentials, 'id' | 'totp_sealed'>, code: string): number | null
  /** With the row of the audit log that `tell` names. */
  inDeed<T>(write: (trx: SignInTrx) => Promise<T>, tell: (result: T) => { doer: Doer; deed: Deed } | null): Promise<T>
}

const REFUSED: SignInResult = { kind: 'refused' }

/** What is wrong is not told apart, but for a code that is lacking where the password was right. */
export async function signIn(io: SignInIo, browser: Browser, input: SignInInput): Promise<SignInResult> {
  return 'link' in input ? signInByLink(io, browser, input.link) : signInByPassword(io, browser, input)
}

async function signInByPassword(
  io: SignInIo,
  browser: Browser,
  { email, password, totp }: Exclude<SignInInput, { link: string }>,
): Promise<SignInResult> {
  const user = await io.credentialsByEmail(emailOf(email))
  const isRight = await io.isPassword(password, user?.password_hash ?? null)
  if (!isRight || user === null) return REFUSED
  let step: number | null = null
  if (user.totp_sealed !== null) {
    if (totp === undefined) return { kind: 'totp_required' }
    step = io.stepOfCode(user, totp)
    if (step === null) return REFUSED
  }
  return begin(io, browser, 'password', async (trx) => {
    // Checking took its time: what was changed meanwhile has ended all sessions but this one, which began after that.
    const now = await trx.lockCredentials(user.id)
    if (now?.password_hash !== user.password_hash || now.totp_sealed !== user.totp_sealed) return null
    return step === null || (await trx.useTotpStep(user.id, step)) ? user.id : null
  })
}

/** A link is somebody's in whose name it was made, or, of the banner, the first admin's, who is made by it while there is nobody. */
function signInByLink(io: SignInIo, browser: Browser, code: string): Promise<SignInResult> {
  return begin(io, browser, 'link', async (trx) => {
    const link = await trx.takeLink(code)
    return link && (link.userId ?? (await firstAdmin(trx)))
  })
}

/** Changed by nobody but `casement user link`, so that it names nobody that exists elsewhere. */
export const FIRST_ADMIN = { email: 'admin@localhost', name: 'Admin' }

async function firstAdmin(trx: SignInTrx): Promise<string | null> {
  await trx.lockFirstAdmin()
  const known = await trx.firstAdmin()
  if (known !== null) return known
  if (await trx.isAnybody()) return null
  const made = await trx.addMember({ workspace: DEFAULT_WORKSPACE, role: 'admin', ...FIRST_ADMIN })
  return made?.id ?? null
}

function begin(
  io: SignInIo,
  { origin, userAgent }: Browser,
  by: 'password' | 'link',
  identify: (trx: SignInTrx) => Promise<string | null>,
): Promise<SignInResult> {
  return io.inDeed(
    async (trx): Promise<SignInResult> => {
      const userId = await identify(trx)
      if (userId === null) return REFUSED
      const { token } = await trx.createSession({ userId, address: origin.address, userAgent })
      const session = await trx.findSession(token)
      // Let in nowhere: the session that was just made is one of nobody.
      return session === null ? REFUSED : { kind: 'signed_in', token, session }
    },
    (result) => {
      if (result.kind !== 'signed_in') return null
      const { session } = result
      const deed = { action: 'session.create', object: { kind: 'session', id: session.id }, detail: { by } }
      return { doer: doerOf(session, origin), deed }
    },
  )
}

function doerOf(session: Session, origin: Origin): Doer {
  const home: Principal | null = enter(session)
  if (home === null) throw new Error('expected a session to have a membership')
  return { ...allOf(home.workspace), actor: home.actor, origin }
}

/** E-mail addresses are compared without case, and however a keyboard composes a letter. */
export function emailOf(given: string): string {
  return given.trim().normalize('NFC').toLowerCase()
}
