import type { Readable } from 'node:stream'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Scope } from '../../domain/access.ts'
import { ApiError, unwrap } from '../errors.ts'
import { GRAPH_PREFIX } from '../graph-paths.ts'
import { unknownGraphPath } from '../graph-shape.ts'
import type { Caller, Services } from '../services.ts'
import { documentPassThrough } from './drop-in-document.ts'

/*
 * What clients of the Cloud API do besides sending: read anything, keep media, templates and the profile. It goes to Meta with the
 * sender's token and comes back as it is, streamed both ways.
 *
 * Writes are a short list, because a key of ours stands for a token that can do more: `marketing_messages` and `calls` would reach a
 * customer past the window and the limits, `register` and `subscribed_apps` would take the number away from us.
 */

type Forwarded = Parameters<Services['passThrough']>[1]

/** Edges that may be written but are not worth a place in the document, and what the key needs for it. */
const OTHER_WRITABLE: Readonly<Record<string, Scope>> = {
  block_users: 'admin',
  message_qrdls: 'admin',
  'message_qrdls/:item': 'admin',
  whatsapp_business_profile: 'admin',
}

/** The key never travels on: only these headers do, and the query loses `access_token`. */
const FORWARDED_HEADERS = [
  'accept',
  'accept-encoding',
  'accept-language',
  'content-length',
  'content-type',
  'if-modified-since',
  'if-none-match',
  'range',
  'user-agent',
]

/** Belong to one connection; Node sets its own. */
const NOT_ANSWERED: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Under `GRAPH_PREFIX`, behind the drop-in's authentication. */
export function passThroughRoutes(services: Services): FastifyPluginAsync {
  return async (app) => {
    // The body is not read here at all, so its size is between the client and Meta.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))

    const handler = (request: FastifyRequest, reply: FastifyReply) => forward(services, request, reply)
    const hidden = { schema: { hide: true }, handler }
    const config = { scope: 'read' } as const

    app.get('/:media_id', {
      config,
      schema: documentPassThrough('cloudApiReadNode', 'Read a media object, or any other by its id'),
      handler,
    })
    app.delete('/:media_id', {
      config: { scope: 'send', audit: { action: 'media.delete', by: 'answer' } },
      schema: documentPassThrough('cloudApiDeleteMedia', 'Delete a media object'),
      handler,
    })
    app.post('/:media_id', {
      config: { scope: 'templates', audit: { action: 'template.write', by: 'answer' } },
      schema: documentPassThrough('cloudApiEditTemplate', 'Edit a template'),
      handler,
    })
    app.post('/:phone_number_id/media', {
      config: { scope: 'send', audit: { action: 'media.upload', by: 'answer' } },
      schema: documentPassThrough('cloudApiUploadMedia', 'Upload media'),
      handler,
    })
    app.get('/:waba_id/message_templates', {
      config,
      schema: documentPassThrough('cloudApiListTemplates', 'List templates at Meta'),
      handler,
    })
    app.post('/:waba_id/message_templates', {
      config: { scope: 'templates', audit: { action: 'template.write', by: 'answer' } },
      schema: documentPassThrough('cloudApiCreateTemplate', 'Create a template at Meta'),
      handler,
    })
    app.delete('/:waba_id/message_templates', {
      config: { scope: 'templates', audit: { action: 'template.write', by: 'answer' } },
      ...hidden,
    })
    for (const [edge, scope] of Object.entries(OTHER_WRITABLE)) {
      app.route({
        method: ['POST', 'DELETE'],
        url: `/:id/${edge}`,
        config: { scope, audit: { action: 'graph.write', by: 'answer' } },
        ...hidden,
      })
    }
    app.get('/:id/:edge', { config, ...hidden })
    app.get('/:id/:edge/:item', { config, ...hidden })

    app.route({
      method: ['POST', 'DELETE'],
      url: '/:id/:edge',
      config: { ...config, audit: { action: 'graph.write', by: 'answer' } },
      schema: { hide: true },
      handler: async () => {
        const message = 'expected a request that Casement sends or passes on; this one has to go to Meta directly'
        throw new ApiError(400, 'unsupported', message)
      },
    })
  }
}

const TOKENS_STAY = 'expected fields to be without access_token: a key stands for a token and does not give it away'

/** Graph ids are digits; the one path that is read without an id is the library. */
const KNOWN_PATH = /^\/(?:(\d+)(?:\/|$)|message_template_library$)/

async function forward(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const [path = '', queryString = ''] = request.url.slice(GRAPH_PREFIX.length).split(/\?(.*)/s)
  const known = KNOWN_PATH.exec(path)
  if (known === null) throw unknownGraphPath()
  const query = new URLSearchParams(queryString)
  query.delete('access_token')
  if (/\baccess_token\b/.test(query.get('fields') ?? '')) throw new ApiError(400, 'unsupported', TOKENS_STAY)
  return forwardToGraph(services, request.caller, reply, {
    method: request.method,
    path,
    query: query.toString(),
    headers: forwardedHeaders(request),
    body: (request.body as Readable | undefined) ?? null,
    // Clients name the number beside a media id, which Casement cannot place by itself.
    owner: query.get('phone_number_id') ?? known[1] ?? null,
  })
}

function forwardedHeaders({ headers }: FastifyRequest): Forwarded['headers'] {
  const given = FORWARDED_HEADERS.filter((name) => headers[name] !== undefined)
  return Object.fromEntries(given.map((name) => [name, headers[name]]))
}

/** Throws the refusal where nobody could be asked. */
export async function forwardToGraph(
  services: Services,
  caller: Caller,
  reply: FastifyReply,
  request: Forwarded,
): Promise<FastifyReply> {
  const answer = unwrap(await services.passThrough(caller, request))
  const headers = Object.entries(answer.headers).filter(([name]) => !NOT_ANSWERED.has(name.toLowerCase()))
  return reply.code(answer.status).headers(Object.fromEntries(headers)).send(answer.body)
}
