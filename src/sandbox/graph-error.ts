import type { Json } from './records.ts'

type Known = { http: number; title: string; transient?: true }

/**
 * Titles and HTTP statuses by code. Source: Meta, support/error-codes (read 2026-11); the HTTP statuses are those of its
 * older edition, since the current one lists none.
 */
const KNOWN: Readonly<Record<number, Known>> = {
  0: { http: 401, title: 'AuthException' },
  1: { http: 500, title: 'An unknown error has occurred.' },
  2: { http: 503, title: 'Service temporarily unavailable', transient: true },
  3: { http: 500, title: 'Capability or permissions issue.' },
  4: { http: 400, title: 'Application request limit reached', transient: true },
  10: { http: 403, title: 'Application does not have permission for this action' },
  33: { http: 400, title: 'Parameter value is not valid' },
  100: { http: 400, title: 'Invalid parameter' },
  104: { http: 401, title: 'An access token is required to request this resource.' },
  190: { http: 401, title: 'Invalid OAuth access token - Cannot parse access token' },
  200: { http: 403, title: 'Permissions error' },
  368: { http: 403, title: 'Temporarily blocked for policies violations' },
  2200: { http: 400, title: 'Callback verification failed' },
  2500: { http: 400, title: 'Unknown path components' },
  80007: { http: 400, title: 'Rate limit issues', transient: true },
  80008: { http: 400, title: 'There have been too many calls to this WhatsApp Business account', transient: true },
  130403: { http: 400, title: 'User is blocked by the business' },
  130429: { http: 429, title: 'Rate limit hit' },
  130472: { http: 400, title: "User's number is part of an experiment" },
  130497: { http: 403, title: 'Business account is restricted from messaging users in this country' },
  131000: { http: 500, title: 'Something went wrong' },
  131005: { http: 403, title: 'Access denied' },
  131008: { http: 400, title: 'Required parameter is missing' },
  131009: { http: 400, title: 'Parameter value is not valid' },
  131016: { http: 500, title: 'Service unavailable' },
  131021: { http: 400, title: 'Recipient cannot be sender' },
  131026: { http: 400, title: 'Message undeliverable' },
  131031: { http: 403, title: 'Account has been locked' },
  131037: { http: 400, title: 'Display name approval needed' },
  131042: { http: 400, title: 'Business eligibility payment issue' },
  131045: { http: 500, title: 'Incorrect certificate' },
  131047: { http: 400, title: 'Re-engagement message' },
  131048: { http: 400, title: 'Spam rate limit hit' },
  131049: { http: 400, title: 'This message was not delivered to maintain healthy ecosystem engagement.' },
  131050: { http: 400, title: 'User has stopped receiving marketing messages from this business' },
  131051: { http: 400, title: 'Message type is not currently supported.' },
  131053: { http: 400, title: 'Media upload error' },
  131055: { http: 400, title: 'Only marketing template messages are supported on this API' },
  131056: { http: 400, title: '(Business Account, Consumer Account) pair rate limit hit' },
  131057: { http: 500, title: 'Account in maintenance mode' },
  131070: { http: 400, title: 'Another responder has this conversation' },
  131062: { http: 400, title: 'Business-scoped user ID recipients are not supported for this message' },
  131063: { http: 400, title: 'Marketing templates are disabled on Cloud API for this account' },
  132000: { http: 400, title: 'Number of parameters does not match the expected number of params' },
  132001: { http: 404, title: 'Template name does not exist in the translation' },
  132005: { http: 400, title: 'Translated text too long' },
  132007: { http: 400, title: 'Template format character policy violated' },
  132012: { http: 400, title: 'Parameter format does not match format in the created template' },
  132015: { http: 400, title: 'Template is paused' },
  132016: { http: 400, title: 'Template is disabled' },
  132018: { http: 400, title: 'There was an issue with the parameters in your template.' },
  133010: { http: 400, title: 'Account not registered' },
}

const HELP = 'https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes'

export type GraphErrorExtra = {
  subcode?: number
  http?: number
  message?: string
  userTitle?: string
  userMessage?: string
}

/** A refusal in the Graph API's own words. Thrown anywhere below a route, and answered in one place. */
export class GraphError extends Error {
  readonly code: number
  readonly details: string
  readonly extra: GraphErrorExtra

  constructor(code: number, details: string, extra: GraphErrorExtra = {}) {
    super(extra.message ?? `(#${code}) ${KNOWN[code]?.title ?? 'Unknown error'}`)
    this.code = code
    this.details = details
    this.extra = extra
  }

  get http(): number {
    return this.extra.http ?? KNOWN[this.code]?.http ?? 400
  }

  /** The synchronous form, `{"error": …}`. */
  toBody(traceId: string): Json {
    const { subcode, userTitle, userMessage } = this.extra
    return {
      error: {
        message: this.message,
        type: 'OAuthException',
        code: this.code,
        ...(this.details ? { error_data: { messaging_product: 'whatsapp', details: this.details } } : {}),
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        ...(KNOWN[this.code]?.transient ? { is_transient: true } : {}),
        ...(userTitle ? { is_transient: false, error_user_title: userTitle, error_user_msg: userMessage ?? '' } : {}),
        fbtrace_id: traceId,
      },
    }
  }
}

/** The form in a status webhook's `errors[]`. */
export function statusError(code: number): Json {
  const title = KNOWN[code]?.title ?? 'Unknown error'
  return { code, title, message: title, error_data: { details: STATUS_DETAILS[code] ?? title }, href: `${HELP}/` }
}

const STATUS_DETAILS: Readonly<Record<number, string>> = {
  131026: 'Message Undeliverable.',
  131047:
    'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
  131049: 'In order to maintain a healthy ecosystem engagement, the message failed to be delivered.',
  131050: 'Recipient has chosen to stop receiving marketing messages on WhatsApp from your business',
  132015: 'Template is paused due to low quality so it cannot be sent in a template message.',
}
