import { type ActionInput, actionSchemas } from './actions.ts'
import type { CustomerActions } from './customers.ts'
import type { ConversationRecord, MessageRecord } from './records.ts'
import { spendPairCredit } from './rules/limits.ts'
import { echoedMessage, handover } from './webhooks/payloads.ts'
import type { World } from './world.ts'

/**
 * Who else may answer a customer from the same number: a colleague with the phone app (coexistence), and another responder, such as Meta's
 * own agent (Conversation Routing). Source: Meta, webhooks/reference/smb_message_echoes and messaging_handovers (read 2026-11).
 */
export function createColleagueActions(world: World, customers: CustomerActions) {
  const { ledger } = world

  function report(conversation: ConversationRecord, field: string, value: Record<string, unknown>): void {
    world.webhooks.report(ledger.wabaOf(ledger.numberOf(conversation)), field, value, conversation.key)
    world.changed()
  }

  return {
    /** A colleague writes from the phone app. Needs no open window, costs nothing, and uses throughput and the pair limit. */
    writes(who: string, input: ActionInput<'colleague'>): { wamid: string; at: number } {
      const { text, phone_number_id, sent_at_ms } = actionSchemas.colleague.parse(input)
      const { person, number, conversation } = customers.pair(who, phone_number_id)
      const at = Math.floor((sent_at_ms ?? world.clock.now()) / 1000) * 1000
      const wamid = world.ids.wamid('out', person.waId ?? person.userId)
      world.meters.throughput(number).add(world.clock.now())
      spendPairCredit(conversation, world.knobs.pairRefillMs, at)
      ledger.addMessage(conversation, outsideRecord(conversation, wamid, at, text))
      report(conversation, 'smb_message_echoes', echoedMessage(number, person, { wamid, at, text }))
      return { wamid, at }
    },

    /** Another responder takes the customer over: service messages are refused with 131070, and theirs come on `standby`. */
    takeOver(who: string, input: ActionInput<'handover'> = {}): { other_responder: boolean } {
      const { phone_number_id, silently } = actionSchemas.handover.parse(input)
      const { person, number, conversation } = customers.pair(who, phone_number_id)
      conversation.otherResponder = true
      if (silently) world.changed()
      else report(conversation, 'messaging_handovers', handover(number, person, 'control_taken', world.clock.now()))
      return { other_responder: true }
    },

    /** They give the customer back. A release is told by no webhook: `silently`. */
    handBack(who: string, input: ActionInput<'handover'> = {}): { other_responder: boolean } {
      const { phone_number_id, silently } = actionSchemas.handover.parse(input)
      const { person, number, conversation } = customers.pair(who, phone_number_id)
      conversation.otherResponder = false
      if (silently) world.changed()
      else report(conversation, 'messaging_handovers', handover(number, person, 'control_passed', world.clock.now()))
      return { other_responder: false }
    },
  }
}

function outsideRecord(conversation: ConversationRecord, wamid: string, at: number, text: string): MessageRecord {
  return {
    wamid,
    direction: 'out',
    conversationKey: conversation.key,
    at,
    type: 'text',
    bubble: { header: '[phone app]', text, footer: null, mediaId: null, buttons: [] },
    contextId: null,
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
