import type { FastifyInstance } from 'fastify'

/*
 * What one process holds open at most, whoever connects. Bodies have a shorter time of their own (read-body.ts); this one is for whatever
 * has none, and covers the longest upload.
 */

const MAX_CONNECTIONS = 4_096

/** Options of Fastify; milliseconds. */
export const CONNECTION_LIMITS = {
  requestTimeout: 330_000,
  /** Nothing moves: somebody asks, and reads no answer. Longer than any answer takes to begin. */
  connectionTimeout: 330_000,
  keepAliveTimeout: 72_000,
  http: { headersTimeout: 15_000, connectionsCheckingInterval: 5_000 },
} as const

/** More connections than that are closed as they come. */
export function limitConnections(app: FastifyInstance): void {
  app.server.maxConnections = MAX_CONNECTIONS
}
