import { createHash } from 'node:crypto'
import { formatAmount } from '../domain/money/amount.ts'
import { toIso } from '../domain/time.ts'
import type { Services } from '../http/services.ts'
import { type CostRead, readCosts } from '../store/money/costs.ts'
import { listRateCards, type RateCardRead, storeRateCard } from '../store/money/rate-cards.ts'
import { databaseNow } from '../store/pg/clock.ts'
import { type Postgres, TooSlow, withinMs } from '../store/pg/postgres.ts'
import { type Answer, mapAnswer, refused } from '../usecases/answer.ts'
import { importRateCard, type ManageRateCardsIo } from '../usecases/manage-rate-cards.ts'
import * as costs from '../usecases/read-costs.ts'
import { deedsOn } from './deeds.ts'
import type { Pricing } from './pricing.ts'

/** Sums of years in less; more is a range that nobody waits for. */
const COSTS_MS = 10_000

export type MoneyServices = Pick<Services, 'importRateCard' | 'listRateCards' | 'readCosts'>

/** Rate cards, and what messages cost. */
export function moneyServices(postgres: Postgres, pricing: Pick<Pricing, 'forget'>): MoneyServices {
  const cardsIo = rateCardsIo(postgres, pricing)
  return {
    importRateCard: async (caller, validFrom, raw) =>
      mapAnswer(await importRateCard(cardsIo, caller, validFrom, raw), viewOfRateCard),
    listRateCards: async ({ workspace }) => (await listRateCards(postgres.db, workspace)).map(viewOfRateCard),
    async readCosts(caller, query) {
      const io: costs.ReadCostsIo = {
        now: () => databaseNow(postgres.db),
        read: (purview, range, by) => withinMs(postgres.db, COSTS_MS, (trx) => readCosts(trx, purview, range, by)),
      }
      return mapAnswer(await inTime(costs.readCosts(io, caller, query)), viewOfCosts)
    },
  }
}

function rateCardsIo(postgres: Postgres, pricing: Pick<Pricing, 'forget'>): ManageRateCardsIo {
  const deeds = deedsOn(postgres)
  return {
    async store(doer, card, file) {
      const stored = await deeds(
        doer,
        (trx) => storeRateCard(trx, doer.workspace, card, file),
        (done) =>
          done && {
            action: 'rate_card.import',
            object: { kind: 'rate_card', id: done.id },
            detail: { kind: done.kind, currency: done.currency, valid_from: done.valid_from, sha256: done.sha256 },
          },
      )
      pricing.forget()
      return stored
    },
    sha256: (bytes) => createHash('sha256').update(bytes).digest('hex'),
  }
}

function viewOfRateCard({ created_at, ...card }: RateCardRead) {
  return { ...card, created_at: toIso(created_at) }
}

function viewOfCosts(sums: CostRead[]) {
  return {
    rows: sums.flatMap((sum) => (sum.key === null ? [] : [{ key: sum.key, ...viewOfSums(sum) }])),
    total: sums.filter((sum) => sum.key === null).map(viewOfSums),
  }
}

function viewOfSums({ currency, messages, billable, free, untold, unpriced, expected, actual }: CostRead) {
  return {
    currency: currency === '' ? null : currency,
    messages,
    billable,
    free,
    expected: formatAmount(expected),
    actual: formatAmount(actual),
    untold,
    unpriced,
  }
}

async function inTime<T>(read: Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    return await read
  } catch (error) {
    if (!(error instanceof TooSlow)) throw error
    return refused({ status: 503, code: 'busy', message: `${error.message}; narrow it by from and to` })
  }
}
