import { request } from 'undici'
import { GraphError } from '../graph-error.ts'
import type { Json, NumberRecord, TokenRecord, WabaRecord } from '../records.ts'
import { tierName } from '../rules/limits.ts'
import { USUAL_ZONE } from '../rules/zones.ts'
import { mayBeNear, nearAgent } from '../webhooks/near.ts'
import type { World } from '../world.ts'
import { bodyOf, fieldsOf, type GraphCall, pick, queryOf } from './call.ts'

const NUMBER_FIELDS = [
  'verified_name',
  'code_verification_status',
  'display_phone_number',
  'quality_rating',
  'platform_type',
  'throughput',
  'last_onboarded_time',
  'id',
]

function numberNode(world: World, number: NumberRecord): Json {
  const mps = number.throughputMps ?? world.knobs.throughputMps
  const waba = world.ledger.wabaOf(number)
  return {
    id: number.id,
    display_phone_number: `+${number.displayPhoneNumber.replace(/\D/g, '')}`,
    verified_name: number.verifiedName,
    code_verification_status: 'VERIFIED',
    quality_rating: number.qualityRating,
    platform_type: 'CLOUD_API',
    status: number.refuseWith === null ? 'CONNECTED' : 'RESTRICTED',
    name_status: 'APPROVED',
    account_mode: 'LIVE',
    is_official_business_account: false,
    last_onboarded_time: '2026-01-15T09:00:00+0000',
    throughput: { level: mps >= 1_000 ? 'HIGH' : mps === 20 ? 'NOT_APPLICABLE' : 'STANDARD' },
    whatsapp_business_manager_messaging_limit: tierName(world.knobs.messagingLimit),
    health_status: healthOf(number, waba, world.knobs.healthTellsPayment),
  }
}

/** Of a payment method that is missing. Source: a public reference of a partner's (read 2026-11). */
const NO_PAYMENT = { error_code: 141006, error_description: 'There is an error with the payment method.' }

function healthOf(number: NumberRecord, waba: WabaRecord, tellsPayment: boolean): Json {
  const unpaid = Boolean(waba.unpaid) && tellsPayment
  const entities = [
    {
      entity_type: 'PHONE_NUMBER',
      id: number.id,
      can_send_message: number.refuseWith === null ? 'AVAILABLE' : 'BLOCKED',
      ...(number.refuseWith === null ? {} : { errors: [{ error_code: number.refuseWith }] }),
    },
    {
      entity_type: 'WABA',
      id: waba.id,
      can_send_message: unpaid ? 'BLOCKED' : 'AVAILABLE',
      ...(unpaid ? { errors: [NO_PAYMENT] } : {}),
    },
    { entity_type: 'BUSINESS', id: waba.portfolioId, can_send_message: 'AVAILABLE' },
  ]
  return { can_send_message: number.refuseWith === null && !unpaid ? 'AVAILABLE' : 'BLOCKED', entities }
}

export function readNumber(call: GraphCall, number: NumberRecord): Json {
  return pick(numberNode(call.world, number), fieldsOf(queryOf(call.request)) ?? NUMBER_FIELDS)
}

export function listNumbers(call: GraphCall, waba: WabaRecord): Json {
  const fields = fieldsOf(queryOf(call.request)) ?? NUMBER_FIELDS
  const numbers = [...call.world.ledger.numbers.values()].filter((number) => number.wabaId === waba.id)
  const cursor = (number: NumberRecord | undefined) => Buffer.from(number?.id ?? '').toString('base64url')
  return {
    data: numbers.map((number) => pick(numberNode(call.world, number), fields)),
    ...(numbers.length > 0
      ? { paging: { cursors: { before: cursor(numbers[0]), after: cursor(numbers.at(-1)) } } }
      : {}),
  }
}

export function readWaba(call: GraphCall, waba: WabaRecord): Json {
  const node = {
    id: waba.id,
    name: waba.name,
    currency: waba.currency,
    timezone_id: waba.timezoneId ?? USUAL_ZONE,
    ...(waba.homeCountry === undefined ? {} : { primary_business_location: waba.homeCountry }),
    ...(waba.authInternational === undefined ? {} : { auth_international_rate_eligibility: waba.authInternational }),
    message_template_namespace: `sandbox_${waba.id}`,
    account_review_status: 'APPROVED',
    business_verification_status: 'verified',
    owner_business_info: { id: waba.portfolioId, name: waba.name },
  }
  return pick(node, fieldsOf(queryOf(call.request)) ?? ['id', 'name', 'timezone_id', 'message_template_namespace'])
}

// Webhook subscription

/** `POST /{waba}/subscribed_apps`; an override must answer the verification handshake first, as at Meta. */
export async function subscribe(call: GraphCall, waba: WabaRecord): Promise<Json> {
  const body: Json = { ...queryOf(call.request), ...bodyOf(call.request) }
  const callback = body.override_callback_uri
  if (typeof callback === 'string') {
    await verifyCallback(callback, typeof body.verify_token === 'string' ? body.verify_token : call.world.verifyToken)
    waba.callbackUrl = callback
  } else {
    waba.callbackUrl = null
  }
  waba.subscribed = true
  call.world.changed()
  return { success: true }
}

const VERIFY_WITHIN_MS = 5_000

/** Meta reaches every public address; the sandbox this machine and its private network. */
async function verifyCallback(callback: string, verifyToken: string): Promise<void> {
  const challenge = String(100_000_000 + ((callback.length * 7_919) % 900_000_000))
  let problem = 'The URL is not valid'
  const agent = nearAgent(VERIFY_WITHIN_MS)
  try {
    const url = new URL(callback)
    url.searchParams.set('hub.mode', 'subscribe')
    url.searchParams.set('hub.challenge', challenge)
    url.searchParams.set('hub.verify_token', verifyToken)
    problem = 'The URL could not be reached'
    if (!mayBeNear(callback)) throw new Error('far away')
    const answer = await request(url, { dispatcher: agent, signal: AbortSignal.timeout(VERIFY_WITHIN_MS) })
    const text = await answer.body.text()
    const { statusCode: status } = answer
    if (status === 200 && text === challenge) return
    problem = `HTTP Status Code = ${status}; ${status === 200 ? 'the challenge was not echoed' : 'expected 200'}`
  } catch {
    // `problem` says how far it came.
  } finally {
    await agent.destroy()
  }
  throw new GraphError(2200, '', {
    message: `(#2200) Callback verification failed with the following errors: ${problem}.`,
  })
}

export function listSubscriptions(call: GraphCall, waba: WabaRecord): Json {
  if (!waba.subscribed) return { data: [] }
  const app = { id: call.token.appId, name: 'Sandbox app', link: 'https://www.facebook.com/games/?app_id=sandbox' }
  const override = waba.callbackUrl === null ? {} : { override_callback_uri: waba.callbackUrl }
  return { data: [{ whatsapp_business_api_data: app, ...override }] }
}

export function unsubscribe(call: GraphCall, waba: WabaRecord): Json {
  waba.subscribed = false
  waba.callbackUrl = null
  call.world.changed()
  return { success: true }
}

// Message history

/** `GET /{phone_number_id}/message_history`: newest first, one page. */
export function readHistory(call: GraphCall, number: NumberRecord): Json {
  const query = queryOf(call.request)
  const limit = Math.min(Math.max(Number(query.limit) || 25, 1), 100)
  const { ledger } = call.world
  const chosen = query.message_id ? [ledger.messages.get(query.message_id)] : [...ledger.messages.values()].reverse()
  const own = chosen
    .filter((message) => message !== undefined)
    .filter((message) => message.direction === 'out' && ledger.conversationOf(message).phoneNumberId === number.id)
  return {
    data: own.slice(0, limit).map((message) => ({
      id: BigInt(`0x${Buffer.from(message.wamid).toString('hex').slice(-12)}`).toString(),
      message_id: message.wamid,
      events: {
        data: message.history.filter(isReported).map((event, index) => ({
          id: String(index + 1),
          delivery_status: event.status.toUpperCase(),
          timestamp: Math.floor(event.at / 1000),
          webhook_update_state: 'DELIVERED',
        })),
      },
    })),
  }
}

/** The history knows the statuses a webhook reports; acceptance is not one of them. */
function isReported(event: { status: string }): boolean {
  return event.status !== 'accepted'
}

// The token itself

/** `GET /debug_token?input_token=…` */
export function debugToken(call: GraphCall): Json {
  const { input_token } = queryOf(call.request)
  if (!input_token) throw new GraphError(100, '', { message: '(#100) The parameter input_token is required.' })
  const token = call.world.ledger.tokens.get(input_token)
  const now = call.world.clock.now()
  if (!token) {
    return { data: { is_valid: false, scopes: [], error: { code: 190, message: 'Invalid OAuth access token.' } } }
  }
  const expired = token.expiresAt !== null && token.expiresAt <= now
  return {
    data: {
      app_id: token.appId,
      type: 'SYSTEM_USER',
      application: 'Sandbox app',
      data_access_expires_at: 0,
      expires_at: token.expiresAt === null ? 0 : Math.floor(token.expiresAt / 1000),
      is_valid: !token.revoked && !expired,
      scopes: token.scopes,
      granular_scopes: token.scopes.map((scope) => granular(scope, token)),
      user_id: token.userId,
    },
  }
}

function granular(scope: string, token: TokenRecord): Json {
  return token.wabaIds === null ? { scope } : { scope, target_ids: token.wabaIds }
}

/** `GET /app`: the app of the token. */
export function readApp(call: GraphCall): Json {
  return { name: 'Sandbox app', id: call.token.appId }
}

export function readMe(call: GraphCall): Json {
  return { name: 'Sandbox system user', id: call.token.userId }
}

export function readPermissions(call: GraphCall): Json {
  return { data: call.token.scopes.map((permission) => ({ permission, status: 'granted' })) }
}
