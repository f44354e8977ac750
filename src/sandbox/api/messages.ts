import { GraphError } from '../graph-error.ts'
import type { CustomerRecord, Json, NumberRecord, SendRecord } from '../records.ts'
import { digitsOf } from '../rules/recipient.ts'
import { isObject } from '../rules/shape.ts'
import { isWindowOpen } from '../rules/window.ts'
import { type Accepted, acceptMessage, type Endpoint } from '../sending.ts'
import type { World } from '../world.ts'
import { bodyOf, expectScope, type GraphCall } from './call.ts'

/** `POST /{phone_number_id}/messages`, or `/marketing_messages`: a send, or a read receipt with its typing indicator. */
export function postMessage(call: GraphCall, number: NumberRecord, endpoint: Endpoint): Json {
  expectScope(call.token, 'whatsapp_business_messaging')
  const body = bodyOf(call.request)
  if (body.status !== undefined) return acknowledge(call.world, number, body)
  const note = noteOf(call.world, number, body, endpoint, call.fault?.kind ?? null)
  try {
    const failsWith = call.fault?.kind === 'failed_status' ? call.fault.code : null
    const accepted = acceptMessage(call.world, number, body, endpoint, failsWith)
    const { wamid, failsWith: code } = accepted.message
    call.world.ledger.recordSend({ ...note, wamid, outcome: 'accepted', code })
    return answerOf(accepted)
  } catch (error) {
    if (error instanceof GraphError) {
      call.world.ledger.recordSend({ ...note, wamid: null, outcome: 'refused', code: error.code })
    }
    throw error
  }
}

/** Writes down a send that a scripted fault stopped before it was looked at. */
export function recordStopped(call: GraphCall, number: NumberRecord, endpoint: Endpoint): void {
  const body = bodyOf(call.request)
  if (body.status !== undefined) return
  const note = noteOf(call.world, number, body, endpoint, call.fault?.kind ?? null)
  const refused = call.fault?.kind === 'graph_error' || call.fault?.kind === 'usage_limit'
  const code = refused ? (call.fault?.code ?? null) : null
  call.world.ledger.recordSend({ ...note, wamid: null, outcome: 'refused', code })
}

function noteOf(
  world: World,
  number: NumberRecord,
  body: Json,
  endpoint: Endpoint,
  fault: string | null,
): Omit<SendRecord, 'seq' | 'wamid' | 'outcome' | 'code'> {
  const now = world.clock.now()
  const customer = addresseeOf(world, number, body)
  const conversation = customer && world.ledger.conversations.get(`${number.id}/${customer.key}`)
  return {
    at: new Date(now).toISOString(),
    endpoint,
    phone_number_id: number.id,
    to: textOrNull(body.to),
    recipient: textOrNull(body.recipient),
    type: textOrNull(body.type),
    body,
    opaque: textOrNull(body.biz_opaque_callback_data),
    window_open: conversation ? isWindowOpen(conversation, now) : false,
    fault,
  }
}

/** Whom a body means, without adding anybody. */
function addresseeOf(world: World, number: NumberRecord, body: Json): CustomerRecord | null {
  const to = textOrNull(body.to)
  if (!to) return world.ledger.findCustomer(textOrNull(body.recipient) ?? '')
  try {
    return world.ledger.findCustomer(digitsOf(to, number.displayPhoneNumber))
  } catch {
    return null
  }
}

function answerOf({ message, customer, checked }: Accepted): Json {
  const contact =
    checked.to === null
      ? { input: checked.recipient, user_id: customer.userId }
      : { input: checked.to, wa_id: customer.waId }
  // Of templates always, of free-form messages never. Source: Meta, templates/template-pacing (read 2026-11).
  const status = message.status === 'held' ? 'held_for_quality_assessment' : 'accepted'
  const told = message.template === null ? {} : { message_status: status }
  return { messaging_product: 'whatsapp', contacts: [contact], messages: [{ id: message.wamid, ...told }] }
}

/** `{status: 'read', message_id}`: blue ticks for the customer, and "typing…" when asked for. */
function acknowledge(world: World, number: NumberRecord, body: Json): Json {
  if (body.messaging_product !== 'whatsapp') throw new GraphError(100, 'The parameter messaging_product is required.')
  if (body.status !== 'read')
    throw new GraphError(100, `Param status must be one of {READ} - got "${String(body.status)}".`)
  const message = world.ledger.messages.get(String(body.message_id))
  const conversation = message && world.ledger.conversationOf(message)
  if (message?.direction !== 'in' || conversation?.phoneNumberId !== number.id) {
    throw new GraphError(131009, 'Param message_id is not a message received by this phone number.')
  }
  message.status = 'read'
  // The indicator goes after 25 seconds, or with the answer. Source: Meta, typing-indicators (read 2026-11).
  if (isObject(body.typing_indicator)) conversation.typingUntil = world.clock.now() + 25_000
  world.changed()
  return { success: true }
}

function textOrNull(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value : null
}
