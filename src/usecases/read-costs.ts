import type { Purview } from '../domain/access.ts'
import { localDay } from '../domain/money/local-day.ts'
import type { Instant } from '../domain/time.ts'
import type { CostKey, CostRange, CostRead } from '../store/money/costs.ts'
import { type Answer, done, invalid } from './answer.ts'

export interface ReadCostsIo {
  now(): Promise<Instant>
  read(purview: Purview, range: CostRange, by: CostKey): Promise<CostRead[]>
}

export interface CostsQuery {
  from?: string | undefined
  to?: string | undefined
  by: CostKey
}

export async function readCosts(io: ReadCostsIo, purview: Purview, query: CostsQuery): Promise<Answer<CostRead[]>> {
  const today = localDay(await io.now(), null)
  const { to = later(today, query.from), from = `${to.slice(0, 7)}-01` } = query
  if (from > to) return invalid('from', `expected from to be no later than to, ${to}, got ${from}`)
  return done(await io.read(purview, { from, to }, query.by))
}

function later(today: string, from: string | undefined): string {
  return from !== undefined && from > today ? from : today
}
