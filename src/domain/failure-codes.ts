import type { ClassRule, Cure, FailureClass, Proof } from './failure-class.ts'
import { HOUR_MS, MINUTE_MS } from './time.ts'

/*
 * Graph error code -> failure class, and the sentence an operator reads. Source: Meta, support/error-codes (read 2026-11).
 * HTTP statuses are not used: Meta's page no longer lists them.
 */

export interface FailureEntry extends Partial<ClassRule> {
  class: FailureClass
  /** One sentence for the operator: what happened and what to do. */
  text: string
  cure?: Cure
  proves?: Proof
  /** Where a failure reported by webhook, after Meta had accepted the message, earns fewer attempts. */
  maxAttemptsByWebhook?: number
}

const token = { class: 'account', cure: 'new_token' } as const
const account = { class: 'account', cure: 'operator' } as const
const TOO_MANY_CALLS = 'Too many API calls for now; Casement waits and goes on by itself.'
const PERMISSION =
  'The access token lacks a permission for this number; grant whatsapp_business_messaging and link it again.'
const MAINTENANCE = 'The number is in maintenance, usually a throughput upgrade; Casement goes on in a minute.'
const PARAMETERS = 'The parameters do not fit the approved template; compare number, names and types, then replay.'
const PIN = 'The two-step verification PIN was refused; check it in WhatsApp Manager before registering again.'
const GROUP = 'Meta refused this in a group; Casement writes to single people only.'
const CALL = 'An answer of the Calling API; Casement places no calls.'
const FLOW = 'A problem with a WhatsApp Flow; check it in WhatsApp Manager.'
const EDITING = 'Meta refused the template as written; correct it and submit it again.'

export const FAILURE_CODES = {
  0: { ...token, text: 'Meta does not accept the access token any more; link the sender with a new one.' },
  1: {
    class: 'ambiguous',
    text: 'Meta reports an invalid request or a fault of its own; if it stays, check the message.',
  },
  2: { class: 'transient', text: 'The Graph API is down or overloaded; Casement tries again.' },
  3: { ...account, text: PERMISSION },
  4: { class: 'throttle_account', text: TOO_MANY_CALLS },
  10: { ...account, text: PERMISSION },
  17: { class: 'throttle_account', text: TOO_MANY_CALLS },
  32: { class: 'throttle_account', text: TOO_MANY_CALLS },
  33: { ...account, text: 'The phone number id does not exist or the token cannot see it; check the sender.' },
  100: { class: 'payload', text: 'Meta refused a field of the message; correct it and replay.' },
  102: { ...token, text: 'The session of the access token ended; link the sender with a new one.' },
  104: { ...token, text: 'The request came without a valid access token; link the sender with a new one.' },
  190: { ...token, text: 'The access token expired or was revoked; link the sender with a new one.' },
  192: { class: 'recipient', text: 'Meta does not take this as a phone number; correct it.' },
  368: {
    ...account,
    cure: 'time',
    text: 'Meta restricted the account for a policy violation; see Account Quality and resume the sender after the block.',
  },
  613: { class: 'throttle_account', text: TOO_MANY_CALLS },
  80007: { class: 'throttle_account', text: TOO_MANY_CALLS },
  // Meta counts calls of the management endpoints here and leaves `/messages` out, so it stops no other message.
  // Source: Meta, graph-api rate limits for WhatsApp (read 2026-11).
  80008: { class: 'throttle_account', proves: 'management_limit', text: TOO_MANY_CALLS },
  130403: {
    class: 'recipient',
    reason: 'recipient_blocked',
    finalReason: 'recipient_blocked',
    text: 'This business blocked the person; unblock them to write again.',
  },
  130429: {
    class: 'throttle_sender',
    proves: 'sender_too_fast',
    text: 'The number reached its throughput; Casement slows the whole sender down.',
  },
  // Not charged, and never retried: the person is in the group for as long as the experiment runs.
  130472: {
    class: 'recipient',
    reason: 'capped',
    finalReason: 'capped',
    text: 'The person is in an experiment of Meta that withholds marketing; nothing to do.',
  },
  130497: { class: 'recipient_country', text: 'This account may not write to the country of the recipient.' },
  131000: {
    class: 'transient',
    maxAttempts: 3,
    maxAttemptsByWebhook: 2,
    text: 'Meta failed without saying why; Casement tries again.',
  },
  131005: { ...account, text: PERMISSION },
  131008: { class: 'payload', text: 'The message lacks a required field; add it and replay.' },
  131009: { class: 'payload', text: 'A value of the message is not valid; correct it and replay.' },
  131016: { class: 'transient', text: 'The service is unavailable for a moment; Casement tries again.' },
  131021: { class: 'recipient', text: 'The recipient is the sending number itself.' },
  131026: {
    class: 'recipient',
    proves: 'recipient_unreachable',
    text: 'Undeliverable: no WhatsApp at this number, terms not accepted, or a version too old; use another channel.',
  },
  // Meta's test numbers may write to listed people only. It concerns this one person, so the sender is not restricted for it.
  // The list is compared as it was typed, and Meta adds or drops a digit of Argentine, Mexican and Brazilian numbers.
  131030: {
    class: 'recipient',
    proves: 'spelling_refused',
    text: 'A test number writes only to people on its list; add the recipient in the app dashboard.',
  },
  131031: { ...account, text: 'Meta locked the account; see Account Quality, then resume the sender.' },
  131037: { ...account, text: 'The number has no approved display name; set one in WhatsApp Manager, then resume.' },
  131042: {
    ...account,
    reason: 'payment_missing',
    text: 'Meta reports a payment problem; add or correct the payment method in Business settings.',
  },
  131044: { class: 'feature', text: 'Meta reports a payment problem of the Calling API; messages are not concerned.' },
  131045: { ...account, text: 'The number is not registered correctly; register it again, then resume.' },
  131047: {
    class: 'window_closed',
    text: 'The customer service window was closed: more than 24 hours since the customer last wrote to this number.',
  },
  131048: {
    ...account,
    cure: 'time',
    text: 'Too many people blocked or reported this number; write less, wait some hours, then resume the sender.',
  },
  131049: {
    class: 'recipient_later',
    text: 'Meta limits marketing to this person for now; Casement tries once more after a day.',
  },
  131050: {
    class: 'recipient_marketing',
    text: 'The person stopped marketing from this business; utility messages may still go.',
  },
  131051: { class: 'payload', text: 'Meta does not support this type of message; use another.' },
  131052: { class: 'not_a_send', text: 'Meta could not download media that a customer sent.' },
  131053: {
    class: 'media',
    text: 'Meta could not take the media; check address, type and size, or upload it and send its id.',
  },
  131055: { class: 'route', text: 'Only marketing templates may go through the marketing endpoint.' },
  131056: { class: 'throttle_pair', text: 'Too many messages to this person in a short time; Casement waits.' },
  131057: { class: 'throttle_sender', minDelayMs: MINUTE_MS, text: MAINTENANCE },
  131058: { class: 'payload', text: 'The hello_world template may only be sent from a test number; use your own.' },
  131059: { class: 'not_a_send', text: GROUP },
  131060: { class: 'not_a_send', text: 'Meta could not hand over a message a customer sent.' },
  131061: { class: 'route', text: 'The template has a maximum price; it has to go through the marketing endpoint.' },
  131062: { class: 'route', text: 'This template cannot go to a business-scoped user id; the phone number is needed.' },
  131063: { class: 'route', text: 'This account sends marketing through the marketing endpoint only.' },
  // Free-form replies are not concerned, so it delays templates and does not restrict the sender.
  131064: {
    class: 'messaging_limit',
    reason: 'utility_restricted',
    finalReason: 'utility_restricted',
    text: 'Meta limits templates of this account for wrong categories; it ends by itself, check the categories.',
  },
  131065: {
    class: 'route',
    text: 'A maximum price is not available in the country of the recipient; send without one.',
  },
  131070: {
    class: 'responder',
    text: 'Another responder, such as Meta Business Agent, has this conversation; Casement looks again every 15 minutes.',
  },
  132000: { class: 'template_parameters', text: PARAMETERS },
  132001: {
    class: 'template',
    reason: 'template_unknown',
    finalReason: 'template_unknown',
    text: 'No approved template of this name in this language; check both, sync the templates, then replay.',
  },
  132005: { class: 'template_parameters', text: 'The text with its parameters is too long; shorten the values.' },
  132007: { class: 'template', text: 'The template violates a policy of Meta; change it and submit it again.' },
  132008: { class: 'template_parameters', text: PARAMETERS },
  132012: { class: 'template_parameters', text: PARAMETERS },
  132015: {
    class: 'template',
    proves: 'template_paused',
    retry: 'after_event',
    reason: 'template_paused',
    finalReason: 'template_paused',
    maxAttempts: Number.POSITIVE_INFINITY,
    text: 'Meta paused the template for its quality; the message waits until it is resumed.',
  },
  132016: {
    class: 'template',
    proves: 'template_disabled',
    text: 'Meta disabled the template for good; make a new one.',
  },
  132018: { class: 'template_parameters', text: PARAMETERS },
  132021: {
    class: 'template',
    text: 'Another template has the name that a message without one was to be filed under; give it another name.',
  },
  132068: { class: 'template', text: 'Meta blocked the Flow of this message; correct the Flow, then replay.' },
  132069: {
    class: 'template_later',
    minDelayMs: HOUR_MS,
    text: 'Meta throttles the Flow of this message to ten an hour; correct the Flow, Casement tries again in an hour.',
  },
  134011: { class: 'feature', text: 'The WhatsApp Payments terms are not accepted; accept them, then replay.' },
  134100: { class: 'route', text: 'Only marketing templates may go through the marketing endpoint.' },
  134101: {
    class: 'template_later',
    reason: 'template_pending',
    text: 'The template is still being synchronised; Casement tries again in ten minutes.',
  },
  134102: { class: 'feature', text: 'The template or the account cannot use the marketing endpoint.' },
  135000: { class: 'payload', text: 'Meta found a fault in the message and does not say which; check it and replay.' },
  137000: { class: 'identity', text: 'The identity of this person changed; confirm it, then replay.' },
  139200: { class: 'feature', text: 'Direct Send is restricted for this account; use templates.' },
  2494100: { class: 'throttle_sender', minDelayMs: MINUTE_MS, text: MAINTENANCE },

  // Registration
  133000: { class: 'not_a_send', text: 'An earlier deregistration of the number did not finish; deregister it again.' },
  133004: { class: 'transient', text: 'The registration server is busy; Casement tries again.' },
  133005: { class: 'not_a_send', text: PIN },
  133006: { class: 'not_a_send', text: 'The number must be verified before it is registered.' },
  133008: { class: 'not_a_send', text: PIN },
  133009: { class: 'not_a_send', text: PIN },
  133010: { ...account, text: 'The number is not registered with the Cloud API; register it, then resume the sender.' },
  133015: { class: 'not_a_send', text: 'The number was deleted moments ago; wait five minutes before registering it.' },
  133016: { class: 'not_a_send', text: 'Registered too often; Meta takes the next registration after 72 hours.' },
  136024: { class: 'not_a_send', text: 'The number is verified already.' },

  // Templates: answers of the editing endpoints, some of them as a subcode of 100
  200002: { class: 'not_a_send', text: EDITING },
  200005: { class: 'not_a_send', text: 'Template insights are not available.' },
  200006: { class: 'not_a_send', text: 'Template insights are on already and cannot be switched off.' },
  200007: { class: 'not_a_send', text: 'Template insights are not switched on.' },
  2388019: { class: 'not_a_send', text: 'The account has as many templates as Meta allows; delete some.' },
  2388024: { class: 'not_a_send', text: 'A template of this name exists in this language; choose another name.' },
  2388039: { class: 'not_a_send', text: 'A template in this status cannot be edited.' },
  2388040: { class: 'not_a_send', text: 'A text of the template is too long; shorten it.' },
  2388047: { class: 'not_a_send', text: 'The header of the template is not well formed; correct it.' },
  2388072: { class: 'not_a_send', text: 'The body of the template is not well formed; correct it.' },
  2388073: { class: 'not_a_send', text: 'The footer of the template is not well formed; correct it.' },
  2388293: { class: 'not_a_send', text: 'Too many variables for so short a template; add words or drop variables.' },
  2388299: { class: 'not_a_send', text: 'A template may neither begin nor end with a variable; add words.' },

  // Coexistence, migration and onboarding
  2593107: { class: 'not_a_send', text: 'The synchronisation with the WhatsApp Business app was asked for too often.' },
  2593108: { class: 'not_a_send', text: 'The synchronisation with the WhatsApp Business app came too late.' },
  2388012: { class: 'not_a_send', text: 'The number cannot be moved to this account as it is.' },
  2388091: { class: 'not_a_send', text: 'The number cannot be moved to this account as it is.' },
  2388093: { class: 'not_a_send', text: 'The number cannot be moved to this account as it is.' },
  2388103: { class: 'not_a_send', text: 'The number cannot be moved to this account as it is.' },
  1752041: { class: 'not_a_send', text: 'The invitation to the marketing endpoint was sent already.' },

  // Blocked users, usernames
  139100: { class: 'not_a_send', text: 'Not every person of the list could be blocked.' },
  139101: { class: 'not_a_send', text: 'The list of blocked people is full.' },
  139102: { class: 'not_a_send', text: 'The list of blocked people was changed at the same time; try again.' },
  139103: { class: 'not_a_send', text: 'Meta could not change the list of blocked people; try again.' },
  147001: { class: 'not_a_send', text: 'This username is taken.' },
  147002: { class: 'not_a_send', text: 'The messaging limit of the portfolio is too low for a username.' },
  147003: {
    class: 'not_a_send',
    text: 'This username belongs to a Facebook or Instagram account; link that account first.',
  },
  147004: {
    class: 'not_a_send',
    text: 'This username belongs to a Facebook or Instagram account; link that account first.',
  },
  147005: { class: 'not_a_send', text: 'This username stands at another number; ask for its transfer.' },
} as const satisfies Record<number, FailureEntry>

/** The codes this version knows by name. */
export type KnownCode = keyof typeof FAILURE_CODES

interface CodeRange {
  from: number
  to: number
  entry: FailureEntry
}

/** Families of codes that share one meaning for us. The table above wins over them. */
export const FAILURE_RANGES: readonly CodeRange[] = [
  { from: 200, to: 299, entry: { ...account, text: PERMISSION } },
  { from: 131020, to: 131020, entry: { class: 'not_a_send', text: GROUP } },
  { from: 131041, to: 131041, entry: { class: 'not_a_send', text: GROUP } },
  { from: 131201, to: 131215, entry: { class: 'not_a_send', text: GROUP } },
  { from: 138000, to: 138999, entry: { class: 'not_a_send', text: CALL } },
  { from: 139000, to: 139004, entry: { class: 'not_a_send', text: FLOW } },
]
