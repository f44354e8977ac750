import * as z from 'zod'
import { whenClosedSchema } from '../domain/content.ts'
import { SENDER_CHECKS } from '../usecases/check-sender.ts'
import { instant } from './views.ts'

/* What answers about numbers look like, see views.ts. */

export const senderView = z
  .looseObject({
    phone_number_id: z.string(),
    waba_id: z.string(),
    portfolio_id: z.string(),
    display_phone_number: z.string().nullable(),
    verified_name: z.string().nullable(),
    throughput_mps: z.number(),
    throughput: z
      .looseObject({
        configured_mps: z.number(),
        effective_mps: z.number(),
        slowed_since: instant.nullable(),
        used_1m: z.int().meta({ description: 'Messages that left in the last minute, as told a few seconds ago.' }),
      })
      .meta({
        description: 'Messages per second. After a throttle (130429) less goes for a while than is configured.',
      }),
    calls_paused_until: instant
      .nullable()
      .meta({ description: 'Meta throttled the account (4, 80007 …): nothing is sent until then.' }),
    messaging_limit: z.number().nullable(),
    messaging_limit_left: z.number().nullable().meta({ description: 'New people within 24 hours; null: unlimited.' }),
    messaging_limit_frees_at: instant
      .nullable()
      .meta({ description: 'When the first of those who count does not any more.' }),
    pair_limited_24h: z.int().meta({
      description: 'How often a message waited for the pair limit of its person, in 24 hours, by the hour.',
    }),
    quality: z
      .string()
      .nullable()
      .meta({ description: '`GREEN`, `YELLOW`, `RED`, `UNKNOWN`, as Meta spells it; null: not read yet.' }),
    quality_history: z
      .array(z.looseObject({ at: instant, score: z.string() }))
      .meta({ description: 'What it became and when that was read, newest first; 100 at most.' }),
    webhook_seen_at: instant.nullable().meta({ description: 'When a webhook of the number came last.' }),
    webhook_failed: z
      .int()
      .meta({ description: 'Stored webhooks of the number that could not be applied; 100 at most.' }),
    default_when_closed: whenClosedSchema,
    state: z.enum(['active', 'paused', 'restricted']),
    reason: z.looseObject({ code: z.string(), text: z.string(), since: instant }).nullable(),
    currency: z.string().nullable().meta({ description: 'Of its account; null while Meta has not told.' }),
    time_zone: z.string().nullable().meta({ description: 'In which its days and months are counted; null: UTC.' }),
    budget: z.looseObject({}).nullable(),
    free_service_left: z.int().meta({ description: 'Free-form messages that cost nothing this month.' }),
    created_at: instant,
  })
  .meta({ id: 'Sender' })

export const setupView = z
  .looseObject({
    webhook_url: z.string().nullable().meta({ description: 'For Meta; null where nobody can tell it.' }),
    verify_token: z.string().nullable().meta({ description: 'For admins of `default` only.' }),
    number_linked: z.boolean(),
    webhook_seen_at: instant.nullable().meta({ description: 'When a webhook came last.' }),
    missing: z.array(z.enum(['number', 'public_url', 'verify_token', 'app_secret', 'webhook'])),
    sandbox: z.boolean().meta({ description: 'Whether the built-in sandbox is the Graph API.' }),
  })
  .meta({ id: 'Setup' })

export const senderChecksView = z
  .looseObject({
    checks: z.array(
      z.looseObject({
        name: z.enum(SENDER_CHECKS).meta({ description: 'What was looked at; more may come.' }),
        state: z.enum(['ok', 'warn', 'fail']),
        text: z.string().meta({ description: 'What was found, in words, and what cures it.' }),
        code: z.string().nullable().meta({
          description: 'What was found, of this name, for words of your own; null where only the text tells.',
        }),
        values: z
          .record(z.string(), z.union([z.string(), z.number()]))
          .meta({ description: 'What the text names. Instants in ISO 8601.' }),
        field: z
          .enum(['access_token', 'phone_number_id', 'waba_id', 'portfolio_id'])
          .nullable()
          .meta({ description: 'The member of a link that is at fault, or that it is about.' }),
      }),
    ),
  })
  .meta({
    id: 'SenderChecks',
    examples: [
      {
        checks: [
          {
            name: 'token',
            state: 'ok',
            text: 'The token is valid and never expires.',
            code: 'lasting',
            values: {},
            field: 'access_token',
          },
          {
            name: 'permissions',
            state: 'fail',
            text: 'It lacks whatsapp_business_management for account 102290129340398.',
            code: 'lacking',
            values: { account: '102290129340398', permissions: 'whatsapp_business_management' },
            field: 'access_token',
          },
        ],
      },
    ],
  })
