import { z } from 'zod'
import { chance } from './random.ts'

/**
 * Faults by script. Before acceptance: the message never counts. After acceptance: the sandbox has it, and statuses will
 * come, but the caller does not learn so. `failed_status` is accepted with an answer, and reported as failed later.
 */
export const faultSchema = z
  .strictObject({
    kind: z.enum([
      'http_500',
      'http_503',
      'http_429',
      'graph_error',
      'usage_limit',
      'failed_status',
      'latency',
      'reset_before_accept',
      'reset_after_accept',
      'html_502',
      'empty_200',
      'timeout_before_accept',
      'timeout_after_accept',
    ]),
    /** How often it strikes before it is used up; null is without end. */
    times: z.number().int().min(1).nullable().default(1),
    probability: z.number().min(0).max(1).default(1),
    match: z
      .strictObject({
        phone_number_id: z.string().optional(),
        /** Compared by digits, so a `+` does not matter. */
        to: z.string().optional(),
        /** The last part of the path; sends only, unless said otherwise. */
        edge: z.string().optional(),
      })
      .default({}),
    /** `html_502` and `empty_200`: whether the message was accepted all the same. */
    accept: z.boolean().optional(),
    /** `graph_error`, `failed_status`; `usage_limit`, where it is 80007 unless said otherwise. */
    code: z.number().int().optional(),
    subcode: z.number().int().optional(),
    message: z.string().optional(),
    http: z.number().int().min(200).max(599).optional(),
    /** `latency`: added to the answer. */
    ms: z.number().min(0).default(1_000),
    /** `http_429` and `http_503`: sent as `Retry-After`. */
    retry_after_s: z.number().int().min(0).optional(),
    /** `usage_limit`: minutes until the account may call again, in `X-Business-Use-Case-Usage`, and for what kind of call. */
    regain_minutes: z.number().min(0).default(5),
    usage_type: z.string().default('whatsapp_business_management'),
  })
  .transform((fault) => ({
    ...fault,
    accept: fault.accept ?? ACCEPTS.has(fault.kind),
    code: fault.code ?? (fault.kind === 'usage_limit' ? 80007 : 131000),
  }))

const ACCEPTS: ReadonlySet<string> = new Set([
  'reset_after_accept',
  'timeout_after_accept',
  'empty_200',
  'latency',
  'failed_status',
])

export type FaultInput = z.input<typeof faultSchema>
export type Fault = z.output<typeof faultSchema>

export type FaultScript = {
  add(fault: FaultInput): Fault
  list(): Fault[]
  clear(): void
  /** The fault this call meets, if any; using it up. */
  take(call: { edge: string; phoneNumberId: string | null; to: string | null }): Fault | null
}

const SEND_EDGES: readonly string[] = ['messages', 'marketing_messages']

export function createFaults(seed: () => number): FaultScript {
  let faults: Fault[] = []
  let calls = 0
  return {
    add(input) {
      const fault = faultSchema.parse(input)
      faults.push(fault)
      return fault
    },
    list: () => faults.map((fault) => ({ ...fault })),
    clear() {
      faults = []
    },
    take(call) {
      calls += 1
      const index = faults.findIndex(
        (fault, position) => matches(fault, call) && chance(fault.probability, seed(), `fault/${calls}/${position}`),
      )
      const fault = faults[index]
      if (!fault) return null
      if (fault.times !== null) {
        fault.times -= 1
        if (fault.times === 0) faults.splice(index, 1)
      }
      return fault
    },
  }
}

function matches(fault: Fault, call: { edge: string; phoneNumberId: string | null; to: string | null }): boolean {
  const { edge, phone_number_id, to } = fault.match
  if (edge === undefined ? !SEND_EDGES.includes(call.edge) : edge !== call.edge) return false
  if (phone_number_id !== undefined && phone_number_id !== call.phoneNumberId) return false
  return to === undefined || (call.to !== null && idOnly(to) === idOnly(call.to))
}

/** A number without its punctuation; a BSUID as it is. */
function idOnly(value: string): string {
  return /^[A-Z]{2}\./.test(value) ? value : value.replace(/\D/g, '')
}
