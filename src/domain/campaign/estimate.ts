import { counted } from '../counted.ts'
import type { DecisionKind } from '../decision/verdict.ts'
import { parseAmount } from '../money/amount.ts'
import { FREE_SERVICE_MESSAGES, type Money, type Priced } from '../money/price.ts'

import type { CampaignBudget } from './budget.ts'

/* What will become of a list, as things stand: counted line by line with the very decisions that a run makes. */

/** Every recipient is in exactly one. */
export interface Fates {
  free_form: number
  template: number
  /** They wait for the customer, or for something else; also those who are invited first. */
  held: number
  suppressed: Record<string, number>
  failed: Record<string, number>
  /** Somebody whom an earlier line writes to under another id. */
  duplicate: number
  /** Whose line was emptied. */
  erased: number
}

export function noFates(): Fates {
  return {
    free_form: 0,
    template: 0,
    held: 0,
    suppressed: { opted_out: 0, no_consent: 0, capped: 0 },
    failed: { template_parameters: 0, recipient_unreachable: 0 },
    duplicate: 0,
    erased: 0,
  }
}

export function sumOf({ free_form, template, held, suppressed, failed, duplicate, erased }: Fates): number {
  const parts = [...Object.values(suppressed), ...Object.values(failed)]
  return parts.reduce((sum, n) => sum + n, free_form + template + held + duplicate + erased)
}

/** @param goes what goes, where something does: at once, or as soon as a limit lets it */
export function countFate(fates: Fates, kind: DecisionKind, code: string, goes: 'free_form' | 'template'): void {
  switch (kind) {
    case 'send':
    case 'downgrade':
    case 'defer':
      fates[goes] += 1
      return
    case 'hold':
    case 'follow_up':
      fates.held += 1
      return
    case 'suppress':
      fates.suppressed[code] = (fates.suppressed[code] ?? 0) + 1
      return
    case 'fail':
    case 'expire':
    case 'cancel':
      fates.failed[code] = (fates.failed[code] ?? 0) + 1
      return
    default:
      kind satisfies never
  }
}

/** What all of it costs. In millionths. */
export interface CostRange {
  currency: string | null
  min: bigint
  max: bigint
  /** Messages of which no card has a price. */
  unpriced: number
}

/**
 * What prices depend on, as it will be by then: each message that is counted uses up a free one, or brings the next tier nearer. And as it
 * would be at worst: where other messages used up what is free, and nothing brings a tier nearer.
 */
export interface MovingMoney {
  readonly likely: Money
  readonly worst: Money
  /** It leaves, at this price. */
  spend(priced: Priced | null): void
}

export function movingMoney(money: Money): MovingMoney {
  const charged = new Map(money.charged)
  const likely = { ...money, charged, freeServiceUsed: money.freeServiceUsed }
  return {
    likely,
    worst: { ...money, freeServiceUsed: FREE_SERVICE_MESSAGES },
    spend(priced) {
      if (priced === null) return
      if (priced.freeBecause === 'free_tier') likely.freeServiceUsed += 1
      if (priced.freeBecause !== null) return
      const key = `${priced.market} ${priced.category}`
      charged.set(key, (charged.get(key) ?? 0) + 1)
    },
  }
}

export interface Finding {
  code: string
  text: string
  count?: number
}

export interface Tally {
  recipients: number
  fates: Fates
  /** Of those whom something is sent to: who never wrote to the number. */
  neverWrote: number
  /** Of those whom it makes a message of: the free hours of the zones that they may be in never meet. */
  zonesApart: number
  /** Recipients of each version of the message. */
  versions: number[]
  /** By number: recipients of whom it makes a message. */
  senders: Map<string, number>
  cost: CostRange
}

export interface Surroundings {
  durationS: number | null
  /** Lines that lists had, and those that were no recipients. */
  rows: number
  invalid: number
  /** Of the templates that may go. */
  templates: readonly { name: string; language: string; quality: string | null }[]
  /** Those of its numbers that cannot send now, while others can. */
  silent: readonly string[]
  skipInvalid: boolean
  budget: CampaignBudget | null
}

/** What stops a start, besides what is seen without reading the list. */
export function blockersOf({ fates }: Tally, { skipInvalid }: Pick<Surroundings, 'skipInvalid'>): Finding[] {
  const faulty = fates.failed.template_parameters ?? 0
  if (faulty === 0 || skipInvalid) return []
  const text = `expected every line to fill the texts, got ${faulty} that do not; mend them, or start with skip_invalid`
  return [{ code: 'template_parameters', text, count: faulty }]
}

const MANY_INVALID = 0.02
const MANY_STRANGERS = 0.25
const DAY_S = 86_400

export function warningsOf(tally: Tally, around: Surroundings): Finding[] {
  const { fates, neverWrote, zonesApart, recipients, cost } = tally
  const faulty = fates.failed.template_parameters ?? 0
  const sent = fates.free_form + fates.template
  const { durationS, rows, invalid } = around
  const found: (Finding | null)[] = [
    rows > 0 && invalid / rows > MANY_INVALID
      ? {
          code: 'many_invalid',
          text: `${invalid} of ${counted(rows, 'line')} of the lists ${invalid === 1 ? 'is no recipient' : 'are no recipients'}.`,
          count: invalid,
        }
      : null,
    around.skipInvalid && faulty > 0
      ? { code: 'skipped_invalid', text: 'Lines that do not fill the texts will fail.', count: faulty }
      : null,
    sent > 0 && neverWrote / sent > MANY_STRANGERS
      ? {
          code: 'many_strangers',
          text: 'Many never wrote to this number; blocks and reports cost its quality.',
          count: neverWrote,
        }
      : null,
    durationS === null
      ? { code: 'takes_too_long', text: 'At this pace and messaging limit it takes more than a year.' }
      : durationS > DAY_S
        ? {
            code: 'takes_days',
            text: `At this pace and messaging limit it takes ${Math.ceil(durationS / DAY_S)} days.`,
          }
        : null,
    recipients > 0 && sent === 0 ? { code: 'nothing_leaves', text: 'As things stand nothing leaves at once.' } : null,
    cost.unpriced > 0
      ? { code: 'unpriced', text: 'No rate card has a price of some messages.', count: cost.unpriced }
      : null,
    zonesApart > 0
      ? {
          code: 'zones_apart',
          text: `The free hours of the time zones that ${zonesApart} may be in never meet; those of quiet_hours.zone or the account count.`,
          count: zonesApart,
        }
      : null,
    overBudget(cost, around.budget),
    around.silent.length > 0
      ? {
          code: 'senders_left_out',
          text: `As things stand these numbers cannot send, and the others write instead: ${around.silent.join(', ')}.`,
          count: around.silent.length,
        }
      : null,
    ...around.templates
      .filter(({ quality }) => isPoor(quality))
      .map(({ name, language, quality }) => ({
        code: 'template_quality',
        text: `The quality of template ${name} (${language}) is ${quality}; Meta may pause it.`,
      })),
  ]
  return found.filter((one) => one !== null)
}

function overBudget({ min, max }: CostRange, budget: CampaignBudget | null): Finding | null {
  const amount = budget === null ? null : parseAmount(budget.amount)
  if (budget === null || amount === null || max <= amount) return null
  const least = min > amount ? 'costs more than its budget' : 'may cost more than its budget'
  return {
    code: 'over_budget',
    text: `As things stand it ${least} of ${budget.amount} ${budget.currency}; then it is paused.`,
  }
}

function isPoor(quality: string | null): boolean {
  return quality === 'YELLOW' || quality === 'RED'
}
