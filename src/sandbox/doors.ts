import { isIP } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/*
 * Who may come in. The sandbox has no keys, so it listens on the loopback by itself, and what a browser can be made to do there by a page
 * from elsewhere is refused: names that were bound to this address afterwards (DNS rebinding), and requests of other origins.
 */

/** Always answered to, besides addresses: no name can be bound to those. */
const LOOPBACK_NAMES = ['localhost']

/** Connections of the sandbox: nothing a stranger does slowly holds one for long. Milliseconds. */
export const CONNECTION_LIMITS = {
  requestTimeout: 60_000,
  http: { headersTimeout: 15_000, connectionsCheckingInterval: 5_000 },
} as const
export const MAX_CONNECTIONS = 4_096

export class NotLetIn extends Error {
  readonly statusCode: number

  constructor(statusCode: number, message: string) {
    super(message)
    this.statusCode = statusCode
  }
}

/** @param names allowed in `Host`, besides addresses and `localhost` */
export function guardDoors(app: FastifyInstance, names: readonly string[]): void {
  const known = new Set([...LOOPBACK_NAMES, ...names].map((name) => name.toLowerCase()))
  app.addHook('onRequest', async (request, reply) => {
    if (isKnownHost(request.headers.host, known)) return undefined
    const message = 'expected Host to be an address, localhost or one of SANDBOX_HOSTS'
    return reply.code(403).send({ error: { message } })
  })
}

/** For the controls, which a page may not drive unless it is ours. Throws 403 or 415. */
export function requireOwnPage(request: FastifyRequest): void {
  const { host, origin, 'sec-fetch-site': site } = request.headers
  if (origin !== undefined && URL.parse(origin)?.host !== URL.parse(`http://${host}`)?.host) {
    throw new NotLetIn(403, 'expected the request to come from no other origin')
  }
  if (site === 'cross-site' || site === 'same-site') {
    throw new NotLetIn(403, 'expected the request to come from no other site')
  }
  if (hasBody(request) && !isJson(request)) {
    throw new NotLetIn(415, 'expected Content-Type: application/json')
  }
}

function isKnownHost(header: string | undefined, known: ReadonlySet<string>): boolean {
  const name = URL.parse(`http://${header}`)?.hostname.replace(/^\[|\]$/g, '')
  if (header === undefined || name === undefined) return false
  return isIP(name) !== 0 || known.has(name) || name.endsWith('.localhost')
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** `curl -d` calls everything a form. A browser says where it comes from; what says nothing of the kind is a program. */
function isJson({ headers }: FastifyRequest): boolean {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type === 'application/json') return true
  const isBrowser = ['origin', 'referer', 'sec-fetch-site', 'sec-fetch-mode'].some(
    (name) => headers[name] !== undefined,
  )
  return type === 'application/x-www-form-urlencoded' && !isBrowser
}
