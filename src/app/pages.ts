import type { IntentId, PhoneNumberId } from '../domain/ids.ts'
import { reserveMessagingLimit } from '../store/accounts/messaging-limits.ts'
import { lookAt } from '../store/intents/claim.ts'
import type { Claim } from '../store/intents/dispatch-facts.ts'
import type { HeadFinder } from '../store/intents/head-finder.ts'
import { lockAndCountMarketing } from '../store/intents/marketing.ts'
import { type OpenAttempt, openPage } from '../store/intents/open-page.ts'
import { kyselyOn, type Postgres } from '../store/pg/postgres.ts'
import type { PageIo } from '../usecases/spend-permit.ts'
import { PageFailed } from '../worker/desk.ts'
import type { Pricing } from './pricing.ts'
import type { readySends } from './ready-sends.ts'

/**
 * Somebody may have locked a message, its turn or its pair bucket, and be frozen, and so may this process be: neither must stop all numbers of
 * the page for as long as a session may rest.
 */
const BEGIN = `begin; set local lock_timeout = '1s'; set local idle_in_transaction_session_timeout = '3s'`
const LOCKED = '55P03'

/** Not as passing as it is for who asked alone: the page is taken again head by head, and who is locked is left alone. */
function blameHead(error: Error): never {
  if ((error as { code?: unknown }).code !== LOCKED) throw error
  throw new Error('somebody has locked what a head needs and does not let it go', { cause: error })
}

/**
 * The transaction of a page, on a connection of the hot path.
 *
 * @param onUncertain the connection was lost under the commit: these attempts may be on record, and their requests have not left
 */
export function pageTransaction(
  hot: Postgres,
  claimHeads: HeadFinder,
  prepare: ReturnType<typeof readySends>,
  onUncertain: (opened: OpenAttempt[], senders: PhoneNumberId[]) => void,
  pricing: Pick<Pricing, 'of'> | null = null,
): PageIo['transaction'] {
  return async (work) => {
    const client = await hot.pool.connect()
    let heads: IntentId[] = []
    let opening: OpenAttempt[] = []
    let senders: PhoneNumberId[] = []
    let committing = false
    let lost = false
    try {
      await client.query(BEGIN)
      const db = kyselyOn(client)
      const page = await work({
        lookAt: (senders, knownDue) => lookAt(client, senders, knownDue),
        async claimHeads(asked, limit, without) {
          const claims = await claimHeads(client, asked, limit, without)
          heads = claims.map((claim) => claim.intent.id)
          return withMoney(claims, pricing)
        },
        reserveMessagingLimit: (asked) => reserveMessagingLimit(client, asked),
        lockAndCountMarketing: (asked) => lockAndCountMarketing(client, asked),
        prepare: (order) => prepare(db, order),
        open(items, locked) {
          opening = items
          senders = locked.map(({ sender }) => sender)
          return openPage(client, items, locked).catch(blameHead)
        },
      })
      committing = page.opened.length > 0
      // Locks alone would make a commit wait for the disk.
      await client.query(committing ? 'commit' : 'rollback')
      return page
    } catch (error) {
      lost = await client.query('rollback').then(
        () => false,
        () => true,
      )
      if (committing) onUncertain(opening, senders)
      throw heads.length > 0 ? new PageFailed(heads, error) : error
    } finally {
      client.release(lost)
    }
  }
}

/** From memory, nearly always. A price that is not known keeps no message. */
async function withMoney(claims: Claim[], pricing: Pick<Pricing, 'of'> | null): Promise<Claim[]> {
  if (pricing === null || claims.length === 0) return claims
  const known = await pricing.of([...new Set(claims.map((claim) => claim.sender.phoneNumberId))])
  return claims.map((claim) => ({
    ...claim,
    facts: { ...claim.facts, money: known.get(claim.sender.phoneNumberId) ?? null },
  }))
}
