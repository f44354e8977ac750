import { describe, expect, it } from 'vitest'
import type { BudgetState } from '../../src/store/money/budgets.ts'
import { watchBudgets } from '../../src/usecases/watch-budgets.ts'

const BUDGET = { amount: '100', currency: 'USD', warn_at: 0.8, hold: ['marketing' as const] }
const STATE = {
  workspace: 'default',
  sender: '',
  budget: BUDGET,
  month: '2026-11',
  spent: 0n,
  known: null,
} as unknown as BudgetState

async function look(given: Partial<BudgetState>): Promise<unknown> {
  const recorded: unknown[] = []
  await watchBudgets({
    read: async () => [{ ...STATE, ...given }],
    record: async (_state, level, change) => void recorded.push({ level, ...change }),
    release: async () => 0,
    notifyDue: async () => {},
  })
  return recorded[0] ?? null
}

const known = (level: 'none' | 'warned' | 'spent', month = '2026-11', hold: string[] = ['marketing']) => ({
  level,
  month,
  hold,
})
const [LITTLE, MUCH, ALL] = [10_000_000n, 80_000_000n, 100_000_000n]

describe('a budget', () => {
  it.each<[string, Partial<BudgetState>, unknown]>([
    ['says nothing while little is used', { spent: LITTLE }, null],
    ['warns', { spent: MUCH }, { level: 'warned', anew: true, told: true }],
    ['warns once a month', { spent: MUCH, known: known('warned') }, null],
    ['is spent, and holds', { spent: ALL, known: known('warned') }, { level: 'spent', anew: true, told: true }],
    ['is spent once a month', { spent: ALL, known: known('spent') }, null],
    [
      'begins anew with the month',
      { month: '2026-12', known: known('spent') },
      { level: 'none', anew: true, told: false },
    ],
    [
      'is spent in the next month too',
      { month: '2026-12', spent: ALL, known: known('spent') },
      { level: 'spent', anew: true, told: true },
    ],
    ['lets go when it is raised', { spent: MUCH, known: known('spent') }, { level: 'warned', anew: true, told: false }],
    [
      'lets go when it is taken away',
      { budget: null, known: known('spent') },
      { level: 'none', anew: true, told: false },
    ],
    [
      'asks again when it holds something else',
      { spent: ALL, known: known('spent', '2026-11', ['utility']) },
      { level: 'spent', anew: true, told: false },
    ],
    ['of nothing is spent at once', { budget: { ...BUDGET, amount: '0' } }, { level: 'spent', anew: true, told: true }],
  ])('%s', async (_, given, expected) => {
    expect(await look(given)).toEqual(expected)
  })
})
