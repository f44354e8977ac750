import * as z from 'zod'
import { formatZodIssue } from '../content.ts'
import { FAILURE_CODES, type FailureEntry } from '../failure-codes.ts'
import type { CampaignReason } from './lifecycle.ts'
import type { Refused } from './versions.ts'

/*
 * When a campaign that runs is stopped by itself. What went wrong before it began, or before somebody let it go on, is known to whoever did,
 * and is no reason: it is compared with how things stood then.
 */

/** By the share of one failure among the last outcomes. */
export interface PauseWhen {
  share: number
  after: number
}

const DEFAULTS: PauseWhen = { share: 0.25, after: 200 }

const pauseWhenSchema = z.strictObject({
  share: z.number().gt(0).max(1).default(DEFAULTS.share),
  after: z.int().min(1).max(100_000).default(DEFAULTS.after),
})

export function checkPauseWhen(given: unknown): { ok: true; pauseWhen: PauseWhen } | Refused {
  const parsed = pauseWhenSchema.safeParse(given, { reportInput: true })
  if (parsed.success) return { ok: true, pauseWhen: parsed.data }
  return { ok: false, ...formatZodIssue(parsed.error, { input: given, root: 'pause_when' }) }
}

/** How things stand. */
export interface Watched {
  sent: number
  /** By Meta's code: recipients that ended with it, and those that wait because of it. */
  failed: Record<string, number>
  waits: Record<string, number>
  /** Of each of its numbers, in Meta's word; null: not read. */
  qualities: Record<string, string | null>
  /** Of its portfolio; null: unlimited, or not read. */
  limit: number | null
  /** Meta's category of each of its templates. */
  categories: Record<string, string>
}

/** As it is kept from one look to the next. */
export interface Watch {
  /** When it began, or somebody let it go on. */
  begin: Watched
  /** The outcomes on the way since, the oldest first: as far back as the last `after` of them reach. */
  marks: Pick<Watched, 'sent' | 'failed'>[]
}

/** Marks are set this often among the outcomes that are looked at, so that few are kept. */
const MARKS = 10

/**
 * @param rule null: its defaults, and faults of recipients count for nothing, or an old list would stop every campaign
 * @param restricted why Meta lets none of its numbers send; null: one may
 */
export function watch(
  kept: Watch | null,
  now: Watched,
  rule: PauseWhen | null,
  restricted: string | null,
): { watch: Watch; reason: CampaignReason | null } {
  const { begin, marks } = kept ?? { begin: now, marks: [] }
  const { share, after } = rule ?? DEFAULTS
  const next = marksOf(marks.length === 0 ? [begin] : marks, now, after)
  const reason =
    ofAccount(restricted) ??
    ofTemplates(begin, now) ??
    ofRating(begin, now) ??
    ofShare(next[0] as Watch['marks'][number], now, { share, after }, rule !== null)
  return { watch: { begin, marks: next }, reason }
}

function marksOf(marks: Watch['marks'], now: Watched, after: number): Watch['marks'] {
  const count = outcomesOf(now)
  const last = marks.at(-1) as Watch['marks'][number]
  const isDue = count - outcomesOf(last) >= Math.ceil(after / MARKS)
  const all = isDue ? [...marks, { sent: now.sent, failed: now.failed }] : marks
  const first = all.findLastIndex((mark) => count - outcomesOf(mark) >= after)
  return first > 0 ? all.slice(first) : all
}

function outcomesOf({ sent, failed }: Pick<Watched, 'sent' | 'failed'>): number {
  return Object.values(failed).reduce((sum, n) => sum + n, sent)
}

function ofAccount(restricted: string | null): CampaignReason | null {
  if (restricted === null) return null
  return {
    code: 'sender_account',
    text: `${restricted} Its number is restricted: cure that, then resume the campaign.`,
  }
}

/** Meta's errors of templates: one is enough, for the next message has the same. Source: Meta, support/error-codes (read 2026-11). */
function ofTemplates(begin: Watched, now: Watched): CampaignReason | null {
  for (const kind of ['failed', 'waits'] as const) {
    for (const [code, n] of Object.entries(now[kind])) {
      if (Number(code) < 132_000 || Number(code) > 132_999 || n <= (begin[kind][code] ?? 0)) continue
      return { code: 'template_error', text: `Meta answered ${code}. ${textOf(code)} Resume it once that is mended.` }
    }
  }
  for (const [name, category] of Object.entries(now.categories)) {
    const was = begin.categories[name]
    if (was === undefined || was === category) continue
    const text = `Meta made template ${name} ${category}; it was ${was} when the campaign began, and may cost another price now. Resume it to go on.`
    return { code: 'category_changed', text }
  }
  return null
}

function ofRating(begin: Watched, now: Watched): CampaignReason | null {
  for (const [number, quality] of Object.entries(now.qualities)) {
    if (quality !== 'RED' || begin.qualities[number] === 'RED') continue
    const which = Object.keys(now.qualities).length === 1 ? 'its number' : `its number ${number}`
    const text = `The quality of ${which} fell to red: many block or report it. Write to fewer strangers; resume it to go on.`
    return { code: 'quality_red', text }
  }
  if (now.limit === null || (begin.limit !== null && now.limit >= begin.limit) || begin.limit === null) return null
  const text = `Meta lowered the messaging limit of its portfolio from ${begin.limit} to ${now.limit}. Resume it to go on.`
  return { code: 'limit_lowered', text }
}

function ofShare(
  from: Pick<Watched, 'sent' | 'failed'>,
  now: Watched,
  { share, after }: PauseWhen,
  all: boolean,
): CampaignReason | null {
  const count = outcomesOf(now) - outcomesOf(from)
  if (count < after) return null
  for (const [code, n] of Object.entries(now.failed)) {
    const failed = n - (from.failed[code] ?? 0)
    if (failed <= share * count || (!all && isOfRecipient(code))) continue
    const text = `${failed} of the last ${count} messages failed with ${code}. ${textOf(code)} Resume it to go on; then it is counted anew.`
    return { code: 'failure_share', text }
  }
  return null
}

function entryOf(code: string): FailureEntry | undefined {
  return (FAILURE_CODES as Record<string, FailureEntry>)[code]
}

function textOf(code: string): string {
  return entryOf(code)?.text ?? 'See its failures.'
}

/** Nobody's but theirs: no WhatsApp, blocked, a window that was closed after all. */
function isOfRecipient(code: string): boolean {
  return /^(recipient|window_closed$|identity$)/.test(entryOf(code)?.class ?? '')
}
