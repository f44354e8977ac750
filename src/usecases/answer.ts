import type { SaidValues } from '../domain/said.ts'

/** One thing to mend; some have codes for pages in other languages. */
export interface Problem {
  path: string
  line?: number
  column?: number
  message: string
  hint?: string
  code?: string
  values?: SaidValues
  hint_code?: string
  hint_values?: SaidValues
}

/** An expected "no", with the HTTP status an API would give it. Thrown nowhere, returned everywhere. */
export interface Refusal {
  status: 400 | 401 | 403 | 404 | 408 | 409 | 413 | 422 | 502 | 503
  code: string
  /** What was expected and what came. */
  message: string
  /** Dotted path, when one field is at fault. */
  field?: string
  /** `line` and `column` of a file, from 1. */
  problems?: Problem[]
  /** When it may be tried again, in ISO 8601. */
  retryAt?: string
}

export type Answer<T> = { ok: true; value: T } | { ok: false; refusal: Refusal }

export function done<T>(value: T): Answer<T> {
  return { ok: true, value }
}

export function refused<T>(refusal: Refusal): Answer<T> {
  return { ok: false, refusal }
}

export function invalid<T>(field: string, message: string): Answer<T> {
  return refused({ status: 400, code: 'invalid', message, field })
}

/** @param what one word and the id, such as "sender 1055" */
export function unknown<T>(code: string, what: string): Answer<T> {
  return refused({ status: 404, code, message: `expected ${what} to exist, found none` })
}

export function mapAnswer<T, U>(answer: Answer<T>, map: (value: T) => U): Answer<U> {
  return answer.ok ? done(map(answer.value)) : answer
}
