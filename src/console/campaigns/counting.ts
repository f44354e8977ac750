import type { components } from '../api/schema.d.ts'

/* What the counts of a campaign come to for whoever looks at it. Pure. */

export const PARTS = [
  'sent',
  'failed',
  'expired',
  'suppressed',
  'cancelled',
  'in_doubt',
  'held',
  'dispatching',
  'queued',
  'scheduled',
] as const
export type Part = (typeof PARTS)[number]

type Counts = Pick<components['schemas']['Campaign']['counts'], 'total' | Part>

const OVER: readonly Part[] = ['sent', 'failed', 'expired', 'suppressed', 'cancelled']

/** Of whom nothing is to come any more. */
export function doneOf(counts: Counts): number {
  return OVER.reduce((sum, part) => sum + counts[part], 0)
}

export interface Share {
  part: Part
  count: number
  /** Of the whole bar, in percent. */
  width: number
}

/** The pieces of the bar in their order; what there is nobody of has none. */
export function sharesOf(counts: Counts): Share[] {
  return PARTS.filter((part) => counts[part] > 0).map((part) => ({
    part,
    count: counts[part],
    width: (100 * counts[part]) / Math.max(counts.total, 1),
  }))
}

export interface Sample {
  /** Epoch milliseconds by Casement's clock. */
  at: number
  done: number
}

const LOOKED_BACK_MS = 60_000
const LEAST_MS = 4_000

/** The samples that a rate is told by, with the newest; a clock that was set begins anew. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1)
  if (last && (sample.at < last.at || sample.at - last.at > LOOKED_BACK_MS)) return [sample]
  return [...samples.filter(({ at }) => sample.at - at <= LOOKED_BACK_MS), sample]
}

/** How many are done in a second; null before that can be told. */
export function rateOf(samples: readonly Sample[]): number | null {
  const [first, last] = [samples[0], samples.at(-1)]
  if (!first || !last || last.at - first.at < LEAST_MS) return null
  const rate = (1000 * (last.done - first.done)) / (last.at - first.at)
  return rate > 0 ? rate : null
}

type Told = components['schemas']['Campaign']

export interface VersionTold {
  variant: string | null
  /** Null: all other languages. */
  language: string | null
  message: Record<string, unknown>
  counts: Told['counts']
  delivery: Told['delivery']
}

/** What became of each of several messages; of a variant the whole, then each of its languages. Of one message there is nothing to compare. */
export function versionsTold({ variants, languages, message }: Told): VersionTold[] {
  const row = (variant: string | null, language: string | null, one: Omit<VersionTold, 'variant' | 'language'>) => ({
    variant,
    language,
    message: one.message as Record<string, unknown>,
    counts: one.counts,
    delivery: one.delivery,
  })
  const inLanguages = (variant: string | null, given: Told['languages']) =>
    Object.entries(given ?? {}).map(([language, one]) => row(variant, language, one as never))
  if (variants === undefined) return message === undefined ? [] : inLanguages(null, languages)
  return variants.flatMap((one) => [row(one.name, null, one as never), ...inLanguages(one.name, one.languages)])
}

export interface Minute {
  /** Epoch milliseconds of its beginning. */
  at: number
  sent: number
  failed: number
}

const MINUTE_MS = 60_000
const MINUTES_SHOWN = 60

/** An hour at most, to the newest minute in which something came about, with those in between in which nothing did. */
export function minutesOf(told: readonly { at: string; sent: number; failed: number }[]): Minute[] {
  const byTime = new Map(told.map(({ at, sent, failed }) => [Date.parse(at), { sent, failed }]))
  const last = Math.max(...byTime.keys())
  const first = Math.max(Math.min(...byTime.keys()), last - (MINUTES_SHOWN - 1) * MINUTE_MS)
  if (byTime.size === 0) return []
  const length = (last - first) / MINUTE_MS + 1
  return Array.from({ length }, (_, i) => {
    const at = first + i * MINUTE_MS
    return { at, sent: 0, failed: 0, ...byTime.get(at) }
  })
}
