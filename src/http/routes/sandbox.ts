import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { DEFAULT_WORKSPACE } from '../../domain/ids.ts'
import { notFound } from '../errors.ts'

/*
 * The built-in sandbox's controls behind the API, so that whoever may use the one need not reach the port of the other: the clock, the
 * customers, faults, the ledger. They show and move what is of all workspaces and numbers, so they are for admins of `default` with keys for all.
 */

const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE']
/** Of the answer; everything else is the business of one connection. */
const ANSWERED_HEADERS = ['content-type', 'cache-control']

/** Under `/v1`. Where the built-in sandbox is not the Graph API the routes are not there. */
export function sandboxRoutes(sandboxUrl: string): FastifyPluginAsync {
  return async (app) => {
    // A stream of changes ends with the server, which would wait for it else.
    const streams = new Set<AbortController>()
    app.addHook('preClose', async () => {
      for (const stream of streams) stream.abort()
    })
    const handler = (request: FastifyRequest, reply: FastifyReply) => forward(sandboxUrl, streams, request, reply)
    const route = { url: '/sandbox/*', schema: { hide: true }, handler }
    app.route({ ...route, method: 'GET', config: { scope: 'admin', ofAllNumbers: true } })
    app.route({
      ...route,
      method: WRITES,
      config: { scope: 'admin', ofAllNumbers: true, audit: { action: 'sandbox.control', by: 'answer' } },
    })
  }
}

async function forward(
  sandboxUrl: string,
  streams: Set<AbortController>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const root = new URL('/sandbox/', sandboxUrl)
  const target = new URL(request.url.slice('/v1'.length), sandboxUrl)
  // Dots in the path were resolved by now: what lies outside is the stand-in for Meta, which is not asked with a key of ours.
  const isControl = target.origin === root.origin && target.pathname.startsWith(root.pathname)
  if (request.caller.workspace !== DEFAULT_WORKSPACE || !isControl) {
    throw notFound('expected a path and method of the API, see /docs')
  }
  const gone = new AbortController()
  streams.add(gone)
  reply.raw.once('close', () => {
    streams.delete(gone)
    gone.abort()
  })
  const { body } = request
  const answer = await fetch(target, {
    method: request.method,
    signal: gone.signal,
    ...(body === undefined || body === null
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  for (const name of ANSWERED_HEADERS) {
    const value = answer.headers.get(name)
    if (value !== null) reply.header(name, value)
  }
  reply.code(answer.status)
  return answer.body === null ? reply.send() : reply.send(Readable.fromWeb(answer.body as ReadableStream))
}
