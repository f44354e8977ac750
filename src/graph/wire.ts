import { z } from 'zod'
import type { GraphErrorFacts } from '../domain/failure.ts'

/*
 * Answers of the Graph API, read tolerantly: unknown fields stay, and a secondary field of an unexpected shape becomes null
 * instead of spoiling the answer around it. Source: Meta, messages/send-messages, support/error-codes and the OpenAPI
 * description v23.0 (read 2026-11).
 */

const text = z.string().nullish().catch(null)
const id = z.union([z.string().min(1), z.number().transform(String)])

export const sendResponse = z.looseObject({
  messages: z.tuple([z.looseObject({ id: z.string().min(1), message_status: text })]).rest(z.unknown()),
  contacts: z
    .array(z.looseObject({ input: text, wa_id: text, user_id: text }))
    .nullish()
    .catch(null),
})

/** The range of the column that keeps it. */
const integer = z
  .union([
    z.int32(),
    z
      .string()
      .regex(/^-?\d+$/)
      .transform(Number)
      .pipe(z.int32()),
  ])
  .nullish()
  .catch(null)

const errorObject = z.looseObject({
  code: integer,
  error_subcode: integer,
  is_transient: z.boolean().nullish().catch(null),
  message: text,
  title: text,
  error_user_msg: text,
  // A plain string on some errors of template management.
  error_data: z
    .union([z.string(), z.looseObject({ details: text })])
    .nullish()
    .catch(null),
  fbtrace_id: text,
})

/** Facts of one error object, of an answer (`error`) or of a webhook (`errors[]`). Null when it is no object. */
export function errorFacts(
  value: unknown,
  via: GraphErrorFacts['via'],
  httpStatus: number | null,
): GraphErrorFacts | null {
  const parsed = errorObject.safeParse(value)
  if (!parsed.success) return null
  const error = parsed.data
  const details = typeof error.error_data === 'string' ? error.error_data : error.error_data?.details
  const facts: GraphErrorFacts = {
    code: error.code ?? null,
    subcode: error.error_subcode ?? null,
    isTransient: error.is_transient ?? false,
    httpStatus,
    details: details ?? error.error_user_msg ?? error.message ?? error.title ?? null,
    via,
  }
  return error.fbtrace_id ? { ...facts, traceId: error.fbtrace_id } : facts
}

/** The `error` of an answer; null when the answer has none. */
export function answeredError(json: unknown, httpStatus: number): GraphErrorFacts | null {
  if (typeof json !== 'object' || json === null || !('error' in json)) return null
  return errorFacts(json.error, 'sync', httpStatus)
}

export const wireTemplate = z.looseObject({
  id,
  name: z.string(),
  language: z.string(),
  status: z.string(),
  category: text,
  previous_category: text,
  correct_category: text,
  sub_category: text,
  parameter_format: text,
  rejected_reason: text,
  quality_score: z.looseObject({ score: text }).nullish().catch(null),
  components: z
    .array(z.looseObject({ type: z.string() }))
    .nullish()
    .catch(null),
  message_send_ttl_seconds: z.number().nullish().catch(null),
})
export type WireTemplate = z.infer<typeof wireTemplate>

export const templatePage = z.looseObject({
  data: z.array(z.unknown()),
  paging: z
    .looseObject({ cursors: z.looseObject({ after: text }).nullish().catch(null), next: text })
    .nullish()
    .catch(null),
})

export const createdTemplate = z.looseObject({ id, status: text, category: text })
export type CreatedTemplate = z.infer<typeof createdTemplate>

/** What of those asked for was moved is in one of the lists. Source: captured answers (2026). */
export const archived = z.looseObject({
  archived_templates: z.array(id).nullish().catch(null),
  unarchived_templates: z.array(id).nullish().catch(null),
  failed_templates: z.record(z.string(), z.unknown()).nullish().catch(null),
})
export type Archived = z.infer<typeof archived>

/** Ready-made templates. Source: Meta, templates/template-library (read 2026-11). */
export const libraryPage = z.looseObject({
  data: z.array(z.looseObject({ name: z.string() })),
  paging: templatePage.shape.paging,
})
export type LibraryPage = z.infer<typeof libraryPage>

export const uploadSession = z.looseObject({ id: z.string() })
export const uploadedFile = z.looseObject({ h: z.string().min(1) })

export const wireApp = z.looseObject({ id })
export type WireApp = z.infer<typeof wireApp>

/** Whether Meta would take messages, by each of what stands behind a number. Source: Meta, health status (read 2026-11). */
const wireHealth = z.looseObject({
  can_send_message: text,
  entities: z
    .array(
      z.looseObject({
        entity_type: text,
        can_send_message: text,
        errors: z
          .array(
            z.looseObject({
              error_code: z.number().nullish().catch(null),
              error_description: text,
              possible_solution: text,
            }),
          )
          .nullish()
          .catch(null),
      }),
    )
    .nullish()
    .catch(null),
})
export type WireHealth = z.infer<typeof wireHealth>

export const wirePhoneNumber = z.looseObject({
  id,
  display_phone_number: text,
  verified_name: text,
  quality_rating: text,
  status: text,
  throughput: z.looseObject({ level: text }).nullish().catch(null),
  whatsapp_business_manager_messaging_limit: text,
  health_status: wireHealth.nullish().catch(null),
})
export type WirePhoneNumber = z.infer<typeof wirePhoneNumber>

export const numberPage = z.looseObject({ data: z.array(wirePhoneNumber), paging: templatePage.shape.paging })

const countryCode = z
  .string()
  .regex(/^[A-Z]{2}$/)
  .nullish()
  .catch(null)
const seconds = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{9,11}$/)
      .transform(Number),
  ])
  .nullish()
  .catch(null)

/** What an account says of money. Source: Meta, pricing, authentication-international rates (read 2026-11). */
export const wireAccount = z.looseObject({
  id: id.nullish().catch(null),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .nullish()
    .catch(null),
  timezone_id: id.nullish().catch(null),
  primary_business_location: countryCode,
  auth_international_rate_eligibility: z
    .looseObject({
      start_time: seconds,
      exception_countries: z
        .array(z.looseObject({ country_code: countryCode, start_time: seconds }))
        .nullish()
        .catch(null),
    })
    .nullish()
    .catch(null),
})
export type WireAccount = z.infer<typeof wireAccount>

export const subscribedAppList = z.looseObject({
  data: z.array(
    z.looseObject({
      whatsapp_business_api_data: z
        .looseObject({ id: id.nullish().catch(null), name: text })
        .nullish()
        .catch(null),
      override_callback_uri: text,
    }),
  ),
})
export type SubscribedAppList = z.infer<typeof subscribedAppList>

export const success = z.looseObject({ success: z.boolean() })
export type Success = z.infer<typeof success>

export const debuggedToken = z.looseObject({
  data: z.looseObject({
    app_id: id.nullish().catch(null),
    is_valid: z.boolean().nullish().catch(null),
    /** Unix seconds; 0 is "never". */
    expires_at: z.number().nullish().catch(null),
    scopes: z.array(z.string()).nullish().catch(null),
    granular_scopes: z
      .array(z.looseObject({ scope: z.string(), target_ids: z.array(z.string()).nullish().catch(null) }))
      .nullish()
      .catch(null),
    error: z.unknown().optional(),
  }),
})
export type DebuggedToken = z.infer<typeof debuggedToken>['data']

/** Undefined when it is no JSON: an HTML page of a proxy, an empty body. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/**
 * Distinct users per rolling 24 hours behind `TIER_250`, `TIER_2K`, … `TIER_UNLIMITED` (Infinity). Null for `TIER_NOT_SET`
 * and anything else, a number that no column could keep included. Source: Meta, messaging-limits (read 2026-11).
 */
export function messagingLimitOf(tier: unknown): number | null {
  if (tier === 'TIER_UNLIMITED') return Number.POSITIVE_INFINITY
  const match = typeof tier === 'string' ? /^(?:TIER_)?(\d+)(K?)$/.exec(tier) : null
  const limit = match ? Number(match[1]) * (match[2] ? 1_000 : 1) : tier
  return z.int32().positive().safeParse(limit).data ?? null
}
