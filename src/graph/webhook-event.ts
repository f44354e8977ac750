import type { GraphErrorFacts } from '../domain/failure.ts'
import type { Bsuid, PhoneNumberId, WabaId, WaId, Wamid } from '../domain/ids.ts'
import type { Instant } from '../domain/time.ts'

/** Where an event came from. Either id is null when the payload does not carry it; account events have no phone number id. */
export interface WebhookOrigin {
  wabaId: WabaId | null
  phoneNumberId: PhoneNumberId | null
}

/**
 * Everything a payload says about one person. Each part may be missing: the phone number of somebody with a username is only
 * there under conditions, older payloads have no BSUID. Source: Meta, business-scoped-user-ids (read 2026-11).
 */
export interface WebhookIdentity {
  waId: WaId | null
  bsuid: Bsuid | null
  parentBsuid: Bsuid | null
  profileName: string | null
  username: string | null
}

/** How somebody came to the chat: a Click-to-WhatsApp ad or a post. `ctwaClid` is left out for ads in WhatsApp Status. */
export interface Referral {
  sourceType: string | null
  sourceId: string | null
  sourceUrl: string | null
  ctwaClid: string | null
  headline: string | null
}

/** A tap on a button or a list row. A template's quick reply has a payload, an interactive reply an id; `payload` has either. */
export interface ButtonReply {
  payload: string | null
  text: string | null
  id: string | null
}

export interface InboundMessage extends WebhookOrigin {
  kind: 'inbound_message'
  wamid: Wamid
  /** Meta's stamp. Null when it is no plausible time: the message is kept, no window may be computed from it. */
  at: Instant | null
  sender: WebhookIdentity
  /** Set when it was written in a group. A group has a window of its own, so such a message never opens the person's. */
  groupId: string | null
  type: string
  /** Whether this kind of message opens or refreshes the customer service window. */
  opensWindow: boolean
  /** What the person wrote or tapped, for keyword rules; null for media, locations and the like. */
  text: string | null
  /** The words below a picture, a video or a document. */
  caption: string | null
  reply: ButtonReply | null
  referral: Referral | null
  /** The message this one answers. */
  contextWamid: Wamid | null
  body: Record<string, unknown>
}

/**
 * A colleague wrote to the customer with the WhatsApp Business app on the same number (coexistence), and Meta tells us what. It opens no
 * window and is not charged, but it uses the number's throughput and the pair limit. Source: Meta, webhooks/reference/smb_message_echoes
 * (read 2026-11).
 */
/**
 * Conversation Routing: who answers a customer has changed. `control_passed` comes to the new owner, `control_taken` to the former one; that
 * somebody released a conversation is not told. Source: Meta, webhooks/reference/messaging-handovers (read 2026-11).
 */
export interface Handover extends WebhookOrigin {
  kind: 'handover'
  customer: WebhookIdentity
  /** We have the conversation now. */
  toUs: boolean
  at: Instant | null
  body: Record<string, unknown>
}

export interface EchoedMessage extends WebhookOrigin {
  kind: 'echo'
  wamid: Wamid
  at: Instant | null
  recipient: WebhookIdentity
  type: string
  body: Record<string, unknown>
}

export interface CallEvent extends WebhookOrigin {
  kind: 'call'
  callId: string
  /** `connect`, `terminate`, or the status of a call we placed (`RINGING`, `ACCEPTED`, …); Meta's own string. */
  event: string
  direction: 'user_initiated' | 'business_initiated'
  at: Instant | null
  customer: WebhookIdentity
  opensWindow: boolean
  body: Record<string, unknown>
}

export interface Pricing {
  /** `regular`, `free_customer_service`, `free_entry_point`, …; Meta's own string, so that a new one is kept. */
  type: string | null
  category: string | null
  /** To be deprecated by Meta: `type` says the same. */
  billable: boolean | null
  model: string | null
  /** `paid_exempt`: of a government or a non-profit. */
  subtype: string | null
}

export interface ConversationInfo {
  id: string | null
  /** `referral_conversion` marks a free entry point. */
  originType: string | null
  expiresAt: Instant | null
}

export interface StatusEvent extends WebhookOrigin {
  kind: 'status'
  wamid: Wamid
  /** Meta's own string: `sent`, `delivered`, `read`, `played`, `failed` or something new. */
  status: string
  at: Instant | null
  waId: WaId | null
  bsuid: Bsuid | null
  parentBsuid: Bsuid | null
  /** `biz_opaque_callback_data`; see `parseAttemptId`. */
  opaque: string | null
  errors: GraphErrorFacts[]
  pricing: Pricing | null
  conversation: ConversationInfo | null
  body: Record<string, unknown>
}

/** A person changed phone number, or their BSUID was regenerated. Either side may know only one of the two ids. */
export interface NumberChanged extends WebhookOrigin {
  kind: 'number_changed'
  wamid: Wamid | null
  at: Instant | null
  previous: WebhookIdentity
  current: WebhookIdentity
  body: Record<string, unknown>
}

/** In-app stop or resume of marketing (`value`), per business. Source: Meta, webhooks/reference/user_preferences (read 2026-11). */
export interface UserPreference extends WebhookOrigin {
  kind: 'user_preference'
  customer: WebhookIdentity
  category: string | null
  /** `stop`, `resume`, `signup` or something new. */
  value: string
  at: Instant | null
  body: Record<string, unknown>
}

export interface TemplateRef {
  templateId: string | null
  name: string | null
  /** With an underscore as the API writes it (`en_US`), though webhooks come with a hyphen. */
  language: string | null
}

export interface TemplateStatusEvent extends WebhookOrigin, TemplateRef {
  kind: 'template_status'
  /** `APPROVED`, `PAUSED`, `FLAGGED`, …; Meta's own string. */
  status: string
  category: string | null
  reason: string | null
  /** `FIRST_PAUSE`, `SECOND_PAUSE`, `RATE_LIMITING_PAUSE`, `UNPAUSE`, `DISABLED`. */
  title: string | null
  at: Instant | null
  body: Record<string, unknown>
}

export interface TemplateCategoryEvent extends WebhookOrigin, TemplateRef {
  kind: 'template_category'
  /** In force now. */
  category: string | null
  previousCategory: string | null
  /** Announced, not in force yet. */
  upcomingCategory: string | null
  /** From when the announced one counts, where Meta says so. */
  upcomingFrom: Instant | null
  at: Instant | null
  body: Record<string, unknown>
}

export interface TemplateQualityEvent extends WebhookOrigin, TemplateRef {
  kind: 'template_quality'
  quality: string | null
  previousQuality: string | null
  at: Instant | null
  body: Record<string, unknown>
}

/** Its texts or buttons are others now. What they are is read from Meta: a webhook has no variables' examples, and leaves parts out. */
export interface TemplateComponentsEvent extends WebhookOrigin, TemplateRef {
  kind: 'template_components'
  at: Instant | null
  body: Record<string, unknown>
}

/** Meta thinks that a template is of another category. Nothing changes by this. */
export interface TemplateMisfiledEvent extends WebhookOrigin, TemplateRef {
  kind: 'template_misfiled'
  category: string | null
  correctCategory: string | null
  at: Instant | null
  body: Record<string, unknown>
}

export type TemplateEvent =
  | TemplateStatusEvent
  | TemplateCategoryEvent
  | TemplateQualityEvent
  | TemplateComponentsEvent
  | TemplateMisfiledEvent

export interface AccountUpdate extends WebhookOrigin {
  kind: 'account_update'
  event: string
  /** `RESTRICTED_BIZ_INITIATED_MESSAGING` and the like, with their end where Meta names one. */
  restrictions: { type: string; expiresAt: Instant | null }[]
  /** `DISABLE`, `REINSTATE`, `SCHEDULE_FOR_DISABLE`. */
  banState: string | null
  displayPhoneNumber: string | null
  /** A volume tier that the account's portfolio has reached. */
  volumeTier: VolumeTierNews | null
  /** Since when its authentication templates are charged internationally, and since when in countries that have a time of their own. */
  international: InternationalNews | null
  /** Where the business is; ISO 3166-1 alpha-2. */
  homeCountry: string | null
  at: Instant | null
  body: Record<string, unknown>
}

export interface InternationalNews {
  from: Instant
  exceptions: { country: string; from: Instant }[]
}

/** As Meta writes it; the same tier may be told twice, and the earlier time counts. */
export interface VolumeTierNews {
  /** `UTILITY`. */
  category: string
  /** A market: `India`. */
  region: string
  /** `2026-11`. */
  month: string
  /** The first message that costs what the tier says, counted from 1. */
  from: number
  at: Instant | null
}

export interface PhoneQualityUpdate extends WebhookOrigin {
  kind: 'phone_quality'
  displayPhoneNumber: string | null
  event: string | null
  /** Distinct users per rolling 24 h, `Infinity` when unlimited, null when the payload does not say. */
  messagingLimit: number | null
  at: Instant | null
  body: Record<string, unknown>
}

export interface CapabilityUpdate extends WebhookOrigin {
  kind: 'capability_update'
  /** See `PhoneQualityUpdate.messagingLimit`; it counts for the whole business portfolio. */
  messagingLimit: number | null
  at: Instant | null
  body: Record<string, unknown>
}

/** Errors about the account or the subscription, tied to no message. */
export interface AccountErrors extends WebhookOrigin {
  kind: 'account_errors'
  errors: GraphErrorFacts[]
  at: Instant | null
  body: Record<string, unknown>
}

/** A field we do not read. It was verified and is kept. */
export interface UnknownEvent extends WebhookOrigin {
  kind: 'unknown'
  field: string
  value: unknown
}

/** One item that could not be read; its neighbours were. */
export interface MalformedEvent extends WebhookOrigin {
  kind: 'malformed'
  why: string
  value: unknown
}

export type WebhookEvent =
  | InboundMessage
  | EchoedMessage
  | Handover
  | CallEvent
  | StatusEvent
  | NumberChanged
  | UserPreference
  | TemplateEvent
  | AccountUpdate
  | PhoneQualityUpdate
  | CapabilityUpdate
  | AccountErrors
  | UnknownEvent
  | MalformedEvent
