import { randomBytes } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { guardAll } from './auth.ts'
import { consolePolicy } from './content-security.ts'
import { GRAPH_PREFIX } from './graph-paths.ts'

/*
 * The web console as Vite built it. Its files carry the hash of what is in them and are kept for ever; the page that names them is filled
 * in per request, since the nonce in it is good once.
 */

/** What Vite wrote where the nonce belongs. */
const PLACE_OF_NONCE = /__NONCE__/g
/** What programs ask for: a 404 there is JSON, whatever the browser says that it likes. */
const OF_PROGRAMS = [
  '/v1',
  '/webhooks',
  '/docs',
  '/queues',
  '/openapi.json',
  '/healthz',
  '/readyz',
  '/metrics',
  '/assets',
  GRAPH_PREFIX,
]
const YEAR_MS = 365 * 24 * 3_600_000

export interface ConsolePage {
  /** Whether a person asks for a page, whose path the console knows how to read. */
  isPage(request: FastifyRequest): boolean
  send(reply: FastifyReply): Promise<FastifyReply>
}

/** Mounts the files, and `/`. `folder` is where they lie. */
export async function serveConsole(app: FastifyInstance, folder: string): Promise<ConsolePage> {
  const page = { isPage, send: sendingPage(join(folder, 'index.html')) }
  await app.register(async (scope) => {
    guardAll(scope, 'open')
    await scope.register(fastifyStatic, {
      root: join(folder, 'assets'),
      prefix: '/assets/',
      decorateReply: false,
      preCompressed: true,
      immutable: true,
      maxAge: YEAR_MS,
      index: false,
      schemaHide: true,
    })
    scope.get('/', { schema: { hide: true } }, (_request, reply) => page.send(reply))
  })
  return page
}

function isPage({ method, url, headers }: FastifyRequest): boolean {
  const path = url.split('?')[0] as string
  const isOfPrograms = OF_PROGRAMS.some((own) => path === own || path.startsWith(`${own}/`))
  const isFile = path.slice(path.lastIndexOf('/')).includes('.')
  return method === 'GET' && !isOfPrograms && !isFile && (headers.accept ?? '').includes('text/html')
}

/** A build that was replaced meanwhile is read again. */
function sendingPage(file: string) {
  let kept = { writtenAtMs: 0, text: '' }

  async function read(): Promise<string> {
    const { mtimeMs: writtenAtMs } = await stat(file)
    if (writtenAtMs !== kept.writtenAtMs) kept = { writtenAtMs, text: await readFile(file, 'utf8') }
    return kept.text
  }

  return async (reply: FastifyReply): Promise<FastifyReply> => {
    const nonce = randomBytes(18).toString('base64')
    const text = await read()
    return reply
      .code(200)
      .type('text/html; charset=utf-8')
      .header('content-security-policy', consolePolicy(nonce))
      .header('cross-origin-opener-policy', 'same-origin')
      .header('cache-control', 'no-store')
      .send(text.replace(PLACE_OF_NONCE, nonce))
  }
}
