import { bsuidFor, type Identifiers } from './identifiers.ts'
import type {
  ConversationRecord,
  CustomerRecord,
  MediaRecord,
  MessageRecord,
  NumberRecord,
  SendRecord,
  TemplateRecord,
  TokenRecord,
  UploadRecord,
  WabaRecord,
} from './records.ts'
import type { CustomerSeed, SandboxSeed, TemplateSeed } from './seed.ts'

const ALL_SCOPES = ['whatsapp_business_management', 'whatsapp_business_messaging']

/** Customers kept at the top of the phone page's list. */
const RECENT_CUSTOMERS = 200

/** What grows with traffic is forgotten oldest first beyond these numbers. */
export type LedgerCapacity = { messages: number; sends: number }

/** The sandbox's whole memory. It stores and finds; the rules live elsewhere. */
export class Ledger {
  readonly tokens = new Map<string, TokenRecord>()
  readonly wabas = new Map<string, WabaRecord>()
  readonly numbers = new Map<string, NumberRecord>()
  readonly templates = new Map<string, TemplateRecord>()
  /** Portfolios that are paced, or reviewed after a drop; forgotten at a restart. */
  readonly portfolios = new Map<string, 'paced' | 'reviewed'>()
  /** Until when a name is locked, by account, name and language: of approved templates that were deleted. */
  readonly lockedNames = new Map<string, number>()
  readonly media = new Map<string, MediaRecord>()
  /** Sessions of the Resumable Upload API that wait for their bytes. */
  readonly uploads = new Map<string, UploadRecord>()
  readonly customers = new Map<string, CustomerRecord>()
  readonly conversations = new Map<string, ConversationRecord>()
  readonly messages = new Map<string, MessageRecord>()
  /** Former numbers of customers who moved to another; nobody answers there. */
  readonly retiredWaIds = new Set<string>()

  readonly #byWaId = new Map<string, CustomerRecord>()
  readonly #byUserId = new Map<string, CustomerRecord>()
  readonly #recent = new Map<string, CustomerRecord>()
  readonly #sends: SendRecord[] = []
  readonly #capacity: LedgerCapacity
  #onSend: ((send: SendRecord) => void)[] = []
  #seq = 0

  constructor(capacity: LedgerCapacity) {
    this.#capacity = capacity
  }

  get seq(): number {
    return this.#seq
  }

  // Customers

  /** By wa_id (or another spelling of it), BSUID, or our own key. */
  findCustomer(id: string): CustomerRecord | null {
    return this.#byWaId.get(id) ?? this.#byUserId.get(id) ?? this.customers.get(id) ?? null
  }

  /** The owner of a number. A number never heard of gets one: in the sandbox everybody has WhatsApp unless seeded otherwise. */
  customerAt(waId: string): CustomerRecord {
    return this.#byWaId.get(waId) ?? this.addCustomer({ waId, hasWhatsApp: !this.retiredWaIds.has(waId) })
  }

  addCustomer(seed: CustomerSeed): CustomerRecord {
    const { waId } = seed
    const userId = seed.userId ?? (waId === null ? null : bsuidFor(waId))
    if (userId === null) throw new TypeError('expected a userId for a customer without a number')
    const customer: CustomerRecord = {
      key: `c${this.customers.size + 1}`,
      waId,
      userId,
      name: seed.name ?? (waId === null ? userId : `Customer ${waId.slice(-4)}`),
      username: seed.username ?? null,
      hasWhatsApp: seed.hasWhatsApp ?? true,
      phoneHidden: seed.phoneHidden ?? waId === null,
      marketingStopped: false,
      online: true,
      aliases: seed.aliases ?? [],
    }
    this.keepCustomer(customer)
    return customer
  }

  /** Files a customer under every id; call it again after an id changed. */
  keepCustomer(customer: CustomerRecord): void {
    this.customers.set(customer.key, customer)
    this.#byUserId.set(customer.userId, customer)
    if (customer.waId !== null) this.#byWaId.set(customer.waId, customer)
    for (const alias of customer.aliases) this.#byWaId.set(alias, customer)
    this.touchCustomer(customer)
  }

  /** Takes the ids of a customer who is about to get new ones out of the books. */
  retireIds(customer: CustomerRecord): void {
    this.#byUserId.delete(customer.userId)
    for (const waId of [customer.waId, ...customer.aliases]) {
      if (waId === null) continue
      this.#byWaId.delete(waId)
      this.retiredWaIds.add(waId)
    }
    customer.aliases = []
  }

  /** Empties the address book, for a snapshot to fill it. */
  forgetCustomers(): void {
    for (const book of [this.customers, this.#byWaId, this.#byUserId, this.#recent]) book.clear()
  }

  touchCustomer(customer: CustomerRecord): void {
    this.#recent.delete(customer.key)
    this.#recent.set(customer.key, customer)
    if (this.#recent.size > RECENT_CUSTOMERS) {
      const oldest = this.#recent.keys().next().value
      if (oldest !== undefined) this.#recent.delete(oldest)
    }
  }

  /** The last to have written or been written to, newest first. */
  recentCustomers(): CustomerRecord[] {
    return [...this.#recent.values()].reverse()
  }

  // Conversations and messages

  conversation(number: NumberRecord, customer: CustomerRecord): ConversationRecord {
    const key = `${number.id}/${customer.key}`
    const known = this.conversations.get(key)
    if (known) return known
    const conversation: ConversationRecord = {
      key,
      phoneNumberId: number.id,
      customerKey: customer.key,
      lastInboundAt: null,
      entryPoint: null,
      freeEntryPoint: null,
      pairFullAt: 0,
      typingUntil: 0,
      otherResponder: false,
      wamids: [],
    }
    this.conversations.set(key, conversation)
    return conversation
  }

  conversationOf(message: MessageRecord): ConversationRecord {
    return found(this.conversations.get(message.conversationKey), message.conversationKey)
  }

  customerOf(conversation: ConversationRecord): CustomerRecord {
    return found(this.customers.get(conversation.customerKey), conversation.customerKey)
  }

  numberOf(conversation: ConversationRecord): NumberRecord {
    return found(this.numbers.get(conversation.phoneNumberId), conversation.phoneNumberId)
  }

  wabaOf(number: NumberRecord): WabaRecord {
    return found(this.wabas.get(number.wabaId), number.wabaId)
  }

  addMessage(conversation: ConversationRecord, message: MessageRecord): void {
    this.messages.set(message.wamid, message)
    conversation.wamids.push(message.wamid)
    if (this.messages.size > this.#capacity.messages) this.#forgetOldestMessage()
    this.touchCustomer(this.customerOf(conversation))
  }

  /** Oldest first. */
  thread(conversation: ConversationRecord): MessageRecord[] {
    return conversation.wamids.map((wamid) => this.messages.get(wamid)).filter((message) => message !== undefined)
  }

  #forgetOldestMessage(): void {
    const oldest = this.messages.values().next().value
    if (!oldest) return
    this.messages.delete(oldest.wamid)
    // Messages are forgotten in the order they were added, so within its conversation this one comes first.
    this.conversationOf(oldest).wamids.shift()
  }

  // The record of sends

  recordSend(send: Omit<SendRecord, 'seq'>): SendRecord {
    this.#seq += 1
    const record = { seq: this.#seq, ...send }
    this.#sends.push(record)
    for (const wake of this.#onSend.splice(0)) wake(record)
    // Trimmed in bulk: shifting one element of a large array per send would be quadratic.
    if (this.#sends.length > this.#capacity.sends * 1.25) {
      this.#sends.splice(0, this.#sends.length - this.#capacity.sends)
    }
    return record
  }

  /** Sends after `since`, oldest first, at most `limit`. */
  sendsAfter(since: number, limit: number): SendRecord[] {
    const first = this.#sends[0]
    if (!first) return []
    const start = Math.max(0, since - first.seq + 1)
    return this.#sends.slice(start, start + limit)
  }

  nextSend(): Promise<SendRecord> {
    return new Promise((resolve) => this.#onSend.push(resolve))
  }

  restoreSends(seq: number, sends: SendRecord[]): void {
    this.#seq = seq
    this.#sends.splice(0, this.#sends.length, ...sends)
  }

  // Accounts

  plant(seed: SandboxSeed, ids: Identifiers, now: number): void {
    for (const waba of seed.wabas) this.addWaba(waba)
    for (const number of seed.numbers) this.addNumber(number)
    for (const token of seed.tokens) this.addToken(token)
    for (const template of seed.templates) this.addTemplate(template, ids, now)
    for (const customer of seed.customers) this.addCustomer(customer)
  }

  addWaba(seed: SandboxSeed['wabas'][number]): WabaRecord {
    const waba: WabaRecord = {
      id: seed.id,
      name: seed.name ?? `Business ${seed.id}`,
      portfolioId: seed.portfolioId ?? `5${seed.id}`,
      currency: 'USD',
      subscribed: true,
      callbackUrl: null,
    }
    this.wabas.set(waba.id, waba)
    return waba
  }

  /** Adds its WABA too when that is new. */
  addNumber(seed: SandboxSeed['numbers'][number]): NumberRecord {
    if (!this.wabas.has(seed.wabaId)) this.addWaba({ id: seed.wabaId })
    const number: NumberRecord = {
      id: seed.id,
      wabaId: seed.wabaId,
      displayPhoneNumber: seed.displayPhoneNumber,
      verifiedName: seed.verifiedName ?? `Business ${seed.id}`,
      throughputMps: seed.throughputMps ?? null,
      qualityRating: 'GREEN',
      refuseWith: null,
      allowedTo: null,
      serviceMonth: { month: '', count: 0 },
    }
    this.numbers.set(number.id, number)
    return number
  }

  addToken(seed: SandboxSeed['tokens'][number] & { expiresAt?: number | null }): TokenRecord {
    const token: TokenRecord = {
      token: seed.token,
      appId: '670843887433847',
      userId: '122102890700047533',
      wabaIds: seed.wabaIds ?? null,
      scopes: seed.scopes ?? [...ALL_SCOPES],
      expiresAt: seed.expiresAt ?? null,
      revoked: false,
    }
    this.tokens.set(token.token, token)
    return token
  }

  addTemplate(seed: TemplateSeed, ids: Identifiers, now: number): TemplateRecord {
    const template: TemplateRecord = {
      id: seed.id ?? ids.graphId(),
      wabaId: seed.wabaId,
      name: seed.name,
      language: seed.language,
      category: seed.category,
      status: seed.status ?? 'APPROVED',
      parameterFormat: seed.parameterFormat ?? 'POSITIONAL',
      components: structuredClone(seed.components),
      quality: 'UNKNOWN',
      rejectedReason: 'NONE',
      previousCategory: null,
      correctCategory: null,
      ttlSeconds: null,
      paced: false,
      createdAt: now,
      updatedAt: now,
    }
    this.templates.set(template.id, template)
    return template
  }

  templatesOf(wabaId: string): TemplateRecord[] {
    return [...this.templates.values()].filter((template) => template.wabaId === wabaId)
  }

  findTemplate(wabaId: string, name: string, language: string): TemplateRecord | null {
    for (const template of this.templates.values()) {
      if (template.wabaId === wabaId && template.name === name && template.language === language) return template
    }
    return null
  }
}

function found<T>(record: T | undefined, id: string): T {
  if (!record) throw new Error(`the sandbox lost the record of ${id}`)
  return record
}
