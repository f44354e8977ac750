import { roll } from './random.ts'
import type { ConversationRecord, MessageRecord, MessageStatus } from './records.ts'
import { type PriceFacts, priceMessage, priceOf } from './rules/pricing.ts'
import { isFreeEntryPointOpen, isWindowOpen } from './rules/window.ts'
import { conversationOf, statusUpdate } from './webhooks/payloads.ts'
import type { World } from './world.ts'

/**
 * The life of a message after acceptance, each step reported by webhook:
 *
 *     held ─released─┐
 *     accepted ──────┴─► sent ─► delivered ─► read
 *        └──► failed ◄── held (its template was paused)
 *
 * Steps only go forward, whoever takes them: the timer, a person at the phone page, or a restart.
 */
const RANK: Readonly<Record<MessageStatus, number>> = {
  held: 0,
  accepted: 0,
  sent: 1,
  delivered: 2,
  read: 3,
  failed: 4,
}

/** Schedules the next step of a message by where it stands; also after a restart. */
export function startStatuses(world: World, message: MessageRecord): void {
  const delay = world.knobs.statusDelayMs
  const later = (status: MessageStatus, step: (world: World, message: MessageRecord) => void) =>
    world.scheduler.after(delay, () => {
      if (message.status === status) step(world, message)
    })
  switch (message.status) {
    case 'accepted':
      later('accepted', message.failsWith === null ? markSent : markFailed)
      break
    case 'sent':
      later('sent', markDelivered)
      break
    case 'delivered':
      if (readsByThemselves(world, message)) later('delivered', markRead)
      break
    default:
  }
}

export function markSent(world: World, message: MessageRecord): void {
  const now = world.clock.now()
  const conversation = world.ledger.conversationOf(message)
  const number = world.ledger.numberOf(conversation)
  if (message.freeEntryPointId !== null) {
    // The first answer to an ad. Its window opens at delivery, but Meta already says on `sent` how long it will last.
    conversation.freeEntryPoint = {
      id: message.freeEntryPointId,
      openedAt: isFreeEntryPointOpen(conversation, now) ? now : null,
      expiresAt: now + world.knobs.freeEntryPointMs,
    }
  } else if (isFreeEntryPointOpen(conversation, now)) {
    message.freeEntryPointId = conversation.freeEntryPoint?.id ?? null
  }
  const facts = priceFacts(world, conversation, message.freeEntryPointId !== null)
  if (facts.waba.unpaid && priceOf(message, number, facts).type === 'regular') {
    fateUnpaid(world, message)
    return
  }
  message.pricing = priceMessage(message, number, facts)
  step(world, message, 'sent')
}

/** Nobody pays for it. Once it is accepted, it fails, or it is never heard of again. */
function fateUnpaid(world: World, message: MessageRecord): void {
  if (world.knobs.unpaidMode === 'vanish') return
  message.failsWith = 131042
  markFailed(world, message)
}

/** What the price of a message depends on, now. */
export function priceFacts(world: World, conversation: ConversationRecord, inFreeEntryPoint: boolean): PriceFacts {
  const { ledger, clock, knobs } = world
  const customer = ledger.customerOf(conversation)
  const now = clock.now()
  return {
    waba: ledger.wabaOf(ledger.numberOf(conversation)),
    to: customer.waId ?? customer.userId,
    windowOpen: isWindowOpen(conversation, now),
    inFreeEntryPoint,
    freeServiceMessages: knobs.freeServiceMessages,
    now,
  }
}

/** Stays at `sent` while the customer's phone is off. */
export function markDelivered(world: World, message: MessageRecord): void {
  const conversation = world.ledger.conversationOf(message)
  if (!world.ledger.customerOf(conversation).online) return
  if (message.freeEntryPointId !== null && conversation.freeEntryPoint?.id === message.freeEntryPointId) {
    conversation.freeEntryPoint.openedAt ??= world.clock.now()
  }
  step(world, message, 'delivered')
}

export function markRead(world: World, message: MessageRecord): void {
  step(world, message, 'read')
}

export function markFailed(world: World, message: MessageRecord): void {
  message.failsWith ??= 131000
  step(world, message, 'failed')
}

function step(world: World, message: MessageRecord, status: MessageStatus): void {
  if (RANK[status] <= RANK[message.status]) return
  const now = world.clock.now()
  message.status = status
  message.history.push({ status, at: now })
  const conversation = world.ledger.conversationOf(message)
  const number = world.ledger.numberOf(conversation)
  const value = statusUpdate(number, world.ledger.customerOf(conversation), message, {
    status,
    at: now,
    conversation: conversationOf(message, conversation, status, world.knobs.apiVersionPayload),
    failedWith: status === 'failed' ? message.failsWith : null,
  })
  world.webhooks.report(world.ledger.wabaOf(number), 'messages', value, conversation.key)
  world.changed()
  startStatuses(world, message)
}

function readsByThemselves(world: World, message: MessageRecord): boolean {
  return roll(world.knobs.randomSeed, `read/${message.wamid}`) < world.knobs.readShare
}
