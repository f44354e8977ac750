import * as z from 'zod'
import { assetSchema } from './media.ts'
import { httpLink, problem, replyId, reportRepeats, text } from './text.ts'

/*
 * `type: "interactive"`, one schema per kind. Source: Meta, messages/interactive-* pages and the OpenAPI file's HeaderObject,
 * ActionObject and SectionObject (read 2026-11).
 */

const textHeader = z.looseObject({ type: z.literal('text'), text: text(60), sub_text: text(60).optional() })
const imageHeader = z.looseObject({ type: z.literal('image'), image: assetSchema })
const videoHeader = z.looseObject({ type: z.literal('video'), video: assetSchema })
const documentHeader = z.looseObject({ type: z.literal('document'), document: assetSchema })

const header = z.discriminatedUnion('type', [textHeader, imageHeader, videoHeader, documentHeader])
const body = z.looseObject({ text: text(1024) })
/** Meta's list page allows 4096 characters where its OpenAPI file says 1024; the laxer one holds here. */
const listBody = z.looseObject({ text: text(4096) })
const footer = z.looseObject({ text: text(60) })

const frame = { header: header.optional(), body, footer: footer.optional() }

const replyButton = z.looseObject({
  type: z.literal('reply'),
  reply: z.looseObject({ id: replyId(256), title: text(20) }),
})

const buttons = z
  .array(replyButton)
  .min(1)
  .max(3)
  .check((ctx) => {
    for (const part of ['id', 'title'] as const) {
      reportRepeats(
        ctx,
        ctx.value.map((button) => button.reply[part]),
        ctx.value.map((_, i) => [i, 'reply', part]),
      )
    }
  })

const button = z.looseObject({ type: z.literal('button'), ...frame, action: z.looseObject({ buttons }) })

const row = z.looseObject({ id: replyId(200), title: text(24), description: text(72, 0).optional() })
const rowSection = z.looseObject({ title: text(24, 0).optional(), rows: z.array(row).min(1).max(10) })

const listSections = z
  .array(rowSection)
  .min(1)
  .max(10)
  .check((ctx) => {
    titledWhenSeveral(ctx)
    const rows = ctx.value.flatMap((section, s) => section.rows.map((row, r) => ({ row, path: [s, 'rows', r, 'id'] })))
    if (rows.length > 10) problem(ctx, `to have at most 10 rows in all sections together, got ${rows.length}`)
    reportRepeats(
      ctx,
      rows.map(({ row }) => row.id),
      rows.map(({ path }) => path),
    )
  })

const list = z.looseObject({
  type: z.literal('list'),
  header: textHeader.optional(),
  body: listBody,
  footer: footer.optional(),
  action: z.looseObject({ button: text(20), sections: listSections }),
})

const urlAction = z.looseObject({
  name: z.literal('cta_url'),
  parameters: z.looseObject({ display_text: text(20), url: httpLink() }),
})

const ctaUrl = z.looseObject({ type: z.literal('cta_url'), ...frame, action: urlAction })

const flowParameters = z
  .looseObject({
    flow_message_version: z.string(),
    flow_id: text(512).optional(),
    flow_name: text(512).optional(),
    flow_cta: text(30),
    flow_token: z.string().optional(),
    mode: z.enum(['draft', 'published']).optional(),
    flow_action: z.enum(['navigate', 'data_exchange']).optional(),
    flow_action_payload: z.looseObject({}).optional(),
  })
  .check((ctx) => {
    const { flow_id, flow_name } = ctx.value
    if (flow_id === undefined && flow_name === undefined) problem(ctx, 'to have flow_id or flow_name, got neither')
    if (flow_id !== undefined && flow_name !== undefined) problem(ctx, 'to have either flow_id or flow_name, got both')
  })

const flow = z.looseObject({
  type: z.literal('flow'),
  ...frame,
  action: z.looseObject({ name: z.literal('flow'), parameters: flowParameters }),
})

const product = z
  .looseObject({
    type: z.literal('product'),
    body: body.optional(),
    footer: footer.optional(),
    action: z.looseObject({ catalog_id: text(512), product_retailer_id: text(512) }),
  })
  .check((ctx) => {
    if (ctx.value.header !== undefined) problem(ctx, 'not to be there: a product message has no header', ['header'])
  })

const productSection = z.looseObject({
  title: text(24, 0).optional(),
  product_items: z
    .array(z.looseObject({ product_retailer_id: text(512) }))
    .min(1)
    .max(30),
})

const productSections = z
  .array(productSection)
  .min(1)
  .max(10)
  .check((ctx) => {
    titledWhenSeveral(ctx)
    const items = ctx.value.reduce((sum, section) => sum + section.product_items.length, 0)
    if (items > 30) problem(ctx, `to have at most 30 products in all sections together, got ${items}`)
  })

const productList = z.looseObject({
  type: z.literal('product_list'),
  header: textHeader,
  body,
  footer: footer.optional(),
  action: z.looseObject({ catalog_id: text(512), sections: productSections }),
})

const catalogMessage = z.looseObject({
  type: z.literal('catalog_message'),
  ...frame,
  action: z.looseObject({
    name: z.literal('catalog_message'),
    parameters: z.looseObject({ thumbnail_product_retailer_id: text(512).optional() }).optional(),
  }),
})

const locationRequest = z.looseObject({
  type: z.literal('location_request_message'),
  body,
  action: z.looseObject({ name: z.literal('send_location') }),
})

const contactInfoRequest = z.looseObject({
  type: z.literal('request_contact_info'),
  body,
  action: z.looseObject({ name: z.literal('request_contact_info') }),
})

const callPermissionRequest = z.looseObject({
  type: z.literal('call_permission_request'),
  body: body.optional(),
  action: z.looseObject({ name: z.literal('call_permission_request') }),
})

const voiceCall = z.looseObject({
  type: z.literal('voice_call'),
  ...frame,
  action: z.looseObject({
    name: z.literal('voice_call'),
    parameters: z
      .looseObject({ display_text: text(20).optional(), ttl_minutes: z.int().positive().optional() })
      .optional(),
  }),
})

const card = z.looseObject({
  card_index: z.int().min(0).max(9),
  header: z.discriminatedUnion('type', [imageHeader, videoHeader]),
  body: z.looseObject({ text: text(160) }).optional(),
  action: z.looseObject({}),
})

/** Free-form media cards. What a card's buttons look like differs between readers of Meta's page, so they pass unchecked. */
const carousel = z.looseObject({
  type: z.literal('carousel'),
  body,
  action: z.looseObject({ cards: z.array(card).min(2).max(10) }),
})

/** Kinds for single markets (India, Singapore, Brazil) whose parameters change by country: only their frame is checked. */
const marketSpecific = z.looseObject({
  type: z.enum(['address_message', 'order_details', 'order_status']),
  header: z.looseObject({}).optional(),
  body: body.optional(),
  footer: footer.optional(),
  action: z.looseObject({ name: text(64) }),
})

export const interactiveSchema = z.discriminatedUnion('type', [
  button,
  list,
  ctaUrl,
  flow,
  product,
  productList,
  catalogMessage,
  locationRequest,
  contactInfoRequest,
  callPermissionRequest,
  voiceCall,
  carousel,
  marketSpecific,
])

function titledWhenSeveral(ctx: z.core.ParsePayload<{ title?: string | undefined }[]>): void {
  if (ctx.value.length < 2) return
  ctx.value.forEach((section, i) => {
    if (!section.title) problem(ctx, 'to be given when there are several sections, got nothing', [i, 'title'])
  })
}
