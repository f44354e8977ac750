import type { Principal } from '../domain/access.ts'
import type { Doer } from '../domain/audit.ts'
import type { Card } from '../domain/money/card.ts'
import type { RateCardRead } from '../store/money/rate-cards.ts'
import { type Answer, done, refused } from './answer.ts'
import { readRateCardFile } from './rate-card-file.ts'

export interface ManageRateCardsIo {
  /** Null where the workspace has one of this kind, currency and day. */
  store(doer: Doer, card: Card, file: { raw: Buffer; sha256: string; validFrom: string }): Promise<RateCardRead | null>
  sha256(bytes: Buffer): string
}

/** Prices are never changed, only added: what was sent was priced by them. */
export async function importRateCard(
  io: ManageRateCardsIo,
  caller: Principal & Doer,
  validFrom: string,
  raw: Buffer,
): Promise<Answer<RateCardRead>> {
  if (caller.senders !== null) {
    const message = 'expected a key that is for all numbers of the workspace, since a rate card is'
    return refused({ status: 403, code: 'forbidden', message })
  }
  const read = readRateCardFile(raw)
  if (!read.ok) {
    const first = read.problems[0]
    const where = first?.line === undefined ? '' : `line ${first.line}: `
    const message = `expected one of Meta's rate cards, found ${read.problems.length} problem(s), the first: ${where}${first?.message}`
    return refused({ status: 422, code: 'rate_card_invalid', message, problems: read.problems })
  }
  const stored = await io.store(caller, read.card, { raw, sha256: io.sha256(raw), validFrom })
  if (stored) return done(stored)
  const { kind, currency } = read.card
  const message = `expected no card of ${kind} in ${currency} from ${validFrom} on, there is one`
  return refused({ status: 409, code: 'card_exists', message, field: 'valid_from' })
}
