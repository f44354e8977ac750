import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { ClientRequest, MetaAnswer, MetaFile } from '../../usecases/pass-through.ts'
import { isGraphId, readForm, readMembers, readQuery } from '../drop-in-parts.ts'
import { ApiError, unwrap } from '../errors.ts'
import { EDGES, type Edge, LIBRARY } from '../graph-edges.ts'
import { baseOf, withOwnFile, withOwnPaging } from '../graph-links.ts'
import { unknownGraphPath } from '../graph-shape.ts'
import { acceptJsonOnly, readText } from '../json-body.ts'
import type { Services } from '../services.ts'
import { documentPassThrough } from './drop-in-document.ts'

/* What clients of the Cloud API do besides sending: media, templates, the profile. graph-edges.ts says what is handed on. */

interface Params {
  id: string
  item?: string
}

/** Under `GRAPH_PREFIX`, behind the drop-in's authentication. */
export function passThroughRoutes(services: Services, maxJsonBytes: number): FastifyPluginAsync {
  return async (app) => {
    await app.register(async (inner) => {
      acceptJsonOnly(inner, maxJsonBytes)
      acceptForms(inner, maxJsonBytes)
      for (const edge of EDGES) if (edge.makes !== 'medium') addEdge(inner, services, edge)
      inner.get(LIBRARY.path, { config: { scope: LIBRARY.scope }, schema: { hide: true } }, (request, reply) =>
        handOn(services, LIBRARY, request, reply, null),
      )
      inner.route({
        method: ['POST', 'DELETE'],
        url: '/:id/:edge',
        config: { scope: 'read', audit: { action: 'graph.write', by: 'answer' } },
        schema: { hide: true },
        handler: async () => {
          const message = 'expected a request that Casement sends or passes on; this one has to go to Meta directly'
          throw new ApiError(400, 'unsupported', message, { field: 'path' })
        },
      })
    })
    await app.register(async (inner) => {
      // A file is not read here: it streams to Meta, within limits of its own.
      inner.removeAllContentTypeParsers()
      inner.addContentTypeParser('multipart/form-data', (_request, payload, done) => done(null, payload))
      for (const edge of EDGES) if (edge.makes === 'medium') addEdge(inner, services, edge)
    })
    app.get<{ Params: Params }>('/:id/content', {
      config: { scope: 'read' },
      schema: documentPassThrough('cloudApiDownloadMedia', 'Download a media object'),
      handler: (request, reply) => sendFile(services, request, reply),
    })
  }
}

function addEdge(app: FastifyInstance, services: Services, edge: Edge): void {
  app.route<{ Params: Params }>({
    method: edge.method,
    url: `/:id${edge.path}`,
    config: { scope: edge.scope, audit: edge.action ? { action: edge.action, by: 'answer' } : null },
    schema: edge.document ? documentPassThrough(edge.document.operationId, edge.document.summary) : { hide: true },
    handler: (request, reply) => handOn(services, edge, request, reply, request.params),
  })
}

function acceptForms(app: FastifyInstance, maxBytes: number): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', async (request: FastifyRequest, payload: Readable) =>
    readForm(await readText(request.headers['content-length'], payload, maxBytes)),
  )
}

async function handOn(
  services: Services,
  edge: Edge,
  request: FastifyRequest,
  reply: FastifyReply,
  params: Params | null,
): Promise<FastifyReply> {
  if (params !== null && !isGraphId(params.id)) throw unknownGraphPath()
  const id = params?.id ?? null
  const path = edge.path.replace(':item', params?.item ?? '')
  const query = readQuery(request, edge)
  const asked: ClientRequest = {
    method: edge.method,
    id,
    kinds: edge.on,
    edge: path,
    query,
    body: bodyOf(edge, request),
    makes: edge.makes ?? null,
  }
  const answer = unwrap(await services.passThrough(request.caller, asked))
  return sendAnswer(request, reply, answer, edge, `${id === null ? '' : `/${id}`}${path}`, query)
}

/** Without a comma, or a quote in the middle: there some end the boundary, and see other parts than we do. */
const FORM = /^multipart\/form-data *; *boundary=(?:"[\w'()+./:=?-]{1,80}"|[\w'()+./:=?-]{1,80})$/i

function bodyOf(edge: Edge, request: FastifyRequest): ClientRequest['body'] {
  if (edge.method === 'GET') return null
  if (edge.makes !== 'medium') {
    const read = readMembers(request.body, edge)
    return read && { kind: 'bytes', ...read }
  }
  const { 'content-type': type = '', 'content-length': length } = request.headers
  if (!request.body || !FORM.test(type)) {
    throw new ApiError(400, 'invalid', 'expected the body to be a form with a file (multipart/form-data)', {
      field: 'file',
    })
  }
  return {
    kind: 'stream',
    type,
    bytes: length === undefined ? null : Number(length),
    stream: request.body as Readable,
    parts: edge.members ?? [],
  }
}

/** Also for read receipts, which stand with the messages. */
export function sendAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, headers, json, kind }: MetaAnswer,
  edge: Edge,
  path: string,
  query: URLSearchParams,
): FastifyReply {
  const base = baseOf(request)
  const shown =
    kind === 'medium' && edge.path === ''
      ? withOwnFile(json, base, path.slice(1), query)
      : withOwnPaging(json, base, path, edge)
  return reply.code(status).headers(headers).type('application/json; charset=utf-8').send(JSON.stringify(shown))
}

/** Anybody may have sent the file, so it is shown as a page by nobody: not even a browser that was given a key in the address. */
async function sendFile(
  services: Services,
  request: FastifyRequest<{ Params: Params }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { id } = request.params
  if (!isGraphId(id)) throw unknownGraphPath()
  const edge: Edge = { method: 'GET', path: '', on: ['medium'], scope: 'read', query: ['phone_number_id'] }
  const query = readQuery(request, edge)
  const range = /^bytes=\d{0,15}-\d{0,15}$/.exec(request.headers.range ?? '')?.[0] ?? null
  const answer: MetaAnswer | MetaFile = unwrap(await services.downloadMedium(request.caller, { id, query, range }))
  if ('json' in answer) return sendAnswer(request, reply, answer, edge, `/${id}`, query)
  return reply
    .code(answer.status)
    .headers(answer.headers)
    .header('content-security-policy', "default-src 'none'; sandbox")
    .header('content-disposition', 'attachment')
    .send(answer.body)
}
