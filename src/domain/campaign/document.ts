import * as z from 'zod'
import { formatZodIssue, messageInputSchema, normaliseMessage, unstorableJson, whenClosedSchema } from '../content.ts'
import { type CampaignBudget, checkBudget } from './budget.ts'
import { checkFrequencyCap, type FrequencyCap } from './frequency-cap.ts'
import { isHome } from './listed-recipient.ts'
import {
  fillPlaceholders,
  mapTexts,
  type Placeholder,
  placeholderProblem,
  placeholdersOf,
  textsOf,
} from './placeholders.ts'
import { checkSenders, type SenderMembers } from './senders.ts'
import { type CampaignTiming, readTiming } from './timing.ts'
import { checkVersions, type Refused, type VersionMembers, versionsOf } from './versions.ts'
import { checkPauseWhen, type PauseWhen } from './watch.ts'

/*
 * What a campaign is to do. It is checked as a whole when it is written: shapes and limits with a sample in the place of every placeholder,
 * since what a column brings is known only line by line.
 */

export interface CampaignDocument extends VersionMembers, CampaignTiming, SenderMembers {
  when_closed?: unknown
  /** ISO 3166, two letters. */
  default_country?: string
  /** Lines that do not fill the texts fail, and keep nobody else. */
  skip_invalid?: boolean
  /** What all of it may cost, exactly. */
  budget?: CampaignBudget
  /** When it is stopped by itself for its failures. */
  pause_when?: PauseWhen
  frequency_cap?: FrequencyCap
}

export type CheckedDocument = { ok: true; document: CampaignDocument } | Refused

/** @param given of the right members; what they hold is checked here */
export function checkDocument(given: Record<string, unknown>): CheckedDocument {
  const unstorable = unstorableJson(given)
  if (unstorable) return refuse(unstorable.path, unstorable.message)
  const { default_country: home, when_closed: whenClosed, skip_invalid: skipInvalid } = given
  const writes = checkSenders(given)
  if (!writes.ok) return writes
  if (home !== undefined && (typeof home !== 'string' || !isHome(home))) {
    return refuse(['default_country'], 'to be the two letters of a country, such as "BR"')
  }
  if (skipInvalid !== undefined && typeof skipInvalid !== 'boolean') {
    return refuse(['skip_invalid'], 'to be true or false')
  }
  const timed = readTiming(given, readInstant)
  if (!timed.ok) return refuse(timed.path, timed.predicate)
  const budget = given.budget === undefined ? null : checkBudget(given.budget)
  if (budget && !budget.ok) return budget
  const pauseWhen = given.pause_when === undefined ? null : checkPauseWhen(given.pause_when)
  if (pauseWhen && !pauseWhen.ok) return pauseWhen
  const cap = given.frequency_cap === undefined ? null : checkFrequencyCap(given.frequency_cap)
  if (cap && !cap.ok) return cap
  const { message, languages, variants } = given
  const said = checkVersions({ message, languages, variants }, checkMessage)
  if (!said.ok) return said
  const wrong = whenClosed === undefined ? null : checkFilled(whenClosed, whenClosedSchema, 'when_closed')
  if (wrong) return wrong
  return {
    ok: true,
    document: {
      ...writes.members,
      ...said.members,
      ...(whenClosed === undefined ? {} : { when_closed: whenClosed }),
      ...(home === undefined ? {} : { default_country: home }),
      ...(skipInvalid === undefined ? {} : { skip_invalid: skipInvalid }),
      ...timed.timing,
      ...(budget === null ? {} : { budget: budget.budget }),
      ...(pauseWhen === null ? {} : { pause_when: pauseWhen.pauseWhen }),
      ...(cap === null ? {} : { frequency_cap: cap.cap }),
    },
  }
}

/** Every column that texts of the document ask for; without a default it is needed in every line. */
export function columnsOf({ when_closed, ...document }: VersionMembers & { when_closed?: unknown }): Placeholder[] {
  const messages = versionsOf(document).map(({ message }) => message)
  return [...messages, when_closed].flatMap((value) => [...textsOf(value)]).flatMap(({ text }) => placeholdersOf(text))
}

function checkMessage(given: unknown, path: string) {
  const message = normaliseMessage(given)
  return (
    checkFilled(message, messageInputSchema, path) ?? { ok: true as const, message: message as Record<string, unknown> }
  )
}

function checkFilled(value: unknown, schema: z.ZodType, root: string): Refused | null {
  for (const { path, text, fillable } of textsOf(value)) {
    const at = [root, ...path]
    if (!fillable && placeholdersOf(text).length > 0) return refuse(at, 'to be written out, got a placeholder')
    const problem = fillable ? placeholderProblem(text) : null
    if (problem !== null) return refuse(at, problem)
  }
  const sample = mapTexts(value, ({ path, text }) => fillPlaceholders(text, sampleFor(path, text)))
  const parsed = schema.safeParse(sample, { reportInput: true })
  if (parsed.success) return null
  return { ok: false, ...formatZodIssue(parsed.error, { input: sample, root }) }
}

/** As short as a value can be, and a link where one has to stand. */
function sampleFor(path: PropertyKey[], text: string): (placeholder: Placeholder) => string {
  const isWhole = /^\{\{[^{}]*\}\}$/.test(text.trim())
  const isLink = isWhole && (path.at(-1) === 'link' || path.at(-1) === 'url')
  return ({ fallback }) => (isLink ? SAMPLE_LINK : fallback || SAMPLE)
}

const SAMPLE = 'x'
const SAMPLE_LINK = 'https://example.com/x'

const dateTime = z.iso.datetime({ offset: true })

/** Null where it is none. */
function readInstant(given: unknown): string | null {
  const read = dateTime.safeParse(given)
  return read.success ? new Date(read.data).toISOString() : null
}

function refuse(path: readonly PropertyKey[], predicate: string): Refused {
  const field = path.map(String).join('.')
  return { ok: false, field, message: `expected ${field || 'the campaign'} ${predicate}` }
}
