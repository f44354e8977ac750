import { type ActionInput, actionSchemas, SandboxActionError } from './actions.ts'
import { AD_REFERRAL, answerTo } from './answers.ts'
import { bsuidFor } from './identifiers.ts'
import type { Bubble, ConversationRecord, CustomerRecord, Json, MessageRecord, NumberRecord } from './records.ts'
import { enterThroughAd, openWindow, windowExpiresAt } from './rules/window.ts'
import { markDelivered, markRead } from './statuses.ts'
import {
  callEvent,
  inboundMessage,
  onStandby,
  systemMessage,
  systemSender,
  userPreference,
} from './webhooks/payloads.ts'
import type { World } from './world.ts'

/** What a customer sent: its wamid, its stamp (epoch ms) and the window it leaves. */
export type Inbound = { wamid: string; at: number; window_expires_at: number | null }

export type CustomerActions = ReturnType<typeof createCustomerActions>

/** Everything a person can do on their phone. `who` is a wa_id, a BSUID, or our own customer key. */
export function createCustomerActions(world: World) {
  const { ledger } = world

  function customer(who: string): CustomerRecord {
    const digits = who.replace(/^\+/, '')
    const known = ledger.findCustomer(digits)
    if (known) return known
    if (/^\d{7,15}$/.test(digits)) return ledger.customerAt(digits)
    throw new SandboxActionError('unknown', `expected a wa_id or a known BSUID, got '${who}'`)
  }

  function numberFor(phoneNumberId: string | undefined): NumberRecord {
    const number =
      phoneNumberId === undefined ? ledger.numbers.values().next().value : ledger.numbers.get(phoneNumberId)
    if (!number) throw new SandboxActionError('unknown', `no business number has the id '${phoneNumberId ?? ''}'`)
    return number
  }

  function pair(who: string, phoneNumberId: string | undefined) {
    const person = customer(who)
    const number = numberFor(phoneNumberId)
    return { person, number, conversation: ledger.conversation(number, person) }
  }

  /** Files an inbound message, moves the window and reports it. `content` is the wire form: type and its part. */
  function deliver(
    parties: { person: CustomerRecord; number: NumberRecord; conversation: ConversationRecord },
    content: Json & { type: string },
    about: {
      bubble: Partial<Bubble>
      sentAtMs: number | undefined
      contextId?: string | null
      referral?: Json
      onDesktop?: boolean
    },
  ): Inbound {
    const { person, number, conversation } = parties
    const at = Math.floor((about.sentAtMs ?? world.clock.now()) / 1000) * 1000
    const wamid = world.ids.wamid('in', person.waId ?? person.userId)
    const contextId = about.contextId ?? null
    if (opensWindow(content.type, world.knobs.reactionsOpenWindow)) openWindow(conversation, at)
    if (about.referral && !about.onDesktop) enterThroughAd(conversation, at, about.referral)
    world.meters.throughput(number).add(world.clock.now())
    ledger.addMessage(
      conversation,
      inboundRecord(conversation, { wamid, at, type: content.type, contextId }, about.bubble),
    )
    const wire = {
      ...content,
      ...(contextId ? { context: contextOf(number, contextId) } : {}),
      ...(about.referral ? { referral: about.referral } : {}),
    }
    const value = inboundMessage(number, person, { wamid, at, content: wire })
    if (conversation.otherResponder) report(conversation, 'standby', onStandby(value))
    else report(conversation, 'messages', value)
    return { wamid, at, window_expires_at: windowExpiresAt(conversation) }
  }

  function report(conversation: ConversationRecord, field: string, value: Json): void {
    world.webhooks.report(ledger.wabaOf(ledger.numberOf(conversation)), field, value, conversation.key)
    world.changed()
  }

  function contextOf(number: NumberRecord, wamid: string): Json {
    const quoted = ledger.messages.get(wamid)
    const own = number.displayPhoneNumber.replace(/\D/g, '')
    if (!quoted || quoted.direction === 'out') return { from: own, id: wamid }
    return { from: ledger.customerOf(ledger.conversationOf(quoted)).waId ?? own, id: wamid }
  }

  /** The newest message of the business with a button of that label, or the one named. */
  function offering(conversation: ConversationRecord, label: string, wamid: string | undefined) {
    const offers = ledger.thread(conversation).filter((message) => message.direction === 'out' && isOnPhone(message))
    for (const message of offers.reverse()) {
      if (wamid !== undefined && message.wamid !== wamid) continue
      const button = message.bubble.buttons.find((candidate) => candidate.label === label)
      if (button) return { message, button }
    }
    const labels = [...new Set(offers.flatMap((message) => message.bubble.buttons.map((button) => button.label)))]
    throw new SandboxActionError(
      'impossible',
      `nothing on the phone offers '${label}'; it offers [${labels.join(', ')}]`,
    )
  }

  function changePreference(who: string, phoneNumberId: string | undefined, value: 'stop' | 'resume') {
    const { person, number, conversation } = pair(who, phoneNumberId)
    person.marketingStopped = value === 'stop'
    report(conversation, 'user_preferences', userPreference(number, person, value, world.clock.now()))
    return { marketing_stopped: person.marketingStopped }
  }

  return {
    customer,
    pair,

    say(who: string, input: ActionInput<'say'>): Inbound {
      const { text, phone_number_id, sent_at_ms, context_id } = actionSchemas.say.parse(input)
      return deliver(
        pair(who, phone_number_id),
        { type: 'text', text: { body: text } },
        { bubble: { text }, sentAtMs: sent_at_ms, contextId: context_id ?? null },
      )
    },

    /** Any message in its wire form: an image, a location, contacts, an order, an unsupported one. */
    send(who: string, input: ActionInput<'send'>): Inbound {
      const { content, phone_number_id, sent_at_ms, context_id } = actionSchemas.send.parse(input)
      return deliver(pair(who, phone_number_id), content, {
        bubble: { header: `[${content.type}]` },
        sentAtMs: sent_at_ms,
        contextId: context_id ?? null,
      })
    },

    /** Answers the newest template or interactive message that offers a button or row of this label. */
    tap(who: string, input: ActionInput<'tap'>): Inbound {
      const { label, phone_number_id, sent_at_ms, wamid } = actionSchemas.tap.parse(input)
      const parties = pair(who, phone_number_id)
      const { message, button } = offering(parties.conversation, label, wamid)
      const answer = answerTo(button, parties.person)
      if (!answer) throw new SandboxActionError('impossible', `'${label}' leads out of WhatsApp; nothing is sent`)
      return deliver(parties, answer, { bubble: { text: label }, sentAtMs: sent_at_ms, contextId: message.wamid })
    },

    /** The first message of somebody who came through a Click-to-WhatsApp ad. On a desktop no free entry point follows. */
    arriveFromAd(who: string, input: ActionInput<'arriveFromAd'>): Inbound {
      const { phone_number_id, sent_at_ms, device, ...given } = actionSchemas.arriveFromAd.parse(input)
      const text = given.text ?? 'Hello! Can I get more info on this?'
      return deliver(
        pair(who, phone_number_id),
        { type: 'text', text: { body: text } },
        {
          bubble: { header: '[ad]', text },
          sentAtMs: sent_at_ms,
          referral: { ...AD_REFERRAL, ...given.referral },
          onDesktop: device === 'desktop',
        },
      )
    },

    /** An inbound call opens the window whether or not it is answered. */
    call(who: string, input: ActionInput<'call'> = {}): Inbound {
      const { phone_number_id, sent_at_ms, answered } = actionSchemas.call.parse(input)
      const { person, number, conversation } = pair(who, phone_number_id)
      const at = Math.floor((sent_at_ms ?? world.clock.now()) / 1000) * 1000
      const id = world.ids.callId()
      openWindow(conversation, at)
      const text = answered ? 'Voice call' : 'Missed voice call'
      const record = { wamid: id, at, type: 'call', contextId: null }
      ledger.addMessage(conversation, inboundRecord(conversation, record, { header: '[call]', text }))
      report(conversation, 'calls', callEvent(number, person, { at, id, event: 'connect' }))
      const status = answered ? 'COMPLETED' : 'FAILED'
      report(conversation, 'calls', callEvent(number, person, { at, id, event: 'terminate', status }))
      return { wamid: id, at, window_expires_at: windowExpiresAt(conversation) }
    },

    /** Reacts to the newest message of the business, or to the one named. An empty emoji takes a reaction back. */
    react(who: string, input: ActionInput<'react'> = {}): Inbound {
      const { emoji, phone_number_id, sent_at_ms, wamid } = actionSchemas.react.parse(input)
      const parties = pair(who, phone_number_id)
      const target =
        wamid ?? ledger.thread(parties.conversation).findLast((message) => message.direction === 'out')?.wamid
      if (!target) throw new SandboxActionError('impossible', 'there is no message to react to')
      const reaction = { message_id: target, ...(emoji === '' ? {} : { emoji }) }
      return deliver(
        parties,
        { type: 'reaction', reaction },
        { bubble: { text: emoji, header: '[reaction]' }, sentAtMs: sent_at_ms },
      )
    },

    stopMarketing: (who: string, input: ActionInput<'preference'> = {}) =>
      changePreference(who, actionSchemas.preference.parse(input).phone_number_id, 'stop'),

    resumeMarketing: (who: string, input: ActionInput<'preference'> = {}) =>
      changePreference(who, actionSchemas.preference.parse(input).phone_number_id, 'resume'),

    /** Opens the chat: everything delivered in it becomes read. */
    read(who: string, input: ActionInput<'read'> = {}): { read: number } {
      const { conversation } = pair(who, actionSchemas.read.parse(input).phone_number_id)
      const unread = ledger
        .thread(conversation)
        .filter((message) => message.direction === 'out' && message.status === 'delivered')
      for (const message of unread) markRead(world, message)
      return { read: unread.length }
    },

    /** Switches the phone off or on; what waited at `sent` is delivered when it comes back. */
    setOnline(who: string, online: boolean): void {
      const person = customer(who)
      person.online = online
      for (const number of online ? ledger.numbers.values() : []) {
        for (const message of ledger.thread(ledger.conversation(number, person))) {
          if (message.direction === 'out' && message.status === 'sent') markDelivered(world, message)
        }
      }
      world.changed()
    },

    /** The customer moves to another number: new wa_id, new BSUID, same person and windows. Told to whoever they talk to. */
    changeNumber(who: string, input: ActionInput<'changeNumber'>): { wa_id: string; user_id: string } {
      const { wa_id, phone_number_id } = actionSchemas.changeNumber.parse(input)
      const { person } = pair(who, phone_number_id)
      if (ledger.findCustomer(wa_id)) throw new SandboxActionError('impossible', `the number ${wa_id} is taken`)
      const from = systemSender(person)
      const previous = { waId: person.waId, userId: person.userId }
      ledger.retireIds(person)
      person.waId = wa_id
      person.userId = bsuidFor(wa_id)
      ledger.keepCustomer(person)
      const system = {
        body: `User ${person.name} changed from ${previous.waId ?? previous.userId} to ${wa_id}`,
        type: 'user_changed_number',
        wa_id,
        user_id: person.userId,
        previous_user_id: previous.userId,
      }
      const at = world.clock.now()
      for (const number of ledger.numbers.values()) {
        const conversation = ledger.conversations.get(`${number.id}/${person.key}`)
        if (!conversation) continue
        const wamid = world.ids.wamid('in', previous.waId ?? previous.userId)
        report(conversation, 'messages', systemMessage(number, from, { wamid, at, system }))
      }
      return { wa_id, user_id: person.userId }
    },
  }
}

/**
 * Whether a message of this type opens the customer service window. Of reactions and unsupported messages Meta does not say;
 * they follow the knob. Source: Meta, messages/send-messages (read 2026-11).
 */
function opensWindow(type: string, whenInDoubt: boolean): boolean {
  if (['system', 'edit', 'revoke'].includes(type)) return false
  return ['reaction', 'unsupported'].includes(type) ? whenInDoubt : true
}

/** Reached the phone, as far as the customer can see. */
function isOnPhone(message: MessageRecord): boolean {
  return message.status !== 'failed' && message.status !== 'held'
}

function inboundRecord(
  conversation: ConversationRecord,
  message: { wamid: string; at: number; type: string; contextId: string | null },
  bubble: Partial<Bubble>,
): MessageRecord {
  return {
    ...message,
    direction: 'in',
    conversationKey: conversation.key,
    bubble: { header: null, text: '', footer: null, mediaId: null, buttons: [], ...bubble },
    status: 'delivered',
    addressedBy: 'phone',
    opaque: null,
    template: null,
    marketingApi: false,
    failsWith: null,
    pricing: null,
    freeEntryPointId: null,
    history: [],
  }
}
