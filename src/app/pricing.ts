import { setTimeout as delay } from 'node:timers/promises'
import type { PhoneNumberId, WorkspaceId } from '../domain/ids.ts'
import type { Money, RateBook } from '../domain/money/price.ts'
import { type MoneyRead, readCharged, readMoney } from '../store/money/money.ts'
import { readRateBook } from '../store/money/rate-cards.ts'
import type { Postgres } from '../store/pg/postgres.ts'

/**
 * What prices depend on, kept for a while by each process, so that neither a message nor a page of messages costs a statement. Cards change four
 * times a year; what a number has used up of its free messages, and whether a budget is spent, may be some seconds old.
 */
export interface Pricing {
  /** Of each number of which it is known, or is within a second. Never rejects: a price that is not known keeps no message. */
  of(senders: readonly PhoneNumberId[]): Promise<ReadonlyMap<PhoneNumberId, Money>>
  /**
   * Something was changed, by this process: what is being read just now is too old already. Until it was read again what is known serves those
   * who cannot wait, since without a price nothing counts and no budget holds.
   */
  forget(): void
}

export interface PricingOptions {
  /** Where a workspace has no card of its own in this currency: the example, which is used against the sandbox alone. Null: not now. */
  example?: () => Promise<{ currency: string; book: RateBook } | null>
  /** A monotonic clock, in milliseconds. */
  elapsed?: () => number
}

const KEPT_MS = 5_000
const KEPT_AT_MOST_MS = 60_000
/** What is read again takes at most this share of the time. */
const SHARE = 1 / 20
/** Whoever asks holds a transaction open. */
const PATIENCE_MS = 1_000

interface Kept<T> {
  value: Promise<T>
  readAtMs: number
  keptMs: number
}

/**
 * @param own a connection that nobody else uses. Who asks is in the middle of a transaction, so where all connections of a pool are
 *   out for those, one of that pool would never come.
 */
export function createPricing(own: Pick<Postgres, 'db'>, options: PricingOptions = {}): Pricing {
  const { db } = own
  const { example = async () => null, elapsed = () => performance.now() } = options
  const numbers = new Map<PhoneNumberId, { money: Money; readAtMs: number; keptMs: number; era: number }>()
  const books = new Map<string, Kept<RateBook>>()
  const charged = new Map<string, Kept<Map<string, number>>>()
  let underWay: Promise<void> = Promise.resolve()
  /** Changes with whatever makes old what was read. */
  let era = 0

  /** Reads what is old; whoever asks meanwhile waits for the same reading where there is none yet. */
  function keep<T>(kept: Map<string, Kept<T>>, key: string, read: () => Promise<T>): Promise<T> {
    const known = kept.get(key)
    const now = elapsed()
    if (known !== undefined && now - known.readAtMs < known.keptMs) return known.value
    const value = read()
    kept.set(key, { value, readAtMs: now, keptMs: KEPT_MS })
    const ended = (then: () => void) => () => {
      if (kept.get(key)?.value === value) then()
    }
    value.then(
      ended(() => kept.set(key, { value, readAtMs: now, keptMs: keptMs(elapsed() - now) })),
      ended(() => kept.delete(key)),
    )
    return value
  }

  function bookOf(workspace: WorkspaceId, currency: string | null): Promise<RateBook> {
    if (currency === null) return Promise.resolve(NO_CARDS)
    return keep(books, `${workspace} ${currency}`, async () => {
      const own = await readRateBook(db, workspace, currency)
      if (own.rates.length > 0) return own
      const shown = await example()
      return shown?.currency === currency ? shown.book : own
    })
  }

  async function moneyOf(read: MoneyRead): Promise<Money> {
    const book = await bookOf(read.workspace, read.currency)
    const counts =
      book.tiers.length === 0
        ? NO_COUNTS
        : await keep(charged, read.portfolioId, () => readCharged(db, read.portfolioId))
    const { currency, timeZone, month, freeServiceUsed, international } = read
    return {
      currency,
      timeZone,
      book,
      month,
      freeServiceUsed,
      charged: counts,
      international,
      held: new Set(read.held),
    }
  }

  async function readAgain(senders: PhoneNumberId[]): Promise<void> {
    const readAtMs = elapsed()
    const readIn = era
    const read = await readMoney(db, senders)
    const all = await Promise.all(read.map(async (one) => [one.sender, await moneyOf(one)] as const))
    for (const [sender, money] of all) {
      numbers.set(sender, { money, readAtMs, keptMs: keptMs(elapsed() - readAtMs), era: readIn })
    }
  }

  function isOld(sender: PhoneNumberId): boolean {
    const known = numbers.get(sender)
    return known === undefined || known.era !== era || elapsed() - known.readAtMs >= known.keptMs
  }

  return {
    async of(senders) {
      if (senders.some(isOld)) {
        // One reading at a time, which may bring what the next one wanted.
        underWay = underWay
          .catch(() => {})
          .then(async () => {
            const old = [...new Set(senders.filter(isOld))]
            if (old.length > 0) await readAgain(old)
          })
        const late = new AbortController()
        const enough = delay(PATIENCE_MS, undefined, { signal: late.signal }).catch(() => {})
        await Promise.race([underWay.catch(() => {}), enough])
        late.abort()
      }
      return new Map(
        senders.flatMap((sender) => {
          const known = numbers.get(sender)
          return known === undefined ? [] : [[sender, known.money] as const]
        }),
      )
    },
    forget() {
      era += 1
      for (const kept of [books, charged]) kept.clear()
    },
  }
}

const NO_CARDS: RateBook = { rates: [], tiers: [] }
const NO_COUNTS: ReadonlyMap<string, number> = new Map()

function keptMs(tookMs: number): number {
  return Math.min(KEPT_AT_MOST_MS, Math.max(KEPT_MS, tookMs / SHARE))
}
