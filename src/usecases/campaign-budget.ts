import { type CampaignBudget, dearestOf, fitting } from '../domain/campaign/budget.ts'
import type { CampaignReason } from '../domain/campaign/lifecycle.ts'
import { numbersOf, type SenderMembers } from '../domain/campaign/senders.ts'
import type { TemplateReference } from '../domain/content.ts'
import type { PhoneNumberId } from '../domain/ids.ts'
import { formatAmount, parseAmount } from '../domain/money/amount.ts'
import { destinationOf } from '../domain/money/destination.ts'
import type { Money } from '../domain/money/price.ts'
import { type Instant, MINUTE_MS } from '../domain/time.ts'
import type { Committed, Reservation } from '../store/campaigns/budget.ts'
import type { ConversationState } from '../store/conversations/ensure.ts'
import type { IntentRecord } from '../store/intents/enqueue.ts'

/*
 * The budget of a campaign, as it is handed over. Whoever hands it over sees all that was spent and all that is laid aside, hands
 * over as many as fit into the rest, the dearest of what may come of each, and lays that aside in the same transaction.
 */

export interface BudgetIo {
  /** Of each number of which it is known. */
  money(senders: PhoneNumberId[]): Promise<ReadonlyMap<PhoneNumberId, Money>>
  committed(row: number, numbers: PhoneNumberId[], currency: string): Promise<Committed>
  reserve(row: number, some: Reservation[]): Promise<void>
  /** Nothing fits any more. */
  markShort(row: number): Promise<void>
}

export interface Allowance {
  budget: CampaignBudget
  committed: Committed
  /** Of each number that may write. */
  money: ReadonlyMap<PhoneNumberId, Money>
}

interface BudgetedCampaign {
  row: number
  document: SenderMembers & { budget?: CampaignBudget }
  now: Instant
  short_since: Instant | null
}

/** Null: it has no budget. */
export async function allowanceOf(
  io: BudgetIo,
  { row, document, numbers }: BudgetedCampaign & { numbers: readonly { sender: PhoneNumberId }[] },
): Promise<Allowance | { wait: true } | { stop: CampaignReason } | null> {
  const { budget } = document
  if (budget === undefined) return null
  const money = await io.money(numbers.map(({ sender }) => sender))
  for (const { sender } of numbers) {
    const one = money.get(sender)
    if (one === undefined) return { wait: true }
    if (one.currency !== budget.currency) return { stop: inAnotherCurrency(budget, one.currency) }
  }
  // Also what numbers have under way that may send no more.
  return { budget, money, committed: await io.committed(row, numbersOf(document), budget.currency) }
}

export interface Within {
  /** The next to be handed over that does not fit; null: all of them do. */
  cut: number | null
  reservations: Reservation[]
  /** It does not fit since nobody knows its price. */
  unpriced: boolean
}

/** @param records in the order of the list */
export function withinBudget(
  { budget, committed, money }: Allowance,
  records: readonly IntentRecord[],
  conversations: readonly ConversationState[],
  categoryOf: (sender: PhoneNumberId, reference: TemplateReference) => string | null,
): Within {
  const dearest = records.map(({ sender, message, whenClosed, sendAt, expiresAt }, i) =>
    dearestOf({
      message,
      whenClosed,
      to: destinationOf(conversations[i] as ConversationState),
      money: money.get(sender) as Money,
      from: sendAt,
      until: expiresAt,
      categoryOf: (reference) => categoryOf(sender, reference),
    }),
  )
  const left = (parseAmount(budget.amount) ?? 0n) - committed.spent - committed.reserved
  const fits = fitting(dearest, left)
  const positionOf = (i: number) => records[i]?.campaign?.position as number
  return {
    cut: fits === records.length ? null : positionOf(fits),
    reservations: dearest.slice(0, fits).map((micros, i) => ({ position: positionOf(i), micros: micros as bigint })),
    unpriced: dearest[fits] === null,
  }
}

/** Meta tells within seconds what was free, or, where it never tells, nothing more is to be waited for. */
const TOLD_WITHIN_MS = 10 * MINUTE_MS

/** Not one more fits. Null: what is under way may give something back. */
export function spentReason(
  { budget, committed }: Allowance,
  { short_since: since, now }: BudgetedCampaign,
  unpriced: boolean,
): CampaignReason | null {
  const { amount, currency } = budget
  if (unpriced) {
    const text = `No rate card has a price in ${currency} for whoever is next on the list. Import one and resume it, or take its budget away (PATCH budget: null).`
    return { code: 'budget_unpriced', text }
  }
  const isTold = committed.untold === 0 || (since !== null && now - since > TOLD_WITHIN_MS)
  if (committed.underWay > 0 || !isTold) return null
  const kept = committed.reserved === 0n ? '' : `, and ${formatAmount(committed.reserved)} laid aside for what waits`
  const text = `Its budget of ${amount} ${currency} has no room for one more: ${formatAmount(committed.spent)} spent${kept}. Raise it (PATCH budget) and resume it, or cancel it.`
  return { code: 'budget_spent', text }
}

export function inAnotherCurrency({ currency }: CampaignBudget, ofAccount: string | null): CampaignReason {
  const what = ofAccount === null ? 'of which no currency is known' : `that is charged in ${ofAccount}`
  return {
    code: 'budget_currency',
    text: `Its budget is in ${currency}, of a number ${what}. Write it in that currency (PATCH budget), or take it away.`,
  }
}
