import * as z from 'zod'
import { templatePreviewView } from './template-schemas.ts'
import { fateView, instant } from './views.ts'

/* What a forecast looks like, for the OpenAPI document and for tests; see views.ts. */

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
