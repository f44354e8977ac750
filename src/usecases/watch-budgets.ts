import { parseAmount } from '../domain/money/amount.ts'
import { type BudgetLevel, budgetLevel } from '../domain/money/budget.ts'
import type { BudgetState } from '../store/money/budgets.ts'

export interface WatchBudgetsIo {
  /** Every budget, and every level of one that is no more. */
  read(): Promise<BudgetState[]>
  record(state: BudgetState, level: BudgetLevel | 'none', change: { anew: boolean; told: boolean }): Promise<void>
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
    const { budget, known, month } = state
    const level = budget === null ? 'none' : (levelOf(state, budget) ?? 'none')
    const wasHeld = known?.level === 'spent' ? known.hold.join() : ''
    const isHeld = level === 'spent' ? (budget?.hold ?? []).join() : ''
    const same = known?.level === level && known.month === month
    if (known === null && level === 'none') continue
    if (same && wasHeld === isHeld) continue
    // Nothing is told twice of one month, but what is reached again after the budget was raised is.
    const told = level !== 'none' && !same && !(known?.month === month && known.level === 'spent' && level === 'warned')
    await io.record(state, level, { anew: wasHeld !== isHeld || known?.month !== month, told })
  }
  let released = 0
  for (;;) {
    const some = await io.release()
    released += some
    if (some === 0) break
  }
  if (released > 0) await io.notifyDue()
}

function levelOf({ spent }: BudgetState, { amount, warn_at }: NonNullable<BudgetState['budget']>): BudgetLevel | null {
  return budgetLevel(spent, parseAmount(amount) ?? 0n, warn_at)
}
