import { type Dispatcher, Pool } from 'undici'
import type { z } from 'zod'
import type { PhoneNumberId, WabaId } from '../domain/ids.ts'
import { type GraphAnswer, readAnswer, readSend, type SendAnswer } from './answer.ts'
import { exchange } from './exchange.ts'
import { createPassThrough, type PassThrough, type PassThroughLimits } from './pass-through.ts'
import type { SendBody } from './payload.ts'
import {
  type CreatedTemplate,
  createdTemplate,
  type DebuggedToken,
  debuggedToken,
  type SubscribedAppList,
  type Success,
  subscribedAppList,
  success,
  templatePage,
  type WirePhoneNumber,
  type WireTemplate,
  wirePhoneNumber,
  wireTemplate,
} from './wire.ts'

export type { Accepted, GraphAnswer, Refused, SendAnswer, Throttled, Uncertain, Unreachable } from './answer.ts'

export interface GraphClientOptions {
  /** Without version; a path in front of it is kept. */
  baseUrl: string
  version: string
  /** Milliseconds from the first byte sent to the last byte read, and the longest wait for a connection. */
  timeoutMs: number
  /** Connections kept to the origin. One message occupies one for its round trip, so fewer than jobs in flight make a queue. */
  connections?: number
  /** Epoch milliseconds; only used to read a `Retry-After` that is a date. */
  now?: () => number
  /** Of what drop-in clients have handed on, which has connections of its own. */
  passThrough?: Partial<PassThroughLimits>
}

export interface SendRequest {
  phoneNumberId: PhoneNumberId
  wabaId: WabaId
  accessToken: string
  body: SendBody
  /** Asked in the moment in which the first byte would be written; where it says no, the answer is `unsent`. Default: it may. */
  mayLeave?: () => boolean
}

/** Thrown by `listTemplates` in the middle of its pages; every other method returns its answer. */
export class GraphCallError extends Error {
  readonly answer: Exclude<GraphAnswer<unknown>, { kind: 'ok' }>

  constructor(call: string, answer: Exclude<GraphAnswer<unknown>, { kind: 'ok' }>) {
    super(`${call}: ${summary(answer)}`)
    this.name = 'GraphCallError'
    this.answer = answer
  }
}

export interface GraphClient {
  /** Rejects only where something broke after the first byte: then nobody knows. What breaks before is `unsent`. */
  sendMessage(request: SendRequest): Promise<SendAnswer>
  /** All pages, one template at a time; entries without id, name, language or status are left out. Throws `GraphCallError`. */
  listTemplates(wabaId: WabaId, accessToken: string): AsyncGenerator<WireTemplate, void, void>
  getTemplate(templateId: string, accessToken: string): Promise<GraphAnswer<WireTemplate>>
  /** Not retried by anybody: Meta may have taken it when the answer is `uncertain`. */
  createTemplate(wabaId: WabaId, accessToken: string, document: object): Promise<GraphAnswer<CreatedTemplate>>
  /** Its components whole, or its time to live. */
  editTemplate(id: string, accessToken: string, patch: object): Promise<GraphAnswer<Success>>
  /** One language of it: by its name alone Meta would delete all. */
  deleteTemplate(
    wabaId: WabaId,
    accessToken: string,
    template: { id: string; name: string },
  ): Promise<GraphAnswer<Success>>
  /** Answers `success: false` with a reason where there is no pause that this ends. */
  unpauseTemplate(id: string, accessToken: string): Promise<GraphAnswer<Success>>
  getPhoneNumber(
    id: PhoneNumberId,
    accessToken: string,
    fields?: readonly string[],
  ): Promise<GraphAnswer<WirePhoneNumber>>
  subscribedApps(wabaId: WabaId, accessToken: string): Promise<GraphAnswer<SubscribedAppList>>
  /** Idempotent at Meta. The callback override is per account. */
  subscribeApp(
    wabaId: WabaId,
    accessToken: string,
    override?: { callbackUri: string; verifyToken: string },
  ): Promise<GraphAnswer<Success>>
  debugToken(inputToken: string, accessToken: string): Promise<GraphAnswer<DebuggedToken>>
  /** Hands what a drop-in client asks on, over connections of its own. */
  passThrough: Pick<PassThrough, 'call' | 'file'>
  /** Resolves when the requests under way have their answers. */
  close(): Promise<void>
  /** Drops the requests under way: those already written end `uncertain`. */
  destroy(): Promise<void>
}

const DEFAULT_CONNECTIONS = 256
const CONNECT_TIMEOUT_MS = 5_000
const SEND_ANSWER_MAX_BYTES = 1 << 20
const READ_ANSWER_MAX_BYTES = 32 << 20
const PAGE_SIZE = 100
/** Far above Meta's 6,000 templates per account: only a cursor that runs in circles gets here. */
const MAX_PAGES = 1_000

const TEMPLATE_FIELDS = [
  'id',
  'name',
  'language',
  'status',
  'category',
  'correct_category',
  'previous_category',
  'sub_category',
  'parameter_format',
  'components',
  'quality_score',
  'rejected_reason',
  'message_send_ttl_seconds',
]
const PHONE_NUMBER_FIELDS = [
  'id',
  'display_phone_number',
  'verified_name',
  'quality_rating',
  'status',
  'throughput',
  'whatsapp_business_manager_messaging_limit',
]

/** HTTP/1.1 on purpose: one request per connection makes "did it leave?" answerable, see exchange.ts. */
export function createGraphClient(options: GraphClientOptions): GraphClient {
  const { origin, pathname } = new URL(options.baseUrl)
  const prefix = pathname.replace(/\/+$/, '')
  const root = `${prefix}/${options.version}`
  const now = options.now ?? Date.now
  const sendLimits = { timeoutMs: options.timeoutMs, maxBodyBytes: SEND_ANSWER_MAX_BYTES }
  const readLimits = { timeoutMs: options.timeoutMs, maxBodyBytes: READ_ANSWER_MAX_BYTES }
  const pool = new Pool(origin, {
    connections: options.connections ?? DEFAULT_CONNECTIONS,
    pipelining: 1,
    allowH2: false,
    connect: { timeout: Math.min(options.timeoutMs, CONNECT_TIMEOUT_MS) },
    // exchange.ts measures the whole exchange; undici would only measure the pauses between two events.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const handOn = createPassThrough({
    origin,
    prefix,
    version: options.version,
    timeoutMs: options.timeoutMs,
    ...(options.passThrough ? { limits: options.passThrough } : {}),
  })

  async function call<T>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    accessToken: string,
    parse: (json: unknown) => T | null,
    { query, body, wabaId = null }: { query?: Record<string, string>; body?: object; wabaId?: WabaId | null } = {},
  ): Promise<GraphAnswer<T>> {
    const request: Dispatcher.DispatchOptions = {
      method,
      path: query ? `${root}${path}?${new URLSearchParams(query)}` : `${root}${path}`,
      headers: headersFor(accessToken),
      body: body ? JSON.stringify(body) : null,
    }
    return readAnswer(await exchange(pool, request, readLimits), parse, now(), wabaId)
  }

  return {
    async sendMessage({ phoneNumberId, wabaId, accessToken, body, mayLeave }) {
      let request: Dispatcher.DispatchOptions
      try {
        request = {
          method: 'POST',
          path: `${root}/${encodeURIComponent(phoneNumberId)}/messages`,
          headers: headersFor(accessToken),
          body: JSON.stringify(body),
        }
      } catch (error) {
        return { kind: 'unsent', why: 'broken', cause: error instanceof Error ? error.message : String(error) }
      }
      const limits = mayLeave ? { ...sendLimits, mayLeave } : sendLimits
      return readSend(await exchange(pool, request, limits), now(), wabaId)
    },

    async *listTemplates(wabaId, accessToken) {
      const path = `/${encodeURIComponent(wabaId)}/message_templates`
      let after: string | null = null
      for (let page = 0; page < MAX_PAGES; page++) {
        const query: Record<string, string> = { fields: TEMPLATE_FIELDS.join(','), limit: String(PAGE_SIZE) }
        if (after !== null) query.after = after
        const answer = await call('GET', path, accessToken, by(templatePage), { query, wabaId })
        if (answer.kind !== 'ok') throw new GraphCallError('list templates', answer)
        for (const item of answer.value.data) {
          const template = wireTemplate.safeParse(item)
          if (template.success) yield template.data
        }
        // `next` is an absolute address that may carry a token: its presence is believed, its host is not.
        const next: string | null = answer.value.paging?.next ? (answer.value.paging.cursors?.after ?? null) : null
        if (next === null || next === after) return
        after = next
      }
    },

    getTemplate(templateId, accessToken) {
      const query = { fields: TEMPLATE_FIELDS.join(',') }
      return call('GET', `/${encodeURIComponent(templateId)}`, accessToken, by(wireTemplate), { query })
    },

    createTemplate(wabaId, accessToken, document) {
      const path = `/${encodeURIComponent(wabaId)}/message_templates`
      return call('POST', path, accessToken, by(createdTemplate), { body: document, wabaId })
    },

    editTemplate(id, accessToken, patch) {
      return call('POST', `/${encodeURIComponent(id)}`, accessToken, by(success), { body: patch })
    },

    deleteTemplate(wabaId, accessToken, { id, name }) {
      const path = `/${encodeURIComponent(wabaId)}/message_templates`
      return call('DELETE', path, accessToken, by(success), { query: { name, hsm_id: id }, wabaId })
    },

    unpauseTemplate(id, accessToken) {
      return call('POST', `/${encodeURIComponent(id)}/unpause`, accessToken, by(success))
    },

    getPhoneNumber(id, accessToken, fields = PHONE_NUMBER_FIELDS) {
      const query = { fields: fields.join(',') }
      return call('GET', `/${encodeURIComponent(id)}`, accessToken, by(wirePhoneNumber), { query })
    },

    subscribedApps(wabaId, accessToken) {
      return call('GET', `/${encodeURIComponent(wabaId)}/subscribed_apps`, accessToken, by(subscribedAppList))
    },

    subscribeApp(wabaId, accessToken, override) {
      const body = override
        ? { override_callback_uri: override.callbackUri, verify_token: override.verifyToken }
        : undefined
      return call(
        'POST',
        `/${encodeURIComponent(wabaId)}/subscribed_apps`,
        accessToken,
        by(success),
        body ? { body } : {},
      )
    },

    async debugToken(inputToken, accessToken) {
      const query = { input_token: inputToken }
      return call('GET', '/debug_token', accessToken, (json) => by(debuggedToken)(json)?.data ?? null, { query })
    },

    passThrough: handOn,

    async close() {
      await Promise.all([pool.close(), handOn.close()])
    },
    async destroy() {
      await Promise.all([pool.destroy(), handOn.destroy()])
    },
  }
}

function headersFor(accessToken: string): string[] {
  return ['authorization', `Bearer ${accessToken}`, 'content-type', 'application/json', 'user-agent', 'casement']
}

function by<T>(schema: z.ZodType<T>): (json: unknown) => T | null {
  return (json) => schema.safeParse(json).data ?? null
}

function summary(answer: Exclude<GraphAnswer<unknown>, { kind: 'ok' }>): string {
  switch (answer.kind) {
    case 'refused':
    case 'throttled':
      return `${answer.kind} with code ${answer.error.code ?? 'none'}, HTTP status ${answer.httpStatus}`
    case 'intercepted':
      return `intercepted, HTTP status ${answer.httpStatus} without an error of Meta's`
    case 'unreachable':
      return `unreachable, ${answer.cause}`
    case 'uncertain':
      return `no usable answer, ${answer.why}`
  }
}
