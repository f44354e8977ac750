import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { createSandbox, DEFAULT_LINK, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts'

export const APP_SECRET = 'an app secret'
export const VERIFY_TOKEN = 'a verify token'
export const NUMBER = DEFAULT_LINK.phoneNumberId
export const WABA = DEFAULT_LINK.wabaId
export const TOKEN = DEFAULT_LINK.accessToken
export const ANA = '5511987654321'
export const DAY_MS = 24 * 60 * 60 * 1000

/** A whole second, so that a window opened by a message at this instant lasts exactly a day. */
export const NOON = Date.parse('2026-11-22T12:00:00Z')

export type Value = { messages?: Wire[]; statuses?: Wire[]; contacts?: Wire[]; [key: string]: unknown }
export type Wire = Record<string, unknown>
export type Change = { field: string; value: Value }
export type Post = { body: string; headers: IncomingHttpHeaders; changes: Change[] }

export type Hook = {
  url: string
  posts: Post[]
  changes(): Change[]
  statuses(): Wire[]
  messages(): Wire[]
  /** Answers the next posts with these statuses, then 200 again. */
  answerWith(...statuses: number[]): void
}

/** A webhook receiver that keeps what it got. */
export async function startHook(): Promise<Hook> {
  const posts: Post[] = []
  const answers: number[] = []
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://hook')
    if (request.method === 'GET') {
      const known = url.searchParams.get('hub.verify_token') === VERIFY_TOKEN
      response.writeHead(known ? 200 : 403).end(known ? url.searchParams.get('hub.challenge') : '')
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString('utf8')
    const payload = JSON.parse(body) as { entry: { changes: Change[] }[] }
    posts.push({ body, headers: request.headers, changes: payload.entry.flatMap((entry) => entry.changes) })
    response.writeHead(answers.shift() ?? 200).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const changes = () => posts.flatMap((post) => post.changes)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    posts,
    changes,
    statuses: () => changes().flatMap((change) => change.value.statuses ?? []),
    messages: () => changes().flatMap((change) => change.value.messages ?? []),
    answerWith: (...statuses) => void answers.push(...statuses),
  }
}

export type Answer = { status: number; headers: Headers; body: Wire; text: string }

/** A sandbox on a clock that only moves when told, with immediate statuses, closed when the test ends. */
export async function startSandbox(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await createSandbox({
    appSecret: APP_SECRET,
    verifyToken: VERIFY_TOKEN,
    clock: () => NOON,
    ...options,
    knobs: { statusDelayMs: 0, ...options.knobs },
  })
  onTestFinished(() => sandbox.close())
  return sandbox
}

export async function call(
  sandbox: Sandbox,
  method: string,
  path: string,
  body?: unknown,
  token: string = TOKEN,
): Promise<Answer> {
  const response = await fetch(sandbox.url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: parsed(text), text }
}

function parsed(text: string): Wire {
  try {
    return JSON.parse(text) as Wire
  } catch {
    return {}
  }
}

/** Posts a message from the default number; `to` is Ana unless the message says otherwise. */
export function send(sandbox: Sandbox, message: Wire, edge = 'messages'): Promise<Answer> {
  const to = message.recipient === undefined ? { to: `+${ANA}` } : {}
  return call(sandbox, 'POST', `/v25.0/${NUMBER}/${edge}`, { messaging_product: 'whatsapp', ...to, ...message })
}

export function sendText(sandbox: Sandbox, body = 'hello', more: Wire = {}): Promise<Answer> {
  return send(sandbox, { type: 'text', text: { body }, ...more })
}

export function sendTemplate(
  sandbox: Sandbox,
  name = 'hello_world',
  more: Wire = {},
  template: Wire = {},
): Promise<Answer> {
  const language = { code: name === 'hello_world' ? 'en_US' : 'en' }
  return send(sandbox, { type: 'template', template: { name, language, ...template }, ...more })
}

export function bodyParameters(...texts: string[]): Wire {
  return { components: [{ type: 'body', parameters: texts.map((text) => ({ type: 'text', text })) }] }
}

export function named(values: Record<string, string>): Wire {
  const parameters = Object.entries(values).map(([parameter_name, text]) => ({ type: 'text', parameter_name, text }))
  return { components: [{ type: 'body', parameters }] }
}

export function errorOf(answer: Answer): Wire {
  return (answer.body.error ?? {}) as Wire
}

export function codeOf(answer: Answer): unknown {
  return answer.status === 200 ? null : errorOf(answer).code
}

export function wamidOf(answer: Answer): string {
  const [message] = (answer.body.messages ?? []) as { id: string }[]
  return message?.id ?? ''
}

export function hmac(body: string): string {
  return `sha256=${createHmac('sha256', APP_SECRET).update(body).digest('hex')}`
}

/** A sandbox in which Ana has just written. */
export async function withOpenWindow(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options)
  sandbox.customers.say(ANA, { text: 'hi' })
  return sandbox
}
