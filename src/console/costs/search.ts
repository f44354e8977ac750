export const BYS = ['day', 'sender', 'category', 'market'] as const
export type By = (typeof BYS)[number]

/** What the address of the page says. Days as `2026-11-30`. */
export interface CostSearch {
  by?: By | undefined
  from?: string | undefined
  to?: string | undefined
}

export function readCostSearch(search: Record<string, unknown>): CostSearch {
  const by = BYS.find((name) => name === search.by)
  const day = (value: unknown) => (/^\d{4}-\d\d-\d\d$/.test(String(value)) ? String(value) : undefined)
  const from = day(search.from)
  const to = day(search.to)
  return { ...(by ? { by } : {}), ...(from ? { from } : {}), ...(to ? { to } : {}) }
}
