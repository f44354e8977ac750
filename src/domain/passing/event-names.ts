import * as z from 'zod'
import type { NewsKind } from '../news.ts'

/*
 * What an endpoint of kind `events` may ask for: names, or all names of one kind by `prefix.*`. Two names are told only to who names them in
 * full, since each is fired for every conversation that ends.
 */

/** By prefix. */
const NAMES = {
  intent: ['scheduled', 'held', 'sent', 'in_doubt', 'failed', 'expired', 'cancelled', 'suppressed'],
  message: ['received', 'delivered', 'read', 'failed'],
  conversation: ['opened', 'entry_opened', 'closing', 'ended'],
  contact: ['opted_out', 'opted_in', 'merged'],
  budget: ['warned', 'spent'],
  template: ['created', 'status', 'category', 'category_changed', 'quality', 'components', 'category_announced'],
  sender: ['linked', 'unlinked', 'changed', 'paused', 'resumed', 'restricted'],
  campaign: ['created', 'scheduled', 'started', 'paused', 'resumed', 'finished', 'cancelled'],
  flow: ['deployed', 'paused', 'resumed', 'run_started', 'run_paused', 'run_resumed', 'run_ended', 'handed_over'],
} as const

type Prefix = keyof typeof NAMES
export type EventName = { [P in Prefix]: `${P}.${(typeof NAMES)[P][number]}` }[Prefix]
/** A name, or a prefix for all of its names. */
export type EventPattern = EventName | `${Prefix}.*`

export const EVENT_NAMES = Object.entries(NAMES).flatMap(([prefix, names]) =>
  names.map((name) => `${prefix}.${name}` as EventName),
)

export const EVENT_PATTERNS: readonly EventPattern[] = [
  ...EVENT_NAMES,
  ...(Object.keys(NAMES) as Prefix[]).map((prefix) => `${prefix}.*` as const),
]

const ONLY_IN_FULL: ReadonlySet<string> = new Set<EventName>(['conversation.closing', 'conversation.ended'])

/** For people who look at it at the moment, and nobody else. */
const NEVER: ReadonlySet<string> = new Set<NewsKind>(['conversation.changed', 'flow.run_moved'])

/** What an endpoint is asked with; null for everything but what goes only where it is named in full. */
export function matchesEvents(patterns: readonly EventPattern[] | null, name: EventName): boolean {
  if (NEVER.has(name)) return false
  const asked: readonly string[] | null = patterns
  if (asked?.includes(name)) return true
  if (ONLY_IN_FULL.has(name)) return false
  return asked === null || asked.includes(`${name.slice(0, name.indexOf('.'))}.*`)
}

/** The `events` of an endpoint of kind `events`. */
export const eventPatternsSchema = z
  .array(
    z.enum(EVENT_PATTERNS, 'to be the name of an event, such as intent.failed, or all of a kind, such as intent.*'),
  )
  .min(1, 'to name at least one event, or to be left out for all')

/** The `events` of an endpoint of kind `meta`: Meta's own names, so that one of tomorrow can be asked for too. */
export const metaFieldsSchema = z
  .array(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, "to be one of Meta's webhook fields, such as messages"))
  .min(1, 'to name at least one field, or to be left out for all')
