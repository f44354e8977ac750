import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { allows, type Scope } from '../domain/access.ts'
import { DEFAULT_WORKSPACE } from '../domain/ids.ts'
import { enter, lacksTotp } from '../domain/roles.ts'
import { originOf } from './audit.ts'
import { ApiError, sendError, toApiError, unauthorized } from './errors.ts'
import type { Caller, Services } from './services.ts'
import { callerOf, refuseForged, requirePerson, sessionTokenOf } from './session.ts'
import { addressOf } from './trusting.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the authentication hook of the scope the route stands in; never read outside of one. */
    caller: Caller
    /** Of the same clock as `performance.now()`. */
    letInAt: number
  }
  interface FastifyContextConfig {
    /** What the route asks of the key; see `requireDeclaredScopes`. */
    scope?: Scope
    /** It concerns all numbers of a workspace: a key that is for some of them is refused. */
    ofAllNumbers?: true
  }
}

/** A `Bearer` credential, or null. Node has already refused control characters in headers. */
export function bearerOf(header: string | undefined): string | null {
  return /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? null
}

/** The password of HTTP Basic, which browsers can ask for; the user name is ignored. */
export function basicPasswordOf(header: string | undefined): string | null {
  const encoded = /^Basic +([A-Za-z0-9+/=]+) *$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return null
  const pair = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  return colon < 0 || colon === pair.length - 1 ? null : pair.slice(colon + 1)
}

/** A key, or a session. Throws 401 or 403. Runs before the body is read, so a stranger's megabyte is never parsed. */
export function requireKey(services: Services, publicUrl: string | null) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { authorization } = request.headers
    const caller =
      authorization === undefined
        ? await authenticateSession(services, request, publicUrl)
        : await authenticate(services, request, bearerOf(authorization))
    if (caller === null) {
      reply.header('www-authenticate', 'Bearer').header('cache-control', 'no-store')
      throw unauthorized()
    }
    request.caller = caller
    refuseForged(request, caller, publicUrl)
    if (request.is404) return
    requirePerson(request, caller)
    const { scope, ofAllNumbers } = request.routeOptions.config
    requireScope(caller, scope)
    if (ofAllNumbers && caller.senders !== null) {
      throw new ApiError(403, 'forbidden', 'expected a key for all numbers of the workspace, not for some of them')
    }
  }
}

/** What comes in time was let in a moment ago. */
const LONG_MS = 1_000

/**
 * Looks again who it is, once the body is there: it may have taken half a minute, and the key or session that let it in was revoked
 * meanwhile. What a session or an admin's key writes is always looked at again; a message only where its body was slow, since there are many.
 */
export function letInAgain(
  app: FastifyInstance,
  letIn: (request: FastifyRequest, reply: FastifyReply) => Promise<void>,
) {
  app.addHook('onRequest', async (request) => {
    request.letInAt = performance.now()
  })
  app.addHook('preValidation', async (request, reply) => {
    if (request.body === undefined || request.body === null || request.is404) return
    const { scope } = request.routeOptions.config
    const isRare = scope === 'admin' || scope === 'system' || request.caller.signedIn !== undefined
    if (isRare || performance.now() - request.letInAt > LONG_MS) await letIn(request, reply)
  })
}

/** Every route of this plugin and those inside of it says what it asks of a key and how it is audited, or the server does not start. */
export function requireDeclarations(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const { method, url, config } = route
    if (config?.scope === undefined) throw new Error(`expected the route ${method} ${url} to declare a scope`)
    const onlyReads = [method].flat().every((one) => one === 'GET' || one === 'HEAD')
    if (!onlyReads && config.audit === undefined)
      throw new Error(`expected the route ${method} ${url} to declare its audit`)
    config.guard = 'key'
  })
}

/** Of pages that somebody else's plugin brings. */
export function guardAll(app: FastifyInstance, guard: 'key' | 'open'): void {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, guard }
  })
}

/** Throws 403; also where a route declares nothing, which none does. */
export function requireScope(caller: Caller, scope: Scope | undefined): void {
  if (scope === undefined || !allows(caller.scopes, scope)) throw forbidden(scope ?? 'system')
}

function forbidden(scope: Scope): ApiError {
  return new ApiError(403, 'forbidden', `expected a key with the scope "${scope}"`)
}

/** Null for a key that is none, or not valid. Throws 429 where too many were. */
export async function authenticate(
  services: Services,
  request: FastifyRequest,
  key: string | null,
): Promise<Caller | null> {
  const principal = key === null ? null : await services.authenticate(key, addressOf(request))
  return principal && { ...principal, origin: originOf(request) }
}

/** The same of the session in the cookie; what comes with one is not trusted yet. */
async function authenticateSession(
  services: Services,
  request: FastifyRequest,
  publicUrl: string | null,
): Promise<Caller | null> {
  const token = sessionTokenOf(request, publicUrl)
  const session = token === null ? null : await services.authenticateSession(token, addressOf(request))
  return session && callerOf(request, session)
}

/** The lanes are those of all workspaces. A page asks for its files without saying a workspace, so of people it is what they are in `default`. */
export function maySeeLanes({ signedIn, ...caller }: Caller): boolean {
  const home = signedIn ? enter(signedIn.session, DEFAULT_WORKSPACE) : null
  if (home !== null && lacksTotp(home.signedIn)) return false
  const { scopes, workspace, senders } = home ?? caller
  return allows(scopes, 'admin') && workspace === DEFAULT_WORKSPACE && senders === null
}

/**
 * For pages that a person opens in a browser: their session, HTTP Basic with the API key as password (any user name), or the same Bearer header.
 * Browsers repeat Basic credentials on their own, also when another site makes them ask, so writes from elsewhere are refused.
 * The pages know nothing of our token against forged requests, so of a session too the browser's word has to do, and SameSite=Strict.
 * Answers by itself: the pages behind it may bring an error handler of their own.
 */
export function requireKeyInBrowser(
  services: Services,
  publicUrl: string | null,
  mayEnter: (caller: Caller) => boolean,
) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const { authorization, 'sec-fetch-site': site } = request.headers
    let caller: Caller | null
    try {
      caller =
        authorization === undefined
          ? await authenticateSession(services, request, publicUrl)
          : await authenticate(services, request, bearerOf(authorization) ?? basicPasswordOf(authorization))
      if (caller !== null) {
        request.caller = caller
        refuseForged(request, caller, publicUrl, false)
        requirePerson(request, caller)
      }
    } catch (error) {
      const known = toApiError(error)
      if (known === null) throw error
      return sendError(reply, known)
    }
    if (caller === null) {
      reply.header('cache-control', 'no-store')
      reply.header('www-authenticate', 'Basic realm="Casement: the password is an API key", charset="UTF-8"')
      return sendError(reply, unauthorized())
    }
    if (!mayEnter(caller)) return sendError(reply, forbidden('admin'))
    const isWrite = request.method !== 'GET' && request.method !== 'HEAD'
    if (isWrite && site !== undefined && site !== 'same-origin') {
      return sendError(reply, new ApiError(403, 'forbidden', 'expected the request to come from this page'))
    }
    return undefined
  }
}
