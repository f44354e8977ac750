import { z } from 'zod'

/** What the caller asked of the sandbox cannot be done; answered as HTTP 400, 404 or 409. */
export class SandboxActionError extends Error {
  readonly kind: 'malformed' | 'unknown' | 'impossible'

  constructor(kind: 'malformed' | 'unknown' | 'impossible', message: string) {
    super(message)
    this.kind = kind
  }
}

/** Absent `phone_number_id`: the sandbox's first number. */
const to = { phone_number_id: z.string().optional() }

/** `sent_at_ms` is the stamp the message carries when it is not now: a message whose webhook comes late. */
const stamped = { ...to, sent_at_ms: z.number().int().optional() }

export const actionSchemas = {
  say: z.strictObject({ ...stamped, text: z.string().min(1).max(4096), context_id: z.string().optional() }),
  send: z.strictObject({ ...stamped, content: z.looseObject({ type: z.string() }), context_id: z.string().optional() }),
  tap: z.strictObject({ ...stamped, label: z.string(), wamid: z.string().optional() }),
  arriveFromAd: z.strictObject({
    ...stamped,
    text: z.string().optional(),
    referral: z.looseObject({}).optional(),
    device: z.enum(['phone', 'desktop']).default('phone'),
  }),
  call: z.strictObject({ ...stamped, answered: z.boolean().default(false) }),
  react: z.strictObject({ ...stamped, emoji: z.string().default('👍'), wamid: z.string().optional() }),
  preference: z.strictObject(to),
  read: z.strictObject(to),
  colleague: z.strictObject({ ...stamped, text: z.string().min(1).max(4096) }),
  /** `silently`: no webhook tells of it. */
  handover: z.strictObject({ ...to, silently: z.boolean().default(false) }),
  recycle: z.strictObject({ name: z.string().optional() }),
  changeNumber: z.strictObject({ ...to, wa_id: z.string().regex(/^\d{7,15}$/) }),
} as const

export type ActionInput<K extends keyof typeof actionSchemas> = z.input<(typeof actionSchemas)[K]>
