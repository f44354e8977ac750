import type { FastifyServerOptions } from 'fastify'
import type { TrustProxy } from '../config.ts'

type FastifyTrust = Exclude<FastifyServerOptions['trustProxy'], undefined>

/** As Fastify takes it, which no longer counts proxies by itself. */
export function trusting(trust: TrustProxy): FastifyTrust {
  return typeof trust === 'number' ? (_address, hop) => hop < trust : trust
}
