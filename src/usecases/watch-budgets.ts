import { parseAmount } from '../domain/money/amount.ts'
import { type Budget, type BudgetLevel, budgetLevel } from '../domain/money/budget.ts'
import type { BudgetState, KnownLevel } from '../store/money/budgets.ts'

export interface WatchBudgetsIo {
  /** Every budget in each of its months, and every level of one that is no more. */
  read(): Promise<BudgetState[]>
  record(state: BudgetState, level: BudgetLevel | 'none', change: { loosened: boolean; told: boolean }): Promise<void>
  /** Lets go who waits for a budget that holds them no more; answers how many, at most a page. */
  release(): Promise<number>
  notifyDue(): Promise<void>
}

/**
 * Looks how far budgets are used up, tells when a level is reached, once a month and again where a budget was raised meanwhile, and lets go
 * what need not wait any more. Whatever is changed, the budget, its amount or the month, is seen here and not by an event.
 */
export async function watchBudgets(io: WatchBudgetsIo): Promise<void> {
  for (const state of await io.read()) {
    const { budget, known } = state
    const level = budget === null ? 'none' : (levelOf(state, budget) ?? 'none')
    if (known === null && level === 'none') continue
    const wasHeld = known?.level === 'spent' ? known.hold.join() : ''
    const isHeld = level === 'spent' ? (budget?.hold ?? []).join() : ''
    if (known?.level === level && wasHeld === isHeld) continue
    const told = level !== 'none' && budget !== null && isNews(level, budget, known)
    await io.record(state, level, { loosened: wasHeld !== '' && wasHeld !== isHeld, told })
  }
  let released = 0
  for (;;) {
    const some = await io.release()
    released += some
    if (some === 0) break
  }
  if (released > 0) await io.notifyDue()
}

/**
 * Nothing is told twice of one month, for what is used up also falls, by a message that failed after all or turned out to be free; but what is
 * reached again after the budget was raised is.
 */
function isNews(level: BudgetLevel, { amount, currency }: Budget, known: KnownLevel | null): boolean {
  if (known === null || known.told === null) return true
  if (known.level === level) return false
  const { told } = known
  const isRaised = told.currency !== currency || micros(amount) > micros(told.amount)
  if (isRaised) return !(level === 'warned' && known.level === 'spent')
  return level === 'spent' && told.level === 'warned'
}

function levelOf({ spent }: BudgetState, { amount, warn_at }: Budget): BudgetLevel | null {
  return budgetLevel(spent, micros(amount), warn_at)
}

function micros(amount: string): bigint {
  return parseAmount(amount) ?? 0n
}
