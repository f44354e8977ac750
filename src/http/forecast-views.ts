import * as z from 'zod'
import { templatePreviewView } from './template-schemas.ts'
import { instant, priceView, reasonView } from './views.ts'

/* What a forecast looks like, for the OpenAPI document and for tests; see views.ts. */

const fateView = z
  .looseObject({
    at: instant,
    kind: z.enum(['send', 'downgrade', 'follow_up', 'hold', 'defer', 'expire', 'suppress', 'fail']),
    reason: reasonView,
    template: z
      .looseObject({ name: z.string(), language: z.string() })
      .nullable()
      .meta({ description: 'That would leave, as the message itself, in its place or before it.' }),
    price: priceView.nullable().meta({ description: 'Null where nothing would leave, or no rate card fits.' }),
  })
  .meta({ id: 'Fate' })

export const forecastView = z
  .looseObject({
    window: z.looseObject({ open: z.boolean(), expires_at: instant.nullable() }),
    now: fateView,
    at_send_at: fateView.nullable().meta({ description: 'Null without a send_at.' }),
    preview: templatePreviewView
      .nullable()
      .meta({ description: 'Of the template that would leave at the time of sending.' }),
    limits: z.looseObject({
      pair_left: z.int().meta({ description: 'Messages to this person before the pair limit.' }),
      messaging_limit_left: z.int().nullable().meta({ description: 'New people within 24 hours; null: unlimited.' }),
      free_service_left: z.int().nullable().meta({ description: "Free replies of the number's month." }),
    }),
  })
  .meta({ id: 'Forecast' })
