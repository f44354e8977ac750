import { any, anyText, flag, list, matching, number, object, oneOf, type Shape, text } from './shape.ts'

const httpUrl = matching(/^https?:\/\/\S+$/i)

const media = (more: Record<string, Shape> = {}) => object({ id: text(), link: httpUrl, provider: any, ...more })

/**
 * The part of a message body that stands under the key named by its `type`.
 * Source: Meta, messages/send-messages and its pages per type (read 2026-11).
 */
export const MESSAGE_SHAPES: Readonly<Record<string, Shape>> = {
  text: object({ 'body!': text(4096), preview_url: flag }),
  image: media({ caption: anyTextUpTo(1024) }),
  video: media({ caption: anyTextUpTo(1024) }),
  audio: media({ voice: flag }),
  document: media({ caption: anyTextUpTo(1024), filename: anyTextUpTo(240) }),
  sticker: media(),
  location: object({ 'latitude!': number(-90, 90), 'longitude!': number(-180, 180), name: anyText, address: anyText }),
  reaction: object({ 'message_id!': text(), 'emoji!': anyTextUpTo(32) }),
  contacts: list(
    object({
      'name!': object({
        'formatted_name!': text(),
        first_name: anyText,
        last_name: anyText,
        middle_name: anyText,
        suffix: anyText,
        prefix: anyText,
      }),
      phones: any,
      emails: any,
      urls: any,
      org: any,
      addresses: any,
      birthday: matching(/^\d{4}-\d{2}-\d{2}$/),
      origin: any,
    }),
    1,
    257,
  ),
  template: object({
    'name!': text(512),
    'language!': object({ 'code!': text(), policy: oneOf('deterministic') }),
    components: any,
    namespace: anyText,
  }),
  interactive: object({ 'type!': text(), header: any, body: any, footer: any, action: any }),
}

const header = object({
  'type!': oneOf('text', 'image', 'video', 'document', 'gif'),
  text: text(60),
  sub_text: anyTextUpTo(60),
  image: media(),
  video: media(),
  gif: media(),
  document: media({ filename: anyText }),
})
const body = (max = 1024) => object({ 'text!': text(max) })
const footer = object({ 'text!': text(60) })

const row = object({ 'id!': matching(/^\S(.{0,198}\S)?$/s), 'title!': text(24), description: anyTextUpTo(72) })
const replyButton = object({
  'type!': oneOf('reply'),
  'reply!': object({ 'id!': matching(/^\S(.{0,254}\S)?$/s), 'title!': text(20) }),
})
const named = (name: string, parameters?: Record<string, Shape>) =>
  object({ 'name!': oneOf(name), ...(parameters ? { 'parameters!': object(parameters) } : { parameters: any }) })

/** `interactive` objects by their own `type`. */
export const INTERACTIVE_SHAPES: Readonly<Record<string, Shape>> = {
  button: object({
    'type!': any,
    header,
    'body!': body(),
    footer,
    'action!': object({ 'buttons!': list(replyButton, 1, 3) }),
  }),
  list: object({
    'type!': any,
    header,
    'body!': body(4096),
    footer,
    'action!': object({
      'button!': text(20),
      'sections!': list(object({ title: anyTextUpTo(24), 'rows!': list(row, 1, 10) }), 1, 10),
    }),
  }),
  cta_url: object({
    'type!': any,
    header,
    'body!': body(),
    footer,
    'action!': named('cta_url', { 'display_text!': text(20), 'url!': httpUrl }),
  }),
  flow: object({
    'type!': any,
    header,
    'body!': body(),
    footer,
    'action!': named('flow', {
      'flow_message_version!': any,
      flow_id: text(),
      flow_name: text(),
      'flow_cta!': text(30),
      flow_token: anyText,
      mode: oneOf('draft', 'published'),
      flow_action: oneOf('navigate', 'data_exchange'),
      flow_action_payload: any,
    }),
  }),
  product: object({
    'type!': any,
    body: body(),
    footer,
    'action!': object({ 'catalog_id!': text(), 'product_retailer_id!': text() }),
  }),
  product_list: object({
    'type!': any,
    'header!': header,
    'body!': body(),
    footer,
    'action!': object({
      'catalog_id!': text(),
      'sections!': list(
        object({
          title: anyTextUpTo(24),
          'product_items!': list(object({ 'product_retailer_id!': text() }), 1, 30),
        }),
        1,
        10,
      ),
    }),
  }),
  catalog_message: object({ 'type!': any, 'body!': body(), footer, 'action!': named('catalog_message') }),
  location_request_message: object({ 'type!': any, 'body!': body(), 'action!': named('send_location') }),
  request_contact_info: object({ 'type!': any, 'body!': body(), 'action!': named('request_contact_info') }),
  call_permission_request: object({ 'type!': any, body: body(), 'action!': named('call_permission_request') }),
  voice_call: object({ 'type!': any, header, 'body!': body(), footer, 'action!': named('voice_call') }),
  carousel: object({ 'type!': any, header: any, body: any, footer: any, 'action!': any }),
  address_message: object({ 'type!': any, header: any, body: any, footer: any, 'action!': any }),
  order_details: object({ 'type!': any, header: any, body: any, footer: any, 'action!': any }),
  order_status: object({ 'type!': any, header: any, body: any, footer: any, 'action!': any }),
}

function anyTextUpTo(max: number): Shape {
  return { kind: 'text', max }
}
