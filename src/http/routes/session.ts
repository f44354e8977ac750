import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { emailOf } from '../../usecases/sign-in.ts'
import { originOf } from '../audit.ts'
import { errors, forBody, forKey, json } from '../document.ts'
import { ApiError, unwrap } from '../errors.ts'
import { acceptJsonOnly } from '../json-body.ts'
import {
  confirmBody,
  newTotpView,
  passwordBody,
  personPath,
  sessionView,
  signedInView,
  signInBody,
  totpBody,
} from '../people-schemas.ts'
import type { Services } from '../services.ts'
import { callerOf, cookieKind, giveCookie, refuseForeign, takeCookie, viewOfSignedIn } from '../session.ts'
import type { LimitedAttempt } from '../sign-in-limits.ts'
import { addressOf } from '../trusting.ts'
import { listView } from '../views.ts'

export interface PeopleOptions {
  publicUrl: string | null
  limited: LimitedAttempt
}

const tags = ['People']
const security = [{ session: [] }]
const MAX_BYTES = 4096
const MAX_USER_AGENT = 256

/** The one way in that asks for nothing before it. */
export function signInRoute(services: Services, { publicUrl, limited }: PeopleOptions): FastifyPluginAsyncZod {
  return async (app) => {
    acceptJsonOnly(app, MAX_BYTES)
    app.post('/session', {
      config: { guard: 'sign_in', audit: { action: 'session.create', by: 'deed' } },
      schema: {
        tags,
        operationId: 'signIn',
        summary: 'Sign in',
        description:
          'By e-mail and password, with a code where the person has a second factor, or by the code of a one-time link. The answer sets the cookie.',
        security: [],
        body: signInBody,
        response: { 200: json('Signed in.', signedInView), ...errors(...forBody, 401, 403, 429) },
      },
      handler: async (request, reply) => {
        reply.header('cache-control', 'no-store')
        refuseForeign(request, publicUrl, false)
        const kind = cookieKind(request, publicUrl)
        if (kind === null) {
          const message = 'expected https, this machine, or the address in CASEMENT_PUBLIC_URL: no cookie is given here'
          throw new ApiError(403, 'forbidden', message)
        }
        const { body } = request
        const userAgent = request.headers['user-agent']?.slice(0, MAX_USER_AGENT) ?? null
        const result = await limited(
          { address: addressOf(request), name: 'email' in body ? emailOf(body.email) : null },
          () => services.signIn({ origin: originOf(request), userAgent }, body),
          ({ kind: outcome }) => outcome === 'refused',
        )
        if (result.kind === 'totp_required') {
          throw new ApiError(401, 'totp_required', 'expected totp, the code that the authenticator shows', {
            field: 'totp',
          })
        }
        if (result.kind === 'refused') throw wrong('email and password (and totp) that are right, or an unused link')
        giveCookie(reply, kind, result.token, result.session)
        return viewOfSignedIn(callerOf(request, result.session))
      },
    })
  }
}

/** What somebody who signed in does with their own session, password and second factor. */
export function sessionRoutes(services: Services, { publicUrl, limited }: PeopleOptions): FastifyPluginAsyncZod {
  return async (app) => {
    const own = { scope: 'read', person: true, beforeTotp: true } as const

    app.get('/session', {
      config: own,
      schema: {
        tags,
        operationId: 'getSession',
        summary: 'Read the own session',
        security,
        response: { 200: json('Signed in.', signedInView), ...errors(...forKey, 404) },
      },
      handler: async (request) => viewOfSignedIn(request.caller),
    })

    app.delete('/session', {
      config: { ...own, audit: { action: 'session.end', by: 'deed' } },
      schema: {
        tags,
        operationId: 'signOut',
        summary: 'Sign out',
        security,
        response: { 204: z.null().describe('Over.'), ...errors(...forKey) },
      },
      handler: async (request, reply) => {
        const { caller } = request
        // Over already is over.
        await services.endSession(caller, caller.signedIn?.session.id ?? '')
        const kind = cookieKind(request, publicUrl)
        if (kind !== null) takeCookie(reply, kind)
        return reply.code(204).send(null)
      },
    })

    app.post('/session/confirm', {
      config: { ...own, audit: { action: 'session.confirm', by: 'deed' } },
      schema: {
        tags,
        operationId: 'confirmSession',
        summary: 'Give the password or a code again',
        description: 'For ten minutes, what asks for it (403 `confirm_required`) is let pass.',
        security,
        body: confirmBody,
        response: { 204: z.null().describe('Confirmed.'), ...errors(...forBody, ...forKey, 429) },
      },
      handler: async (request, reply) => {
        const { caller, body } = request
        const confirmed = await limited(
          { address: addressOf(request), name: caller.signedIn?.session.user.email ?? null },
          () => services.confirmSession(caller, body),
          (isRight) => !isRight,
        )
        // Not 401: the session stands.
        if (!confirmed) throw new ApiError(403, 'forbidden', 'expected the password or a code that is right')
        return reply.code(204).send(null)
      },
    })

    app.get('/sessions', {
      config: own,
      schema: {
        tags,
        operationId: 'listSessions',
        summary: 'List the own sessions',
        description: 'Newest first, one page.',
        security,
        response: { 200: json('All of them.', listView(sessionView)), ...errors(...forKey) },
      },
      handler: async (request) => ({ data: await services.listSessions(request.caller), next_cursor: null }),
    })

    app.delete('/sessions/:id', {
      config: { ...own, audit: { action: 'session.end', by: 'deed' } },
      schema: {
        tags,
        operationId: 'endSession',
        summary: 'End one of the own sessions',
        description: 'At once, on all processes.',
        security,
        params: personPath,
        response: { 204: z.null().describe('Over.'), ...errors(...forKey, 404) },
      },
      handler: async (request, reply) => {
        unwrap(await services.endSession(request.caller, request.params.id))
        return reply.code(204).send(null)
      },
    })

    app.post('/me/password', {
      config: { ...own, confirm: true, audit: { action: 'user.password', by: 'deed' } },
      schema: {
        tags,
        operationId: 'setPassword',
        summary: 'Set the own password',
        description: 'Ends all other sessions of the person.',
        security,
        body: passwordBody,
        response: { 204: z.null().describe('Set.'), ...errors(...forBody, ...forKey) },
      },
      handler: async (request, reply) => {
        unwrap(await services.setPassword(request.caller, request.body.password))
        return reply.code(204).send(null)
      },
    })

    app.post('/me/totp', {
      config: { ...own, confirm: true, audit: { action: 'user.totp_begin', by: 'deed' } },
      schema: {
        tags,
        operationId: 'beginTotp',
        summary: 'Begin to set up a second factor',
        description: 'It counts once PUT was given a code of it.',
        security,
        response: { 200: json('For the authenticator, shown once.', newTotpView), ...errors(...forKey) },
      },
      handler: async (request) => unwrap(await services.beginTotp(request.caller)),
    })

    app.put('/me/totp', {
      config: { ...own, confirm: true, audit: { action: 'user.totp_set', by: 'deed' } },
      schema: {
        tags,
        operationId: 'setTotp',
        summary: 'Finish to set up a second factor',
        description: 'Ends all other sessions of the person, which began without it.',
        security,
        body: totpBody,
        response: { 204: z.null().describe('It counts.'), ...errors(...forBody, ...forKey, 409) },
      },
      handler: async (request, reply) => {
        unwrap(await services.setTotp(request.caller, request.body.totp))
        return reply.code(204).send(null)
      },
    })

    app.delete('/me/totp', {
      config: { ...own, confirm: true, audit: { action: 'user.totp_remove', by: 'deed' } },
      schema: {
        tags,
        operationId: 'removeTotp',
        summary: 'Remove the second factor',
        security,
        response: { 204: z.null().describe('Gone.'), ...errors(...forKey) },
      },
      handler: async (request, reply) => {
        unwrap(await services.removeTotp(request.caller))
        return reply.code(204).send(null)
      },
    })
  }
}

function wrong(expected: string): ApiError {
  return new ApiError(401, 'unauthorized', `expected ${expected}`)
}
