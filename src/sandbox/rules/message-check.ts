import { GraphError } from '../graph-error.ts'
import { isBsuid } from '../identifiers.ts'
import type { Json } from '../records.ts'
import { INTERACTIVE_SHAPES, MESSAGE_SHAPES } from './message-shapes.ts'
import { checkShape, isObject } from './shape.ts'

const MEDIA_TYPES = ['image', 'video', 'audio', 'document', 'sticker']

/** A message body that has the right shape; its values may still be refused by the rules. */
export type CheckedMessage = {
  type: string
  content: Json | unknown[]
  /** One of the two; `to` wins when a request names both. */
  to: string | null
  recipient: string | null
  contextId: string | null
  opaque: string | null
}

/** Reads a request body as a message. Throws 100, 131008 or 131009 as the Graph API would. */
export function checkMessage(body: unknown): CheckedMessage {
  if (!isObject(body)) throw wrong('The request body must be a JSON object.')
  if (body.messaging_product !== 'whatsapp') throw wrong('The parameter messaging_product is required.')
  if (body.category !== undefined) {
    throw wrong('The parameter category is for Direct Send, and this WABA is not onboarded to it.')
  }
  if (body.recipient_type === 'group') throw wrong('The sandbox has no groups: recipient_type must be individual.')
  if (body.recipient_type !== undefined && body.recipient_type !== 'individual') {
    throw wrong('Param recipient_type must be one of {individual, group}.')
  }
  const type = body.type ?? 'text'
  const shape = typeof type === 'string' ? MESSAGE_SHAPES[type] : undefined
  if (typeof type !== 'string' || !shape) {
    const types = Object.keys(MESSAGE_SHAPES).join(', ').toUpperCase()
    throw wrong(`Param type must be one of {${types}} - got "${String(type)}".`)
  }
  const content = body[type]
  if (content === undefined || content === null) throw new GraphError(131008, `Parameter '${type}' is mandatory.`)
  checkShape(content, shape, type)
  if (isObject(content)) checkContent(type, content)
  return {
    type,
    content: content as Json | unknown[],
    ...recipientOf(body),
    contextId: contextOf(body),
    opaque: opaqueOf(body),
  }
}

function checkContent(type: string, content: Json): void {
  if (MEDIA_TYPES.includes(type) && content.id === undefined && content.link === undefined) {
    throw new GraphError(131008, `Parameter ${type}['id'] or ${type}['link'] is mandatory.`)
  }
  if (type === 'interactive') checkInteractive(content)
}

function checkInteractive(content: Json): void {
  const shape = INTERACTIVE_SHAPES[String(content.type)]
  if (!shape) throw wrong(`Param interactive['type'] is not supported - got "${String(content.type)}".`)
  checkShape(content, shape, 'interactive')
  const action = isObject(content.action) ? content.action : {}
  if (content.type === 'button') {
    const replies = items(action.buttons).map((button) => (isObject(button.reply) ? button.reply : {}))
    expectUnique(replies, 'id', 'buttons')
    expectUnique(replies, 'title', 'buttons')
  }
  if (content.type === 'list') {
    const rows = items(action.sections).flatMap((section) => items(section.rows))
    if (rows.length > 10) throw new GraphError(131009, 'Total row count exceed max allowed count: 10.')
    expectUnique(rows, 'id', 'rows')
  }
}

function items(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

function expectUnique(objects: Json[], key: string, what: string): void {
  const values = objects.map((object) => object[key])
  if (new Set(values).size < values.length) {
    throw new GraphError(131009, `Two ${what} of one message have the same ${key}.`)
  }
}

function recipientOf(body: Json): { to: string | null; recipient: string | null } {
  const to = typeof body.to === 'number' ? String(body.to) : body.to
  if (to !== undefined && to !== null && to !== '') {
    if (typeof to !== 'string') throw wrong('Param to must be a string.')
    return { to, recipient: null }
  }
  const { recipient } = body
  if (recipient === undefined || recipient === null || recipient === '') {
    throw wrong('The parameter to is required.')
  }
  if (typeof recipient !== 'string' || !isBsuid(recipient)) {
    throw new GraphError(131009, 'Param recipient is not a business-scoped user id.')
  }
  return { to: null, recipient }
}

function contextOf(body: Json): string | null {
  if (body.context === undefined || body.context === null) return null
  if (!isObject(body.context) || typeof body.context.message_id !== 'string') {
    throw new GraphError(131008, "Parameter context['message_id'] is mandatory.")
  }
  return body.context.message_id
}

function opaqueOf(body: Json): string | null {
  const opaque = body.biz_opaque_callback_data
  if (opaque === undefined || opaque === null) return null
  if (typeof opaque !== 'string') throw wrong('Param biz_opaque_callback_data must be a string.')
  if (opaque.length > 512) throw wrong('Param biz_opaque_callback_data must be at most 512 characters long.')
  return opaque
}

function wrong(details: string): GraphError {
  return new GraphError(100, details, { message: `(#100) ${details}` })
}
