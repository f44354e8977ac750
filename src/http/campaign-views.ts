import * as z from 'zod'
import { IMPORT_CODES } from '../domain/campaign/import-error.ts'
import { CAMPAIGN_STATES } from '../domain/campaign/lifecycle.ts'
import { LINE_FAULTS } from '../domain/campaign/line-faults.ts'
import { LATE } from '../domain/campaign/timing.ts'
import { whenClosedSchema } from '../domain/content.ts'
import { localStart, message } from './campaign-schemas.ts'
import { saidValues } from './views.ts'

/* What is answered about campaigns. */

export const importView = z
  .looseObject({
    rows: z.int().meta({ description: 'accepted + duplicates + invalid; lines in which nothing stands are none.' }),
    accepted: z.int(),
    duplicates: z.int(),
    invalid: z.int(),
    errors: z
      .array(
        z.looseObject({
          line: z.int().meta({ description: 'In which it begins; the header is in line 1.' }),
          to: z.string().nullable(),
          code: z.enum(IMPORT_CODES).meta({
            description: 'Whoever is `opted_out` or `unreachable` is accepted, and not reached as things stand.',
          }),
          reason: z.string().meta({ description: 'In English.' }),
          reason_code: z.string().meta({
            description: `What it says, for pages in other languages: ${Object.keys(LINE_FAULTS).join(', ')}. More may come.`,
          }),
          reason_values: saidValues.meta({ description: 'What is filled in, by name.' }),
        }),
      )
      .meta({ description: 'The first 1,000.' }),
    errors_truncated: z.boolean(),
    upload: z.int().optional().meta({ description: 'Which of its lists it is, where no file came in.' }),
    state: z.literal('ready').optional(),
  })
  .meta({ id: 'ImportedAudience' })

const instant = z.string().meta({ format: 'date-time' })
const count = z.int()
const outcome = {
  counts: z
    .looseObject({
      total: count,
      scheduled: count,
      queued: count,
      dispatching: count,
      held: count,
      in_doubt: count,
      sent: count,
      failed: count,
      expired: count,
      cancelled: count,
      suppressed: count,
    })
    .meta({ description: 'Every recipient is in exactly one; they add up to `total`.' }),
  delivery: z.looseObject({ delivered: count, read: count, replied: count, tapped: count, stopped: count }).meta({
    description:
      'Inside of `sent`; what was read was delivered too. Each counts a message once: that its customer wrote, tapped one of its buttons, wanted no more.',
  }),
}
const languagesView = z.record(z.string(), z.looseObject({ message, ...outcome }))

export const campaignView = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    state: z.enum(CAMPAIGN_STATES),
    reason: z.looseObject({ code: z.string(), text: z.string() }).nullable(),
    sender: z.string().optional(),
    senders: z.array(z.looseObject({ sender: z.string(), weight: count })).optional(),
    message: message.optional(),
    languages: languagesView.optional(),
    variants: z
      .array(
        z.looseObject({
          name: z.string(),
          weight: count,
          message,
          languages: languagesView.optional(),
          ...outcome,
        }),
      )
      .optional()
      .meta({ description: 'Each with what became of those whom it was for, as far as their turn has come.' }),
    when_closed: whenClosedSchema.optional(),
    default_country: z.string().optional(),
    skip_invalid: z.boolean().optional(),
    send_at: z.union([instant, localStart]).optional(),
    late: z.enum(LATE).optional(),
    start_within: z.string().optional(),
    valid_for: z.string().optional(),
    max_mps: z.number().optional(),
    quiet_hours: z.looseObject({ from: z.string(), to: z.string(), zone: z.string().optional() }).optional(),
    frequency_cap: z.looseObject({ messages: count, days: count }).optional(),
    budget: z.looseObject({ amount: z.string(), currency: z.string() }).optional(),
    pause_when: z.looseObject({ share: z.number(), after: count }).optional(),
    audience_version: z.int().meta({ description: 'One more with every upload.' }),
    parent: z.string().nullable().meta({ description: 'The campaign whose recipients it tries again.' }),
    ...outcome,
    progress: z
      .looseObject({ per_minute: z.array(z.looseObject({ at: instant, sent: count, failed: count })) })
      .optional()
      .meta({
        description:
          'The newest 60 minutes in which Meta took something, or something failed, oldest first. Where one campaign is read, not in lists.',
      }),
    cost: z.looseObject({ so_far: z.string(), currency: z.string() }).nullable().meta({
      description: 'What has left costs: by what Meta told, else as expected. Null: nothing is known of money yet.',
    }),
    begins_at: instant.nullable().meta({
      description: 'What `send_at` comes to: on everybody’s own wall, where it is that time first. Null: at once.',
    }),
    started_at: instant.nullable(),
    ended_at: instant.nullable().meta({ description: 'When it was finished or cancelled.' }),
    created_at: instant,
    created_by: z.looseObject({ kind: z.string(), id: z.string().nullable(), name: z.string() }),
  })
  .meta({ id: 'Campaign' })

export const failuresView = z
  .looseObject({
    data: z.array(
      z.looseObject({
        reason: z.string(),
        graph_code: z.int().nullable(),
        count,
        hint: z.string(),
        retryable: z.boolean().meta({ description: 'Another try makes sense, and reaches nobody twice.' }),
      }),
    ),
  })
  .meta({ id: 'CampaignFailures' })

const state = z.enum(CAMPAIGN_STATES)
export const commandedView = z.looseObject({ state }).meta({ id: 'CampaignCommanded' })
export const startedView = z
  .looseObject({
    state,
    checked: z.boolean().meta({ description: 'Whether an estimate of the list as it is was looked at.' }),
  })
  .meta({ id: 'CampaignStarted' })

const finding = z.looseObject({ code: z.string(), text: z.string(), count: count.optional() })
const reasons = z.record(z.string(), count)

export const computingView = z
  .looseObject({
    version: count.meta({ description: 'Of the list: `audience_version`.' }),
    state: z.literal('computing'),
    done: count.meta({ description: 'Lines that were read.' }),
    total: count,
  })
  .meta({ id: 'ComputingEstimate' })

export const estimateView = z
  .looseObject({
    version: count.meta({ description: 'Of the list: `audience_version`. For `estimate_version` of a start.' }),
    state: z.literal('ready'),
    recipients: count,
    fates: z
      .looseObject({
        free_form: count,
        template: count,
        held: count.meta({
          description: 'They wait for the customer, or for something else; also who is invited first.',
        }),
        suppressed: reasons,
        failed: reasons,
        duplicate: count.meta({ description: 'Whom an earlier line writes to under another id of theirs.' }),
        erased: count,
      })
      .meta({ description: 'Every recipient is in exactly one; they add up to `recipients`. As things stand now.' }),
    blockers: z.array(finding).meta({ description: 'What stands in the way of a start.' }),
    warnings: z.array(finding),
    duration_s: count
      .nullable()
      .meta({ description: 'By the pace of its numbers and the messaging limit; null: more than a year.' }),
    ends_at: instant.nullable(),
    cost: z.looseObject({ currency: z.string(), min: z.string(), max: z.string() }).nullable().meta({
      description:
        '`min`: what is free and tiers of volume count, and what waits never leaves. `max`: nothing is free any more, and all of it leaves.',
    }),
    versions: z
      .array(z.looseObject({ variant: z.string().nullable(), language: z.string().nullable(), recipients: count }))
      .meta({ description: 'Where there are several messages: who gets which. `language` null: all other languages.' }),
    senders: z
      .array(z.looseObject({ sender: z.string(), recipients: count }))
      .meta({ description: 'Where there are several numbers: whom each writes to, or would as soon as it may.' }),
    at: instant.meta({ description: 'When it was counted; ten minutes later it is counted again for whoever asks.' }),
  })
  .meta({ id: 'Estimate' })
