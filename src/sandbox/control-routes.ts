import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ZodError } from 'zod'
import { SandboxActionError } from './actions.ts'
import { templateNode } from './api/templates.ts'
import type { Changes } from './changes.ts'
import { controlSchemas } from './control-schemas.ts'
import type { Controls } from './controls.ts'
import { NotLetIn, requireOwnPage } from './doors.ts'
import { PHONE_PAGE } from './phone/page.ts'
import type { Json } from './records.ts'
import { customerView, senderView } from './views.ts'

type Who = { Params: { who: string } }
type Id = { Params: { id: string } }

/** The sandbox's own HTTP surface: the customer's phone at `/`, and the controls under `/sandbox`. */
export function controlRoutes(app: FastifyInstance, controls: Controls, changes: Changes): void {
  app.get('/', (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .headers({ 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff' })
      .send(PHONE_PAGE),
  )
  app.get('/favicon.ico', (_request, reply) => reply.code(204).send())

  void app.register(
    async (sandbox) => {
      sandbox.addHook('onRequest', async (request) => requireOwnPage(request))
      sandbox.setErrorHandler((error, _request, reply) => answerError(error, reply))
      settings(sandbox, controls)
      accounts(sandbox, controls)
      people(sandbox, controls)
      sandbox.get('/events', (request, reply) => stream(request, reply, changes))
    },
    { prefix: '/sandbox' },
  )
}

function settings(app: FastifyInstance, controls: Controls): void {
  app.get('/', () => ({ now: new Date(controls.now()).toISOString(), last_seq: controls.lastSeq() }))
  app.get('/knobs', () => controls.knobs())
  app.patch('/knobs', (request) => controls.turn(body(request)))
  app.get('/faults', () => ({ data: controls.faults() }))
  app.post('/faults', (request) => controls.addFault(body(request)))
  app.delete('/faults', () => {
    controls.clearFaults()
    return { success: true }
  })
  app.get('/clock', () => ({ now: new Date(controls.now()).toISOString() }))
  app.post('/clock', async (request) => {
    const { advance_ms } = controlSchemas.clock.parse(body(request))
    await controls.advance(advance_ms)
    return { now: new Date(controls.now()).toISOString() }
  })
  app.get('/webhooks', () => ({ stats: controls.webhookStats(), data: controls.webhookLog() }))
  app.post('/webhooks', (request) => {
    controls.reportWebhook(body(request))
    return { success: true }
  })
  app.put('/webhook-url', (request) => {
    controls.setWebhookUrl(body<{ url: string | null }>(request).url)
    return { success: true }
  })
  app.get<{ Querystring: { since?: string; limit?: string } }>('/ledger', (request) => {
    const { since, limit } = request.query
    return { last_seq: controls.lastSeq(), data: controls.ledger(Number(since) || 0, Number(limit) || 10_000) }
  })
}

function accounts(app: FastifyInstance, controls: Controls): void {
  app.get('/senders', () => ({ data: controls.senders().map(senderView) }))
  app.post('/senders', (request, reply) => reply.code(201).send(senderView(controls.addSender(body(request)))))
  app.patch<Id>('/senders/:id', (request) => senderView(controls.changeSender(request.params.id, body(request))))
  app.post('/tokens', (request) => {
    const { scopes, expiresAt, revoked } = controls.setToken(body(request))
    return { scopes, revoked, expires_at: expiresAt === null ? null : new Date(expiresAt).toISOString() }
  })
  app.post('/templates', (request, reply) => reply.code(201).send(templateNode(controls.addTemplate(body(request)))))
  app.patch<Id>('/accounts/:id', (request) => controls.changeAccount(request.params.id, body(request)))
  app.patch<Id>('/portfolios/:id', (request) => controls.pacePortfolio(request.params.id, body(request)))
  app.patch<Id>('/templates/:id', (request) => templateNode(controls.changeTemplate(request.params.id, body(request))))
}

function people(app: FastifyInstance, controls: Controls): void {
  const { customers } = controls
  app.get<{ Querystring: { limit?: string; messages?: string } }>('/customers', (request) => ({
    now: new Date(controls.now()).toISOString(),
    data: controls.phones(Number(request.query.limit) || 50, Number(request.query.messages) || undefined),
  }))
  app.post('/customers', (request, reply) => {
    reply.code(201)
    return customerView(controls.addCustomer(body(request)))
  })
  app.get<Who>('/customers/:who', (request) => controls.phone(request.params.who))
  app.patch<Who>('/customers/:who', (request) =>
    customerView(controls.changeCustomer(request.params.who, body(request))),
  )
  const act = (path: string, action: (who: string, input: never) => unknown) =>
    app.post<Who>(`/customers/:who/${path}`, (request) => action(request.params.who, body(request)))
  act('say', customers.say)
  act('send', customers.send)
  act('tap', customers.tap)
  act('arrive-from-ad', customers.arriveFromAd)
  act('call', customers.call)
  act('react', customers.react)
  act('read', customers.read)
  act('stop-marketing', customers.stopMarketing)
  act('resume-marketing', customers.resumeMarketing)
  act('change-number', customers.changeNumber)
  act('recycle-number', (who, input) => customerView(controls.recycle(who, input)))
  const { colleagues } = controls
  act('colleague-writes', colleagues.writes)
  act('other-responder-takes-over', colleagues.takeOver)
  act('other-responder-hands-back', colleagues.handBack)
}

/**
 * The JSON body, as the control behind the route types it. The controls check it themselves with zod, so the type is a
 * promise they verify.
 */
function body<T = never>(request: FastifyRequest): T {
  const raw = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : ''
  if (raw.trim() === '') return {} as T
  try {
    return JSON.parse(raw) as T
  } catch {
    throw new SandboxActionError('malformed', 'expected a JSON body')
  }
}

function answerError(error: unknown, reply: FastifyReply): FastifyReply {
  if (error instanceof ZodError) {
    const [issue] = error.issues
    const field = issue?.path.join('.') ?? ''
    return reply.code(400).send(problem(`${field ? `${field}: ` : ''}${issue?.message ?? 'invalid'}`))
  }
  if (error instanceof SandboxActionError) {
    const status = { unknown: 404, impossible: 409, malformed: 400 }[error.kind]
    return reply.code(status).send(problem(error.message))
  }
  if (error instanceof RangeError) return reply.code(400).send(problem(error.message))
  if (error instanceof NotLetIn) return reply.code(error.statusCode).send(problem(error.message))
  throw error
}

function problem(message: string): Json {
  return { error: { message } }
}

/** Server-sent events: `change` whenever a phone may look different. */
function stream(request: FastifyRequest, reply: FastifyReply, changes: Changes): void {
  reply.hijack()
  reply.raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    connection: 'keep-alive',
  })
  reply.raw.write('event: change\ndata: {}\n\n')
  const leave = changes.listen(() => reply.raw.write('event: change\ndata: {}\n\n'))
  request.raw.once('close', leave)
}
