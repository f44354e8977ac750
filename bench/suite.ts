import type { Lab } from './lab.ts'

export interface Options {
  messages: number
  rounds: number
  concurrency: number
  /** Seconds of a run that is measured by the clock. */
  seconds: number
  /** Seconds before anything is measured: a process that has just started runs code that is not compiled yet. Null: as the suite thinks best. */
  warmUp: number | null
  /** Per second, of whatever the suite sends. */
  rate: number
  /** Linked numbers, and what each may send in a second. */
  numbers: number
  mps: number
  /** The most processes side by side, where a suite measures what more of them add. */
  processes: number
  only: string | undefined
}

export type Row = Record<string, string | number>

export interface Suite {
  title(options: Options): string
  /** One row per candidate, with the same columns. */
  run(lab: Lab, options: Options, progress: (line: string) => void): Promise<Row[]>
}

/** Of each figure over the rounds. */
export function medians<Measured extends Record<string, number>>(rounds: Measured[]): Measured {
  const names = Object.keys(rounds[0] ?? {})
  return Object.fromEntries(
    names.map((name) => [name, median(rounds.map((round) => round[name] as number))]),
  ) as Measured
}

/** Of an even number of values the mean of the two in the middle. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN
  return (lower + upper) / 2
}

/** The value that this share of the sorted values does not pass; `share` from 0 to 1. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? Number.NaN
}

/** Two decimals for what is about one, none for what is large. */
export function rounded(value: number): number {
  return Number(value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0))
}
