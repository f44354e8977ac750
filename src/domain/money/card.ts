import type { RatedCategory, TieredCategory } from './categories.ts'
import type { Tier } from './price.ts'

/* A rate card as it was read from one of Meta's files; amounts in millionths. */

export const CARD_KINDS = ['rates', 'tiers'] as const
export type CardKind = (typeof CARD_KINDS)[number]

/** Those that Meta has cards for. Source: Meta, pricing, rate cards (read 2026-11). */
export const CURRENCIES = [
  ...['USD', 'AED', 'ARS', 'AUD', 'BRL', 'CLP', 'COP', 'EUR', 'GBP', 'IDR', 'INR', 'MXN', 'MYR', 'PEN', 'SAR', 'SGD'],
] as const

export type RateRows = Map<string, Partial<Record<RatedCategory, bigint>>>
export type TierRows = Map<string, Partial<Record<TieredCategory, Tier[]>>>

export type Card =
  | { kind: 'rates'; currency: string; markets: RateRows }
  | { kind: 'tiers'; currency: string; markets: TierRows }

/** A line of a file, as its cells, and where in the file it begins; the first line is 1. */
export interface CardRow {
  line: number
  cells: readonly string[]
}

/** What is wrong, and where: the line of the file and the cell of that line, both from 1. */
export interface CardProblem {
  path: string
  line?: number
  column?: number
  message: string
  hint?: string
}

export type CardResult = { ok: true; card: Card } | { ok: false; problems: CardProblem[] }

/** So that an answer stays small where every cell is wrong. */
export const MOST_PROBLEMS = 100
