import { GraphError } from './graph-error.ts'
import { chance } from './random.ts'
import type {
  Bubble,
  ConversationRecord,
  CustomerRecord,
  Json,
  MessageRecord,
  NumberRecord,
  TemplateRecord,
} from './records.ts'
import { bubbleOf } from './rules/bubble.ts'
import { hasPairCredit, type RollingDay, spendPairCredit } from './rules/limits.ts'
import { type CheckedMessage, checkMessage } from './rules/message-check.ts'
import { priceOf } from './rules/pricing.ts'
import { digitsOf } from './rules/recipient.ts'
import { isObject } from './rules/shape.ts'
import { expectSendable, fillTemplate } from './rules/template-send.ts'
import { isUnitedStates } from './rules/us-numbers.ts'
import { answersEntryPoint, isFreeEntryPointOpen, isWindowOpen, mayAnswerEntryPoint } from './rules/window.ts'
import { priceFacts, startStatuses } from './statuses.ts'
import type { World } from './world.ts'

export type Endpoint = 'messages' | 'marketing_messages'

export type Accepted = { message: MessageRecord; customer: CustomerRecord; checked: CheckedMessage }

/**
 * Takes one message in or refuses it with a GraphError, by Meta's rules and in this order: shape, account, throughput,
 * template, window, pair limit, messaging limit. Refusals spend nothing. What is accepted gets a wamid and, later, its
 * statuses; it may still fail there, by the rules or, with `scripted`, by a code that somebody asked for.
 */
export function acceptMessage(
  world: World,
  number: NumberRecord,
  body: unknown,
  endpoint: Endpoint,
  scripted: number | null = null,
): Accepted {
  const now = world.clock.now()
  const checked = checkMessage(body)
  expectOwnMedia(world, number, checked)
  expectNoSelf(number, checked)
  if (number.refuseWith !== null) throw new GraphError(number.refuseWith, 'Set on this number in the sandbox.')
  expectThroughput(world, number, now)

  const template = checked.type === 'template' ? findTemplate(world, number, checked, endpoint) : null
  if (!template && endpoint === 'marketing_messages') throw new GraphError(131055, '')
  const bubble = template
    ? fillTemplate(template, contentOf(checked).components)
    : bubbleOf(checked.type, checked.content)

  expectAllowed(number, checked)
  const customer = recipientOf(world, number, checked)
  const conversation = world.ledger.conversation(number, customer)
  const failsWith = scripted ?? failureOf(world, conversation, customer, template, now)
  expectPairCredit(world, conversation, now)
  expectPayment(world, number, conversation, checked, template, endpoint)
  const startsConversation = template !== null && !isWindowOpen(conversation, now)
  const startedToday = world.meters.messagingLimit(world.ledger.wabaOf(number).portfolioId)
  if (startsConversation) expectMessagingLimit(world, startedToday, customer, now)

  if (startsConversation && failsWith === null) startedToday.add(customer.key, now)
  world.meters.throughput(number).add(now)
  spendPairCredit(conversation, world.knobs.pairRefillMs, now)
  const message = file(world, { conversation, customer, checked, template, bubble, failsWith, endpoint, now })
  startStatuses(world, message)
  return { message, customer, checked }
}

function contentOf(checked: CheckedMessage): Json {
  return isObject(checked.content) ? checked.content : {}
}

function expectOwnMedia(world: World, number: NumberRecord, checked: CheckedMessage): void {
  const { id } = contentOf(checked)
  if (!['image', 'video', 'audio', 'document', 'sticker'].includes(checked.type) || typeof id !== 'string') return
  // An uploaded id belongs to the number it was uploaded with. Source: Meta, business-phone-numbers/media (read 2026-11).
  if (world.ledger.media.get(id)?.phoneNumberId !== number.id) {
    throw new GraphError(100, `Media ID ${id} does not exist, has expired, or belongs to another phone number.`)
  }
}

function expectNoSelf(number: NumberRecord, checked: CheckedMessage): void {
  const own = number.displayPhoneNumber.replace(/\D/g, '')
  if (checked.to !== null && digitsOf(checked.to, own) === own) throw new GraphError(131021, '')
}

function expectThroughput(world: World, number: NumberRecord, now: number): void {
  const mps = number.throughputMps ?? world.knobs.throughputMps
  const most = Math.floor(mps * world.knobs.throughputTolerance)
  if (world.meters.throughput(number).countAt(now) >= most) {
    throw new GraphError(
      130429,
      `Message failed to send because the throughput of ${mps} messages per second was reached.`,
    )
  }
}

function findTemplate(world: World, number: NumberRecord, checked: CheckedMessage, endpoint: Endpoint): TemplateRecord {
  const content = contentOf(checked)
  const name = String(content.name)
  const language = String(isObject(content.language) ? content.language.code : '')
  const template = expectSendable(world.ledger.findTemplate(number.wabaId, name, language), name, language)
  if (world.ledger.portfolios.get(world.ledger.wabaOf(number).portfolioId) === 'reviewed') {
    throw new GraphError(132015, 'The business portfolio may not send templates while it is reviewed.')
  }
  if (endpoint === 'marketing_messages' && template.category !== 'MARKETING') throw new GraphError(131055, '')
  if (checked.recipient !== null && template.category === 'AUTHENTICATION') throw new GraphError(131062, '')
  return template
}

/** The list of a test number is compared as it was dialled: the other spelling of the same person is not on it. */
function expectAllowed(number: NumberRecord, checked: CheckedMessage): void {
  if (checked.to === null || number.allowedTo === null || number.allowedTo === undefined) return
  if (!number.allowedTo.includes(digitsOf(checked.to, number.displayPhoneNumber))) {
    throw new GraphError(131030, 'Recipient phone number not in allowed list.')
  }
}

function recipientOf(world: World, number: NumberRecord, checked: CheckedMessage): CustomerRecord {
  if (checked.to !== null) return world.ledger.customerAt(digitsOf(checked.to, number.displayPhoneNumber))
  const userId = checked.recipient as string
  const known = world.ledger.findCustomer(userId)
  // Well-formed but of nobody: accepted like a number without WhatsApp, and reported as undeliverable.
  return known ?? world.ledger.addCustomer({ waId: null, userId, hasWhatsApp: false })
}

/** The code the message will be reported with as `failed`; null when it can be delivered. Throws what is refused at once. */
function failureOf(
  world: World,
  conversation: ConversationRecord,
  customer: CustomerRecord,
  template: TemplateRecord | null,
  now: number,
): number | null {
  if (!template && !isWindowOpen(conversation, now)) {
    if (world.knobs.windowErrorMode === 'webhook') return 131047
    throw new GraphError(
      131047,
      'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
    )
  }
  // Templates are not affected. Source: Meta, conversation-routing (read 2026-11).
  if (!template && conversation.otherResponder) throw new GraphError(131070, 'Another responder has this conversation.')
  if (!customer.hasWhatsApp) return 131026
  if (template?.category === 'MARKETING') {
    if (customer.marketingStopped) return 131050
    const { waId } = customer
    if (world.knobs.usMarketingBlock && waId !== null && isUnitedStates(waId)) return 131049
  }
  const { undeliverableShare, randomSeed } = world.knobs
  return chance(undeliverableShare, randomSeed, `reach/${customer.waId}`) ? 131026 : null
}

function expectPairCredit(world: World, conversation: ConversationRecord, now: number): void {
  if (hasPairCredit(conversation, world.knobs.pairBurst, world.knobs.pairRefillMs, now)) return
  throw new GraphError(
    131056,
    'Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.',
  )
}

/** Of an account without a payment method, where that is refused at once. */
function expectPayment(
  world: World,
  number: NumberRecord,
  conversation: ConversationRecord,
  { type }: CheckedMessage,
  template: TemplateRecord | null,
  endpoint: Endpoint,
): void {
  if (!world.ledger.wabaOf(number).unpaid || world.knobs.unpaidMode !== 'refuse') return
  const now = world.clock.now()
  const free = isFreeEntryPointOpen(conversation, now) || mayAnswerEntryPoint(conversation, now)
  const message = { type, template, marketingApi: endpoint === 'marketing_messages' }
  if (priceOf(message, number, priceFacts(world, conversation, free)).type !== 'regular') return
  throw new GraphError(
    131042,
    'Message failed to send because there were one or more errors related to your payment method.',
  )
}

/** Counts users, not messages: whoever was written to in the last 24 hours may be written to again. */
function expectMessagingLimit(world: World, startedToday: RollingDay, customer: CustomerRecord, now: number): void {
  const { messagingLimit, messagingLimitCode } = world.knobs
  if (messagingLimit === null || startedToday.admits(customer.key, messagingLimit, now)) return
  throw new GraphError(messagingLimitCode, `The messaging limit of ${messagingLimit} users in 24 hours was reached.`)
}

/** For the assessment of its quality, or behind the first batch of its portfolio. */
function isHeld(world: World, template: TemplateRecord | null): boolean {
  if (template === null) return false
  const waba = world.ledger.wabas.get(template.wabaId)
  return template.paced || (waba !== undefined && world.ledger.portfolios.get(waba.portfolioId) === 'paced')
}

function file(
  world: World,
  accepted: {
    conversation: ConversationRecord
    customer: CustomerRecord
    checked: CheckedMessage
    template: TemplateRecord | null
    bubble: Bubble
    failsWith: number | null
    endpoint: Endpoint
    now: number
  },
): MessageRecord {
  const { conversation, customer, checked, template, now } = accepted
  const wamid = world.ids.wamid('out', customer.waId ?? customer.userId)
  const message: MessageRecord = {
    wamid,
    direction: 'out',
    conversationKey: conversation.key,
    at: now,
    type: checked.type,
    bubble: accepted.bubble,
    contextId: checked.type === 'reaction' ? String(contentOf(checked).message_id) : checked.contextId,
    status: accepted.failsWith === null && isHeld(world, template) ? 'held' : 'accepted',
    addressedBy: checked.to === null ? 'user_id' : 'phone',
    opaque: checked.opaque,
    template: template ? { id: template.id, category: template.category } : null,
    marketingApi: accepted.endpoint === 'marketing_messages',
    failsWith: accepted.failsWith,
    pricing: null,
    freeEntryPointId: null,
    history: [{ status: 'accepted', at: now }],
  }
  if (accepted.failsWith === null && answersEntryPoint(conversation, wamid, now)) {
    message.freeEntryPointId = `fep${wamid.slice(-24).replace(/\W/g, '')}`
  }
  conversation.typingUntil = 0
  world.ledger.addMessage(conversation, message)
  world.changed()
  return message
}
