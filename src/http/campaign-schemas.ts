import * as z from 'zod'
import { RETRY_REASONS } from '../domain/campaign/failures.ts'
import { IMPORT_CODES } from '../domain/campaign/import-error.ts'
import { CAMPAIGN_STATES } from '../domain/campaign/lifecycle.ts'
import { isHome } from '../domain/campaign/listed-recipient.ts'
import { LATE } from '../domain/campaign/timing.ts'
import { messageSchema, whenClosedSchema } from '../domain/content.ts'
import { DURATION_PATTERN } from '../domain/flow/moment.ts'
import { graphId, name, page } from './schemas.ts'

/* What requests about campaigns carry, and what is answered. What a campaign says is checked by its own rules (domain/campaign). */

const message = messageSchema.meta({
  id: 'CampaignMessage',
  description: "The Cloud API's own message object. Its texts may have `{{column}}` and `{{column | default}}`.",
})
const languages = z.record(z.string(), z.strictObject({ message }))
const localStart = z
  .strictObject({
    local: z.string().meta({ description: 'A local date and time without a zone.', examples: ['2026-12-01T10:00'] }),
    time_zone: z.string().meta({ description: "An IANA name, or `recipient`: each recipient's own." }),
  })
  .meta({ id: 'LocalStart' })

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)
const quietHours = z
  .strictObject({
    from: clock,
    to: clock.meta({ description: 'The first minute that is free again. Before `from`: over night.' }),
    zone: z.string().optional().meta({ description: 'Of those whose own zone is not known.' }),
  })
  .meta({ id: 'QuietHours', examples: [{ from: '21:00', to: '08:00' }] })

const duration = z
  .string()
  .regex(DURATION_PATTERN)
  .meta({ examples: ['6h'] })

const members = {
  sender: graphId
    .optional()
    .meta({ description: "Meta's phone_number_id of a linked number. Needed unless there are `senders`." }),
  senders: z
    .array(
      z.strictObject({
        sender: graphId,
        weight: z.int().min(1).max(1_000).optional().meta({ description: 'Default: 1.' }),
      }),
    )
    .min(1)
    .max(10)
    .optional()
    .meta({
      description:
        'Instead of `sender`: linked numbers of one business portfolio, of which one writes to each recipient. One whose window with them is open, else the one that wrote to them last, else one by weight. Those that cannot send are left out.',
      examples: [[{ sender: '106540352242922', weight: 3 }, { sender: '106540352242923' }]],
    }),
  message: message.optional().meta({ description: 'Needed unless there are `variants`.' }),
  languages: languages.optional().meta({
    description:
      'The same for those who have one of these languages: the column `language` of their line says so, else what is known of them. `pt` is for all that is Portuguese and not named in full.',
    examples: [{ pt_BR: { message: { type: 'text', text: { body: 'Olá {{name | amiga}}!' } } } }],
  }),
  variants: z
    .array(
      z.strictObject({
        name: name(64),
        weight: z.int().min(1).max(1_000).optional().meta({ description: 'Default: 1.' }),
        message,
        languages: languages.optional(),
      }),
    )
    .min(1)
    .max(10)
    .optional()
    .meta({
      description:
        'Instead of `message`: each recipient gets one, by weight, and the same one in a retry. All messages together are 50 at most.',
    }),
  when_closed: whenClosedSchema.optional().meta({
    description:
      "What to do when the customer service window is closed; default: the sender's. Placeholders stand in values.",
  }),
  default_country: z
    .string()
    .length(2)
    .optional()
    .meta({
      description: 'ISO 3166: of numbers without a country code, unless an upload names another.',
      examples: ['BR'],
    }),
  send_at: z
    .union([z.iso.datetime({ offset: true }), localStart])
    .optional()
    .meta({ description: 'A start before then waits for it, `scheduled`. Default: at once.' }),
  late: z.enum(LATE).optional().meta({
    description:
      'Of whom the time on their own wall is over when the campaign begins: they are written to at once (default), at that time of the next day, or not at all.',
  }),
  start_within: duration.optional().meta({
    description:
      'Where nobody could begin it at its time, it is begun so much later at most; after that it is paused, `start_missed`. Default: 6h.',
  }),
  valid_for: duration.optional().meta({
    description: 'How long a message may wait from its turn on before it expires. Default: 7d.',
  }),
  max_mps: z.number().min(0.01).max(1_000).optional().meta({
    description: 'Messages per second of this campaign at most. Default: whatever its number can.',
  }),
  quiet_hours: quietHours.optional().meta({
    description:
      "Hours in which nobody is written to, by the clock on each recipient's own wall: their contact's zone, else the list's column `time_zone`, else all zones of their number's country, else `zone`, else that of the number's account.",
  }),
  frequency_cap: z
    .strictObject({ messages: z.int().min(1).max(100), days: z.int().min(1).max(90) })
    .optional()
    .meta({
      examples: [{ messages: 2, days: 7 }],
      description:
        'Marketing goes to nobody who got so many marketing messages in so many days, by whatever number of the workspace: they are `suppressed`, `capped`.',
    }),
  budget: z
    .strictObject({
      amount: z.string().meta({ examples: ['250.00'] }),
      currency: z.string().meta({ examples: ['USD'] }),
    })
    .optional()
    .meta({
      description:
        "What all of it may cost, in the currency of the number's account, and never more: who is handed over has the dearest that may come of them laid aside. Nothing fits any more: `paused`, `budget_spent`.",
    }),
  pause_when: z
    .strictObject({
      share: z.number().gt(0).max(1).optional().meta({ description: 'Default: 0.25.' }),
      after: z.int().min(1).max(100_000).optional().meta({ description: 'Default: 200.' }),
    })
    .optional()
    .meta({
      description:
        'Pause when more than this share of the last `after` outcomes failed with one code. Without it faults of recipients count for nothing. Errors of templates and of the account, red quality, a lowered limit and a changed category pause it at once, always.',
    }),
  skip_invalid: z
    .boolean()
    .optional()
    .meta({ description: 'Start although some lines do not fill the texts: those fail, as `template_parameters`.' }),
}
const called = name(200)

/** For the document. Limits of texts are those of what they are filled with. */
export const campaignBody = z.strictObject({ name: called, ...members }).meta({
  id: 'CampaignRequest',
  examples: [
    {
      name: 'Spring',
      sender: '106540352242922',
      message: { type: 'text', text: { body: 'Hello {{name | there}}, our spring sale has begun.' } },
      when_closed: 'hold',
    },
  ],
})

export const campaignPatchBody = z
  .strictObject({
    name: called.optional(),
    sender: members.sender.nullable(),
    senders: members.senders.nullable(),
    message: members.message.nullable(),
    languages: members.languages.nullable(),
    variants: members.variants.nullable(),
    when_closed: members.when_closed.nullable(),
    default_country: members.default_country.nullable(),
    skip_invalid: members.skip_invalid.nullable(),
    send_at: members.send_at.nullable(),
    late: members.late.nullable(),
    start_within: members.start_within.nullable(),
    valid_for: members.valid_for.nullable(),
    quiet_hours: members.quiet_hours.nullable(),
    pause_when: members.pause_when.nullable().meta({ description: 'May be changed while it runs too.' }),
    budget: members.budget.nullable().meta({ description: 'May be changed, or taken away, while it runs too.' }),
    max_mps: members.max_mps.nullable(),
    frequency_cap: members.frequency_cap.nullable(),
  })
  .meta({ id: 'CampaignPatch', examples: [{ name: 'Late spring', default_country: null }] })

export const campaignFrame = z.looseObject({ name: called })
export const campaignPatchFrame = z.looseObject({ name: called.optional() })

/** What a campaign may be made of; everything else is misspelt. */
export const CAMPAIGN_MEMBERS: readonly string[] = ['name', ...Object.keys(members)]

export const audienceQuery = z.strictObject({
  default_country: z
    .string()
    .refine(isHome, 'to be the two letters of a country, such as "BR"')
    .optional()
    .meta({ description: "Of numbers without a country code; default: the campaign's.", examples: ['BR'] }),
})

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
          reason: z.string(),
        }),
      )
      .meta({ description: 'The first 1,000.' }),
    errors_truncated: z.boolean(),
    upload: z.int().optional().meta({ description: 'Which of its lists it is, where no file came in.' }),
    state: z.literal('ready').optional(),
  })
  .meta({ id: 'ImportedAudience' })

export const campaignsQuery = z.strictObject(page)

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

export const startBody = z
  .strictObject({
    estimate_version: z.int().optional().meta({
      description: 'Of the estimate that was looked at; 409 `estimate_stale` where the list is another by now.',
    }),
  })
  .meta({ id: 'CampaignStart', examples: [{}] })

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

export const retryBody = z
  .strictObject({
    reasons: z
      .array(z.string().max(64))
      .min(1)
      .max(50)
      .meta({ description: `Codes of reasons: ${RETRY_REASONS.join(', ')}.` }),
    include_unconfirmed: z
      .boolean()
      .optional()
      .meta({ description: 'Needed beside `unconfirmed`: a second message may reach them twice.' }),
  })
  .meta({ id: 'CampaignRetry', examples: [{ reasons: ['attempts_exhausted', 'expired'] }] })

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
