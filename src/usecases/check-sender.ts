import type { PhoneNumberId, WabaId } from '../domain/ids.ts'
import { DAY_MS, type Instant } from '../domain/time.ts'
import type { GraphAnswer } from '../graph/answer.ts'
import type { DebuggedToken, SubscribedAppList, WireHealth, WirePhoneNumber } from '../graph/wire.ts'
import { refusalOf } from './graph-refusal.ts'

/*
 * What stands in the way of a number's messages, looked at before it is linked and whenever somebody asks. Reads only. Each thing that was
 * looked at is one sentence, with the member of the link that is at fault, and a code with its values for those who say it in their own words.
 */

export const SENDER_CHECKS = [
  'link',
  'state',
  'token',
  'permissions',
  'number',
  'account',
  'health',
  'subscription',
  'webhooks',
  'clock',
] as const

/** What is found, by what was looked at. */
export const SENDER_FINDINGS = {
  link: ['free', 'linked', 'elsewhere', 'held'],
  state: ['active', 'paused', 'restricted'],
  token: ['none', 'unreadable', 'invalid', 'lasting', 'valid_until', 'ends_soon'],
  permissions: ['granted', 'lacking'],
  number: ['shown', 'not_connected', 'low_quality', 'not_shown'],
  account: ['belongs', 'of_another', 'not_shown'],
  health: ['available', 'limited', 'blocked'],
  subscription: ['subscribed', 'none', 'only_others', 'diverted'],
  webhooks: ['seen', 'never', 'failed'],
  clock: ['ahead', 'behind'],
} as const satisfies Record<(typeof SENDER_CHECKS)[number], readonly string[]>

type SenderFinding = (typeof SENDER_FINDINGS)[keyof typeof SENDER_FINDINGS][number]

export interface SenderCheck {
  name: (typeof SENDER_CHECKS)[number]
  state: 'ok' | 'warn' | 'fail'
  text: string
  /** Null: nothing but the text tells, such as what Meta answered. */
  code: SenderFinding | null
  /** Named in the text. Instants in ISO 8601. */
  values: Record<string, string | number>
  field: 'access_token' | 'phone_number_id' | 'waba_id' | 'portfolio_id' | null
}

/** Whom to look at, and by which token. */
export interface CheckedNumber {
  phoneNumberId: PhoneNumberId
  wabaId: WabaId
  accessToken: string
  /** Where this installation takes webhooks; null: nobody can tell. */
  webhookUrl: string | null
}

export interface CheckSenderIo {
  debugToken(inputToken: string, accessToken: string): Promise<GraphAnswer<DebuggedToken>>
  getPhoneNumber(
    id: PhoneNumberId,
    accessToken: string,
    fields?: readonly string[],
  ): Promise<GraphAnswer<WirePhoneNumber>>
  listPhoneNumbers(wabaId: WabaId, accessToken: string): Promise<GraphAnswer<WirePhoneNumber[]>>
  subscribedApps(wabaId: WabaId, accessToken: string): Promise<GraphAnswer<SubscribedAppList>>
  now(): Promise<Instant>
}

/** Source: Meta, get-started and access-tokens (read 2026-11). */
export const PERMISSIONS = ['whatsapp_business_messaging', 'whatsapp_business_management'] as const
/** A token that ends sooner is to be renewed. */
const SOON_MS = 7 * DAY_MS
const TOKEN_INVALID = 190

/** What Meta says. Where the token is none, nothing else is asked. */
export async function checkAtMeta(io: CheckSenderIo, number: CheckedNumber): Promise<SenderCheck[]> {
  const { accessToken: token, phoneNumberId: id, wabaId } = number
  const debugged = await io.debugToken(token, token)
  const aboutToken = checkToken(debugged, wabaId, await io.now())
  if (aboutToken.some(({ name, state }) => name === 'token' && state === 'fail')) return aboutToken
  const [node, numbers, health, apps] = await Promise.all([
    io.getPhoneNumber(id, token),
    io.listPhoneNumbers(wabaId, token),
    // By itself: a field that a version does not know spoils the whole answer.
    io.getPhoneNumber(id, token, ['id', 'health_status']),
    io.subscribedApps(wabaId, token),
  ])
  const appId = debugged.kind === 'ok' ? (debugged.value.app_id ?? null) : null
  return [
    ...aboutToken,
    checkNumber(node, id),
    checkAccount(numbers, number),
    ...(health.kind === 'ok' ? checkHealth(health.value.health_status ?? null) : []),
    checkSubscription(apps, appId, number),
  ]
}

function checkToken(answer: GraphAnswer<DebuggedToken>, wabaId: WabaId, now: Instant): SenderCheck[] {
  const field = 'access_token'
  if (answer.kind !== 'ok') {
    // Some tokens may not ask about themselves: what they can do shows below.
    const mayBeGood = answer.kind === 'refused' && answer.error.code !== TOKEN_INVALID
    return [{ name: 'token', state: mayBeGood ? 'warn' : 'fail', text: wordsOf(answer), code: null, values: {}, field }]
  }
  const token = answer.value
  const missing = PERMISSIONS.filter((permission) => !grants(token, permission, wabaId))
  const text =
    missing.length === 0
      ? `It has ${PERMISSIONS.join(' and ')} for account ${wabaId}.`
      : `It lacks ${missing.join(' and ')} for account ${wabaId}: give them to the system user whose token it is, and make a new one.`
  const validity = validityOf(token, now)
  if (validity.state === 'fail') return [{ name: 'token', field, ...validity }]
  return [
    { name: 'token', field, ...validity },
    {
      name: 'permissions',
      state: missing.length === 0 ? 'ok' : 'fail',
      text,
      code: missing.length === 0 ? 'granted' : 'lacking',
      values: { account: wabaId, permissions: (missing.length === 0 ? PERMISSIONS : missing).join(', ') },
      field,
    },
  ]
}

/** Of a token that Meta tells about. */
export function validityOf({ is_valid, expires_at }: DebuggedToken, now: Instant): Omit<SenderCheck, 'name' | 'field'> {
  if (is_valid === false) {
    return { state: 'fail', text: 'Meta says that the token is not valid: set a new one.', code: 'invalid', values: {} }
  }
  if (!expires_at) return { state: 'ok', text: 'The token is valid and never expires.', code: 'lasting', values: {} }
  const until = new Date(expires_at * 1_000)
  const left = until.getTime() - now
  const values = { until: until.toISOString() }
  const text = `The token is valid until ${until.toISOString()}`
  if (left >= SOON_MS) return { state: 'ok', text: `${text}.`, code: 'valid_until', values }
  const cure = "renew it before then, best with a system user's, which need not expire."
  return { state: 'warn', text: `${text}: ${cure}`, code: 'ends_soon', values }
}

/** A granular scope without targets holds for every account. Source: Meta, graph-api debug_token (read 2026-11). */
export function grants(token: DebuggedToken, permission: string, wabaId: WabaId): boolean {
  const granular = token.granular_scopes?.find((one) => one.scope === permission)
  if (granular) return !granular.target_ids || granular.target_ids.includes(wabaId)
  return token.scopes?.includes(permission) ?? false
}

function checkNumber(answer: GraphAnswer<WirePhoneNumber>, id: PhoneNumberId): SenderCheck {
  const about = { name: 'number', field: 'phone_number_id' } as const
  if (answer.kind !== 'ok') {
    const text =
      answer.kind === 'refused'
        ? `Meta shows no number ${id} to this token: ${wordsOf(answer)}. It is the "Phone number ID" of the app's API set-up, not the number's digits.`
        : wordsOf(answer)
    const code = answer.kind === 'refused' ? 'not_shown' : null
    return { ...about, state: 'fail', text, code, values: { number: id, why: wordsOf(answer) } }
  }
  const { display_phone_number: digits, verified_name: name, status, quality_rating: quality } = answer.value
  const called = `This is ${digits ?? id}${name ? ` “${name}”` : ''}`
  const values = { number: digits ?? id, name: name ?? '', status: status ?? '' }
  if (status != null && status !== 'CONNECTED') {
    const text = `${called}; Meta says that it is ${status}, so it may not send.`
    return { ...about, state: 'warn', text, code: 'not_connected', values }
  }
  if (quality === 'RED') {
    const text = `${called}; its quality is low: people block or report what it sends.`
    return { ...about, state: 'warn', text, code: 'low_quality', values }
  }
  return { ...about, state: 'ok', text: `${called}.`, code: 'shown', values }
}

function checkAccount(answer: GraphAnswer<WirePhoneNumber[]>, { wabaId, phoneNumberId }: CheckedNumber): SenderCheck {
  const about = { name: 'account', field: 'waba_id' } as const
  const values = { account: wabaId, number: phoneNumberId }
  if (answer.kind === 'ok') {
    return answer.value.some(({ id }) => id === phoneNumberId)
      ? { ...about, state: 'ok', text: `The number belongs to account ${wabaId}.`, code: 'belongs', values }
      : {
          ...about,
          state: 'fail',
          text: `Number ${phoneNumberId} is none of account ${wabaId}.`,
          code: 'of_another',
          values,
        }
  }
  const text =
    answer.kind === 'refused' ? `Meta shows no account ${wabaId} to this token: ${wordsOf(answer)}` : wordsOf(answer)
  const code = answer.kind === 'refused' ? 'not_shown' : null
  return { ...about, state: 'fail', text, code, values: { ...values, why: wordsOf(answer) } }
}

/** Source: Meta, support/health-status (read 2026-11). */
function checkHealth(health: WireHealth | null): SenderCheck[] {
  const about = { name: 'health', field: null } as const
  const can = health?.can_send_message ?? null
  if (can === null) return []
  if (can === 'AVAILABLE') return [{ ...about, state: 'ok', text: 'Meta lets it send.', code: 'available', values: {} }]
  const troubles = (health?.entities ?? []).flatMap(({ entity_type, errors }) =>
    (errors ?? []).map(({ error_code, error_description, possible_solution }) => {
      const words = [error_description, possible_solution].filter((text) => text != null)
      return `${entity_type ?? 'unknown'} ${error_code ?? ''}${words.length === 0 ? '' : `: ${words.join(' ')}`}`.trim()
    }),
  )
  const what = can === 'BLOCKED' ? 'Meta does not let it send' : 'Meta lets it send with limits'
  const text = `${what}${troubles.length === 0 ? '' : ` (${troubles.join('; ')})`}.`
  const values = { why: troubles.join('; ') }
  if (can === 'BLOCKED') return [{ ...about, state: 'fail', text, code: 'blocked', values }]
  return [{ ...about, state: 'warn', text, code: 'limited', values }]
}

function checkSubscription(
  answer: GraphAnswer<SubscribedAppList>,
  appId: string | null,
  { wabaId, webhookUrl }: CheckedNumber,
): SenderCheck {
  const about = { name: 'subscription', field: 'waba_id' } as const
  if (answer.kind !== 'ok') return { ...about, state: 'fail', text: wordsOf(answer), code: null, values: {} }
  const { data } = answer.value
  const own = ownSubscription(answer.value, appId)
  if (data.length === 0) {
    const text = `No app is subscribed to account ${wabaId}: messages leave, and nothing comes in. Subscribe it.`
    return { ...about, state: 'fail', text, code: 'none', values: { account: wabaId } }
  }
  if (own === null) {
    const names = data.map((app) => app.whatsapp_business_api_data?.name ?? 'an app without a name').join(', ')
    const text = `Other apps are subscribed to account ${wabaId} (${names}), and the one of this token is not: nothing comes in here. Subscribe it.`
    return { ...about, state: 'fail', text, code: 'only_others', values: { account: wabaId, apps: names } }
  }
  const name = own.whatsapp_business_api_data?.name ?? 'The app'
  const to = own.override_callback_uri ?? null
  if (to !== null && webhookUrl !== null && to !== webhookUrl) {
    const text = `${name} is subscribed, and Meta sends the account's webhooks to ${to} and not to ${webhookUrl}.`
    return { ...about, state: 'warn', text, code: 'diverted', values: { app: name, to, expected: webhookUrl } }
  }
  const text = `${name} is subscribed to account ${wabaId}.`
  return { ...about, state: 'ok', text, code: 'subscribed', values: { app: name, account: wabaId } }
}

type Subscription = SubscribedAppList['data'][number]

/** Of the app; where nobody can tell which it is, of the only one there is. Null: none. */
export function ownSubscription({ data }: SubscribedAppList, appId: string | null): Subscription | null {
  const own = data.find((app) => app.whatsapp_business_api_data?.id === appId)
  if (appId !== null && own !== undefined) return own
  const [only] = data
  const isNameless = appId === null || only?.whatsapp_business_api_data?.id == null
  return data.length === 1 && only !== undefined && isNameless ? only : null
}

function wordsOf(answer: Exclude<GraphAnswer<unknown>, { kind: 'ok' }>): string {
  const { message } = refusalOf(answer)
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}`
}
