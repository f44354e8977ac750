import * as z from 'zod'

const FIRST = Date.parse('1970-01-01T00:00:00Z')
/** A year has four digits wherever it is kept, with what is added to it. */
const LAST = Date.parse('9998-01-01T00:00:00Z')

export const IN_CALENDAR = 'to be in a year from 1970 to 9997'

/** @param epochMs of an instant that somebody gives */
export function isInCalendar(epochMs: number): boolean {
  return epochMs >= FIRST && epochMs < LAST
}

/** An instant as requests write it. `message` says what else is taken, where something is. */
export function zonedInstant(message = 'to be an ISO 8601 date and time with a zone') {
  return z.iso
    .datetime({ offset: true, message })
    .refine((text) => Number.isNaN(Date.parse(text)) || isInCalendar(Date.parse(text)), IN_CALENDAR)
}
