import type { DataValue } from './run.ts'

/* What a program that a flow calls may answer, and what is kept of it. */

/**
 * What the status of an answer means. Anything between 200 and 299 is a yes; `again`: it may be one another time; all else is a no, whatever
 * one tries. Redirects are not followed.
 */
export function verdictOnCall(status: number): 'answered' | 'again' | 'refused' {
  if (status >= 200 && status < 300) return 'answered'
  return status >= 500 || status === 408 || status === 425 || status === 429 ? 'again' : 'refused'
}

/** Bytes of an answer that is kept. */
export const MOST_ANSWERED = 16 * 1024
const MOST_FIELDS = 50
/** UTF-16 units of one text. */
const MOST_TEXT = 1_024
const FIELD = /^[A-Za-z][A-Za-z0-9_]{0,63}$/

/** Texts, numbers, true and false of the answer itself, not of what is inside of it; null: it is no JSON object. */
export function keptOf(body: string): Record<string, DataValue> | null {
  const parsed = parse(body)
  if (!isRecord(parsed)) return null
  const exact = Object.values(parsed).some(isInexact) ? parse(body, digitsOf) : parsed
  if (!isRecord(exact)) return null
  const kept = Object.entries(exact).flatMap(([name, value]): [string, DataValue][] => {
    const known = FIELD.test(name) ? keep(value) : null
    return known === null ? [] : [[name, known]]
  })
  return Object.fromEntries(kept.slice(0, MOST_FIELDS))
}

function keep(value: unknown): DataValue | null {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  // What no database keeps is left out.
  return typeof value === 'string' ? value.slice(0, MOST_TEXT).toWellFormed().replaceAll('\0', '') : null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isInexact(value: unknown): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value)
}

/** A whole number that no number of ours is equal to names something: it is kept as a text, digit by digit. */
function digitsOf(_name: string, value: unknown, { source }: { source?: string }): unknown {
  return isInexact(value) && source !== undefined && /^-?\d+$/.test(source) ? source : value
}

function parse(
  body: string,
  reviver?: (name: string, value: unknown, context: { source?: string }) => unknown,
): unknown {
  try {
    return JSON.parse(body, reviver as Parameters<typeof JSON.parse>[1])
  } catch {
    return null
  }
}
