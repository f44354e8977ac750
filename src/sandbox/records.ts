/**
 * What the sandbox remembers. Times are epoch milliseconds of sandbox time unless a name says otherwise.
 * Records are plain data, so that a snapshot is `JSON.stringify`.
 */
export type Json = Record<string, unknown>

export type TokenRecord = {
  token: string
  appId: string
  userId: string
  /** WABAs this token may touch; null means every one. */
  wabaIds: string[] | null
  scopes: string[]
  expiresAt: number | null
  revoked: boolean
}

export type WabaRecord = {
  id: string
  name: string
  portfolioId: string
  currency: string
  subscribed: boolean
  /** Overrides the sandbox's own webhook url for this WABA. */
  callbackUrl: string | null
  /** Meta's number of its zone. */
  timezoneId?: string
  /** ISO 3166-1 alpha-2. */
  homeCountry?: string
  /** Since when its authentication templates cost what they cost to other countries; seconds since 1970. */
  authInternational?: AuthInternational
  /** There is no payment method: what is charged is not delivered. */
  unpaid?: boolean
}

export type AuthInternational = {
  start_time: number
  exception_countries: { country_code: string; start_time: number }[]
}

/** A business phone number: the sender of messages, addressed by its `phone_number_id`. */
export type NumberRecord = {
  id: string
  wabaId: string
  displayPhoneNumber: string
  verifiedName: string
  /** Null: as the knob says. */
  throughputMps: number | null
  qualityRating: 'GREEN' | 'YELLOW' | 'RED' | 'UNKNOWN'
  /** While set, every send from this number is refused with this code: locked, restricted, unpaid, in maintenance. */
  refuseWith: number | null
  /** A test number: the spellings it may write to, digits. Null: everybody. */
  allowedTo: string[] | null
  /** Service messages priced so far in `month` (`2026-11`), for the free tier. */
  serviceMonth: { month: string; count: number }
}

export type TemplateCategory = 'MARKETING' | 'UTILITY' | 'AUTHENTICATION'

export type TemplateStatus =
  | 'APPROVED'
  | 'PENDING'
  | 'REJECTED'
  | 'PAUSED'
  | 'DISABLED'
  | 'IN_APPEAL'
  | 'PENDING_DELETION'
  | 'DELETED'
  | 'LIMIT_EXCEEDED'
  | 'ARCHIVED'

export type TemplateButton = Json & { type: string; text?: string; url?: string }

export type TemplateComponent = Json & { type: string; format?: string; text?: string; buttons?: TemplateButton[] }

export type TemplateRecord = {
  id: string
  wabaId: string
  name: string
  language: string
  category: TemplateCategory
  status: TemplateStatus
  parameterFormat: 'NAMED' | 'POSITIONAL'
  components: TemplateComponent[]
  quality: 'GREEN' | 'YELLOW' | 'RED' | 'UNKNOWN'
  rejectedReason: string
  previousCategory: TemplateCategory | null
  correctCategory: TemplateCategory | null
  ttlSeconds: number | null
  /** While true, sends are held for quality assessment instead of going out. */
  paced: boolean
  /** Pauses for its quality so far. */
  strikes?: number
  /** Of a pause that ends by itself. */
  pausedUntil?: number | null
  /** When an announced category will count. */
  categoryChangesAt?: number | null
  /** When its content was edited while it was approved. */
  editedAt?: number[]
  createdAt: number
  updatedAt: number
}

export type CustomerRecord = {
  /** Ours, stable while the person changes numbers. */
  key: string
  /** Digits. Null for a user known by BSUID only. */
  waId: string | null
  /** BSUID. One value for the whole sandbox: Meta's is scoped to the portfolio, and the sandbox seldom has two. */
  userId: string
  name: string
  username: string | null
  hasWhatsApp: boolean
  /** Webhooks omit `from` and `wa_id`, as for users with a username who are no acquaintances. */
  phoneHidden: boolean
  marketingStopped: boolean
  /** While false, messages stay at `sent`. */
  online: boolean
  /** Other spellings of the number that reach the same person (a Brazilian ninth digit, a Mexican 1). */
  aliases: string[]
}

export type EntryPoint = {
  enteredAt: number
  referral: Json
  /** Wamid of the business's first answer, sent in time; null until there is one. */
  answeredBy: string | null
}

export type FreeEntryPoint = { id: string; openedAt: number | null; expiresAt: number }

/** The pair of one business number and one customer; windows and the pair limit belong to it. */
export type ConversationRecord = {
  key: string
  phoneNumberId: string
  customerKey: string
  /** Stamp of the customer's last message or call, cut to whole seconds as webhooks carry it. */
  lastInboundAt: number | null
  entryPoint: EntryPoint | null
  freeEntryPoint: FreeEntryPoint | null
  /** When the pair bucket will be full again (theoretical arrival time of the cell-rate algorithm). */
  pairFullAt: number
  /** The customer sees the business typing until then. */
  typingUntil: number
  /** Another responder has the customer (Conversation Routing): service messages of ours are refused. */
  otherResponder: boolean
  wamids: string[]
}

export type OfferedButton =
  | { kind: 'quick_reply'; label: string; payload: string }
  | { kind: 'reply'; label: string; id: string }
  | { kind: 'row'; label: string; id: string; description: string | null }
  | { kind: 'url'; label: string; url: string }
  | { kind: 'flow' | 'location_request' | 'contact_request' | 'call_permission' | 'call' | 'copy_code'; label: string }

/** What the customer's phone shows. */
export type Bubble = {
  header: string | null
  text: string
  footer: string | null
  mediaId: string | null
  buttons: OfferedButton[]
}

export type MessageStatus = 'accepted' | 'held' | 'sent' | 'delivered' | 'read' | 'failed'

export type Pricing = { billable: boolean; pricing_model: 'PMP'; type: string; category: string }

export type MessageRecord = {
  wamid: string
  direction: 'out' | 'in'
  conversationKey: string
  at: number
  type: string
  bubble: Bubble
  /** The wamid this message quotes. */
  contextId: string | null
  /** Outbound: where it stands. Inbound: `delivered`, or `read` after the business sent a read receipt. */
  status: MessageStatus
  /** Outbound only, from here on. */
  addressedBy: 'phone' | 'user_id'
  opaque: string | null
  template: { id: string; category: TemplateCategory } | null
  marketingApi: boolean
  /** Code the message will fail with; null when it will be delivered. */
  failsWith: number | null
  /** Set when the first status is reported. */
  pricing: Pricing | null
  freeEntryPointId: string | null
  history: { status: string; at: number }[]
}

export type MediaRecord = {
  id: string
  phoneNumberId: string
  mimeType: string
  sha256: string
  bytes: Buffer
  uploadedAt: number
}

/** A session of the Resumable Upload API; forgotten at a restart. */
export type UploadRecord = { appId: string; type: string; bytes: number }

/** One line of the ledger: a POST to `/messages` or `/marketing_messages`, in order of arrival. */
export type SendRecord = {
  seq: number
  /** ISO 8601, sandbox time. */
  at: string
  endpoint: 'messages' | 'marketing_messages'
  phone_number_id: string
  to: string | null
  recipient: string | null
  type: string | null
  body: unknown
  wamid: string | null
  opaque: string | null
  /** The customer service window as the sandbox saw it on arrival. */
  window_open: boolean
  outcome: 'accepted' | 'refused'
  /** Graph's code of a refusal, or of the failure that will be reported later; null otherwise. */
  code: number | null
  /** The scripted fault this call met. */
  fault: string | null
}
