import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deed, DeedOutcome, Origin } from '../domain/audit.ts'
import type { Services } from './services.ts'
import { addressOf } from './trusting.ts'

/*
 * What the audit log is told by the HTTP API. Commands that were done are written in the transaction of the deed (app/deeds.ts). Here is what
 * has no transaction: refusals, failures, wrong keys, and what was done at Meta or in the sandbox and nowhere else.
 */

export interface Audited {
  /** `sender.pause`: what it is called in the audit log. */
  action: string
  /** Whose row it is: of the transaction that does it, or of the answer where nothing of ours is written. */
  by: 'deed' | 'answer'
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Null: no command, or one that is on record elsewhere (an intent has `created_by`). Everything but a GET has to say so. */
    audit?: Audited | null
    /**
     * Who is let in and what is counted against guessing: `key`, after a credential, wrong ones count; `signature`, Meta's;
     * `sign_in`, anybody, and what is wrong counts; `open`, anybody, so it must cost nothing.
     */
    guard?: 'key' | 'signature' | 'sign_in' | 'open'
  }
}

export function originOf(request: FastifyRequest): Origin {
  return { address: addressOf(request), requestId: request.id }
}

/** Every answer passes here before it is sent, so that whoever has it finds the row, unless it says that something failed. */
export function recordAnswers(app: FastifyInstance, services: Services): void {
  app.addHook('onSend', async (request, reply) => {
    const record = recordOf(services, request, reply)
    // The answer stands: what was refused stays refused, whether or not it could be written down.
    const told = record?.().catch((error: unknown) =>
      request.log.error({ err: error }, 'an audit row could not be written'),
    )
    // What failed may have failed with the database, which would be waited for once more.
    if (reply.statusCode < 500) await told
  })
}

function recordOf(services: Services, request: FastifyRequest, reply: FastifyReply): (() => Promise<void>) | null {
  const { audit, guard } = request.routeOptions.config ?? {}
  const { statusCode: status } = reply
  // Outside of the authenticated parts there is nobody to name.
  if (!isKnown(request)) {
    // 429: one of too many. 403 of a sign-in: another site made it, or it came where no cookie is given.
    const isRefusal = status === 401 || status === 429 || (status === 403 && guard === 'sign_in')
    return isRefusal && guard !== 'signature' ? () => services.signInRefused(originOf(request)) : null
  }
  const { caller } = request
  if (audit && status >= 400)
    return () => services.record(caller, deedOf(request, audit.action, status), outcomeOf(status))
  if (audit?.by === 'answer') return () => services.record(caller, deedOf(request, audit.action, status), 'done')
  if (status === 403) return () => services.record(caller, deedOf(request, 'access.refuse', status), 'refused')
  return null
}

function isKnown(request: FastifyRequest): boolean {
  return (request.caller as unknown) !== undefined && request.caller !== null
}

function outcomeOf(status: number): DeedOutcome {
  return status >= 500 ? 'failed' : 'refused'
}

function deedOf(request: FastifyRequest, action: string, status: number): Deed {
  const kind = action.slice(0, action.indexOf('.'))
  const { method, routeOptions } = request
  return {
    action,
    object: { kind, id: idOf(request, kind) },
    detail: { method, route: routeOptions.url ?? null, status },
  }
}

const PARAMETERS = ['id', 'phone_number_id', 'waba_id', 'media_id']

/** As the path has it. People are not named: their number would outlive their erasure. */
function idOf({ params }: FastifyRequest, kind: string): string | null {
  if (kind === 'contact' || typeof params !== 'object' || params === null) return null
  const given = params as Record<string, unknown>
  const name = PARAMETERS.find((one) => typeof given[one] === 'string')
  const id = name === undefined ? null : String(given[name])
  return id !== null && /^[\w-]{1,64}$/.test(id) ? id : null
}
