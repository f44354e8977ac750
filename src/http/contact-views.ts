import * as z from 'zod'
import { instant } from './views.ts'

/* What answers tell of people. */

export const contactFields = {
  wa_id: z.string().nullable(),
  user_id: z.string().nullable(),
  username: z.string().nullable(),
  name: z.string().nullable(),
  language: z.string().nullable(),
  time_zone: z.string().nullable(),
  marketing: z.enum(['unknown', 'in', 'out']),
}

export const contactView = z
  .looseObject({
    ...contactFields,
    utility: z.enum(['unknown', 'in', 'out']),
    stopped_marketing_at: instant
      .nullable()
      .meta({ description: "When they told WhatsApp itself to stop the business's offers." }),
    created_at: instant,
    attributes: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .optional()
      .meta({ description: 'What the workspace keeps of them.' }),
    unreachable: z.looseObject({ since: instant, review_at: instant }).nullable().optional().meta({
      description:
        'Meta could not deliver to them (131026): outside an open window they are not tried until `review_at`.',
    }),
    consents: z
      .array(
        z.looseObject({
          category: z.enum(['marketing', 'utility']),
          state: z.enum(['in', 'out']),
          source: z.enum(['api', 'word', 'button', 'whatsapp', 'import']),
          evidence: z.unknown(),
          at: instant,
        }),
      )
      .optional()
      .meta({ description: 'Of a single contact; newest first.' }),
  })
  .meta({ id: 'Contact' })

export const contactExportView = z
  .looseObject({
    exported_at: instant,
    contact: contactView,
    identities: z.array(
      z.looseObject({ id: z.string(), portfolio_id: z.string().nullable(), seen_at: instant.nullable() }),
    ),
    conversations: z.array(
      z.looseObject({ sender: z.string(), messages: z.array(z.looseObject({})), intents: z.array(z.looseObject({})) }),
    ),
    flow_runs: z.array(
      z.looseObject({ id: z.string(), flow: z.string(), data: z.looseObject({}), history: z.array(z.looseObject({})) }),
    ),
    flow_enrolments: z.array(z.looseObject({ flow: z.string(), key: z.string(), last_at: instant })),
    flow_events: z.array(
      z.looseObject({
        key: z.string(),
        name: z.string(),
        sender: z.string().nullable(),
        data: z.looseObject({}),
        at: instant,
      }),
    ),
    messaging_limit: z.array(z.looseObject({ portfolio_id: z.string(), at: instant })),
  })
  .meta({ id: 'ContactExport' })
