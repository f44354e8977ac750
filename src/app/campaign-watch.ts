import { referencesOf } from '../domain/campaign/versions.ts'
import { type Watched, watch } from '../domain/campaign/watch.ts'
import { pauseCampaign } from '../store/campaigns/run.ts'
import * as store from '../store/campaigns/watching.ts'
import type { Db } from '../store/pg/postgres.ts'

/** Stops what had better not go on, until somebody says so. In a transaction of its own. */
export async function watchCampaign(trx: Db, row: number): Promise<void> {
  if (!(await store.lockToWatch(trx, row))) return
  const campaign = await store.readWatched(trx, row)
  if (campaign === null) return
  const now = await watchedNow(trx, row, campaign)
  const { watch: next, reason } = watch(
    campaign.watched,
    now,
    campaign.document.pause_when ?? null,
    restrictedOf(campaign),
  )
  await store.keepWatch(trx, row, next)
  if (reason !== null) await pauseCampaign(trx, row, reason)
}

/** From here on it is compared with how things stand: what is so already is known to whoever starts it, or lets it go on. */
export async function beginWatch(trx: Db, row: number): Promise<void> {
  const campaign = await store.readWatched(trx, row)
  if (campaign === null) return
  await store.keepWatch(trx, row, { begin: await watchedNow(trx, row, campaign), marks: [] })
}

async function watchedNow(trx: Db, row: number, campaign: store.WatchedCampaign): Promise<Watched> {
  const { document, numbers } = campaign
  const categories: Watched['categories'] = {}
  const accounts = Map.groupBy(numbers, ({ wabaId }) => wabaId)
  for (const [wabaId, some] of accounts) {
    const references = some.flatMap(({ defaultWhenClosed }) =>
      referencesOf(document, defaultWhenClosed).flatMap((named) => named.references),
    )
    const where = accounts.size === 1 ? '' : ` of account ${wabaId}`
    for (const { name, language, category } of await store.readCategories(trx, wabaId, references)) {
      categories[`${name} (${language})${where}`] = category
    }
  }
  const qualities = Object.fromEntries(numbers.map(({ sender, quality }) => [sender, quality]))
  // All of one portfolio.
  const limit = numbers[0]?.limit ?? null
  return { ...(await store.readOutcomes(trx, row)), qualities, limit, categories }
}

/** A campaign goes on with what is left to it, and stops where no number is. */
function restrictedOf({ numbers }: store.WatchedCampaign): string | null {
  return numbers.every(({ restricted }) => restricted !== null) ? (numbers[0]?.restricted ?? null) : null
}
