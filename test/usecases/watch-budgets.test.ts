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

const known = (
  level: 'none' | 'warned' | 'spent',
  told: 'warned' | 'spent' | null,
  hold: string[] = ['marketing'],
) => ({
  level,
  hold,
  told: told && { level: told, amount: '100', currency: 'USD' },
})
const [LITTLE, MUCH, ALL] = [10_000_000n, 80_000_000n, 100_000_000n]
const RAISED = { ...BUDGET, amount: '110' }

describe('a budget', () => {
  it.each<[string, Partial<BudgetState>, unknown]>([
    ['says nothing while little is used', { spent: LITTLE }, null],
    ['warns', { spent: MUCH }, { level: 'warned', loosened: false, told: true }],
    ['warns once a month', { spent: MUCH, known: known('warned', 'warned') }, null],
    [
      'warns once a month, also where it fell below that',
      { spent: MUCH, known: known('none', 'warned') },
      { level: 'warned', loosened: false, told: false },
    ],
    [
      'is spent, and holds',
      { spent: ALL, known: known('warned', 'warned') },
      { level: 'spent', loosened: false, told: true },
    ],
    ['is spent once a month', { spent: ALL, known: known('spent', 'spent') }, null],
    [
      'is spent once a month, also where some of it was free after all',
      { spent: ALL, known: known('warned', 'spent') },
      { level: 'spent', loosened: false, told: false },
    ],
    ['is spent at once', { spent: ALL }, { level: 'spent', loosened: false, told: true }],
    [
      'lets go when it is raised',
      { budget: RAISED, spent: ALL, known: known('spent', 'spent') },
      { level: 'warned', loosened: true, told: false },
    ],
    [
      'is spent again where it was raised',
      { budget: RAISED, spent: ALL * 2n, known: known('warned', 'spent') },
      { level: 'spent', loosened: false, told: true },
    ],
    [
      'warns again where it was raised far',
      { budget: { ...BUDGET, amount: '500' }, spent: ALL * 4n, known: known('none', 'spent') },
      { level: 'warned', loosened: false, told: true },
    ],
    [
      'lets go when it is taken away',
      { budget: null, known: known('spent', 'spent') },
      { level: 'none', loosened: true, told: false },
    ],
    [
      'asks again when it holds something else',
      { spent: ALL, known: known('spent', 'spent', ['utility']) },
      { level: 'spent', loosened: true, told: false },
    ],
    [
      'of nothing is spent at once',
      { budget: { ...BUDGET, amount: '0' } },
      { level: 'spent', loosened: false, told: true },
    ],
  ])('%s', async (_, given, expected) => {
    expect(await look(given)).toEqual(expected)
  })
})
