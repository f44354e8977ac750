import { z } from 'zod'

const component = z.looseObject({ type: z.string() })

/** Bodies of `/sandbox/**`, and the arguments of the same controls called as functions. */
export const controlSchemas = {
  sender: z.strictObject({
    id: z.string().regex(/^\d+$/),
    waba_id: z.string().regex(/^\d+$/),
    display_phone_number: z.string(),
    verified_name: z.string().optional(),
    throughput_mps: z.number().int().min(1).optional(),
    portfolio_id: z.string().optional(),
  }),
  senderPatch: z.strictObject({
    throughput_mps: z.number().int().min(1).nullable().optional(),
    quality_rating: z.enum(['GREEN', 'YELLOW', 'RED', 'UNKNOWN']).optional(),
    /** Refuse every send with this code, until null. */
    refuse_with: z.number().int().nullable().optional(),
    /** A test number: writes only to these spellings (digits), until null. */
    allowed_to: z
      .array(z.string().regex(/^\d{7,15}$/))
      .nullable()
      .optional(),
  }),
  token: z.strictObject({
    token: z.string().min(1),
    waba_ids: z.array(z.string()).optional(),
    scopes: z.array(z.string()).optional(),
    expires_in_ms: z.number().nullable().optional(),
    revoked: z.boolean().optional(),
  }),
  template: z.strictObject({
    id: z.string().regex(/^\d+$/).optional(),
    waba_id: z.string().optional(),
    name: z.string(),
    language: z.string(),
    category: z.enum(['MARKETING', 'UTILITY', 'AUTHENTICATION']),
    status: z.enum(['APPROVED', 'PENDING', 'REJECTED', 'PAUSED', 'DISABLED']).optional(),
    parameter_format: z.enum(['NAMED', 'POSITIONAL']).optional(),
    components: z.array(component),
  }),
  templatePatch: z.strictObject({
    status: z.enum(['APPROVED', 'PENDING', 'REJECTED', 'PAUSED', 'DISABLED', 'ARCHIVED']).optional(),
    reason: z.string().optional(),
    title: z.string().optional(),
    quality: z.enum(['GREEN', 'YELLOW', 'RED', 'UNKNOWN']).optional(),
    category: z.enum(['MARKETING', 'UTILITY', 'AUTHENTICATION']).optional(),
    /** Announces a category without changing it yet. */
    correct_category: z.enum(['MARKETING', 'UTILITY', 'AUTHENTICATION']).optional(),
    /** Meta announces this category and changes it a day later, or at once with `notice_ms: 0`. */
    recategorise: z.enum(['MARKETING', 'UTILITY', 'AUTHENTICATION']).optional(),
    notice_ms: z.number().int().min(0).optional(),
    /** Its rating falls to RED: paused for 3 hours, then 6, then disabled. */
    strike: z.literal(true).optional(),
    /** `hold`: sends wait for quality assessment. `release`, `pause`: how the assessment ends. */
    pacing: z.enum(['hold', 'release', 'pause']).optional(),
  }),
  /** `hold`: templates wait behind the first batch; `release` or `drop` them; `clear`: the review after a drop is over. */
  portfolio: z.strictObject({ pacing: z.enum(['hold', 'release', 'drop', 'clear']) }),
  customer: z.strictObject({
    wa_id: z
      .string()
      .regex(/^\d{7,15}$/)
      .nullable()
      .optional(),
    user_id: z.string().optional(),
    name: z.string().optional(),
    username: z.string().optional(),
    has_whatsapp: z.boolean().optional(),
    phone_hidden: z.boolean().optional(),
    aliases: z.array(z.string()).optional(),
    /** In Ivory Coast and Benin: the account keeps the eight digits it was made with, which Meta answers and reports. */
    renumbered: z.boolean().optional(),
  }),
  customerPatch: z.strictObject({
    name: z.string().optional(),
    username: z.string().nullable().optional(),
    has_whatsapp: z.boolean().optional(),
    phone_hidden: z.boolean().optional(),
    online: z.boolean().optional(),
    aliases: z.array(z.string()).optional(),
  }),
  clock: z.strictObject({ advance_ms: z.number() }),
  webhookUrl: z.strictObject({ url: z.string().nullable() }),
  webhook: z.strictObject({ field: z.string(), value: z.looseObject({}), waba_id: z.string().optional() }),
} as const
