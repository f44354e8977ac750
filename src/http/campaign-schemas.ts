import * as z from 'zod'
import { RETRY_REASONS } from '../domain/campaign/failures.ts'
import { isHome } from '../domain/campaign/listed-recipient.ts'
import { LATE } from '../domain/campaign/timing.ts'
import { messageSchema, whenClosedSchema } from '../domain/content.ts'
import { DURATION_PATTERN } from '../domain/flow/moment.ts'
import { graphId, name, page } from './schemas.ts'

/* What requests about campaigns carry. What a campaign says is checked by its own rules (domain/campaign). */

export const message = messageSchema.meta({
  id: 'CampaignMessage',
  description: "The Cloud API's own message object. Its texts may have `{{column}}` and `{{column | default}}`.",
})
const languages = z.record(z.string(), z.strictObject({ message }))
export const localStart = z
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

export const campaignsQuery = z.strictObject({
  ...page,
  name: called.optional().meta({ description: 'Exactly as they are called.' }),
})

export const startBody = z
  .strictObject({
    estimate_version: z.int().optional().meta({
      description: 'Of the estimate that was looked at; 409 `estimate_stale` where the list is another by now.',
    }),
  })
  .meta({ id: 'CampaignStart', examples: [{}] })

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
