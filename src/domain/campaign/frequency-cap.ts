import * as z from 'zod'
import { formatZodIssue } from '../content.ts'
import type { Refused } from './versions.ts'

/** A campaign writes marketing to nobody who got so many marketing messages in so many days, by whatever number of the workspace. */
export interface FrequencyCap {
  messages: number
  days: number
}

const capSchema = z.strictObject({ messages: z.int().min(1).max(100), days: z.int().min(1).max(90) })

export function checkFrequencyCap(given: unknown): { ok: true; cap: FrequencyCap } | Refused {
  const parsed = capSchema.safeParse(given, { reportInput: true })
  if (parsed.success) return { ok: true, cap: parsed.data }
  return { ok: false, ...formatZodIssue(parsed.error, { input: given, root: 'frequency_cap' }) }
}
