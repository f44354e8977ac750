import { ZONE_COLUMN } from '../domain/campaign/list-line.ts'
import type { Whereabouts } from '../domain/campaign/quiet-hours.ts'
import type { Turns } from '../domain/campaign/turns.ts'
import type { Instant } from '../domain/time.ts'
import type { FeedException, ListedLine, ListShape } from '../store/campaigns/feeding.ts'
import type { ConversationState } from '../store/conversations/ensure.ts'

/* Whose turn it is, of some of a list: nobody gets an intent before it is theirs. */

export function listedZoneOf({ columns }: ListShape, { cells }: ListedLine): string | null {
  return cells[columns.indexOf(ZONE_COLUMN)]?.trim() || null
}

interface Someone {
  line: ListedLine
  conversation: Pick<ConversationState, 'timeZone' | 'waId' | 'bsuid'>
  /** Their time zone as the list has it. */
  listedZone: string | null
}

export function whereaboutsOf({ conversation, line, listedZone }: Someone): Whereabouts {
  const { timeZone: contact, waId, bsuid } = conversation
  return { contact, listed: listedZone, id: waId ?? bsuid ?? line.recipient }
}

export interface TurnsOf<T> {
  now: T[]
  later: { position: number; at: Instant }[]
  never: T[]
}

export function turnsAt<T extends Someone & { sender: { turns: Turns } }>(
  people: readonly T[],
  now: Instant,
): TurnsOf<T> {
  const turns: TurnsOf<T> = { now: [], later: [], never: [] }
  for (const one of people) {
    const at = one.sender.turns.of(whereaboutsOf(one), now)
    if (at === null) turns.never.push(one)
    else if (at > now) turns.later.push({ position: one.line.position, at })
    else turns.now.push(one)
  }
  return turns
}

export const TOO_LATE: Pick<FeedException, 'state' | 'code' | 'text'> = {
  state: 'suppressed',
  code: 'too_late',
  text: 'The time on their wall was over when the campaign began.',
}
