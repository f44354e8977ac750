import type { Bubble, Json, OfferedButton } from '../records.ts'
import { isObject } from './shape.ts'

/** What the customer's phone shows for a free-form message. */
export function bubbleOf(type: string, content: Json | unknown[]): Bubble {
  const bubble: Bubble = { header: null, text: '', footer: null, mediaId: null, buttons: [] }
  if (Array.isArray(content)) {
    const names = content.filter(isObject).map((contact) => textAt(contact.name, 'formatted_name'))
    return { ...bubble, text: names.join(', '), header: '[contact]' }
  }
  switch (type) {
    case 'text':
      return { ...bubble, text: String(content.body) }
    case 'location':
      return {
        ...bubble,
        header: '[location]',
        text: String(content.name ?? `${String(content.latitude)}, ${String(content.longitude)}`),
      }
    case 'reaction':
      return { ...bubble, text: String(content.emoji) }
    case 'interactive':
      return interactiveBubble(bubble, content)
    default:
      return {
        ...bubble,
        header: `[${type}]`,
        text: String(content.caption ?? content.filename ?? ''),
        mediaId: typeof content.id === 'string' ? content.id : null,
      }
  }
}

function interactiveBubble(bubble: Bubble, content: Json): Bubble {
  const header = isObject(content.header) ? content.header : null
  return {
    ...bubble,
    header: header ? (header.type === 'text' ? String(header.text) : `[${String(header.type)}]`) : null,
    text: textAt(content.body, 'text'),
    footer: textAt(content.footer, 'text') || null,
    buttons: interactiveButtons(content),
  }
}

function interactiveButtons(content: Json): OfferedButton[] {
  const action = isObject(content.action) ? content.action : {}
  const parameters = isObject(action.parameters) ? action.parameters : {}
  switch (content.type) {
    case 'button':
      return objectsAt(action, 'buttons').map((button) => ({
        kind: 'reply',
        label: textAt(button.reply, 'title'),
        id: textAt(button.reply, 'id'),
      }))
    case 'list':
      return objectsAt(action, 'sections')
        .flatMap((section) => objectsAt(section, 'rows'))
        .map((row) => ({
          kind: 'row',
          label: String(row.title),
          id: String(row.id),
          description: typeof row.description === 'string' ? row.description : null,
        }))
    case 'cta_url':
      return [{ kind: 'url', label: String(parameters.display_text), url: String(parameters.url) }]
    case 'flow':
      return [{ kind: 'flow', label: String(parameters.flow_cta) }]
    case 'location_request_message':
      return [{ kind: 'location_request', label: 'Send location' }]
    case 'request_contact_info':
      return [{ kind: 'contact_request', label: 'Share contact info' }]
    case 'call_permission_request':
      return [{ kind: 'call_permission', label: 'Allow calls' }]
    case 'voice_call':
      return [{ kind: 'call', label: String(parameters.display_text ?? 'Call now') }]
    default:
      return []
  }
}

function textAt(value: unknown, key: string): string {
  const text = isObject(value) ? value[key] : undefined
  return typeof text === 'string' ? text : ''
}

function objectsAt(value: Json, key: string): Json[] {
  const items = value[key]
  return Array.isArray(items) ? items.filter(isObject) : []
}
