import { type Dispatcher, Pool } from 'undici'
import type { PhoneNumberId, WabaId } from '../domain/ids.ts'
import { type GraphAnswer, readAnswer, readSend, type SendAnswer } from './answer.ts'
import { exchange } from './exchange.ts'
import { createPassThrough, type PassThrough, type PassThroughLimits } from './pass-through.ts'
import type { SendBody } from './payload.ts'
import { createSampleUploads, type SampleUploads } from './sample-upload.ts'
import { by, type Call, type TemplateClient, templateClient } from './template-client.ts'
import {
  type DebuggedToken,
  debuggedToken,
  numberPage,
  type SubscribedAppList,
  type Success,
  subscribedAppList,
  success,
  type WireAccount,
  type WireApp,
  type WirePhoneNumber,
  wireAccount,
  wireApp,
  wirePhoneNumber,
} from './wire.ts'

export type { Accepted, GraphAnswer, Refused, SendAnswer, Throttled, Uncertain, Unreachable } from './answer.ts'
export { GraphCallError } from './call-error.ts'

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

export interface GraphClient extends TemplateClient {
  /** Rejects only where something broke after the first byte: then nobody knows. What breaks before is `unsent`. */
  sendMessage(request: SendRequest): Promise<SendAnswer>
  getPhoneNumber(
    id: PhoneNumberId,
    accessToken: string,
    fields?: readonly string[],
  ): Promise<GraphAnswer<WirePhoneNumber>>
  /** All of an account's, with what is shown of a number in lists. */
  listPhoneNumbers(wabaId: WabaId, accessToken: string): Promise<GraphAnswer<WirePhoneNumber[]>>
  /** Its currency and zone, and what makes authentication dearer; the latter not from every version. */
  getAccount(wabaId: WabaId, accessToken: string): Promise<GraphAnswer<WireAccount>>
  subscribedApps(wabaId: WabaId, accessToken: string): Promise<GraphAnswer<SubscribedAppList>>
  /** Idempotent at Meta. The callback override is per account. */
  subscribeApp(
    wabaId: WabaId,
    accessToken: string,
    override?: { callbackUri: string; verifyToken: string },
  ): Promise<GraphAnswer<Success>>
  debugToken(inputToken: string, accessToken: string): Promise<GraphAnswer<DebuggedToken>>
  /** The app that the token belongs to. */
  readApp(accessToken: string): Promise<GraphAnswer<WireApp>>
  /** Files that stand as samples in templates, over connections of their own. */
  samples: Pick<SampleUploads, 'upload'>
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
/** Where Meta has calls without a version, such as those of the archive. Source: captured calls (2026), and pywa. */
const META_ORIGIN = 'https://graph.facebook.com'
const UNVERSIONED_ORIGIN = 'https://api.facebook.com'
const ACCOUNT_FIELDS = ['id', 'currency', 'timezone_id']
const RATE_FIELDS = ['primary_business_location', 'auth_international_rate_eligibility']
/** An account has 20 numbers as a rule, and some have hundreds. */
const MAX_NUMBER_PAGES = 20
const LISTED_FIELDS = 'id,display_phone_number,verified_name,quality_rating'
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

  const samples = createSampleUploads({ origin, root, timeoutMs: options.timeoutMs })
  const unversioned = origin === META_ORIGIN ? new Pool(UNVERSIONED_ORIGIN, { connections: 2, pipelining: 1 }) : pool

  const call: Call = async (
    method,
    path,
    accessToken,
    parse,
    { query, body, wabaId = null, unversioned: isUnversioned = false } = {},
  ) => {
    const base = isUnversioned ? prefix : root
    const request: Dispatcher.DispatchOptions = {
      method,
      path: query ? `${base}${path}?${new URLSearchParams(query)}` : `${base}${path}`,
      headers: headersFor(accessToken),
      body: body ? JSON.stringify(body) : null,
    }
    const answered = await exchange(isUnversioned ? unversioned : pool, request, readLimits)
    return readAnswer(answered, parse, now(), wabaId)
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

    ...templateClient(call),

    getPhoneNumber(id, accessToken, fields = PHONE_NUMBER_FIELDS) {
      const query = { fields: fields.join(',') }
      return call('GET', `/${encodeURIComponent(id)}`, accessToken, by(wirePhoneNumber), { query })
    },

    async listPhoneNumbers(wabaId, accessToken) {
      const numbers: WirePhoneNumber[] = []
      const path = `/${encodeURIComponent(wabaId)}/phone_numbers`
      let after: string | null = null
      for (let page = 0; page < MAX_NUMBER_PAGES; page++) {
        const query: Record<string, string> = {
          fields: LISTED_FIELDS,
          limit: '100',
          ...(after === null ? {} : { after }),
        }
        const answer = await call('GET', path, accessToken, by(numberPage), { query, wabaId })
        if (answer.kind !== 'ok') return answer
        const { data, paging } = answer.value
        numbers.push(...data)
        after = paging?.next ? (paging.cursors?.after ?? null) : null
        if (after === null) break
      }
      return { kind: 'ok', value: numbers }
    },

    async getAccount(wabaId, accessToken) {
      const read = (fields: string[]) =>
        call('GET', `/${encodeURIComponent(wabaId)}`, accessToken, by(wireAccount), {
          query: { fields: fields.join(',') },
          wabaId,
        })
      const answer = await read([...ACCOUNT_FIELDS, ...RATE_FIELDS])
      // A field that a version does not know spoils the whole answer.
      return answer.kind === 'refused' && answer.error.code === 100 ? read(ACCOUNT_FIELDS) : answer
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

    readApp: (accessToken) => call('GET', '/app', accessToken, by(wireApp)),
    samples,
    passThrough: handOn,

    async close() {
      await Promise.all([pool.close(), unversioned.close(), handOn.close(), samples.close()])
    },
    async destroy() {
      await Promise.all([pool.destroy(), unversioned.destroy(), handOn.destroy(), samples.destroy()])
    },
  }
}

function headersFor(accessToken: string): string[] {
  return ['authorization', `Bearer ${accessToken}`, 'content-type', 'application/json', 'user-agent', 'casement']
}
