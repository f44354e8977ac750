import { DUE_CHANNEL } from '../store/intents/enqueue.ts'
import { releaseByIds } from '../store/intents/waiting.ts'
import { needlessForBudget, readBudgets, recordBudgetLevel } from '../store/money/budgets.ts'
import { foldCosts } from '../store/money/costs.ts'
import type { Listener } from '../store/pg/listener.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import { foldTemplateCounts } from '../store/templates/counts.ts'
import { watchBudgets } from '../usecases/watch-budgets.ts'
import { type Loop, startLoop } from '../worker/loop.ts'
import type { Pricing } from './pricing.ts'

export interface MoneyWatchDeps {
  postgres: Postgres
  listener: Pick<Listener, 'tryLead'>
  pricing: Pick<Pricing, 'forget'>
  onError(error: Error): void
}

/** A budget overshoots by what leaves in this time and in that for which prices are kept. */
const LOOK_EVERY_MS = 5_000
const FOLDED_AT_ONCE = 5_000
const FOLDING_ROUNDS = 20
const RELEASED_AT_ONCE = 1_000

/** Whoever leads adds up what messages cost and what became of templates, and looks after budgets. In a loop of its own: nothing that is under way waits for it. */
export function startMoneyWatch({ postgres, listener, pricing, onError }: MoneyWatchDeps): Loop {
  const { db, signals } = postgres
  return startLoop(async () => {
    if (!(await listener.tryLead())) return LOOK_EVERY_MS
    for (const fold of [foldCosts, foldTemplateCounts]) {
      for (let round = 0; round < FOLDING_ROUNDS && (await fold(db, FOLDED_AT_ONCE)) >= FOLDED_AT_ONCE; ) round++
    }
    await watchBudgets({
      read: () => readBudgets(db),
      async record(state, level, change) {
        await recordBudgetLevel(db, state, level, change)
        pricing.forget()
      },
      release: async () => releaseByIds(db, await needlessForBudget(db, RELEASED_AT_ONCE)),
      notifyDue: async () => signals.send(DUE_CHANNEL),
    })
    return LOOK_EVERY_MS
  }, onError)
}
