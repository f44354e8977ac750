import { isIP } from 'node:net'
import type { FastifyRequest, FastifyServerOptions } from 'fastify'
import type { TrustProxy } from '../config.ts'

type FastifyTrust = Exclude<FastifyServerOptions['trustProxy'], undefined>

/** As Fastify takes it, which no longer counts proxies by itself. */
export function trusting(trust: TrustProxy): FastifyTrust {
  return typeof trust === 'number' ? (_address, hop) => hop < trust : trust
}

/**
 * Where a request came from. Null where `X-Forwarded-For` says what is no address: whoever wrote it may have written anything, of any length,
 * and it is remembered, logged and shown. Some proxies write the port behind it.
 */
export function addressOf({ ip }: Pick<FastifyRequest, 'ip'>): string | null {
  const bare = /^\[(.+)\](?::\d+)?$/.exec(ip)?.[1] ?? /^([\d.]+):\d+$/.exec(ip)?.[1] ?? ip
  return isIP(bare) === 0 ? null : bare
}
