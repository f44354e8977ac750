import type { Json, TemplateComponent } from '../records.ts'
import { isObject } from '../rules/shape.ts'
import { refuse } from '../rules/template-create.ts'
import { type GraphCall, queryOf } from './call.ts'

/* Meta's template library: a few of its kind, with texts of our own. Source: Meta, templates/template-library (read 2026-11). */

interface LibraryTemplate {
  id: string
  name: string
  language: string
  topic: string
  usecase: string
  industry: string[]
  header?: string
  body: string
  body_params: string[]
  body_param_types: string[]
  buttons: { type: 'URL' | 'PHONE_NUMBER'; text: string }[]
}

const LIBRARY: readonly LibraryTemplate[] = [
  {
    id: '7147013345418927',
    name: 'delivery_update_1',
    language: 'en_US',
    topic: 'ORDER_MANAGEMENT',
    usecase: 'DELIVERY_UPDATE',
    industry: ['E_COMMERCE'],
    header: 'Your order is on its way',
    body: 'Hello {{1}}, your order {{2}} left our warehouse and arrives on {{3}} at the latest.',
    body_params: ['Ana', 'A-1042', 'Friday'],
    body_param_types: ['TEXT', 'TEXT', 'DATE'],
    buttons: [{ type: 'URL', text: 'Track the order' }],
  },
  {
    id: '7138055039625658',
    name: 'payment_due_1',
    language: 'en_US',
    topic: 'PAYMENTS',
    usecase: 'PAYMENT_DUE_REMINDER',
    industry: ['FINANCIAL_SERVICES', 'E_COMMERCE'],
    body: 'Hello {{1}}, the amount of {{2}} is due on {{3}}. Please have it ready by then.',
    body_params: ['Ana', '$40.00', 'June 3'],
    body_param_types: ['TEXT', 'AMOUNT', 'DATE'],
    buttons: [{ type: 'PHONE_NUMBER', text: 'Call us' }],
  },
  {
    id: '7138055039625659',
    name: 'feedback_after_purchase_1',
    language: 'en',
    topic: 'CUSTOMER_FEEDBACK',
    usecase: 'FEEDBACK_SURVEY',
    industry: ['E_COMMERCE'],
    body: 'Hello {{1}}, please tell us how your order {{2}} went. It takes a minute of your time.',
    body_params: ['Ana', 'A-1042'],
    body_param_types: ['TEXT', 'TEXT'],
    buttons: [],
  },
]

/** `GET /message_template_library` */
export function readLibrary(call: GraphCall): Json {
  const { search, language, topic, usecase, industry, name, limit, after } = queryOf(call.request)
  const among = (filter: string | undefined, values: string[]) =>
    filter === undefined || values.some((value) => filter.toUpperCase().split(',').includes(value.toUpperCase()))
  const found = LIBRARY.filter(
    (one) =>
      (search === undefined || `${one.name} ${one.body}`.toLowerCase().includes(search.toLowerCase())) &&
      (name === undefined || one.name === name) &&
      among(language, [one.language]) &&
      among(topic, [one.topic]) &&
      among(usecase, [one.usecase]) &&
      among(industry, one.industry),
  )
  const from = after === undefined ? 0 : found.findIndex((one) => one.id === after) + 1
  const page = found.slice(from, from + Math.min(Math.max(Number(limit) || 25, 1), 100))
  const last = page.at(-1)
  const more = last !== undefined && last !== found.at(-1)
  return {
    data: page.map((one) => ({ category: 'UTILITY', ...one })),
    ...(last
      ? {
          paging: {
            cursors: { before: page[0]?.id, after: last.id },
            ...(more ? { next: nextOf(call, last.id) } : {}),
          },
        }
      : {}),
  }
}

function nextOf(call: GraphCall, after: string): string {
  const url = new URL(call.request.originalUrl, `${call.request.protocol}://${call.request.host}`)
  url.searchParams.set('after', after)
  return url.href
}

/** The components of a template that is made from the library. Its buttons take their addresses from the creation. */
export function libraryComponents(body: Json): TemplateComponent[] {
  const { library_template_name: name, language, library_template_button_inputs: given } = body
  const found = LIBRARY.find((one) => one.name === name && one.language === language)
  if (!found) throw refuse(null, `There is no library template ${String(name)} in the language ${String(language)}`)
  const inputs: Json[] = Array.isArray(given) ? given.filter(isObject) : []
  if (inputs.length !== found.buttons.length || found.buttons.some((button, i) => button.type !== inputs[i]?.type)) {
    throw refuse(null, 'library_template_button_inputs must have an input for each button of the library template')
  }
  return [
    ...(found.header ? [{ type: 'HEADER', format: 'TEXT', text: found.header }] : []),
    { type: 'BODY', text: found.body, example: { body_text: [found.body_params] } },
    ...(found.buttons.length > 0
      ? [
          {
            type: 'BUTTONS',
            buttons: found.buttons.map((button, i) => ({ ...button, ...buttonOf(inputs[i] as Json) })),
          },
        ]
      : []),
  ]
}

function buttonOf({ url, phone_number }: Json): Json {
  if (!isObject(url)) return { phone_number }
  const example = url.url_suffix_example
  return { url: url.base_url, ...(example === undefined ? {} : { example: [example] }) }
}
