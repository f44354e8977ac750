import Tokens from '@fastify/csrf'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isLoopback } from '../config.ts'
import { enter, lacksTotp, needsConfirmation, type Session } from '../domain/roles.ts'
import { instant, toIso } from '../domain/time.ts'
import { originOf } from './audit.ts'
import { ApiError } from './errors.ts'
import type { Caller, View } from './services.ts'

/*
 * Sessions over HTTP: the cookie, and what keeps other sites from using it. A browser sends a cookie also where another site makes it ask,
 * so what comes with one is looked at twice: where the browser says that it comes from (Sec-Fetch-Site, else Origin), and whether it has
 * the token that only a page of ours could read.
 */

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For people who signed in, and no key. */
    person?: boolean
    /** Also for an admin who has to set up a second factor first. */
    beforeTotp?: boolean
    /** Asks a person for their password or a code again: always, or where the body sets an access token. */
    confirm?: true | 'access_token'
  }
}

interface CookieKind {
  name: string
  secure: boolean
}

/**
 * Of the address that the browser uses. Over https `__Host-`, which no other site of the domain can set; over plain http only on this machine,
 * or where the operator says that people come by it, and with the port in its name, since cookies know no ports. Else none.
 */
export function cookieKind(request: FastifyRequest, publicUrl: string | null): CookieKind | null {
  const own = publicUrl === null ? null : new URL(publicUrl)
  const isOwn = own !== null && own.host === hostOf(request)
  if (request.protocol === 'https' || (isOwn && own.protocol === 'https:')) {
    return { name: '__Host-casement', secure: true }
  }
  if (!isOwn && !isLoopback(request.hostname)) return null
  return { name: `casement_${request.port || 80}`, secure: false }
}

/** As browsers write it: without the port that goes without saying. Null for what is no name. */
function ownOrigin({ protocol, host }: FastifyRequest): string | null {
  return URL.parse(`${protocol}://${host}`)?.origin ?? null
}

function hostOf(request: FastifyRequest): string | null {
  return URL.parse(ownOrigin(request) ?? '')?.host ?? null
}

export function sessionTokenOf(request: FastifyRequest, publicUrl: string | null): string | null {
  const kind = cookieKind(request, publicUrl)
  const token = kind === null ? undefined : request.cookies[kind.name]
  return token !== undefined && /^[\w-]{43}$/.test(token) ? token : null
}

const attributes = ({ secure }: CookieKind) => ({ httpOnly: true, sameSite: 'strict', path: '/', secure }) as const

export function giveCookie(reply: FastifyReply, kind: CookieKind, token: string, session: Session): void {
  reply.setCookie(kind.name, token, { ...attributes(kind), expires: new Date(session.expiresAt) })
}

export function takeCookie(reply: FastifyReply, kind: CookieKind): void {
  reply.clearCookie(kind.name, attributes(kind))
}

const csrf = Tokens()

export function viewOfSignedIn({ signedIn }: Pick<Caller, 'signedIn'>): View {
  if (signedIn === undefined) throw new Error('expected somebody who signed in')
  const { session, membership } = signedIn
  return {
    user: { id: session.user.id, email: session.user.email, name: membership.name },
    workspace: membership.workspace,
    role: membership.role,
    csrf_token: csrf.create(session.csrfSecret),
    expires_at: toIso(session.expiresAt),
    has_password: session.user.hasPassword,
    has_totp: session.user.hasTotp,
  }
}

/**
 * The caller in the workspace of `?workspace=`, which is then done with, or where they were when they were let in. Throws 404 where they are
 * no member.
 */
export function callerOf(request: FastifyRequest, session: Session): Caller {
  const query = request.query as Record<string, unknown>
  if (Array.isArray(query.workspace)) {
    throw new ApiError(400, 'invalid', 'expected workspace once, got it several times', { field: 'workspace' })
  }
  const chosen = (request.caller as Caller | null)?.signedIn?.membership.workspace ?? (query.workspace || undefined)
  const entered = enter(session, chosen as string | undefined)
  if (entered === null) {
    throw new ApiError(404, 'workspace_unknown', 'expected workspace to be one of yours', { field: 'workspace' })
  }
  if (chosen !== undefined) delete query.workspace
  return { ...entered, origin: originOf(request) }
}

/**
 * Throws 403 for a request that another site made, where the browser says so.
 *
 * @param asksOrigin also where it says nothing: of every browser that is in use a write has one of the two headers
 */
export function refuseForeign(request: FastifyRequest, publicUrl: string | null, asksOrigin: boolean): void {
  const { 'sec-fetch-site': site, origin } = request.headers
  if (site !== undefined ? isOurs(site, asksOrigin) : isOurOrigin(request, origin, publicUrl, asksOrigin)) return
  throw new ApiError(403, 'forbidden', 'expected the request to come from a page of this address')
}

/** `none`: typed into the address bar. */
function isOurs(site: string | string[], isWrite: boolean): boolean {
  return site === 'same-origin' || (!isWrite && site === 'none')
}

function isOurOrigin(
  request: FastifyRequest,
  origin: string | undefined,
  publicUrl: string | null,
  asksOrigin: boolean,
): boolean {
  if (origin === undefined) return !asksOrigin
  if (!URL.canParse(origin)) return false
  const { origin: given } = new URL(origin)
  return given === ownOrigin(request) || (publicUrl !== null && given === new URL(publicUrl).origin)
}

/** Both layers. Throws 403. */
export function refuseForged(
  request: FastifyRequest,
  { signedIn }: Caller,
  publicUrl: string | null,
  asksToken = true,
): void {
  if (signedIn === undefined) return
  const isWrite = request.method !== 'GET' && request.method !== 'HEAD'
  refuseForeign(request, publicUrl, isWrite)
  if (!isWrite || !asksToken) return
  const token = request.headers['x-csrf-token']
  if (typeof token === 'string' && csrf.verify(signedIn.session.csrfSecret, token)) return
  throw new ApiError(403, 'forbidden', 'expected x-csrf-token to be the csrf_token of GET /v1/session', {
    field: 'x-csrf-token',
  })
}

/** What a route asks of people besides a scope. Throws 403. */
export function requirePerson(request: FastifyRequest, { signedIn }: Caller): void {
  const { person, beforeTotp, confirm } = request.routeOptions.config
  if (signedIn === undefined) {
    if (person) throw new ApiError(403, 'forbidden', 'expected somebody who signed in, got a key')
    return
  }
  if (!beforeTotp && lacksTotp(signedIn)) {
    const message = 'expected a second factor, which this workspace asks of its admins: POST /v1/me/totp'
    throw new ApiError(403, 'totp_required', message)
  }
  if (confirm === true) requireConfirmation(signedIn.session)
}

/** Once the body is known. */
export async function confirmTokens(request: FastifyRequest): Promise<void> {
  if (request.routeOptions.config.confirm !== 'access_token' || request.caller.signedIn === undefined) return
  const body = request.body as Record<string, unknown> | null
  if (body?.access_token !== undefined) requireConfirmation(request.caller.signedIn.session)
}

function requireConfirmation(session: Session): void {
  if (!needsConfirmation(session, instant(Date.now()))) return
  const message = 'expected the password or a code to be given again: POST /v1/session/confirm'
  throw new ApiError(403, 'confirm_required', message)
}
